#!/usr/bin/env bash
# Drives a real Helix in a terminal over copies of the example team: run.sh [NAME...]
#
# AGENTLS_BIN   the server to test (default: target/release/agentls)
# NAME          runs only the tests whose names contain it
set -euo pipefail

version=25.01.1
suite=trixie
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
server=${AGENTLS_BIN:-$root/target/release/agentls}

if [[ ! -x $server ]]; then
  echo "helix: no server at $server (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi
server=$(realpath "$server")

install_if_missing() {
  local program=$1 package=$2
  command -v "$program" >/dev/null && return
  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install "$package" >/dev/null
}

# The mirror that the system's own packages come from, as far as apt knows it.
mirror() {
  apt-get indextargets --format '$(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    sed -n 's,^main \(.*/debian/\)$,\1,p' | head -n 1
}

# Unpacks Debian's `hx` and all that it needs into $1: the system's own packages are of another
# release, and stay as they are.
unpack_helix() {
  local into=$1 state mirror
  mirror=$(mirror)
  if [[ -z $mirror ]]; then
    apt-get -qq update
    mirror=$(mirror)
  fi
  state=$(mktemp -d)
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
    >"$state/sources.list"
  cat >"$state/apt.conf" <<CONF
Dir::State "$state";
Dir::State::status "/dev/null";
Dir::Cache "$state";
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Acquire::Languages "none";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Debug::NoLocking "true";
CONF
  APT_CONFIG=$state/apt.conf apt-get -qq update
  APT_CONFIG=$state/apt.conf apt-get -qq -y --download-only install "hx=$version*" >/dev/null
  local package
  for package in "$state"/archives/*.deb; do
    dpkg-deb -x "$package" "$into"
  done
  rm -rf "$state"
}

install_if_missing tmux tmux
helix=$root/target/helix-$version
if [[ ! -x $helix/usr/bin/hx ]]; then
  echo "helix: installing $version into target/"
  mkdir -p "$root/target"
  partial=$(mktemp -d "$root/target/helix-partial.XXXXXX")
  unpack_helix "$partial"
  rm -rf "$helix"
  mv "$partial" "$helix"
fi

# The program needs the C library that it was built with, so its own loader starts it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
work=$(realpath "$work")
mkdir "$work/bin"
ln -s "$server" "$work/bin/agentls"
ln -s "$root/tests/helix/second.py" "$work/bin/marksman"
cat >"$work/bin/hx" <<HX
#!/bin/sh
export HELIX_RUNTIME=$helix/usr/lib/hx/runtime
exec $helix/usr/lib64/ld-linux-x86-64.so.2 \\
  --library-path $helix/usr/lib/x86_64-linux-gnu:$helix/usr/lib64 $helix/usr/bin/hx "\$@"
HX
chmod +x "$work/bin/hx"

PATH="$work/bin:$PATH" timeout 600 python3 "$root/tests/helix/client.py" \
  --version "$version" --repository "$root" --work "$work" "$@"
