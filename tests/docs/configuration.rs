//! docs/configuration.md: its table is made from the settings, and its example is a valid file.

use std::fmt::Write as _;
use std::fs;

use sotickets::settings::registry::{ALL, PROFILE_ONLY, SYSTEM_USER};

use crate::support::{Run, configuration, generated, sotickets};

const PAGE: &str = "docs/configuration.md";

fn page() -> String {
    fs::read_to_string(generated::file(PAGE)).expect(PAGE)
}

/// Returns the text of the page from the `mark` to the next empty line after text.
fn section(mark: &str) -> String {
    let page = page();
    let (_, rest) = page.split_once(&format!("<!-- {mark} -->\n")).expect(mark);
    let rest = rest.trim_start();
    let end = if mark == "example" { "\n```\n" } else { "\n\n" };
    rest.split_once(end).expect(mark).0.to_owned()
}

fn table() -> String {
    let mut table = String::from("| key | value | what it is | default |\n|---|---|---|---|");
    for setting in ALL.iter().chain(&PROFILE_ONLY).chain(&SYSTEM_USER) {
        let (key, form, meaning) = (setting.key, setting.value_type.name(), setting.meaning);
        let default = setting.default.map_or_else(String::new, |value| format!("`{value}`"));
        write!(table, "\n| `{key}` | {form} | {meaning} | {default} |").expect("a text");
    }
    table
}

#[test]
fn table_lists_every_key() {
    generated::check(PAGE, &page().replace(&section("keys"), &table()));
}

/// The page gives this rule in place of two columns.
#[test]
fn options_and_variables_are_named_after_their_keys() {
    for setting in ALL {
        assert_eq!(setting.option, format!("--{}", setting.key.replace('_', "-")));
        assert_eq!(setting.variable, format!("SOTICKETS_{}", setting.key.to_uppercase()));
    }
}

#[test]
fn help_names_every_option_and_variable() {
    let help = |command: &[&str]| Run::of(sotickets().args(command).arg("--help")).stdout;
    let options = help(&["get"]) + &help(&["auth", "login"]);
    let variables = Run::of(sotickets().args(["help", "environment"])).stdout;
    for setting in ALL {
        assert!(options.contains(setting.option), "{}", setting.option);
        assert!(variables.contains(setting.variable), "{}", setting.variable);
    }
}

#[test]
fn example_configuration_is_valid() {
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
            let is_set = |line: &str| line.starts_with(key) && line.contains(" profile '");
            let set = run.stdout.lines().any(is_set);
            assert!(set, "{key}: {run}");
        }
    }
}
