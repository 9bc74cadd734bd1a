//! The tests pass on a machine with only a Rust toolchain and a C compiler: a test of another
//! program is skipped if that is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Run, generated};

/// Programs that a test may start directly: this program, cargo, and the tests.
const OWN: [&str; 6] = [
    "env!(\"CARGO_BIN_EXE_sotickets\")",
    "cargo_bin!(\"sotickets\")",
    "env!(\"CARGO\")",
    "std::env::current_exe()",
    "command.get_program()",
    "command().get_program()",
];

/// The only file that starts other programs.
const PROGRAMS: &str = "programs.rs";

/// Returns the files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Returns the lines of `source` that start a program in a way of their own.
fn starts(source: &str) -> Vec<&str> {
    let is_start = |line: &&str| {
        line.contains("process::Command as ")
            || line
                .split("Command::new(")
                .skip(1)
                .any(|rest| !OWN.iter().any(|own| rest.starts_with(own)))
    };
    source.lines().filter(is_start).collect()
}

#[test]
fn other_program_is_started_through_support_alone() {
    let sources = files(&generated::file("tests")).into_iter();
    let sources = sources.filter(|path| path.extension().is_some_and(|it| it == "rs"));
    let own = [PROGRAMS, "fresh_machine.rs"];
    let mut faults = Vec::new();
    for path in sources.filter(|path| !own.iter().any(|name| path.ends_with(name))) {
        let source = fs::read_to_string(&path).expect("a source");
        faults.extend(starts(&source).iter().map(|line| format!("{}: {line}", path.display())));
    }
    assert!(faults.is_empty(), "use tests/support/{PROGRAMS}:\n{}", faults.join("\n"));
}

#[test]
fn direct_start_of_a_program_is_found() {
    assert_eq!(starts("Command::new(\"curl\")"), ["Command::new(\"curl\")"]);
    assert_eq!(starts("use std::process::Command as Program;").len(), 1);
    assert_eq!(starts("Command::new(env!(\"CARGO\")); other::Command::new(name)").len(), 1);
    assert_eq!(starts("Command::new(env!(\"CARGO_BIN_EXE_sotickets\"))"), [""; 0]);
}

/// Runs a test that starts git on a machine without it.
fn without_git(ci: &[(&str, &str)]) -> Run {
    let empty = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args(["--exact", "cli::version::commit_is_the_one_that_git_prints"]);
    command.env_clear().env("PATH", empty.path()).envs(ci.iter().copied());
    Run::from(command.output().expect("the tests run"))
}

#[test]
fn test_whose_program_is_missing_passes_with_one_line_and_fails_in_ci() {
    let run = without_git(&[]);
    let line = "skipped: git is not installed; .ci/run installs it\n";
    assert_eq!((run.code, run.stderr.as_str()), (0, line), "{run}");
    assert!(run.stdout.contains("test result: ok. 1 passed"), "{run}");
    let run = without_git(&[("CI", "true")]);
    assert_eq!(run.code, 101, "{run}");
    assert!(run.stdout.contains("git is not installed; .ci/run installs it\n"), "{run}");
}
