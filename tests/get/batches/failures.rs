//! Failures of one of several calls.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{BatchServer, CSV, Call, Reaction, SLOW_CALLS, status, tickets};
use crate::support::out_file::OutFile;
use crate::support::portable::SHORT;
use crate::support::server::{Request, close};
use crate::support::tcp_server::{self, ok, ok_with_length};
use crate::support::wine::is_skipped_under_wine;
use crate::support::{Run, TOKEN, sotickets, tls};

/// A server that reacts so to the third of five batches.
fn failing_with(reaction: impl Fn() -> Reaction + Send + Sync + 'static) -> BatchServer {
    BatchServer::start(move |call| {
        if call.ids.contains(&5) { reaction() } else { Reaction::Answer(tickets(&call.ids)) }
    })
}

fn run(server: &BatchServer, more: &[&str]) -> Run {
    server.run(&[&["1..10", "--batch-size", "2"], &CSV[..], more].concat())
}

#[test]
fn any_fault_in_the_third_of_five_batches_leaves_nothing() {
    let cut = || ok("content-length: 100\r\n", "[{\"TicketId\":5,");
    let last = |bytes: &'static [u8]| failing_with(move || Reaction::Last(bytes.to_vec()));
    let ok_last = |headers: &'static str, body: &'static str| {
        failing_with(move || Reaction::Last(ok(headers, body)))
    };
    let no_http = "did not answer in HTTP: ";
    let (bad_chunk, damaged) =
        ("the answer was cut off: Invalid chunk size line", "compression is damaged");
    let cases: [(BatchServer, i32, &str, &[&str]); 21] = [
        (failing_with(|| Reaction::Close), 6, "did not answer in HTTP", &[]),
        (failing_with(|| Reaction::Reset), 6, "did not answer in HTTP", &[]),
        (failing_with(move || Reaction::Last(cut())), 6, "the answer was cut off", &[]),
        (failing_with(|| Reaction::Answer(status(401, ""))), 4, "HTTP 401", &[]),
        (failing_with(|| Reaction::Answer(status(403, ""))), 4, "HTTP 403", &[]),
        (failing_with(|| Reaction::Answer(status(500, ""))), 5, "HTTP 500", &[]),
        (failing_with(|| Reaction::Answer(status(503, "retry-after: 9\r\n"))), 5, "HTTP 503", &[]),
        (failing_with(|| Reaction::Answer(status(302, "location: /\r\n"))), 5, "HTTP 302", &[]),
        (failing_with(|| Reaction::Answer(ok_with_length("", "null"))), 5, "answered null", &[]),
        (failing_with(|| Reaction::Answer(ok_with_length("", "[{]"))), 7, "is not JSON", &[]),
        (failing_with(|| Reaction::Answer(ok_with_length("", "[1]"))), 7, "is not a list", &[]),
        (last(b"HTTP/1.1 200 OK\r\ncontent-le"), 6, no_http, &[]),
        (last(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), 6, no_http, &[]),
        (last(b"HTTP/1.1 abc X\r\n\r\n"), 6, no_http, &[]),
        (last(b"SSH-2.0-OpenSSH_9.6\r\n"), 6, no_http, &[]),
        (ok_last("content-length: 1\r\ncontent-length: 2\r\n", "[]"), 6, no_http, &[]),
        (ok_last("transfer-encoding: chunked\r\n", "zz\r\n[]"), 6, bad_chunk, &[]),
        (ok_last("transfer-encoding: chunked\r\n", "2\r\n[]"), 6, "was cut off", &[]),
        (ok_last("content-encoding: gzip\r\n", "nonsense"), 6, damaged, &[]),
        (ok_last("content-encoding: zorp\r\n", "[]"), 7, "the answer has ", &[]),
        (
            failing_with(|| Reaction::Answer(ok_with_length("", " ".repeat(5_000)))),
            7,
            "larger than ",
            &["--max-bytes", "2000"],
        ),
    ];
    for (server, code, message, more) in &cases {
        assert_third_fails(server, *code, message, more);
    }
}

#[test]
fn silence_and_trickling_in_the_third_of_five_batches_leave_nothing() {
    let within_headers = b"HTTP/1.1 200 OK\r\nx: ";
    let within_body = ok("content-length: 9999\r\n", "[");
    for bytes in [&[], &within_headers[..], &within_body] {
        let answer = bytes.to_vec();
        let server = failing_with(move || Reaction::Silent(answer.clone()));
        let message = format!("silent for {SHORT}");
        assert_third_fails(&server, 6, &message, &["--read-timeout", SHORT]);
        if !bytes.is_empty() {
            let answer = bytes.to_vec();
            let server = failing_with(move || Reaction::Trickle(answer.clone()));
            let limit = if cfg!(windows) { "5s" } else { "2s" };
            let message = format!("not done within {limit} (--timeout)");
            assert_third_fails(&server, 6, &message, &["--timeout", limit]);
        }
    }
}

