#!/usr/bin/env bash
# Writes packaging/third-party-licenses.txt: the licenses of all that is linked into the program.
# Run it after a change of Cargo.lock. Needs cargo-about: cargo install cargo-about --features cli
set -euo pipefail
cd "$(dirname "$0")/.."

own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
cargo fetch --locked
cargo about generate --locked --offline --fail --config packaging/about.toml packaging/about.hbs > "$own/crates"
# cargo-about knows the license of the crate, and not of the C library in it.
dbus=$(cargo metadata --locked --offline --format-version 1 |
  python3 -c 'import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "libdbus-sys":
        print(package["manifest_path"].rpartition("/")[0])')
sed -n '/^The Academic Free License$/,/^-- $/p' "$dbus/vendor/dbus/COPYING" | sed '$d' > "$own/dbus"
[ "$(wc -l < "$own/dbus")" -gt 100 ] || { echo "the license of libdbus is not where it was" >&2; exit 1; }
{
  cat "$own/crates"
  printf '\n\nAcademic Free License v2.1\n\n  libdbus, the C library in libdbus-sys (Linux alone)\n\n'
  cat "$own/dbus"
} | sed 's/[ \t\r]*$//' | cat -s > packaging/third-party-licenses.txt
