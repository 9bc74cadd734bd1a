#!/usr/bin/env bash
# Measures sotickets beside curl, jq, jaq, Miller, xh and DuckDB, as far as they are
# installed, on made tickets served from this machine, and writes docs/performance.md
# with its picture. Installs nothing. Takes some minutes; wants a quiet machine.
#
#   benches/compare.sh            all of it
#   benches/compare.sh batches    only the calls with --batch-size
#   RUNS=5 benches/compare.sh     fewer runs of each command
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in hyperfine curl python3; do
  command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 2; }
done
runs=${RUNS:-10}
part=${1:-all}
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT

cargo build --locked --quiet --release --package sotickets
cargo build --locked --quiet --release --package sotickets-bench
release=${CARGO_TARGET_DIR:-target}/release
sotickets=$release/sotickets
library=$release/bench-library
mkdir "$folder/served"
"$release/bench-server" "$folder/served" > "$folder/addresses" &
server=$!
until [ "$(wc -l < "$folder/addresses")" = 2 ]; do sleep 0.1; done
http=$(sed -n 1p "$folder/addresses")
https=$(sed -n 2p "$folder/addresses")
export SOTICKETS_TOKEN=bench SSL_CERT_FILE="$folder/bundle.pem"
unset SSL_CERT_DIR
# The system's store with the test's certificate: both sides read the same file.
cat /etc/ssl/certs/ca-certificates.crt "$folder/served/ca.pem" > "$folder/bundle.pem" 2>/dev/null ||
  cp "$folder/served/ca.pem" "$folder/bundle.pem"

ids() { python3 -c "import json, sys; print(json.dumps({'TicketIds': list(range(1, $1 + 1))}))"; }
names="1 1000 10000 100000 400000 20000-varied 100000-indented"
[ "$part" = all ] || names=
for name in $names 20000; do
  ids "${name%-*}" > "$folder/$name.request"
  # The server makes an answer at the first call; that is not to be measured.
  curl -sf -o /dev/null --data-binary "@$folder/$name.request" "$http/$name/api"
done

: > "$folder/names"
commands=()
# measure GROUP NAME RUNS COMMAND: adds a command, whose times go to files of their own.
measure() {
  printf '%s\t%s\t%s\n' "$1" "$2" "$folder/${#commands[@]}" >> "$folder/names"
  commands+=("${SHELL_FOR:-none}"$'\t'"$3"$'\t'"$4")
}
piped() { SHELL_FOR="bash" measure "$@"; }
has() { command -v "$1" >/dev/null; }
# Runs each command once a round, so that a busy moment of the machine hits all of them.
run_all() {
  local round index shell most command
  for ((round = 1; round <= runs * 10; round++)); do
    for index in "${!commands[@]}"; do
      IFS=$'\t' read -r shell most command <<< "${commands[index]}"
      [ "$round" -le "$most" ] || continue
      hyperfine --style none --shell "$shell" --warmup $((round == 1)) --runs 1 \
        --export-json "$folder/$index.$round.json" "$command" >/dev/null
    done
    echo "round $round" >&2
  done
}

call() { echo "curl -sf -o /dev/null --data-binary @$folder/$1.request -H Content-Type:application/json $http/$1/api"; }
get() { echo "$sotickets get 1..${1%-*} --max-ids ${1%-*} --url $http/$1"; }

