//! Completion scripts: those in `completions/` are what the program prints.

mod support;

use std::path::Path;
use std::process::Command;

use support::{Run, generated, skip, sotickets};

const SCRIPTS: [(&str, &str); 5] = [
    ("bash", "sotickets.bash"),
    ("zsh", "_sotickets"),
    ("fish", "sotickets.fish"),
    ("powershell", "_sotickets.ps1"),
    ("elvish", "sotickets.elv"),
];

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/completions"))
}

#[test]
fn the_committed_scripts_are_fresh() {
    for (shell, file) in SCRIPTS {
        let run = Run::of(sotickets().args(["completions", shell]));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        generated::check(&format!("completions/{file}"), &run.stdout);
    }
    let names = SCRIPTS.map(|(_, file)| file.to_owned());
    generated::check_folder("completions", &names);
}

#[test]
fn the_scripts_know_the_options_and_are_read_by_their_shells() {
    for (shell, file) in SCRIPTS {
        let script = std::fs::read_to_string(folder().join(file)).expect(file);
        for word in ["ids-file", "guard-formulas", "completions"] {
            assert!(script.contains(word), "{file} lacks {word}");
        }
        if !["bash", "zsh", "fish"].contains(&shell) {
            continue;
        }
        let Ok(output) = Command::new(shell).arg("-n").arg(folder().join(file)).output() else {
            skip(&format!("there is no {shell}"));
            continue;
        };
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn an_unknown_shell_is_named_with_the_known_ones() {
    let run = Run::of(sotickets().args(["completions", "tcsh"]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("tcsh") && run.stderr.contains("elvish"), "{run}");
}
