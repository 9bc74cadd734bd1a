//! `--retries`: only on request, only after failures that may pass, and never beyond
//! `--timeout`.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::support::tls::{Authority, TICKET, TlsServer};
use crate::support::{self, Run, sotickets, tcp_server};

/// A server that gives the first of `answers` to the first call and so on, and the last
/// to all that follow.
struct Script {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Script {
    fn new(answers: &[&str]) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let url = tcp_server::start(move |stream| {
            let index = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            let _ = stream.write_all(answers[index].as_bytes());
            let _ = stream.shutdown(Shutdown::Write);
        });
        Self { url, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        get(&self.url, arguments)
    }
}

fn get(url: &str, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["get", "839", "-o", "json", "--url", url]).args(arguments);
    Run::of(command.env("SOTICKETS_TOKEN", "canary"))
}

fn status(line: &str, headers: &str) -> String {
    format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\nconnection: close\r\n{headers}\r\n")
}

fn found() -> String {
    let length = TICKET.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{TICKET}")
}

/// The waits that `run` tells of, in seconds, each with what it says besides.
fn waits(run: &Run) -> Vec<(f64, String)> {
    let lines = run.stderr.lines().filter_map(|line| line.strip_prefix("retrying in "));
    lines
        .map(|line| {
            let (wait, rest) = line.split_once(" s: ").expect("a wait");
            (wait.parse().expect("a number"), rest.to_owned())
        })
        .collect()
}

#[test]
fn temporary_failure_is_retried_and_every_wait_is_reported() {
    let statuses = ["429 Too Many", "502 Bad", "503 Busy", "504 Late"];
    for line in statuses {
        let server = Script::new(&[&status(line, ""), &found()]);
        let run = server.run(&["--retries", "2"]);
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (0, TICKET, 2), "{run}");
        let waits = waits(&run);
        assert_eq!(waits.len(), 1, "{run}");
        assert_eq!(waits[0].1, format!("HTTP {} (1 of 2)", &line[..3]));
        assert!((0.5..=1.0).contains(&waits[0].0), "{run}");
        assert_eq!(run.stderr.lines().count(), 1, "{run}");
    }
}

#[test]
fn waits_grow_and_the_last_answer_is_the_error() {
    let server = Script::new(&[&status("503 Busy", "")]);
    let start = Instant::now();
    let run = server.run(&["--retries", "2"]);
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (5, "", 3), "{run}");
    let waits = waits(&run);
    assert_eq!(waits.len(), 2, "{run}");
    assert!((0.5..=1.0).contains(&waits[0].0) && (1.0..=2.0).contains(&waits[1].0), "{run}");
    assert!(start.elapsed().as_secs_f64() >= waits[0].0 + waits[1].0 - 0.1);
    assert!(run.stderr.contains("\nerror: HTTP 503: the server is not available\nhint: "), "{run}");
}

#[test]
fn permanent_failure_or_no_retries_means_one_call() {
    for line in ["429 Too Many", "503 Busy"] {
        let server = Script::new(&[&status(line, "retry-after: 1\r\n"), &found()]);
        for arguments in [&[][..], &["--retries", "0"]] {
            let before = server.calls();
            let run = server.run(arguments);
            if before == 0 {
                assert_eq!((run.code, server.calls()), (5, 1), "{run}");
                assert!(!run.stderr.contains("retrying"), "{run}");
            }
        }
    }
    for line in [
        "400 Bad",
        "401 Who",
        "403 No",
        "404 Where",
        "408 Slow",
        "421 Wrong",
        "500 Oops",
        "501 No",
        "301 Moved",
    ] {
        let server = Script::new(&[&status(line, "retry-after: 1\r\n"), &found()]);
        let run = server.run(&["--retries", "5"]);
        assert_eq!(server.calls(), 1, "{run}");
        assert!(matches!(run.code, 4 | 5) && !run.stderr.contains("retrying"), "{run}");
    }
    // Half an answer, no HTTP, no JSON.
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{",
        "SSH-2.0-OpenSSH_9.6\r\n",
        &found().replace('[', "{"),
    ] {
        let server = Script::new(&[answer, &found()]);
        let run = server.run(&["--retries", "5"]);
        assert_eq!((run.stdout.as_str(), server.calls()), ("", 1), "{run}");
        assert!(matches!(run.code, 6 | 7) && !run.stderr.contains("retrying"), "{run}");
    }
}

#[test]
fn failed_connection_is_retried() {
    // Closed before there was an answer.
    let server = Script::new(&["", &found()]);
    let run = server.run(&["--retries", "1"]);
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (0, TICKET, 2), "{run}");

    // Nobody there, until somebody is.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let run = get(&format!("http://{address}"), &["--retries", "1"]);
    assert_eq!(run.code, 6, "{run}");
    let waits = waits(&run);
    assert_eq!(waits.len(), 1, "{run}");
    let cause = format!("could not connect to {address}: Connection refused");
    assert!(waits[0].1.starts_with(&cause) && waits[0].1.ends_with(" (1 of 1)"), "{run}");

    // A handshake that is cut, but not a certificate that is refused.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let count = std::thread::spawn(move || listener.incoming().take(2).map(drop).count());
    let run = get(&url, &["--retries", "1", "--cacert", &ca().1]);
    assert_eq!((run.code, count.join().expect("a count")), (6, 2), "{run}");
    let server =
        TlsServer::start(Authority::new("Acme Root").issue(&["localhost"], |_| ()).config(None));
    let run = get(&server.url(), &["--retries", "3", "--cacert", &ca().1]);
    assert_eq!((run.code, server.calls()), (6, 0), "{run}");
    assert!(!run.stderr.contains("retrying"), "{run}");
}

