//! A password that is typed at the questions of `auth login`: accepted, refused, and interrupted
//! before and after the check.

use std::process::Output;

use super::{Job, TICKETS, assert_no_leak, error_object, http};
use crate::support::canary::PASSWORD;
use crate::support::echo::Echo;
use crate::support::programs;
use crate::support::secret_run::{Ledger, SecretRun};
use crate::support::session::Session;

/// The questions, with an answer to each.
const QUESTIONS: [(&str, &str); 8] = [
    ("Where is SuperOffice installed?", "\r"),
    ("Address", "URL\r"),
    ("User", "tim\r"),
    ("Password: ", "PASSWORD"),
    ("Name of the profile", "work\r"),
    ("Language", "\r"),
    ("Time zone", "\r"),
    ("default profile?", "\r"),
];

/// A sign-in that a server answers with `status`, and that ends by Ctrl-C behind the first
/// `count` questions.
fn typed(ledger: &Ledger, term: &str, status: u16, count: usize, code: Option<i32>) {
    let secret_run = SecretRun::new(&["auth", "login", "--store", "file", "-v"]);
    let echo = Echo::start(secret_run.folder(), move |it, _| match status {
        200 => http(it, 200, "", TICKETS),
        _ => http(it, status, "", error_object(&it.quoted(0, 300))),
    });
    let secret_run = if count > 3 { secret_run.sends(PASSWORD) } else { secret_run };
    let secret_run = if code == Some(0) { secret_run.keeps(PASSWORD) } else { secret_run };
    let home = secret_run.path("HOME");
    let config = secret_run.path("XDG_CONFIG_HOME");
    let state = secret_run.path("XDG_STATE_HOME");
    let variables = [
        ("HOME", home.as_str()),
        ("XDG_CONFIG_HOME", &config),
        ("XDG_STATE_HOME", &state),
        ("TERM", term),
    ];
    let program = env!("CARGO_BIN_EXE_sotickets");
    let words = [program, "auth", "login", "--store", "file", "-v"];
    let Some(mut session) = Session::start(&words, &variables) else { return };
    echo.watch(session.id());
    for (question, answer) in &QUESTIONS[..count] {
        session.wait_for(question);
        match *answer {
            "PASSWORD" => session.send(&format!("{}\r", PASSWORD.value())),
            answer => session.send(&answer.replace("URL", &echo.url())),
        }
    }
    if let Some((question, _)) = QUESTIONS.get(count).filter(|_| code.is_none()) {
        session.wait_for(question);
        if *question == "Password: " {
            session.send(&PASSWORD.value());
        }
        session.send("\u{3}");
    }
    let status = session.wait();
    let stdout = session.transcript().as_bytes().to_vec();
    let output = Output { status, stdout, stderr: Vec::new() };
    secret_run.check(ledger, "questions", code, &output, Some(&echo));
}

#[test]
fn typed_password_is_kept_in_its_file_alone() {
    // Before a thread that is not the test's needs it.
    if !programs::needed("setsid") {
        return;
    }
    let mut jobs: Vec<Job> = Vec::new();
    for term in ["xterm", "dumb"] {
        let cases = [(200, 8, Some(0)), (401, 4, Some(4)), (200, 3, None), (200, 4, None)];
        for (status, count, code) in cases {
            jobs.push(Box::new(move |ledger| typed(ledger, term, status, count, code)));
        }
    }
    assert_no_leak(jobs, 8);
}
