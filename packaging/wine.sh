# shellcheck shell=bash
# Sourced, at the root of the sources: sets what programs for Windows need to run under wine.

wine=/usr/lib/wine/wine64
cross=$(cd "${CARGO_TARGET_DIR:-target}/cross" && pwd)
export WINEPREFIX=$cross/wine WINEDEBUG=-all SOTICKETS_WINE=1 CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$wine
system=$WINEPREFIX/drive_c/windows/system32
if [ ! -e "$system/bcryptprimitives.dll" ]; then
  "$wine" wineboot --init
  # Rust's random numbers come from here, which older versions of wine lack.
  x86_64-w64-mingw32-gcc -shared -O2 packaging/bcryptprimitives.c -ladvapi32 -o "$system/bcryptprimitives.dll"
fi

# copy_prefix FOLDER: makes another wine prefix. It has its own registry, and shares the files of
# Windows.
copy_prefix() {
  # The registry is written when the last program has ended.
  /usr/lib/wine/wineserver64 --wait
  rm -rf "$1"
  cp -a --link "$WINEPREFIX" "$1"
  cp --remove-destination "$WINEPREFIX"/*.reg "$1"
}
