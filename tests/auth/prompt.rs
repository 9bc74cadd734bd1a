//! A prompt at a real terminal: keys, signals and the modes that the terminal is left in.
#![cfg(unix)]

use rustix::process::{Pid, Signal, kill_process};

use crate::support::session::Session;
use crate::support::{Server, needed};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sotickets");
const GET: [&str; 8] = ["get", "839", "-s", "TicketId", "-o", "csv", "--password", "prompt"];

/// Runs `script` by dash, with the program and `arguments` as its parameters.
fn dash(script: &str, arguments: &[&str], server: &Server) -> Option<Session> {
    session(&[&["dash", "-c", script, PROGRAM], arguments].concat(), server)
}

/// An interactive shell. In `$GET` is a call that asks for a password.
fn shell(server: &Server) -> Option<Session> {
    let mut session = session(&["dash", "-i"], server)?;
    session.wait_for(READY);
    Some(session)
}

const READY: &str = "READY ";

fn session(words: &[&str], server: &Server) -> Option<Session> {
    if !needed(words[0]) {
        return None;
    }
    let get = format!("{PROGRAM} {}", GET.join(" "));
    let variables = [
        ("SOTICKETS_URL", &*server.url()),
        ("SOTICKETS_USER", "tim"),
        ("NO_COLOR", "1"),
        ("PS1", READY),
        ("GET", &get),
    ];
    Session::start(words, &variables)
}

fn server() -> Server {
    Server::json(r#"[{"TicketId":839}]"#)
}

#[test]
fn key_for_a_signal_ends_the_script_and_restores_the_terminal() {
    for (key, code) in [("\u{3}", 130), ("\u{1c}", 131)] {
        let server = server();
        let Some(mut session) = shell(&server) else { return };
        let before = session.modes();
        session.send("dash -c '$GET; echo NE\"\"XT'\n");
        session.wait_for("Password: ");
        assert_ne!(session.modes(), before);
        session.send("half");
        session.send(key);
        session.wait_for(READY);
        session.send("echo CO''DE $?\n");
        session.wait_for(&format!("CODE {code}\r\n"));
        assert_eq!(session.modes(), before, "{}", session.transcript());
        assert!(!session.transcript().contains("NEXT"), "{}", session.transcript());
        assert_eq!(server.calls(), 0);
    }
}

#[test]
fn signal_from_elsewhere_restores_the_terminal() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let server = server();
        let Some(mut session) = shell(&server) else { return };
        let before = session.modes();
        session.send("dash -c 'echo PI\"\"D $$ .; exec $GET'\n");
        session.wait_for("Password: ");
        let pid = session.transcript().split("PID ").nth(1).and_then(|pid| pid.split(' ').next());
        let pid = pid.and_then(|pid| Pid::from_raw(pid.parse().ok()?)).expect("a process");
        kill_process(pid, signal).expect("a process");
        session.wait_for(READY);
        session.send("echo CO''DE $?\n");
        session.wait_for(&format!("CODE {}\r\n", 128 + signal.as_raw()));
        assert_eq!(session.modes(), before, "{signal:?}: {}", session.transcript());
        assert_eq!(server.calls(), 0);
    }
}

#[test]
fn stopped_prompt_asks_again_in_the_foreground() {
    let server = server();
    let Some(mut session) = shell(&server) else { return };
    let before = session.modes();
    session.send("$GET\n");
    for _ in 0..2 {
        session.wait_for("Password: ");
        session.send("half\u{1a}");
        session.wait_for(READY);
        assert_eq!(session.modes(), before, "{}", session.transcript());
        session.send("fg\n");
    }
    session.wait_for("Password: ");
    session.send("canary\n");
    session.wait_for("TicketId\r\n839\r\nREADY ");
    assert_eq!(session.modes(), before);
    assert!(!session.transcript().contains("canary"), "{}", session.transcript());
    assert_eq!(server.calls(), 1);
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOmNhbmFyeQ=="));
}

#[test]
fn stopped_prompt_can_be_ended_in_the_background() {
    let server = server();
    let Some(mut session) = shell(&server) else { return };
    let before = session.modes();
    session.send("$GET\n");
    session.wait_for("Password: ");
    session.send("\u{1a}");
    session.wait_for(READY);
    session.send("kill %1; kill -CONT %1\n");
    session.send("while jobs %1 >/dev/null 2>&1; do sleep 0.1; done; echo GO''NE\n");
    session.wait_for("GONE\r\n");
    assert_eq!(session.modes(), before);
    assert_eq!(server.calls(), 0);
}

