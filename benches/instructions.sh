#!/usr/bin/env bash
# Counts the instructions that small and middle answers cost in the library, and
# compares them with benches/instructions.txt. More than 10 % over is a failure; the
# count is the same on every run, so the failure is never chance.
#
#   benches/instructions.sh           compare
#   benches/instructions.sh --renew   replace the figures
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || { echo "valgrind is missing" >&2; exit 2; }
figures=benches/instructions.txt
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo build --locked --quiet --release --package sotickets-bench --bin bench-library
library=${CARGO_TARGET_DIR:-target}/release/bench-library
for name in 1 2000 2000-varied 2000-indented; do
  "$library" write "$name" "$folder/$name.json"
done

# On one processor nothing is left to the scheduler.
count() {
  taskset -c 0 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$library" "$1" "$folder/$2.json" 2>&1 >/dev/null |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

{
  for format in csv csv3 jsonl table record; do
    for name in 1 2000; do echo "$format $name $(count "$format" "$name")"; done
  done
  for format in csv csv3 jsonl; do
    for name in 2000-varied 2000-indented; do echo "$format $name $(count "$format" "$name")"; done
  done
} > "$folder/now.txt"

if [ "${1:-}" = --renew ]; then
  cp "$folder/now.txt" "$figures"
  cat "$figures"
  exit 0
fi

join -j 1 <(sed 's/ /,/' "$figures" | sort) <(sed 's/ /,/' "$folder/now.txt" | sort) |
  awk '{
    change = ($3 / $2 - 1) * 100
    over = change > 10
    failed += over
    printf "%-20s %12d  was %12d  %+6.1f %%%s\n", $1, $3, $2, change, over ? "  TOO MANY" : ""
  }
  END { exit NR != lines || failed > 0 }' "lines=$(wc -l < "$folder/now.txt")" - || {
  echo "more than 10 % over benches/instructions.txt; where that is meant: benches/instructions.sh --renew" >&2
  exit 1
}
