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

# Prints the target of a name.
target_of() {
  case $1 in
  musl) echo "$(uname -m)-unknown-linux-musl" ;;
  windows)
    [ "$(uname -m)" = x86_64 ] || { echo "wine runs this program on x86_64 only" >&2; return 2; }
    echo x86_64-pc-windows-gnu
    ;;
  *) echo "packaging/cross.sh: windows or musl, not '$1'" >&2; return 2 ;;
  esac
}

if [ $# -gt 1 ]; then
  CARGO_BUILD_TARGET=$(target_of "$1")
  # Without what a debugger needs, the tests are built faster.
  export CARGO_BUILD_TARGET CARGO_PROFILE_DEV_DEBUG=${CARGO_PROFILE_DEV_DEBUG:-0}
  runs_program=yes
  . packaging/toolchain.sh "$CARGO_BUILD_TARGET"
  if [ "$1" = windows ]; then . packaging/wine.sh; fi
  shift
  exec "$@"
fi

names=("${1:-musl}")
[ $# -gt 0 ] || names+=(windows)
targets=()
for name in "${names[@]}"; do
  targets+=("$(target_of "$name")")
  # Installs and unpacks what it needs, one after the other.
  packaging/cross.sh "$name" true
done

own=$(mktemp -d)
builds=
trap '[ -z "$builds" ] || kill -- "-$builds" 2>/dev/null || true; rm -rf "$own"' EXIT
code=0
build() { nice packaging/build.sh "${targets[@]}" > "$own/programs"; }
case " ${names[*]} " in
*' windows '*)
  # In the background while the tests are built and run, some of which have time limits. A group
  # of its own can be ended as one.
  set -m
  build > "$own/log" 2>&1 &
  builds=$!
  set +m
  packaging/cross.sh windows packaging/test_windows.sh 2>&1 | tee "$own/results" || code=1
  wait "$builds" || { cat "$own/log"; code=1; }
  builds=
  ;;
*) build ;;
esac
# The paths of all, unless one could not be built.
mapfile -t programs < "$own/programs"
for index in "${!programs[@]}"; do
  packaging/cross.sh "${names[index]}" packaging/smoke_test.sh "${programs[index]}" 2>&1 |
    tee -a "$own/results" || code=1
done

# Each process of tests ends with a line of its counts.
touch "$own/results"
passed=$(grep -c '^ok ' "$own/results" || true)
failed=$(grep -c '^FAILED ' "$own/results" || true)
while read -r ok bad; do
  passed=$((passed + ok))
  failed=$((failed + bad))
done < <(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' "$own/results")
[ "$code" = 0 ] || [ "$failed" -gt 0 ] || { echo "FAILED  a script did not end"; failed=1; }
echo "${names[*]}: $passed passed, $failed failed"
exit "$code"
