#!/usr/bin/env python3
"""The steps of a release that are more than a command. docs/releasing.md has all of them.

release.py check TAG                    whether TAG can be released from these sources
release.py notes                        what CHANGELOG.md says of this version
release.py archive TARGET BINARY FOLDER packs the program with what belongs to it
release.py sums FOLDER                  writes FOLDER/SHA256SUMS
release.py templates FOLDER             fills formula and manifest in, from FOLDER/SHA256SUMS
"""

import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Stands for the place of the sources until there is one.
PLACEHOLDER = "git.example.com"
# The licenses of all that is linked into the program.
LICENSES = "third-party-licenses.txt"
TEMPLATES = ["homebrew/sotickets.rb", "scoop/sotickets.json"]


def package():
    """What Cargo.toml says of the package."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--offline"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    packages = json.loads(output)["packages"]
    return next(package for package in packages if package["name"] == "sotickets")


def section(version):
    """The section of CHANGELOG.md about `version`, or None."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        if re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", heading):
            return body.strip() + "\n"
    return None


def notes(version):
    """The same, where there has to be one."""
    return section(version) or sys.exit(f"CHANGELOG.md has no section '## [{version}] - DATE'")


def check(tag):
    """Ends with all that keeps `tag` from being released."""
    metadata = package()
    version, address = metadata["version"], metadata["repository"]
    faults = []
    if tag != f"v{version}":
        faults.append(f"the tag {tag} is not that of version {version} in Cargo.toml")
    if section(version) is None:
        faults.append(f"CHANGELOG.md has no section '## [{version}] - DATE'")
    # Formula, manifest and `cargo binstall` look for the archives at this address.
    server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    if PLACEHOLDER in address:
        faults.append(f"repository in Cargo.toml is still {address}, which stands for the real one")
    elif server and name and address != f"{server}/{name}":
        faults.append(f"Cargo.toml calls the repository {address}, and it is {server}/{name}")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if "There is no release to download yet" in path.read_text(encoding="utf-8"):
            faults.append(f"{path.relative_to(ROOT)} says that there is no release yet")
    if f"sotickets_{version}-1_" not in readme:
        faults.append(f"README.md names the Debian package of another version than {version}")
    changes = (ROOT / "packaging/debian/changelog").read_text(encoding="utf-8")
    if not changes.startswith(f"sotickets ({version}-1) "):
        faults.append(f"packaging/debian/changelog does not begin with {version}-1")
    for path in ["packaging/debian/changelog", "docs/ci.md"]:
        if PLACEHOLDER in (ROOT / path).read_text(encoding="utf-8"):
            faults.append(f"{path} still has an address at {PLACEHOLDER}")
    if faults:
        sys.exit("\n".join(faults))


def contents(binary, suffix):
    """The files of an archive, sorted by name: name, source, and whether it is a program."""
    files = [(f"sotickets{suffix}", Path(binary), True)]
    files += [(name, ROOT / name, False) for name in ["CHANGELOG.md", "LICENSE", "README.md"]]
    files.append((LICENSES, ROOT / "packaging" / LICENSES, False))
    completions = (ROOT / "completions").iterdir()
    files += [(f"completions/{path.name}", path, False) for path in completions]
    files += [(f"man/{path.name}", path, False) for path in (ROOT / "docs/man").iterdir()]
    return sorted(files)


def tar(folder, files, seconds):
    """A tar.gz of `files`, the same bytes for the same files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, source, is_program in files:
            entry = tarfile.TarInfo(f"{folder}/{name}")
            data = source.read_bytes()
            entry.size, entry.mtime = len(data), seconds
            entry.mode = 0o755 if is_program else 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=seconds)


def zipped(folder, files, seconds):
    """A zip of `files`, the same bytes for the same files."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, source, is_program in files:
            # A zip knows no time zone, and no year before 1980.
            moment = max(time.gmtime(seconds)[:6], (1980, 1, 1, 0, 0, 0))
            entry = zipfile.ZipInfo(f"{folder}/{name}", moment)
            entry.create_system = 3
            entry.external_attr = (0o100755 if is_program else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, source.read_bytes())
    return raw.getvalue()


def archive(target, binary, folder):
    """Packs `binary` for `target`; the time is SOURCE_DATE_EPOCH, or that of the commit."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        command = ["git", "log", "-1", "--format=%ct"]
        seconds = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    name = f"sotickets-{package()['version']}-{target}"
    is_windows = "-windows-" in target
    files = contents(binary, ".exe" if is_windows else "")
    pack, suffix = (zipped, "zip") if is_windows else (tar, "tar.gz")
    path = Path(folder) / f"{name}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack(name, files, int(seconds)))
    print(path)


def sums(folder):
    """Writes the checksums of the files in `folder`, as `sha256sum --check` reads them."""
    lines = ""
    for path in sorted(Path(folder).iterdir()):
        if path.name != "SHA256SUMS":
            lines += f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
    (Path(folder) / "SHA256SUMS").write_bytes(lines.encode())


def templates(folder):
    """Writes formula and manifest into `folder`, with the checksums of its archives."""
    metadata = package()
    lines = (Path(folder) / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    known = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    values = {key: metadata[key] for key in ["version", "repository", "license", "description"]}

    def value(match):
        key, _, target = match[1].partition(" ")
        if key != "sha256":
            return values[key]
        archives = [f"sotickets-{metadata['version']}-{target}.{suffix}" for suffix in ["tar.gz", "zip"]]
        found = [known[name] for name in archives if name in known]
        return found[0] if found else sys.exit(f"SHA256SUMS has no archive for {target}")

    filled = {}
    for template in TEMPLATES:
        text = (ROOT / "packaging" / template).read_text(encoding="utf-8")
        filled[Path(folder) / Path(template).name] = re.sub(r"@([a-z0-9_ -]+)@", value, text)
    for path, text in filled.items():
        path.write_bytes(text.encode())
        print(path)


def main(arguments):
    steps = {
        "check": (check, 1),
        "notes": (lambda: print(notes(package()["version"]), end=""), 0),
        "archive": (archive, 3),
        "sums": (sums, 1),
        "templates": (templates, 1),
    }
    step, count = steps.get(arguments[0] if arguments else "", (None, 0))
    if step is None or len(arguments) != count + 1:
        sys.exit(__doc__.strip())
    step(*arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
