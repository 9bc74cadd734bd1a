//! docs/configuration.md: its table is made from the code, its example is read.

use std::fmt::Write as _;
use std::fs;

use sotickets::settings::registry::{ALL, SYSTEM_USER};

use crate::support::{Run, configuration, sotickets};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");

fn page() -> String {
    fs::read_to_string(PAGE).expect("docs/configuration.md")
}

/// What stands on the page between the `mark` and the next empty line that follows
/// text.
fn section(mark: &str) -> String {
    let page = page();
    let (_, rest) = page.split_once(&format!("<!-- {mark} -->\n")).expect(mark);
    let rest = rest.trim_start();
    let end = if mark == "example" { "\n```\n" } else { "\n\n" };
    rest.split_once(end).expect(mark).0.to_owned()
}

fn table() -> String {
    let mut table = String::from(
        "| key | value | what it is | default | option | variable |\n|---|---|---|---|---|---|",
    );
    for setting in ALL.iter().chain(&SYSTEM_USER) {
        let (key, form, meaning) = (setting.key, setting.form.name(), setting.meaning);
        let default = setting.default.map_or_else(String::new, |value| format!("`{value}`"));
        // A system user is a profile's alone.
        let said = match setting.option {
            "" => " | ".to_owned(),
            option => format!("`{option}` | `{}`", setting.variable),
        };
        write!(table, "\n| `{key}` | {form} | {meaning} | {default} | {said} |").expect("a text");
    }
    table
}

#[test]
fn the_table_has_every_key_and_what_the_code_says_of_it() {
    let found = section("keys");
    assert!(found == table(), "docs/configuration.md wants this table:\n\n{}\n", table());
}

#[test]
fn help_names_every_option_and_variable() {
    let help = |command: &[&str]| Run::of(sotickets().args(command).arg("--help")).stdout;
    let help = help(&["get"]) + &help(&["auth", "login"]);
    for setting in ALL {
        for name in [setting.option, setting.variable] {
            assert!(help.contains(name), "{name}");
        }
    }
}

#[test]
fn the_example_is_read() {
    let example = section("example");
    let text = example.strip_prefix("```toml\n").expect("a block of TOML");
    let folder = configuration(text);
    for profile in ["work", "online", "ci"] {
        let mut command = sotickets();
        command.args(["doctor", "--offline", "--profile", profile, "--no-auth"]);
        let run = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        let lines = text.split_once(&format!("[profiles.{profile}]\n")).expect(profile).1;
        for line in lines.lines().take_while(|line| !line.is_empty()) {
            let key = line.split([' ', '.']).next().expect("a key");
            let set =
                run.stdout.lines().any(|line| line.starts_with(key) && line.contains("of profile"));
            assert!(set, "{key}: {run}");
        }
    }
}
