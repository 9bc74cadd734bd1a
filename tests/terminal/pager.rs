//! The pager for output higher than the terminal: which one, when, and how it ends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use assert_cmd::Command;

use crate::support::{Run, plain, programs, pty, sotickets};

/// The arguments and the variables of a call.
type Call<'c> = (&'c [&'c str], &'c [(&'c str, &'c str)]);
/// Marks the lines of a pager.
const MARK: &str = "sed 's/^/P:/'";
/// The rows of a terminal of the tests.
const ROWS: usize = 50;

/// Prints so many tickets at a terminal where all is as usual, but for these `variables`.
fn get(tickets: usize, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = sotickets();
    let range = format!("1..{tickets}");
    command.args(["get", &range, "--demo", "-s", "TicketId,Title"]).args(arguments);
    command.env("TERM", "xterm").env("PATH", programs::path()).envs(variables.iter().copied());
    command
}

/// Returns whether a pager that marks its lines has shown the output of `command`.
fn is_paged(command: &Command) -> Option<bool> {
    let run = pty::run(command, 80)?;
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("TicketId"), "{run}");
    let marked = run.stdout.lines().filter(|line| line.starts_with("P:")).count();
    assert!(marked == 0 || marked == run.stdout.lines().count(), "{run}");
    Some(marked > 0)
}

#[test]
fn only_output_higher_than_the_terminal_is_paged() {
    if !programs::needed("sed") {
        return;
    }
    let pager = [("PAGER", MARK)];
    // The headings take two rows, and the prompt of the shell one.
    for (tickets, expected) in [(ROWS - 3, false), (ROWS - 2, true)] {
        let Some(is_paged) = is_paged(&get(tickets, &[], &pager)) else { return };
        assert_eq!(is_paged, expected, "{tickets}");
    }
    // A line that is cut nowhere takes two rows.
    let long = ["--no-trunc", "-s", "TicketId,Title,PersonFullname,CategoryName,OwnedByName"];
    assert_eq!(is_paged(&get(ROWS - 10, &long, &pager)), Some(true));
}

#[test]
fn only_formats_to_read_at_a_terminal_are_paged() {
    if !programs::needed("sed") {
        return;
    }
    let pager = [("PAGER", MARK)];
    for (format, expected) in [("record", true), ("markdown", false), ("csv", false)] {
        let command = get(ROWS, &["-o", format], &pager);
        let Some(is_paged) = is_paged(&command) else { return };
        assert_eq!(is_paged, expected, "{format}");
    }
    let mut fields = sotickets();
    fields.arg("fields").envs([("TERM", "xterm"), ("PAGER", MARK)]);
    let run = pty::run(&fields, 80).expect("a terminal");
    assert!(run.code == 0 && run.stdout.starts_with("P:"), "{run}");
    let run = pty::run(fields.args(["-o", "csv"]), 80).expect("a terminal");
    assert!(run.code == 0 && run.stdout.starts_with("name,"), "{run}");
}

#[test]
fn pager_is_off_on_request_in_a_dumb_terminal_and_in_a_pipe() {
    if !programs::needed("sed") {
        return;
    }
    let (none, own) = (&[][..], ("SOTICKETS_PAGER", MARK));
    let calls: [Call<'_>; 6] = [
        (&["--no-pager"], &[("PAGER", MARK)]),
        (none, &[("SOTICKETS_PAGER", ""), ("PAGER", MARK)]),
        (none, &[("SOTICKETS_PAGER", "cat"), ("PAGER", MARK)]),
        (none, &[("PAGER", "")]),
        (none, &[("PAGER", MARK), ("TERM", "dumb")]),
        (&["-o", "csv"], &[own]),
    ];
    for (arguments, variables) in calls {
        let Some(is_paged) = is_paged(&get(ROWS, arguments, variables)) else { return };
        assert!(!is_paged, "{arguments:?} {variables:?}");
    }
    let run = Run::of(&mut get(ROWS, &[], &[own]));
    assert!(run.code == 0 && run.stdout.starts_with("TicketId"), "{run}");
}

