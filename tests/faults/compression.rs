//! Compressed bodies: cut, damaged, and unfolding to far more than they are.

use std::io::Write as _;
use std::time::Duration;

use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use crate::support::fault::Fault;
use crate::support::memory::measure;
use crate::support::tcp_server::{ok, ok_with_length};
use crate::support::wine::sample_under_wine;
use crate::support::{self, AWKWARD, Run, tcp_server};

const DAMAGED: &str = "the answer's compression is damaged: …";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = CompressorWriter::new(Vec::new(), 4096, 9, 22);
    encoder.write_all(bytes).expect("memory");
    encoder.into_inner()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// `deflate` as some servers understand it: without the frame of zlib.
fn bare_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// [`AWKWARD`] in each way in which it may come: the coding, its name here, the bytes.
fn each() -> [(&'static str, &'static str, Vec<u8>); 4] {
    let body = AWKWARD.as_bytes();
    [
        ("gzip", "gzip", gzip(body)),
        ("deflate", "deflate", zlib(body)),
        ("deflate", "bare deflate", bare_deflate(body)),
        ("br", "brotli", brotli(body)),
    ]
}

fn answer(encoding: &str, body: &[u8]) -> Vec<u8> {
    ok_with_length(&format!("content-encoding: {encoding}\r\n"), body)
}

const TICKET: &str = r#"[{"TicketId":839}]"#;

#[test]
fn each_coding_is_decoded() {
    for (coding, name, body) in each() {
        let run = Run::of(
            support::sotickets()
                .args(["get", "839", "249", "-o", "json", "--no-auth", "--url"])
                .arg(tcp_server::answering(answer(coding, &body))),
        );
        assert_eq!((run.code, run.stdout.as_str()), (0, AWKWARD), "{name}: {run}");
    }
    let packed = Fault::sound("gzip, deflate with or without a frame, brotli");
    packed.prints(answer("gzip", &gzip(TICKET.as_bytes())), "json", TICKET);
}

#[test]
fn codings_in_any_spelling_and_nesting_are_decoded() {
    let ticket = TICKET.as_bytes();
    let fault = Fault::sound("GZIP, x-gzip, empty list elements, codings inside one another");
    for (header, body) in [
        ("GZIP", gzip(ticket)),
        ("x-gzip", gzip(ticket)),
        ("X-GZip", gzip(ticket)),
        ("gzip,", gzip(ticket)),
        (", ,gzip ,identity", gzip(ticket)),
        ("DEFLATE", zlib(ticket)),
        ("Br", brotli(ticket)),
        ("gzip, gzip", gzip(&gzip(ticket))),
        ("deflate, br", brotli(&zlib(ticket))),
        ("gzip\r\ncontent-encoding: br", brotli(&gzip(ticket))),
        ("br, gzip, deflate, gzip, gzip", { gzip(&gzip(&bare_deflate(&gzip(&brotli(ticket))))) }),
    ] {
        fault.prints(answer(header, &body), "json", TICKET);
    }
    // It was not requested, but is known.
    let chunks = tcp_server::chunked(&gzip(ticket), 7);
    fault.prints(ok("transfer-encoding: gzip, chunked\r\n", chunks), "json", TICKET);
}

