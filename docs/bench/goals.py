#!/usr/bin/env python3
"""Times what the shared benchmarks leave out, for one server; prints JSON.

usage: goals.py LSP_PY SERVER WORKSPACE [WORKSPACE ...] [--repeat 100] [--no-check]

LSP_PY is the folder of a client module `lsp` (the one of the shared benchmarks), each WORKSPACE a
folder of agents, the smallest first; SERVER is a command line that ends with `server` where the
program is agentls, whose `check` is timed too. Each workspace is copied, and the same file of
20 KB is put into every copy, so that sizes of workspaces compare and files do not. All times are
milliseconds, p50 and p95; memory is the peak in MB.
"""
import argparse
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZE = 20_000
BURST = 200
OPENED = 500
TARGET = "agent-00001"


def document(size):
    """A text of so many bytes; its second table row names an agent of every workspace."""
    text = "---\nname: bench-subject\ndescription: Is edited.\nmodel: sonnet\n---\n\n"
    text += f"| Delegate To | When |\n|---|---|\n| {TARGET} | first |\n\n"
    number = 0
    while len(text) < size:
        number += 1
        text += f"## Part {number}\n\nPlain words of a paragraph that goes on and on.\nAsk @agent-{number % 90:05d} or `agent-{number % 70:05d}`.\n\n"
        # One name in some twenty leads nowhere, as in the workspaces.
        other = f"no-agent-{number}" if number % 10 == 0 else f"agent-{number % 60:05d}"
        text += f"| Delegate To | When |\n|---|---|\n| agent-{number % 80:05d} | always |\n| {other} | else |\n\n"
        text += "```python\ndef run():\n    return 1\n```\n\n- an item\n- another\n\n"
    return text


class Timed:
    def __init__(self, lsp, command, root, home):
        self.lsp = lsp
        self.client = lsp.Client(shlex.split(command), root, env=dict(os.environ, HOME=str(home)))
        self.rng = random.Random(5)

    def definition(self, uri, line=8):
        found = self.client.request("textDocument/definition", self.client.pos(uri, line, 5), 300)
        first = (found[0] if isinstance(found, list) else found) if found else None
        return (first or {}).get("targetUri") or (first or {}).get("uri") or ""

    def keys(self, uri, text, repeat):
        """One letter at the end of a line of prose to its diagnostics."""
        lines = text.split("\n")
        plain = [at for at, line in enumerate(lines) if line.startswith("Plain")]
        times = []
        for _ in range(repeat):
            at = self.rng.choice(plain)
            since = len(self.client.notifications)
            begin = time.perf_counter()
            version = self.client.insert(uri, at, len(lines[at]), "x")
            lines[at] += "x"
            arrived = self.client.wait_diagnostics(uri, version, timeout=60, since=since)[0]
            times.append((arrived - begin) * 1e3)
            time.sleep(0.003)
        return times

    def ask(self, uri, repeat, burst, pause):
        """Completion, hover and definition in a cell, each directly behind so many edits that
        come after a pause of so many seconds."""
        times = {}
        for feature in ("completion", "hover", "definition"):
            times[feature] = []
            for _ in range(repeat):
                time.sleep(pause)
                for number in range(burst):
                    end = None if number % 2 == 0 else (12, 1)
                    self.client.insert(uri, 12, 0, "y" if number % 2 == 0 else "", end=end)
                times[feature].append(self.client.timed(f"textDocument/{feature}", self.client.pos(uri, 8, 5), 60)[0])
        return times


def workspace(lsp, command, source, repeat):
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "ws", Path(folder) / "home"
        home.mkdir()
        shutil.copytree(source, root)
        files = sorted(root.rglob("*.md"))
        out["files"] = len(files)
        text = document(SIZE)
        path = root / ".claude" / "agents" / "bench-subject.md"
        path.write_text(text, encoding="utf-8")

        starts = []
        for _ in range(3):
            timed = Timed(lsp, command, root, home)
            client = timed.client
            client.initialize(300)
            uri = client.open(path, text)
            while not timed.definition(uri).endswith(f"/{TARGET}.md"):
                time.sleep(0.002)
                if time.perf_counter() - client.t0 > 120:
                    raise TimeoutError("definition never right")
            starts.append((time.perf_counter() - client.t0) * 1e3)
            if len(starts) < 3:
                client.kill()
        out["ready"] = starts

        # Once bodies are read: the processor has gone quiet.
        last, quiet = None, 0
        while quiet < 10:
            ticks = Path(f"/proc/{client.proc.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
            quiet = quiet + 1 if ticks == last else 0
            last = ticks
            time.sleep(0.1)
        out["key"] = timed.keys(uri, text, repeat)
        for feature, times in timed.ask(uri, repeat, 0, 0.003).items():
            out[feature] = times
        for feature, times in timed.ask(uri, repeat, BURST, 0).items():
            out[f"{feature} behind {BURST} edits"] = times
        # By then the processor has gone cold, as before a person's next step.
        for feature, times in timed.ask(uri, repeat, BURST, 0.02).items():
            out[f"{feature} behind {BURST} edits, after a pause"] = times

        huge = document(1_000_000)
        huge_path = path.with_name("bench-huge.md")
        huge_path.write_text(huge, encoding="utf-8")
        huge_uri = client.open(huge_path, huge)
        client.wait_diagnostics(huge_uri, timeout=60)
        out["key in 1 MB"] = timed.keys(huge_uri, huge, max(20, repeat // 3))
        client.close_doc(huge_uri)
        huge_path.unlink()

        opened = random.Random(3).sample(files, min(OPENED, len(files)))
        texts = [(path, path.read_text(encoding="utf-8")) for path in opened]
        since = len(client.notifications)
        begin = time.perf_counter()
        waiting = {lsp.uri(path) for path, _ in texts}
        for path, text in texts:
            client.open(path, text)
        while waiting:
            arrived = client.wait_notification(
                lambda it: it[1] == "textDocument/publishDiagnostics" and it[2]["uri"] in waiting, 120, since
            )
            waiting.discard(arrived[2]["uri"])
            last = arrived[0]
        out[f"{len(texts)} opened"] = [(last - begin) * 1e3]
        out["server memory"] = [client.rss_mb("VmHWM")]
        client.shutdown()
    return out


def check(program, source):
    """`check` of a workspace: milliseconds, and MB at the peak."""
    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        child = subprocess.Popen([program, "check", str(source)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, HOME=home))
        _, _, usage = os.wait4(child.pid, 0)
        return (time.perf_counter() - begin) * 1e3, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lsp", type=Path)
    parser.add_argument("server")
    parser.add_argument("workspaces", type=Path, nargs="+")
    parser.add_argument("--repeat", type=int, default=100)
    parser.add_argument("--no-check", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(options.lsp))
    import lsp

    words = shlex.split(options.server)
    report = []
    for source in options.workspaces:
        out = workspace(lsp, options.server, source.resolve(), options.repeat)
        if not options.no_check and words[-1] == "server":
            milliseconds, megabytes = check(words[0], source.resolve())
            out["check"], out["check memory"] = [milliseconds], [megabytes]
        report.append({
            name: value if isinstance(value, int) else [lsp.quantile(value, 0.5), lsp.quantile(value, 0.95)]
            for name, value in out.items()
        })
    print(json.dumps(report))


if __name__ == "__main__":
    main()
