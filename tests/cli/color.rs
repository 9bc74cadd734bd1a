//! Color: for terminals, and elsewhere only on request.
#![cfg(unix)]

use assert_cmd::Command;
use sotickets::output::OutputFormat;

use crate::support::{Run, Server, json_text_formats, plain, pty, sotickets};

/// The formats that mark a status by its color.
const COLORED: [OutputFormat; 2] = [OutputFormat::Table, OutputFormat::Record];

const BODY: &str = r#"[
    {"TicketId":1,"BaseStatus":"Active","ReadStatus":"Green"},
    {"TicketId":2,"BaseStatus":"Closed","ReadStatus":"Yellow"},
    {"TicketId":3,"BaseStatus":"PostponedWeek","ReadStatus":"Red"},
    {"TicketId":4,"BaseStatus":"Spam","ReadStatus":"Unknown"}
]"#;

/// These tickets with their statuses, and further arguments.
fn get(server: &Server, arguments: &[&str]) -> Command {
    let select = ["1..4", "-s", "TicketId,BaseStatus,ReadStatus"];
    server.get(&[&select[..], arguments].concat())
}

/// Returns whether `command` prints color at a terminal.
fn in_terminal(command: &Command) -> Option<bool> {
    pty::run(command, 80).map(|run| run.stdout.contains('\u{1b}'))
}

/// Returns whether it prints color in a pipe.
fn in_pipe(command: &mut Command) -> bool {
    let run = Run::of(command);
    assert_eq!(run.code, 0, "{run}");
    run.stdout.contains('\u{1b}')
}

#[test]
fn each_status_has_its_color_in_a_terminal() {
    let server = Server::json(BODY);
    let Some(run) = pty::run(&get(&server, &[]), 80) else { return };
    let shown = run.stdout.replace('\u{1b}', "^");
    insta::assert_snapshot!(shown, @r"
    ^[1mTicketId^[0m  ^[1mBaseStatus^[0m     ^[1mReadStatus^[0m
    ^[2m───────────────────────────────────^[0m
           1  ^[32mActive^[0m         ^[32mGreen^[0m
           2  ^[2mClosed^[0m         ^[33mYellow^[0m
           3  ^[33mPostponedWeek^[0m  ^[31mRed^[0m
           4  ^[31mSpam^[0m           Unknown
    ");
    let without = pty::run(&get(&server, &["--color", "never"]), 80).expect("a terminal");
    assert_eq!(plain(&run.stdout), without.stdout);
    let run = pty::run(&get(&server, &["-o", "record"]), 80).expect("a terminal");
    let shown = run.stdout.replace('\u{1b}', "^").split("\n\n").nth(2).map(str::to_owned);
    insta::assert_snapshot!(shown.expect("a third ticket"), @r"
    ^[1mTicketId^[0m    3
    ^[1mBaseStatus^[0m  ^[33mPostponedWeek^[0m
    ^[1mReadStatus^[0m  ^[31mRed^[0m
    ");
    let without = Run::of(&mut get(&server, &["-o", "record"]));
    assert_eq!(plain(&run.stdout), without.stdout);
}

#[test]
fn terminal_has_color_by_default() {
    let server = Server::json(BODY);
    if in_terminal(&get(&server, &[])).is_none() {
        return;
    }
    for (name, value, color) in [
        ("NO_COLOR", "1", false),
        ("NO_COLOR", "", true),
        ("TERM", "dumb", false),
        ("TERM", "xterm-256color", true),
        ("CLICOLOR_FORCE", "1", true),
        ("CLICOLOR", "0", false),
        ("CLICOLOR", "1", true),
        ("CLICOLOR", "", true),
    ] {
        assert_eq!(in_terminal(get(&server, &[]).env(name, value)), Some(color), "{name}={value}");
    }
    assert_eq!(in_terminal(&get(&server, &["--color", "never"])), Some(false));
    let mut always = get(&server, &["--color", "always"]);
    always.env("NO_COLOR", "1").env("TERM", "dumb").env("CLICOLOR", "0");
    assert_eq!(in_terminal(&always), Some(true));
    for format in &json_text_formats(|format| !COLORED.contains(&format)) {
        assert_eq!(in_terminal(&get(&server, &["-o", format])), Some(false), "{format}");
    }
}

/// The variable's meaning to a library does not count.
#[test]
fn option_beats_the_variable_in_every_format() {
    let server = Server::json(BODY);
    for format in &json_text_formats(|format| COLORED.contains(&format)) {
        let mut with = get(&server, &["-o", format, "--color", "always"]);
        let mut without = get(&server, &["-o", format, "--color", "always"]);
        let shown = Run::of(with.env("NO_COLOR", "1")).stdout;
        assert_eq!(shown, Run::of(&mut without).stdout);
        assert!(shown.contains("\u{1b}[3"), "{shown}");
    }
}

#[test]
fn color_option_applies_to_usage_and_help() {
    for (arguments, is_painted) in [
        (&["get", "--color", "always", "--bogus"][..], true),
        (&["get", "--bogus", "--color=always"], true),
        (&["get", "-h", "--color", "always"], true),
        (&["get", "-h"], false),
    ] {
        let mut command = sotickets();
        command.args(arguments);
        let run = Run::of(&mut command);
        assert_eq!(run.to_string().contains('\u{1b}'), is_painted, "{arguments:?} {run}");
    }
    // Where everything would have color.
    for (last, is_painted) in [("never", false), ("auto", true)] {
        let mut command = sotickets();
        command.args(["get", "--bogus", "--color", last]).env("CLICOLOR_FORCE", "1");
        let run = Run::of(&mut command);
        assert_eq!(run.stderr.contains('\u{1b}'), is_painted, "{last} {run}");
    }
}

#[test]
fn pipe_has_color_only_on_request() {
    let server = Server::json(BODY);
    assert!(!in_pipe(&mut get(&server, &[])));
    assert!(!in_pipe(get(&server, &[]).env("CLICOLOR_FORCE", "0")));
    assert!(in_pipe(get(&server, &[]).env("CLICOLOR_FORCE", "1")));
    assert!(!in_pipe(get(&server, &[]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
    assert!(!in_pipe(get(&server, &[]).env("CLICOLOR", "1")));
    assert!(in_pipe(get(&server, &[]).env("CLICOLOR_FORCE", "1").env("CLICOLOR", "0")));
    assert!(in_pipe(&mut get(&server, &["--color", "always"])));
    let (colored, without) =
        (Run::of(&mut get(&server, &["--color=always"])), Run::of(&mut get(&server, &[])));
    assert_eq!(plain(&colored.stdout), without.stdout);
}
