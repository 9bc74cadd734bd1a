//! The connections of several calls: kept open, replaced, and paused.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::{BatchServer, CSV, Call, Reaction, SLOW_CALLS, csv, status, tickets};
use crate::support::proxy;
use crate::support::wine::{is_skipped_under_wine, sample_under_wine};
use crate::support::{Run, TOKEN, sotickets};

fn run(server: &BatchServer, more: &[&str]) -> Run {
    server.run(&[&["1..10", "--batch-size", "1"], &CSV[..], more].concat())
}

#[test]
fn connections_are_used_again() {
    let server = BatchServer::sound();
    for jobs in ["1", "3"] {
        let before = server.connections();
        let arguments = ["1..40", "--batch-size", "1", "--jobs", jobs];
        let run = server.run(&[&arguments, &CSV[..]].concat());
        assert_eq!(run.to_string(), format!("{}--- exit code 0", csv(1..=40)));
        // A call that begins before the last connection is free may open another one.
        assert!(server.connections() - before <= 20, "{}", server.connections());
    }
}

#[test]
fn used_connection_that_ends_is_replaced_once() {
    // The server closes each connection at its third call.
    for last in [|| Reaction::Close, || Reaction::Reset] {
        let server = BatchServer::start(move |call| match call.before {
            2 => last(),
            _ => Reaction::Answer(tickets(&call.ids)),
        });
        let run = run(&server, &["--jobs", "1", "-v"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=10).as_str()), "{run}");
        assert!(run.stderr.contains("* the connection had ended; trying another one\n"), "{run}");
        let calls = server.batches();
        assert!(calls.len() > 10 && calls.iter().all(|ids| ids.len() == 1), "{calls:?}");
    }
}

/// Closes each connection at its second call.
fn close_second(call: &Call) -> Reaction {
    match call.before {
        0 => Reaction::Answer(tickets(&call.ids)),
        _ => Reaction::Close,
    }
}

#[test]
fn used_connection_that_ends_is_replaced_while_other_calls_run() {
    let servers = [
        BatchServer::start(close_second),
        BatchServer::start(|call| match call.before {
            0 => Reaction::Answer(tickets(&call.ids)),
            _ => Reaction::Reset,
        }),
        BatchServer::start_tls(close_second),
    ];
    for (server, rounds) in servers.iter().zip([20, 20, 5]) {
        for (round, _) in sample_under_wine(0..rounds).enumerate() {
            let verbose: &[&str] = if round % 2 == 0 { &["-v"] } else { &[] };
            let arguments = ["1..60", "--batch-size", "2", "--jobs", "8"];
            let run = server.run(&[&arguments, &CSV[..], verbose].concat());
            assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=60).as_str()), "{run}");
        }
    }
}

#[test]
fn used_connection_through_a_proxy_is_replaced() {
    let assert_replaced = |run: &Run| {
        assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=10).as_str()), "{run}");
        assert!(run.stderr.contains("* the connection had ended; trying another one\n"), "{run}");
    };
    // A proxy in plain HTTP answers in the server's place.
    let server = BatchServer::start(close_second);
    let mut command = sotickets();
    command.args(["get", "1..10", "--batch-size", "1", "--no-auth", "-v"]).args(CSV);
    command.args(["--url", "http://crm.example.com", "--proxy", &server.url]);
    assert_replaced(&Run::of(&mut command));
    // A tunnel ends with the connection of the server.
    let server = BatchServer::start_tls(close_second);
    for (scheme, proxy) in [("http", proxy::tinyproxy("")), ("socks5", proxy::microsocks(&[]))] {
        let Some(proxy) = proxy else { continue };
        let url = format!("{scheme}://127.0.0.1:{}", proxy.port);
        assert_replaced(&run(&server, &["--jobs", "1", "-v", "--proxy", &url]));
    }
}

#[test]
fn new_connection_that_ends_is_a_failure() {
    for jobs in ["1", "8"] {
        let server = BatchServer::start(|call| match call.before {
            0 => Reaction::Close,
            _ => Reaction::Answer(tickets(&call.ids)),
        });
        let run = run(&server, &["--jobs", jobs]);
        assert_eq!(run.code, 6, "{run}");
        assert!(server.calls().len() <= jobs.parse().expect("a number"), "{run}");
    }
}

#[test]
fn connections_that_the_server_closes_when_they_are_idle_are_no_failure() {
    const IDLE: Duration = Duration::from_millis(300);
    for code in [200, 429] {
        let server = BatchServer::start(move |call| {
            let bytes = match (code, call.number) {
                (429, 5) => status(429, "retry-after: 1\r\n"),
                // The others have nothing to do meanwhile.
                (200, 5) => return Reaction::Late(IDLE * 3, tickets(&call.ids)),
                _ => tickets(&call.ids),
            };
            Reaction::Brief(IDLE, bytes)
        });
        let run = run(&server, &["--jobs", "4", "--retries", "1"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=10).as_str()), "{run}");
    }
}

