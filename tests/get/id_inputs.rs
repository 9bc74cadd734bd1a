//! Ids from inputs: without an end, in other encodings, and from written tickets.

use crate::support::{Run, Server, formats};

#[cfg(unix)]
mod endless {
    use std::process::Stdio;

    use crate::support::{Run, Server, TOKEN, programs};

    const MATRIX: &str = include_str!("../../docs/security.md");

    /// The fault as docs/security.md names it, a shell command that prints without end, the
    /// arguments after it, and the message.
    const CASES: [(&str, &str, &str, &str); 8] = [
        (
            "repeated ids without end",
            "yes 839",
            "-",
            "standard input: 16 MiB came without a new ticket id",
        ),
        (
            "ids without end",
            "seq 1000000000",
            "- --max-ids 100",
            "standard input, line 101: more than 100 ticket ids",
        ),
        (
            "a word of ids without end",
            ":",
            "--ids-file /dev/zero",
            "/dev/zero, line 1: a word has more than 1 MiB",
        ),
        (
            "a row of csv without end",
            "{ printf 'TicketId,Title\\n839,\"'; yes x; }",
            "-",
            "standard input, line 2: a row has more than 1 MiB",
        ),
        (
            "a line of jsonl without end",
            "{ printf '{'; tr '\\0' x < /dev/zero; }",
            "-",
            "standard input, line 1: a ticket has more than 1 MiB",
        ),
        (
            "a configuration file without end",
            ":",
            "839 --config /dev/zero",
            "--config: /dev/zero: there is more than 1 MiB of it",
        ),
        (
            "a secret without end",
            "yes x",
            "839 --token stdin",
            "--token stdin: there is more than 64 KiB of it",
        ),
        (
            "a certificate file without end",
            ":",
            "839 --url https://127.0.0.1:1 --cacert /dev/zero",
            "--cacert /dev/zero: there is more than 16 MiB of it",
        ),
    ];

    #[test]
    fn input_without_an_end_is_refused_and_nothing_is_sent() {
        for (fault, source, arguments, message) in CASES {
            let server = Server::json("[]");
            let output = programs::sh()
                .args(["-c", &format!("{source} | \"$PROGRAM\" get {arguments}")])
                .env("PROGRAM", env!("CARGO_BIN_EXE_sotickets"))
                .env("SOTICKETS_URL", server.url())
                .env("SOTICKETS_TOKEN", TOKEN)
                .stdin(Stdio::null())
                .output()
                .expect("a shell");
            let run = Run::from(output);
            assert_eq!((run.code, server.calls(), run.stdout.as_str()), (2, 0, ""), "{run}");
            assert!(run.stderr.contains(&format!("error: {message}\n")), "{fault}: {run}");
            let row = format!("| {fault} | 2 | {message} |");
            assert!(MATRIX.contains(&row), "docs/security.md lacks this row:\n{row}");
        }
    }

