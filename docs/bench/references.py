#!/usr/bin/env python3
"""Times what one name costs in a large workspace: references, rename, a changed `name:`.

usage: references.py LSP_PY WORKSPACE SERVER [--mentions 300] [--open 50] [--repeat 20]

LSP_PY is the folder of a client module `lsp` (the one of the shared benchmarks), WORKSPACE a
folder of agents, which is copied, SERVER the program. A fresh agent is added to the copy and
named in so many of its files; so many others are opened, each naming it in a delegation table.
"""
import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

NAME, OTHER = "bench-target-keeper", "bench-renamed-keeper"


def milliseconds(values):
    values = sorted(values)
    p95 = values[min(len(values) - 1, int(len(values) * 0.95))]
    return f"p50 {statistics.median(values):.1f} ms, p95 {p95:.1f} ms"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lsp", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("server", type=Path)
    parser.add_argument("--mentions", type=int, default=300)
    parser.add_argument("--open", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=20)
    options = parser.parse_args()
    sys.path.insert(0, str(options.lsp))
    import lsp

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "ws"
        shutil.copytree(options.workspace, root)
        files = sorted(root.rglob("*.md"))
        random.Random(1).shuffle(files)
        for path in files[: options.mentions]:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n\n| Delegate To | When |\n|---|---|\n| {NAME} | always |\n")
        target = root / ".claude" / "agents" / f"{NAME}.md"
        target.write_text(f"---\nname: {NAME}\ndescription: Is named often.\n---\nBody.\n", encoding="utf-8")
        home = Path(folder) / "home"
        home.mkdir()
        env = dict(os.environ, HOME=str(home))

        # At once after the start, before any body is known.
        at = {"position": {"line": 1, "character": 8}}
        client = lsp.Client([str(options.server.resolve()), "server"], root, env=env)
        client.initialize()
        uri = client.open(target)
        about = dict(at, textDocument={"uri": uri})
        search = dict(about, context={"includeDeclaration": True})
        begin = time.perf_counter()
        found = client.request("textDocument/references", search)
        print(f"references, first answer after the start: {len(found)} in {(time.perf_counter() - begin) * 1000:.0f} ms")

        # Bodies are known when nothing is read any more: the processor has gone quiet.
        last, quiet = None, 0
        while quiet < 10:
            ticks = Path(f"/proc/{client.proc.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
            quiet = quiet + 1 if ticks == last else 0
            last = ticks
            time.sleep(0.1)
        print(f"memory with all bodies known: {client.rss_mb('VmRSS'):.0f} MB, peak {client.rss_mb():.0f} MB")

        def timed(method, params):
            times = []
            for _ in range(options.repeat):
                begin = time.perf_counter()
                answer = client.request(method, params)
                times.append((time.perf_counter() - begin) * 1000)
            return answer, times

        found, times = timed("textDocument/references", search)
        print(f"references: {len(found)} places, {milliseconds(times)}")
        edit, times = timed("textDocument/rename", dict(about, newName=OTHER))
        changes = edit.get("documentChanges") or []
        edits = sum(len(change.get("edits", [])) for change in changes)
        print(f"rename: {edits} edits in {len(changes)} changes, {milliseconds(times)}")

        # A changed `name:` and every open file that is checked again.
        opened = [client.open(path) for path in files[: options.open]]
        for uri_of_open in opened:
            client.wait_diagnostics(uri_of_open)
        times = []
        for turn in range(options.repeat):
            names = (NAME, OTHER) if turn % 2 == 0 else (OTHER, NAME)
            since = len(client.notifications)
            begin = time.perf_counter()
            start, end = (1, 6), (1, 6 + len(names[0]))
            client.insert(uri, *start, names[1], end=end)
            waiting = set(opened)
            while waiting:
                def is_awaited(notification):
                    _, method, params = notification
                    return method == "textDocument/publishDiagnostics" and params["uri"] in waiting

                _, _, params = client.wait_notification(is_awaited, since=since)
                waiting.discard(params["uri"])
            times.append((time.perf_counter() - begin) * 1000)
        print(f"changed `name:` -> diagnostics of {len(opened)} open files: {milliseconds(times)}")
        client.kill()


main()
