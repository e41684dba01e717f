#!/usr/bin/env bash
# Drives a real Emacs with Eglot over copies of the example team: run.sh [NAME]
#
# AGENTLS_BIN   the server to test (default: target/release/agentls)
# EMACS         an Emacs to use instead of the system's
# NAME          runs only the tests whose names contain it
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
server=${AGENTLS_BIN:-$root/target/release/agentls}

if [[ ! -x $server ]]; then
  echo "emacs: no server at $server (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi
server=$(realpath "$server")

version=28.2
emacs=${EMACS:-emacs}
if [[ -z ${EMACS:-} ]]; then
  if ! dpkg-query --show emacs-nox elpa-eglot elpa-markdown-mode >/dev/null 2>&1; then
    echo "emacs: installing $version"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends \
      "emacs-nox=1:$version*" "elpa-eglot=1.9*" "elpa-markdown-mode=2.5*" >/dev/null
  fi
  found=$("$emacs" --version)
  found=${found%%$'\n'*}
  if [[ $found != "GNU Emacs $version" ]]; then
    echo "emacs: the tests are for GNU Emacs $version, and this is $found (set EMACS to try it)" >&2
    exit 2
  fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
work=$(realpath "$work")
mkdir "$work/home" "$work/bin" "$work/package"
ln -s "$server" "$work/bin/agentls"
cp "$root/editors/emacs/agentls.el" "$work/package"

run() {
  env -u XDG_CONFIG_HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME \
    HOME="$work/home" LC_ALL=C.UTF-8 PATH="$work/bin:$PATH" \
    timeout 600 "$emacs" --batch -Q -l "$root/tests/emacs/packages.el" "$@" </dev/null
}

# As a package manager would: compiled, and without a warning.
run --eval '(setq byte-compile-error-on-warn t)' \
  -f batch-byte-compile "$work/package/agentls.el"
run -l checkdoc --eval "
  (checkdoc-file \"$work/package/agentls.el\")" 2>&1 | tee "$work/checkdoc"
if [[ -s $work/checkdoc ]]; then
  echo "emacs: checkdoc is not content" >&2
  exit 1
fi

run -L "$work/package" -l "$root/tests/emacs/client.el" \
  --eval "(client-run \"$root\" \"$work\" \"${1:-}\")"
