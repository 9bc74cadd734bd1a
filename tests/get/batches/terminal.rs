//! Several calls at a terminal: their line, and Ctrl-C.

use std::time::{Duration, Instant};

use super::{BatchServer, CSV, Reaction, status, tickets};
use crate::support::pty::{self, screen};
use crate::support::session::Session;
use crate::support::{TOKEN, programs, sotickets, tcp_server};

const GET: [&str; 8] = [
    env!("CARGO_BIN_EXE_sotickets"),
    "get",
    "1..40",
    "--batch-size",
    "1",
    "--no-pager",
    "-o",
    "csv",
];

#[test]
fn line_of_several_calls_shows_the_pause_of_all() {
    let server = BatchServer::start(|call| match call.number {
        3 => Reaction::Answer(status(429, "retry-after: 2\r\n")),
        _ => Reaction::Answer(tickets(&call.ids)),
    });
    let words = [&GET[..], &["--retries", "1", "--url", &server.url]].concat();
    let variables = [("TERM", "xterm"), ("SOTICKETS_TOKEN", TOKEN)];
    let Some(mut session) = Session::start(&words, &variables) else { return };
    session.wait_for(" of 40 batches, ");
    assert!(session.wait().success(), "{}", session.transcript());
    let screen = screen(session.transcript());
    assert!(!screen.contains("batches, "), "{screen}");
}

#[test]
fn line_of_several_calls_shows_the_look_up() {
    let environment = tcp_server::start(tcp_server::wait_for_end);
    let target = ["--tenant", "Cust12345", "--environment", &environment];
    let words = [&GET[..], &target, &["--read-timeout", "2s"]].concat();
    let variables = [("TERM", "xterm"), ("SOTICKETS_TOKEN", TOKEN)];
    let Some(mut session) = Session::start(&words, &variables) else { return };
    session.wait_for("received 0 of 40 batches, looking up Cust12345 ");
    assert_eq!(session.wait().code(), Some(6), "{}", session.transcript());
}

#[test]
fn ctrl_c_ends_all_calls_within_a_second_and_clears_the_line() {
    if !programs::needed("dash") {
        return;
    }
    let server = BatchServer::start(|_| Reaction::Silent(Vec::new()));
    let get = [&GET[..], &["--jobs", "16", "--url", &server.url]].concat().join(" ");
    let variables =
        [("TERM", "xterm"), ("SOTICKETS_TOKEN", TOKEN), ("PS1", "READY "), ("GET", &*get)];
    let Some(mut session) = Session::start(&["dash", "-i"], &variables) else { return };
    session.wait_for("READY ");
    let before = session.modes();
    session.send("$GET\n");
    session.wait_for("received 0 of 40 batches");
    let start = Instant::now();
    session.send("\u{3}");
    session.wait_for("READY ");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(session.modes(), before);
    session.send("echo CO''DE $?\n");
    session.wait_for("CODE 130\r\n");
    let screen = screen(session.transcript().trim_end_matches("READY "));
    assert_eq!(screen.trim_end(), "READY $GET\n\nREADY echo CO''DE $?\nCODE 130");
}

#[test]
fn ctrl_c_during_a_pause_ends_all_calls_within_a_second() {
    if !programs::needed("dash") {
        return;
    }
    let server = BatchServer::start(|call| match call.number {
        3 => Reaction::Answer(status(429, "retry-after: 30\r\n")),
        _ => Reaction::Answer(tickets(&call.ids)),
    });
    let get = [&GET[..], &["--jobs", "16", "--retries", "1", "--url", &server.url]].concat();
    let variables = [
        ("TERM", "xterm"),
        ("SOTICKETS_TOKEN", TOKEN),
        ("PS1", "READY "),
        ("GET", &*get.join(" ")),
    ];
    let Some(mut session) = Session::start(&["dash", "-i"], &variables) else { return };
    session.wait_for("READY ");
    let before = session.modes();
    session.send("$GET\n");
    session.wait_for(" of 40 batches, ");
    let start = Instant::now();
    session.send("\u{3}");
    session.wait_for("READY ");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(session.modes(), before);
    let screen = screen(session.transcript());
    assert!(!screen.contains("batches, "), "{screen}");
    session.send("echo CO''DE $?\n");
    session.wait_for("CODE 130\r\n");
}

#[test]
fn line_of_several_calls_fits_a_narrow_terminal() {
    let server = BatchServer::start(|call| match call.number {
        0..12 => Reaction::Answer(tickets(&call.ids)),
        _ => Reaction::Silent(Vec::new()),
    });
    let words = [&GET[..], &["--read-timeout", "3s", "--url", &server.url]].concat();
    let variables = [("TERM", "xterm"), ("SOTICKETS_TOKEN", TOKEN), ("LC_ALL", "C")];
    let Some(mut session) = Session::start_at(20, &words, &variables) else { return };
    session.wait_for("12 of 40 batches");
    let screen = session.screen().contents();
    assert_eq!(screen.lines().count(), 1, "{screen}");
    assert!(session.transcript().is_ascii(), "{}", session.transcript());
    assert_eq!(session.wait().code(), Some(6), "{}", session.transcript());
}

#[test]
fn several_calls_have_no_line_with_verbose_or_in_ci() {
    let server =
        BatchServer::start(|call| Reaction::Late(Duration::from_millis(900), tickets(&call.ids)));
    for (argument, is_ci, has_line) in [
        (None, "", true),
        (Some("-v"), "", false),
        (Some("--no-progress"), "", false),
        (None, "true", false),
    ] {
        let mut command = sotickets();
        command.args(["get", "1..4", "--batch-size", "2", "--url", &server.url]).args(CSV);
        command.args(argument).env("SOTICKETS_TOKEN", TOKEN).env("TERM", "xterm");
        command.env("SOTICKETS_PROGRESS", "").env("CI", is_ci);
        let Some((output, _)) = pty::both(&command, 80) else { return };
        assert!(output.contains("4,title 4"), "{output}");
        let is_there = output.contains('\u{1b}') || output.contains(" of 2 batches");
        assert_eq!(is_there, has_line, "{argument:?} {is_ci}: {output}");
    }
}
