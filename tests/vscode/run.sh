#!/usr/bin/env bash
# Drives a real VS Code in Chromium over a copy of the example team: run.sh [NAME...]
#
# NAME              only the tests whose name holds one of these
# AGENTLS_BIN       the server to test (default: target/release/agentls)
# AGENTLS_VSIX      the packaged extension (default: built here from editors/vscode)
# CHROMIUM          a browser to use instead of Debian's, which is installed when it is missing
# UPDATE_PICTURES   1: write the pictures of the README into docs/pictures instead of testing
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
server=${AGENTLS_BIN:-$root/target/release/agentls}
if [[ ! -x $server ]]; then
  echo "vscode: no server at $server (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi

# Whatever way this ends, it leaves nothing half done.
partial=""
work=""
trap 'rm -rf ${partial:+"$partial"} ${work:+"$work"}' EXIT

# Packages of Debian, where their programs are missing: install PROGRAM PACKAGE...
install() {
  command -v "$1" >/dev/null && return
  echo "vscode: installing ${*:2}"
  export DEBIAN_FRONTEND=noninteractive
  # The lists may be stale or missing, so they are fetched once the install needs it.
  apt-get install -y -qq --no-install-recommends "${@:2}" >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${@:2}" >/dev/null; }
}
[[ -n ${CHROMIUM:-} ]] || install chromium chromium fonts-dejavu-core fonts-noto-color-emoji

if [[ ${UPDATE_PICTURES:-} == 1 ]]; then
  install pngquant pngquant fonts-inter fonts-jetbrains-mono
fi

# VS Code as a server, the Node it needs and what drives the browser, as the lockfile says. The
# name of the folder changes with what goes into it, and it has its name only once it is complete.
install_code() {
  echo "vscode: installing VS Code into target/"
  mkdir -p "$root/target"
  partial=$(mktemp -d "$root/target/vscode-partial.XXXXXX")
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$partial"
  (cd "$partial" && quietly npm ci)
  # The parts of VS Code itself have a lockfile of their own, which `npm ci` finds incomplete.
  # Their install scripts would build what comes built.
  (cd "$partial/node_modules/code-server/lib/vscode" && quietly npm install --omit=dev --ignore-scripts)
  cp "$here/driver/spdlog.cjs" "$partial/node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/index.js"
  rm -rf "$root"/target/vscode-[0-9a-f]*
  mv "$partial" "$code"
  partial=""
}

# Says what npm printed only when it failed; keeps its cache in target/.
quietly() {
  local said
  said=$(npm_config_cache="$root/target/npm-cache" "$@" --no-audit --no-fund 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
}

code=$root/target/vscode-$(cat "$here"/package{,-lock}.json "$here/driver/spdlog.cjs" | sha256sum | cut -c 1-12)
[[ -d $code ]] || install_code

# The extension, packaged again when a source of it is newer than the package.
vsix=${AGENTLS_VSIX:-$root/editors/vscode/agentls.vsix}
package() {
  local newer
  if [[ -f $vsix ]]; then
    newer=$(cd "$root/editors/vscode" && find . \( -name node_modules -o -name out -o -name images \) -prune \
      -o -type f ! -name '*.vsix' -newer "$vsix" -print -quit)
    [[ -n $newer ]] || return 0
  fi
  echo "vscode: packaging the extension"
  (cd "$root/editors/vscode" && { [[ -d node_modules ]] || quietly npm ci; } && quietly npm run package)
}
[[ -n ${AGENTLS_VSIX:-} ]] || package

# A folder of its own for all that is written: nothing of this machine is seen or changed.
work=$(realpath "$(mktemp -d)")

# Letters of the pictures: what VS Code asks for is what it gets on a desktop.
mkdir -p "$work/.config/fontconfig"
cat >"$work/.config/fontconfig/fonts.conf" <<'XML'
<?xml version="1.0"?>
<fontconfig>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
  <alias binding="strong"><family>system-ui</family><prefer><family>Inter</family></prefer></alias>
</fontconfig>
XML

status=0
env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME \
  HOME="$work" TMPDIR="$work" \
  AGENTLS_TEST_WORK="$work" AGENTLS_TEST_CODE="$code" AGENTLS_TEST_VSIX="$(realpath "$vsix")" \
  AGENTLS_BIN="$(realpath "$server")" CHROMIUM="${CHROMIUM:-$(command -v chromium)}" \
  timeout --kill-after 20 600 node "$here/run.mjs" "$@" || status=$?
exit $status