#[test]
fn all_members_of_gzip_are_decoded_in_each_format() {
    for format in sample_under_wine(support::formats(|format| !format.is_for_file())) {
        let run = |body: Vec<u8>| {
            let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n".to_vec();
            let kind = if format == "xml" { "xml" } else { "json" };
            bytes.extend_from_slice(format!("content-type: application/{kind}\r\n\r\n").as_bytes());
            bytes.extend_from_slice(&body);
            Run::of(
                support::sotickets()
                    .args(["get", "839", "249", "-o", &format, "--no-auth", "--url"])
                    .arg(tcp_server::answering(bytes)),
            )
        };
        let xml = "<Tickets><Ticket><TicketId>839</TicketId></Ticket>\
            <Ticket><TicketId>249</TicketId></Ticket></Tickets>";
        let text = if format == "xml" { xml } else { AWKWARD };
        let (start, rest) = text.as_bytes().split_at(text.len() / 3);
        let members = [gzip(start), gzip(b""), gzip(rest)].concat();
        let (whole, parted) = (run(gzip(text.as_bytes())), run(members.clone()));
        assert_eq!(whole.code, 0, "{format}: {whole}");
        assert_eq!(parted.to_string(), whole.to_string(), "{format}");
        // The last member is cut off, or is none.
        for broken in [&members[..members.len() - 1], &[&members[..], b"\0"].concat()] {
            let run = run(broken.to_vec());
            assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{format}: {run}");
        }
    }
    let members = [gzip(b"[{\"Ticket"), gzip(b"Id\":839}]")].concat();
    Fault::sound("gzip of several members").prints(answer("gzip", &members), "json", TICKET);
}

#[test]
fn bytes_behind_the_end_of_a_coding_are_an_error() {
    let ticket = TICKET.as_bytes();
    let fault = Fault::new("bytes behind the end of gzip, deflate or brotli", 6, DAMAGED);
    for (coding, packed) in [
        ("gzip", gzip(ticket)),
        ("deflate", zlib(ticket)),
        ("deflate", bare_deflate(ticket)),
        ("br", brotli(ticket)),
        ("gzip, br", brotli(&gzip(ticket))),
    ] {
        let with = |more: &[u8]| answer(coding, &[&packed[..], more].concat());
        // The last ones do not fit into the decoder's buffer.
        fault.in_each([with(b"\0"), with(b"[]"), with(&packed[..4]), with(&[0; 200_000])]);
    }
    fault.in_answer(answer("br", &[brotli(ticket), brotli(ticket)].concat()));
}

