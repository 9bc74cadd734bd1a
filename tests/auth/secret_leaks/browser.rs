//! A client secret that is typed at the questions of `auth login`, before the sign-in with the
//! browser: kept, refused, and with a check that the tenant refuses.

use std::process::Output;

use super::{Job, assert_no_leak};
use crate::support::canary::CLIENT_SECRET;
use crate::support::online_server::test_user::TestUser;
use crate::support::online_server::{CLIENT_ID, OnlineServer, Reply, State, TENANT};
use crate::support::programs;
use crate::support::secret_run::{Ledger, SecretRun};
use crate::support::session::Session;

/// A case: its name, the change to the service, and the exit code.
type Case = (&'static str, fn(&mut State), i32);

const CASES: [Case; 4] = [
    ("accepted", |_| {}, 0),
    ("accepted with an error", |state| state.tenant.failure = Some((500, ERROR)), 0),
    ("refused", refuse_token, 4),
    ("without a token", refuse_secret, 4),
];

const ERROR: &str = r#"{"Error":true,"ErrorType":"SoException","ErrorMessage":"No"}"#;

/// Has the tenant refuse the new token, and quote it.
fn refuse_token(state: &mut State) {
    state.sign_in.life = Some(0);
    state.tenant.quotes = true;
}

/// Has the service refuse the client secret, and quote it.
fn refuse_secret(state: &mut State) {
    let secret = CLIENT_SECRET.value();
    let body = serde_json::json!({ "error": "invalid_client", "error_description": secret });
    state.sign_in.odd_tokens = Some(Reply::json(401, &body));
}

fn typed(ledger: &Ledger, term: &str, (name, change, code): Case) {
    let service = OnlineServer::plain();
    service.state().sign_in.secret = CLIENT_SECRET.value();
    change(&mut service.state());
    let arguments = ["auth", "login", "--store", "file", "-v"];
    let secret_run = SecretRun::new(&arguments);
    let secret_run = if code == 0 { secret_run.keeps_client_secret() } else { secret_run };
    let folders = ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"];
    let folders = folders.map(|name| (name, secret_run.path(name)));
    let mut variables: Vec<(&str, &str)> =
        folders.iter().map(|(name, path)| (*name, path.as_str())).collect();
    variables.extend([
        ("TERM", term),
        ("BROWSER", "true"),
        ("SOTICKETS_ENVIRONMENT", &service.url),
        ("SOTICKETS_CLIENT_ID", CLIENT_ID),
        ("SOTICKETS_TENANT", TENANT),
    ]);
    let words = [&[env!("CARGO_BIN_EXE_sotickets")], &arguments[..]].concat();
    let Some(mut session) = Session::start(&words, &variables) else { return };
    session.wait_for("Client secret: ");
    session.send(&format!("{}\r", CLIENT_SECRET.value()));
    session.wait_for("this is the address:\r\n");
    let address = session.line();
    let page = TestUser::new(&service).browse(address.trim());
    if code == 0 {
        for question in ["Name of the profile", "Language", "Time zone", "default profile?"] {
            session.wait_for(question);
            session.send("\r");
        }
    }
    let status = session.wait();
    let sent = service.requests();
    let mut sent = sent.iter().filter_map(|request| request.form("client_secret"));
    assert_eq!(sent.next(), Some(CLIENT_SECRET.value()));
    let shown = session.transcript().to_owned() + &page.body;
    // The stand-in's tokens.
    assert!(!shown.contains("access0") && !shown.contains("refresh0"), "{name}: {shown}");
    let output = Output { status, stdout: shown.into_bytes(), stderr: Vec::new() };
    secret_run.check(ledger, name, Some(code), &output, None);
}

#[test]
fn typed_client_secret_is_kept_with_the_tokens_alone() {
    // Before a thread that is not the test's needs it.
    if !programs::needed("setsid") {
        return;
    }
    let mut jobs: Vec<Job> = Vec::new();
    for term in ["xterm", "dumb"] {
        for case in CASES {
            jobs.push(Box::new(move |ledger| typed(ledger, term, case)));
        }
    }
    assert_no_leak(jobs, 2 * CASES.len());
}