/// Asserts that the third of five batches fails with `code` and `message`, and that nothing is
/// printed or written.
fn assert_third_fails(server: &BatchServer, code: i32, message: &str, more: &[&str]) {
    assert_third_failed(&run(server, more), code, message);
    assert_third_fails_with_file(server, code, message, more);
}

fn assert_third_fails_with_file(server: &BatchServer, code: i32, message: &str, more: &[&str]) {
    let file = OutFile::old();
    let run = run(server, &[&file.arguments(), more].concat());
    assert_third_failed(&run, code, message);
    file.assert_untouched(&run);
}

fn assert_third_failed(run: &Run, code: i32, message: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run}");
    let first = run.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("error: batch 3 of 5 (5, 6): "), "{run}");
    assert!(first.contains(message), "{run}");
}

/// Ends the connection after the second batch.
fn end_after_second(call: &Call) -> Reaction {
    let answer = tickets(&call.ids);
    if call.ids.contains(&3) { Reaction::Last(answer) } else { Reaction::Answer(answer) }
}

#[test]
fn third_batch_may_meet_another_certificate() {
    let server = BatchServer::start_tls_until(1, end_after_second);
    let message = "'a stranger', is not among ";
    assert_third_fails_with_file(&server, 6, message, &["--jobs", "1"]);
}

#[test]
fn third_batch_may_meet_a_proxy_that_refuses() {
    for (answer, message) in [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "did not connect to localhost:"),
        ("HTTP/1.1 407 No\r\n\r\n", "wants "),
        ("", "the proxy"),
    ] {
        let server = BatchServer::start_tls(end_after_second);
        let tunnels = AtomicUsize::new(0);
        let proxy = tcp_server::listening(move |mut stream| {
            let Some(request) = Request::read_head(&mut stream) else { return };
            if tunnels.fetch_add(1, Ordering::SeqCst) > 0 {
                let _ = stream.write_all(answer.as_bytes());
                return close(&mut stream);
            }
            let server = TcpStream::connect(request.target()).expect("a server");
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("a client");
            join(&stream, &server);
        });
        let more = ["--jobs", "1", "--proxy", &proxy];
        assert_third_fails_with_file(&server, 6, message, &more);
    }
}

/// Copies what one of the two sends to the other one, until both have ended.
fn join(client: &TcpStream, server: &TcpStream) {
    let copy = |mut from: &TcpStream, mut to: &TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    };
    thread::scope(|scope| {
        scope.spawn(|| copy(client, server));
        copy(server, client);
    });
}

#[test]
fn unknown_host_is_a_failure_of_the_first_batch() {
    let mut command = sotickets();
    command.args(["get", "1..10", "--batch-size", "2", "--jobs", "8", "--no-auth"]);
    let run = Run::of(command.args(["--url", "https://crm.invalid"]));
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    let message = "error: batch 1 of 5 (1, 2): could not connect to crm.invalid: ";
    assert!(run.stderr.starts_with(message), "{run}");
}

#[test]
fn failure_is_reported_while_another_call_is_silent() {
    let server = BatchServer::start(|call| match call.ids[0] {
        1 => Reaction::Silent(Vec::new()),
        3 => Reaction::Answer(status(400, "")),
        _ => Reaction::Answer(tickets(&call.ids)),
    });
    let start = Instant::now();
    let run = run(&server, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(run.stderr.starts_with("error: batch 2 of 5 (3, 4): HTTP 400"), "{run}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn failed_look_up_is_made_once_and_is_about_no_batch() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let environment = tcp_server::start(move |stream| {
        count.fetch_add(1, Ordering::SeqCst);
        tcp_server::wait_for_end(stream);
    });
    let start = Instant::now();
    let mut command = sotickets();
    command.args(["get", "1..64", "--batch-size", "1", "--jobs", "16", "--tenant", "Cust12345"]);
    command.args(["--environment", &environment, "--read-timeout", "1s"]);
    let run = Run::of(command.env("SOTICKETS_TOKEN", TOKEN));
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    let place = environment.trim_start_matches("http://");
    assert!(run.stderr.starts_with(&format!("error: {place}: silent for 1s")), "{run}");
    assert_eq!(requests.load(Ordering::SeqCst), 1, "{run}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn same_failures_are_reported_alike_in_every_run() {
    if is_skipped_under_wine(SLOW_CALLS) {
        return;
    }
    let server = BatchServer::start(|call| {
        let code = 400 + u16::try_from(call.ids[0]).expect("a small number");
        Reaction::Answer(status(code, ""))
    });
    let runs: Vec<String> = (0..100)
        .map(|_| server.shown(&server.run(&["1..40", "--batch-size", "2", "--jobs", "8"])))
        .collect();
    assert!(runs[0].contains("error: batch 1 of 20 (1, 2): HTTP 401"), "{}", runs[0]);
    assert!(runs.iter().all(|run| *run == runs[0]), "{runs:?}");
}

#[test]
fn refused_certificate_is_described_alike_in_every_run() {
    if is_skipped_under_wine(SLOW_CALLS) {
        return;
    }
    let own_issuer = |params: &mut rcgen::CertificateParams| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    };
    let certificate = tls::self_signed(&["localhost"], own_issuer);
    let server = tls::TlsServer::start(certificate.config(None));
    let authority = tls::Authority::new("Zorp CA");
    let certificate = authority.issue(&["localhost"], |_| ());
    let unknown = tls::TlsServer::start(certificate.config(None));
    for (server, problem) in [(server, "is self-signed, "), (unknown, ", 'Zorp CA', is not among ")]
    {
        for _ in 0..30 {
            let mut command = sotickets();
            command.args(["get", "1..16", "--batch-size", "1", "--jobs", "8"]);
            let run = Run::of(command.args(["--url", &server.url(), "--no-auth"]));
            let first = run.stderr.lines().next().unwrap_or_default();
            assert!(first.starts_with("error: batch 1 of 16 (1): the "), "{run}");
            assert!(first.contains(problem), "{run}");
        }
    }
}

