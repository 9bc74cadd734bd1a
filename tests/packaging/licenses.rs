//! The licenses of the libraries that are linked into the program.

use std::fs;
use std::process::Command;

use super::release::succeeded;
use crate::support::generated::file;

#[test]
fn every_library_of_the_program_is_under_its_license() {
    let licenses = fs::read_to_string(file("packaging/third-party-licenses.txt")).expect("a file");
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--offline", "--package", "sotickets", "--edges", "normal"]);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let output = tree.current_dir(file("")).output().expect("cargo");
    succeeded(&output);
    let mut libraries = 0;
    for package in String::from_utf8(output.stdout).expect("text").lines() {
        // The name, the version, and notes in brackets.
        let Some((name, version)) = package.split_once(" v") else { continue };
        let version = version.split(' ').next().expect("a version");
        if name != "sotickets" {
            let line = format!("\n  {name} {version}\n");
            assert!(licenses.contains(&line), "packaging/licenses.sh: it lacks {name} {version}");
            libraries += 1;
        }
    }
    assert!(libraries > 100, "{libraries}");
    assert!(licenses.contains("Academic Free License"), "libdbus is a part of libdbus-sys");
}
