//! Faults of the body: cut, of another length, in broken chunks.

use std::time::Duration;

use crate::support::fault::Fault;
use crate::support::tcp_server::{chunked, ok, ok_with_length};
use crate::support::{AWKWARD, tcp_server};

const TICKET: &str = r#"[{"TicketId":839}]"#;

/// Every hundredth of `length`, the whole left out.
fn hundredths(length: usize) -> impl Iterator<Item = usize> {
    (0..100).map(move |part| length * part / 100)
}

#[test]
fn body_cut_at_any_hundredth_is_a_network_error() {
    let message = "the answer was cut off: end of file before message length reached";
    let length = format!("content-length: {}\r\n", AWKWARD.len());
    let cuts = hundredths(AWKWARD.len()).map(|end| ok(&length, &AWKWARD.as_bytes()[..end]));
    Fault::new("a body cut at every hundredth", 6, message).in_each(cuts);
}

#[test]
fn chunked_body_cut_at_any_hundredth_is_a_network_error() {
    let chunks = chunked(AWKWARD.as_bytes(), 100);
    let cuts =
        hundredths(chunks.len()).map(|end| ok("transfer-encoding: chunked\r\n", &chunks[..end]));
    Fault::new("a chunked body cut at every hundredth", 6, "the answer was cut off: …")
        .in_each(cuts);
}

#[test]
fn cut_large_body_is_a_network_error() {
    // Large enough to be scanned on another thread while it arrives.
    let ticket = format!(r#"{{"TicketId":839,"Title":"{}"}},"#, "x".repeat(10_000));
    let body = format!("[{}", ticket.repeat(600));
    let length = format!("content-length: {}\r\n", body.len() + 1);
    let message = "the answer was cut off: end of file before message length reached";
    Fault::new("6 MB of tickets cut before the last byte", 6, message).in_answer(ok(&length, body));
}

#[test]
fn wrong_content_length_is_reported() {
    let message = "the answer was cut off: end of file before message length reached";
    Fault::new("Content-Length too large", 6, message)
        .in_answer(ok("content-length: 19\r\n", TICKET));
    let message = "the answer is not JSON: EOF while parsing …";
    Fault::new("Content-Length too small", 7, message)
        .in_each([ok("content-length: 17\r\n", TICKET), ok("content-length: 10\r\n", TICKET)]);
    let message = "the answer is larger than 2.0 GiB";
    Fault::new("Content-Length of an exabyte", 7, message)
        .in_answer(ok("content-length: 1000000000000000000\r\n", TICKET));
}

#[test]
fn invalid_chunk_is_a_network_error() {
    let broken = |name, message, chunks: &[&str]| {
        let answers = chunks.iter().map(|chunks| ok("transfer-encoding: chunked\r\n", chunks));
        Fault::new(name, 6, message).in_each(answers);
    };
    broken(
        "a chunk whose size is no number",
        "the answer was cut off: Invalid chunk size line: …",
        &["6\r\n[{\"Tic\r\nzz\r\nketId\"", "-1\r\n[", "6\r\n[{\"Tic\r\n 6\r\n", "\r\n\r\n"],
    );
    broken(
        "a chunk larger than can be counted",
        "the answer was cut off: …",
        &["6\r\n[{\"Tic\r\nfffffffffffffffff\r\nketId\""],
    );
    broken(
        "a chunk longer than it says",
        "the answer was cut off: Invalid chunk body CR",
        &["6\r\n[{\"TicketId\r\n0\r\n\r\n"],
    );
    broken(
        "a chunk size line without end",
        "the answer was cut off: …",
        &[&format!("6\r\n[{{\"Tic\r\n6;{}", "x".repeat(100_000))],
    );
    broken(
        "trailers without end",
        "the answer was cut off: …",
        &[&format!("12\r\n{TICKET}\r\n0\r\n{}", "x-filler: a\r\n".repeat(100_000))],
    );
}

#[test]
fn endless_body_ends_at_the_limit() {
    let limited = |name| {
        Fault::new(name, 7, "the answer is larger than 1.0 MiB").with(&["--max-bytes", "1MiB"])
    };
    let filler: &[u8] = &[b' '; 8192];
    let close = b"HTTP/1.1 200 OK\r\n\r\n[";
    limited("a body without end").at(&tcp_server::endless(close, filler, Duration::ZERO));
    let chunks: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n";
    let chunk = format!("100\r\n{:256}\r\n", "");
    limited("chunks without end").at(&tcp_server::endless(
        chunks,
        chunk.as_bytes(),
        Duration::ZERO,
    ));
}

#[test]
fn body_in_unusual_pieces_is_read() {
    let odd = Fault::sound("odd but sound chunks");
    for chunks in [
        chunked(TICKET.as_bytes(), 1),
        format!("000012\r\n{TICKET}\r\n0\r\n\r\n").into_bytes(),
        format!("12;name=value\r\n{TICKET}\r\n0\r\nx-trailer: a\r\n\r\n").into_bytes(),
    ] {
        odd.prints(ok("transfer-encoding: chunked\r\n", chunks), "json", TICKET);
    }
    let both = "transfer-encoding: chunked\r\ncontent-length: 5\r\n";
    Fault::sound("Content-Length next to chunks").prints(
        ok(both, chunked(TICKET.as_bytes(), 7)),
        "json",
        TICKET,
    );
    Fault::sound("bytes behind the answer").prints(
        [&ok_with_length("", TICKET)[..], b"HTTP/1.1 200 OK\r\n\r\n[]"].concat(),
        "json",
        TICKET,
    );
}
