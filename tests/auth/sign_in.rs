//! `sotickets auth login`: from nothing to the first ticket, against a service that checks
//! what it is sent.

use crate::support::online_server::sign_in::{SECRET, claims, signed};
use crate::support::online_server::test_user::{SIGN_IN, TestUser};
use crate::support::online_server::{CLIENT_ID, OnlineServer, Reply, State, TENANT};
#[cfg(unix)]
use crate::support::programs;
use crate::support::{self, Run};

const TICKET: &str = "TicketId,Title\n839,Printer\n";

#[test]
fn signed_in_user_needs_only_ids() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let (run, page) = test_user.sign_in(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    ok       credential  the token of the sign-in (Bearer) is accepted
    signed in to Cust12345 as tim@example.com; kept in HOME/state/sotickets/sign-in-%43ust12345.json
    profile 'Cust12345', the default, is in HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    assert_eq!(page.status, 200);
    for part in ["You are signed in", "tim@example.com", "Cust12345"] {
        assert!(page.body.contains(part), "{}", page.body);
    }
    let run = test_user.get(&[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    assert_eq!(service.exchanges("authorization_code"), 1);
    assert_eq!(service.exchanges("refresh_token"), 0);
}

#[test]
fn address_asks_for_a_code_with_pkce() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let waiting = test_user.begin(&["--tenant", TENANT]);
    let is = |name: &str, value: &str| waiting.parameter(name).as_deref() == Some(value);
    assert!(is("response_type", "code") && is("client_id", CLIENT_ID), "{}", waiting.url);
    assert!(is("scope", "openid") && is("code_challenge_method", "S256"), "{}", waiting.url);
    assert!(is("acr_values", "tenant:Cust12345"), "{}", waiting.url);
    assert!(is("response_mode", "query"), "{}", waiting.url);
    let redirect = waiting.parameter("redirect_uri").expect("an address");
    let port = redirect.strip_prefix("http://127.0.0.1:").expect("no path, no slash");
    assert!(port.parse::<u16>().is_ok(), "{redirect}");
    assert_eq!(waiting.parameter("code_challenge").map(|text| text.len()), Some(43));
    let other = test_user.begin(&[]);
    assert_ne!(waiting.parameter("state"), other.parameter("state"));
    assert_eq!(other.parameter("acr_values"), None);
    for waiting in [waiting, other] {
        test_user.browse(waiting.url.as_str());
        assert_eq!(waiting.end().code, 0);
    }
}

#[test]
fn client_secret_is_sent_where_it_is_configured() {
    for secret in [None, Some(SECRET)] {
        let service = OnlineServer::tls();
        let test_user = TestUser::new(&service);
        let mut command =
            test_user.command(&["auth", "login", "--no-browser", "--store", "file", "-v"]);
        command.env_remove("SOTICKETS_CLIENT_SECRET");
        if let Some(secret) = secret {
            command.args(["--client-secret", "env:APP_SECRET"]).env("APP_SECRET", secret);
        }
        let waiting = support::online_server::test_user::Waiting::start(command);
        test_user.browse(waiting.url.as_str());
        let run = waiting.end();
        assert_eq!(run.code, 0, "{run}");
        assert!(!run.to_string().contains("canary"), "{run}");
        let state = service.state();
        let asked = state.requests.iter().find(|asked| asked.path().ends_with("tokens"));
        let asked = asked.expect("a form");
        assert_eq!(asked.form("client_secret").as_deref(), secret);
        assert_eq!(asked.header("authorization"), None);
    }
}

#[test]
fn wrong_state_is_refused_and_the_right_one_still_waited_for() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let waiting = test_user.begin(&[]);
    let back = waiting.parameter("redirect_uri").expect("an address");
    for query in
        ["?code=stolen&state=wrong", "?code=stolen", "?error=access_denied&state=wrong", ""]
    {
        let page = test_user.fetch(&format!("{back}{query}"));
        assert_eq!(page.status, 400, "{query}");
        assert!(page.body.contains("not the sign-in that was asked for"), "{}", page.body);
    }
    assert_eq!(test_user.fetch(&format!("{back}/favicon.ico")).status, 404);
    assert_eq!(service.exchanges("authorization_code"), 0);
    let page = test_user.browse(waiting.url.as_str());
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    assert_eq!(waiting.end().code, 0);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn callback_page_is_self_contained_and_has_a_content_policy() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let (_, page) = test_user.sign_in(&[]);
    let has = |header: &str| page.headers.iter().any(|line| line.starts_with(header));
    assert!(has("content-security-policy: default-src 'none'"), "{:?}", page.headers);
    assert!(has("cache-control: no-store") && has("referrer-policy: no-referrer"));
    assert!(!page.body.contains("<script") && !page.body.contains("canary"), "{}", page.body);
}

