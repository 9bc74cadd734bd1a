//! The licenses of the libraries that are linked into the program.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use super::release::{succeeded, targets, workflow};
use crate::support::generated::file;
use crate::support::skip;

/// Returns the libraries of the program for `target`, each as name and version; `None` if cargo has
/// not loaded all of them.
fn libraries(target: &str) -> Option<BTreeSet<String>> {
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--offline", "--package", "sotickets", "--edges", "normal"]);
    tree.args(["--target", target, "--prefix", "none", "--format", "{p}"]);
    let output = tree.current_dir(file("")).output().expect("cargo");
    if String::from_utf8_lossy(&output.stderr).contains("--offline was specified") {
        return None;
    }
    succeeded(&output);
    let packages = String::from_utf8(output.stdout).expect("text");
    // The name, the version, and notes in brackets.
    let packages = packages.lines().filter_map(|package| package.split_once(" v"));
    let packages = packages.filter(|(name, _)| *name != "sotickets");
    let library = |(name, rest): (&str, &str)| {
        format!("{name} {}", rest.split(' ').next().expect("a version"))
    };
    Some(packages.map(library).collect())
}

#[test]
fn every_library_of_the_program_is_under_its_license() {
    let licenses = fs::read_to_string(file("packaging/third-party-licenses.txt")).expect("a file");
    let Some(workflow) = workflow("release") else { return };
    let targets = targets(&workflow, "build");
    assert!(targets.len() > 5, "{targets:?}");
    for (target, _) in targets {
        let Some(libraries) = libraries(&target) else {
            let lack = format!("libraries for {target} are not loaded; cargo fetch loads them");
            assert!(std::env::var_os("CI").is_none(), "{lack}");
            skip(&lack);
            continue;
        };
        assert!(libraries.len() > 100, "{target}: {libraries:?}");
        for library in libraries {
            let line = format!("\n  {library}\n");
            assert!(licenses.contains(&line), "packaging/licenses.sh: {target} lacks {library}");
        }
    }
    // Cargo knows none of these.
    for other in ["libdbus, the C library", "musl, the C library", "std\n", "compiler_builtins "] {
        assert!(licenses.contains(&format!("\n  {other}")), "{other}");
    }
}

#[test]
fn licenses_are_collected_for_every_platform_of_a_release() {
    let Some(workflow) = workflow("release") else { return };
    let settings = fs::read_to_string(file("packaging/about.toml")).expect("a file");
    let (_, list) = settings.split_once("targets = [").expect("targets");
    let (list, _) = list.split_once(']').expect("their end");
    let collected: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let targets = targets(&workflow, "build");
    assert_eq!(collected, targets.iter().map(|(target, _)| target.as_str()).collect());
}
