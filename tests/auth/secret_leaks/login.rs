//! Sign-ins that keep a secret in a profile: kept, refused, shown, and a profile that cannot be
//! written.

use super::{Job, assert_no_leak, error_object, http};
use crate::support::canary::{APP_TOKEN, Canary, PASSWORD, TICKET, TOKEN};
use crate::support::echo::Echo;
use crate::support::secret_run::{Ledger, SecretRun, Source};

const KINDS: [Canary; 3] = [PASSWORD, TICKET, TOKEN];

/// A sign-in with `canary` from standard input, and an application token.
fn login(secret_run: SecretRun, canary: Canary, url: &str) -> SecretRun {
    let secret_run = secret_run.with(&["--url", url, "--store", "file", "-v"]);
    let secret_run = match canary {
        PASSWORD => secret_run.with(&["--user", "tim"]),
        _ => secret_run,
    };
    secret_run.keep(canary, Source::Stdin).keep(APP_TOKEN, Source::File)
}

fn start() -> SecretRun {
    SecretRun::new(&["auth", "login", "--profile", "work"])
}

/// A sign-in that the server answers with `status`; `code` is the exit code.
fn answered(ledger: &Ledger, canary: Canary, status: u16, code: i32) {
    let secret_run = start();
    let echo = Echo::start(secret_run.folder(), move |it, _| match status {
        200 => http(it, 200, "", "[]"),
        _ => http(it, status, "", error_object(&it.quoted(0, 300))),
    });
    let secret_run = login(secret_run, canary, &echo.url());
    let secret_run = if code == 0 { secret_run.keeps(canary) } else { secret_run };
    secret_run.run(ledger, &format!("login answered {status}"), code, Some(&echo));
}

/// A sign-in whose profile cannot be written.
fn without_a_profile(ledger: &Ledger, canary: Canary) {
    let secret_run = start();
    let lock = secret_run.path("XDG_CONFIG_HOME/sotickets/.config.toml.lock");
    std::fs::create_dir_all(lock).expect("a folder");
    let echo = Echo::start(secret_run.folder(), |it, _| http(it, 200, "", "[]"));
    login(secret_run, canary, &echo.url()).run(ledger, "login without a profile", 1, Some(&echo));
}

/// A command that shows or removes the stored secret.
fn stored(ledger: &Ledger, canary: Canary, arguments: &[&str]) {
    let secret_run = SecretRun::new(arguments);
    let key = canary.option.expect("an option").trim_start_matches('-');
    let state = secret_run.path("XDG_STATE_HOME/sotickets");
    std::fs::create_dir(&state).expect("a folder");
    let file = format!("{state}/secret-work%2F{key}");
    std::fs::write(file, canary.kept()).expect("a file");
    let text = format!(
        "[profiles.work]\nurl = \"http://127.0.0.1:9\"\nuser = \"tim\"\n{key} = \"stored\"\n"
    );
    let secret_run = secret_run.configuration(&text).with(&["--profile", "work"]);
    let secret_run = match arguments.contains(&"logout") {
        true => secret_run,
        false => secret_run.keeps(canary),
    };
    secret_run.run(ledger, &arguments.join(" "), 0, None);
}

/// A check of the stored secret that the server answers with `status`; `code` is the exit code.
fn checked(ledger: &Ledger, canary: Canary, status: u16, code: i32, arguments: &[&str]) {
    let secret_run = SecretRun::new(&["auth", "status", "--check"]).with(arguments);
    let echo = Echo::start(secret_run.folder(), move |it, turn| match status {
        200 => http(it, 200, "", "[]"),
        _ => http(it, status, "", error_object(&it.quoted(turn, 300))),
    });
    let key = canary.option.expect("an option").trim_start_matches('-');
    let state = secret_run.path("XDG_STATE_HOME/sotickets");
    std::fs::create_dir(&state).expect("a folder");
    std::fs::write(format!("{state}/secret-work%2F{key}"), canary.kept()).expect("a file");
    let text =
        format!("[profiles.work]\nurl = \"{}\"\nuser = \"tim\"\n{key} = \"stored\"\n", echo.url());
    let secret_run = secret_run.configuration(&text).keeps(canary).sends(canary);
    secret_run.run(ledger, &format!("status answered {status}"), code, Some(&echo));
}

fn jobs() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for canary in KINDS {
        for (status, code) in [(200, 0), (500, 0), (401, 4), (403, 4)] {
            jobs.push(Box::new(move |ledger| answered(ledger, canary, status, code)));
        }
        jobs.push(Box::new(move |ledger| without_a_profile(ledger, canary)));
        jobs.push(Box::new(move |ledger| stored(ledger, canary, &["auth", "status"])));
        jobs.push(Box::new(move |ledger| {
            stored(ledger, canary, &["auth", "status", "-o", "json"]);
        }));
        for (status, code) in [(200, 0), (500, 0), (401, 4), (403, 4)] {
            for arguments in [&["-v"][..], &["-o", "json"]] {
                jobs.push(Box::new(move |ledger| {
                    checked(ledger, canary, status, code, arguments);
                }));
            }
        }
        jobs.push(Box::new(move |ledger| stored(ledger, canary, &["auth", "logout"])));
        jobs.push(Box::new(move |ledger| stored(ledger, canary, &["doctor", "--offline"])));
        jobs.push(Box::new(move |ledger| stored(ledger, canary, &["get", "839", "--dry-run"])));
    }
    jobs
}

#[test]
fn secret_of_a_login_is_kept_in_its_file_alone() {
    assert_no_leak(jobs(), 3 * 18);
}
