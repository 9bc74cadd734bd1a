#!/usr/bin/env bash
# Builds the program as it is released, and prints its path.
#
#   packaging/build.sh           for this machine
#   packaging/build.sh TARGET    for another, whose standard library is installed, or is built
#                                by cargo (packaging/cross.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
target=${1:-$host}
if [ -z "${CARGO_UNSTABLE_BUILD_STD:-}" ] && [ ! -d "$(rustc --print target-libdir --target "$target")" ]; then
  echo "there is no standard library for $target: rustup target add $target" >&2
  exit 2
fi
case $target in
*-linux-musl)
  # musl-gcc is this machine's.
  [ "${target%%-*}" = "${host%%-*}" ] || { echo "$target is built on a machine of its kind" >&2; exit 2; }
  # ring brings C, which wants musl's headers.
  command -v musl-gcc >/dev/null || { echo "musl-gcc is missing: apt-get install musl-tools" >&2; exit 2; }
  export "CC_${target//-/_}=musl-gcc"
  # As with glibc (build.rs): nothing has to be relocated at each start.
  static=-Crelocation-model=static
  ;;
*-windows-msvc)
  # Without it the program would need Microsoft's redistributable package.
  static='-Ctarget-feature=+crt-static'
  ;;
esac

. packaging/reproducible.sh
[ -z "${static:-}" ] || CARGO_ENCODED_RUSTFLAGS+=$'\x1f'$static
folder=${CARGO_TARGET_DIR:-target}
if [ "$target" = "$host" ]; then
  cargo build --locked --release --package sotickets >&2
else
  cargo build --locked --release --package sotickets --target "$target" >&2
  folder=$folder/$target
fi
case $target in *-windows-*) suffix=.exe ;; esac
echo "$folder/release/sotickets${suffix:-}"
