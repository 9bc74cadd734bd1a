//! Compressed bodies: cut, damaged, and unfolding to far more than they are.

use std::io::Write as _;

use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use crate::support::fault::Fault;
use crate::support::programs::program;
use crate::support::raw::ok_with_length;
use crate::support::{self, AWKWARD, Run, TOKEN, raw};

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

/// A frame with one stored block: magic, a single segment of a length in four bytes,
/// the block's header, the bytes.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short text");
    let mut frame = b"\x28\xb5\x2f\xfd\xa0".to_vec();
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&(length << 3 | 1).to_le_bytes()[..3]);
    frame.extend_from_slice(bytes);
    frame
}

fn each() -> [(&'static str, Vec<u8>); 3] {
    let body = AWKWARD.as_bytes();
    [("gzip", gzip(body)), ("br", brotli(body)), ("zstd", zstd(body))]
}

fn answer(encoding: &str, body: &[u8]) -> Vec<u8> {
    ok_with_length(&format!("content-encoding: {encoding}\r\n"), body)
}

#[test]
fn each_is_undone() {
    let packed = Fault::sound("gzip, brotli, zstd");
    for (encoding, body) in each() {
        let run = Run::of(
            support::sotickets()
                .args(["get", "839", "249", "-o", "json", "--no-auth", "--url"])
                .arg(raw::answering(answer(encoding, &body))),
        );
        assert_eq!((run.code, run.stdout.as_str()), (0, AWKWARD), "{encoding}: {run}");
    }
    let ticket = r#"[{"TicketId":839}]"#;
    packed.prints(answer("gzip", &gzip(ticket.as_bytes())), "json", ticket);
}

#[test]
fn a_compressed_body_is_cut_at_every_hundredth() {
    for (encoding, body) in each() {
        let name = match encoding {
            "gzip" => "gzip cut at every hundredth",
            "br" => "brotli cut at every hundredth",
            _ => "zstd cut at every hundredth",
        };
        let cuts = (1..100).map(|part| answer(encoding, &body[..(body.len() * part / 100).max(1)]));
        Fault::new(name, 6, DAMAGED).in_each(cuts);
    }
}

#[test]
fn a_compressed_body_is_damaged() {
    let damaged = |name, answers: Vec<Vec<u8>>| Fault::new(name, 6, DAMAGED).in_each(answers);
    let text = AWKWARD.as_bytes();
    for (encoding, body) in each() {
        let mut answers = vec![answer(encoding, text), answer(encoding, &[0xff; 1000])];
        for offset in 0..4 {
            // The beginning of each says what it is.
            let mut body = body.clone();
            body[offset] ^= 0xff;
            if encoding != "gzip" || offset < 3 {
                answers.push(answer(encoding, &body));
            }
        }
        match encoding {
            "gzip" => {
                // The check sum and the length stand at the end.
                for back in 1..=8 {
                    let mut body = body.clone();
                    let at = body.len() - back;
                    body[at] ^= 1;
                    answers.push(answer(encoding, &body));
                }
                damaged("gzip damaged", answers);
            }
            "br" => damaged("brotli damaged", answers),
            _ => damaged("zstd damaged", answers),
        }
    }
    // What was packed is whole, and its check sum right.
    let ticket = r#"[{"TicketId":839}]"#;
    let more = [&gzip(ticket.as_bytes())[..], b"[]"].concat();
    Fault::sound("bytes behind the end of gzip").prints(answer("gzip", &more), "json", ticket);
}

/// gzip has a check sum: whatever bit is wrong, what is printed is what was packed.
#[test]
fn no_flipped_bit_changes_what_is_printed() {
    let ticket = r#"[{"TicketId":839,"Title":"packed packed packed packed"}]"#;
    let body = gzip(ticket.as_bytes());
    let mut found = 0;
    for at in 0..body.len() {
        let mut body = body.clone();
        body[at] ^= 1 << (at % 8);
        let run = Run::of(
            support::sotickets()
                .args(["get", "839", "-o", "json", "--no-auth", "--url"])
                .arg(raw::answering(answer("gzip", &body))),
        );
        match run.code {
            0 => assert_eq!(run.stdout, ticket, "byte {at}"),
            6 => assert_eq!(run.stdout, "", "byte {at}: {run}"),
            _ => panic!("byte {at}: {run}"),
        }
        found += usize::from(run.code == 6);
    }
    assert!(found > body.len() * 3 / 4, "{found} of {}", body.len());
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

/// Blocks of 128 KiB that are one byte repeated, behind a window of 128 KiB.
fn zstd_bomb() -> Vec<u8> {
    const BLOCK: usize = 128 * 1024;
    let header = u32::try_from(BLOCK << 3 | 1 << 1).expect("three bytes").to_le_bytes();
    let block = [header[0], header[1], header[2], b' '];
    bomb(b"\x28\xb5\x2f\xfd\x00\x38", &block.repeat(PACKED_AT_ONCE / BLOCK))
}

/// Runs a program and says what memory it took at most, in KiB.
const MEASURE: &str = "
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
";

/// Meets an answer within 64 MiB, and says how many MiB of memory that took.
fn memory_for(bytes: Vec<u8>) -> Option<(i32, u64)> {
    let url = raw::answering(bytes);
    let mut python = program("python3")?;
    python.args(["-c", MEASURE, env!("CARGO_BIN_EXE_sotickets"), "get", "839"]);
    python.args(["-o", "csv", "--max-bytes", "64MiB", "--url", &url]);
    let run = Run::from(python.env("SOTICKETS_TOKEN", TOKEN).output().expect("python3"));
    assert_eq!(run.stdout, "", "{run}");
    let peak = run.stderr.lines().last().and_then(|line| line.strip_prefix("peak "));
    let peak: u64 = peak.expect("a measure").parse().expect("a number");
    Some((run.code, peak / 1024))
}

#[test]
fn a_bomb_ends_at_the_limit_without_taking_memory() {
    let bombs = [
        ("a gzip bomb of 4 GiB", "gzip", gzip_bomb()),
        ("a brotli bomb of 4 GiB", "br", brotli_bomb()),
        ("a zstd bomb of 4 GiB", "zstd", zstd_bomb()),
    ];
    for (name, encoding, body) in bombs {
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
            .in_answer(bytes);
        let mut refusal = b"HTTP/1.1 500 Failed\r\n".to_vec();
        refusal.extend_from_slice(
            format!("content-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n", body.len())
                .as_bytes(),
        );
        refusal.extend_from_slice(&body);
        Fault::new("a bomb with a 500", 5, "HTTP 500: the server failed…").in_answer(refusal);
    }
}

#[test]
fn a_refusal_of_many_megabytes_is_not_copied() {
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

#[test]
fn a_window_of_gigabytes_is_not_given() {
    // A frame that wants a window of 2 GiB; nothing that is packed here needs it.
    let zstd = b"\x28\xb5\x2f\xfd\x00\xa8\x0a\0\0 \x01\0\0";
    if let Some((code, memory)) = memory_for(answer("zstd", zstd)) {
        assert_eq!(code, 6);
        assert!(memory < 160, "{memory} MiB");
    }
    Fault::new("zstd that wants a window of 2 GiB", 6, DAMAGED).in_answer(answer("zstd", zstd));
}