#[test]
fn authorize_page_error_is_reported_with_its_description() {
    let service = OnlineServer::tls();
    let words = "The user said <no>\n\u{1b}[31m";
    service.state().sign_in.refusal = Some(("access_denied".to_owned(), words.to_owned()));
    let test_user = TestUser::new(&service);
    let (run, page) = test_user.sign_in(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @r"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    error: SERVICE refused the sign-in: access_denied: The user said <no>\n\x1b[31m
    hint: nothing was kept
    --- exit code 4
    ");
    assert!(page.body.contains("The user said &lt;no&gt;\\n\\x1b[31m"), "{}", page.body);
    assert_eq!(test_user.kept(SIGN_IN), None);
}

#[test]
fn waiting_for_the_sign_in_has_a_limit() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let waiting = test_user.begin(&["--timeout", "100ms"]);
    insta::assert_snapshot!(test_user.shown(&waiting.end()), @r"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    error: nobody signed in within 100ms
    hint: if the browser showed InvalidRedirectUrl, have this redirect address registered with SuperOffice for the application: ^http://127.0.0.1\:\d{4,10}$
    hint: or name the one that is registered: --redirect-uri http://127.0.0.1:PORT/PATH
    hint: --timeout 15m waits longer; nothing was kept
    --- exit code 4
    ");
}

#[cfg(unix)]
#[test]
fn signal_ends_the_wait_and_keeps_nothing() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let waiting = test_user.begin(&[]);
    let id = i32::try_from(waiting.id()).ok().and_then(rustix::process::Pid::from_raw);
    // An interrupt does the same, but is ignored where the tests run in the background.
    rustix::process::kill_process(id.expect("an id"), rustix::process::Signal::TERM).expect("sent");
    // By a signal, and so without an exit code.
    assert_eq!(waiting.end().code, -1);
    let files = std::fs::read_dir(test_user.file("")).expect("a folder");
    let names: Vec<_> = files.map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(names, ["sign-in.lock"]);
}

