#!/usr/bin/env bash
# What enters the program from outside: the packages of Cargo.lock against deny.toml, and those of
# the extension against the registry's list of known faults, where that can be reached.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python3 tests/security/lockfile.py

# All of it where it is installed; advisories need a network.
if command -v cargo-deny >/dev/null; then
  cargo deny --offline check licenses bans sources
  cargo deny check advisories || echo "advisories: not checked to their end"
fi

# All of them: what is bundled into the extension stands among what it is developed with.
# npm ends with 1 both for a fault and for a registry that does not answer; JSON tells which.
audit() {
  local said
  said=$(cd "$1" && npm audit --json 2>/dev/null) || true
  python3 - "$1" "$said" <<'PYTHON'
import json, sys
folder, said = sys.argv[1:]
try:
    faults = json.loads(said)["metadata"]["vulnerabilities"]["total"]
except (ValueError, KeyError):
    print(f"{folder}: npm audit could not be asked: skipped")
    sys.exit(0)
print(f"{folder}: {faults} known faults")
sys.exit(1 if faults else 0)
PYTHON
}
if command -v npm >/dev/null; then
  audit editors/vscode
fi
