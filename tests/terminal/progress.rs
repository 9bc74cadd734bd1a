//! The progress of a long call: what the line says, and that it leaves no trace.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::pty::screen;
use crate::support::session::Session;
use crate::support::{PATIENCE, programs, tcp_server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sotickets");
const GET: [&str; 7] = [PROGRAM, "get", "839", "-s", "TicketId", "-o", "csv"];
const OUTPUT: &str = "TicketId\n839\n";
const SECRET: &str = "8A:canary";

/// A server that sends a part of its answer to the first call, and the next one whenever the test
/// lets it.
struct SlowServer {
    url: String,
    release: Sender<()>,
    requested: Receiver<()>,
}

impl SlowServer {
    /// Every part waits to be let go.
    fn new(parts: Vec<Vec<u8>>) -> Self {
        let (release, released) = channel();
        let (sender, requested) = channel();
        let shared = Mutex::new((released, parts.into_iter(), sender));
        let url = tcp_server::start(move |stream: &mut TcpStream| {
            let mut shared = shared.lock().expect("no panic");
            let (released, parts, sender) = &mut *shared;
            let _ = sender.send(());
            for part in parts {
                let _ = released.recv_timeout(PATIENCE);
                let _ = stream.write_all(&part);
            }
        });
        Self { url, release, requested }
    }

    /// Answers with a ticket in JSON: the head, half the body, the rest.
    fn in_halves() -> Self {
        let body = [b"[".as_slice(), &b" ".repeat(2021), br#"{"TicketId":839}]"#].concat();
        let answer = tcp_server::ok_with_length("", &body);
        let head = answer.len() - body.len();
        let parts = [&answer[..head + 9], &answer[head + 9..head + 1024], &answer[head + 1024..]];
        Self::new(parts.map(<[u8]>::to_vec).to_vec())
    }

    fn release(&self) {
        self.release.send(()).expect("a server");
    }

    /// Runs `words` at a terminal of so many `columns`.
    fn session(&self, columns: u16, words: &[&str], variables: &[(&str, &str)]) -> Option<Session> {
        let own = [("TERM", "xterm"), ("SOTICKETS_URL", &*self.url), ("SOTICKETS_TOKEN", SECRET)];
        Session::start_at(columns, words, &[&own, variables].concat())
    }
}

/// Asserts that the terminal shows `expected` after the end, and never showed the secret.
fn assert_left(session: &mut Session, expected: &str) {
    let status = session.wait();
    assert!(status.success(), "{}", session.transcript());
    assert_eq!(screen(session.transcript()), expected, "{:?}", session.transcript());
    assert!(!session.transcript().contains("canary"), "{}", session.transcript());
}

#[test]
fn line_follows_the_call_and_leaves_no_trace() {
    let server = SlowServer::in_halves();
    let Some(mut session) = server.session(80, &GET, &[]) else { return };
    session.wait_for("⠙ waiting for 127.0.0.1 ");
    server.release();
    session.wait_for("receiving 9 B of 2.0 KiB");
    server.release();
    session.wait_for("receiving 1.0 KiB of 2.0 KiB");
    session.wait_for("━━━━━╸────");
    server.release();
    assert_left(&mut session, OUTPUT);
}

#[test]
fn narrow_terminal_without_utf_8_has_a_short_ascii_line() {
    let server = SlowServer::in_halves();
    let variables = [("LC_ALL", "C")];
    let Some(mut session) = server.session(20, &GET, &variables) else { return };
    session.wait_for("waiting for 127...\r");
    server.release();
    session.wait_for(" 9 B of 2.0 KiB    \r");
    assert!(session.transcript().is_ascii(), "{}", session.transcript());
    server.release();
    server.release();
    assert_left(&mut session, OUTPUT);
}

#[test]
fn compressed_answer_has_no_total() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(br#"[{"TicketId":839}"#).expect("memory");
    encoder.flush().expect("memory");
    let half = encoder.get_ref().len();
    encoder.write_all(b"]").expect("memory");
    let body = encoder.finish().expect("memory");
    let answer = tcp_server::ok_with_length("content-encoding: gzip\r\n", &body);
    let half = answer.len() - body.len() + half;
    let server = SlowServer::new(vec![answer[..half].to_vec(), answer[half..].to_vec()]);
    let Some(mut session) = server.session(80, &GET, &[]) else { return };
    session.wait_for("waiting for");
    server.release();
    session.wait_for("receiving 17 B  ");
    server.release();
    assert_left(&mut session, OUTPUT);
    assert!(!session.transcript().contains(" of "), "{}", session.transcript());
}

#[test]
fn wait_before_a_retry_counts_down_below_its_notice() {
    let busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n";
    let is_first = Mutex::new(true);
    let url = tcp_server::start(move |stream| {
        let mut is_first = is_first.lock().expect("no panic");
        let good = tcp_server::ok_with_length("", br#"[{"TicketId":839}]"#);
        let answer = if std::mem::take(&mut *is_first) { busy.as_slice() } else { &good };
        let _ = stream.write_all(answer);
    });
    let words = [&GET[..], &["--url", &url, "--retries", "3"]].concat();
    let variables = [("TERM", "xterm"), ("SOTICKETS_TOKEN", SECRET)];
    let Some(mut session) = Session::start(&words, &variables) else { return };
    session.wait_for("retrying in 2 s (HTTP 503), try 2 of 4");
    session.wait_for("retrying in 1 s (HTTP 503), try 2 of 4");
    let notice = "retrying in 2.0 s: HTTP 503 (1 of 3)\n";
    assert_left(&mut session, &format!("{notice}{OUTPUT}"));
}

#[test]
fn bar_of_several_calls_grows_with_each_answer() {
    let (release, released) = channel::<()>();
    let released = Mutex::new((released, 838));
    let url = tcp_server::start(move |stream| {
        let mut released = released.lock().expect("no panic");
        let _ = released.0.recv_timeout(PATIENCE);
        released.1 += 1;
        let body = format!(r#"[{{"TicketId":{}}}]"#, released.1);
        let _ = stream.write_all(&tcp_server::ok_with_length("connection: close\r\n", body));
    });
    let batches = ["840", "841", "--batch-size", "1", "--jobs", "1", "--url", &url];
    let words = [&GET[..], &batches].concat();
    let variables = [("TERM", "xterm"), ("SOTICKETS_TOKEN", SECRET)];
    let Some(mut session) = Session::start(&words, &variables) else { return };
    session.wait_for("received 0 of 3 batches ───");
    release.send(()).expect("a server");
    session.wait_for("received 1 of 3 batches ━━");
    release.send(()).expect("a server");
    session.wait_for("received 2 of 3 batches ━━");
    release.send(()).expect("a server");
    assert_left(&mut session, "TicketId\n839\n840\n841\n");
}

#[test]
fn error_is_on_a_line_of_its_own() {
    let server = SlowServer::new(vec![b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n".to_vec()]);
    let variables = [("NO_COLOR", "1")];
    let Some(mut session) = server.session(80, &GET, &variables) else { return };
    session.wait_for("waiting for");
    server.release();
    assert_eq!(session.wait().code(), Some(5));
    let screen = screen(session.transcript());
    assert!(screen.starts_with("error: ") && !screen.contains("waiting"), "{screen}");
}

#[test]
fn ctrl_c_clears_the_line_and_ends_the_call_by_the_signal() {
    let server = SlowServer::in_halves();
    let get = GET.join(" ");
    let variables = [("PS1", "READY "), ("GET", &*get)];
    if !programs::needed("dash") {
        return;
    }
    let Some(mut session) = server.session(80, &["dash", "-i"], &variables) else { return };
    session.wait_for("READY ");
    let before = session.modes();
    session.send("$GET\n");
    session.wait_for("⠙ waiting for");
    session.send("\u{3}");
    session.wait_for("READY ");
    assert_eq!(session.modes(), before);
    session.send("echo CO''DE $?\n");
    session.wait_for("CODE 130\r\n");
    let screen = screen(session.transcript().trim_end_matches("READY "));
    assert_eq!(screen.trim_end(), "READY $GET\n\nREADY echo CO''DE $?\nCODE 130");
}

#[test]
fn tenant_lookup_and_every_command_with_calls_have_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().to_str().expect("UTF-8");
    let login = ["auth", "login", "--token", "env:SOTICKETS_TOKEN"];
    for (words, text) in [
        (&["get", "839", "--tenant", "Cust12345"][..], "looking up Cust12345"),
        (&["open", "839", "--print", "--tenant", "Cust12345"], "looking up Cust12345"),
        (&["doctor"], "waiting for 127.0.0.1"),
        (&login, "waiting for 127.0.0.1"),
    ] {
        let server = SlowServer::new(vec![b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n".to_vec()]);
        let mut words = [&[PROGRAM], words].concat();
        let is_tenant = words.contains(&"--tenant");
        words.extend([if is_tenant { "--environment" } else { "--url" }, &server.url]);
        let own = [("TERM", "xterm"), ("SOTICKETS_TOKEN", SECRET), ("XDG_CONFIG_HOME", folder)];
        let Some(mut session) = Session::start(&words, &own) else { return };
        session.wait_for(&format!("{text} "));
        server.release();
        assert!(!session.wait().success(), "{}", session.transcript());
        let screen = screen(session.transcript());
        assert!(!screen.contains(text), "{words:?}: {screen}");
    }
}

#[test]
fn file_that_takes_long_to_write_is_named() {
    let server = SlowServer::in_halves();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tickets.csv");
    let made = programs::program("mkfifo").expect("a program").arg(&path).status();
    assert!(made.expect("mkfifo runs").success());
    let path = path.to_str().expect("UTF-8");
    let words = [&GET[..], &["--out-file", path]].concat();
    (0..3).for_each(|_| server.release());
    let Some(mut session) = server.session(80, &words, &[]) else { return };
    session.wait_for("writing tickets.csv ");
    let mut output = String::new();
    std::fs::File::open(path).expect("a pipe").read_to_string(&mut output).expect("UTF-8");
    assert_eq!(output, OUTPUT);
    assert_left(&mut session, "");
}

#[cfg(target_os = "linux")]
#[test]
fn call_has_no_thread_for_its_line_before_half_a_second() {
    let server = SlowServer::in_halves();
    let start = std::time::Instant::now();
    let Some(mut session) = server.session(80, &GET, &[]) else { return };
    server.requested.recv_timeout(PATIENCE).expect("a request");
    let process = format!("/proc/{}/task", session.id());
    let threads = || {
        let tasks = std::fs::read_dir(&process).expect("a process").flatten();
        let names = tasks.map(|task| std::fs::read_to_string(task.path().join("comm")));
        let mut names: Vec<String> = names.flatten().map(|name| name.trim().to_owned()).collect();
        names.sort();
        names
    };
    let early = threads();
    // On a loaded machine half a second may have passed.
    if start.elapsed().as_millis() < 400 {
        assert_eq!(early, ["reqwest-interna", "sotickets"]);
    }
    session.wait_for("waiting for");
    assert_eq!(threads(), ["progress", "reqwest-interna", "signals", "sotickets"]);
    (0..3).for_each(|_| server.release());
    assert_left(&mut session, OUTPUT);
}