    #[test]
    fn error_for_too_many_ids_names_the_option() {
        let server = Server::json("[]");
        let run = Run::of(server.get(&["-", "--max-ids", "2"]).write_stdin("1 2 3"));
        insta::assert_snapshot!(run, @"
    --- stderr
    error: standard input, line 1: more than 2 ticket ids
    hint: raise the limit with --max-ids N
    --- exit code 2
    ");
        assert_eq!(server.calls(), 0);
    }
}

#[test]
fn ids_in_utf_16_are_read_and_without_a_mark_refused() {
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let server = Server::awkward();
    let run = Run::of(
        server
            .get(&["-", "-o", "csv", "-s", "TicketId"])
            .write_stdin(utf16("\u{feff}839\r\n249\r\n")),
    );
    assert_eq!((run.code, server.calls(), run.stdout.as_str()), (0, 1, "TicketId\n839\n249\n"));

    let server = Server::json("[]");
    let run = server.refused(server.get(&["-"]).write_stdin(utf16("839\r\n")));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: standard input: it is UTF-16 without a byte-order mark
    hint: save it as UTF-8; in PowerShell: Get-Content OLD | Set-Content -Encoding utf8 NEW
    --- exit code 2
    ");
}

#[test]
fn written_tickets_are_fed_back() {
    let cases: [&[&str]; 8] = [
        &["csv"],
        &["tsv"],
        &["jsonl"],
        &["csv", "-s", "Title,TicketId,CreatedAt"],
        &["tsv", "-s", "Title,TicketId", "--bom"],
        &["jsonl", "-s", "Title,TicketId"],
        &["csv", "--delimiter", ";", "--bom", "--guard-formulas"],
        &["csv", "--delimiter", "tab", "-s", "TicketId,CreatedAt"],
    ];
    for options in cases {
        let written = Server::awkward().run(&[&["839", "249", "-o"], options].concat());
        assert_eq!(written.code, 0, "{written}");
        let server = Server::awkward();
        let read = ["-", "-o", "csv", "-s", "TicketId"];
        let run = Run::of(server.get(&read).write_stdin(written.stdout));
        assert_eq!((run.code, server.calls()), (0, 1), "{options:?}: {run}");
        assert_eq!(server.seen().body, r#"{"TicketIds":[839,249]}"#, "{options:?}");
    }
}

#[test]
fn other_formats_are_refused_as_input() {
    for format in formats(|_| true) {
        if ["csv", "tsv", "jsonl"].contains(&format.as_str()) {
            continue;
        }
        let written = Server::awkward().run(&["839", "249", "-o", &format]);
        let server = Server::json("[]");
        let run = server.refused(server.get(&["-"]).write_stdin(written.stdout));
        assert!(run.stderr.contains("standard input"), "{format}: {run}");
    }
}

#[test]
fn column_may_begin_with_its_heading() {
    for heading in ["ID", "Id", "id", "TicketId", "\u{feff}\"ID\""] {
        let server = Server::awkward();
        let input = format!("{heading}\r\n839\r\n#249\r\n");
        let run = Run::of(server.get(&["-", "-o", "csv", "-s", "TicketId"]).write_stdin(input));
        assert_eq!((run.code, server.calls()), (0, 1), "{heading}: {run}");
        assert_eq!(server.seen().body, r#"{"TicketIds":[839,249]}"#, "{heading}");
    }
}

#[test]
fn field_among_the_ids_has_the_hint_about_select_only_as_an_argument() {
    let server = Server::json("[]");
    let select = "hint: fields are written with commas and no blanks: --select Title,OwnedByName\n";
    let run = server.refuses(&["839", "Title"]);
    assert!(run.stderr.ends_with(select), "{run}");
    let run = server.refused(server.get(&["-"]).write_stdin("839\nTitle\n"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: standard input, line 2: 'Title' is not a ticket id: it is not a whole number
    hint: an id is 839, '#839', a range 840..860 or a ticket's URL
    --- exit code 2
    ");
}

#[test]
fn workbook_is_refused_in_one_line() {
    let server = Server::json("[]");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.xlsx");
    // The second is one of an old Excel.
    let starts = [&b"PK\x03\x04\x14\x00\x08\x00"[..], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"];
    for (start, size) in starts.into_iter().flat_map(|start| [(start, 1), (start, 2 << 20)]) {
        let mut workbook = start.to_vec();
        workbook.extend(std::iter::repeat_n(b"\x00\xff,; ", size).flatten());
        std::fs::write(&file, &workbook).expect("a file");
        let mut command = server.get(&["--ids-file", "a.xlsx"]);
        let run = server.refused(command.current_dir(folder.path()));
        assert_eq!(
            run.stderr,
            "error: a.xlsx: it is a workbook, or another archive\n\
             hint: save its column of ids as CSV, or copy it and paste it into: sotickets get -\n"
        );
    }
}

#[test]
fn header_without_ticket_id_is_no_list_of_ids() {
    let server = Server::json("[]");
    let run = server.refused(server.get(&["-"]).write_stdin("NumMessages,Title\n839,249\n"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: standard input: its header has no column TicketId
    hint: add TicketId to --select where the tickets are written; without a header an input is a list of ids
    --- exit code 2
    ");
    let run = server.refused(server.get(&["-"]).write_stdin("{\"Title\":\"839\"}\n"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: standard input, line 1: the ticket has no TicketId
    hint: add TicketId to --select where the tickets are written
    --- exit code 2
    ");
}