#[test]
fn no_further_batch_is_requested_after_a_failure() {
    let server = BatchServer::start(|call| match call.ids[0] {
        3 => Reaction::Answer(status(400, "")),
        _ => Reaction::Answer(tickets(&call.ids)),
    });
    let run = server.run(&["1..200", "--batch-size", "2", "--jobs", "1"]);
    assert_eq!((run.code, server.calls().len()), (5, 2), "{run}");
}

#[test]
fn size_limit_is_that_of_all_answers_together() {
    let server = BatchServer::sound();
    // Each answer has some 70 bytes.
    let run = run(&server, &["--max-bytes", "100"]);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    let message = ": the answers of all calls together are larger than 100 B\n";
    assert!(run.stderr.contains(message), "{run}");
    assert_eq!(self::run(&server, &["--max-bytes", "1000"]).code, 0);
}

#[test]
fn size_limit_is_that_of_all_answers_after_decompression() {
    let server = BatchServer::start(|call| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let body = format!("{}{}", " ".repeat(1_000), super::array(&call.ids));
        encoder.write_all(body.as_bytes()).expect("memory");
        let body = encoder.finish().expect("memory");
        assert!(body.len() < 200);
        Reaction::Answer(ok_with_length("content-encoding: gzip\r\n", body))
    });
    // Each answer has some 1,070 bytes.
    let run = run(&server, &["--max-bytes", "4000"]);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    let message = ": the answers of all calls together are larger than 3.9 KiB\n";
    assert!(run.stderr.contains(message), "{run}");
    assert_eq!(self::run(&server, &["--max-bytes", "6000"]).code, 0);
}

#[test]
fn elements_are_limited_in_all_answers_together() {
    let server = BatchServer::start(|call| {
        let body = format!("[{}{{\"TicketId\":{}}}]", "null,".repeat(800), call.ids[0]);
        Reaction::Answer(ok_with_length("", body))
    });
    let run = run(&server, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    let message =
        ": all answers together have more than 1020 elements; 10 tickets were asked for\n";
    assert!(run.stderr.contains(message), "{run}");
}

#[test]
fn time_limit_is_that_of_all_calls() {
    let server =
        BatchServer::start(|call| Reaction::Late(Duration::from_millis(400), tickets(&call.ids)));
    let run = run(&server, &["--jobs", "1", "--timeout", "1s"]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.contains("not done within 1s (--timeout)\n"), "{run}");
    // A body that trickles does not outlive it.
    let server = BatchServer::start(|call| match call.ids[0] {
        5 => Reaction::Silent(ok("content-length: 1000\r\n", "[")),
        _ => Reaction::Answer(tickets(&call.ids)),
    });
    let limit = if cfg!(windows) { "5s" } else { "700ms" };
    let run = self::run(&server, &["--timeout", limit]);
    assert!(run.stderr.contains("batch 3 of 5 (5, 6): "), "{run}");
    let message = format!(": not done within {limit} (--timeout)\n");
    assert!(run.stderr.contains(&message), "{run}");
}

#[test]
#[cfg(unix)]
fn signal_ends_all_calls_at_once() {
    use std::os::unix::process::ExitStatusExt as _;

    use rustix::process::{Pid, Signal, kill_process};

    use crate::support::processes::Limit;

    let server = BatchServer::start(|_| Reaction::Silent(Vec::new()));
    let file = OutFile::old();
    let mut command = crate::support::process();
    command.args(["get", "1..100", "--batch-size", "1", "--jobs", "16", "--no-auth"]);
    command.args(file.arguments()).args(["--url", &server.url]);
    let mut child = command.spawn().expect("the program runs");
    let _limit = Limit::new(&child);
    while server.calls().len() < 16 {
        thread::sleep(Duration::from_millis(10));
    }
    // An interrupt does the same, but is ignored where the tests run in the background.
    kill_process(Pid::from_child(&child), Signal::TERM).expect("a process");
    let end = child.wait().expect("an end");
    assert_eq!(end.signal(), Some(Signal::TERM.as_raw()));
    file.assert_untouched(&Run { code: 0, stdout: String::new(), stderr: String::new() });
}
