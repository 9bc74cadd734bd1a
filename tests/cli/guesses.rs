//! Words that people know from other programs: each word of the table of synonyms leads to a
//! command that works.

use std::sync::LazyLock;

use serde_json::Value;
use sotickets::ticket::catalogue::CATALOGUE;

use crate::support::demo::Demo;
use crate::support::wine::sample_under_wine;
use crate::support::{Run, portable, sotickets, tls};

static TABLE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../src/suggest/synonyms.json")).expect("JSON")
});

/// Returns the entries of a part of the table, or a sample: their words, and all that they have.
fn entries(part: &str) -> Vec<(Vec<&str>, &Value)> {
    let entries = sample_under_wine(TABLE[part].as_array().expect("a list"));
    entries.map(|entry| (texts(&entry["words"]), entry)).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(text).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn run(arguments: &[&str]) -> Run {
    Run::of(sotickets().args(arguments))
}

/// Runs `arguments`, which are wrong, and returns standard error.
fn refused(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {run}");
    run.stderr
}

/// Runs a command that a tip names, with what only its reader has: a server, a user, files.
fn assert_works(demo: &Demo, command: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = tls::Authority::new("Company CA");
    let client = authority.client();
    let files = [
        ("company.pem", &authority.pem),
        ("client.pem", &client.certificate),
        ("key.pem", &client.key),
    ];
    for (name, pem) in files {
        std::fs::write(folder.path().join(name), pem).expect("a file");
    }
    let words = shlex::split(command).expect("words");
    let own: Vec<&str> = words.iter().map(String::as_str).take_while(|word| *word != "|").collect();
    let own: Vec<&str> = own
        .iter()
        .map(|word| match *word {
            "https://crm.example.com" => demo.url(),
            "tim" => "demo",
            "prompt" => "env:SAMPLE",
            word => word,
        })
        .collect();
    let mut command = sotickets();
    command.current_dir(folder.path()).args(&own).env("SAMPLE", "sample-password");
    command.env("SOTICKETS_URL", demo.url());
    if !own.contains(&"--user") {
        command.env("SOTICKETS_TOKEN", demo.token());
    }
    if own.iter().any(|word| matches!(*word, "--proxy" | "--cacert" | "--client-cert")) {
        command.args(["--dry-run", "--url", "https://crm.example.com"]);
    }
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{own:?}: {run}");
    assert!(!run.stdout.is_empty() || own.contains(&"--out-file"), "{own:?}: {run}");
}

#[test]
fn each_word_for_a_field_leads_to_it() {
    let mut fields = Vec::new();
    for (words, entry) in entries("fields") {
        let names = texts(&entry["names"]);
        for word in words {
            let listed = run(&["fields", word]);
            let rows: Vec<&str> = listed.stdout.lines().skip(1).collect();
            for (row, name) in rows.iter().zip(&names) {
                assert_eq!(row.split(' ').next(), Some(*name), "{word}: {listed}");
            }
            if CATALOGUE.iter().all(|field| !field.name.eq_ignore_ascii_case(word)) {
                let stderr = refused(&["get", "839", "--demo", "--select", word]);
                let hint = format!("hint: '{word}' is called {}", names[0]);
                assert!(stderr.contains(&hint), "{word}: {stderr}");
            }
        }
        fields.extend(names);
    }
    let run = run(&["get", "839", "--demo", "--select", &fields.join(",")]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn all_unknown_fields_are_reported_at_once() {
    let stderr = refused(&["get", "839", "--demo", "--select", "owner,status,tags,nonsense"]);
    insta::assert_snapshot!(stderr, @"
    error: --select: unknown field 'owner'
    error: --select: unknown field 'status'
    error: --select: unknown field 'tags'
    error: --select: unknown field 'nonsense'
    hint: 'owner' is called OwnedByName or OwnedBy
    hint: 'status' is called TicketStatusDisplayValue, BaseStatus or TicketStatus
    hint: GetTickets does not send the tags of a ticket
    hint: `sotickets fields` lists them; --any-field sends a name as it is
    ");
}

#[test]
fn reason_is_given_where_there_is_no_field() {
    for (words, entry) in entries("no_field") {
        for word in words {
            let hint = format!("hint: {}\n", text(&entry["reason"]));
            let stderr = refused(&["get", "839", "--demo", "--select", word]);
            assert!(stderr.contains(&hint), "{word}: {stderr}");
            let listed = run(&["fields", word]);
            assert!(listed.stderr.contains(&hint), "{word}: {listed}");
        }
    }
}

#[test]
fn each_option_of_other_programs_has_a_tip_that_works() {
    let demo = Demo::start();
    for (words, entry) in entries("options") {
        let (tip, example) = (text(&entry["tip"]), text(&entry["example"]));
        for word in words {
            let other = if word == "--demo" { "fields" } else { "get" };
            let command = entry["command"].as_str().unwrap_or(other);
            let stderr = refused(&[command, word, "secret-value"]);
            for tip in [tip, &format!("sotickets {example}")] {
                assert!(stderr.contains(&format!("\n  tip: {tip}\n")), "{word}: {stderr}");
            }
            assert!(!stderr.contains("secret-value"), "{word}: {stderr}");
            assert!(!stderr.contains("to pass"), "{word}: {stderr}");
        }
        if let Some(option) = entry["option"].as_str() {
            assert!(tip.contains(option) || example.contains(option), "{option}: {tip}");
        }
        assert_works(&demo, example);
    }
}

#[test]
fn each_other_name_of_a_command_has_a_tip_that_works() {
    let demo = Demo::start();
    for (words, entry) in entries("commands") {
        let command = text(&entry["command"]);
        for word in words {
            let stderr = refused(&[word]);
            assert!(stderr.contains(&format!("sotickets {command}\n")), "{word}: {stderr}");
        }
        let words: Vec<&str> = command.split(' ').collect();
        let run = match words[0] {
            "get" | "doctor" => {
                assert_works(&demo, command);
                continue;
            }
            "open" => {
                run(&["open", "839", "--print", "--ticket-url", "https://crm.example.com/{id}"])
            }
            "demo" | "auth" => run(&[&words[..], &["--help"]].concat()),
            _ => run(&words),
        };
        assert_eq!(run.code, 0, "{command}: {run}");
    }
    let stderr = refused(&["show", "839", "--demo", "#249", "--token", "secret-value"]);
    let ids = format!("839 {}", portable::quoted("#249"));
    let tip = format!("tip: the command is: sotickets get {ids} --demo\n");
    assert!(stderr.contains(&tip), "{stderr}");
}

#[test]
fn each_other_name_of_a_format_has_a_tip_that_works() {
    for (words, entry) in entries("formats") {
        let options = text(&entry["options"]);
        for word in words {
            for arguments in [["-o", word], ["--output", word]] {
                let stderr = refused(&[&["get", "839", "--demo"], &arguments[..]].concat());
                assert!(stderr.contains(&format!("\n  tip: use {options}\n")), "{word}: {stderr}");
            }
            let stderr = refused(&["get", "839", "--demo", &format!("--{word}")]);
            assert!(stderr.contains(&format!("\n  tip: use {options}\n")), "{word}: {stderr}");
            let file = format!("my tickets.{word}");
            let stderr = refused(&["get", "839", "--demo", "-o", &file]);
            let tip = format!("\n  tip: use {options} --out-file {}\n", portable::quoted(&file));
            assert!(stderr.contains(&tip), "{word}: {stderr}");
        }
        let words = options.split(' ').collect();
        let run = run(&[vec!["get", "839", "--demo"], words].concat());
        assert_eq!(run.code, 0, "{options}: {run}");
    }
}

#[test]
fn name_of_a_language_leads_to_its_code() {
    for (words, entry) in entries("languages") {
        let code = text(&entry["code"]);
        for word in words {
            let stderr = refused(&["get", "839", "--demo", "--language", word]);
            assert!(stderr.contains(&format!("hint: its code is {code}\n")), "{word}: {stderr}");
        }
        let run = run(&["get", "839", "--demo", "--language", code]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{code}: {run}");
    }
}

#[test]
fn ticket_id_as_the_value_of_ticket_is_understood() {
    let stderr = refused(&["get", "--ticket", "839", "--demo"]);
    assert!(stderr.contains("hint: ids are written without an option: "), "{stderr}");
    assert!(!stderr.contains("get 839\n"), "{stderr}");
}

#[test]
fn field_without_its_comma_is_understood() {
    let stderr = refused(&["get", "839", "--demo", "--select", "Title", "OwnedByName"]);
    assert!(stderr.contains("with commas and no blanks: --select Title,OwnedByName"), "{stderr}");
}

#[test]
fn address_that_the_shell_has_cut_is_understood() {
    let url = "https://crm.example.com/scripts/ticket.fcgi?action=listTicket";
    let stderr = refused(&["get", url, "--demo"]);
    assert!(stderr.contains("hint: put an address into quotes: a shell cuts it at &"), "{stderr}");
}

#[test]
fn clap_suggests_only_what_is_near() {
    for (typed, near) in [("--selct", true), ("--unsure", false), ("--trace", false)] {
        let stderr = refused(&["get", "839", typed]);
        assert_eq!(stderr.contains("a similar argument exists"), near, "{stderr}");
        assert!(stderr.contains("Usage: sotickets get [OPTIONS] [ID]...\n"), "{stderr}");
    }
    let stderr = refused(&["auth", "login", "--use", "tim"]);
    assert!(!stderr.contains("--insecure"), "{stderr}");
}

#[test]
fn format_gets_only_options_that_the_command_has() {
    for format in ["excel", "tickets.csv", "yaml", "md"] {
        let stderr = refused(&["fields", "-o", format]);
        assert!(!stderr.contains("tip:"), "{stderr}");
    }
}
