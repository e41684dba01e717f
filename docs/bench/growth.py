#!/usr/bin/env python3
"""What 100,000 edits leave behind in memory, and what a server does when nobody does anything.

usage: growth.py LSP_PY WORKSPACE SERVER [--edits 100000] [--rest 30] [--every 20000]

LSP_PY is the folder of a client module `lsp` (the one of the shared benchmarks), WORKSPACE a
folder of agents, SERVER the program. One file of 20 KB is edited: letters are typed and taken
back, in words, tables, fences and the header, each waiting for its diagnostics, but for a burst
of 50 every 1,000. Nothing is written to disk. Linux only: it reads /proc.
"""
import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

SIZE = 20_000
FIRST = 1_000
BURST_EVERY, BURST = 1_000, 50

# Typed somewhere in the body, and what gives the text its shape.
PIECES = ["x", "word ", "@agent-00001 ", "\n", "| agent-00002 | rows |\n", "`", "```\n", "- item\n", "😀", "*"]


def schedule(pid):
    """Wake-ups and nanoseconds of processor time of every thread."""
    threads = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            fields = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
            run = int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
        threads[task.name] = (fields["Name"].strip(), int(fields["voluntary_ctxt_switches"]), run)
    return threads


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lsp", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("server", type=Path)
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--rest", type=float, default=30)
    parser.add_argument("--every", type=int, default=20_000, help="how often memory is printed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.path.insert(0, str(options.lsp))
    import lsp

    root = options.workspace.resolve()
    path = min(sorted(root.rglob("*.md")), key=lambda it: abs(it.stat().st_size - SIZE))
    text = path.read_text(encoding="utf-8")
    body = next(at for at, line in enumerate(text.split("\n")[1:], 1) if line == "---") + 1
    widths = [len(line.encode("utf-16-le")) // 2 for line in text.split("\n")]
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as home:
        client = lsp.Client([str(options.server.resolve()), "server"], root, env=dict(os.environ, HOME=home))
        client.initialize()
        uri = client.open(path, text)
        client.wait_diagnostics(uri, timeout=120)
        time.sleep(2)
        opened = client.rss_mb("VmRSS")
        print(f"{path.name}, {path.stat().st_size} bytes; memory once it is open: {opened:.1f} MB", flush=True)

        # Each piece that is typed is taken back by the next edit, so the text is the same
        # after every second one.
        typed, first, done = None, None, 0
        begin = time.perf_counter()
        while done < options.edits:
            if typed is None:
                # One in twenty in the header, at the end of a line of it.
                line = rng.randrange(1, body - 1) if rng.random() < 0.05 else rng.randrange(body, len(widths))
                character = widths[line] if line < body else rng.randrange(widths[line] + 1)
                piece = rng.choice(PIECES[:2] if line < body else PIECES)
                version = client.insert(uri, line, character, piece)
                rows = piece.count("\n")
                last = len(piece.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2
                typed = (line, character), (line + rows, last if rows else character + last)
            else:
                version = client.insert(uri, *typed[0], "", end=typed[1])
                typed = None
            done += 1
            if done % BURST_EVERY >= BURST:
                client.wait_diagnostics(uri, version, timeout=300)
                with client.cond:
                    del client.notifications[:]
            if done == FIRST:
                first = client.rss_mb("VmRSS")
            if done % options.every == 0:
                print(f"after {done} edits: {client.rss_mb('VmRSS'):.1f} MB, {time.perf_counter() - begin:.0f} s", flush=True)
        client.wait_diagnostics(uri, version, timeout=300)
        last = client.rss_mb("VmRSS")
        first = first or last
        print(f"memory after {FIRST} edits {first:.1f} MB, after {done} {last:.1f} MB: {last / first:.3f} times as much (goal: 0.95 to 1.05)")

        # What was still to be done is done.
        time.sleep(3)
        before = schedule(client.proc.pid)
        time.sleep(options.rest)
        after = schedule(client.proc.pid)
        wakes = nanoseconds = 0
        for task, (name, voluntary, run) in sorted(after.items()):
            _, voluntary_before, run_before = before.get(task, (name, 0, 0))
            wakes += voluntary - voluntary_before
            nanoseconds += run - run_before
            if voluntary != voluntary_before:
                print(f"  thread {name}: {voluntary - voluntary_before} wake-ups, {(run - run_before) / 1e6:.2f} ms")
        print(f"at rest for {options.rest:.0f} s: {wakes} wake-ups ({wakes / options.rest:.2f} a second), {nanoseconds / 1e6:.2f} ms of processor time, {len(after)} threads")
        code = client.shutdown()
        print(f"exit code {code}")


main()
