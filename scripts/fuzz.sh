#!/usr/bin/env bash
# Fuzzes the C ABI with libFuzzer, guided by coverage, from the committed corpus.
# usage: scripts/fuzz.sh [seconds] [--merge]     --merge: then adds what was found to tests/fuzz/corpus, minimised
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
compiler=${CXX:-clang++}
if ! command -v "$compiler" >/dev/null; then
  echo "fuzz: needs clang with its runtime library (Debian: apt-get install clang libclang-rt-14-dev)" >&2
  exit 2
fi
mkdir -p build/fuzz/found
mapfile -t sources < <(scripts/engine-sources.sh)
"$compiler" -std=c++20 -O1 -g -pthread -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
  tests/fuzz/engine.cpp "${sources[@]}" -o build/fuzz/engine
build/fuzz/engine -max_total_time="$seconds" -max_len=4096 -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
  -artifact_prefix=build/fuzz/ build/fuzz/found tests/fuzz/corpus
if [[ ${2:-} == --merge ]]; then
  build/fuzz/engine -merge=1 -max_len=1024 tests/fuzz/corpus build/fuzz/found
fi
