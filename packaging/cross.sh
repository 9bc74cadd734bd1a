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
windows)
  CARGO_BUILD_TARGET=x86_64-pc-windows-gnu
  [ "$(uname -m)" = x86_64 ] || { echo "wine runs this program on x86_64 only" >&2; exit 2; }
  ;;
*) echo "packaging/cross.sh: windows or musl, not '$name'" >&2; exit 2 ;;
esac
# Without what a debugger needs, the tests are built faster.
export CARGO_BUILD_TARGET CARGO_PROFILE_DEV_DEBUG=${CARGO_PROFILE_DEV_DEBUG:-0}
runs_program=yes
. packaging/toolchain.sh
if [ "$name" = windows ]; then
  wine=/usr/lib/wine/wine64
  export WINEPREFIX=$cross/wine WINEDEBUG=-all SOTICKETS_WINE=1 CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$wine
  system=$WINEPREFIX/drive_c/windows/system32
  if [ ! -e "$system/bcryptprimitives.dll" ]; then
    "$wine" wineboot --init
    # Rust's random numbers come from here, which older versions of wine lack.
    x86_64-w64-mingw32-gcc -shared -O2 packaging/bcryptprimitives.c -ladvapi32 -o "$system/bcryptprimitives.dll"
  fi
fi
if [ $# -gt 0 ]; then exec "$@"; fi

own=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$own"' EXIT
passed=0
failed=0
report() {
  echo "$1  $2"
  if [ "$1" = FAILED ]; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
}
# check NAME CODE TEXT COMMAND...: runs the command, which has to print TEXT and end with CODE.
check() {
  local code=0
  "${@:4}" > "$own/output" 2>&1 < /dev/null || code=$?
  if [ "$code" = "$2" ] && grep -qF -- "$3" "$own/output"; then
    report "ok    " "$1"
  else
    report FAILED "$1: no '$3', or exit code $code for $2"
    cat "$own/output"
  fi
}

program=$(packaging/build.sh "$CARGO_BUILD_TARGET")
ls -l "$program"
# With no variables of this machine.
case $name in
musl) sotickets=(env -i RUST_BACKTRACE=1 "$program") ;; # which unwinds the stack for an error
windows) sotickets=(env -i "HOME=$HOME" "WINEPREFIX=$WINEPREFIX" "WINEDEBUG=$WINEDEBUG" "$wine" "$program") ;;
esac

if [ "$name" = musl ]; then
  if readelf --program-headers --dynamic "$program" | grep -E 'INTERP|NEEDED'; then
    report FAILED "the program is not static"
  else
    report "ok    " "the program is static"
  fi
fi
read -ra example < <(sed -n '0,/^cargo run/s/^cargo run --release -- //p' README.md)
check "${example[*]}" 0 "Cannot print" "${sotickets[@]}" "${example[@]}"
out_file() {
  "${sotickets[@]}" get 839 --select Title --demo --out-file "$own/tickets.csv" && cat "$own/tickets.csv"
}
check "--out-file" 0 "Cannot print" out_file

# A server whose authority this system trusts, or not.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=sotickets try" \
  -keyout "$own/ca.key" -out "$own/ca.pem" 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -CA "$own/ca.pem" -CAkey "$own/ca.key" -addext subjectAltName=DNS:localhost \
  -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth \
  -keyout "$own/server.key" -out "$own/server.pem" 2>/dev/null
python3 packaging/tls_server.py "$own/server.pem" "$own/server.key" > "$own/port" &
server=$!
until [ -s "$own/port" ]; do
  kill -0 "$server" 2>/dev/null || exit 1
  sleep 0.1
done
get=(get 839 --no-auth --url "https://localhost:$(cat "$own/port")")
check "TLS, an authority that is not trusted" 6 "hint: --cacert FILE" "${sotickets[@]}" "${get[@]}"
check "TLS, an authority of --cacert" 0 "By TLS" "${sotickets[@]}" "${get[@]}" --cacert "$own/ca.pem"
trusted="TLS, an authority that the system trusts"
case $name in
musl) check "$trusted" 0 "By TLS" env -i "SSL_CERT_FILE=$own/ca.pem" "$program" "${get[@]}" ;;
windows)
  # The form of a certificate in the registry: property 32, one, its length, and the certificate.
  python3 - "$own/ca.pem" > "$own/ca.reg" <<'END'
import hashlib, ssl, struct, sys

certificate = ssl.PEM_cert_to_DER_cert(open(sys.argv[1]).read())
blob = struct.pack("<3I", 32, 1, len(certificate)) + certificate
print("REGEDIT4\n")
print(r"[HKEY_CURRENT_USER\Software\Microsoft\SystemCertificates\Root\Certificates"
      f"\\{hashlib.sha1(certificate).hexdigest().upper()}]")
print('"Blob"=hex:' + ",".join(f"{byte:02x}" for byte in blob))
END
  "$wine" regedit "$own/ca.reg"
  # wine does trust it, but refuses a certificate that names no list of revoked ones: 0x800B010E.
  check "$trusted, up to its revocation" 6 -2146762482 "${sotickets[@]}" "${get[@]}"
  ;;
esac
if [ "$name" = musl ]; then hint="hint: this build takes the first answer"; else hint="hint: check the address"; fi
check "a name that does not exist" 6 "$hint" "${sotickets[@]}" get 839 --no-auth --url https://no-such-host.invalid

if [ "$name" = windows ]; then
  code=0
  export CARGO_INCREMENTAL=0 # nothing is built twice here
  cargo test --locked --no-run
  # A start under wine is for the most part a wait for its server.
  run_tests() {
    RUST_TEST_THREADS=$((2 * $(nproc))) cargo test --locked --no-fail-fast "$@" 2>&1 | tee -a "$own/tests" || code=$?
  }
  run_tests --lib
  # A folder of tests at a time: wine becomes slow by the sockets that a process leaves open.
  names=$(cargo test --locked --quiet --test program -- --list | tr -d '\r' | sed -n 's/: test$//p')
  for folder in $(sed 's/::.*//' <<< "$names" | sort -u); do
    mapfile -t in_folder < <(grep "^$folder::" <<< "$names")
    run_tests --test program -- --exact "${in_folder[@]}"
  done
  # Each run has such a line.
  while read -r ok bad; do
    passed=$((passed + ok))
    failed=$((failed + bad))
  done < <(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' "$own/tests")
  [ "$code" = 0 ] || [ "$failed" -gt 0 ] || report FAILED "the tests did not end"
fi
echo "$name: $passed passed, $failed failed; $program"
[ "$failed" = 0 ]
