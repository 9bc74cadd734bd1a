//! A secret where the name of its source is expected.

use serde_json::json;

use super::{Job, assert_no_leak};
use crate::support::canary::{self, COOKIE, Canary, HEADER, PASSWORD, PROXY, TICKET, TOKEN, XSRF};
use crate::support::secret_run::{SecretRun, Source};

/// A secret where its place was to be named.
fn misuse() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    let mut refused = |path: &'static str, arguments: Vec<String>| {
        jobs.push(Box::new(move |ledger| {
            for command in [&["get", "839"][..], &["doctor"], &["doctor", "--offline"]] {
                let secret_run = SecretRun::new(command).with(&["--url", "http://127.0.0.1:9"]);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                secret_run.typed(&arguments).run(ledger, path, 2, None);
            }
        }));
    };
    for canary in canary::OF_GET {
        let Some(option) = canary.option else { continue };
        for value in values(canary) {
            for prefix in ["", "env:", "file:", "command:"] {
                let place = format!("{prefix}{value}");
                let header = format!("X-Gateway: @{place}");
                let place = if canary == HEADER { header } else { place };
                let mut arguments = vec![format!("{option}={place}")];
                if canary == HEADER {
                    arguments = vec![option.to_owned(), place];
                }
                match canary {
                    PASSWORD => arguments.push("--user=tim".to_owned()),
                    XSRF => arguments.push("--cookie=env:X".to_owned()),
                    COOKIE => arguments.push("--xsrf-token=env:X".to_owned()),
                    PROXY => arguments.push("--proxy=http://tim@127.0.0.1:9".to_owned()),
                    _ => {}
                }
                if !matches!(canary, PASSWORD | TICKET | TOKEN | XSRF | COOKIE) {
                    arguments.push("--no-auth".to_owned());
                }
                refused("a literal", arguments);
            }
        }
    }
    let password = PASSWORD.value();
    refused("a misspelt option", vec![format!("--pasword={password}")]);
    refused("a password beside the user", vec!["--user".to_owned(), format!("tim:{password}")]);
    refused(
        "a header that has an option",
        vec!["-H".to_owned(), format!("Authorization: {password}")],
    );
    refused("a header without a colon", vec!["-H".to_owned(), password]);
    for value in values(PROXY) {
        for proxy in
            [format!("http://tim:{value}@h:1"), format!("tim:{value}@h"), format!("tim:{value}")]
        {
            refused("a password in --proxy", vec!["--proxy".to_owned(), proxy]);
        }
    }
    jobs
}

/// Secrets of each kind: with characters for each encoding, like a number, like base64,
/// like a ticket.
fn values(canary: Canary) -> [String; 4] {
    let name = canary.name;
    [
        canary.value(),
        format!("cnry{name}8f3a9b2c1d4e5f607182"),
        format!("cnry{name}/8f3a9+b2c1d4e5f60=="),
        format!("7T:cnry{name}.8f3a9"),
    ]
}

fn misused_addresses() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for value in values(PASSWORD) {
        for url in [
            format!("https://tim:{value}@crm.example.com"),
            format!("tim:{value}@crm.example.com"),
            format!("htps://tim:{value}@crm.example.com"),
        ] {
            jobs.push(Box::new(move |ledger| {
                for command in [&["get", "839", "--no-auth"][..], &["doctor", "--no-auth"]] {
                    let secret_run = SecretRun::new(command).typed(&["--url", &url]);
                    secret_run.run(ledger, "a password in --url", 2, None);
                    let secret_run = SecretRun::new(command).variable("SOTICKETS_URL", &url);
                    secret_run.run(ledger, "a password in SOTICKETS_URL", 2, None);
                }
            }));
        }
    }
    let user = format!("tim:{}\n", PASSWORD.value());
    jobs.push(Box::new(move |ledger| {
        for command in [&["get", "839"][..], &["doctor"], &["doctor", "--offline"]] {
            let secret_run = SecretRun::new(command).with(&["--url", "http://127.0.0.1:9"]);
            let secret_run =
                secret_run.variable("SOTICKETS_USER", &user).keep(PASSWORD, Source::Env);
            secret_run.run(ledger, "a password beside the user", 2, None);
        }
    }));
    jobs
}

fn misused_files() -> Vec<Job> {
    let mut texts = Vec::new();
    for canary in canary::ALL.into_iter().filter(|canary| canary.variable.is_some()) {
        let key = canary.option.expect("an option").trim_start_matches('-').replace('-', "_");
        for value in values(canary).into_iter().take(2) {
            let quoted = json!(value).to_string();
            texts.extend([
                format!("{key} = {quoted}"),
                format!("{key} = [{quoted}]"),
                format!("{key} = {value}"),
                format!("{key}x = {quoted}"),
                format!("{key} = \"env:X\"\n{key} = {quoted}"),
                format!("user = {{ {key} = {quoted} }}"),
                format!("url = \"https://tim:{}@h\"", quoted.trim_matches('"')),
            ]);
        }
    }
    for key in ["token", "private_key", "application_token"] {
        for value in values(TOKEN) {
            texts.push(format!("[profiles.work.system_user]\n{key} = {}", json!(value)));
        }
    }
    texts.into_iter().map(misused_file).collect()
}

fn misused_file(text: String) -> Job {
    Box::new(move |ledger| {
        for command in [&["get", "839", "--no-auth"][..], &["doctor", "--no-auth"]] {
            let secret_run = SecretRun::new(command);
            let file = secret_run.path("secrets/config.toml");
            std::fs::write(&file, format!("[profiles.work]\n{text}\n")).expect("a file");
            let secret_run = secret_run.with(&["--config", &file, "--profile", "work"]);
            secret_run.run(ledger, "a literal in the configuration file", 2, None);
        }
    })
}

#[test]
fn typed_secret_is_refused_and_not_repeated() {
    assert_no_leak(misuse(), 3 * (8 * 16 + 4 + 12));
}

#[test]
fn secret_in_an_address_is_refused_and_not_repeated() {
    assert_no_leak(misused_addresses(), 12 * 4 + 3);
}

#[test]
fn secret_in_the_configuration_file_is_refused_and_not_repeated() {
    assert_no_leak(misused_files(), 2 * (8 * 2 * 7 + 3 * 4));
}
