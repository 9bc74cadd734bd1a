//! The contents of an archive, which are the same each time.

use std::fs;
use std::path::Path;

use super::release::{
    WINDOWS, address, archive, names, package, packed, release, succeeded, targets, text, workflow,
};
use crate::support::programs::program;

#[test]
fn binstall_finds_every_archive_and_the_program_in_it() {
    let Some(workflow) = workflow("release") else { return };
    let package = package();
    let binstall = &package["metadata"]["binstall"];
    for (target, _) in targets(&workflow, "build") {
        let suffix = if target == WINDOWS { ".exe" } else { "" };
        let own = &binstall["overrides"][&target];
        let template = |key: &str| {
            let template = if own[key].is_null() { &binstall[key] } else { &own[key] };
            text(template)
                .replace("{ repo }", text(&package["repository"]))
                .replace("{ name }", "sotickets")
                .replace("{ bin }", "sotickets")
                .replace("{ version }", text(&package["version"]))
                .replace("{ target }", &target)
                .replace("{ binary-ext }", suffix)
        };
        assert_eq!(template("pkg-url"), address(&package, &target));
        let kind = if target == WINDOWS { "zip" } else { "tgz" };
        assert_eq!(template("pkg-fmt"), kind, "{target}");
        let (name, folder) = archive(&package, &target);
        assert_eq!(template("bin-dir"), format!("{folder}/sotickets{suffix}"));

        let own = tempfile::tempdir().expect("a folder");
        let Some(()) = packed(&target, own.path()) else { return };
        assert!(own.path().join("dist").join(&name).is_file(), "{name}");
        let entries = entries(&own.path().join("dist").join(name));
        assert!(entries.contains(&format!("{} 755", template("bin-dir"))), "{entries:?}");
    }
}

/// Returns each file of an archive with its rights, read by Python's own modules.
fn entries(archive: &Path) -> Vec<String> {
    let script = r"
import sys, tarfile, zipfile
path = sys.argv[1]
if path.endswith('.zip'):
    for entry in zipfile.ZipFile(path).infolist():
        print(entry.filename, format(entry.external_attr >> 16 & 0o777, 'o'))
else:
    for entry in tarfile.open(path):
        assert entry.isfile() and (entry.uid, entry.gid, entry.uname) == (0, 0, '')
        print(entry.name, format(entry.mode, 'o'))
";
    let python = program("python3");
    let output = python.expect("python3 packed it").arg("-c").arg(script).arg(archive).output();
    let output = output.expect("python3");
    succeeded(&output);
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

#[test]
fn archive_has_all_that_belongs_to_the_program() {
    let package = package();
    for target in ["x86_64-unknown-linux-gnu", WINDOWS] {
        let own = tempfile::tempdir().expect("a folder");
        let Some(()) = packed(target, own.path()) else { return };
        let (name, folder) = archive(&package, target);
        let program = if target == WINDOWS { "sotickets.exe" } else { "sotickets" };
        let mut expected = vec![format!("{folder}/{program} 755")];
        let documents = ["CHANGELOG.md", "LICENSE", "README.md", "third-party-licenses.txt"];
        expected.extend(documents.map(|name| format!("{folder}/{name} 644")));
        for (from, to) in [("completions", "completions"), ("docs/man", "man")] {
            let names = names(from);
            expected.extend(names.iter().map(|name| format!("{folder}/{to}/{name} 644")));
        }
        expected.sort();
        let mut found = entries(&own.path().join("dist").join(name));
        found.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn packing_twice_gives_the_same_bytes() {
    let package = package();
    for target in ["aarch64-apple-darwin", WINDOWS] {
        let own = tempfile::tempdir().expect("a folder");
        let read = || {
            packed(target, own.path())?;
            fs::read(own.path().join("dist").join(archive(&package, target).0)).ok()
        };
        let Some(first) = read() else { return };
        // The archive has the time of the source, so another time must change it.
        let program = own.path().join("program");
        let (program, dist) = (program.display().to_string(), own.path().join("dist"));
        let arguments = ["archive", target, &program, dist.to_str().expect("text")];
        succeeded(&release(&arguments, &[("SOURCE_DATE_EPOCH", "1000000000")]).expect("Python"));
        let other = fs::read(dist.join(archive(&package, target).0)).expect("an archive");
        assert!(first != other, "{target}");
        fs::write(own.path().join("program"), "").expect("a file");
        assert!(read().is_some_and(|again| again == first), "{target}");
    }
}

#[test]
fn checksums_are_those_that_sha256sum_reads() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("b.zip"), "two").expect("a file");
    fs::write(folder.path().join("a.tar.gz"), "one").expect("a file");
    let arguments = ["sums", folder.path().to_str().expect("text")];
    for _ in 0..2 {
        let Some(output) = release(&arguments, &[]) else { return };
        succeeded(&output);
    }
    let Some(mut check) = program("sha256sum") else { return };
    let output = check.args(["-c", "SHA256SUMS"]).current_dir(folder.path()).output();
    let output = output.expect("a check");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a.tar.gz: OK\nb.zip: OK\n");
}
