//! Secrets from each place that they are read from.

use super::{Job, SOURCES, assert_no_leak, error_object, http};
use crate::support::canary::{
    self, APP_TOKEN, COOKIE, Canary, HEADER, PASSWORD, PROXY, TICKET, TOKEN, XSRF,
};
use crate::support::echo::Echo;
use crate::support::secret_run::{Ledger, SecretRun, Source};

/// Each secret from each place that it may be kept in.
fn sources() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for canary in canary::OF_GET.into_iter().filter(|canary| canary.option.is_some()) {
        for source in SOURCES.into_iter().chain([Source::Stdin]) {
            jobs.push(Box::new(move |ledger| {
                let secret_run = SecretRun::new(&["get", "839", "-v"]);
                let echo = Echo::start(secret_run.folder(), |it, _| {
                    http(it, 401, "", error_object(&it.quoted(0, 300)))
                });
                let way =
                    if canary == PROXY { "http://127.0.0.1:9".to_owned() } else { echo.url() };
                let secret_run = secret_run.with(&["--url", &way]).keep(canary, source);
                let secret_run = beside(secret_run, canary, echo.port);
                secret_run.run(ledger, &format!("a secret in {source:?}"), 4, Some(&echo));
            }));
        }
    }
    jobs.push(Box::new(|ledger| of_profile(ledger, &["get", "839"], 4)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["get", "839", "-v"], 4)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["get", "839", "--dry-run"], 0)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["doctor", "--offline"], 0)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["doctor", "839", "-v"], 4)));
    jobs
}

/// What `canary` cannot do without.
fn beside(secret_run: SecretRun, canary: Canary, port: u16) -> SecretRun {
    match canary {
        PASSWORD => secret_run.with(&["--user", "tim"]),
        XSRF => secret_run.keep(COOKIE, Source::Variable),
        COOKIE => secret_run.keep(XSRF, Source::Variable),
        PROXY => secret_run
            .with(&["--proxy", &format!("http://tim@127.0.0.1:{port}")])
            .keep(TOKEN, Source::Variable),
        APP_TOKEN | HEADER => secret_run.keep(TOKEN, Source::Variable),
        _ => secret_run,
    }
}

fn of_profile(ledger: &Ledger, arguments: &[&str], code: i32) {
    for secrets in [&[PASSWORD][..], &[TICKET], &[TOKEN], &[XSRF, COOKIE]] {
        let mut secret_run = SecretRun::new(arguments);
        let echo = Echo::start(secret_run.folder(), |it, _| {
            http(it, 401, "", error_object(&it.quoted(0, 300)))
        });
        let mut text = format!("[profiles.work]\nurl = \"{}\"\nuser = \"tim\"\n", echo.url());
        for canary in secrets.iter().chain(&[APP_TOKEN]) {
            secret_run.write_secret(*canary);
            let key = canary.option.expect("an option").trim_start_matches('-').replace('-', "_");
            let file = secret_run.path(&format!("secrets/{}", canary.name));
            text.push_str(&format!("{key} = \"file:{file}\"\n"));
            secret_run = secret_run.sends(*canary);
        }
        let secret_run = secret_run.configuration(&text).with(&["--profile", "work"]);
        let echo = (code == 4).then_some(&echo);
        secret_run.run(ledger, "a secret of a profile", code, echo);
    }
}

#[test]
fn secret_of_any_source_reaches_its_server_alone() {
    assert_no_leak(sources(), 8 * 5 + 5 * 4);
}