#[test]
fn unknown_coding_is_named_and_nothing_of_the_body_is_quoted() {
    let body = b"SECRET\x28\xb5\x2f\xfdSECRET";
    let unknown = "the answer has the coding 'zstd', which this program does not know";
    let fault = Fault::new("an unknown coding", 7, unknown);
    for header in ["zstd", "gzip, zstd", "zstd,gzip"] {
        fault.in_answer(answer(header, body));
    }
    let stacked = "the answer has 6 codings, one inside another, of which this program undoes 5";
    Fault::new("six codings, one inside another", 7, stacked)
        .in_answer(answer("gzip,gzip,gzip,gzip,gzip,gzip", body));
    let mut refusal = b"HTTP/1.1 500 Failed\r\ncontent-encoding: zstd\r\n\r\n".to_vec();
    refusal.extend_from_slice(body);
    let fault = Fault::new("an unknown coding with a 500", 5, "HTTP 500: the server failed");
    fault.in_answer(refusal.clone());
    let run = Run::of(
        support::sotickets()
            .args(["get", "839", "--no-auth", "--url"])
            .arg(tcp_server::answering(refusal)),
    );
    insta::assert_snapshot!(run, @"
    --- stderr
    error: HTTP 500: the server failed
    hint: try one id and fewer fields; the server's own log knows more
    hint: the body of the answer was left out: it has the coding 'zstd', which this program does not know
    --- exit code 5
    ");
}

#[test]
fn error_never_quotes_compressed_bytes() {
    let packed = gzip(AWKWARD.as_bytes());
    let damaged = [&packed[..packed.len() / 2], &[0xff; 40]].concat();
    let run = |status: &str, headers: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
        let run = Run::of(
            support::sotickets()
                .args(["get", "839", "--no-auth", "--url"])
                .arg(tcp_server::answering([head.as_bytes(), body].concat())),
        );
        assert!(run.stderr.is_ascii() && !run.stderr.contains('\\'), "{run}");
        run.to_string()
    };
    let gzip = "content-encoding: gzip\r\n";
    insta::assert_snapshot!(run("500 Bad", gzip, &damaged), @"
    --- stderr
    error: HTTP 500: the server failed
    hint: try one id and fewer fields; the server's own log knows more
    hint: the body of the answer was left out: its compression is damaged
    --- exit code 5
    ");
    insta::assert_snapshot!(run("500 Bad", "", &packed[..200]), @"
    --- stderr
    error: HTTP 500: the server failed: 200 B that are not readable as text
    hint: try one id and fewer fields; the server's own log knows more
    --- exit code 5
    ");
    insta::assert_snapshot!(run("200 OK", "", &packed[..200]), @"
    --- stderr
    error: the answer is not JSON: 200 B that are not readable as text
    hint: it may be compressed or not in UTF-8, without a header that says so
    --- exit code 7
    ");
    let fault = Fault::new("gzip that no header names", 7, "the answer is not JSON: …");
    fault.in_answer(ok_with_length("", &packed));
}

#[test]
fn compressed_body_cut_at_any_hundredth_is_a_network_error() {
    for (coding, name, body) in each() {
        let name = match name {
            "gzip" => "gzip cut at every hundredth",
            "brotli" => "brotli cut at every hundredth",
            _ => "deflate cut at every hundredth",
        };
        let cuts = (1..100).map(|part| answer(coding, &body[..(body.len() * part / 100).max(1)]));
        Fault::new(name, 6, DAMAGED).in_each(cuts);
    }
}

#[test]
fn damaged_compressed_body_is_a_network_error() {
    let damaged = |name, answers: Vec<Vec<u8>>| Fault::new(name, 6, DAMAGED).in_each(answers);
    let text = AWKWARD.as_bytes();
    for (coding, name, body) in each() {
        let mut answers = vec![answer(coding, text), answer(coding, &[0xff; 1000])];
        let mut flip = |at: usize, bits: u8| {
            let mut body = body.clone();
            body[at] ^= bits;
            answers.push(answer(coding, &body));
        };
        // The first bytes, which name the coding, without gzip's flags.
        let start = match name {
            "gzip" => 3,
            "deflate" => 2,
            "brotli" => 4,
            _ => 0,
        };
        (0..start).for_each(|at| flip(at, 0xff));
        // The check sum, and gzip's length, are at the end.
        let end = match name {
            "gzip" => 8,
            "deflate" => 4,
            _ => 0,
        };
        (1..=end).for_each(|back| flip(body.len() - back, 1));
        match name {
            "gzip" => damaged("gzip damaged", answers),
            "brotli" => damaged("brotli damaged", answers),
            _ => damaged("deflate damaged", answers),
        }
    }
}

/// gzip has a check sum: whatever bit is wrong, what is printed is what was packed.
#[test]
fn no_flipped_bit_changes_what_is_printed() {
    let ticket = r#"[{"TicketId":839,"Title":"packed packed packed packed"}]"#;
    let body = gzip(ticket.as_bytes());
    let (mut tried, mut found) = (0, 0);
    for at in sample_under_wine(0..body.len()) {
        let mut body = body.clone();
        body[at] ^= 1 << (at % 8);
        let run = Run::of(
            support::sotickets()
                .args(["get", "839", "-o", "json", "--no-auth", "--url"])
                .arg(tcp_server::answering(answer("gzip", &body))),
        );
        match run.code {
            0 => assert_eq!(run.stdout, ticket, "byte {at}"),
            6 => assert_eq!(run.stdout, "", "byte {at}: {run}"),
            _ => panic!("byte {at}: {run}"),
        }
        tried += 1;
        found += usize::from(run.code == 6);
    }
    assert!(found * 4 > tried * 3, "{found} of {tried}");
}

const MIB: usize = 1 << 20;
const PACKED_AT_ONCE: usize = 16 * MIB;

/// 4 GiB of blanks: what `pack` makes of 16 MiB, 256 times.
fn bomb(start: &[u8], packed: &[u8]) -> Vec<u8> {
    let mut bomb = start.to_vec();
    for _ in 0..(4096 * MIB / PACKED_AT_ONCE) {
        bomb.extend_from_slice(packed);
    }
    bomb
}

/// Some 4 MB: deflate packs a thousandfold at best. Each part ends at a byte.
fn gzip_bomb() -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; PACKED_AT_ONCE]).expect("memory");
    encoder.flush().expect("memory");
    let packed = encoder.get_ref().clone();
    bomb(b"\x1f\x8b\x08\0\0\0\0\0\0\xff", &packed)
}

