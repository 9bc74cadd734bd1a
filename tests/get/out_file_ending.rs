//! The ending of `--out-file`, which sets the format.

use std::fs;

use crate::support::out_file::OutFile;
use crate::support::{Run, Server};

#[test]
fn ending_of_the_file_sets_the_format_unless_output_is_typed() {
    let table = "TicketId\n     839\n     249\n";
    let json = r#"[{"TicketId":839},{"TicketId":249}]"#;
    let jsonl = "{\"TicketId\":839}\n{\"TicketId\":249}\n";
    let record = "TicketId  839\n\nTicketId  249\n";
    let markdown = "| TicketId |\n| -------: |\n|      839 |\n|      249 |\n";
    for (name, output, variable, written) in [
        ("a.csv", None, None, "TicketId\n839\n249\n"),
        ("a.CSV", None, Some("json"), "TicketId\n839\n249\n"),
        ("a.tsv", None, Some("jsonl"), "TicketId\n839\n249\n"),
        ("a.json", None, Some("csv"), json),
        ("a.jsonl", None, None, jsonl),
        ("a.md", None, None, markdown),
        ("a.csv", Some("json"), None, json),
        ("a.json", Some("record"), Some("csv"), record),
        ("a.html", Some("csv"), None, "TicketId\n839\n249\n"),
        ("a.txt", None, None, table),
        ("a.dat", None, Some("jsonl"), jsonl),
        ("csv", None, None, table),
        (".csv", None, None, table),
        ("a.csv.bak", None, None, table),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        let server = Server::json(json);
        let mut command = server.get(&["839", "249", "-s", "TicketId", "--out-file"]);
        command.arg(&path);
        output.map(|format| command.args(["-o", format]));
        variable.map(|format| command.env("SOTICKETS_OUTPUT", format));
        let run = Run::of(&mut command);
        assert_eq!(run.to_string(), "--- exit code 0", "{name}");
        assert_eq!(fs::read_to_string(path).expect("a file"), written, "{name} {output:?}");
        assert_eq!(server.calls(), 1);
    }
}

#[test]
fn ending_of_the_file_sets_the_format_that_options_must_suit() {
    let file = OutFile::old();
    let path = file.folder().join("tickets.json");
    let path = path.to_str().expect("UTF-8");
    let run = Server::awkward().refuses(&["839", "--bom", "--out-file", path]);
    assert!(run.stderr.contains("--bom is for -o csv and -o tsv; --out-file chose json"), "{run}");
    let csv = path.replace(".json", ".csv");
    let run = Server::awkward().run(&["839", "249", "--bom", "--out-file", &csv]);
    assert_eq!(run.to_string(), "--- exit code 0");
}