#[test]
fn invalid_token_response_is_reported_without_its_content() {
    let odd = |status, body: &str| Reply::new(status, "application/json", body);
    let cases = [
        (
            odd(400, r#"{"error":"invalid_grant","error_description":"Too late\u0007"}"#),
            4,
            "invalid_grant: Too late\\x07",
        ),
        (odd(401, r#"{"error":"invalid_client"}"#), 4, "invalid_client"),
        (odd(200, r#"{"access_token":["8A:canary"]}"#), 7, "not understood at access_token"),
        (odd(200, "canary"), 7, "not understood"),
        (odd(200, ""), 7, "empty"),
        (odd(503, "<html><title>Down</title></html>"), 5, "HTTP 503"),
        (odd(302, ""), 5, "HTTP 302"),
        (odd(404, "nothing"), 5, "HTTP 404"),
    ];
    for (reply, code, message) in cases {
        let service = OnlineServer::tls();
        service.state().sign_in.odd_tokens = Some(reply.clone());
        let test_user = TestUser::new(&service);
        let (run, page) = test_user.sign_in(&["-v"]);
        assert_eq!(run.code, code, "{}: {run}", reply.body);
        assert!(run.stderr.contains(message) && !run.stderr.contains("canary"), "{run}");
        assert!(
            page.body.contains("did not work") && !page.body.contains("canary"),
            "{}",
            page.body
        );
        assert_eq!(test_user.kept(SIGN_IN), None);
    }
}

#[test]
fn id_token_that_proves_nothing_ends_the_sign_in() {
    type Tamper = fn(&State, String) -> String;
    let cases: [(Tamper, &str); 5] = [
        (
            // {"alg":"none"}
            |_, token| format!("eyJhbGciOiJub25lIn0{}", &token[token.find('.').expect("a dot")..]),
            "it is not signed (alg: none)",
        ),
        (|_, token| format!("{}AAAA", &token[..token.len() - 4]), "its signature is wrong"),
        (|state, _| with(state, "aud", "another"), "it is for another audience"),
        (|state, _| with(state, "iss", "https://evil.example"), "it was issued by"),
        (|state, _| with(state, "exp", state.now().timestamp() - 200), "it ended at"),
    ];
    for (tamper, message) in cases {
        let service = OnlineServer::tls();
        service.state().sign_in.tamper = Some(tamper);
        let test_user = TestUser::new(&service);
        let (run, page) = test_user.sign_in(&[]);
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stderr.contains(message), "{message}: {run}");
        assert!(page.body.contains("did not work"), "{}", page.body);
        assert_eq!(test_user.kept(SIGN_IN), None);
    }
}

/// Returns a signed ID token with another value of `name`.
fn with(state: &State, name: &str, value: impl Into<serde_json::Value>) -> String {
    let mut claims = claims(state);
    claims[name] = value.into();
    signed(&claims)
}

#[test]
fn other_tenant_than_requested_is_rejected() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let (run, _) = test_user.sign_in(&["--tenant", "Cust999"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    error: the sign-in is for tenant Cust12345, and Cust999 was requested
    hint: choose that tenant in the browser, or name the other one; nothing was kept
    --- exit code 4
    ");
    assert_eq!(test_user.kept(SIGN_IN), None);
}

#[test]
fn access_token_names_the_tenant_if_there_is_no_id_token() {
    let service = OnlineServer::tls();
    service.state().sign_in.proves_who = false;
    let test_user = TestUser::new(&service);
    let (run, page) = test_user.sign_in(&[]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("signed in to Cust12345; kept in"), "{run}");
    assert!(page.body.contains("Cust12345") && !page.body.contains("User"), "{}", page.body);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn missing_or_wrong_setting_is_reported_before_anything_is_sent() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let login = ["auth", "login", "--no-browser", "--store", "file"];
    let run = |arguments: &[&str], changes: &[(&str, &str)]| {
        let mut command = test_user.command(&[&login, arguments].concat());
        for (name, value) in changes {
            command.env(name, value);
        }
        Run::from(command.output().expect("a run"))
    };
    for (arguments, variables, message) in [
        (&[][..], &[("SOTICKETS_CLIENT_ID", "")][..], "no client id is given"),
        (&["--client-id", "a\u{7}"], &[], "control character"),
        (&["--environment", "prod"], &[], "'prod' is not an environment"),
        (&["--environment", "http://gateway.example"], &[], "unencrypted"),
        (
            &["--redirect-uri", "http://crm.example.com"],
            &[],
            "'http://crm.example.com' is not a valid redirect address",
        ),
        (
            &[],
            &[("SOTICKETS_REDIRECT_URI", "https://127.0.0.1")],
            "SOTICKETS_REDIRECT_URI: 'https://127.0.0.1'",
        ),
        (&["--tenant", "a/b"], &[], "'a/b' is not the name of a tenant"),
        (&["--client-secret", "canary"], &[], "the place where the secret is kept"),
        (&["--timeout", "soon"], &[], "'soon' is not a valid duration"),
        (&["--profile", "at work"], &[], "'at work' is no name for a profile"),
        (&[], &[("SOTICKETS_URL", "https://crm.example.com")], "a sign-in at"),
        (
            &[],
            &[("XDG_STATE_HOME", ""), ("HOME", ""), ("LOCALAPPDATA", "")],
            "no folder to keep a sign-in in",
        ),
    ] {
        let run = run(arguments, variables);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.contains(message) && !run.stderr.contains("canary"), "{message}: {run}");
    }
    assert_eq!(service.state().requests.len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn missing_keyring_error_names_the_file_before_the_sign_in() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let mut command = test_user.command(&["auth", "login", "--no-browser"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
    let run = Run::from(command.output().expect("a run"));
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: auth login: no keyring is available: DBus error: Failed to connect to socket /nowhere/bus: No such file or directory
    hint: --store file keeps the tokens in a file that only you can read
    --- exit code 2
    ");
    assert_eq!(service.state().requests.len(), 0);
}

#[cfg(unix)]
#[test]
fn browser_is_opened_with_the_address() {
    use std::os::unix::fs::PermissionsExt as _;

    if !programs::needed("curl") {
        return;
    }
    let service = OnlineServer::tls();
    service.state().sign_in.knows_the_person = true;
    let test_user = TestUser::new(&service);
    let bin = test_user.home.path().join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    // What opens a browser on Linux asks for this program first.
    let opener = bin.join("xdg-open");
    let script =
        "#!/bin/sh\nexec curl --silent --insecure --location --output \"$HOME/page\" \"$1\"\n";
    std::fs::write(&opener, script).expect("a file");
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let mut command = test_user.command(&["auth", "login", "--store", "file"]);
    command.env("PATH", programs::path_after(&bin));
    let run = Run::from(command.output().expect("a run"));
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(run.stderr.contains("signed in to Cust12345 as tim@example.com"), "{run}");
}

#[test]
fn service_may_be_without_tls_on_this_machine() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}