fn brotli_bomb() -> Vec<u8> {
    let blanks = vec![b' '; PACKED_AT_ONCE];
    let mut encoder = CompressorWriter::new(Vec::new(), 4096, 9, 22);
    let mut pack = || {
        encoder.write_all(&blanks).expect("memory");
        encoder.flush().expect("memory");
        encoder.get_ref().len()
    };
    // The first part has the window's size before it, which must not be repeated.
    let first = pack();
    let second = pack();
    let packed = encoder.get_ref()[..second].to_vec();
    bomb(&packed[..first], &packed[first..])
}

/// Meets an answer within 64 MiB, and says how many MiB of memory that took.
fn memory_for(bytes: Vec<u8>) -> Option<(i32, u64)> {
    let arguments = ["839", "-o", "csv", "--max-bytes", "64MiB"];
    let (run, peak) = measure(&tcp_server::answering(bytes), &arguments)?;
    assert_eq!(run.stdout, "", "{run}");
    Some((run.code, peak / 1024))
}

#[test]
fn bomb_ends_at_the_limit_without_taking_memory() {
    let gzip_bomb = gzip_bomb();
    let packed = gzip(&gzip_bomb);
    let bombs = [
        ("a gzip bomb of 4 GiB", "gzip", gzip_bomb),
        ("a gzip bomb of 4 GiB inside gzip", "gzip, gzip", packed),
        ("a brotli bomb of 4 GiB", "br", brotli_bomb()),
    ];
    // Each unpacks 64 MiB, so that each is met in one format.
    for ((name, encoding, body), format) in bombs.into_iter().zip(["csv", "json", "table"]) {
        assert!(body.len() < 5_000_000, "{name}: {} bytes", body.len());
        println!("{name}: {} bytes", body.len());
        let bytes = answer(encoding, &body);
        if let Some((code, memory)) = memory_for(bytes.clone()) {
            println!("{name}: {memory} MiB of memory at --max-bytes 64MiB");
            assert_eq!(code, 7, "{name}");
            assert!((64..160).contains(&memory), "{name}: {memory} MiB");
        }
        Fault::new(name, 7, "the answer is larger than 64.0 MiB")
            .with(&["--max-bytes", "64MiB"])
            .in_answer_as(format, bytes);
        let mut refusal = b"HTTP/1.1 500 Failed\r\n".to_vec();
        refusal.extend_from_slice(
            format!("content-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n", body.len())
                .as_bytes(),
        );
        refusal.extend_from_slice(&body);
        Fault::new("a bomb with a 500", 5, "HTTP 500: the server failed…")
            .in_answer_as(format, refusal);
    }
}

#[test]
fn refusal_of_many_megabytes_is_not_copied() {
    let long = "x".repeat(60 * MIB);
    for (name, code, body) in [
        ("an array of a text", 7, format!("[\"{long}\"]")),
        ("an object", 7, format!("{{\"a\":\"{long}\"}}")),
        ("an error object", 5, format!("{{\"Error\":true,\"ErrorMessage\":\"{long}\"}}")),
        ("a text", 7, long.clone()),
    ] {
        if let Some((found, memory)) = memory_for(ok_with_length("", &body)) {
            assert_eq!(found, code, "{name}");
            assert!(memory < 160, "{name}: {memory} MiB");
        }
    }
}

/// An answer that never ends and decodes to nothing is held to the limit as it comes.
#[test]
fn endless_gzip_members_end_at_the_limit() {
    let member: &[u8] = gzip(b"").repeat(4096).leak();
    let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    Fault::new("empty gzip members without end", 7, "the answer is larger than 1.0 MiB")
        .with(&["--max-bytes", "1MiB"])
        .at(&tcp_server::endless(head, member, Duration::ZERO));
}