#[test]
fn key_for_a_stop_does_nothing_where_no_shell_could_continue() {
    let server = server();
    let Some(mut session) = dash("exec \"$0\" \"$@\"", &GET, &server) else { return };
    session.wait_for("Password: ");
    session.send("\u{1a}");
    session.wait_for("Password: ");
    session.send("canary\n");
    assert!(session.wait().success(), "{}", session.transcript());
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOmNhbmFyeQ=="));
}

#[test]
fn interrupt_reaches_a_program_that_started_this_one() {
    const SCRIPT: &str = "\
import subprocess, sys
try:
    subprocess.call(sys.argv[1:])
    print('NEXT')
except KeyboardInterrupt:
    print('interrupted')
";
    let server = server();
    let words = [&["python3", "-c", SCRIPT, PROGRAM][..], &GET].concat();
    let Some(mut session) = session(&words, &server) else { return };
    let before = session.modes();
    session.wait_for("Password: ");
    session.send("\u{3}");
    session.wait();
    assert_eq!(session.transcript(), "Password: \r\ninterrupted\r\n");
    assert_eq!(session.modes(), before);
    assert_eq!(server.calls(), 0);
}

#[test]
fn end_of_input_is_an_empty_answer() {
    for answer in ["\u{4}", "canary\u{15}\u{4}"] {
        let server = server();
        let Some(mut session) = dash("exec \"$0\" \"$@\"", &GET, &server) else { return };
        session.wait_for("Password: ");
        session.send(answer);
        assert_eq!(session.wait().code(), Some(2));
        insta::allow_duplicates! {
            insta::assert_snapshot!(session.transcript().replace('\r', ""), @"
            Password: 
            error: --password prompt: no password was typed
            hint: nothing was sent; run the command again and type it
            ");
        }
        assert_eq!(server.calls(), 0);
    }
}

#[test]
fn answer_that_cannot_be_sent_is_asked_for_again_twice() {
    for (answers, code) in [(["", "a\tb", ""], 2), (["", "\u{1b}", "canary"], 0)] {
        let server = server();
        let Some(mut session) = dash("exec \"$0\" \"$@\"", &GET, &server) else { return };
        for answer in answers {
            session.wait_for("Password: ");
            session.send(&format!("{answer}\n"));
        }
        assert_eq!(session.wait().code(), Some(code), "{}", session.transcript());
        assert_eq!(server.calls(), usize::from(code == 0));
    }
}

#[test]
fn editing_keys_change_the_answer() {
    let long = "x".repeat(5000);
    let cases = [
        ("wrong\u{15}caf\u{e9}\n", "caf\u{e9}"),
        ("caf\u{e9}\u{7f}e\u{8}\u{e9}\u{4}\r", "caf\u{e9}"),
        ("a b  wrong \u{17}c\n", "a b  c"),
        (&format!("{long}\n"), &long),
    ];
    for (typed, answer) in cases {
        let server = server();
        let Some(mut session) = dash("exec \"$0\" \"$@\"", &GET, &server) else { return };
        session.wait_for("Password: ");
        session.send(typed);
        assert!(session.wait().success(), "{}", session.transcript());
        let sent = server.seen().header("authorization").map(str::to_owned);
        assert_eq!(sent, Some(basic(answer)), "{typed:?}");
        assert_eq!(server.calls(), 1);
    }
}

fn basic(password: &str) -> String {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("tim:{password}"));
    format!("Basic {encoded}")
}

#[test]
fn each_secret_of_a_call_is_asked_for() {
    let server = server();
    let arguments = ["get", "839", "--xsrf-token", "prompt", "--cookie", "prompt"];
    let Some(mut session) = dash("exec \"$0\" \"$@\"", &arguments, &server) else { return };
    session.wait_for("XSRF token: ");
    session.send("first\n");
    session.wait_for("Cookie: ");
    session.send("XSRF-TOKEN=second\n");
    assert!(session.wait().success(), "{}", session.transcript());
    let seen = server.seen();
    assert_eq!(seen.header("x-xsrf-token"), Some("first"));
    assert_eq!(seen.header("cookie"), Some("XSRF-TOKEN=second"));
}
