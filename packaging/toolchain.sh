# shellcheck shell=bash
# Sourced, at the root of the sources: sets what cargo needs to build for $CARGO_BUILD_TARGET.
# A toolchain that has the target's standard library is used as it is. Otherwise, on Debian, the
# library is built with Debian's own rustc and from its sources: both are unpacked into
# target/cross, because their packages cannot be installed next to rustup.

target=$CARGO_BUILD_TARGET
mkdir -p "${CARGO_TARGET_DIR:-target}/cross"
cross=$(cd "${CARGO_TARGET_DIR:-target}/cross" && pwd)

# needs FILE PACKAGE...: installs the packages unless there is such a program or file.
needs() {
  if [ -e "$1" ] || command -v "$1" >/dev/null; then return; fi
  if ! command -v apt-get >/dev/null; then
    echo "$1 is missing; on Debian it is in ${*:2}" >&2
    exit 2
  fi
  echo "installing ${*:2}" >&2
  local as_root
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get install -qq -y --no-install-recommends "${@:2}" >/dev/null
}

# dependency PACKAGE NAME: what PACKAGE depends on, of which the name begins with NAME.
dependency() {
  apt-cache show --no-all-versions "$1" | sed -n 's/^Depends: //p' | grep -oE "\b$2[a-z0-9.-]*" | head -1
}

# Unpacks Debian's rustc, its sources, and a standard library for this machine, which build
# scripts need.
unpack_rustc() {
  if ! command -v apt-get >/dev/null || [ -z "$(apt-cache show rustc-web 2>/dev/null)" ]; then
    echo "there is no standard library for $target: rustup target add $target" >&2
    echo "on Debian apt-get update may help: rustc-web is what it is built with" >&2
    exit 2
  fi
  local new=$cross/new library llvm package
  library=$(dependency libstd-rust-web-dev libstd-rust-web)
  llvm=$(dependency "$library" libllvm)
  needs "/usr/lib/$(uname -m)-linux-gnu/${llvm/libllvm/libLLVM-}.so" "$llvm"
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
  mv "$new/usr" "$cross/rust"
  rmdir "$new"
}

# Puts musl where rustc looks for what comes with a toolchain: the start of a program, the C
# library, and as the unwinder gcc's, with gcc's arithmetic for the crates in C.
unpack_musl() {
  local folder=$cross/rust/lib/rustlib/$target/lib/self-contained name
  mkdir -p "$folder"
  for name in crt1.o rcrt1.o crti.o crtn.o libc.a; do
    ln -sf "/usr/lib/${target/-unknown/}/$name" "$folder"
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
GROUP($folder/find_object.o $(cc -print-file-name=libgcc_eh.a) $(cc -print-file-name=libgcc.a))
END
}

case $target in
*-windows-gnu) needs "${target%%-*}-w64-mingw32-gcc" gcc-mingw-w64-x86-64-win32 ;;
*-linux-musl)
  needs musl-gcc musl-tools
  # ring and others bring C, which wants musl's headers.
  export "CC_${target//-/_}=musl-gcc"
  ;;
esac
if [ ! -d "$(rustc --print target-libdir --target "$target")" ]; then
  [ -d "$cross/rust" ] || unpack_rustc
  case $target in *-linux-musl) unpack_musl ;; esac
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' \
    "$cross/rust/lib/$(uname -m)-linux-gnu" "$cross/rust/bin/rustc" > "$cross/rustc"
  chmod +x "$cross/rustc"
  # The last lets this rustc build a standard library.
  export RUSTC=$cross/rustc CARGO_UNSTABLE_BUILD_STD=std,panic_unwind,test RUSTC_BOOTSTRAP=1
fi
