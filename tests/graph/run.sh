#!/usr/bin/env bash
# Shows the team graph in Chromium and uses it as a person would: run.sh
#
# AGENTLS_BIN          the program to test (default: target/release/agentls)
# CHROMIUM             a Chromium to use instead of Debian's
# UPDATE_PICTURES=1    writes the pictures of docs/pictures anew
#
# Pictures of what was on the screen are in target/editors/graph/.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
agentls=${AGENTLS_BIN:-$root/target/release/agentls}

if [[ ! -x $agentls ]]; then
  echo "graph: no program at $agentls (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi
agentls=$(realpath "$agentls")

packages=()
if [[ -z ${CHROMIUM:-} ]] && ! command -v chromium >/dev/null; then packages+=(chromium); fi
if [[ ! -d /usr/share/doc/fonts-noto-color-emoji ]]; then packages+=(fonts-noto-color-emoji); fi
if [[ ! -d /usr/share/doc/fonts-inter && -n ${UPDATE_PICTURES:-} ]]; then packages+=(fonts-inter); fi
if [[ ${#packages[@]} -gt 0 ]]; then
  echo "graph: installing ${packages[*]}"
  apt_log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"; } >"$apt_log" 2>&1; then
    cat "$apt_log" >&2
    rm -f "$apt_log"
    echo "graph: ${packages[*]} cannot be installed" >&2
    exit 1
  fi
  rm -f "$apt_log"
fi
chromium=${CHROMIUM:-$(command -v chromium)}
"$chromium" --version

cd "$here"
if ! cmp -s package-lock.json node_modules/.installed; then
  echo "graph: installing playwright-core"
  npm ci --silent --no-audit --no-fund
  cp package-lock.json node_modules/.installed
fi

# A home and folders of its own: nothing of this machine is seen, and nothing is spoilt.
work=$(realpath "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
cp -r "$root/examples" "$work/tea-shop"

env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME \
  HOME="$work/home" AGENTLS="$agentls" CHROMIUM="$chromium" \
  timeout 300 node graph.mjs "$work" "$root"
