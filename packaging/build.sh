#!/usr/bin/env bash
# Builds the program as it is released, and prints its path.
#
#   packaging/build.sh              for this machine
#   packaging/build.sh TARGET...    for others; packaging/toolchain.sh installs what they need
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
[ $# -gt 0 ] || set -- "$host"
for target in "$@"; do
  case $target in
  # musl-gcc is this machine's.
  "${host%%-*}"-*-musl) ;;
  *-musl) echo "$target is built on a machine of its kind" >&2; exit 2 ;;
  esac
done
unset CARGO_BUILD_TARGET
is_native=
if [ "$*" = "$host" ]; then
  is_native=yes
else
  . packaging/toolchain.sh "$@" >&2
  # Of a standard library that is built here, the part for tests is left out.
  [ -z "${CARGO_UNSTABLE_BUILD_STD:-}" ] || CARGO_UNSTABLE_BUILD_STD=std,panic_unwind
fi

. packaging/reproducible.sh
case $* in
# Without it the program would need Microsoft's redistributable package.
*-windows-msvc) CARGO_ENCODED_RUSTFLAGS+=$'\x1f-Ctarget-feature=+crt-static' ;;
esac
options=(--locked --release --package sotickets)
# The library of all targets at once: it is one crate, which occupies one processor.
library=(build "${options[@]}" --lib)
if [ -z "$is_native" ]; then
  for target in "$@"; do library+=(--target "$target"); done
fi
cargo "${library[@]}" >&2
for target in "$@"; do
  program=(rustc "${options[@]}" --bin sotickets)
  path=${CARGO_TARGET_DIR:-target}
  if [ -z "$is_native" ]; then
    program+=(--target "$target")
    path=$path/$target
  fi
  path=$path/release/sotickets
  case $target in
  # As with glibc (build.rs): nothing has to be relocated at each start.
  *-musl) program+=(-- -Crelocation-model=static) ;;
  *-windows-*) path=$path.exe ;;
  esac
  cargo "${program[@]}" >&2
  echo "$path"
done
