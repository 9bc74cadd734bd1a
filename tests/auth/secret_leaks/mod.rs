//! No secret leaks: each secret is a canary with a value of its own, the program is run in every
//! way that handles one, and everything that a run leaves behind is searched.
#![cfg(unix)]

mod answers;
mod browser;
mod commands;
mod connections;
mod login;
mod misuse;
mod output;
mod panics;
mod questions;
mod sources;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::support::canary::{
    self, APP_TOKEN, COOKIE, Canary, HEADER, PASSWORD, PROXY, PROXY_VARIABLE, TICKET, TOKEN, XSRF,
};
use crate::support::echo::Answer;
use crate::support::secret_run::{Ledger, SecretRun, Source};
use crate::support::server::Request;

type Job = Box<dyn FnOnce(&Ledger) + Send>;

/// Runs all `jobs`, and asserts that nothing was found and that they were `runs` runs, so that
/// none drops out unseen.
fn assert_no_leak(jobs: Vec<Job>, runs: usize) {
    let ledger = Ledger::default();
    let jobs: Vec<Mutex<Option<Job>>> = jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        // The tests of this folder run at the same time.
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let job = job.lock().expect("no panic").take().expect("a job");
                    job(&ledger);
                }
            });
        }
    });
    assert_eq!(ledger.close(), runs);
}

const TICKETS: &str = r#"[{"TicketId":839,"Title":"Printer"}]"#;

/// An answer whose headers quote the request in every form.
fn http(request: &Request, status: u16, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    // A question for the version carries none.
    let secrets = request.secrets();
    let first = secrets.first().map_or("none", String::as_str);
    let mut head = format!("HTTP/1.1 {status} {first}\r\n");
    for (number, secret) in secrets.iter().enumerate() {
        let forms: Vec<String> = canary::forms(secret).into_iter().map(|(_, form)| form).collect();
        head.push_str(&format!("X-Echo-{number}: {}\r\n", forms.join(", ")));
        head.push_str(&format!("Set-Cookie: {secret}\r\nWWW-Authenticate: {secret}\r\n"));
        head.push_str(&format!("Proxy-Authenticate: {secret}\r\n"));
    }
    head.push_str(&format!("{headers}Content-Length: {}\r\n\r\n", body.len()));
    Answer::Bytes([head.as_bytes(), body].concat())
}

fn error_object(text: &str) -> String {
    json!({"Error": true, "ErrorType": "SoException", "ErrorMessage": text}).to_string()
}

/// The credentials, each with what goes beside it.
const SCHEMES: [&[Canary]; 4] = [
    &[PASSWORD, APP_TOKEN, HEADER],
    &[TICKET, APP_TOKEN, HEADER],
    &[TOKEN, APP_TOKEN, HEADER],
    &[XSRF, COOKIE, APP_TOKEN, HEADER],
];

const SOURCES: [Source; 4] = [Source::Variable, Source::Env, Source::File, Source::Command];

/// The way to the server.
#[derive(Clone, Copy)]
enum Way {
    Straight,
    /// Through a proxy that an option names.
    Option,
    /// Through one that a variable names, with its password.
    Variable,
}

const WAYS: [Way; 3] = [Way::Straight, Way::Option, Way::Variable];

/// A call with each secret of `scheme` in one source or another.
fn secret_run(scheme: usize, turn: usize, arguments: &[&str]) -> SecretRun {
    secret_run_of(&["get", "839"], scheme, turn, arguments)
}

/// The same for a `command`.
fn secret_run_of(command: &[&str], scheme: usize, turn: usize, arguments: &[&str]) -> SecretRun {
    let mut secret_run = SecretRun::new(command).with(arguments);
    if SCHEMES[scheme].contains(&PASSWORD) {
        secret_run = secret_run.with(&["--user", "tim"]);
    }
    for (number, canary) in SCHEMES[scheme].iter().enumerate() {
        secret_run = secret_run.keep(*canary, SOURCES[(turn + number) % SOURCES.len()]);
    }
    secret_run
}

/// The same by `way` to a server on `port`, which may be the proxy.
fn by(secret_run: SecretRun, way: Way, turn: usize, port: u16) -> SecretRun {
    match way {
        Way::Straight => secret_run.with(&["--url", &format!("http://127.0.0.1:{port}")]),
        Way::Option => {
            let secret_run = secret_run.with(&["--url", "http://127.0.0.1:9"]);
            with_proxy(secret_run, &format!("http://tim@127.0.0.1:{port}"), turn)
        }
        Way::Variable => {
            let secret_run =
                secret_run.with(&["--url", "http://crm.invalid", "--allow-plain-http"]);
            with_proxy_variable(secret_run, "HTTP_PROXY", port)
        }
    }
}

fn with_proxy(secret_run: SecretRun, proxy: &str, turn: usize) -> SecretRun {
    secret_run.with(&["--proxy", proxy]).keep(PROXY, SOURCES[turn % SOURCES.len()])
}

fn with_proxy_variable(secret_run: SecretRun, variable: &str, port: u16) -> SecretRun {
    let password = utf8_percent_encode(&PROXY_VARIABLE.value(), NON_ALPHANUMERIC).to_string();
    let proxy = format!("http://tim:{password}@127.0.0.1:{port}");
    secret_run.variable(variable, &proxy).sends(PROXY_VARIABLE)
}

#[test]
fn search_finds_a_canary_in_each_form() {
    let mut count = 0;
    for canary in canary::ALL {
        for text in [
            canary.value(),
            format!("tim:{}", canary.value()),
            format!("Bearer {}", canary.value()),
        ] {
            for (form, written) in canary::forms(&text) {
                let found = canary::search(format!("error: '{written}' is no good").as_bytes());
                let names: Vec<&str> = found.iter().filter_map(|it| it.split(' ').next()).collect();
                assert_eq!(names, [canary.name], "{form}: {written}");
                count += 1;
            }
        }
        for part in [&canary.kept()[..canary.kept().len() / 2], &canary.value().to_uppercase()] {
            assert_eq!(canary::search(part.as_bytes()).len(), 1, "{part}");
        }
    }
    assert_eq!(count, 12 * 3 * 17);
    assert!(canary::search(b"Bearer *** cnry token cnr").is_empty());
}
