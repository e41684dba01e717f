#!/usr/bin/env bash
# Fills the corpus of each target with what the repository has: examples, tests and its own
# documentation. With AGENTLS_CORPUS, a folder, also with the markdown and YAML files in it:
# for a run here; the corpus is never committed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Larger files teach a fuzzer nothing and cost it much.
MAX_BYTES=6k
# So many of a foreign corpus.
MAX_FOREIGN=1500

mkdir -p corpus/{edits,header,facts,configuration}

# The files of the folders given that end in one of the patterns.
files() {
  local pattern=$1
  shift
  find "$@" -type f -regextype posix-extended -regex "$pattern" -size "-$MAX_BYTES" \
    -not -path '*/target/*' -not -path '*/node_modules/*' | sort
}

# A name by content, so that a second run adds nothing twice.
put() {
  local target=$1 path
  path=$(mktemp)
  cat >"$path"
  mv "$path" "corpus/$target/$(sha1sum <"$path" | cut -c-40)"
}

seed_markdown() {
  local kind=0 file
  while read -r file; do
    put header <"$file"
    # One byte for the path, all kinds in turn.
    { printf "\\x$(printf %02x $((kind % 16)))"; cat "$file"; } | put facts
    # Nothing typed; then a word, a row, a fence and a line end typed somewhere.
    { printf '\0'; cat "$file"; } | put edits
    {
      printf '\1\1\2\3\0\0\1\0\6\0\0\2\1\2\11\1\0\0\1\4\3\0\0\1\0'
      cat "$file"
      printf '\36a word\36\n| a |\n|---|\n\36```\n\36\r\n'
    } | put edits
    kind=$((kind + 1))
  done
}

seed_yaml() {
  local file
  while read -r file; do
    put configuration <"$file"
  done
}

# The files that tests write down: from `//- /path` to the next, or the end of the text.
fixtures() {
  awk -v folder="$1" '
    /^ *\/\/- \// { number += 1; name = folder "/" number; next }
    /^"#|^ *"#,?$/ { name = "" }
    name { gsub(/\$0/, ""); print > name }
  ' ../server/analysis/src/rules/tests/*.rs ../server/analysis/src/features/*/tests.rs \
    ../server/analysis/src/features/tests.rs ../server/analysis/src/features/tests/*.rs
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fixtures "$scratch"
files '.*' "$scratch" | seed_markdown
files '.*\.(md|mdc)' ../examples ../tests ../docs ../editors ../server/analysis/src/rules | seed_markdown
files '.*\.ya?ml' ../examples ../tests ../server/analysis/hosts ../editors | seed_yaml
put configuration <<'YAML'
rules:
  unknown-tool: off
  broken-link: error
known:
  agents: [a, "b c"]
  tools: [X]
  models: ['m']
  keys:
    - k
exclude:
  - drafts/
  - '!drafts/{a,b}*.md'
delegation-headers: [Who does it]
user-agents: false
hosts:
  'prompts/**': gemini
YAML
put configuration <<<'{"rules":{"unknown-tool":"off"},"known":{"agents":["\u00e9\n"]},"exclude":["[a-c]/**"],"user-agents":true}'
if [[ -n ${AGENTLS_CORPUS:-} ]]; then
  files '.*\.(md|mdc)' "$AGENTLS_CORPUS" | shuf -n "$MAX_FOREIGN" --random-source=<(yes) | seed_markdown
  files '.*\.ya?ml' "$AGENTLS_CORPUS" | shuf -n "$MAX_FOREIGN" --random-source=<(yes) | seed_yaml
fi
for target in corpus/*; do
  echo "$target: $(find "$target" -type f | wc -l) texts"
done
