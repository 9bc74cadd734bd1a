//! The memory for an answer: its own bytes, 32 MiB and 200 bytes for each requested id.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::memory::{MUSL_ALLOWANCE, measure};
use crate::support::tcp_server::{self, ok, ok_with_length};
use crate::support::{Run, Server};

const KIB: u64 = 1024;

/// Returns the limit of memory, in KiB, for an answer of `body` bytes and so many ids.
fn allowed(body: usize, ids: usize) -> u64 {
    (body as u64 + 200 * ids as u64) / KIB + 32 * KIB + MUSL_ALLOWANCE
}

/// A list of tickets with these ids.
fn tickets(ids: impl Iterator<Item = usize>) -> String {
    let mut body = "[".to_owned();
    for id in ids {
        let separator = if body.len() > 1 { "," } else { "" };
        let _ = write!(body, "{separator}{{\"TicketId\":{id},\"Title\":\"a\"}}");
    }
    body.push(']');
    body
}

/// Requests 1 to `ids` and gets `body`, whose tickets are printed as `format` with `code`.
fn assert_fits(ids: usize, body: &str, format: &str, code: i32) {
    let url = tcp_server::answering(ok_with_length("", body));
    let (range, most) = (format!("1..{ids}"), ids.to_string());
    let arguments = [&range, "--max-ids", &most, "-s", "TicketId,Title", "-o", format];
    let Some((run, peak)) = measure(&url, &[&arguments[..], &["--out-file", "/dev/null"]].concat())
    else {
        return;
    };
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{format}: {:.300}", run.stderr);
    let allowed = allowed(body.len(), ids);
    assert!(peak <= allowed, "{format}, {ids} ids: {peak} KiB, and {allowed} are allowed");
}

#[test]
fn tickets_in_any_order_fit_in_memory() {
    let ids = 150_000;
    assert_fits(ids, &tickets(1..=ids), "csv", 0);
    let reversed = tickets((1..=ids).rev());
    for format in ["csv", "json", "jsonl"] {
        assert_fits(ids, &reversed, format, 0);
    }
}

#[test]
fn unrequested_tickets_fit_in_memory() {
    let ids = 100_000;
    // As many as can be read, none of them requested, with gaps between their numbers.
    let body = tickets((1..=2 * ids).map(|number| 1_000_000 + 2 * number));
    assert_fits(ids, &body, "csv", 3);
    let unreadable = body.replace("\"TicketId\":", "\"TicketId\":0.");
    assert_fits(ids, &unreadable, "csv", 3);
}

/// A workbook takes more: the texts that its cells share.
#[test]
fn workbook_of_different_texts_takes_64_mib_besides_the_answer() {
    let ids = 200_000;
    let mut body = "[".to_owned();
    for id in 1..=ids {
        let separator = if body.len() > 1 { "," } else { "" };
        // The second and the third text are not in the answer as they are in the cell.
        let _ = write!(
            body,
            r#"{separator}{{"TicketId":{id},"Title":"title {id}","Author":"\"{id}\"","Origin":"\n{id}"}}"#
        );
    }
    body.push(']');
    let url = tcp_server::answering(ok_with_length("", &body));
    let (range, select) = (format!("1..{ids}"), "TicketId,Title,Author,Origin");
    let arguments = [&range, "--max-ids", "1000000", "-s", select, "-o", "xlsx"];
    let measured = measure(&url, &[&arguments[..], &["--out-file", "/dev/null"]].concat());
    let Some((run, peak)) = measured else { return };
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let allowed = allowed(body.len(), ids) + 32 * KIB;
    assert!(peak <= allowed, "{peak} KiB, and {allowed} are allowed");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn packed_answer_takes_its_length_once() {
    let body = format!("[{{\"TicketId\":1,\"Title\":\"{}\"}}]", "x".repeat(60 << 20));
    let url = tcp_server::answering(ok("content-encoding: gzip\r\n", gzip(body.as_bytes())));
    let arguments = ["1", "-o", "json", "--out-file", "/dev/null"];
    let Some((run, peak)) = measure(&url, &arguments) else { return };
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(peak <= allowed(body.len(), 1), "{peak} KiB for {} bytes", body.len());
}

#[test]
fn long_tickets_are_made_into_lines_a_few_at_a_time() {
    let text = "x".repeat(400_000);
    let ticket = |id: usize| format!("{{\"TicketId\":{id},\"Title\":\"{text}\"}}");
    let body = format!("[{}]", (1..=150).map(ticket).collect::<Vec<_>>().join(","));
    for format in ["csv", "jsonl"] {
        assert_fits(150, &body, format, 0);
    }
}

#[test]
fn endless_input_is_refused_while_it_is_read() {
    let elements = [
        "{\"a\":1},",
        "null,",
        "{\"a\":[{\"a\":1}]},",
        "{ },\n",
        "{\"a\":\",{\"},",
        "{\"TicketId\":1},",
    ];
    for element in elements {
        let more: &'static str = element.repeat(8000).leak();
        for first in ["[", "[{\"zz\":0},"] {
            for length in ["", "content-length: 1000000000\r\n"] {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
                let start = format!("{head}{length}\r\n{first}").into_bytes().leak();
                let url = tcp_server::endless(start, more.as_bytes(), std::time::Duration::ZERO);
                let Some((run, peak)) = measure(&url, &["1", "-o", "csv"]) else { return };
                let message =
                    "error: the answer has more than 1002 elements; 1 ticket was asked for\n";
                assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{element}: {run}");
                assert!(run.stderr.starts_with(message), "{element}: {run}");
                assert!(peak <= 64 * KIB, "{element}, {first}, {length}: {peak} KiB");
            }
        }
    }
}

#[test]
fn twice_the_ids_and_1000_are_read() {
    for (count, code) in [(1004, 0), (1005, 7)] {
        let body = format!("[{{\"TicketId\":1}},{{\"TicketId\":2}}{}]", ",null".repeat(count - 2));
        let run: Run = Server::json(&body).run(&["1", "2", "-s", "TicketId", "-o", "csv"]);
        assert_eq!(run.code, code, "{count}: {run}");
    }
}
