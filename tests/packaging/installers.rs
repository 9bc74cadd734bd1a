//! Files that package managers install from: the formula, the manifest, the Debian package.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::release::{WINDOWS, address, archive, names, package, release, succeeded, text};
use crate::support::generated::file;

/// A digest of no packed file.
const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A folder with checksums of archives for these targets.
fn with_sums(package: &Value, targets: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let line = |target: &&str| format!("{DIGEST}  {}\n", archive(package, target).0);
    let lines: String = targets.iter().map(line).collect();
    fs::write(folder.path().join("SHA256SUMS"), lines).expect("a file");
    folder
}

const INSTALLED: [&str; 5] = [
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-musl",
    WINDOWS,
];

#[test]
fn formula_and_manifest_name_the_archives() {
    let package = package();
    let folder = with_sums(&package, &INSTALLED);
    let arguments = ["templates", folder.path().to_str().expect("text")];
    let Some(output) = release(&arguments, &[]) else { return };
    succeeded(&output);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
    let formula = read("sotickets.rb");
    for target in &INSTALLED[..4] {
        let lines = format!("url \"{}\"\n      sha256 \"{DIGEST}\"\n", address(&package, target));
        assert!(formula.contains(&lines), "{target}\n{formula}");
    }
    assert_eq!(formula.matches("url ").count(), 4, "{formula}");
    // The archives contain the files that the formula installs.
    for script in formula.split('"').filter_map(|text| text.strip_prefix("completions/")) {
        assert!(names("completions").contains(&script.to_owned()), "{script}");
    }

    let manifest: Value = serde_json::from_str(&read("sotickets.json")).expect("JSON");
    let version = text(&package["version"]);
    assert_eq!(manifest["version"], version);
    assert_eq!(manifest["description"], package["description"]);
    let machine = &manifest["architecture"]["64bit"];
    assert_eq!(machine["url"], address(&package, WINDOWS));
    assert_eq!(machine["hash"], DIGEST);
    assert_eq!(machine["extract_dir"], archive(&package, WINDOWS).1);
    let next = &manifest["autoupdate"]["architecture"]["64bit"];
    for key in ["url", "extract_dir"] {
        assert_eq!(text(&next[key]).replace("$version", version), text(&machine[key]));
    }
    for file in ["sotickets.rb", "sotickets.json"] {
        assert!(!read(file).contains('@'), "{file}");
    }
}

#[test]
fn checksum_that_is_missing_leaves_no_half_of_them() {
    let package = package();
    let folder = with_sums(&package, &INSTALLED[..4]);
    let arguments = ["templates", folder.path().to_str().expect("text")];
    let Some(output) = release(&arguments, &[]) else { return };
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(message, format!("SHA256SUMS has no archive for {WINDOWS}\n"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn debian_package_has_every_page_and_script() {
    let files = fs::read_to_string(file("packaging/debian/files")).expect("a file");
    let lines = files.lines().filter(|line| !line.starts_with('#'));
    let sources: Vec<&str> =
        lines.map(|line| line.split_once(' ').expect("source and destination").0).collect();
    assert!(sources.contains(&"docs/man/*.1"), "{sources:?}");
    assert!(names("docs/man").iter().all(|name| name.ends_with(".1")));
    let mut scripts: Vec<&str> =
        sources.iter().filter_map(|source| source.strip_prefix("completions/")).collect();
    let mut all = names("completions");
    scripts.sort_unstable();
    all.sort();
    assert_eq!(scripts, all);
}

#[test]
fn debian_package_has_version_description_and_licence() {
    let package = package();
    let changes = fs::read_to_string(file("packaging/debian/changelog")).expect("a file");
    let newest = format!("sotickets ({}-1) unstable; ", text(&package["version"]));
    assert!(changes.starts_with(&newest), "{changes}");
    let control = fs::read_to_string(file("packaging/debian/control")).expect("a file");
    let field = |name: &str| {
        let value = control.lines().find_map(|line| line.strip_prefix(name));
        value.expect(name).trim_start_matches(": ")
    };
    let maintainer = format!("\n -- {}  ", field("Maintainer"));
    assert!(changes.contains(&maintainer), "{changes}");
    assert_eq!(field("Description"), text(&package["description"]));

    let copyright = fs::read_to_string(file("packaging/debian/copyright")).expect("a file");
    let licence = fs::read_to_string(file("LICENSE")).expect("a file");
    let (_, licence) = licence.split_once("sotickets authors\n\n").expect("a text");
    let indented =
        |line: &str| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") };
    let licence: String = licence.lines().map(indented).collect();
    assert!(copyright.ends_with(&format!("\nLicense: MIT\n{licence}")), "{copyright}");
    // Debian shows the description as one line of up to 80 characters, its name before it.
    assert!(text(&package["description"]).len() <= 80);
}
