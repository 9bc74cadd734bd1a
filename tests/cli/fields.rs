//! `sotickets fields`, from outside.

use std::collections::BTreeSet;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, is_empty};
use sotickets::ticket::catalogue::CATALOGUE;

use crate::support::sotickets;

const PAGE: &str = include_str!("../fixtures/page-fields.tsv");
const KEYS: [&str; 6] = ["name", "type", "unit", "values", "since", "meaning"];

fn fields(args: &[&str]) -> Command {
    let mut command = sotickets();
    command.arg("fields").args(args);
    command
}

/// Returns standard output of a successful run without messages.
fn stdout(args: &[&str]) -> String {
    let output = fields(args).assert().success().stderr(is_empty()).get_output().stdout.clone();
    String::from_utf8(output).expect("UTF-8")
}

fn json(args: &[&str]) -> Vec<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_str(&stdout(args)).expect("an array of objects")
}

fn names(args: &[&str]) -> Vec<String> {
    let args = [args, &["-o", "json"]].concat();
    json(&args).iter().map(|field| field["name"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn fields_are_listed_in_the_order_of_the_catalogue() {
    let names = names(&[]);
    assert!(names.iter().eq(CATALOGUE.iter().map(|field| field.name)));
    let of_page = names.iter().filter(|name| PAGE.lines().any(|line| name_of(line) == **name));
    assert!(of_page.eq(PAGE.lines().map(name_of)));
}

#[test]
fn json_has_exactly_the_six_keys() {
    for field in json(&["-o", "json"]) {
        let keys: BTreeSet<&str> = field.keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(KEYS));
    }
    assert_eq!(
        stdout(&["timespent", "--format=json"]).lines().take(6).collect::<Vec<_>>(),
        [
            "[",
            "  {",
            r#"    "name": "TimeSpentInternally","#,
            r#"    "type": "int32","#,
            r#"    "unit": "seconds","#,
            r#"    "values": [],"#,
        ]
    );
}

#[test]
fn json_leaves_unknown_units_and_versions_null() {
    let status = &json(&["slevel", "-o", "json"])[0];
    assert!(status["unit"].is_null() && status["since"].is_null());
    assert_eq!(status["values"], serde_json::json!(["Unknown", "Internal", "External"]));
    let kind = &json(&["TicketTypeId", "-o", "json"])[0];
    assert_eq!(kind["since"], "10.3.1");
}

#[test]
fn csv_has_a_header_and_a_line_a_field() {
    let text = stdout(&["--output", "csv"]);
    assert!(!text.contains('\r'));
    assert!(text.starts_with("name,type,unit,values,since,meaning\n"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().expect("six columns each");
    assert_eq!(records.len(), CATALOGUE.len());
    let slevel = records.iter().find(|record| &record[0] == "Slevel").expect("it is listed");
    assert_eq!(&slevel[3], "Unknown Internal External");
    let spent = records.iter().find(|record| &record[0] == "TimeSpent").expect("it is listed");
    assert_eq!([&spent[1], &spent[2], &spent[4]], ["int32", "minutes", "10.2.8"]);
}

#[test]
fn piped_table_is_a_whole_line_a_field() {
    let text = stdout(&[]);
    assert_eq!(text.lines().count(), 1 + CATALOGUE.len());
    assert!(text.lines().all(|line| line.trim_end() == line && !line.contains(['│', '─', '…'])));
    assert!(text.contains(", PostponedDay, PostponedWeek, PostponedMonth\n"));
}

#[test]
fn table_keeps_to_its_width_and_loses_nothing() {
    let words = |text: &str| -> BTreeSet<String> {
        text.split_whitespace().map(|word| word.trim_end_matches(',').to_owned()).collect()
    };
    let whole = words(&stdout(&[]));
    for width in ["26", "40", "60", "80", "120", "200"] {
        let columns = width.parse().expect("a number");
        let text = stdout(&["--width", width]);
        for line in text.lines() {
            assert!(line.chars().count() <= columns, "{width}: {line}");
            assert_eq!(line, line.trim_end());
        }
        let headings = ["Name", "Type", "Since", "Meaning"].map(str::to_owned).into();
        assert!(whole.difference(&words(&text)).all(|word| BTreeSet::contains(&headings, word)));
    }
}

#[test]
fn word_filters_fields_by_their_texts_in_any_case() {
    assert_eq!(names(&["SALE"]), ["SaleId", "SaleHeading"]);
    assert_eq!(names(&["subject LINE"]), ["Title"]);
    assert_eq!(names(&["spam"]), ["BaseStatus"]);
    assert_eq!(names(&["BOOL"]), ["HasAttachment"]);
    let counted: Vec<String> = json(&["-o", "json"])
        .iter()
        .filter(|field| field["unit"] == "minutes")
        .map(|field| field["name"].as_str().expect("text").to_owned())
        .collect();
    assert!(counted.len() > 1);
    assert_eq!(names(&["minutes"]), counted);
    let all = json(&["-o", "json"]);
    let found: Vec<_> = json(&["reply", "-o", "json"]);
    assert!(found.len() > 1 && found.len() < all.len());
    let has_word = |field: &&serde_json::Map<String, serde_json::Value>| {
        ["name", "type", "unit", "values", "meaning"]
            .iter()
            .any(|key| field[*key].to_string().to_lowercase().contains("reply"))
    };
    assert!(all.iter().filter(has_word).eq(&found));
}

#[test]
fn format_is_known_in_any_case() {
    assert_eq!(stdout(&["sale", "-o", "CSV"]), stdout(&["sale", "-o", "csv"]));
}

#[test]
fn word_that_finds_nothing_is_a_usage_error_with_the_nearest_name() {
    fields(&["titel"]).assert().code(2).stdout(is_empty()).stderr(
        contains("error: no field has 'titel' in its name, type, unit, values or meaning\n")
            .and(contains("hint: did you mean Title")),
    );
    fields(&["zzz"])
        .assert()
        .code(2)
        .stdout(is_empty())
        .stderr(contains("hint: `sotickets fields` without a word lists them all\n"));
}

#[test]
fn word_cannot_drive_the_terminal() {
    let escape = fields(&["\x1b[31m"]).assert().code(2).stdout(is_empty());
    escape.stderr(contains(r"\x1b[31m").and(contains('\x1b').not()));
}

#[test]
fn width_of_nothing_is_refused() {
    fields(&["--width", "0"]).assert().code(2).stdout(is_empty());
}

#[test]
fn help_shows_the_other_name_of_output_and_examples() {
    let help = stdout(&["--help"]);
    assert!(help.contains("--format") && help.contains("sotickets fields reply"));
}

fn name_of(line: &str) -> &str {
    line.split('\t').next().unwrap_or(line)
}