/// A folder with the certificate of an authority, and the file's path.
fn ca() -> (support::tls::Folder, String) {
    let folder = support::tls::Folder::new();
    let file = folder.file("ca.pem", Authority::new("Other Root").pem);
    (folder, file)
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let http_date =
        |seconds| httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds));
    // The server's clock is an hour ahead, which does not matter.
    let ahead = format!("date: {}\r\nretry-after: {}\r\n", http_date(3600), http_date(3602));
    // A date that the program reads in time.
    let soon: u8 = if cfg!(windows) { 9 } else { 3 };
    let cases = [
        ("retry-after: 2\r\n".to_owned(), 2.0..=2.0),
        (ahead, 2.0..=2.0),
        (format!("retry-after: {}\r\n", http_date(soon.into())), 0.9..=soon.into()),
        ("retry-after: 0\r\n".to_owned(), 0.5..=1.0),
        ("retry-after: soon\r\n".to_owned(), 0.5..=1.0),
        ("retry-after: -1\r\n".to_owned(), 0.5..=1.0),
        (
            format!("retry-after: {}\r\n", httpdate::fmt_http_date(SystemTime::UNIX_EPOCH)),
            0.5..=1.0,
        ),
    ];
    let run = |(headers, range): &(String, std::ops::RangeInclusive<f64>)| {
        let server = Script::new(&[&status("429 Too Many", headers), &found()]);
        let start = Instant::now();
        let run = server.run(&["--retries", "1"]);
        assert_eq!((run.code, server.calls()), (0, 2), "{run}");
        let wait = waits(&run)[0].0;
        assert!(range.contains(&wait), "{headers}: {run}");
        assert!(start.elapsed().as_secs_f64() >= wait - 0.06, "{run}");
    };
    std::thread::scope(|scope| {
        for case in &cases {
            scope.spawn(move || run(case));
        }
    });
}

#[test]
fn wait_ends_with_the_timeout() {
    // An hour is capped to a minute, which is too long still.
    let server = Script::new(&[&status("503 Busy", "retry-after: 3600\r\n"), &found()]);
    let start = Instant::now();
    let run = server.run(&["--retries", "5", "--timeout", "20s"]);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (5, "", 1), "{run}");
    insta::assert_snapshot!(run, @"
    --- stderr
    not retrying: the wait of 3600.0 s would outlast --timeout
    error: HTTP 503: the server is not available
    hint: wait 1h, as the server asks, then try again
    --- exit code 5
    ");

    // The limit is that of all tries together. It passes within the second wait, not within a call.
    let server = Script::new(&[&status("503 Busy", "retry-after: 2\r\n")]);
    let start = Instant::now();
    let run = server.run(&["--retries", "100", "--timeout", "3s"]);
    assert!(start.elapsed() < Duration::from_secs(8));
    assert_eq!((run.code, server.calls()), (5, 2), "{run}");
    assert!(
        run.stderr.contains("not retrying: the wait of 2.0 s would outlast --timeout"),
        "{run}"
    );
}

#[test]
fn timeout_applies_to_a_retry_that_hangs() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let url = tcp_server::start(move |stream| {
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let _ = stream.write_all(status("503 Busy", "").as_bytes());
        } else {
            std::thread::sleep(Duration::from_secs(20));
        }
    });
    let start = Instant::now();
    let run = get(&url, &["--retries", "5", "--timeout", "3s"]);
    assert!(start.elapsed() >= Duration::from_secs(3), "{run}");
    assert!(start.elapsed() < Duration::from_secs(10), "{run}");
    assert_eq!((run.code, calls.load(Ordering::SeqCst)), (6, 2), "{run}");
    assert!(run.stderr.contains(": not done within 3s (--timeout)\n"), "{run}");
}

#[test]
fn secret_of_standard_input_is_read_once() {
    let server = Script::new(&[&status("503 Busy", ""), &found()]);
    let mut command = sotickets();
    command.args(["get", "839", "-o", "json", "-v", "--retries", "1", "--token", "stdin"]);
    let run = Run::of(command.args(["--url", &server.url]).write_stdin("canary\n"));
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (0, TICKET, 2), "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
    assert_eq!(run.stderr.matches("> Authorization: Bearer ***").count(), 2, "{run}");
}

#[test]
fn variable_sets_retries_and_must_be_a_number() {
    let server = Script::new(&[&status("503 Busy", ""), &found()]);
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--url", &server.url]);
    let run = Run::of(command.env("SOTICKETS_RETRIES", "1"));
    assert_eq!((run.code, server.calls()), (0, 2), "{run}");
    for wrong in ["many", "-1", "101", "1.5", ""] {
        let run = server.run(&[&format!("--retries={wrong}")]);
        assert_eq!((run.code, server.calls()), (2, 2), "{run}");
        assert!(
            run.stderr.contains(&format!("--retries: '{wrong}' is not a number from 0 to 100\n")),
            "{run}"
        );
    }
}
