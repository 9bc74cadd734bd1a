#!/usr/bin/env bash
# Builds the Debian package and checks its contents. With root or sudo, also installs it, tries
# it as a person would, removes it, and checks that nothing remains. Needs dpkg-dev.
#
#   packaging/deb.sh [FOLDER]    puts it into FOLDER, or else into target/debian
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "packaging/deb.sh: $*" >&2; exit 1; }
same() { diff -u --label expected "$1" --label found "$2" || fail "$3"; }
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT

folder=${1:-${CARGO_TARGET_DIR:-target}/debian}
mkdir -p "$folder"
packaging/build.sh > "$own/program"
# Sets SOURCE_DATE_EPOCH, which dpkg-deb uses as the time of newer files.
. packaging/reproducible.sh

umask 022
root=$own/root
install -D -m 755 "$(cat "$own/program")" "$root/usr/bin/sotickets"
while read -r source destination; do
  for file in $source; do
    case $destination in */) name=$destination${file##*/} ;; *) name=$destination ;; esac
    install -D -m 644 "$file" "$root/$name"
  done
done < <(grep -v '^#' packaging/debian/files)
gzip -9n "$root"/usr/share/man/man1/* "$root"/usr/share/doc/sotickets/changelog*
version=$(dpkg-parsechangelog --file packaging/debian/changelog --show-field Version)
architecture=$(dpkg --print-architecture)
# dpkg-shlibdeps looks for debian/control, which may be empty.
mkdir "$own/debian" "$root/DEBIAN"
touch "$own/debian/control"
depends=$(cd "$own" && dpkg-shlibdeps -O root/usr/bin/sotickets | sed -n 's/^shlibs:Depends=//p')
{
  echo "Version: $version"
  echo "Architecture: $architecture"
  echo "Depends: $depends"
  echo "Installed-Size: $(du --apparent-size -sk "$root/usr" | cut -f1)"
  cat packaging/debian/control
} > "$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
deb=$folder/sotickets_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$deb" > /dev/null
echo "$deb"

{
  echo usr/bin/sotickets
  for page in docs/man/*.1; do echo "usr/share/man/man1/$(basename "$page").gz"; done
  echo usr/share/bash-completion/completions/sotickets
  echo usr/share/zsh/vendor-completions/_sotickets
  echo usr/share/fish/vendor_completions.d/sotickets.fish
  echo usr/share/lintian/overrides/sotickets
  for name in README.md changelog.gz changelog.Debian.gz copyright third-party-licenses.txt completions/_sotickets.ps1 completions/sotickets.{elv,nu}; do
    echo "usr/share/doc/sotickets/$name"
  done
} | sort > "$own/expected"
# Of files only: rights, owner, and name.
dpkg-deb --contents "$deb" | grep -v '^d' | awk '{ print $1, $2, $6 }' | sed 's|\./||' > "$own/contents"
cut -d' ' -f3 "$own/contents" | sort > "$own/found"
same "$own/expected" "$own/found" "the package holds other files"
others=$(grep -vE '^-rw-r--r-- root/root |^-rwxr-xr-x root/root usr/bin/sotickets$' "$own/contents" || true)
[ -z "$others" ] || fail "rights or owner are wrong: $others"
dpkg-deb --field "$deb" Depends | grep -q '^libc6 ' || fail "the package does not depend on libc6"
dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards '*usr/bin/sotickets' | cmp - "$(cat "$own/program")"

if [ "$(id -u)" = 0 ]; then
  as_root=
elif sudo -n true 2>/dev/null; then
  as_root=sudo
else
  echo "skipped: installing it, which needs root"
  exit 0
fi
if dpkg-query --show sotickets >/dev/null 2>&1; then
  fail "sotickets is installed here already, and is left alone"
fi
trap '$as_root dpkg --purge sotickets >/dev/null 2>&1 || true; rm -rf "$own"' EXIT
# Some images leave manual and documents out.
$as_root dpkg --path-include='/usr/share/*' --install "$deb"
$as_root dpkg --verify sotickets | grep . && fail "dpkg finds files that are not the package's"

# A new user, with nothing but the system.
as_user() { env -i HOME="$own" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 TERM=dumb "$@"; }
as_user sotickets --version | tee "$own/version"
grep -qx "sotickets ${version%-*}" "$own/version" || fail "the version is not that of the package"
as_user sotickets get 839 --select TicketId,Title -o csv --demo | tee "$own/tickets"
grep -q '^839,Cannot print' "$own/tickets" || fail "a ticket is missing"
for page in docs/man/*.1; do
  name=$(basename "$page" .1)
  [ "$(as_user man -w "$name")" = "/usr/share/man/man1/$name.1.gz" ] || fail "man does not find $name"
done
as_user man sotickets-get > "$own/manual"
grep -q 'sotickets get 839' "$own/manual" || fail "man shows something else"

script=/usr/share/bash-completion/completions/sotickets
as_user bash -c ". $script && complete -p sotickets"
if command -v zsh >/dev/null; then
  # shellcheck disable=SC2016
  as_user zsh -f -c 'autoload -Uz compinit && compinit -u -D && echo "zsh: ${_comps[sotickets]:?no completion}"'
else
  echo "skipped: there is no zsh"
fi
if command -v fish >/dev/null; then
  as_user fish -c 'complete -C "sotickets fiel"' | tee "$own/fish"
  grep -q '^fields' "$own/fish" || fail "fish completes nothing"
else
  echo "skipped: there is no fish"
fi

$as_root dpkg --purge sotickets
dpkg-query --show sotickets >/dev/null 2>&1 && fail "the package is still known"
sed 's|^|/|' "$own/expected" > "$own/paths"
echo /usr/share/doc/sotickets >> "$own/paths"
while read -r path; do
  [ ! -e "$path" ] || fail "$path is still there"
done < "$own/paths"
echo "installed, tried and removed"
