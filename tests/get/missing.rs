//! Every id is accounted for: missing tickets are named.

use crate::support::{Run, Server};

/// Requests `ids` and prints their ids and titles as csv.
fn csv(ids: &str, answer: &str) -> Run {
    Server::json(answer).run(&[ids, "-s", "TicketId,Title", "-o", "csv"])
}

#[test]
fn missing_ticket_of_any_kind_is_named_and_the_others_are_printed() {
    let gaps = [
        r#"[{"TicketId":839,"Title":"a"},{"TicketId":7,"Title":"b"}]"#,
        r#"[{"TicketId":839,"Title":"a"},null,{"TicketId":7,"Title":"b"}]"#,
        r#"[{"TicketId":839,"Title":"a"},{},{"TicketId":7,"Title":"b"}]"#,
        r#"[{"TicketId":839,"Title":"a"},{"TicketId":0,"Title":"","BaseStatus":"Unknown","HasAttachment":false,"CreatedAt":"0001-01-01T00:00:00","TableRight":null},{"TicketId":7,"Title":"b"}]"#,
        r#"[null,{"TicketId":7,"Title":"b"},{"TicketId":839,"Title":"a"}]"#,
    ];
    for answer in gaps {
        let run = csv("839,249,7", answer);
        assert_eq!(run.stdout, "TicketId,Title\n839,a\n7,b\n", "{answer}");
        assert_eq!(run.code, 3, "{answer}");
        assert!(
            run.stderr.starts_with("warning: 1 of 3 tickets did not come back: 249\n"),
            "{run}"
        );
    }
    insta::assert_snapshot!(csv("839,249,7", gaps[0]), @r"
    TicketId,Title
    839,a
    7,b
    --- stderr
    warning: 1 of 3 tickets did not come back: 249
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
}

#[test]
fn many_missing_tickets_are_summed_up_as_ranges() {
    let run = csv("1..9999", r#"[{"TicketId":5,"Title":"a"}]"#);
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    5,a
    --- stderr
    warning: 9998 of 9999 tickets did not come back: 1..4, 6..9999
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
    let run = csv("1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45", "[]");
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    --- stderr
    error: 23 of 23 tickets did not come back: 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
}

#[test]
fn answer_in_another_order_is_sorted() {
    let run = csv("839,249", r#"[{"TicketId":249,"Title":"b"},{"TicketId":839,"Title":"a"}]"#);
    assert_eq!(run.to_string(), "TicketId,Title\n839,a\n249,b\n--- exit code 0");
}

#[test]
fn repeated_ticket_is_printed_once() {
    let run = csv(
        "839,249",
        r#"[{"TicketId":839,"Title":"a"},{"TicketId":839,"Title":"z"},{"TicketId":249,"Title":"b"},{"TicketId":839,"Title":"y"}]"#,
    );
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    839,a
    249,b
    --- stderr
    warning: tickets came more than once: 839
    --- exit code 0
    ");
}

#[test]
fn unrequested_ticket_is_printed_last_and_named() {
    let run = csv("839", r#"[{"TicketId":5,"Title":"x"},{"TicketId":839,"Title":"a"}]"#);
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    839,a
    5,x
    --- stderr
    warning: tickets came that were not asked for: 5
    --- exit code 0
    ");
    // The endpoint's own sample answers 889 to a request for 839 and 249.
    let run = csv("839,249", r#"[{"TicketId":889,"Title":"magnam"}]"#);
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    889,magnam
    --- stderr
    warning: tickets came that were not asked for: 889
    warning: 2 of 2 tickets did not come back: 249, 839
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
}

#[test]
fn many_unrequested_tickets_are_summed_up() {
    let strangers: Vec<String> = (2..=501).map(|id| format!(r#"{{"TicketId":{id}}}"#)).collect();
    let run = csv("1", &format!("[{0},{0},{{\"TicketId\":1}}]", strangers.join(",")));
    assert_eq!((run.code, run.stdout.lines().count()), (0, 502));
    assert_eq!(
        run.stderr,
        "warning: tickets came that were not asked for: 2..501\n\
         warning: tickets came more than once: 2..501\n"
    );
}

#[test]
fn zero_values_without_ids_count_as_tickets() {
    let answer = r#"[{"HasAttachment":false},{"HasAttachment":null}]"#;
    let run = Server::json(answer).run(&["839,249", "-s", "HasAttachment", "-o", "json"]);
    assert_eq!(run.code, 3, "{run}");
    assert!(run.stderr.starts_with("warning: 1 of 2 tickets did not come back\n"), "{run}");
    let answer = r#"[{"HasAttachment":false},{"HasAttachment":false}]"#;
    let run = Server::json(answer).run(&["839,249", "-s", "HasAttachment", "-o", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn tickets_without_ids_are_taken_in_order_if_none_is_missing() {
    let answer = r#"[{"Title":"a"},{"Title":"b"}]"#;
    let run = Server::json(answer).run(&["839,249", "-s", "Title", "-o", "json"]);
    assert_eq!(run.to_string(), format!("{answer}--- exit code 0"));

    let nulled = r#"[{"TicketId":0,"Title":"a"},{"TicketId":null,"Title":"b"}]"#;
    let run = csv("839,249", nulled);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout.lines().count(), 3, "{run}");
    assert_eq!(run.stderr, "");
}

#[test]
fn missing_tickets_without_ids_are_counted() {
    let answer = r#"[{"Title":"a"},null]"#;
    let run = Server::json(answer).run(&["839,249,7", "-s", "Title", "-o", "json"]);
    insta::assert_snapshot!(run, @r#"
    [{"Title":"a"},null]--- stderr
    warning: 2 of 3 tickets did not come back
    hint: adding TicketId to --select would name them
    --- exit code 3
    "#);
    // TicketId is requested, so adding it would not help.
    let run = csv("839,249", r#"[{"TicketId":0,"Title":"a"}]"#);
    insta::assert_snapshot!(run, @r"
    TicketId,Title
    0,a
    --- stderr
    warning: 1 of 2 tickets did not come back
    hint: the tickets came without their ids, so the missing ones cannot be named
    --- exit code 3
    ");
}

#[test]
fn surplus_tickets_without_ids_are_printed_with_a_warning() {
    let run = Server::json(r#"[{"Title":"a"},{"Title":"b"}]"#).run(&["839", "-s", "Title"]);
    insta::assert_snapshot!(run, @r"
    Title
    a
    b
    --- stderr
    warning: 1 ticket more came than were asked for
    --- exit code 0
    ");
}

#[test]
fn allow_missing_names_missing_tickets_and_exits_with_0() {
    let server = Server::json(r#"[{"TicketId":839,"Title":"a"}]"#);
    let run = server.run(&["839,249", "-s", "Title", "-o", "csv", "--allow-missing"]);
    insta::assert_snapshot!(run, @r"
    Title
    a
    --- stderr
    warning: 1 of 2 tickets did not come back: 249
    --- exit code 0
    ");
    let run = Server::json("[]").run(&["839", "--allow-missing"]);
    insta::assert_snapshot!(run, @"
    --- stderr
    warning: ticket 839 did not come back
    --- exit code 0
    ");
}

#[test]
fn each_format_prints_valid_output_if_all_tickets_are_missing() {
    let cases = [
        ("csv", "Title\n"),
        ("tsv", "Title\n"),
        ("json", "[null, null]"),
        ("jsonl", ""),
        ("table", ""),
        ("record", ""),
        ("markdown", ""),
    ];
    for (format, printed) in cases {
        let run = Server::json("[null, null]").run(&["839,249", "-s", "Title", "-o", format]);
        assert_eq!((run.code, run.stdout.as_str()), (3, printed), "{format}: {run}");
        let line = "error: 2 of 2 tickets did not come back: 249, 839\nhint: ";
        assert!(run.stderr.starts_with(line), "{format}: {run}");
    }
    let arguments = ["839", "-s", "Title", "-o", "csv", "--no-header"];
    let run = Server::json("[]").run(&arguments);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    assert!(run.stderr.starts_with("error: "), "{run}");
}
