#!/usr/bin/env bash
# Builds the program so that it needs no library of the system, and tries it. Where the
# machine has no standard library for musl, it says so and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(uname -m)-unknown-linux-musl
if [ ! -d "$(rustc --print target-libdir --target "$target")" ]; then
  echo "skipped: there is no standard library for $target here; rustup target add $target"
  exit 0
fi
if ! command -v musl-gcc >/dev/null; then
  echo "skipped: there is no musl-gcc here; apt-get install musl-tools"
  exit 0
fi
program=$(packaging/build.sh "$target")
headers=$(readelf --program-headers --dynamic "$program")
if grep -E 'INTERP|NEEDED' <<< "$headers"; then
  echo "$program is not static" >&2
  exit 1
fi
env -i "$program" --version
env -i "$program" get 839 --select TicketId,Title -o csv --demo
