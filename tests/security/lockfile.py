#!/usr/bin/env python3
"""Holds the packages of Cargo.lock to deny.toml: licences, sources, checksums, bans, build scripts.

For those who have no cargo-deny. Says what is wrong, one line each; 1 if anything is.
"""

import collections
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Older spellings of SPDX expressions that packages still have.
SPELLINGS = {"Apache-2.0/MIT": "Apache-2.0 OR MIT", "MPL-2.0+": "MPL-2.0"}


def metadata():
    """What cargo knows of all packages; without a network, of those for this system."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    whole = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if whole.returncode == 0:
        return json.loads(whole.stdout)
    version = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    host = re.search(r"^host: (.*)$", version, re.MULTILINE).group(1)
    print(f"cargo metadata failed; trying offline, with the packages for {host} alone")
    command += ["--offline", "--filter-platform", host]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


def is_allowed(expression, allowed):
    """Whether one of the ways to have a package under a licence is allowed."""
    expression = SPELLINGS.get(expression, expression).replace("/", " OR ")
    tokens = re.findall(r"[()]|[A-Za-z0-9.+-]+", expression)

    def any_of():
        value = all_of()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            other = all_of()
            value = value or other
        return value

    def all_of():
        value = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            other = one()
            value = value and other
        return value

    def one():
        token = tokens.pop(0)
        if token == "(":
            value = any_of()
            tokens.pop(0)
            return value
        if tokens and tokens[0] == "WITH":
            tokens.pop(0)
            token += f" WITH {tokens.pop(0)}"
        return SPELLINGS.get(token, token) in allowed

    return any_of()


def problems(rules, lock, packages):
    # One registry, and nothing from anywhere else.
    sources = collections.Counter(package["source"] for package in lock["package"] if "source" in package)
    registry = sources.most_common(1)[0][0]
    licences = set(rules["licenses"]["allow"])
    banned = {ban["name"] for ban in rules["bans"]["deny"]}
    building = {entry["name"] for entry in rules["bans"]["build"]["allow-build-scripts"]}

    for package in lock["package"]:
        name = f"{package['name']} {package['version']}"
        source = package.get("source")
        if source is not None and (source != registry or not source.startswith("registry+")):
            yield f"{name} comes from {source}"
        if source is not None and not re.fullmatch("[0-9a-f]{64}", package.get("checksum", "")):
            yield f"{name} has no checksum"
        if package["name"] in banned:
            yield f"{name} is banned"

    scripted = set()
    for package in packages:
        name = f"{package['name']} {package['version']}"
        licence = package["license"]
        if licence is None or not is_allowed(licence, licences):
            yield f"{name} has the licence {licence}"
        if any("custom-build" in target["kind"] for target in package["targets"]):
            scripted.add(package["name"])
            if package["name"] not in building:
                yield f"{name} runs a program of its own while it is built"


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    packages = metadata()["packages"]
    versions = defaultdict(set)
    for package in lock["package"]:
        versions[package["name"]].add(package["version"])
    for name, several in sorted(versions.items()):
        if len(several) > 1:
            print(f"warning: {name} is there in versions {', '.join(sorted(several))}")
    found = sorted(set(problems(rules, lock, packages)))
    for problem in found:
        print(f"error: {problem}")
    print(f"{len(lock['package'])} packages, {len(packages)} looked at, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
