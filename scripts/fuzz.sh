#!/usr/bin/env bash
# Fuzzes the C ABI with libFuzzer, guided by coverage, from the committed corpus.
# usage: scripts/fuzz.sh engine|text [seconds] [--merge]     --merge: then adds what was found to the corpus, minimised
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-}
seconds=${2:-60}
compiler=${CXX:-clang++}
if [[ $target != engine && $target != text ]]; then
  echo "usage: scripts/fuzz.sh engine|text [seconds] [--merge]" >&2
  exit 2
fi
if ! command -v "$compiler" >/dev/null; then
  echo "fuzz: needs clang with its runtime library (Debian: apt-get install clang libclang-rt-14-dev)" >&2
  exit 2
fi
found=build/fuzz/found-$target
corpus=tests/fuzz/corpus/$target
mkdir -p "$found"
mapfile -t sources < <(scripts/engine-sources.sh)
"$compiler" -std=c++20 -O1 -g -pthread -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
  "tests/fuzz/$target.cpp" "${sources[@]}" -o "build/fuzz/$target"
"build/fuzz/$target" -max_total_time="$seconds" -max_len=4096 -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
  -artifact_prefix=build/fuzz/ "$found" "$corpus"
if [[ ${3:-} == --merge ]]; then
  "build/fuzz/$target" -merge=1 -max_len=1024 "$corpus" "$found"
fi
