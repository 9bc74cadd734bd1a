//! Completion: the scripts in `completions/`, and the candidates that they ask for.

use std::path::Path;

use crate::support::programs::program;
use crate::support::{self, Run, sotickets};

const SCRIPTS: [(&str, &str); 6] = [
    ("bash", "sotickets.bash"),
    ("zsh", "_sotickets"),
    ("fish", "sotickets.fish"),
    ("powershell", "_sotickets.ps1"),
    ("elvish", "sotickets.elv"),
    ("nushell", "sotickets.nu"),
];

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/completions"))
}

#[test]
fn program_prints_the_committed_scripts() {
    for (shell, file) in SCRIPTS {
        let run = Run::of(sotickets().args(["completions", shell]));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        let committed = std::fs::read_to_string(folder().join(file)).expect(file);
        assert!(run.stdout == committed, "completions {shell} is not completions/{file}");
    }
    let files = std::fs::read_dir(folder()).expect("completions/").count();
    assert_eq!(files, SCRIPTS.len(), "a script that no test knows");
}

#[test]
fn scripts_are_read_by_their_shells() {
    for (shell, file) in SCRIPTS {
        if !["bash", "zsh", "fish"].contains(&shell) {
            continue;
        }
        let Some(mut shell) = program(shell) else { continue };
        let output = shell.arg("-n").arg(folder().join(file)).output().expect("a shell");
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The candidates for the last of `words`: kind and text.
fn candidates(words: &[&str]) -> Vec<String> {
    let run =
        Run::of(sotickets().env("SOTICKETS_TAB", "x").arg("__complete").arg("--").args(words));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{words:?}: {run}");
    let text = |line: &str| line.split('\t').take(2).collect::<Vec<_>>().join(" ");
    run.stdout.lines().map(text).collect()
}

#[test]
fn list_candidates_leave_out_listed_values() {
    let owners = ["item Title,OwnedBy", "item Title,OwnedByName", "item Title,OwnedByAssociateId"];
    assert_eq!(candidates(&["get", "--select", "Title,OWN"]), owners);
    let without = ["item ownedby,OwnedByName", "item ownedby,OwnedByAssociateId"];
    assert_eq!(candidates(&["get", "--select", "ownedby,own"]), without);
    // Fields of another --select are left out, too, however it is written.
    for other in [&["-s", "Title"][..], &["-sTitle"], &["--select", "a,title"], &["--select=TITLE"]]
    {
        let line = [&["get"], other, &["1", "-s", "Titl"]].concat();
        assert_eq!(candidates(&line), [""; 0], "{other:?}");
    }
    assert_eq!(
        candidates(&["get", "-s", "tableright/"]),
        ["item TableRight/Mask", "item TableRight/Reason"]
    );
    assert_eq!(candidates(&["get", "--select=Titl"]), ["item --select=Title"]);
}

#[test]
fn zones_are_offered_by_area_and_with_codes() {
    let first = candidates(&["get", "--timezone", ""]);
    for zone in ["word local", "word NO", "word US-NY", "part Europe/", "part Asia/"] {
        assert!(first.iter().any(|candidate| candidate == zone), "{zone}: {first:?}");
    }
    assert_eq!(candidates(&["doctor", "--timezone", "EUROPE/OS"]), ["word Europe/Oslo"]);
}

#[test]
fn secret_sources_are_offered_and_values_never() {
    let sources = candidates(&["get", "--password", ""]);
    assert_eq!(
        sources,
        [
            "part env:",
            "part file:",
            "part command:",
            "part command-line:",
            "word stdin",
            "word prompt",
            "word keyring",
            "word stored"
        ]
    );
    assert_eq!(candidates(&["get", "--token", "env:SOTI"]), ["word env:SOTICKETS_TAB"]);
    assert_eq!(candidates(&["get", "--token=file:a"]), ["path --token=file:"]);
    assert_eq!(candidates(&["get", "-H", "X-Key: @e"]), ["part X-Key: @env:"]);
    assert_eq!(candidates(&["auth", "login", "--client-secret", "p"]), ["word prompt"]);
    assert_eq!(candidates(&["man", "f"]), ["word fields"]);
}

#[test]
fn every_option_for_a_known_thing_has_candidates() {
    fn check(command: &clap::Command, path: &[&str], checked: &mut usize) {
        for option in command.get_arguments().filter(|option| !option.is_positional()) {
            let names = option.get_value_names().unwrap_or_default();
            let known = ["SRC", "PATH", "FILE", "LIST", "FORMAT", "STYLE", "WHEN", "ZONE", "PLACE"];
            let Some(long) = option
                .get_long()
                .filter(|_| names.iter().any(|name| known.contains(&name.as_str())))
            else {
                continue;
            };
            let option = format!("--{long}");
            let line = [path, &[option.as_str(), ""]].concat();
            assert!(!candidates(&line).is_empty(), "{line:?}");
            *checked += 1;
        }
        for below in support::visible(command) {
            check(below, &[path, &[below.get_name()]].concat(), checked);
        }
    }
    let mut checked = 0;
    check(&<sotickets::cli::Cli as clap::CommandFactory>::command(), &[], &mut checked);
    assert!(checked > 30, "{checked}");
}

#[test]
fn profiles_are_offered_from_an_invalid_file() {
    let profiles = |text: &[u8], line: &[&str]| {
        let folder = support::configuration(text);
        let mut command = sotickets();
        command.env("XDG_CONFIG_HOME", folder.path()).args(["__complete", "--"]).args(line);
        let run = Run::of(&mut command);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        let name = |line: &str| line.split('\t').nth(1).map(str::to_owned);
        run.stdout.lines().filter_map(name).collect::<Vec<_>>()
    };
    let line = ["get", "--profile", ""];
    assert_eq!(profiles(b"[profiles.work]\n[profiles.\"my own\"]\n", &line), ["work", "my own"]);
    assert_eq!(profiles(b"[profiles.a]\nno_such_key = 1\npassword = 'x'\n", &line), ["a"]);
    assert_eq!(profiles(b"[profiles.a]\nurl = [\n[profiles.b]\nurl=", &line), ["a", "b"]);
    assert_eq!(profiles(b"\xff\xfe[[[", &line), [""; 0]);
    assert_eq!(profiles(b"", &line), [""; 0]);
    // A text that could forge a candidate or drive the terminal is left out.
    assert_eq!(profiles(b"[profiles.\"a\\tb\"]\n[profiles.\"\\u001b[2J\"]\n", &line), [""; 0]);

    let other = tempfile::tempdir().expect("a folder");
    let file = other.path().join("other.toml");
    std::fs::write(&file, "[profiles.elsewhere]\n").expect("a file");
    let config = format!("--config={}", file.display());
    let line = ["get", config.as_str(), "--profile", "else"];
    assert_eq!(profiles(b"[profiles.work]\n", &line), ["elsewhere"]);
    let line = ["auth", "switch", config.as_str(), "else"];
    assert_eq!(profiles(b"[profiles.work]\n", &line), ["elsewhere"]);
    assert_eq!(profiles(b"[profiles.work]\n", &["auth", "switch", "w"]), ["work"]);
    let missing = ["get", "--config", "/nonexistent", "--profile", ""];
    assert_eq!(profiles(b"[profiles.work]\n", &missing), [""; 0]);
}

#[test]
fn another_program_name_can_be_completed() {
    let run = Run::of(sotickets().args(["__complete", "--next", "--", "get", "--dates"]));
    assert!(run.stdout.starts_with("word\tas-sent\tas-sent\tAs the server sent them\n"), "{run}");
    let run = Run::of(sotickets().arg("__complete"));
    assert!(run.stdout.starts_with("word\tget\tget\t"), "{run}");
    // It is for scripts, so no help lists it.
    assert!(!run.stdout.contains("__complete"), "{run}");
    assert!(!Run::of(sotickets().arg("--help")).stdout.contains("__complete"));
}

#[test]
fn help_is_completed_with_commands_and_topics() {
    let candidates = |line: &[&str]| {
        let run = Run::of(sotickets().args(["__complete", "--"]).args(line));
        let names = run.stdout.lines().filter_map(|line| line.split('\t').nth(1));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let all = candidates(&["help", ""]);
    let commands = support::paths().into_iter().filter(|path| !path.is_empty());
    for name in commands.filter(|path| !path.contains(' ')).chain(
        sotickets::commands::help::content::topics().iter().map(|topic| topic.name.to_owned()),
    ) {
        assert!(all.contains(&name), "{name}: {all:?}");
    }
    assert_eq!(candidates(&["help", "env"]), ["environment"]);
    assert_eq!(candidates(&["help", "auth", "log"]), ["login", "logout"]);
    assert_eq!(candidates(&["man", "auth", "s"]), ["status", "switch"]);
    assert_eq!(candidates(&["man", "env"]), [""; 0]);
}

#[test]
fn unknown_shell_is_named_with_the_known_ones() {
    let run = Run::of(sotickets().args(["completions", "tcsh"]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("tcsh") && run.stderr.contains("elvish"), "{run}");
}
