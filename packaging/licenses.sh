#!/usr/bin/env bash
# Writes packaging/third-party-licenses.txt: the licenses of all that is linked into the program.
# Run it after a change of Cargo.lock. Needs cargo-about (cargo install cargo-about --features cli), the
# sources of Rust's standard library, and on Debian the package musl.
set -euo pipefail
cd "$(dirname "$0")/.."

library=$(rustc --print sysroot)/lib/rustlib/src/rust/library
# The sources that packaging/cross.sh unpacks do as well.
[ -d "$library" ] || library=$(echo "${CARGO_TARGET_DIR:-target}"/cross/rust/src/rustc-*/library)
[ -d "$library" ] || { echo "the sources of the standard library are missing: rustup component add rust-src" >&2; exit 2; }
musl=/usr/share/doc/musl/copyright
[ -e "$musl" ] || { echo "$musl is missing: apt-get install musl" >&2; exit 2; }

own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
cargo fetch --locked
generate() { cargo about generate --offline --config packaging/about.toml "$@" packaging/about.hbs; }
generate --locked --fail > "$own/crates"
# cargo-about knows the license of the crate, and not of the C library in it.
dbus=$(cargo metadata --locked --offline --format-version 1 |
  python3 -c 'import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "libdbus-sys":
        print(package["manifest_path"].rpartition("/")[0])')
sed -n '/^The Academic Free License$/,/^-- $/p' "$dbus/vendor/dbus/COPYING" | sed '$d' > "$own/dbus"
[ "$(wc -l < "$own/dbus")" -gt 100 ] || { echo "the license of libdbus is not where it was" >&2; exit 1; }
# A copy, because cargo may write its Cargo.lock. Some parts have no license of their own, so there is no --fail.
cp -r "$library" "$own/library"
RUSTC_BOOTSTRAP=1 cargo fetch --manifest-path "$own/library/std/Cargo.toml"
RUSTC_BOOTSTRAP=1 generate --manifest-path "$own/library/std/Cargo.toml" --features backtrace > "$own/standard"
{
  cat "$own/crates"
  printf '\n\nAcademic Free License v2.1\n\n  libdbus, the C library in libdbus-sys (Linux alone)\n\n'
  cat "$own/dbus"
  printf '%s\n' '' '' 'The standard library of Rust' '' \
    'Each program contains parts of it, and of the libraries that it consists of.' \
    'Its tables of characters are Copyright 1991-2024 Unicode, Inc., under the Unicode License v3 above.'
  # Without the introduction, which is there already.
  sed -e '1,/^license is followed/d' -e 's/^\(  [a-z_-]*\) 0\.0\.0$/\1/' \
    -e 's/^Copyright (c) <year> <copyright holders>$/Copyright (c) The Rust Project Developers (see https:\/\/thanks.rust-lang.org)/' \
    -e 's/^  compiler_builtins .*/&, with the LLVM exception\n  libunwind, a library of LLVM, with the LLVM exception (static programs for Linux alone)/' \
    "$own/standard"
  printf '\n\nThe licenses of musl\n\n  musl, the C library (static programs for Linux alone)\n\n'
  # Without the files that Debian adds.
  awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^(Format|Files: debian)/' "$musl" | sed 's/^ \.$//'
} | sed 's/[ \t\r]*$//' | cat -s > packaging/third-party-licenses.txt