#[test]
fn answer_that_has_begun_is_not_requested_again() {
    let server = BatchServer::start(|call| match call.number {
        3 => Reaction::Last(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{".to_vec()),
        _ => Reaction::Answer(tickets(&call.ids)),
    });
    let run = run(&server, &["--jobs", "1"]);
    assert_eq!((run.code, server.calls().len()), (6, 4), "{run}");
    assert!(run.stderr.contains("the answer was cut off"), "{run}");
}

#[test]
fn used_connection_that_ends_within_the_headers_is_replaced_and_a_new_one_is_not() {
    let within_headers = || Reaction::Last(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec());
    for (before, code, calls) in [(2, 0, 11), (0, 6, 1)] {
        let server = BatchServer::start(move |call| match (call.before, call.number) {
            (it, 0..=2) if it == before => within_headers(),
            _ => Reaction::Answer(tickets(&call.ids)),
        });
        let run = run(&server, &["--jobs", "1"]);
        assert_eq!((run.code, server.calls().len()), (code, calls), "{run}");
    }
}

#[test]
fn retries_apply_to_each_call() {
    let failed = AtomicUsize::new(0);
    let server = BatchServer::start(move |call| {
        if call.ids[0] % 4 == 0 && failed.fetch_add(1, Ordering::SeqCst) < 2 {
            return Reaction::Answer(status(502, ""));
        }
        Reaction::Answer(tickets(&call.ids))
    });
    let run = run(&server, &["--retries", "2"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=10).as_str()), "{run}");
    let notices = run.stderr.lines().filter(|line| line.contains("/10] retrying in ")).count();
    assert_eq!((notices, server.calls().len()), (2, 12), "{run}");
}

/// A server that asks for a pause in its third answer, with `code`; `retry_after` returns the value
/// of the header.
fn pausing(code: u16, retry_after: impl Fn() -> String + Send + Sync + 'static) -> BatchServer {
    BatchServer::start(move |call| {
        if call.number == 2 {
            return Reaction::Answer(status(code, &format!("retry-after: {}\r\n", retry_after())));
        }
        // So that the calls are spread over time.
        Reaction::Late(Duration::from_millis(60), tickets(&call.ids))
    })
}

#[test]
fn pause_that_one_call_is_asked_for_applies_to_all() {
    if is_skipped_under_wine(SLOW_CALLS) {
        return;
    }
    for code in [429, 503] {
        let server = pausing(code, || "1".to_owned());
        let arguments = ["1..30", "--batch-size", "1", "--jobs", "4", "--retries", "1", "-v"];
        let run = server.run(&[&arguments, &CSV[..]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=30).as_str()), "{run}");
        let reason = " s: the server answered another call with Retry-After\n";
        assert!(run.stderr.contains(reason), "{run}");
        let calls = server.calls();
        let asked = calls[2].0;
        // Calls that were on their way are not affected.
        let during = |(at, _): &&(Instant, _)| {
            let after = at.duration_since(asked).as_millis();
            (50..950).contains(&after)
        };
        assert_eq!(calls.iter().filter(during).count(), 0);
        // Not all go on at the same moment.
        let next: Vec<u128> = calls[3..]
            .iter()
            .map(|(at, _)| at.duration_since(asked).as_millis())
            .filter(|after| *after >= 950)
            .take(4)
            .collect();
        assert!(next[3] - next[0] > 5, "{next:?}");
    }
}

#[test]
fn retry_after_may_be_a_date_or_nonsense_and_must_fit_into_the_timeout() {
    let soon = || httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(1));
    let run = run(&pausing(429, soon), &["--retries", "1"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=10).as_str()), "{run}");
    for value in ["0", "soon", "-1"] {
        let run = self::run(&pausing(429, move || value.to_owned()), &["--retries", "1"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, csv(1..=10).as_str()), "{value}: {run}");
    }
    // Longer than the longest wait, too.
    for (seconds, timeout, wait) in [
        ("31", "30s", "31."),
        ("86400", "30s", "86400.0 s"),
        ("86400", "90s", "86400.0 s"),
        ("99999999999999999999999", "90s", "more than a day"),
    ] {
        let start = Instant::now();
        let server = pausing(429, move || seconds.to_owned());
        let run = self::run(&server, &["--retries", "5", "--timeout", timeout]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
        let notice = format!("not retrying: the wait of {wait}");
        assert!(run.stderr.contains(&notice), "{run}");
        assert!(start.elapsed() < Duration::from_secs(15), "{run}");
    }
}

#[test]
fn server_that_takes_two_connections_is_no_obstacle() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    // Two threads, each with one connection at a time.
    for _ in 0..2 {
        let listener = listener.try_clone().expect("a copy");
        thread::spawn(move || {
            let calls = std::sync::Mutex::new(Vec::new());
            for mut stream in listener.incoming().flatten() {
                let socket = stream.try_clone().expect("a copy");
                let sound = |call: &Call| Reaction::Answer(tickets(&call.ids));
                super::serve(&mut stream, socket, &calls, &sound);
            }
        });
    }
    let mut command = sotickets();
    command.args(["get", "1..64", "--batch-size", "1", "--jobs", "16", "--url", &url]).args(CSV);
    let run = Run::of(command.env("SOTICKETS_TOKEN", TOKEN));
    assert_eq!(run.to_string(), format!("{}--- exit code 0", csv(1..=64)));
}