measure_single_calls() {
  many=$((runs * 10))
  measure "One ticket over http" "curl" $many "$(call 1)"
  measure "One ticket over http" "sotickets -o csv" $many "$(get 1) -o csv"
  measure "One ticket over https" "curl" $many \
    "curl -sf -o /dev/null --cacert $folder/bundle.pem --data-binary @$folder/1.request $https/1/api"
  measure "One ticket over https" "sotickets -o csv" $many "$sotickets get 1 --url $https/1 -o csv"
  measure "Start" "curl --version" $many "curl --version"
  measure "Start" "sotickets --help" $many "$sotickets --help"
  measure "Start" "sotickets fields" $many "$sotickets fields"

  three="-s TicketId,Title,OwnedByName"
  # compare GROUP NAME: each format next to the download of the answer NAME.
  compare() {
    measure "$1" "curl, download alone" "$runs" "$(call "$2")"
    measure "$1" "reqwest, download alone" "$runs" "$library discard $http/$2"
    measure "$1" "sotickets -o json" "$runs" "$(get "$2") -o json"
    measure "$1" "sotickets -o csv, three columns" "$runs" "$(get "$2") -o csv $three"
    measure "$1" "sotickets -o csv, all columns" "$runs" "$(get "$2") -o csv"
    measure "$1" "sotickets -o jsonl" "$runs" "$(get "$2") -o jsonl"
    measure "$1" "sotickets -o table, three columns" "$runs" "$(get "$2") -o table $three"
    measure "$1" "sotickets -o record, three columns" "$runs" "$(get "$2") -o record $three"
    echo "$1"$'\t'"$(wc -c < "$folder/served/$2.json")" >> "$folder/sizes"
  }
  group="100,000 tickets"
  compare "$group" 100000
  compare "20,000 tickets, most values differ" 20000-varied
  compare "100,000 tickets, indented" 100000-indented
  body="curl -sf --data-binary @$folder/100000.request $http/100000/api"
  filter="'.[] | [.TicketId, .Title, .OwnedByName] | @csv'"
  if has jq; then piped "$group" "curl with jq, three columns" 3 "$body | jq -r $filter > /dev/null"; fi
  if has jaq; then piped "$group" "curl with jaq, three columns" 3 "$body | jaq -r $filter > /dev/null"; fi
  if has mlr; then
    piped "$group" "curl with Miller, three columns" 2 \
      "$body | mlr --ijson --ocsv cut -o -f TicketId,Title,OwnedByName > /dev/null"
  fi
  if has xh; then
    measure "$group" "xh, download alone" 3 \
      "xh --ignore-stdin --body --pretty none -o /dev/null POST $http/100000/api --raw {}"
  fi
  if has duckdb; then
    piped "$group" "DuckDB from a file, three columns" 3 \
      "duckdb -csv -c \"select TicketId, Title, OwnedByName from read_json('$folder/served/100000.json', maximum_object_size=400000000)\" > /dev/null"
  fi

  for tickets in 1000 10000 100000 400000; do
    measure "Growth: curl" "$tickets" "$runs" "$(call "$tickets")"
    measure "Growth: sotickets" "$tickets" "$runs" "$(get "$tickets") -o csv $three"
  done
}

# 20,000 tickets in 40 calls, each of which the server answers after 200 ms.
measure_batches() {
  local batch group="20,000 tickets in 40 calls of 200 ms" curl
  for batch in $(seq 1 40); do
    seq -s, $((batch * 500 - 499)) $((batch * 500)) | sed 's/.*/{"TicketIds":[&]}/' > "$folder/batch-$batch.request"
    # The server makes an answer at the first call; that is not to be measured.
    curl -sf -o /dev/null --data-binary "@$folder/batch-$batch.request" "$http/slow/api"
  done
  curl="curl -sf -o /dev/null --data-binary @$folder/batch-{}.request -H Content-Type:application/json $http/slow/api"
  batches="$sotickets get 1..20000 --batch-size 500 --jobs 8 --url $http/slow"
  measure "$group" "curl, download alone in one call without a wait" "$runs" "$(call 20000)"
  piped "$group" "xargs with curl, one after the other" 3 "seq 1 40 | xargs -I{} $curl"
  piped "$group" "xargs -P 8 with curl" "$runs" "seq 1 40 | xargs -P 8 -I{} $curl"
  measure "$group" "sotickets --batch-size 500 --jobs 8 -o json" "$runs" "$batches -o json"
  measure "$group" "sotickets --batch-size 500 --jobs 8 -o csv, three columns" "$runs" "$batches -o csv -s TicketId,Title,OwnedByName"
}

[ "$part" = batches ] || measure_single_calls
measure_batches
run_all

# Workbooks, without the parsing on either side.
if [ "$part" = all ] && python3 -c 'import pyexcelerate, xlsxwriter' 2>/dev/null; then
  file=$folder/served/100000.json
  for _ in 1 2 3; do
    printf 'sotickets -o xlsx\t%s\n' "$("$library" time xlsx "$file" 2>&1 >"$folder/tickets.xlsx")"
    python3 benches/xlsx.py "$file"
  done > "$folder/xlsx"
fi

# Peak memory in KiB, by GNU time.
if [ -x /usr/bin/time ]; then
  memory() { printf '%s\t%s\n' "$1" "$(/usr/bin/time -f %M bash -c "exec $2" 2>&1 >/dev/null | tail -1)" >> "$folder/memory"; }
  memory "batches" "$batches -o csv -s TicketId,Title,OwnedByName"
fi
if [ "$part" = all ] && [ -x /usr/bin/time ]; then
  memory "-o csv, three columns" "$(get 100000) -o csv $three"
  memory "-o csv, all columns" "$(get 100000) -o csv"
  memory "-o xlsx" "$(get 100000) -o xlsx"
  memory "-o jsonl" "$(get 100000) -o jsonl"
  memory "-o json" "$(get 100000) -o json"
fi
{
  sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -1 || true
  echo "$(nproc) processors, $(uname -sr)"
  "$sotickets" --version
  curl --version | head -1 | cut -d' ' -f1,2
  for tool in jq jaq mlr xh duckdb hyperfine; do if has $tool; then $tool --version 2>&1 | head -1; fi; done
} > "$folder/machine"

python3 benches/report.py "$folder" docs "$part"
echo "docs/performance.md is new" >&2
