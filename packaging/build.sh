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
if [ "$*" != "$host" ]; then
  . packaging/toolchain.sh "$@" >&2
  # Of a standard library that is built here, the part for tests is left out.
  [ -z "${CARGO_UNSTABLE_BUILD_STD:-}" ] || CARGO_UNSTABLE_BUILD_STD=std,panic_unwind
fi

. packaging/reproducible.sh
# Prints the flags for a target, separated as in CARGO_ENCODED_RUSTFLAGS.
flags_for() {
  printf %s "$CARGO_ENCODED_RUSTFLAGS"
  case $1 in
  # As with glibc (build.rs): nothing has to be relocated at each start.
  *-linux-musl) printf '\x1f-Crelocation-model=static' ;;
  # Without it the program would need Microsoft's redistributable package.
  *-windows-msvc) printf '\x1f-Ctarget-feature=+crt-static' ;;
  esac
}

folder=${CARGO_TARGET_DIR:-target}
programs=()
options=(--locked --release --package sotickets)
for target in "$@"; do
  encoded=$(flags_for "$target")
  case $target in *-windows-*) suffix=.exe ;; *) suffix= ;; esac
  if [ $# = 1 ]; then
    # It replaces the flags of all configuration files.
    CARGO_ENCODED_RUSTFLAGS=$encoded
  else
    separator="', '"
    options+=(--config "target.$target.rustflags = ['${encoded//$'\x1f'/$separator}']")
  fi
  if [ "$*" = "$host" ]; then
    programs=("$folder/release/sotickets$suffix")
  else
    options+=(--target "$target")
    programs+=("$folder/$target/release/sotickets$suffix")
  fi
done
# cargo ignores the flags of a target if there are these.
[ $# = 1 ] || unset CARGO_ENCODED_RUSTFLAGS RUSTFLAGS
# All at once: the library of a program is one crate, which occupies one processor.
cargo build "${options[@]}" >&2
printf '%s\n' "${programs[@]}"