#[test]
fn pager_may_have_arguments_blanks_in_its_path_and_a_pipe() {
    if !programs::needed("sed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("my pager");
    fs::write(&script, format!("#!/bin/sh\n{MARK}\n")).expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a file");
    let script = script.to_str().expect("UTF-8");
    let quoted = format!("'{script}' --option");
    let pipe = format!("cat | {MARK}");
    for pager in [MARK, script, &quoted, &pipe] {
        let overriding = [("SOTICKETS_PAGER", pager), ("PAGER", "false")];
        for variables in [&[("PAGER", pager)][..], &overriding] {
            let Some(is_paged) = is_paged(&get(ROWS, &[], variables)) else { return };
            assert!(is_paged, "{pager}");
        }
    }
}

#[test]
fn pager_that_does_not_start_is_reported_after_the_output() {
    for (pager, reason) in [
        ("no-such-pager -x", "No such file or directory (os error 2)"),
        ("no-such-pager | no-such-pager", "there is no such program"),
    ] {
        let command = get(ROWS, &["--color", "never"], &[("PAGER", pager)]);
        let Some(run) = pty::run(&command, 80) else { return };
        assert_eq!((run.code, run.stdout.lines().count()), (0, ROWS + 2), "{run}");
        let warning = format!(
            "warning: PAGER: the pager '{pager}' was not started: {reason}\n\
             hint: PAGER=cat, or --no-pager, prints everything at once\n"
        );
        assert!(run.stderr.ends_with(&warning), "{run}");
    }
}

#[test]
fn command_line_that_ends_with_the_status_of_a_missing_program_prints_nothing_again() {
    if !programs::needed("sed") {
        return;
    }
    for pager in ["sed 3q; exit 127", "sed 3q && exit 126", "sed 3q\nexit 127"] {
        let Some(run) = pty::run(&get(ROWS, &[], &[("PAGER", pager)]), 80) else { return };
        assert_eq!((run.code, run.stdout.lines().count()), (0, 3), "{pager}: {run}");
        assert_eq!(run.stderr, "", "{pager}");
    }
}

#[test]
fn file_that_is_named_like_the_command_line_is_no_pager() {
    if !programs::needed("sed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pager = "sed -n p";
    fs::write(folder.path().join(pager), "").expect("a file");
    let command = get(ROWS, &[], &[]);
    let mut shell = Command::from_std(programs::sh());
    let path = folder.path().to_str().expect("UTF-8");
    shell.args(["-c", "cd \"$0\" && exec \"$@\"", path]).arg(command.get_program());
    shell.args(command.get_args()).env("TERM", "xterm").env("PAGER", pager);
    let Some(run) = pty::run(shell.env("PATH", programs::path()), 80) else { return };
    assert_eq!((run.code, run.stdout.lines().count()), (0, ROWS + 2), "{run}");
    assert_eq!(run.stderr, "");
}

#[test]
fn machine_without_less_prints_directly() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    let mut command = get(ROWS, &["5000", "--color", "never"], &[("PATH", path)]);
    // No pager is named.
    let mut shell = Command::from_std(programs::sh());
    shell.args(["-c", "unset SOTICKETS_PAGER; exec \"$@\"", "sh"]).arg(command.get_program());
    shell.args(command.get_args()).env_clear().env("TERM", "xterm").env("PATH", path);
    let Some(run) = pty::run(&shell, 80) else { return };
    assert_eq!((run.code, run.stdout.lines().count()), (3, ROWS + 2), "{run}");
    assert!(run.stderr.starts_with("warning: 1 of 51 tickets did not come back: 5000\n"), "{run}");
    let piped = Run::of(&mut command);
    assert_eq!(piped.code, 3, "{piped}");
}

#[test]
fn pager_that_ends_early_is_no_error_and_missing_tickets_still_are() {
    if !programs::needed("sed") {
        return;
    }
    for pager in ["true", "sed 1q", "false", "exit 1;"] {
        let command = get(400, &["-o", "record"], &[("PAGER", pager)]);
        let Some(run) = pty::run(&command, 80) else { return };
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{pager}: {run}");
        let run = pty::run(&get(60, &["5000"], &[("PAGER", pager)]), 80).expect("a terminal");
        assert_eq!(run.code, 3, "{pager}: {run}");
        assert!(run.stderr.contains("did not come back: 5000"), "{pager}: {run}");
    }
}

#[test]
fn pager_gets_no_secret() {
    let secrets = [("SOTICKETS_TOKEN", "canary"), ("SOTICKETS_APP_TOKEN", "canary")];
    let show = "env; sed d";
    let command = get(ROWS, &[], &[&secrets[..], &[("PAGER", show), ("HOME", "/tmp")]].concat());
    let Some(run) = pty::run(&command, 80) else { return };
    assert!(run.code == 0 && run.stdout.contains("HOME=/tmp"), "{run}");
    assert!(run.stdout.contains("LESS=FRX"), "{run}");
    assert!(!run.stdout.contains("canary") && !run.stdout.contains("SOTICKETS_"), "{run}");
}

#[test]
fn links_reach_only_a_less_that_passes_them_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let less = folder.path().join("less");
    let links = ["--links", "always", "--ticket-url", "https://crm.example.com/{id}"];
    let has_links = |version: &str, pager: &str| {
        let script = format!("#!/bin/sh\n[ \"$1\" = --version ] && echo 'less {version}' || cat\n");
        fs::write(&less, script).expect("a file");
        fs::set_permissions(&less, fs::Permissions::from_mode(0o755)).expect("a file");
        let path = programs::path_after(folder.path());
        let mut command = get(ROWS, &links, &[("PAGER", pager)]);
        let run = pty::run(command.env("PATH", path), 80)?;
        assert_eq!(run.code, 0, "{run}");
        Some(run.stdout.contains("\u{1b}]8;;https://crm.example.com/50\u{1b}\\"))
    };
    let Some(of_old) = has_links("551", "less") else { return };
    assert!(!of_old);
    assert_eq!(has_links("566", "less"), Some(true));
    assert_eq!(has_links("643.2 (PCRE2)", "less -S"), Some(true));
    assert_eq!(has_links("643", "less | cat"), Some(false));
    assert_eq!(has_links("643", "cat -"), Some(false));
}

