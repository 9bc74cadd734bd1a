#!/usr/bin/env bash
# Builds the program on Debian for Windows and, static with musl, for any Linux; tries both, and
# runs the tests of Windows under wine. Prints the counts; ends with 1 if anything failed.
# The programs are in target/TRIPLE/release; what is unpacked for them is in target/cross.
#
#   packaging/cross.sh                       both
#   packaging/cross.sh windows|musl          one of them
#   packaging/cross.sh windows|musl COMMAND  runs a command with the variables of that build:
#                                            packaging/cross.sh windows cargo check --all-targets
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# = 0 ]; then
  failed=0
  for name in musl windows; do packaging/cross.sh "$name" || failed=1; done
  exit "$failed"
fi
name=$1
shift
case $name in
musl) CARGO_BUILD_TARGET=$(uname -m)-unknown-linux-musl ;;
windows) CARGO_BUILD_TARGET=x86_64-pc-windows-gnu ;;
*) echo "packaging/cross.sh: windows or musl, not '$name'" >&2; exit 2 ;;
esac
export CARGO_BUILD_TARGET
. packaging/toolchain.sh
if [ "$name" = windows ]; then
  wine=/usr/lib/wine/wine64
  needs "$wine" wine64
  export WINEPREFIX=$cross/wine WINEDEBUG=-all CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$wine
  system=$WINEPREFIX/drive_c/windows/system32
  if [ ! -e "$system/bcryptprimitives.dll" ]; then
    "$wine" wineboot --init
    # Rust's random numbers come from here, which older versions of wine lack.
    x86_64-w64-mingw32-gcc -shared -O2 packaging/bcryptprimitives.c -ladvapi32 -o "$system/bcryptprimitives.dll"
  fi
fi
if [ $# -gt 0 ]; then exec "$@"; fi

packaging/build.sh "$CARGO_BUILD_TARGET"
