#!/usr/bin/env bash
# Prints the engine's source files, one a line, as native/engine/sources.gypi lists them.
set -euo pipefail
cd "$(dirname "$0")/.."
grep -oE "native/engine/[a-z0-9_/]+\.cpp" native/engine/sources.gypi
