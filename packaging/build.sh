#!/usr/bin/env bash
# Builds the program as it is released, and prints its path.
#
#   packaging/build.sh           for this machine
#   packaging/build.sh TARGET    for another; packaging/toolchain.sh installs what that needs
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
target=${1:-$host}
folder=${CARGO_TARGET_DIR:-target}
case $target in
*-linux-musl)
  # musl-gcc is this machine's.
  [ "${target%%-*}" = "${host%%-*}" ] || { echo "$target is built on a machine of its kind" >&2; exit 2; }
  # As with glibc (build.rs): nothing has to be relocated at each start.
  static=-Crelocation-model=static
  ;;
*-windows-msvc)
  # Without it the program would need Microsoft's redistributable package.
  static='-Ctarget-feature=+crt-static'
  ;;
esac
if [ "$target" = "$host" ]; then
  unset CARGO_BUILD_TARGET
else
  export CARGO_BUILD_TARGET=$target
  . packaging/toolchain.sh >&2
  # Of a standard library that is built here, the part for tests is left out.
  [ -z "${CARGO_UNSTABLE_BUILD_STD:-}" ] || CARGO_UNSTABLE_BUILD_STD=std,panic_unwind
  folder=$folder/$target
fi

. packaging/reproducible.sh
[ -z "${static:-}" ] || CARGO_ENCODED_RUSTFLAGS+=$'\x1f'$static
cargo build --locked --release --package sotickets >&2
case $target in *-windows-*) suffix=.exe ;; esac
echo "$folder/release/sotickets${suffix:-}"
