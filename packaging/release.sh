#!/usr/bin/env bash
# Builds everything that a release consists of: release.sh [--target TARGET]... --out DIR
#
# TARGET is a triple of targets.json whose programs run on this machine, for an archive with the
# program, an extension for VS Code and a package for npm; or `any`, for the extension without a
# server and the npm package that finds the program. Without --target: this machine's, and `any`.
# What an earlier run left in DIR goes; DIR/SHA256SUMS holds the checksums of what is there now.
#
# AGENTLS_BIN         a program to pack instead of building one; for one triple only
# SOURCE_DATE_EPOCH   the time that the files get (default: that of the commit)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

complain() {
  echo "release: $*" >&2
  exit 2
}

targets=()
out=
while (($#)); do
  [[ $# -ge 2 ]] || complain "$1 needs a value"
  case $1 in
    --target) targets+=("$2") ;;
    --out) out=$2 ;;
    *) complain "there is no option $1 (usage: release.sh [--target TARGET]... --out DIR)" ;;
  esac
  shift 2
done
[[ -n $out ]] || complain "--out DIR is missing"
((${#targets[@]})) || targets=("$(rustc -vV | sed -n 's/^host: //p')" any)
triples=()
for target in "${targets[@]}"; do
  [[ $target == any ]] || triples+=("$target")
done
given=
if [[ -n ${AGENTLS_BIN:-} ]]; then
  ((${#triples[@]} <= 1)) || complain "AGENTLS_BIN is one program, and there are several targets"
  [[ -f $AGENTLS_BIN ]] || complain "there is no program at $AGENTLS_BIN"
  given=$(cd "$(dirname "$AGENTLS_BIN")" && pwd)/$(basename "$AGENTLS_BIN")
fi

mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -f "$out"/agentls-* "$out/SHA256SUMS"
cd "$root"
mkdir -p target
work=$(mktemp -d "$root/target/release-partial.XXXXXX")
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
version=$(node packaging/version.mjs)
python=$(command -v python3 || command -v python)

# What targets.json says of a triple under a key.
field() {
  node -p 'const [file, triple, key] = process.argv.slice(1);
    require(file)[triple]?.[key] ?? ""' "$here/targets.json" "$1" "$2"
}

# Builds the program for a triple, and says where it is.
build() {
  local triple=$1 program=$2 separator=$'\x1f' sources=$root flags
  local packages=${CARGO_HOME:-$HOME/.cargo}
  # To the compiler on Windows a folder is D:\a, and to its Bash /d/a, which puts one for the
  # other in what it hands to programs.
  if command -v cygpath >/dev/null; then
    sources=$(cygpath -w "$sources")
    packages=$(cygpath -w "$packages")
    export MSYS2_ENV_CONV_EXCL=CARGO_ENCODED_RUSTFLAGS
  fi
  # No folders of this machine in the program.
  flags=--remap-path-prefix=$sources=.
  flags+=$separator--remap-path-prefix=$packages=cargo
  # Windows need not have the runtime library of the compiler.
  [[ $triple != *-windows-msvc ]] || flags+=${separator}-Ctarget-feature=+crt-static
  CARGO_ENCODED_RUSTFLAGS=$flags CARGO_PROFILE_RELEASE_STRIP=debuginfo \
    cargo build --release --locked --package agentls --target "$triple" >&2 || return
  echo "${CARGO_TARGET_DIR:-$root/target}/$triple/release/$program"
}

# The package of a folder that packaging/npm/build.mjs makes.
npm_package() {
  local name=$1 folder packed
  shift
  folder=$(node packaging/npm/build.mjs "$@" --out "$work/npm")
  packed=$(cd "$folder" && npm pack --silent --pack-destination "$work")
  mv "$work/$packed" "$out/$name.tgz"
}

# What the script of the extension needs.
prepare_extension() {
  local installed=editors/vscode/node_modules/.package-lock.json
  [[ $installed -nt editors/vscode/package-lock.json ]] ||
    (cd editors/vscode && npm ci --no-audit --no-fund --silent)
}

# The extension, which is for people only with all its pictures.
extension() {
  local left_out
  node editors/vscode/package.mjs "$@" 2>&1 | tee "$work/said" >&2
  left_out=$(sed -n 's/^left out: //p' "$work/said")
  [[ -z $left_out ]] || complain "the extension lacks a picture: $left_out"
}

release_triple() {
  local triple=$1 os program binary name folder
  os=$(field "$triple" os)
  program=agentls
  [[ $os != win32 ]] || program=agentls.exe
  binary=${given:-$(build "$triple" "$program")}
  [[ $("$binary" --version) == "agentls $version" ]] ||
    complain "$binary is not agentls $version, or does not run here"

  name=agentls-$version-$triple
  folder=$work/$name
  mkdir -p "$folder/completions"
  cp "$binary" "$folder/$program"
  chmod 755 "$folder/$program"
  cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder"
  node packaging/notices.mjs --target "$triple" --out "$folder"
  "$binary" completions bash >"$folder/completions/agentls.bash"
  "$binary" completions zsh >"$folder/completions/_agentls"
  "$binary" completions fish >"$folder/completions/agentls.fish"
  "$binary" completions powershell >"$folder/completions/_agentls.ps1"
  "$binary" completions elvish >"$folder/completions/agentls.elv"
  local ending=.tar.gz
  [[ $os != win32 ]] || ending=.zip
  "$python" packaging/archive.py "$folder" "$out/$name$ending"

  local vscode
  vscode=$(field "$triple" vscode)
  extension --target "$vscode" --binary "$folder/$program" \
    --notices "$folder/THIRD-PARTY-LICENSES.txt" --out "$out/agentls-$version-vscode-$vscode.vsix"
  npm_package "agentls-$version-npm-$(field "$triple" npm)" --target "$triple" \
    --binary "$folder/$program"
}

release_any() {
  extension --out "$out/agentls-$version-vscode.vsix"
  npm_package "agentls-$version-npm"
}

checksums() {
  local sum=(sha256sum)
  command -v sha256sum >/dev/null || sum=(shasum -a 256)
  (cd "$out" && LC_ALL=C && "${sum[@]}" agentls-* >SHA256SUMS)
}

for triple in ${triples[@]+"${triples[@]}"}; do
  [[ -n $(field "$triple" os) ]] || complain "$triple is not in packaging/targets.json"
done
prepare_extension
for target in "${targets[@]}"; do
  if [[ $target == any ]]; then
    release_any
  else
    release_triple "$target"
  fi
done
checksums
(cd "$out" && ls -l)
