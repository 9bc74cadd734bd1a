//! Tables in less, at a terminal of its own.

use rustix::process::{Pid, Signal, kill_process};

use crate::support::needed;
use crate::support::session::Session;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sotickets");
/// Sixty tickets and a missing one; the terminal has 50 rows.
const GET: [&str; 7] = [PROGRAM, "get", "1..60", "5000", "--demo", "-s", "TicketId,Title"];
const WARNING: &str = "1 of 61 tickets did not come back: 5000";

/// Runs `words` at a terminal with `less`, whose prompt is `MORE`.
fn session(words: &[&str], options: &str) -> Option<Session> {
    if !needed("less") {
        return None;
    }
    let options = format!("{options} -PsMORE");
    Session::start(words, &[("TERM", "xterm"), ("LESS", &options)])
}

#[test]
fn warnings_and_exit_code_come_after_less_is_left() {
    let Some(mut session) = session(&GET, "-FX") else { return };
    session.wait_for("MORE");
    assert!(!session.transcript().contains("\n      60  "), "{}", session.transcript());
    session.send("G");
    session.wait_for("      60  ");
    assert!(!session.transcript().contains(WARNING), "{}", session.transcript());
    session.send("q");
    session.wait_for(WARNING);
    assert_eq!(session.wait().code(), Some(3), "{}", session.transcript());
}

#[test]
fn less_without_options_of_a_person_shows_color_and_is_left_early() {
    if !needed("less") {
        return;
    }
    let Some(mut session) = Session::start(&GET, &[("TERM", "xterm")]) else { return };
    session.wait_for("\u{1b}[1mTicketId\u{1b}[0m");
    session.wait_for("\r\n:");
    session.send("q");
    assert_eq!(session.wait().code(), Some(3), "{}", session.transcript());
}

#[test]
fn color_reaches_less_whatever_options_a_person_has() {
    for options in ["-j10", "FX", "--mouse -i", ""] {
        let Some(mut session) = session(&GET, options) else { return };
        session.wait_for("\u{1b}[1mTicketId\u{1b}[0m");
        session.wait_for("MORE");
        session.send("q");
        assert_eq!(session.wait().code(), Some(3), "{options}: {}", session.transcript());
        assert!(!session.transcript().contains("ESC["), "{options}: {}", session.transcript());
    }
}

#[test]
fn ctrl_c_in_less_ends_neither_less_nor_this_program() {
    let Some(mut session) = session(&GET, "-X") else { return };
    session.wait_for("MORE");
    for key in ["\u{3}", "\u{1c}", "\u{3}"] {
        session.send(key);
        session.send("\u{c}");
        session.wait_for("MORE");
    }
    session.send("q");
    session.wait_for(WARNING);
    assert_eq!(session.wait().code(), Some(3), "{}", session.transcript());
}

#[test]
fn signal_ends_less_first_and_restores_the_terminal() {
    if !needed("less") {
        return;
    }
    // A pager that restores nothing, too.
    let careless = "stty raw -echo < /dev/tty; printf MORE; exec sleep 60";
    for pager in ["less", careless] {
        let script = "exec 3<&0; \"$@\" <&3 & echo \"PID $!\"; wait $!; echo \"CODE $?\"";
        let words = [&["sh", "-c", script, "sh"], &GET[..]].concat();
        let variables = [("TERM", "xterm"), ("LESS", "-PsMORE"), ("PAGER", pager)];
        let Some(mut session) = Session::start(&words, &variables) else { return };
        session.wait_for("PID ");
        let pid = session.line().parse().ok().and_then(Pid::from_raw).expect("a number");
        session.wait_for("MORE");
        assert_ne!(session.modes(), session.first_modes(), "{pager}");
        kill_process(pid, Signal::TERM).expect("a process");
        session.wait_for("CODE 143");
        assert_eq!(session.modes(), session.first_modes(), "{pager}");
        // No pager has the terminal open.
        session.wait();
    }
}
