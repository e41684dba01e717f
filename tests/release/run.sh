#!/usr/bin/env bash
# Builds a release of this machine and looks at everything that it promises: run.sh
#
# AGENTLS_BIN   the program to release (default: target/release/agentls)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${AGENTLS_BIN:-$root/target/release/agentls}

if [[ ! -x $program ]]; then
  echo "release: no program at $program (cargo build --release, or set AGENTLS_BIN)" >&2
  exit 2
fi
program=$(realpath "$program")
triple=$(rustc -vV | sed -n 's/^host: //p')

# The linters of workflows, and shells whose completions are tried.
tools=$root/target/release-tools
if [[ ! -x $tools/bin/zizmor || ! -x $tools/bin/check-jsonschema ]]; then
  echo "release: installing linters of workflows into target/"
  rm -rf "$tools"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --only-binary :all: --disable-pip-version-check \
    check-jsonschema==0.39.0 zizmor==1.32.0
fi
missing=()
for shell in zsh fish; do
  command -v "$shell" >/dev/null || missing+=("$shell")
done
if ((${#missing[@]})); then
  apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"

fail() {
  echo "release: $*" >&2
  exit 1
}

# Wants that a command fails with 2 and says something.
refuses() {
  local wanted=$1 code=0
  shift
  "$@" >"$work/said" 2>&1 || code=$?
  if [[ $code -ne 2 ]] || ! grep -qF -- "$wanted" "$work/said"; then
    cat "$work/said" >&2
    fail "exit code $code, and not 2 and \"$wanted\": $*"
  fi
}

pass() {
  echo "release: ok: $*"
}

release() {
  env AGENTLS_BIN="$program" HOME="$work/home" CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" \
    RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" npm_config_cache="$work/npm-cache" \
    bash "$root/packaging/release.sh" "$@" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "release.sh $*"
  }
}

version=$(node "$root/packaging/version.mjs")
node "$root/packaging/version.mjs" --check || fail "not all files state the version $version"
refuses "and the version is 99.0.0" node "$root/packaging/version.mjs" --check 99.0.0
sed 's/ says .*//' "$work/said" | LC_ALL=C sort -u >"$work/checked"
(cd "$root" && git grep -lE "^ *(;; V|v|\"v)ersion(: | = |\": )\"?${version//./\\.}\"?,?\$" -- \
  '*.toml' '*.lock' packaging editors) | LC_ALL=C sort | diff - "$work/checked" ||
  fail "packaging/version.mjs does not compare all files that state a version"
pass "all files state the same version"

release --out "$work/dist"
read -r platform vscode < <(node -p 'const { npm, vscode } =
  require(process.argv[1])[process.argv[2]];
  `${npm} ${vscode}`' "$root/packaging/targets.json" "$triple")
LC_ALL=C sort >"$work/wanted" <<FILES
SHA256SUMS
agentls-$version-$triple.tar.gz
agentls-$version-npm-$platform.tgz
agentls-$version-npm.tgz
agentls-$version-vscode-$vscode.vsix
agentls-$version-vscode.vsix
FILES
(cd "$work/dist" && LC_ALL=C ls) | diff "$work/wanted" - || fail "these are not the files promised"
(cd "$work/dist" && sha256sum --check --strict --quiet SHA256SUMS) || fail "the checksums are wrong"
[[ $(wc -l <"$work/dist/SHA256SUMS") -eq 5 ]] || fail "not each file has a checksum"
pass "all files are there, with their checksums"

tar -xzf "$work/dist/agentls-$version-$triple.tar.gz" -C "$work"
unpacked=$work/agentls-$version-$triple
cat >"$work/wanted" <<FILES
CHANGELOG.md
LICENSE-APACHE
LICENSE-MIT
README.md
RUST-STANDARD-LIBRARY-LICENSES.html
THIRD-PARTY-LICENSES.txt
agentls
completions/_agentls
completions/_agentls.ps1
completions/agentls.bash
completions/agentls.elv
completions/agentls.fish
FILES
(cd "$unpacked" && find . -type f -printf '%P\n' | LC_ALL=C sort) | diff "$work/wanted" - ||
  fail "the archive holds other files than promised"
[[ $("$unpacked/agentls" --version) == "agentls $version" ]] || fail "not the version"
code=0
(cd "$root" && "$unpacked/agentls" check examples) >"$work/said" || code=$?
if [[ $code -ne 1 ]] || ! grep -qF "1 error, 5 warnings" "$work/said"; then
  fail "check examples: exit code $code"
fi
pass "the program of the archive runs"

# Another list of what is linked than that of the script.
(cd "$root" && cargo tree --locked --package agentls --edges normal,no-proc-macro \
  --target "$triple" --prefix none --format '{p}') >"$work/tree"
while read -r name number _; do
  [[ $name == agentls* ]] || grep -qF "$name ${number#v} (" "$unpacked/THIRD-PARTY-LICENSES.txt" ||
    fail "there is no licence of $name $number"
done <"$work/tree"
pass "the licences of all packages are in it"

completions=$unpacked/completions
PATH=$unpacked:$PATH
bash -n "$completions/agentls.bash" || fail "bash cannot read its completions"
offered=$(cd "$work" && HOME=$work/home fish --no-config --command \
  "source $completions/agentls.fish; complete --do-complete 'agentls check --select removed'")
[[ $offered == removed-tool* ]] || fail "fish offers: $offered"
cat >"$work/zsh" <<'ZSH'
# What zsh would insert: it completes only in a terminal, so it gets one.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= fpath=($1 \$fpath); autoload -U compinit; compinit -u -D"
zpty -w shell "bindkey '^I' complete-word; print rea''dy"
zpty -r -m shell line '*ready*'
zpty -w -n shell $'agentls explain remov\t'
zpty -r -m shell line '*removed-tool*'
ZSH
HOME=$work/home timeout 60 zsh -f "$work/zsh" "$completions" || fail "zsh does not complete the name of a rule"
pass "bash, fish and zsh take their completions"

cat >"$work/vsix.py" <<'PYTHON'
import os, re, sys, zipfile
with_server, without = (zipfile.ZipFile(path) for path in sys.argv[1:3])
modes = {it.filename: it.external_attr >> 16 & 0o777 for it in with_server.infolist()}
assert modes["extension/bin/agentls"] == 0o755, modes
assert with_server.read("extension/bin/agentls") == open(sys.argv[3], "rb").read()
manifest = with_server.read("extension.vsixmanifest").decode()
assert f'TargetPlatform="{sys.argv[4]}"' in manifest and f'Version="{sys.argv[5]}"' in manifest, manifest
notices = [it for it in modes if it.endswith("THIRD-PARTY-NOTICES.txt")]
assert "tree-sitter-md" in with_server.read(notices[0]).decode()
assert not any(name.startswith("extension/bin") for name in without.namelist())
pictures = {os.path.basename(it) for it in re.findall(r"\]\((\S+\.png)\)", open(sys.argv[6]).read())}
for package in with_server, without:
    folder = "extension/images/"
    packed = {it.removeprefix(folder) for it in package.namelist() if it.startswith(folder)}
    assert packed == pictures and pictures, packed ^ pictures
PYTHON
python3 "$work/vsix.py" "$work/dist/agentls-$version-vscode-$vscode.vsix" \
  "$work/dist/agentls-$version-vscode.vsix" "$program" "$vscode" "$version" \
  "$root/editors/vscode/README.md" || fail "the extensions are not right"
pass "one extension brings the server, the other none, and both all pictures"

mkdir "$work/project"
echo '{ "private": true }' >"$work/project/package.json"
(cd "$work/project" && HOME=$work/home npm_config_cache=$work/npm-cache npm_config_audit=false \
  npm_config_fund=false npm install --silent --offline \
  "$work/dist/agentls-$version-npm.tgz" "$work/dist/agentls-$version-npm-$platform.tgz")
[[ $("$work/project/node_modules/.bin/agentls" --version) == "agentls $version" ]] ||
  fail "the npm packages do not run"
pass "the npm packages run"

release --out "$work/again"
diff "$work/dist/SHA256SUMS" "$work/again/SHA256SUMS" || fail "another run gives other files"
pass "another run gives the same bytes"

mkdir "$work/some"
echo text | tee "$work/some/agentls.exe" >"$work/some/README.md"
SOURCE_DATE_EPOCH=1700000000 python3 "$root/packaging/archive.py" "$work/some" "$work/some.zip"
python3 -m zipfile -l "$work/some.zip" | grep -q 'some/agentls.exe *2023-11-14 22:13:20' ||
  fail "the zip is not right"
python3 -c 'import sys, zipfile
modes = [it.external_attr >> 16 for it in zipfile.ZipFile(sys.argv[1]).infolist()]
assert modes == [0o644, 0o755], modes' "$work/some.zip" || fail "not only the program can be run"
pass "Windows gets a zip"

release_with() {
  local given=$1
  shift
  AGENTLS_BIN=$given bash "$root/packaging/release.sh" "$@"
}
none=$work/none
refuses "--out DIR is missing" release_with "$program"
refuses "there is no option --fast" release_with "$program" --fast yes --out "$none"
refuses "there are several targets" release_with "$program" --out "$none" \
  --target "$triple" --target x86_64-apple-darwin
refuses "there is no program at" release_with "$none" --out "$none"
refuses "is not agentls $version" release_with /bin/true --out "$none"
refuses "riscv64gc-unknown-linux-gnu is not in packaging" release_with "$program" --out "$none" \
  --target riscv64gc-unknown-linux-gnu
mkdir "$work/checkout"
(cd "$root" && git ls-files -z | grep -zv '^docs/pictures/vscode' |
  xargs -0 cp --parents --preserve=timestamps -t "$work/checkout")
ln -s "$root/editors/vscode/node_modules" "$work/checkout/editors/vscode"
refuses "the extension lacks a picture: ../../docs/pictures/vscode" env \
  SOURCE_DATE_EPOCH=1700000000 bash "$work/checkout/packaging/release.sh" --target any --out "$none"
pass "what cannot be done is refused"

workflows=("$root"/.github/workflows/*.yml)
"$tools/bin/check-jsonschema" --quiet --builtin-schema vendor.github-workflows "${workflows[@]}"
"$tools/bin/check-jsonschema" --quiet --builtin-schema vendor.github-actions "$root/action.yml"
"$tools/bin/zizmor" --offline --quiet --no-progress --min-severity low "${workflows[@]}" >"$work/said" 2>&1 || {
  cat "$work/said" >&2
  fail "zizmor has findings in the workflows"
}
cat >"$work/matrix.py" <<'PYTHON'
import json, sys, tomllib
from ruamel.yaml import YAML
workflow = YAML(typ="safe").load(open(sys.argv[1]))
built = {it["target"] for it in workflow["jobs"]["build"]["strategy"]["matrix"]["include"]}
packed = set(json.load(open(sys.argv[2]))) | {"any"}
assert built == packed, built ^ packed
compiler = workflow["jobs"]["build"]["env"]["TOOLCHAIN"]
wanted = tomllib.load(open(sys.argv[3], "rb"))["workspace"]["package"]["rust-version"]
assert f"{compiler}.".startswith(f"{wanted}."), f"{compiler}, and Cargo.toml says {wanted}"
steps = {it.get("name"): it for it in workflow["jobs"]["publish"]["steps"]}
open(sys.argv[4], "w").write(steps["Publish to npm"]["run"])
PYTHON
mkdir "$work/publish" "$work/stubs"
"$tools/bin/python" "$work/matrix.py" "$root/.github/workflows/release.yml" \
  "$root/packaging/targets.json" "$root/Cargo.toml" "$work/publish/run" ||
  fail "the workflow does not fit the rest of the project"
pass "the workflow keeps its schema, has no known weakness, and builds every target"

# A registry that is a file, and refuses what it has.
cat >"$work/stubs/npm" <<'STUB'
#!/usr/bin/env bash
set -euo pipefail
case $1 in
  config) echo https://registry.invalid/ ;;
  view) grep -qxF "$2" "$REGISTRY" && echo "${2##*@}" ;;
  publish)
    package=$(tar -xzOf "$4" package/package.json |
      node -p 'const it = JSON.parse(require("fs").readFileSync(0)); `${it.name}@${it.version}`')
    ! grep -qxF "$package" "$REGISTRY" || { echo "$package cannot be published again" >&2; exit 1; }
    [[ $package != "${BROKEN:-}" ]] || exit 1
    echo "$package" >>"$REGISTRY"
    ;;
  *) exit 1 ;;
esac
STUB
chmod +x "$work/stubs/npm"
touch "$work/registry"
ln -s "$work/dist" "$work/publish/dist"
publish() {
  (cd "$work/publish" && env PATH="$work/stubs:$PATH" HOME="$work/home" NODE_AUTH_TOKEN=none \
    REGISTRY="$work/registry" "$@" bash --noprofile --norc -eo pipefail run) >"$work/said" 2>&1
}
! publish BROKEN="agentls@$version" || fail "a package was not published, and nobody is told"
publish || fail "publishing cannot be resumed: $(cat "$work/said")"
grep -qxF "@agentls/$platform@$version is published already" "$work/said" || fail "$(cat "$work/said")"
printf '%s\n' "@agentls/$platform@$version" "agentls@$version" | diff - "$work/registry" ||
  fail "these packages were published"
pass "publishing to npm can be resumed, and ends with the package that people install"
