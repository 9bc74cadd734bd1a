//! Answers that are odd but sound: each is printed as sent, in every format.

use crate::support::fault::Fault;
use crate::support::tcp_server::ok_with_length;

/// Prints the one ticket's `json` in each format: as it is, and as `cell` where a
/// format makes a cell of the field that was selected.
fn prints_in_each(odd: Fault, column: &str, json: &str, cell: &str) {
    let body = format!("[{json}]");
    let width = cell.chars().count();
    let fill = |text: &str| format!("{text}{}", " ".repeat(width.saturating_sub(text.len())));
    let formats = [
        ("json", body.clone()),
        ("csv", format!("{column}\n{cell}\n")),
        ("tsv", format!("{column}\n{cell}\n")),
        ("record", format!("{column}  {cell}\n")),
    ];
    for (format, expected) in formats {
        odd.prints(ok_with_length("", &body), format, &expected);
    }
    if width > column.len() {
        odd.prints(ok_with_length("", &body), "table", &format!("{column}\n{cell}\n"));
        let rule = "-".repeat(width);
        let markdown = format!("| {} |\n| {rule} |\n| {cell} |\n", fill(column));
        odd.prints(ok_with_length("", &body), "markdown", &markdown);
    }
}

#[test]
fn byte_order_mark_is_skipped() {
    let odd = Fault::sound("a byte-order mark").with(&["-s", "Title"]);
    let ticket = r#"{"TicketId":839,"Title":"Printer"}"#;
    let body = format!("\u{feff}[{ticket}]");
    for (format, expected) in [
        ("json", body.as_str()),
        ("jsonl", "{\"Title\":\"Printer\"}\n"),
        ("csv", "Title\nPrinter\n"),
        ("tsv", "Title\nPrinter\n"),
        ("table", "Title\nPrinter\n"),
        ("record", "Title  Printer\n"),
        ("markdown", "| Title   |\n| ------- |\n| Printer |\n"),
    ] {
        odd.prints(ok_with_length("", &body), format, expected);
    }
}

#[test]
fn half_a_character_becomes_the_replacement_character() {
    let odd = Fault::sound("a lone surrogate").with(&["-s", "Title"]);
    for (sent, shown) in [
        (r"cut \ud800 here", "cut \u{fffd} here"),
        (r"cut here \ud83c", "cut here \u{fffd}"),
        (r"\udf89 cut here", "\u{fffd} cut here"),
        (r"reversed \udf89\ud83c", "reversed \u{fffd}\u{fffd}"),
    ] {
        let ticket = format!(r#"{{"TicketId":839,"Title":"{sent}"}}"#);
        prints_in_each(odd, "Title", &ticket, shown);
        let line = format!("{{\"Title\":\"{sent}\"}}\n");
        odd.prints(ok_with_length("", format!("[{ticket}]")), "jsonl", &line);
    }
}

#[test]
fn last_of_repeated_keys_is_printed() {
    let odd = Fault::sound("repeated keys").with(&["-s", "Title"]);
    for ticket in [
        r#"{"TicketId":839,"Title":"the first","Title":"the last"}"#,
        r#"{"TicketId":839,"Title":"the first","title":"the last"}"#,
        r#"{"TicketId":839,"Title":"the first","\u0054itle":"the last"}"#,
    ] {
        prints_in_each(odd, "Title", ticket, "the last");
        let line = "{\"Title\":\"the last\"}\n";
        odd.prints(ok_with_length("", format!("[{ticket}]")), "jsonl", line);
    }
    let escaped = Fault::sound("escaped keys").with(&["-s", "Title"]);
    let ticket = r#"{"\u0054\u0069cketId":839,"\u0054itl\u0065":"escaped"}"#;
    prints_in_each(escaped, "Title", ticket, "escaped");
}

#[test]
fn numbers_keep_their_text() {
    let odd = Fault::sound("numbers beyond i64, 1e400").with(&["-s", "Title"]);
    for number in [
        "123456789012345678901234567890",
        "-9223372036854775809",
        "18446744073709551616",
        "-0.00000000000000000000010",
    ] {
        let ticket = format!(r#"{{"TicketId":839,"Title":{number}}}"#);
        prints_in_each(odd, "Title", &ticket, number);
        let line = format!("{{\"Title\":{number}}}\n");
        odd.prints(ok_with_length("", format!("[{ticket}]")), "jsonl", &line);
    }
    for number in ["1e400", "-1E-400", "1.0", "-0"] {
        let body = format!(r#"[{{"TicketId":839,"Title":{number}}}]"#);
        odd.prints(ok_with_length("", &body), "csv", &format!("Title\n{number}\n"));
        odd.prints(ok_with_length("", &body), "jsonl", &format!("{{\"Title\":{number}}}\n"));
        odd.prints(ok_with_length("", &body), "json", &body);
    }
}

#[test]
fn deep_nesting_is_printed() {
    let odd = Fault::sound("100,000 brackets in a field").with(&["-s", "X", "--any-field"]);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(r#"[{{"TicketId":839,"X":{deep}}}]"#);
    for (format, expected) in [
        ("json", body.clone()),
        ("jsonl", format!("{{\"X\":{deep}}}\n")),
        ("csv", format!("X\n{deep}\n")),
        ("tsv", format!("X\n{deep}\n")),
        ("record", format!("X  {deep}\n")),
    ] {
        odd.prints(ok_with_length("", &body), format, &expected);
    }
    let path = Fault::sound("100,000 brackets in a field").with(&["-s", "X/Y", "--any-field"]);
    path.prints(ok_with_length("", &body), "csv", "X/Y\n\"\"\n");
    let table = Fault::sound("100,000 brackets in a field").with(&[
        "-s",
        "X",
        "--any-field",
        "--width",
        "20",
    ]);
    let expected = format!("X\n{}…\n", "[".repeat(19));
    table.prints(ok_with_length("", &body), "table", &expected);
}
