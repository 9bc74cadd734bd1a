# shellcheck shell=bash
# Sourced, at the root of the sources: sets what makes two builds of one commit the same.
# The commit gives the time, and no folder of this machine gets into the program.

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || {
  echo "these sources have no commit: set SOURCE_DATE_EPOCH" >&2
  exit 2
}
export SOURCE_DATE_EPOCH

# The sources of the dependencies have to be there, for their folders to be known.
cargo fetch --locked --quiet

# Windows calls its folders by other names than its bash.
native() { if command -v cygpath >/dev/null; then cygpath -w "$1"; else echo "$1"; fi; }

# Of two that fit, the later one counts.
flags=("--remap-path-prefix=$(native "$PWD")=/sotickets")
for remapped_folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  flags+=("--remap-path-prefix=$(native "$remapped_folder")=/dependencies")
done
mkdir -p "${CARGO_TARGET_DIR:-target}"
remapped_folder=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
flags+=("--remap-path-prefix=$(native "$remapped_folder")=/target")
# The encoded form lets a folder have spaces.
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS
unset flags remapped_folder
