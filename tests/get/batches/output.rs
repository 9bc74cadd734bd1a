//! The output of several calls: that of one call with the same tickets.

use proptest::prelude::*;

use super::{BatchServer, CSV, Reaction, array, csv};
use crate::support::memory::{MUSL_ALLOWANCE, measure};
use crate::support::tcp_server::{self, ok, ok_with_length};
use crate::support::wine::proptest_config;
use crate::support::{Run, json_text_formats};

#[test]
fn tickets_are_printed_in_the_requested_order() {
    let server = BatchServer::sound();
    let run = server.run(&[&["9,1..5,7,6", "--batch-size", "3", "--jobs", "3"], &CSV[..]].concat());
    let order = [9, 1, 2, 3, 4, 5, 7, 6];
    assert_eq!(run.to_string(), format!("{}--- exit code 0", csv(order)));
    assert_eq!(server.batches(), [vec![3, 4, 5], vec![7, 6], vec![9, 1, 2]]);
    // Each id of a batch comes once.
    assert!(server.connections() <= 3);
}

#[test]
fn each_warning_comes_once_with_its_ids_in_order() {
    let server = BatchServer::start(|call| {
        let body = match call.ids[0] {
            1 => "[null,{\"TicketId\":2},{\"TicketId\":50}]".to_owned(),
            3 => "[{\"TicketId\":4},{\"TicketId\":2},{\"TicketId\":\"x\"}]".to_owned(),
            _ => array(&[60, 50]),
        };
        Reaction::Answer(ok_with_length("", body))
    });
    let run = server.run(&["1..6", "--batch-size", "2", "-s", "TicketId", "-o", "csv"]);
    insta::assert_snapshot!(run, @r#"
    TicketId
    2
    4
    50
    60
    x
    --- stderr
    warning: tickets came that were not asked for: 50, 60
    warning: tickets came more than once: 2, 50
    warning: ticket 3 of the answer to batch 2 has no readable TicketId: "x"
    warning: 4 of 6 tickets did not come back: 1, 3, 5, 6
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    "#);
}

#[test]
fn batches_with_each_others_tickets_are_complete() {
    let server = BatchServer::start(|call| {
        Reaction::Answer(super::tickets(&call.ids.iter().map(|id| 5 - id).collect::<Vec<_>>()))
    });
    let run = server.run(&[&["1..4", "--batch-size", "2"], &CSV[..]].concat());
    assert_eq!(run.to_string(), format!("{}--- exit code 0", csv(1..=4)));
}

#[test]
fn batch_with_the_tickets_of_another_lacks_its_own() {
    let server = BatchServer::start(|_| Reaction::Answer(super::tickets(&[1, 2])));
    let run = server.run(&[&["1..4", "--batch-size", "2"], &CSV[..]].concat());
    insta::assert_snapshot!(run, @"
    TicketId,Title
    1,title 1
    2,title 2
    --- stderr
    warning: tickets came more than once: 1, 2
    warning: 2 of 4 tickets did not come back: 3, 4
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
}

#[test]
fn ticket_that_is_missing_in_one_batch_is_named_next_to_unnamed_ones() {
    let server = BatchServer::start(|call| {
        let body = match call.ids[0] {
            1 => "[{\"Title\":\"a\"}]",
            _ => "[{\"TicketId\":3,\"Title\":\"c\"}]",
        };
        Reaction::Answer(ok_with_length("", body))
    });
    let run = server.run(&[&["1..4", "--batch-size", "2"], &CSV[..]].concat());
    let message = "warning: 2 of 4 tickets did not come back: 4, and 1 without a name\n";
    assert!(run.code == 3 && run.stderr.starts_with(message), "{run}");
}

#[test]
fn json_of_one_batch_is_untouched_and_of_several_one_array() {
    let server = BatchServer::start(|call| {
        let id = call.ids[0];
        let body = format!("\u{feff}[ {{\"TicketId\": {id}, \"a\":1.0e0}} ,\n null]\n");
        Reaction::Answer(ok_with_length("", body))
    });
    let run = server.run(&["1,2", "--batch-size", "2", "-o", "json"]);
    assert_eq!(run.stdout, "\u{feff}[ {\"TicketId\": 1, \"a\":1.0e0} ,\n null]\n");
    let run = server.run(&["1,2", "--batch-size", "1", "-o", "json"]);
    let joined = "[{\"TicketId\": 1, \"a\":1.0e0},null,{\"TicketId\": 2, \"a\":1.0e0},null]";
    assert_eq!(run.to_string(), format!("{joined}--- exit code 0"));
}

#[test]
fn merged_tickets_of_all_batches_are_named_once() {
    let server = BatchServer::start(|call| {
        let ticket = |id: &i64| {
            let (status, other) = if id % 2 == 0 { ("Active", -1) } else { ("Merged", 4) };
            format!("{{\"TicketId\":{id},\"BaseStatus\":\"{status}\",\"ConnectId\":{other}}}")
        };
        let body = call.ids.iter().map(ticket).collect::<Vec<_>>().join(",");
        Reaction::Answer(ok_with_length("", format!("[{body}]")))
    });
    let run = server.run(&["3,1,2,4", "--batch-size", "1", "-s", "TicketId", "-o", "jsonl"]);
    let fields = "TicketId,BaseStatus,ConnectId";
    let named = server.run(&["3,1,2,4", "--batch-size", "1", "-s", fields, "-o", "csv"]);
    // As in one call, they are ordered by id.
    let warning = "warning: 2 tickets were merged: 1 into 4, 3 into 4\n";
    for run in [run, named] {
        assert_eq!((run.code, run.stderr.as_str()), (0, warning), "{run}");
    }
}

/// An element of the answer for an id: the ticket, nothing, or a ticket without its id.
fn element(id: i64) -> Option<String> {
    match id % 7 {
        0 => Some("null".to_owned()),
        1 => Some(format!("{{\"TicketId\":{id},\"Title\":\"a, \\\"b\\\"\\n=1\",\"Extra\":{{}}}}")),
        2 => None,
        _ => Some(format!("{{\"Title\":\"title {id}\",\"TicketId\":{id},\"CreatedBy\":-{id}}}")),
    }
}

proptest! {
    #![proptest_config(proptest_config(8))]
    #[test]
    fn batches_of_any_size_print_the_bytes_of_one_call(
        ids in prop::collection::btree_set(1_i64..60, 1..40),
        size in 1_usize..45,
        jobs in 1_usize..=4,
    ) {
        let server = BatchServer::start(|call| {
            let elements: Vec<String> = call.ids.iter().filter_map(|id| element(*id)).collect();
            Reaction::Answer(ok_with_length("", format!("[ {} ]", elements.join(" , "))))
        });
        let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let (size, jobs) = (size.to_string(), jobs.to_string());
        for format in json_text_formats(|_| true) {
            let run = |more: &[&str]| server.run(&[&[list.as_str(), "-o", &format], more].concat());
            let (one, several) = (run(&[]), run(&["--batch-size", &size, "--jobs", &jobs]));
            prop_assert_eq!(one.code, several.code);
            prop_assert_eq!(&one.stderr, &several.stderr);
            if format == "json" {
                let value = |run: &Run| serde_json::from_str::<serde_json::Value>(&run.stdout).ok();
                prop_assert!(value(&one).is_some() && value(&one) == value(&several));
            } else {
                prop_assert_eq!(&one.stdout, &several.stdout);
            }
        }
    }
}

#[test]
fn verbose_lines_begin_with_the_batch() {
    let server = BatchServer::sound();
    let run = server.run(&["1..3", "--batch-size", "1", "-v", "-o", "json"]);
    let starts = ["[batch 1/3] ", "[batch 2/3] ", "[batch 3/3] "];
    for start in starts {
        let line = format!("{start}> 1 id, ");
        assert!(run.stderr.lines().any(|it| it.starts_with(&line)), "{run}");
    }
    assert!(run.stderr.lines().all(|it| starts.iter().any(|start| it.starts_with(start))), "{run}");
    let run = server.run(&["1..3", "--batch-size", "3", "-v", "-o", "json"]);
    assert!(run.stderr.starts_with("> POST "), "{run}");
}

#[test]
fn many_batches_fit_in_memory() {
    // The length of an answer in chunks is not known before its end.
    for (count, size, title, is_chunked) in [
        (40_000, "500", 1_000_u16, false),
        (8_000, "1", 200, true),
        (8_000, "10", 200, true),
        (20_000, "2000", 2_300, true),
    ] {
        // mimalloc copies a buffer that grows, and keeps the old one for a while.
        if cfg!(target_env = "musl") && size == "2000" {
            continue;
        }
        let (length, title) = (u64::from(title), "x".repeat(title.into()));
        let server = BatchServer::start(move |call| {
            let ticket = |id: &i64| format!("{{\"TicketId\":{id},\"Title\":\"{title}\"}}");
            let body = call.ids.iter().map(ticket).collect::<Vec<_>>().join(",");
            let body = format!("[{body}]");
            Reaction::Answer(match is_chunked {
                false => ok_with_length("", body),
                true => ok(
                    "transfer-encoding: chunked\r\n",
                    tcp_server::chunked(body.as_bytes(), 4_000),
                ),
            })
        });
        let ids = format!("1..{count}");
        let arguments = [&ids, "--batch-size", size, "--jobs", "8"];
        let output = ["-s", "TicketId,Title", "-o", "csv", "--out-file", "/dev/null"];
        let Some((run, peak)) = measure(&server.url, &[&arguments[..], &output].concat()) else {
            return;
        };
        assert_eq!(run.code, 0, "{run}");
        // With musl each thread of the eight keeps pages of its own.
        let allowed = (count * (length + 35) + 200 * count) / 1024 + 32 * 1024 + 2 * MUSL_ALLOWANCE;
        assert!(peak <= allowed, "{size}: {peak} KiB, and {allowed} are allowed");
    }
}
