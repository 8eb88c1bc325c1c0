#!/usr/bin/env bash
# Tests and measures the CUDA library on a machine with a GPU. It needs nvcc and cmake; Python with torch, Node with
# node_modules and compute-sanitizer are used where they are. Nothing is downloaded.
#
# usage: scripts/gpu-check.sh [--out folder] [--only tests|sanitize|bench] [--quick]
#   --out    where <device>.json and <device>.md go; bench/results unless given
#   --only   builds, and does this one thing; results of earlier runs of the same sources are kept and reported too
#   --quick  shorter runs
#
# Environment: TEXTS="name=file..."   files of int32 tokens, measured in place of texts that are made up
#              VBT_ARCHITECTURES      what to build for; the architecture of the GPU unless given
#
# Exit status: 0 all is well, 1 something failed, 2 wrong usage or a tool is missing, 3 there is no GPU: everything was
# compiled, and nothing was run.
set -u -o pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/gpu-check.sh [--out folder] [--only tests|sanitize|bench] [--quick]"
out=bench/results
only=
quick=
while (($# > 0)); do
  case $1 in
    --out) out=${2:?$usage} && shift 2 ;;
    --only) only=${2:?$usage} && shift 2 ;;
    --quick) quick=--quick && shift ;;
    *) echo "$usage" >&2 && exit 2 ;;
  esac
done
case $only in "" | tests | sanitize | bench) ;; *) echo "$usage" >&2 && exit 2 ;; esac

command -v nvcc >/dev/null || PATH=$PATH:/usr/local/cuda/bin
for tool in nvcc cmake; do
  command -v "$tool" >/dev/null || { echo "gpu-check: $tool was not found" >&2 && exit 2; }
done

build=build-cuda/check
pieces=$build/pieces
library=$build/Release/libverbatim_cuda.so
failures=()
not_run=()

heading() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }
fail() { failures+=("$1") && echo "FAILED: $1"; }
skip() { not_run+=("$*") && echo "not run: $*"; }
# skip_in TABLE NAME REASON: the table says so too
skip_in() { skip "$2: $3" && printf '%s\tnot run: %s\t\n' "$2" "$3" >>"$pieces/$1"; }
wants() { [[ -z $only || $only == "$1" ]]; }
has_gpu() { nvidia-smi -L 2>/dev/null | grep -q '^GPU 0'; }
has_torch() { python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; }

# ---- The machine

heading "machine"
uname -srm
nvcc --version | tail -n 2
cmake --version | head -n 1
if has_gpu; then
  nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap,clocks.sm,clocks.max.sm --format=csv
  architecture=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader --id=0 | tr -d '. ')
else
  echo "There is no GPU."
  architecture=90
fi

# ---- Building

heading "build"
generator=(-G "Unix Makefiles") keep_going=-k
if command -v ninja >/dev/null; then generator=(-G Ninja) keep_going=-k0; fi
cmake "${generator[@]}" -S cuda -B "$build" -DVBT_BUILD_PROGRAMS=ON -DVBT_ARCHITECTURES="${VBT_ARCHITECTURES:-$architecture}" ||
  { echo "gpu-check: cmake could not configure the build" >&2 && exit 1; }
cmake --build "$build" --parallel "$(nproc)" -- "$keep_going" || fail "build"

