#!/usr/bin/env python3
"""The README's table of what works in which editor, from what the tests have seen.

table.py           fails where the table in the README is not what the results say
table.py --update  writes it
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
FEATURES = ROOT / "tests/editors/features.json"
RESULTS = ROOT / "target/editors"
EDITORS = ["vscode", "neovim", "helix", "emacs"]
START, END = "<!-- editors: from tests/editors/table.py -->\n", "<!-- /editors -->\n"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def cell(result, feature):
    if feature in result["works"]:
        return "✓"
    return "–" if feature in result["lacks"] else ""


def table(features, results):
    heads = [f"{it['editor']} {it['version']}" for it in results]
    rows = [["", *heads], ["---", *[":-:"] * len(heads)]]
    for feature in features:
        cells = [cell(result, feature["id"]) for result in results]
        rows.append([feature["title"], *cells])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def check(features, results):
    """What a harness says must be in the list, once."""
    known = [feature["id"] for feature in features]
    for result in results:
        said = [*result["works"], *result["lacks"]]
        for name in {*said, *result["fails"]}:
            if name not in known:
                sys.exit(f"{result['editor']}: no feature is called {name}")
        if len(said) != len(set(said)):
            sys.exit(f"{result['editor']}: a feature stands twice")
        if result["fails"]:
            sys.exit(f"{result['editor']}: fails: {', '.join(result['fails'])}")


def main():
    missing = [it for it in EDITORS if not (RESULTS / f"{it}.json").is_file()]
    if missing:
        sys.exit(f"no results of {', '.join(missing)}: run tests/EDITOR/run.sh first")
    features = read(FEATURES)
    results = [read(RESULTS / f"{editor}.json") for editor in EDITORS]
    check(features, results)
    readme = README.read_text(encoding="utf-8")
    before, start, rest = readme.partition(START)
    written, end, after = rest.partition(END)
    if not (start and end):
        sys.exit("README.md has no place for the table")
    wanted = "\n" + table(features, results) + "\n"
    if "--update" in sys.argv[1:]:
        README.write_text(before + START + wanted + END + after, encoding="utf-8")
    elif written != wanted:
        sys.exit("the table in README.md is not what the tests saw: tests/editors/table.py --update")


if __name__ == "__main__":
    main()
