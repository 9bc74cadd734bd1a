//! The options for several calls: their values, and their combinations.

use super::{BatchServer, CSV, csv};
use crate::support::demo::Demo;
use crate::support::{Run, Server, sotickets};

#[test]
fn wrong_number_is_a_usage_error() {
    let server = Server::json("[]");
    for (arguments, message) in [
        (&["--batch-size", "0"][..], "--batch-size: '0' is no number of ids; "),
        (&["--batch-size", "9", "--jobs", "0"], "--jobs: '0' is not a number from 1 to 16"),
        (&["--batch-size", "9", "--jobs", "99"], "--jobs: '99' is not a number from 1 to 16"),
        (&["--jobs", "2"], "--jobs goes with --batch-size"),
        (&["--batch-size", "many"], "invalid value 'many' for '--batch-size <N>'"),
        (&["--batch-size", "9", "-o", "xml"], "--batch-size does nothing for -o xml: "),
    ] {
        let run = server.refuses(&[&["839"], arguments].concat());
        assert!(run.stderr.starts_with(&format!("error: {message}")), "{run}");
    }
    let mut command = server.get(&["839", "--batch-size", "9"]);
    let run = server.refused(command.env("SOTICKETS_OUTPUT", "xml"));
    assert!(run.stderr.contains("cannot be joined; SOTICKETS_OUTPUT chose xml\n"), "{run}");
}

#[test]
fn more_ids_are_allowed_in_batches() {
    let server = BatchServer::sound();
    let run = server.run(&["1..10001", "-o", "csv"]);
    assert_eq!((run.code, server.calls().len()), (2, 0), "{run}");
    let run = server.run(&[&["1..10001", "--batch-size", "5000"], &CSV[..]].concat());
    assert!(run.code == 0 && run.stdout == csv(1..=10001), "{}", run.stderr);
    let run = server.run(&["1..20", "--batch-size", "5", "--max-ids", "10"]);
    assert_eq!((run.code, server.calls().len()), (2, 3), "{run}");
    let run = server.run(&["1..1000001", "--batch-size", "5000"]);
    assert!(run.stderr.starts_with("error: more than 1000000 ticket ids\n"), "{run}");
}

#[test]
fn dry_run_has_a_command_for_each_batch() {
    let server = Server::json("[]");
    let run = Run::of(&mut server.get(&["1..5", "--batch-size", "2", "--dry-run"]));
    assert_eq!((run.code, server.calls(), run.stderr.as_str()), (0, 0, ""), "{run}");
    assert_eq!(run.stdout.matches("curl --config - <<END\n").count(), 3, "{run}");
    for ids in ["[1,2]", "[3,4]", "[5]"] {
        let data = format!("data = \"{{\\\\\"TicketIds\\\\\":{ids}}}\"\n");
        assert_eq!(run.stdout.matches(&data).count(), 1, "{run}");
    }
}

#[test]
fn failure_that_the_number_of_ids_may_explain_names_the_option() {
    let asks = |ids: &str, server: &Server| {
        let run = server.run(&[ids, "-o", "csv"]);
        let hints = run.stderr.lines().filter(|line| line.contains("--batch-size"));
        hints.map(str::to_owned).collect::<Vec<_>>()
    };
    let hint = |size| {
        let text = "asks for the tickets in several calls of at most";
        vec![format!("hint: --batch-size {size} {text} {size} ids")]
    };
    let iis = "<h3>HTTP Error 404.13 - Not Found</h3>";
    for (status, body, ids, size) in [
        (413, "", "1..2000", Some(500)),
        (413, "", "1..300", Some(150)),
        (413, "", "1", None),
        (414, "", "1..2000", Some(500)),
        (431, "", "1..2000", Some(500)),
        (404, iis, "1..2000", Some(500)),
        (404, "", "1..2000", None),
        (400, "", "1..100", Some(50)),
        (400, "", "1..99", None),
        (500, "", "1..1001", Some(500)),
        (500, "", "1..1000", None),
        (504, "", "1..1001", Some(500)),
        (503, "", "1..1001", None),
    ] {
        let found = asks(ids, &Server::status(status, body));
        assert_eq!(found, size.map_or_else(Vec::new, hint), "{status} {ids}");
    }
}

#[test]
fn slow_answer_to_many_ids_names_the_option() {
    let server = BatchServer::start(|_| super::Reaction::Silent(Vec::new()));
    let run = server.run(&["1..1001", "--read-timeout", "300ms"]);
    assert!(run.code == 6 && run.stderr.contains("hint: try again with --batch-size 500"), "{run}");
    let run = server.run(&["1..1000", "--read-timeout", "300ms"]);
    assert!(run.code == 6 && !run.stderr.contains("--batch-size"), "{run}");
}

#[test]
fn sample_server_with_a_limit_answers_batches() {
    let mut command = Demo::command();
    command.args(["--max-ids", "100"]);
    let demo = Demo::start_with(command);
    let run = |arguments: &[&str]| {
        let mut command = sotickets();
        command.args(["get", "1..1000", "-s", "TicketId", "-o", "csv", "--url", demo.url()]);
        Run::of(command.args(arguments).env("SOTICKETS_TOKEN", demo.token()))
    };
    let refused = run(&[]);
    assert_eq!(refused.code, 5, "{refused}");
    assert!(refused.stderr.contains("hint: --batch-size 500 asks for"), "{refused}");
    let complete = run(&["--batch-size", "100", "--jobs", "16"]);
    assert_eq!((complete.code, complete.stdout.lines().count()), (0, 1001), "{complete}");
    let sample = Run::of(sotickets().args(["get", "1..9", "--demo", "--batch-size", "2"]));
    assert_eq!((sample.code, sample.stderr.as_str()), (0, ""), "{sample}");
}
