//! Compressed answers.

use crate::support::{Run, Server};

/// `[{"TicketId":839,"Title":"packed packed packed packed"}]`, by gzip.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x8b, 0xae, 0x56, 0x0a, 0xc9, 0x4c,
    0xce, 0x4e, 0x2d, 0xf1, 0x4c, 0x51, 0xb2, 0xb2, 0x30, 0xb6, 0xd4, 0x01, 0x72, 0x4b, 0x72, 0x52,
    0x95, 0xac, 0x94, 0x0a, 0x12, 0x81, 0xc2, 0x29, 0x0a, 0xd8, 0x28, 0xa5, 0xda, 0x58, 0x00, 0x15,
    0xce, 0x95, 0x71, 0x38, 0x00, 0x00, 0x00,
];

/// The same by zlib, which HTTP calls deflate: two bytes before, the check sum behind.
const DEFLATE: &[u8] = &[
    0x78, 0xda, 0x8b, 0xae, 0x56, 0x0a, 0xc9, 0x4c, 0xce, 0x4e, 0x2d, 0xf1, 0x4c, 0x51, 0xb2, 0xb2,
    0x30, 0xb6, 0xd4, 0x01, 0x72, 0x4b, 0x72, 0x52, 0x95, 0xac, 0x94, 0x0a, 0x12, 0x81, 0xc2, 0x29,
    0x0a, 0xd8, 0x28, 0xa5, 0xda, 0x58, 0x00, 0x08, 0x79, 0x12, 0xd4,
];

const PLAIN: &str = r#"[{"TicketId":839,"Title":"packed packed packed packed"}]"#;

/// The same as brotli, stored: a window of 64 KiB, one uncompressed block, the end.
fn brotli() -> Vec<u8> {
    let head = (PLAIN.len() - 1) << 4 | 1 << 20;
    let head = u32::try_from(head).expect("a short text").to_le_bytes();
    [&head[..3], PLAIN.as_bytes(), &[3]].concat()
}

fn server(encoding: &str, body: &[u8]) -> Server {
    let (encoding, body) = (encoding.to_owned(), body.to_owned());
    Server::answering(move |_, then| {
        then.status(200).header("content-encoding", encoding).body(body);
    })
}

#[test]
fn each_encoding_is_decoded() {
    for (encoding, body) in
        [("gzip", GZIP), ("deflate", DEFLATE), ("br", &brotli()), ("identity", PLAIN.as_bytes())]
    {
        let run = server(encoding, body).run(&["839", "-o", "json"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, PLAIN), "{encoding}: {run}");
    }
}

#[test]
fn damaged_or_cut_body_is_a_network_error_and_prints_nothing() {
    let brotli = brotli();
    for (encoding, body) in [("gzip", GZIP), ("deflate", DEFLATE), ("br", &brotli)] {
        let cut = &body[..body.len() - 6];
        for damaged in [b"[{\"TicketId\":839}]", cut, &[0xff; 40]] {
            let run = server(encoding, damaged).run(&["839", "-o", "csv"]);
            assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{encoding}: {run}");
            assert!(run.stderr.starts_with("error: the answer's compression is damaged"), "{run}");
        }
    }
}

#[test]
fn limit_holds_after_decompression() {
    let limit = (PLAIN.len() - 1).to_string();
    for (encoding, body) in
        [("gzip", GZIP), ("deflate", DEFLATE), ("br", &brotli()), ("identity", PLAIN.as_bytes())]
    {
        let server = server(encoding, body);
        let run = server.run(&["839", "--max-bytes", &limit]);
        assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{encoding}: {run}");
        let run = Run::of(&mut server.get(&["839", "--max-bytes", &PLAIN.len().to_string()]));
        assert_eq!(run.code, 0, "{encoding}: {run}");
    }
}

#[test]
fn compressed_error_body_is_quoted() {
    let gzip = GZIP.to_vec();
    let server = Server::answering(move |_, then| {
        then.status(500).header("content-encoding", "gzip").body(gzip);
    });
    let run = server.run(&["839"]);
    assert_eq!(run.code, 5);
    assert!(run.stderr.contains("packed packed"), "{run}");
}
