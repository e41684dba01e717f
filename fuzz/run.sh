#!/usr/bin/env bash
# Runs each fuzz target, or those given, for so many seconds: run.sh [SECONDS] [TARGET..]
# Exits with 1 when one of them found something; what it found lies in artifacts/TARGET.
# SANITIZER=none (the default: there is no unsafe code here) or address.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-60}
shift || true
targets=("$@")
sanitizer=${SANITIZER:-none}

# Longest text, in bytes: what goes wrong in a long one goes wrong in a short one.
MAX_BYTES=4096
# A text that takes longer, in seconds, or more memory, in MB, is a finding: analysis is bounded.
TIMEOUT=10
MAX_MB=2048

command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked || exit 2
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(cargo +nightly fuzz list --fuzz-dir .)
[[ -d corpus ]] || bash seed.sh || exit 2

found=()
for target in "${targets[@]}"; do
  echo "=== $target: $seconds s"
  cargo +nightly fuzz run --fuzz-dir . --sanitizer "$sanitizer" "$target" -- \
    -max_total_time="$seconds" -max_len="$MAX_BYTES" -timeout="$TIMEOUT" \
    -rss_limit_mb="$MAX_MB" -dict=dictionary -print_final_stats=1 || found+=("$target")
done
if [[ ${#found[@]} -gt 0 ]]; then
  echo "found something: ${found[*]}" >&2
  exit 1
fi
