//! docs/codes.md: its table has every time zone code that the program knows.

use std::collections::BTreeSet;
use std::fs;

use crate::support::wine::sample_under_wine;
use crate::support::{Run, generated, sotickets};

/// Returns the rows of the table of time zones: code, number and IANA zone.
fn zones() -> Vec<[String; 3]> {
    let page = fs::read_to_string(generated::file("docs/codes.md")).expect("a page");
    let (_, rest) = page.split_once("<!-- zones -->\n").expect("the mark");
    let rows = rest.lines().take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        let cells: Vec<String> = cells.map(|cell| cell.trim().replace('`', "")).collect();
        cells.try_into().expect("three cells")
    })
    .collect()
}

#[test]
fn table_lists_the_codes_that_completion_offers() {
    let run = Run::of(sotickets().args(["__complete", "--", "get", "--timezone", ""]));
    let codes = run.stdout.lines().filter(|line| line.ends_with("the server's own code"));
    let offered: BTreeSet<String> =
        codes.filter_map(|line| line.split('\t').nth(1)).map(str::to_owned).collect();
    let listed: BTreeSet<String> = zones().into_iter().map(|[code, ..]| code).collect();
    assert!(!offered.is_empty(), "{run}");
    assert_eq!(listed, offered);
}

#[test]
fn hint_for_a_code_or_its_number_names_the_zone_of_the_table() {
    for [code, number, iana] in sample_under_wine(zones()) {
        for zone in [&code, &number] {
            let mut command = sotickets();
            // Nothing listens at this address: the hint comes before the call.
            command.args(["get", "839", "--url", "http://127.0.0.1:9", "--no-auth"]);
            let run = Run::of(command.args(["--timezone", zone]));
            let hint = format!("hint: --timezone {iana} converts every date here\n");
            assert!(run.stderr.contains(&hint), "{zone}: {run}");
        }
    }
}
