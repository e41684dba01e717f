#!/usr/bin/env bash
# Packs the npm packages of this machine, installs them where no registry is reachable, and uses
# them as a person and an editor would: run.sh
#
# AGENTLS_BIN   the program to pack (default: target/release/agentls)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${AGENTLS_BIN:-$root/target/release/agentls}

if [[ ! -x $program ]]; then
  echo "npm: no program at $program (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi
program=$(realpath "$program")
target=$(rustc -vV | sed -n 's/^host: //p')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
work=$(realpath "$work")

fail() {
  echo "npm: $*" >&2
  exit 1
}

# A home and a cache of its own, and a registry that nothing answers for.
npm_here() {
  env HOME="$work/home" npm_config_cache="$work/cache" npm_config_userconfig="$work/npmrc" \
    npm_config_globalconfig="$work/npmrc-global" npm_config_registry=http://127.0.0.1:9/ \
    npm_config_fetch_retries=0 npm_config_update_notifier=false npm_config_audit=false \
    npm_config_fund=false "$@"
}

# Runs a command, wants an exit code of it, and keeps what it said in $work/out and $work/err.
expect() {
  local wanted=$1 code=0
  shift
  "$@" >"$work/out" 2>"$work/err" || code=$?
  [[ $code -eq $wanted ]] || {
    cat "$work/out" "$work/err" >&2
    fail "exit code $code, not $wanted: $*"
  }
}

says() {
  grep -qF -- "$2" "$work/$1" || {
    cat "$work/$1" >&2
    fail "std$1 does not say: $2"
  }
}

pass() {
  echo "npm: ok: $*"
}

mkdir "$work/home" "$work/tarballs" "$work/project"
touch "$work/npmrc" "$work/npmrc-global"
main=$(node "$root/packaging/npm/build.mjs" --out "$work/packages")
platform=$(node "$root/packaging/npm/build.mjs" --target "$target" --binary "$program" \
  --out "$work/packages")
version=$(node "$root/packaging/version.mjs")
for folder in "$main" "$platform"; do
  npm_here npm pack --silent --pack-destination "$work/tarballs" "$folder" >/dev/null
done
name=$(node -p 'require(process.argv[1]).name' "$platform/package.json")
main=$work/tarballs/agentls-$version.tgz
platform=$work/tarballs/agentls-${name#@agentls/}-$version.tgz
tar -tvzf "$platform" >"$work/out"
grep -qE '^-rwxr-xr-x .* package/agentls$' "$work/out" || fail "the program is not executable"
for file in LICENSE-MIT LICENSE-APACHE THIRD-PARTY-LICENSES.txt README.md; do
  says out "package/$file"
done
pass "agentls and $name are packed, with the licences"

cp -r "$root/examples" "$work/project/team"
cd "$work/project"
echo '{ "private": true }' >package.json

# A machine with no package of its own: the others of the optional packages are nowhere.
npm_here npm install --silent --offline "$main"
expect 2 npm_here npx --no-install agentls --version
says err "the package $name"
says err "is not installed"
pass "without the package of this machine, agentls says which is missing"

npm_here npm install --silent --offline "$platform"
expect 0 npm_here npx --no-install agentls --version
[[ $(cat "$work/out") == "agentls $version" ]] || fail "not this version: $(cat "$work/out")"
pass "npx finds and runs the program"

expect 1 npm_here npx --no-install agentls check team
says out "checkout-enginer"
cp "$work/out" "$work/through"
expect 1 "$program" check team
cmp "$work/out" "$work/through" || fail "the report differs from that of the program itself"
expect 0 npm_here npx --no-install agentls check team --fail-on never
expect 2 npm_here npx --no-install agentls check nowhere
says err "nowhere"
pass "reports, errors and exit codes are those of the program"

expect 1 npm_here npx --no-install agentls check --format json - \
  --stdin-path team/.claude/agents/piped.md < <(printf -- '---\nname: piped\ndescription: d\nallowedTools: Read\n---\nText\n')
says out "misspelled-key"
pass "standard input goes through"

timeout 300 node "$root/tests/npm/session.mjs" "$work/project/node_modules/.bin/agentls" "$program"
pass "an editor's session: shutdown, the end of its input, signals"

# What npm has installed, as another machine would see it.
shim=node_modules/agentls/bin/agentls.js
cat >"$work/elsewhere.js" <<'JS'
Object.defineProperty(process, "platform", { value: "sunos" });
Object.defineProperty(process, "arch", { value: "sparc" });
JS
expect 2 node -r "$work/elsewhere.js" "$shim" --version
says err "there is no program for sunos on sparc"
pass "where no package fits, agentls says so"

if [[ $target == *-linux-gnu ]]; then
  cat >"$work/musl.js" <<'JS'
const { report } = process;
const own = report.getReport.bind(report);
report.getReport = () => {
  const { header, ...rest } = own();
  const { glibcVersionRuntime, ...others } = header;
  return { header: others, ...rest };
};
JS
  # A program for musl runs everywhere, so it is taken where it is alone.
  mkdir "node_modules/$name-musl"
  cp "node_modules/$name/package.json" "node_modules/$name-musl"
  printf '#!/bin/sh\necho for musl\n' >"node_modules/$name-musl/agentls"
  chmod +x "node_modules/$name-musl/agentls"
  expect 0 node "$shim" --version
  says out "agentls $version"
  expect 0 node -r "$work/musl.js" "$shim" --version
  says out "for musl"
  mv "node_modules/$name" "$work/away"
  expect 0 node "$shim" --version
  says out "for musl"
  mv "$work/away" "node_modules/$name"
  rm -r "node_modules/$name-musl"
  pass "of two packages the one for the C library of the machine is taken"
fi

chmod -x "node_modules/$name/agentls"
expect 2 node "$shim" --version
says err "cannot be run"
pass "a program that cannot be run is named"
