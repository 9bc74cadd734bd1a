//! A `TicketId` that is not a 32-bit integer.

use crate::support::out_file::OutFile;
use crate::support::wine::sample_under_wine;
use crate::support::{Run, Server, json_text_formats};

fn csv(ids: &str, answer: &str) -> Run {
    Server::json(answer).run(&[ids, "-s", "TicketId,Title", "-o", "csv"])
}

#[test]
fn whole_number_in_any_spelling_is_the_ticket() {
    for id in ["1", "1.0", "1e0", "10e-1", "\"1\"", "\"01\"", "\"1.0\"", "\"\\u0031\""] {
        let run = csv("1", &format!("[{{\"TicketId\":{id},\"Title\":\"a\"}}]"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{id}: {run}");
        assert_eq!(run.stdout.lines().count(), 2, "{id}: {run}");
    }
    let run = csv("1", r#"[{"TicketId":2.0,"Title":"a"}]"#);
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    2.0,a
    --- stderr
    warning: tickets came that were not asked for: 2
    warning: ticket 1 did not come back
    hint: it does not exist, or this user may not read it; with --allow-missing this is not an error
    --- exit code 3
    ");
}

#[test]
fn unreadable_id_is_named_and_fills_no_place() {
    let values =
        ["\"abc\"", "true", "1.5", "9223372036854775808", "\"\"", "{\"a\":1}", "[1]", "1e400"];
    for id in values {
        let answer = format!("[null,{{\"TicketId\":{id},\"Title\":\"a\"}}]");
        for format in sample_under_wine(json_text_formats(|_| true)) {
            let run = Server::json(&answer).run(&["1", "-s", "TicketId,Title", "-o", &format]);
            assert_eq!(run.code, 3, "{id}, {format}: {run}");
            let expected = format!(
                "warning: ticket 2 of the answer has no readable TicketId: {id}\n\
                 warning: ticket 1 did not come back\n"
            );
            let messages = run.stderr.trim_start_matches('\n');
            assert!(messages.starts_with(&expected), "{id}, {format}: {run}");
            assert!(run.stdout.contains('a'), "{id}, {format}: {run}");
        }
    }
}

#[test]
fn unreadable_id_is_printed_last_with_a_warning() {
    let answer = r#"[{"TicketId":"abc","Title":"w"},{"TicketId":9,"Title":"x"},{"TicketId":1,"Title":"a"},{"Title":"y"}]"#;
    let run = csv("1,2", answer);
    insta::assert_snapshot!(run, @r#"
    TicketId,Title
    1,a
    ,y
    9,x
    abc,w
    --- stderr
    warning: tickets came that were not asked for: 9
    warning: ticket 1 of the answer has no readable TicketId: "abc"
    --- exit code 0
    "#);
    let answer = r#"[{"TicketId":1},{"TicketId":2},{"TicketId":3},{"TicketId":"a\u001b[2Jbc"}]"#;
    let run = Server::json(answer).run(&["1..4", "-s", "TicketId", "--allow-missing"]);
    insta::assert_snapshot!(run, @r#"
      TicketId
             1
             2
             3
    a\x1b[2Jbc
    --- stderr
    warning: ticket 4 of the answer has no readable TicketId: "a\u001b[2Jbc"
    warning: 1 of 4 tickets did not come back: 4
    --- exit code 0
    "#);
}

#[test]
fn many_unreadable_ids_are_named_in_part_and_counted() {
    let answer = vec![r#"{"TicketId":"x","Title":"a"}"#; 15].join(",");
    let run = csv("1", &format!("[{answer}]"));
    assert_eq!((run.code, run.stdout.lines().count()), (3, 16), "{run}");
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines[9], r#"warning: ticket 10 of the answer has no readable TicketId: "x""#);
    assert_eq!(lines[10], "warning: 5 more tickets of the answer have no readable TicketId");
    assert_eq!(lines[11], "warning: ticket 1 did not come back");
}

#[test]
fn long_id_is_cut_and_a_ticket_with_one_is_written_to_the_file() {
    let answer = format!("[{{\"TicketId\":\"{}\",\"Title\":\"a\"}}]", "x".repeat(1_000_000));
    let file = OutFile::old();
    let arguments = ["1", "-s", "Title", "-o", "csv"];
    let run = Server::json(&answer).run(&[&arguments[..], &file.arguments()].concat());
    assert_eq!((run.code, file.text().as_str()), (3, "Title\na\n"), "{run}");
    assert!(run.stderr.len() < 500, "{run}");
    assert!(run.stderr.contains("TicketId: \"xxx"), "{run}");
}

#[test]
fn null_and_zero_are_filled_in_the_order_asked() {
    for id in ["null", "0", "\"0\"", "0.0"] {
        let run = csv("1", &format!("[{{\"TicketId\":{id},\"Title\":\"a\"}}]"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{id}: {run}");
        let run = csv("1", &format!("[{{\"TicketId\":{id},\"Title\":\"\"}}]"));
        assert_eq!(run.code, 3, "{id}: {run}");
    }
    let run = Server::json(r#"[{"Title":"a"}]"#).run(&["1", "-s", "Title", "-o", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
}
