//! Commands that send nothing, with every secret set.

use std::io::{BufRead as _, BufReader, Read as _};

use super::{Job, SCHEMES, SOURCES, WAYS, assert_no_leak, by, with_proxy_variable};
use crate::support::canary;
use crate::support::end_of;
use crate::support::secret_run::{SecretRun, Source};

/// The commands that send nothing, with every secret at hand.
fn commands() -> Vec<Job> {
    let calls: [(&[&str], i32); 12] = [
        (&["fields"], 0),
        (&["fields", "-o", "json"], 0),
        (&["--help"], 0),
        (&["get", "--help"], 0),
        (&["--version"], 0),
        (&["completions", "bash"], 0),
        (&["get", "839", "--demo", "-v"], 0),
        (&["get", "839", "--demo", "--dry-run"], 2),
        (&["get", "839", "--url", "http://127.0.0.1:9"], 2),
        (&["get", "839", "-o", "nothing"], 2),
        (&["doctor", "--url", "http://127.0.0.1:9"], 2),
        (&["doctor", "-o", "json", "--url", "http://127.0.0.1:9"], 2),
    ];
    let mut jobs: Vec<Job> = Vec::new();
    for (arguments, code) in calls {
        jobs.push(Box::new(move |ledger| {
            everything_set(arguments).run(ledger, &arguments[..1].join(" "), code, None);
        }));
    }
    for (scheme, canaries) in SCHEMES.into_iter().enumerate() {
        for (turn, format) in ["table", "json", "table", "json"].into_iter().enumerate() {
            jobs.push(Box::new(move |ledger| {
                let mut secret_run =
                    SecretRun::new(&["doctor", "--offline", "-o", format, "--user", "tim"]);
                for (number, canary) in canaries.iter().enumerate() {
                    secret_run = secret_run.keep(*canary, SOURCES[(turn + number) % SOURCES.len()]);
                }
                // A user goes with the password alone.
                let code = if scheme == 0 { 0 } else { 2 };
                by(secret_run, WAYS[turn % 3], turn, 9).run(ledger, "doctor", code, None);
            }));
        }
    }
    jobs.push(Box::new(|ledger| {
        let secret_run = everything_set(&["demo"]);
        let mut child = secret_run.command().spawn().expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut lines = String::new();
        for _ in 0..2 {
            stdout.read_line(&mut lines).expect("a line");
        }
        child.kill().expect("a process");
        stdout.read_to_string(&mut lines).expect("text");
        let mut output = end_of(child);
        output.stdout = lines.into_bytes();
        secret_run.check(ledger, "demo", None, &output, None);
    }));
    jobs
}

/// A call with every secret in its variable.
fn everything_set(arguments: &[&str]) -> SecretRun {
    let mut secret_run = SecretRun::new(arguments);
    for canary in canary::ALL.into_iter().filter(|canary| canary.variable.is_some()) {
        secret_run = secret_run.keep(canary, Source::Variable);
    }
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        .into_iter()
        .fold(secret_run, |secret_run, variable| with_proxy_variable(secret_run, variable, 9))
}

#[test]
fn command_that_sends_nothing_reveals_no_secret() {
    assert_no_leak(commands(), 12 + 16 + 1);
}
