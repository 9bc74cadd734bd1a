//! The targets and the permissions of the workflow.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use saphyr::{LoadableYamlNode as _, Yaml};

use super::release::{WINDOWS, targets, workflow};
use crate::support::generated::file;

#[test]
fn every_platform_of_the_promise_is_built() {
    let Some(workflow) = workflow("release") else { return };
    let targets = targets(&workflow, "build");
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
fn every_platform_of_a_release_is_tested() {
    let (Some(release), Some(checks)) = (workflow("release"), workflow("checks")) else { return };
    let names = |targets: Vec<(String, String)>| -> BTreeSet<String> {
        targets.into_iter().map(|(target, _)| target).collect()
    };
    let mut tested = names(targets(&checks, "platforms"));
    // By .ci/run, which installs the programs that tests are about.
    assert!(
        tested.insert("x86_64-unknown-linux-gnu".to_owned())
            && checks.contains("run: bash .ci/run\n")
    );
    assert_eq!(tested, names(targets(&release, "build")));
    // The other platforms lack most of them. With CI set, their tests would fail.
    assert!(checks.contains("\n          env -u CI cargo test --locked\n"));
}

#[test]
fn workflow_may_write_only_where_it_publishes() {
    let Some(workflow) = workflow("release") else { return };
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
    // The files that its steps run exist and are executable.
    let words = workflow.split(|c: char| c.is_whitespace() || "\"$()".contains(c));
    let scripts: BTreeSet<&str> = words.filter(|word| word.starts_with("packaging/")).collect();
    assert!(scripts.len() >= 3, "{scripts:?}");
    for script in scripts {
        let mode = fs::metadata(file(script)).expect(script).permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
    }
}