# What was measured belongs to the sources it was measured with.
fingerprint=$(find cuda bench/cuda tests/cuda -type f ! -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [[ ! -e $pieces/fingerprint || $(<"$pieces/fingerprint") != "$fingerprint" ]]; then
  rm -rf "$pieces"
  mkdir -p "$pieces"
  echo "$fingerprint" >"$pieces/fingerprint"
fi

# ---- Running

# record FILE NAME SECONDS_LIMIT COMMAND...: runs, notes the outcome in a table, and shows the output of what failed.
record() {
  local file=$pieces/$1 name=$2 limit=$3 start=$SECONDS log status outcome
  shift 3
  log=$(mktemp)
  timeout "$limit" "$@" >"$log" 2>&1
  status=$?
  outcome=$(grep -E '^ok' "$log" | tail -n 1)
  if ((status == 124)); then
    outcome="FAILED: ran longer than $limit s"
  elif ((status != 0)); then
    outcome="FAILED: status $status"
  elif [[ -z $outcome ]]; then
    outcome="FAILED: did not say ok"
  fi
  [[ $outcome == ok* ]] || tail -n 40 "$log"
  printf '%s\t%s\t%s\n' "$name" "$outcome" "$((SECONDS - start))" | tee -a "$file"
  rm -f "$log"
}

# start_table FILE TITLE
start_table() { printf '%s\nprogram\toutcome\tseconds\n' "$2" >"$pieces/$1"; }

# Counts what a table says has failed.
note_failures() {
  local line
  while IFS= read -r line; do failures+=("$line"); done < <(grep -F $'\tFAILED' "$pieces/$1")
}

# Calls `$1 program arguments...` for each line of the list of test programs; field $2 has the arguments.
for_each_program() {
  local call=$1 field=$2 line arguments
  while IFS= read -r line <&3; do
    read -ra arguments < <(cut -d: -f"$field" <<<"$line")
    "$call" "${line%%:*}" "${arguments[@]}"
  done 3< <(grep -E '^[a-z_]+:' tests/cuda/gpu-programs.txt)
}

run_test() { record 10-tests.tsv "$*" 120 "$build/programs/tests/$1" "${@:2}"; }

run_tests() {
  heading "tests"
  start_table 10-tests.tsv "Tests"
  for_each_program run_test 2
  if has_torch; then
    record 10-tests.tsv "python_check.py" 120 python3 bench/cuda/python_check.py --library "$library" --steps 1200
  else
    skip_in 10-tests.tsv "python_check.py" "python3 has no torch that sees the GPU"
  fi
  local runtime
  runtime=$(find -L /usr/local/cuda -name libcudart.so 2>/dev/null | head -n 1)
  if command -v node >/dev/null && [[ -d node_modules && -n $runtime ]]; then
    record 10-tests.tsv "CudaRecallEngine" 240 env VERBATIM_CUDA="$PWD/$library" VERBATIM_CUDA_RUNTIME="$runtime" \
      npm test --silent -- cuda/cuda-
  else
    skip_in 10-tests.tsv "CudaRecallEngine" "there is no Node, no node_modules or no libcudart.so"
  fi
  note_failures 10-tests.tsv
}

# The four tools at once: each leaves most of the machine idle.
run_sanitized() {
  local tool
  for tool in memcheck racecheck initcheck synccheck; do
    record 20-sanitizer.tsv "$tool: $*" 100 \
      compute-sanitizer --tool "$tool" --error-exitcode 9 "$build/programs/tests/$1" "${@:2}" &
  done
  wait
}

run_sanitizer() {
  heading "compute-sanitizer"
  local problem
  start_table 20-sanitizer.tsv "Tests under compute-sanitizer"
  if ! command -v compute-sanitizer >/dev/null; then
    skip_in 20-sanitizer.tsv "all programs" "compute-sanitizer is not installed"
    return
  fi
  # Some machines let it start and then refuse the device.
  problem=$(compute-sanitizer --tool memcheck "$build/programs/tests/masked_fill" 1 1 2>&1 |
    grep -iE 'not supported|unable to|internal sanitizer error')
  if [[ -n $problem ]]; then
    skip_in 20-sanitizer.tsv "all programs" "$(head -n 1 <<<"$problem")"
    return
  fi
  for_each_program run_sanitized 3
  note_failures 20-sanitizer.tsv
}

# measure PIECE SECONDS_LIMIT COMMAND...
measure() {
  local piece=$pieces/$1 limit=$2
  shift 2
  echo
  rm -f "$piece"
  timeout "$limit" "$@" --json "$piece" && return
  local problem="status $?"
  fail "$*: $problem"
  printf '%s\tFAILED: %s\t\n' "$*" "$problem" >>"$pieces/60-not-measured.tsv"
}

run_benchmarks() {
  heading "benchmarks"
  local programs=$build/programs/bench texts
  read -ra texts <<<"${TEXTS:-}"
  start_table 60-not-measured.tsv "Not measured"
  measure 30-masked-fill.json 90 "$programs/masked_fill" ${quick:+--quick}
  measure 31-sample-allowed.json 60 "$programs/sample_allowed" ${quick:+--quick}
  measure 32-step.json 200 "$programs/step" ${quick:+--quick} "${texts[@]}"
  if has_torch; then
    measure 40-peers.json 90 python3 bench/cuda/peers.py --library "$library" ${quick:+--quick}
    measure 50-decode-step.json 200 python3 bench/cuda/decode_step.py --library "$library" ${quick:+--rounds 100}
  else
    skip_in 60-not-measured.tsv "peers.py, decode_step.py" "python3 has no torch that sees the GPU"
  fi
}

export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
if has_gpu; then
  if wants tests; then run_tests; fi
  if wants sanitize; then run_sanitizer; fi
  if wants bench; then run_benchmarks; fi
  heading "report"
  if command -v python3 >/dev/null; then
    python3 bench/cuda/report.py "$pieces" "$out" || fail "report"
  else
    skip "the report: python3 is not installed; its pieces are in $pieces"
  fi
else
  heading "without a GPU"
  if wants tests; then
    for_each_program skip 2
    skip "python_check.py"
    skip "the tests of CudaRecallEngine on a GPU"
  fi
  if wants sanitize; then skip "the tests under compute-sanitizer"; fi
  if wants bench; then for benchmark in bench/cuda/*.cu bench/cuda/{peers,decode_step}.py; do skip "$benchmark"; done; fi
fi

heading "summary"
if ((${#not_run[@]} > 0)); then printf 'not run: %s\n' "${not_run[@]}"; fi
if ((${#failures[@]} > 0)); then
  printf 'FAILED: %s\n' "${failures[@]}"
  exit 1
fi
has_gpu || { echo "There is no GPU: everything was compiled, nothing was run." && exit 3; }
echo "all is well"