#[test]
fn less_is_asked_for_its_version_without_secrets_and_only_for_links() {
    let folder = tempfile::tempdir().expect("a folder");
    let (less, log) = (folder.path().join("less"), folder.path().join("log"));
    let show = log.to_str().expect("UTF-8");
    let script = format!("#!/bin/sh\n[ \"$1\" = --version ] && env >> '{show}'\ncat\n");
    fs::write(&less, script).expect("a file");
    fs::set_permissions(&less, fs::Permissions::from_mode(0o755)).expect("a file");
    let path = programs::path_after(folder.path());
    let path = path.to_str().expect("UTF-8");
    let variables =
        [("SOTICKETS_TOKEN", "canary"), ("PAGER", "less"), ("PATH", path), ("HOME", "/tmp")];
    let links = ["--ticket-url", "https://crm.example.com/{id}", "--links"];
    for (when, is_asked) in [("never", false), ("always", true)] {
        let command = get(ROWS, &[&links[..], &[when]].concat(), &variables);
        let Some(run) = pty::run(&command, 80) else { return };
        assert_eq!(run.code, 0, "{run}");
        let seen = fs::read_to_string(&log).unwrap_or_default();
        assert_eq!(seen.contains("HOME=/tmp"), is_asked, "{seen}");
        assert!(!seen.contains("canary") && !seen.contains("SOTICKETS_"), "{seen}");
    }
}

#[test]
fn hostile_text_is_visible_in_the_pager() {
    let command = get(700, &["--color", "never"], &[("PAGER", "cat -")]);
    let Some(run) = pty::run(&command, 80) else { return };
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains(r"Prize \x1b[2J"), "{run}");
    assert_eq!(plain(&run.stdout), run.stdout);
}
