#!/usr/bin/env bash
# Runs the engine under a sanitizer: the fuzz targets on their corpora and on random inputs, and sessions in threads.
# usage: scripts/sanitize.sh address|undefined|thread|all [random inputs] [seed]
set -euo pipefail
cd "$(dirname "$0")/.."
which=${1:-all}
inputs=${2:-400}
seed=${3:-1}

run() {
  local sanitizer=$1 out=build/sanitize/$1
  mkdir -p "$out"
  local flags=(-std=c++20 -O1 -g -pthread -fno-omit-frame-pointer "-fsanitize=$sanitizer" -fno-sanitize-recover=all)
  local objects=() source object
  for source in $(scripts/engine-sources.sh); do
    object=${source//\//-}
    object=$out/${object%.cpp}.o
    "${CXX:-g++}" "${flags[@]}" -c "$source" -o "$object"
    objects+=("$object")
  done
  "${CXX:-g++}" "${flags[@]}" tests/fuzz/engine.cpp tests/fuzz/main.cpp "${objects[@]}" -o "$out/engine"
  "${CXX:-g++}" "${flags[@]}" tests/fuzz/text.cpp tests/fuzz/main.cpp "${objects[@]}" -o "$out/text"
  "${CXX:-g++}" "${flags[@]}" tests/fuzz/threads.cpp "${objects[@]}" -o "$out/threads"
  echo "$sanitizer:"
  "$out/engine" "$inputs" "$seed" tests/fuzz/corpus/engine/*
  "$out/text" "$inputs" "$seed" tests/fuzz/corpus/text/*
  "$out/threads"
}

case $which in
  address | undefined | thread) run "$which" ;;
  all) for sanitizer in address undefined thread; do run "$sanitizer"; done ;;
  *)
    echo "usage: scripts/sanitize.sh address|undefined|thread|all [random inputs] [seed]" >&2
    exit 2
    ;;
esac
