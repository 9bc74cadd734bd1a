//! Sign-ins that keep a secret in a profile: kept, refused, shown, and a profile that cannot be
//! written.

use super::{Job, assert_no_leak, error_object, http};
use crate::support::canary::{
    APP_TOKEN, Canary, PASSWORD, PRIVATE_KEY, SYSTEM_USER, TICKET, TOKEN,
};
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

/// A sign-in to a tenant of Online, which the service has at the same address.
fn at_a_tenant(ledger: &Ledger, canary: Canary, status: u16, code: i32) {
    let secret_run = start();
    let echo = Echo::start(secret_run.folder(), move |it, _| {
        if it.path().starts_with("/api/state/") {
            let site = format!("http://{}/Cust12345", it.header("host").unwrap_or_default());
            let state = serde_json::json!({
                "ContextIdentifier": "Cust12345", "Endpoint": site, "Api": format!("{site}/api"),
                "State": "Running", "IsRunning": true, "ValidUntil": "2099-01-01T00:00:00Z",
            });
            return http(it, 200, "Content-Type: application/json\r\n", state.to_string());
        }
        match status {
            200 => http(it, 200, "", "[]"),
            _ => http(it, status, "", error_object(&it.quoted(0, 300))),
        }
    });
    let secret_run = secret_run.with(&["--tenant", "Cust12345", "--environment", &echo.url()]);
    let secret_run = secret_run.with(&["--store", "file", "-v"]).keep(canary, Source::Stdin);
    let secret_run = secret_run.keep(APP_TOKEN, Source::File);
    let secret_run = if code == 0 { secret_run.keeps(canary) } else { secret_run };
    secret_run.run(ledger, &format!("login at a tenant, {status}"), code, Some(&echo));
}

/// A profile that is signed in again, after which the new secret is in the place of the old one.
fn again(ledger: &Ledger, canary: Canary, status: u16, code: i32) {
    let secret_run = start();
    let echo = Echo::start(secret_run.folder(), move |it, _| match status {
        200 => http(it, 200, "", "[]"),
        _ => http(it, status, "", error_object(&it.quoted(0, 300))),
    });
    let key = canary.option.expect("an option").trim_start_matches('-');
    let text =
        format!("[profiles.work]\nurl = \"{}\"\nuser = \"tim\"\n{key} = \"stored\"\n", echo.url());
    let secret_run = secret_run.configuration(&text).keep(canary, Source::Stdin).with(&["-v"]);
    let secret_run = if code == 0 { secret_run.keeps(canary) } else { secret_run };
    secret_run.run(ledger, &format!("login again, {status}"), code, Some(&echo));
}

/// A sign-in of a system user whose private key is none.
fn system_user(ledger: &Ledger, stdin: Canary) {
    let target = ["--tenant", "Cust12345", "--environment", "http://127.0.0.1:9", "-v"];
    let mut secret_run = start().with(&target);
    for canary in [SYSTEM_USER, PRIVATE_KEY, APP_TOKEN] {
        let source = if canary == stdin { Source::Stdin } else { Source::File };
        secret_run = secret_run.keep(canary, source);
    }
    secret_run.with(&["--store", "file"]).run(ledger, "login of a system user", 2, None);
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
        for (status, code) in [(200, 0), (401, 4), (500, 0)] {
            jobs.push(Box::new(move |ledger| again(ledger, canary, status, code)));
            if canary != PASSWORD {
                jobs.push(Box::new(move |ledger| at_a_tenant(ledger, canary, status, code)));
            }
        }
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
    for stdin in [SYSTEM_USER, PRIVATE_KEY, APP_TOKEN] {
        jobs.push(Box::new(move |ledger| system_user(ledger, stdin)));
    }
    jobs
}

#[test]
fn secret_of_a_login_is_kept_in_its_file_alone() {
    assert_no_leak(jobs(), 3 * 21 + 2 * 3 + 3);
}
