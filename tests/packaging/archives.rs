//! What a release is made of: the workflow, what packs an archive, and whoever looks for
//! one by its name agree.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;
use support::generated::file;
use support::{needed, skip};
use tempfile::TempDir;

const WINDOWS: &str = "x86_64-pc-windows-msvc";
/// A digest of nothing that is packed.
const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// What Cargo.toml says of the package.
fn package() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = cargo.current_dir(file("")).output().expect("cargo");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().find(|package| package["name"] == "sotickets").expect("it").clone()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Runs a step of packaging/release.py; `None` where there is no Python.
fn release(arguments: &[&str], variables: &[(&str, &str)]) -> Option<Output> {
    if !needed("python3") {
        return None;
    }
    let mut command = Command::new(file("packaging/release.py"));
    command.args(arguments).env("SOURCE_DATE_EPOCH", "1767225600").env("PATH", path());
    command.env_remove("GITHUB_SERVER_URL").env_remove("GITHUB_REPOSITORY");
    Some(command.envs(variables.iter().copied()).output().expect("python3"))
}

/// The path, beginning with the cargo that runs the tests.
fn path() -> String {
    let cargo = Path::new(env!("CARGO")).parent().expect("a folder");
    format!("{}:{}", cargo.display(), std::env::var("PATH").unwrap_or_default())
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The workflow; `None` in a copy that leaves it out, as a package does.
fn workflow() -> Option<String> {
    let text = fs::read_to_string(file(".github/workflows/release.yml")).ok();
    if text.is_none() {
        skip("the workflows are left out here");
    }
    text
}

/// The targets that the workflow builds, with their runners.
fn targets(workflow: &str) -> Vec<(String, String)> {
    let documents = Yaml::load_from_str(workflow).expect("YAML");
    let matrix = &documents[0]["jobs"]["build"]["strategy"]["matrix"]["include"];
    let matrix = matrix.as_sequence().expect("a matrix");
    let entry = |entry: &Yaml<'_>, key: &str| entry[key].as_str().expect(key).to_owned();
    matrix.iter().map(|each| (entry(each, "target"), entry(each, "runner"))).collect()
}

/// The name of the archive for `target`, and of the folder in it.
fn archive(package: &Value, target: &str) -> (String, String) {
    let folder = format!("sotickets-{}-{target}", text(&package["version"]));
    let suffix = if target == WINDOWS { "zip" } else { "tar.gz" };
    (format!("{folder}.{suffix}"), folder)
}

/// Where the release keeps the archive for `target`.
fn address(package: &Value, target: &str) -> String {
    let (repository, version) = (text(&package["repository"]), text(&package["version"]));
    format!("{repository}/releases/download/v{version}/{}", archive(package, target).0)
}

/// Packs a program of a few bytes for `target`.
fn packed(target: &str, folder: &Path) -> Option<()> {
    let program = folder.join("program");
    fs::write(&program, "#!/bin/sh\n").expect("a file");
    let dist = folder.join("dist");
    let arguments = ["archive", target, program.to_str()?, dist.to_str()?];
    release(&arguments, &[]).map(|output| succeeded(&output))
}

#[test]
fn every_platform_of_the_promise_is_built() {
    let Some(workflow) = workflow() else { return };
    let targets = targets(&workflow);
    let system = |part| match part {
        "linux" => "ubuntu",
        "darwin" => "macos",
        _ => "windows",
    };
    for (target, runner) in &targets {
        let part = target.split('-').nth(2).expect("a system");
        assert!(runner.starts_with(system(part)), "{target} on {runner}");
        let is_arm_linux = target.starts_with("aarch64") && part == "linux";
        assert_eq!(runner.ends_with("-arm"), is_arm_linux, "{target} on {runner}");
    }
    let built: BTreeSet<&str> = targets.iter().map(|(target, _)| target.as_str()).collect();
    let promised = BTreeSet::from([
        "aarch64-apple-darwin",
        "aarch64-unknown-linux-gnu",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        WINDOWS,
        "x86_64-unknown-linux-gnu",
        "x86_64-unknown-linux-musl",
    ]);
    assert_eq!(built, promised);
}

#[test]
fn the_workflow_may_write_only_where_it_publishes() {
    let Some(workflow) = workflow() else { return };
    let documents = Yaml::load_from_str(&workflow).expect("YAML");
    let jobs = documents[0]["jobs"].as_mapping().expect("jobs");
    assert_eq!(documents[0]["permissions"]["contents"].as_str(), Some("read"));
    for (name, job) in jobs {
        let is_publishing = name.as_str() == Some("publish");
        assert_eq!(job.as_mapping_get("permissions").is_some(), is_publishing, "{name:?}");
        let condition = job.as_mapping_get("if").and_then(Yaml::as_str);
        assert_eq!(
            condition,
            is_publishing.then_some("github.event_name == 'push' && github.ref_type == 'tag'"),
            "{name:?}"
        );
    }
    // What its steps run is there, and may be run.
    let words = workflow.split(|c: char| c.is_whitespace() || "\"$()".contains(c));
    let scripts: BTreeSet<&str> = words.filter(|word| word.starts_with("packaging/")).collect();
    assert!(scripts.len() >= 3, "{scripts:?}");
    for script in scripts {
        let mode = fs::metadata(file(script)).expect(script).permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
    }
}

#[test]
fn binstall_finds_every_archive_and_the_program_in_it() {
    let Some(workflow) = workflow() else { return };
    let package = package();
    let binstall = &package["metadata"]["binstall"];
    for (target, _) in targets(&workflow) {
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

/// What an archive holds: each file with its rights, read by Python's own modules.
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
    let output = Command::new("python3").arg("-c").arg(script).arg(archive).output();
    let output = output.expect("python3");
    succeeded(&output);
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

#[test]
fn an_archive_has_all_that_belongs_to_the_program() {
    let package = package();
    for target in ["x86_64-unknown-linux-gnu", WINDOWS] {
        let own = tempfile::tempdir().expect("a folder");
        let Some(()) = packed(target, own.path()) else { return };
        let (name, folder) = archive(&package, target);
        let program = if target == WINDOWS { "sotickets.exe" } else { "sotickets" };
        let mut expected = vec![format!("{folder}/{program} 755")];
        let documents = ["CHANGELOG.md", "LICENSE", "README.md"];
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

/// The names of the files in the folder at `path`.
fn names(path: &str) -> Vec<String> {
    let entries = fs::read_dir(file(path)).expect(path);
    entries.map(|entry| entry.expect(path).file_name().to_string_lossy().into_owned()).collect()
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
        // Another time of the source has to show, for the archive bears it.
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
    // What the formula installs is in the archives.
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
fn a_checksum_that_is_missing_leaves_no_half_of_them() {
    let package = package();
    let folder = with_sums(&package, &INSTALLED[..4]);
    let arguments = ["templates", folder.path().to_str().expect("text")];
    let Some(output) = release(&arguments, &[]) else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, format!("SHA256SUMS has no archive for {WINDOWS}\n"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
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
    let mut check = Command::new("sha256sum");
    let Ok(output) = check.args(["-c", "SHA256SUMS"]).current_dir(folder.path()).output() else {
        return skip("there is no sha256sum");
    };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a.tar.gz: OK\nb.zip: OK\n");
}

#[test]
fn only_the_tag_of_this_version_at_this_address_is_released() {
    let package = package();
    let own = sources();
    let tag = format!("v{}", text(&package["version"]));
    let check = |tag: &str, repository: &str| {
        let mut command = Command::new(own.path().join("packaging/release.py"));
        command.args(["check", tag]).env("PATH", path());
        command.env("GITHUB_SERVER_URL", "https://code.example");
        let output = command.env("GITHUB_REPOSITORY", repository).output().expect("python3");
        String::from_utf8(output.stderr).expect("text")
    };
    if !needed("python3") {
        return;
    }
    let write = |path: &str, text: &str| fs::write(own.path().join(path), text).expect("a file");
    // All that is in the way is told at once.
    assert_eq!(
        check("v9.9.9", "fork"),
        "the tag v9.9.9 is not that of version 0.1.0 in Cargo.toml\n\
         CHANGELOG.md has no section '## [0.1.0] - DATE'\n\
         Cargo.toml calls the repository https://code.example/sotickets, and it is https://code.example/fork\n\
         README.md says that there is no release yet\n\
         README.md names the Debian package of another version than 0.1.0\n\
         packaging/debian/changelog does not begin with 0.1.0-1\n\
         packaging/debian/changelog still has an address at git.example.com\n\
         docs/ci.md still has an address at git.example.com\n"
    );
    write(
        "CHANGELOG.md",
        "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n\n- A.\n\n## [0.0.1] - 2025-01-01\n\n- B.\n",
    );
    write("README.md", "sudo apt install ./sotickets_0.1.0-1_amd64.deb\n");
    write("packaging/debian/changelog", "sotickets (0.1.0-1) unstable; urgency=medium\n");
    write("docs/ci.md", "https://code.example/sotickets.git\n");
    assert_eq!(check(&tag, "sotickets"), "");
    let manifest = fs::read_to_string(own.path().join("Cargo.toml")).expect("a file");
    write("Cargo.toml", &manifest.replace("code.example", "git.example.com"));
    assert!(check(&tag, "sotickets").contains(" is still https://git.example.com/sotickets"));

    let mut command = Command::new(own.path().join("packaging/release.py"));
    let output = command.arg("notes").env("PATH", path()).output().expect("python3");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "- A.\n");
}

/// A copy of what a release is checked by, with a repository and a version of its own.
fn sources() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("packaging")).expect("a folder");
    fs::create_dir_all(folder.path().join("src")).expect("a folder");
    fs::copy(file("packaging/release.py"), folder.path().join("packaging/release.py"))
        .expect("a file");
    let manifest = "[package]\nname = \"sotickets\"\nversion = \"0.1.0\"\n\
                    repository = \"https://code.example/sotickets\"\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a file");
    fs::write(folder.path().join("src/lib.rs"), "").expect("a file");
    fs::write(folder.path().join("CHANGELOG.md"), "## [Unreleased]\n").expect("a file");
    for path in ["README.md", "packaging/debian/changelog", "docs/ci.md"] {
        let to = folder.path().join(path);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        let text = fs::read_to_string(file(path)).expect("a file");
        fs::write(to, text.replace("0.1.0-1", "0.0.9-1")).expect("a file");
    }
    folder
}

#[test]
fn the_debian_package_has_every_page_and_script() {
    let package = package();
    let assets = package["metadata"]["deb"]["assets"].as_array().expect("assets");
    let sources: Vec<&str> = assets.iter().map(|asset| text(&asset[0])).collect();
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
fn the_debian_package_tells_its_version_and_licence() {
    let package = package();
    let changes = fs::read_to_string(file("packaging/debian/changelog")).expect("a file");
    let newest = format!("sotickets ({}-1) unstable; ", text(&package["version"]));
    assert!(changes.starts_with(&newest), "{changes}");
    let maintainer = format!("\n -- {}  ", text(&package["metadata"]["deb"]["maintainer"]));
    assert!(changes.contains(&maintainer), "{changes}");

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
