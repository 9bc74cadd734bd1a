#!/usr/bin/env bash
# Builds the tests for Windows and runs them under wine; packaging/cross.sh sets what that needs.
# Each processor has its own wine prefix. Programs wait for the server of their prefix, which
# answers fastest on the same processor.
set -euo pipefail
. packaging/wine.sh

# Nothing is built twice here, and the colors are not read below.
export CARGO_INCREMENTAL=0 CARGO_TERM_COLOR=never
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
cargo test --locked --no-run 2>&1 | tee "$own/built"
mapfile -t programs < <(sed -nE 's/^ *Executable .*\((.*)\)$/\1/p' "$own/built")
for program in "${programs[@]}"; do
  "$wine" "$program" --list 2>/dev/null | tr -d '\r' | sed -n 's/: test$//p' > "$own/${program##*/}"
done

processors=$(python3 -c 'import os; print(*sorted(os.sched_getaffinity(0)))')
count=0
for _ in $processors; do
  copy_prefix "$cross/wine-$count"
  count=$((count + 1))
done

# run_part PROGRAM TEST...: runs tests in a process; xargs says in $slot on which processor.
run_part() {
  local all log=$own/$$
  read -ra all <<< "$processors"
  # Many tests wait for a time limit.
  WINEPREFIX=$cross/wine-$slot RUST_TEST_THREADS=3 \
    taskset --cpu-list "${all[$slot]}" "$wine" "$1" --quiet --exact "${@:2}" > "$log" 2>&1 < /dev/null || true
  grep -q '^test result:' "$log" || echo "FAILED  these tests did not end: ${*:2}" >> "$log"
  # In one piece.
  flock "$own" cat "$log"
  grep -q '^test result: ok' "$log"
}
export -f run_part
export own processors cross wine

code=0
for program in "${programs[@]}"; do
  # Some tests at a time: wine becomes slow by the sockets that a process leaves open.
  xargs --no-run-if-empty --max-procs "$count" --process-slot-var slot --max-args 60 \
    bash -c 'run_part "$@"' "$0" "$program" < "$own/${program##*/}" || code=1
done
exit "$code"
