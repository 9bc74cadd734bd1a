//! Tab, pressed in bash, zsh and fish.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use sotickets::ticket::catalogue::CATALOGUE;

use crate::support;
use crate::support::shell::{Shell, Tab};

static FORMATS: LazyLock<Vec<String>> = LazyLock::new(|| support::formats(|_| true));
const SOURCES: [&str; 8] =
    ["env:", "file:", "stdin", "prompt", "keyring", "stored", "command:", "command-line:"];
const PROFILES: [&str; 3] = ["work", "home", "side"];

/// A word that is typed, its completion, and the candidates that are listed.
struct Case {
    before: &'static str,
    typed: &'static str,
    completed: &'static str,
    listed: Vec<&'static str>,
    known: Vec<&'static str>,
}

fn case(
    before: &'static str,
    typed: &'static str,
    completed: &'static str,
    listed: &[&'static str],
    known: &[&'static str],
) -> Case {
    Case { before, typed, completed, listed: listed.to_vec(), known: known.to_vec() }
}

fn cases() -> Vec<Case> {
    let fields: Vec<&str> = CATALOGUE.iter().map(|field| field.name).collect();
    let starting: Vec<&str> =
        fields.iter().filter(|name| name.starts_with("Ti")).copied().collect();
    let formats: Vec<&str> = FORMATS.iter().map(String::as_str).collect();
    let owners = ["OwnedBy", "OwnedByName", "OwnedByAssociateId"];
    vec![
        case("get --select", "Ti", "Ti", &starting, &fields),
        case("get --select", "Title,own", "Title,OwnedBy", &owners, &fields),
        case("get -s", "ownedby,OWNEDBYN", "ownedby,OwnedByName", &[], &[]),
        case("get --output", "J", "json", &["json", "jsonl"], &formats),
        case("get", "--output=mark", "--output=markdown", &[], &[]),
        case("get --dates", "as", "as-sent", &[], &[]),
        case("get --timezone", "Eur", "Europe/", &[], &[]),
        case("get --timezone", "europe/osl", "Europe/Oslo", &[], &[]),
        case("get --timezone", "us-n", "US-NY", &[], &[]),
        case("get --profile", "", "", &PROFILES, &PROFILES),
        case("auth switch", "wo", "work", &[], &[]),
        case("auth login --profile", "ho", "home", &[], &[]),
        case("auth status --profile", "", "", &PROFILES, &PROFILES),
        case("auth logout", "--profile=si", "--profile=side", &[], &[]),
        case("auth status --config other.toml --profile", "t", "third", &[], &[]),
        case("auth logout --config=other.toml --profile", "t", "third", &[], &[]),
        case("auth switch --config other.toml", "t", "third", &[], &[]),
        case("get --password", "", "", &SOURCES, &SOURCES),
        case("get --token", "env:SOTICKETS_TABL", "env:SOTICKETS_TABLE", &[], &[]),
        case("get", "--token=env:SOTICKETS_TABL", "--token=env:SOTICKETS_TABLE", &[], &[]),
        case("get --token", "file:tok", "file:token.txt", &[], &[]),
        case("get --ids-file", "my", "my ids.txt", &[], &[]),
        case("get", r"--cacert=our\ own/c", "--cacert=our own/ca.pem", &[], &[]),
        case("auth", "lo", "log", &["login", "logout"], &["login", "logout", "status", "switch"]),
    ]
}

/// A home with files to complete, and a configuration file that is broken.
fn home() -> tempfile::TempDir {
    let home = support::configuration(
        "[profiles.work]\nurl = 'https://crm.example.com'\n[profiles.home]\nurl = [\n[profiles.side]\n",
    );
    std::fs::create_dir(home.path().join("our own")).expect("a folder");
    for name in ["token.txt", "my ids.txt", "our own/ca.pem"] {
        std::fs::write(home.path().join(name), "839\n").expect("a file");
    }
    let other = "[profiles.third]\nurl = 'https://crm.example.com'\n";
    std::fs::write(home.path().join("other.toml"), other).expect("a file");
    home
}

#[expect(clippy::print_stdout, reason = "what each shell offered is worth reading")]
fn presses_tab(name: &'static str, script: &str) {
    let home = home();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(script);
    let Some(mut shell) = Shell::start(name, &script, home.path()) else { return };
    // fish shows only candidates that have the letters of the word.
    let synonyms = [
        case("get --select", "Title,assig", "Title,OwnedByName", &[], &[]),
        case("get --timezone", "osl", "Europe/Oslo", &[], &[]),
    ];
    let synonyms = synonyms.into_iter().filter(|_| name != "fish");
    for Case { before, typed, completed, listed, known } in cases().into_iter().chain(synonyms) {
        let tab = shell.tab(&format!("sotickets {before} {typed}"), &known);
        println!("{name}: {before} {typed}<Tab>: {:?}, {:?}", tab.words, tab.listed);
        let words = ["sotickets"].into_iter().chain(before.split(' '));
        let words = words.chain(Some(completed).filter(|word| !word.is_empty()));
        let words = words.map(str::to_owned).collect();
        let listed: BTreeSet<String> = listed.into_iter().map(str::to_owned).collect();
        assert_eq!(tab, Tab { words, listed }, "{name}: {before} {typed}");
    }
}

#[test]
fn bash_completes_words() {
    presses_tab("bash", "sotickets.bash");
}

#[test]
fn zsh_completes_words() {
    presses_tab("zsh", "_sotickets");
}

#[test]
fn fish_completes_words() {
    presses_tab("fish", "sotickets.fish");
}
