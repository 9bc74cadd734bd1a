//! The command line as a whole: options that are given twice, and tips that work.

use crate::support::{Run, Server, formats, portable, sotickets};

#[test]
fn last_value_of_an_option_wins() {
    let server = Server::awkward();
    let run = server.run(&[
        "839",
        "249",
        "-o",
        "json",
        "-o",
        "tsv",
        "--format",
        "csv",
        "--timeout",
        "nonsense",
        "--timeout",
        "30s",
        "-s",
        "Title",
        "-s",
        "TicketId",
        "--dates",
        "iso",
        "--dates",
        "as-sent",
        "--width",
        "1",
        "--width",
        "80",
        "--language",
        "de",
        "--language",
        "en",
        "--max-ids",
        "1",
        "--max-ids",
        "2",
        "-H",
        "X-A: 1",
        "-H",
        "X-B: 2",
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert!(run.stdout.starts_with("Title,TicketId\n"), "{run}");
    let seen = server.seen();
    assert_eq!(seen.header("accept-language"), Some("en"));
    assert_eq!((seen.header("x-a"), seen.header("x-b")), (Some("1"), Some("2")));
}

#[test]
fn flag_may_be_repeated() {
    let run = Server::awkward().run(&[
        "839",
        "249",
        "-o",
        "csv",
        "--bom",
        "--bom",
        "--allow-missing",
        "--allow-missing",
        "-v",
        "-v",
    ]);
    assert_eq!(run.code, 0, "{run}");
}

/// Each option of each command, from clap's own list.
#[test]
fn every_option_can_be_overridden() {
    use clap::CommandFactory as _;
    fn check(command: &clap::Command) {
        for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
            let is_single = arg.get_action().takes_values();
            let Some(long) = arg.get_long() else { continue };
            let word = match arg.get_possible_values().first() {
                Some(value) if is_single => format!("--{long}={}", value.get_name()),
                _ if is_single => format!("--{long}=1"),
                _ => format!("--{long}"),
            };
            if ["help", "version"].contains(&long) {
                continue;
            }
            let mut words = vec![command.get_name().to_owned(), word.clone(), word.clone()];
            words.extend(command.get_positionals().filter(|arg| arg.is_required_set()).map(
                |arg| {
                    arg.get_possible_values()
                        .first()
                        .map_or("1".to_owned(), |v| v.get_name().to_owned())
                },
            ));
            let result = command.clone().try_get_matches_from(words);
            let error = result.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(!error.contains("multiple times"), "{word}: {error}");
        }
        command.get_subcommands().for_each(check);
    }
    let mut root = sotickets::cli::Cli::command();
    root.build();
    check(&root);
}

#[test]
fn conflict_is_found_among_the_values_that_won() {
    let server = Server::json("[]");
    let run = server.refuses(&["839", "-o", "csv", "--bom", "-o", "json"]);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: --bom is for -o csv and -o tsv
    --- exit code 2
    ");
    let run = server.refuses(&["839", "--user", "tim", "--password", "env:A", "--token", "env:B"]);
    assert!(run.stderr.contains("two credentials"), "{run}");
}

/// Returns the output for a command line that clap refuses.
fn refused(arguments: &[&str]) -> String {
    let run = Run::of(sotickets().args(arguments));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    run.stderr
}

/// Returns the tip in an error message.
fn tip(arguments: &[&str]) -> Option<String> {
    let stderr = refused(arguments);
    stderr.lines().find_map(|line| line.trim().strip_prefix("tip: ").map(str::to_owned))
}

#[test]
fn value_that_begins_with_a_hyphen_gets_a_tip_that_works() {
    insta::assert_snapshot!(refused(&["get", "839", "--out-file", "-x.csv"]), @"
    error: unexpected argument '-x' found

      tip: to pass -x.csv as its value, use --out-file=-x.csv

    Usage: sotickets get [OPTIONS] [ID]...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&["get", "839", "--out-file", "-out.csv"]), @"
    error: a value is required for '--out-file <PATH>' but none was supplied

      tip: to pass -out.csv as its value, use --out-file=-out.csv

    For more information, try '--help'.
    ");
    for (option, value) in [("--select", "-Title"), ("-s", "-Title"), ("--format", "-csv")] {
        let tip = tip(&["get", "839", option, value]).expect("a tip");
        assert_eq!(tip, format!("to pass {value} as its value, use {option}={value}"));
    }

    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::awkward();
    let mut command = server.get(&["839", "249", "--out-file=-x.csv", "-o", "csv"]);
    let run = Run::of(command.current_dir(folder.path()));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    assert!(folder.path().join("-x.csv").exists());
}

#[test]
fn tip_repeats_no_value_that_may_be_a_secret() {
    let stderr = refused(&["get", "839", "--token", "-canary"]);
    assert!(!stderr.contains("canary"), "{stderr}");
}

#[test]
fn missing_value_before_another_option_gets_no_tip() {
    assert_eq!(tip(&["get", "839", "--select", "--out-file", "x"]), None);
    assert_eq!(tip(&["get", "839", "--max-ids", "-1"]), None);
}

#[test]
fn format_as_an_option_gets_its_right_spelling() {
    for format in &formats(|_| true) {
        let option = format!("--{format}");
        let tip = tip(&["get", "839", &option]);
        assert_eq!(tip, Some(format!("use -o {format}")));
        let run = Server::awkward().run(&["839", "249", "-o", format]);
        assert!(!run.stderr.contains("Usage:"), "{run}");
    }
    assert_eq!(tip(&["fields", "--json"]).as_deref(), Some("use -o json"));
    insta::assert_snapshot!(refused(&["get", "839", "--json"]), @"
    error: unexpected argument '--json' found

      tip: use -o json

    Usage: sotickets get [OPTIONS] [ID]...

    For more information, try '--help'.
    ");
}

#[test]
fn tip_does_not_offer_an_option_as_an_id() {
    let commands: [&[&str]; 6] =
        [&["get", "839"], &["doctor"], &["demo"], &["auth", "status"], &["man"], &["fields"]];
    for command in commands {
        let stderr = refused(&[command, &["--zzz"]].concat());
        assert!(!stderr.contains("-- --zzz"), "{stderr}");
    }
}

#[test]
fn id_in_place_of_a_command_gets_the_command() {
    insta::assert_snapshot!(refused(&["839"]), @"
    error: unrecognized subcommand '839'

      tip: to fetch tickets, use: sotickets get 839

    Usage: sotickets <COMMAND>

    For more information, try '--help'.
    ");
    let fetch = format!("to fetch tickets, use: sotickets get {}", portable::quoted("#839"));
    assert_eq!(tip(&["#839"]), Some(fetch));
    assert_eq!(tip(&["zzz"]), None);
}

#[test]
fn all_problems_are_reported_at_once() {
    let run = Run::of(sotickets().args(["get", "abc", "839-841", "-s", "Titel,Zzz"]));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: 'abc' is not a ticket id: it is not a whole number
    error: '839-841' is not a ticket id: it is not a whole number
    error: --select: unknown field 'Titel'
    error: --select: unknown field 'Zzz'
    error: no address is given
    hint: an id is 839, '#839', a range 840..860 or a ticket's URL
    hint: a range is written 839..841
    hint: did you mean Title?
    hint: `sotickets fields` lists them; --any-field sends a name as it is
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    --- exit code 2
    ");
    let run = Run::of(sotickets().args(["get", "# 839"]));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: '#' is not a ticket id: it is not a whole number
    error: no address is given
    hint: the number follows # directly: '#839'
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    --- exit code 2
    ");
}

#[test]
fn control_character_in_a_tip_is_visible() {
    let run = Run::of(sotickets().args(["fields", "-o", "-.\u{7f}"]));
    let shown = run.to_string().replace(&portable::quoted(r"-.\x7f"), r"'-.\x7f'");
    insta::assert_snapshot!(shown, @r"
    --- stderr
    error: unexpected argument '-.' found

      tip: to pass '-.\x7f' as its value, use -o='-.\x7f'

    Usage: sotickets fields [OPTIONS] [TEXT]

    For more information, try '--help'.
    --- exit code 2
    ");
}
