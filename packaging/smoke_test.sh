#!/usr/bin/env bash
# Tries a program that was built, as its path says for musl or for Windows; packaging/cross.sh sets
# what that needs. Prints a line for each check, and ends with 1 if one failed.
set -euo pipefail

program=$1
case $program in
*-musl/*) name=musl ;;
*) name=windows ;;
esac
own=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$own"' EXIT
failed=
report() {
  echo "$1  $2"
  [ "$1" != FAILED ] || failed=yes
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

ls -l "$program"
# With no variables of this machine.
case $name in
musl) sotickets=(env -i RUST_BACKTRACE=1 "$program") ;; # which unwinds the stack for an error
windows)
  . packaging/wine.sh
  # A prefix of its own, because a check below adds an authority that is trusted.
  copy_prefix "$cross/wine-try"
  export WINEPREFIX=$cross/wine-try
  sotickets=(env -i "HOME=$HOME" "WINEPREFIX=$WINEPREFIX" "WINEDEBUG=$WINEDEBUG" "$wine" "$program")
  ;;
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
[ -z "$failed" ]
