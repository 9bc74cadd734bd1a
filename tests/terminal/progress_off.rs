//! The places that get no progress: pipes, files, jobs without a person, and whoever wants none.

use std::time::Duration;

use assert_cmd::Command;

use crate::support::{Run, Server, configuration, pty, sotickets, tcp_server};

/// The arguments and the variables of a call.
type Call<'c> = (&'c [&'c str], &'c [(&'c str, &'c str)]);

/// Starts a server that answers after a time that is long enough for a line.
fn slow_server() -> String {
    tcp_server::start(|stream| {
        std::thread::sleep(Duration::from_millis(900));
        let answer = tcp_server::ok_with_length("", br#"[{"TicketId":839}]"#);
        let _ = std::io::Write::write_all(stream, &answer);
    })
}

/// A call that takes long enough for a line.
fn slow_call(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let url = slow_server();
    let mut command = sotickets();
    command.args(["get", "839", "-s", "TicketId", "-o", "csv", "--url", &url]).args(arguments);
    // An empty variable is like none.
    command.envs([("SOTICKETS_TOKEN", "8A:test"), ("TERM", "xterm"), ("SOTICKETS_PROGRESS", "")]);
    command.envs(variables.iter().copied());
    command
}

/// Runs each call with both streams at a terminal, all at once, and returns what that gets.
fn outputs(calls: &[Call<'_>]) -> Vec<Option<String>> {
    std::thread::scope(|scope| {
        let calls = calls.iter().map(|(arguments, variables)| {
            scope.spawn(|| Some(pty::both(&slow_call(arguments, variables), 80)?.0))
        });
        let calls: Vec<_> = calls.collect();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    })
}

#[test]
fn line_is_off_for_whoever_wants_none() {
    let calls: [Call<'_>; 6] = [
        (&["--no-progress"], &[]),
        (&[], &[("SOTICKETS_PROGRESS", "never")]),
        (&[], &[("CI", "true")]),
        (&[], &[("CI", "1")]),
        (&[], &[("TERM", "dumb")]),
        (&["-v"], &[]),
    ];
    for (output, call) in outputs(&calls).into_iter().zip(calls) {
        let Some(output) = output else { return };
        let is_there = output.contains('\u{1b}') || output.contains("waiting for");
        assert!(!is_there && output.contains("839"), "{call:?}: {output:?}");
    }
}

#[test]
fn line_is_on_with_other_values() {
    let calls: [Call<'_>; 4] = [
        (&[], &[]),
        (&[], &[("SOTICKETS_PROGRESS", "auto")]),
        (&[], &[("CI", "false")]),
        (&[], &[("CI", "")]),
    ];
    for (output, call) in outputs(&calls).into_iter().zip(calls) {
        let Some(output) = output else { return };
        assert!(output.contains("waiting for 127.0.0.1"), "{call:?}: {output:?}");
        assert_eq!(pty::screen(&output), "TicketId\n839\n", "{call:?}: {output:?}");
    }
}

#[test]
fn option_switches_the_line_of_a_check_off() {
    for (arguments, is_there) in [(&["--no-progress"][..], false), (&[], true)] {
        let text = format!("[profiles.a]\nurl = \"{}\"\ntoken = \"env:T\"\n", slow_server());
        let folder = configuration(text);
        let mut command = sotickets();
        command.args(["auth", "status", "--check"]).args(arguments);
        command.env("XDG_CONFIG_HOME", folder.path()).env("XDG_STATE_HOME", folder.path());
        command.envs([("T", "8A:test"), ("TERM", "xterm"), ("SOTICKETS_PROGRESS", "")]);
        let Some((output, code)) = pty::both(&command, 80) else { return };
        assert_eq!(output.contains("waiting for 127.0.0.1"), is_there, "{code:?}: {output:?}");
        assert!(output.contains("the server accepts it"), "{output:?}");
    }
}

#[test]
fn pipe_gets_no_line_whatever_standard_output_is() {
    let call = slow_call(&[], &[]);
    let Some(run) = pty::run(&call, 80) else { return };
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("TicketId\n839\n", ""));
    let run = Run::of(&mut slow_call(&[], &[]));
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("TicketId\n839\n", ""));
}

#[test]
fn unknown_value_of_the_variable_is_refused() {
    let server = Server::awkward();
    let run = Run::of(server.get(&["839"]).env("SOTICKETS_PROGRESS", "off"));
    assert_eq!(server.calls(), 0);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: SOTICKETS_PROGRESS: 'off' is not auto or never
    --- exit code 2
    ");
}
