#!/usr/bin/env python3
"""Compares language servers with each other, with the floor and with the goals; prints markdown.

usage: compare.py BENCH --floor COMMAND --server NAME='COMMAND' [--server ...]
                  [--agents 100 1000 10000] [--source FOLDER] [--work FOLDER] [--quick]

BENCH is the folder of the shared benchmarks: bench.py, gen_workspace.py and lsp.py. The floor is
the least that a server can do: it takes an edit and publishes nothing wrong. Workspaces of each
size are made in --work (and stay there) out of the agents in --source, unless they are there.
The goals are those of agentls, the first server; the others are only timed.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def run(command, **options):
    return subprocess.run([str(word) for word in command], check=True, text=True, **options)


def both(value, digits=2):
    if not value:
        return "-"
    if len(value) == 1 or value[0] == value[1]:
        return f"{value[0]:.{digits}f}"
    return f"{value[0]:.{digits}f} / {value[1]:.{digits}f}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def side_by_side(bench, workspace, servers, edits):
    """The figures of bench.py: by server, by name, p50 and p95."""
    sys.path.insert(0, str(bench))
    import lsp

    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        words = [word for name, command in servers for word in ("--server", f"{name}={command}")]
        run([sys.executable, bench / "bench.py", workspace, *words, "--edits", edits, "--json", file.name], stdout=subprocess.DEVNULL)
        found = json.loads(Path(file.name).read_text())
    return {
        name: {
            key: [lsp.quantile(value, 0.5), lsp.quantile(value, 0.95)]
            for key, value in figures.items()
            if isinstance(value, list) and value
        }
        for name, figures in found.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--floor", required=True)
    parser.add_argument("--server", action="append", required=True)
    parser.add_argument("--agents", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--source", type=Path, help="a folder of real agents, for workspaces that are not there yet")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "agentls-bench")
    parser.add_argument("--quick", action="store_true", help="few repetitions: to see that it works")
    options = parser.parse_args()
    # A relative path, or a link, would not be the same from within the workspaces.
    bench = options.bench.resolve()
    servers = [("floor", options.floor)] + [tuple(server.split("=", 1)) for server in options.server]
    edits, repeat = (10, 10) if options.quick else (200, 100)
    home = options.work / "home"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(home.resolve())

    workspaces = {}
    for count in options.agents:
        folder = options.work / f"ws{count}"
        if not folder.is_dir():
            if options.source is None:
                parser.error(f"{folder} is not there, and --source does not say what to make it of")
            run([sys.executable, bench / "gen_workspace.py", options.source, folder, count], stdout=subprocess.DEVNULL)
        workspaces[count] = folder.resolve()

    goals_of = []
    for count, workspace in workspaces.items():
        figures = side_by_side(bench, workspace, servers, edits)
        names = ["start", "first", "ready", "key", "key-fm", "complete", "cell", "hover", "rss-open", "rss"]
        print(f"### {count} agents: p50 / p95 in ms, memory in MB\n")
        table(["server", *names], [[name, *(both(figures.get(name, {}).get(key)) for key in names)] for name, _ in servers])
        floor, own = figures.get("floor", {}).get("key"), figures.get(servers[1][0], {}).get("key")
        if floor and own:
            goals_of.append((f"a key at {count} agents, p50", f"{own[0] / floor[0]:.1f} x floor", "4 x", own[0] <= 4 * floor[0]))
            goals_of.append((f"a key at {count} agents, p95", f"{own[1] / floor[0]:.1f} x floor's p50", "10 x", own[1] <= 10 * floor[0]))

    name, command = servers[1]
    found = run([sys.executable, HERE / "goals.py", bench, command, *workspaces.values(), "--repeat", repeat], stdout=subprocess.PIPE)
    by_size = dict(zip(workspaces, json.loads(found.stdout)))
    keys = list(dict.fromkeys(key for figures in by_size.values() for key in figures if key != "files"))
    print(f"### {name}, the same file of 20 KB in each workspace: p50 / p95 in ms, memory in MB\n")
    table(["", *(f"{count} agents" for count in by_size)], [[key, *(both(figures.get(key)) for figures in by_size.values())] for key in keys])

    def goal(what, value, limit, unit):
        goals_of.append((what, f"{value:.1f} {unit}", f"{limit} {unit}", value <= limit))

    sizes = list(by_size)
    slowest, fastest = (pick(figures["key"][0] for figures in by_size.values()) for pick in (max, min))
    goals_of.append((f"a key at {sizes[0]} to {sizes[-1]} agents, the dearest against the cheapest", f"{slowest / fastest:.2f}", "1.2", slowest <= 1.2 * fastest))
    for count, figures in by_size.items():
        goal(f"a key in 1 MB at {count} agents, p50", figures["key in 1 MB"][0], 15, "ms")
        limits = {1_000: (60, 2_000), 10_000: (400, 20_000)}.get(count)
        if limits:
            goal(f"start to the first right definition at {count} agents", figures["ready"][0], limits[0], "ms")
            if "check" in figures:
                goal(f"check of {count} agents", figures["check"][0], limits[1], "ms")
        if count >= 500:
            opened = next(key for key in figures if key.endswith(" opened"))
            goal(f"{opened} at once at {count} agents", figures[opened][0], 1_500, "ms")
    largest = by_size[sizes[-1]]
    for key in keys:
        if key.split()[0] in ("completion", "hover", "definition"):
            goal(f"{key} at {sizes[-1]} agents, p95", largest[key][1], 1, "ms")
        if key.endswith("memory"):
            goal(f"{key} at {sizes[-1]} agents, peak", largest[key][0], 150, "MB")
    print("### Goals\n")
    table(["", "found", "at most", ""], [[what, value, limit, "yes" if is_met else "**no**"] for what, value, limit, is_met in goals_of])


main()
