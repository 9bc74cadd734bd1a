//! The parts of a release, and packaging/release.py, which makes it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;

use crate::support::generated::file;
use crate::support::programs::script;
use crate::support::skip;

pub(crate) const WINDOWS: &str = "x86_64-pc-windows-msvc";

/// Returns a value of the package in Cargo.toml.
pub(crate) fn package() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = cargo.current_dir(file("")).output().expect("cargo");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().find(|package| package["name"] == "sotickets").expect("it").clone()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Runs a step of packaging/release.py; `None` where there is no Python.
pub(crate) fn release(arguments: &[&str], variables: &[(&str, &str)]) -> Option<Output> {
    let mut command = script("python3", file("packaging/release.py"))?;
    command.args(arguments).env("SOURCE_DATE_EPOCH", "1767225600").env("PATH", path());
    command.env_remove("GITHUB_SERVER_URL").env_remove("GITHUB_REPOSITORY");
    Some(command.envs(variables.iter().copied()).output().expect("python3"))
}

/// The path, beginning with the cargo that runs the tests.
pub(crate) fn path() -> String {
    let cargo = Path::new(env!("CARGO")).parent().expect("a folder");
    format!("{}:{}", cargo.display(), std::env::var("PATH").unwrap_or_default())
}

pub(crate) fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The workflow `name`; `None` in a copy that leaves it out, as a package does.
pub(crate) fn workflow(name: &str) -> Option<String> {
    let text = fs::read_to_string(file(&format!(".github/workflows/{name}.yml"))).ok();
    if text.is_none() {
        skip("the workflows are left out here");
    }
    text
}

/// The targets of a job of the workflow, with their runners.
pub(crate) fn targets(workflow: &str, job: &str) -> Vec<(String, String)> {
    let documents = Yaml::load_from_str(workflow).expect("YAML");
    let matrix = &documents[0]["jobs"][job]["strategy"]["matrix"]["include"];
    let matrix = matrix.as_sequence().expect("a matrix");
    let entry = |entry: &Yaml<'_>, key: &str| entry[key].as_str().expect(key).to_owned();
    matrix.iter().map(|each| (entry(each, "target"), entry(each, "runner"))).collect()
}

/// The name of the archive for `target`, and of the folder in it.
pub(crate) fn archive(package: &Value, target: &str) -> (String, String) {
    let folder = format!("sotickets-{}-{target}", text(&package["version"]));
    let suffix = if target == WINDOWS { "zip" } else { "tar.gz" };
    (format!("{folder}.{suffix}"), folder)
}

/// Returns the path of the archive for `target`.
pub(crate) fn address(package: &Value, target: &str) -> String {
    let (repository, version) = (text(&package["repository"]), text(&package["version"]));
    format!("{repository}/releases/download/v{version}/{}", archive(package, target).0)
}

/// Packs a program of a few bytes for `target`.
pub(crate) fn packed(target: &str, folder: &Path) -> Option<()> {
    let program = folder.join("program");
    fs::write(&program, "#!/bin/sh\n").expect("a file");
    let dist = folder.join("dist");
    let arguments = ["archive", target, program.to_str()?, dist.to_str()?];
    release(&arguments, &[]).map(|output| succeeded(&output))
}

/// The names of the files in the folder at `path`.
pub(crate) fn names(path: &str) -> Vec<String> {
    let entries = fs::read_dir(file(path)).expect(path);
    entries.map(|entry| entry.expect(path).file_name().to_string_lossy().into_owned()).collect()
}
