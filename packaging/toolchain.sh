# shellcheck shell=bash
# Sourced, at the root of the sources, with targets: sets what cargo needs to build for them, and
# installs it, with what a run of the programs needs if $runs_program is set.
# A toolchain that has all their standard libraries is used as it is. Otherwise, on Debian, these
# are built with Debian's own rustc and from its sources: both are unpacked into target/cross,
# because their packages cannot be installed next to rustup.

mkdir -p "${CARGO_TARGET_DIR:-target}/cross"
cross=$(cd "${CARGO_TARGET_DIR:-target}/cross" && pwd)

command -v cargo >/dev/null || { echo "cargo is missing: it comes with Rust, from https://rustup.rs" >&2; exit 2; }
# How packages are installed, if they can be.
if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
  elif command -v sudo >/dev/null; then
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
  fi
fi

# needs FILE PACKAGE...: notes the packages as missing unless there is such a program or file.
missing=()
needs() { [ -e "$1" ] || command -v "$1" >/dev/null || missing+=("${@:2}"); }

# Installs what is missing, as root or with sudo; otherwise names it and ends with 2.
install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ -n "${as_root+set}" ]; then
    echo "installing ${missing[*]}" >&2
    update_packages
    if "${as_root[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" > "$cross/apt.log" 2>&1; then
      missing=()
      return
    fi
    cat "$cross/apt.log" >&2
  fi
  echo "missing; on Debian, as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 2
}

# Reads again which packages there are, if that is possible; once.
update_packages() {
  if [ -n "${as_root+set}" ] && [ -z "${updated:-}" ]; then "${as_root[@]}" apt-get update -qq || true; fi
  updated=yes
}

# newest PACKAGE FIELD: a field of the newest version that is offered, or nothing.
newest() { apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n "s/^$2: //p" || true; }

# dependency PACKAGE NAME: what PACKAGE depends on, of which the name begins with NAME.
dependency() { newest "$1" Depends | grep -oE "\b$2[a-z0-9.-]*" | head -1; }

# Finds Debian's rustc, and the LLVM that it needs.
find_rustc() {
  update_packages
  local oldest version
  oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  version=$(newest rustc-web Version)
  if ! dpkg --compare-versions "$version" ge "$oldest" 2>/dev/null; then
    no_rustc="Debian's rustc-web could build it, from $oldest on; here is ${version:-none}. apt-get update may help."
    return
  fi
  library=$(dependency libstd-rust-web-dev libstd-rust-web)
  llvm=$(dependency "$library" libllvm)
}

# Unpacks Debian's rustc, its sources, and a standard library for this machine, which build
# scripts need.
unpack_rustc() {
  if [ -n "${no_rustc:-}" ]; then
    echo "$no_library" >&2
    echo "$no_rustc" >&2
    exit 2
  fi
  local new=$cross/new package
  echo "unpacking rustc-web into $cross" >&2
  rm -rf "$new"
  mkdir -p "$new"
  (cd "$new" && apt-get download -qq -o APT::Sandbox::User=root rustc-web libstd-rust-web-dev "$library" rust-web-src)
  for package in "$new"/*.deb; do
    # Of the sources only the library's.
    dpkg --fsys-tarfile "$package" | tar -x -C "$new" --anchored --no-wildcards-match-slash \
      --exclude './usr/share' --exclude './usr/src/*/src' --exclude './usr/src/*/compiler'
    rm "$package"
  done
  echo "$llvm" > "$new/usr/llvm"
  mv "$new/usr" "$cross/rust"
  rmdir "$new"
}

# unpack_musl TARGET: puts musl where rustc looks for what comes with a toolchain: the start of a
# program, the C library, and as the unwinder gcc's, with gcc's arithmetic for the crates in C.
unpack_musl() {
  local folder=$cross/rust/lib/rustlib/$1/lib/self-contained name
  mkdir -p "$folder"
  for name in crt1.o rcrt1.o crti.o crtn.o libc.a; do
    ln -sf "/usr/lib/${1/-unknown/}/$name" "$folder"
  done
  for name in crtbegin.o crtbeginS.o crtend.o crtendS.o; do
    ln -sf "$(cc -print-file-name="$name")" "$folder"
  done
  musl-gcc -O2 -c packaging/find_object.c -o "$folder/find_object.o"
  # A script for the linker in place of a library. The unwinder uses threads only if another part
  # of the program does, but then it wants all of these.
  cat > "$folder/libunwind.a" <<END
EXTERN(pthread_once pthread_key_create pthread_getspecific pthread_setspecific)
EXTERN(pthread_mutex_lock pthread_mutex_unlock)
GROUP("$folder/find_object.o" $(cc -print-file-name=libgcc_eh.a) $(cc -print-file-name=libgcc.a))
END
}

needs cc gcc libc6-dev
needs git git
if [ -n "${runs_program:-}" ]; then
  needs openssl openssl
  # Debian's python3-minimal has a python3 without the former.
  python3 -c 'import http.server, ssl' 2>/dev/null || missing+=(python3)
fi
lacking=()
for target in "$@"; do
  case $target in
  *-windows-gnu)
    needs "${target%%-*}-w64-mingw32-gcc" gcc-mingw-w64-x86-64-win32
    [ -z "${runs_program:-}" ] || needs /usr/lib/wine/wine64 wine64
    ;;
  *-linux-musl)
    needs musl-gcc musl-tools
    # ring and others bring C, which wants musl's headers.
    export "CC_${target//-/_}=musl-gcc"
    # Other systems have their certificates elsewhere.
    if [ -n "${runs_program:-}" ] && command -v apt-get >/dev/null; then
      needs /etc/ssl/certs/ca-certificates.crt ca-certificates
    fi
    ;;
  esac
  [ -d "$(rustc --print target-libdir --target "$target")" ] || lacking+=("$target")
done
llvm=
no_library=
if [ ${#lacking[@]} -gt 0 ]; then
  no_library="there is no standard library for ${lacking[*]}: rustup target add ${lacking[*]}"
  for target in "$@"; do
    case $target in
    *-windows-gnu | *-linux-musl) ;;
    *) echo "$no_library" >&2; exit 2 ;;
    esac
  done
  if [ -d "$cross/rust" ]; then llvm=$(cat "$cross/rust/llvm"); else find_rustc; fi
fi
# Also for what another machine has unpacked.
[ -z "$llvm" ] || needs "/usr/lib/$(uname -m)-linux-gnu/${llvm/libllvm/libLLVM-}.so" "$llvm"
install_missing
if [ -n "$no_library" ]; then
  [ -d "$cross/rust" ] || unpack_rustc
  for target in "$@"; do
    case $target in *-linux-musl) unpack_musl "$target" ;; esac
  done
  printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' \
    "$cross/rust/lib/$(uname -m)-linux-gnu" "$cross/rust/bin/rustc" > "$cross/rustc.$$"
  chmod +x "$cross/rustc.$$"
  # Another build may be using it.
  mv "$cross/rustc.$$" "$cross/rustc"
  # The last lets this rustc build a standard library.
  export RUSTC=$cross/rustc CARGO_UNSTABLE_BUILD_STD=std,panic_unwind,test RUSTC_BOOTSTRAP=1
fi
