"""Draws the findings that a person reads: all of a rule where there are at most 40, else 40 of
them with a fixed seed. Prints each with its lines.

    python3 tests/corpus/read.py target/release/agentls ../shared/corpus OUT

writes OUT/RULE.txt; docs/corpus.md says what reading them has shown.
"""

import json
import os
import random
import subprocess
import sys

MOST = 40
SEED = 4
AROUND = 2
WIDTH = 240


def findings(program, folder):
    command = [program, "check", "--format", "json", "--fail-on", "never"]
    home = {**os.environ, "HOME": os.path.join(folder, "no-home")}
    output = subprocess.run(command, cwd=folder, env=home, capture_output=True, check=True)
    return json.loads(output.stdout)["findings"]


def shown(folder, finding):
    path = os.path.join(folder, finding["path"])
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        lines = file.read().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, last = finding["line"], min(finding["endLine"], finding["line"] + 3)
    text = [f"{path}:{first}:{finding['column']}-{finding['endLine']}:{finding['endColumn']} {finding['severity']}"]
    text.append(f"  {finding['message']}")
    for fix in finding.get("fixes", []):
        text.append(f"  fix: {fix['title']}")
    for number in range(max(1, first - AROUND), min(len(lines), last + AROUND) + 1):
        mark = ">" if first <= number <= last else " "
        line = lines[number - 1]
        start = max(0, finding["column"] - WIDTH // 2) if mark == ">" and len(line) > WIDTH else 0
        text.append(f"  {mark}{number:5} {line[start:start + WIDTH]}")
    return "\n".join(text)


def main(program, corpus, out):
    program = os.path.abspath(program)
    by_rule = {}
    for name in sorted(os.listdir(corpus)):
        folder = os.path.join(corpus, name)
        if os.path.isdir(folder):
            for finding in findings(program, folder):
                by_rule.setdefault(finding["rule"], []).append((folder, finding))
    os.makedirs(out, exist_ok=True)
    for rule, found in sorted(by_rule.items()):
        drawn = found
        if len(found) > MOST:
            places = sorted(random.Random(SEED).sample(range(len(found)), MOST))
            drawn = [found[place] for place in places]
        with open(os.path.join(out, f"{rule}.txt"), "w", encoding="utf-8") as file:
            file.write(f"{rule}: {len(found)} found, {len(drawn)} to read\n\n")
            file.write("\n\n".join(shown(folder, finding) for folder, finding in drawn) + "\n")
        print(f"{rule}: {len(found)} found, {len(drawn)} to read")


main(*sys.argv[1:])
