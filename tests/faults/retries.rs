//! Failures that pass, and failures that do not, with `--retries`.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::fault::Fault;
use crate::support::tcp_server::{self, ok_with_length};

const TICKET: &str = r#"[{"TicketId":839}]"#;

/// Answers with each of `answers` in turn, the last again and again. Gives the address
/// and the count of calls.
fn in_turn(answers: Vec<Vec<u8>>) -> (String, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let url = tcp_server::start(move |stream| {
        let call = count.fetch_add(1, Ordering::SeqCst);
        let _ = stream.write_all(&answers[call.min(answers.len() - 1)]);
    });
    (url, calls)
}

fn failing(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: 4\r\n{headers}\r\nsoon").into_bytes()
}

#[test]
fn failure_that_passes_is_waited_for() {
    for (name, first) in [
        ("429, then 200, with --retries", failing("429 Slow", "retry-after: 0\r\n")),
        ("503, then 200, with --retries", failing("503 Busy", "")),
        ("closed before the headers, then 200, with --retries", Vec::new()),
    ] {
        let (url, calls) = in_turn(vec![first, ok_with_length("", TICKET)]);
        let passing = Fault::sound(name).with(&["--retries", "2"]);
        passing.prints_in_the_end(&url, "json", TICKET);
        assert_eq!(calls.load(Ordering::SeqCst), 2, "{name}");
    }
}

#[test]
fn last_failure_is_reported_after_the_retries() {
    let lasting = |name, message, arguments, answers, expected: usize| {
        let (url, calls) = in_turn(answers);
        Fault::new(name, 5, message).with(arguments).at(&url);
        // In three formats, and once to a file.
        assert_eq!(calls.load(Ordering::SeqCst), 4 * expected, "{name}");
    };
    let busy = "HTTP 503: the server is not available: soon";
    let answers = vec![failing("503 Busy", "")];
    lasting("503 without end, with --retries", busy, &["--retries", "1"], answers, 2);
    let failed = "HTTP 500: the server failed: soon";
    let answers = vec![failing("500 No", "")];
    lasting("500, which is not repeated", failed, &["--retries", "2"], answers, 1);
}
