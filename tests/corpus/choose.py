"""Draws the 200 lines whose names `lines.tsv` holds.

Usage: choose.py CORPUS NAME_RS OUTPUT

CORPUS is the folder of the repositories, NAME_RS is `server/analysis/src/agent/name.rs` (for its
nouns of roles), and OUTPUT gets one line each: number, file, line, text. The seed is 3. Every
stratum takes lines in turn from all repositories that have some; but for the calls, each line
holds a word with hyphens that ends in the noun of a role or is the name of an agent of its
repository. Nothing here looks for names as the analysis does.
"""

import os
import random
import re
import sys

SEED = 3
HYPHENS = "[-\u2010\u2011]"
KEBAB = rf"[a-z][a-z0-9.]*(?:{HYPHENS}[a-z0-9.]+)+"


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


def markdown(corpus):
    """The markdown files of the corpus, by their path from there, in a fixed order."""
    for folder, folders, files in os.walk(corpus):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".md"):
                path = os.path.join(folder, file)
                yield os.path.relpath(path, corpus), read(path)


def repository(path):
    return path.split("/")[0]


def nouns(source):
    listed = re.search(r"const NOUNS: &\[&str\] = &\[(.*?)\];", source, re.S)
    return set(re.findall(r'"(.*?)"', listed[1]))


def strata(is_named):
    """What each stratum is called, how many lines it has, and which lines belong to it."""

    def line(expression, flags=0):
        expression = re.compile(expression, flags)
        return lambda path, text: expression.search(text) and is_named(path, text)

    verbs = "collaborat|work|coordinat|partner|support|guide|help|assist|consult|delegat|defer|engage|escalat|hand"
    giving = "delegat|hand.?off|escalat|consult|route|engage|defer|coordinate with|collaborate with|partner with"
    return [
        ("table", 35, line(r"^\s*\|")),
        ("call", 25, lambda path, text: "subagent_type" in text),
        ("bullet", 40, line(rf"^\s*[-*•]\s*\W*({verbs})", re.I)),
        ("phrase", 40, line(giving, re.I)),
        ("agent", 25, line(r"[a-z`*] (sub)?agents?\b")),
        ("head", 20, line(rf"^\s*[-*•\d.]+\s+(\*\*|`)?{KEBAB}(\*\*|`)?\s*[:(–—-]")),
        ("mark", 15, line(rf"(→|->|@)\s*[`*]*{KEBAB}")),
    ]


def choose(corpus, roles):
    lines = []
    agents = {}
    for path, text in markdown(corpus):
        for number, line in enumerate(text.split("\n"), 1):
            if 3 < len(line) <= 400:
                lines.append((path, number, line.rstrip("\r")))
        name = re.search(r"^name:\s*(.+)$", text[:600], re.M)
        if name and "/agents/" in "/" + path:
            known = agents.setdefault(repository(path), set())
            known.add(name[1].strip().strip("\"'"))

    def is_named(path, text):
        known = agents.get(repository(path), ())
        words = re.findall(KEBAB, text)
        return any(word in known or re.split(HYPHENS, word)[-1] in roles for word in words)

    chosen = {}
    for name, count, belongs in strata(is_named):
        left = {}
        for path, number, line in lines:
            if (path, number) not in chosen and belongs(path, line):
                left.setdefault(repository(path), []).append((path, number, line))
        for of_repository in left.values():
            random.shuffle(of_repository)
        turn = sorted(left)
        random.shuffle(turn)
        taken = 0
        while taken < count and any(left.values()):
            for of_repository in map(left.get, turn):
                if of_repository and taken < count:
                    path, number, line = of_repository.pop()
                    chosen[path, number] = line
                    taken += 1
        print(name, taken)
    return sorted(chosen.items())


def main():
    corpus, name_rs, output = sys.argv[1:]
    random.seed(SEED)
    chosen = choose(corpus, nouns(read(name_rs)))
    with open(output, "w") as file:
        for at, ((path, number), line) in enumerate(chosen):
            file.write(f"{at}\t{path}\t{number}\t{line.strip()}\n")
    print(len(chosen))


if __name__ == "__main__":
    main()
