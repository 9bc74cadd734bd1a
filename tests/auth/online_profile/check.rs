//! The check of a new sign-in by one call, before anything is kept.

use super::{TICKET, sign_in_plain};
use crate::support::online_server::test_user::{SIGN_IN, TestUser};
use crate::support::online_server::{CLIENT_ID, OnlineServer, Reply, State, TENANT};

const SIGN_IN_STEPS: [&str; 5] = ["discovery", "authorize", "authorize", "tokens", "keys"];
const ERROR: &str = r#"{"Error":true,"ErrorType":"SoException","ErrorMessage":"No \u001b such"}"#;
/// An error of ASP.NET, before the WebAPI.
const FRAMEWORK: &str = r#"{"Message":"No HTTP resource was found","MessageDetail":"x"}"#;

/// Has the service refuse each token.
fn refuse_tokens(state: &mut State) {
    state.sign_in.life = Some(0);
    state.sign_in.says_life = false;
}

/// A change to the service, and the exit code that follows.
type Case = (fn(&mut State), i32);

/// Returns `text` with names in place of the addresses.
fn shown(service: &OnlineServer, text: &str) -> String {
    let host = service.url.trim_start_matches("http://");
    service.shown(text).replace(host, "HOST:PORT")
}

/// Returns the kinds of requests of a sign-in, and then `steps`.
fn sign_in_and(steps: &[&'static str]) -> Vec<&'static str> {
    [&SIGN_IN_STEPS, steps].concat()
}

#[test]
fn new_token_is_checked_by_one_call() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    let (run, page) = test_user.sign_in(&["--language", "nb-NO"]);
    assert_eq!((run.code, page.body.contains("You are signed in")), (0, true), "{run}");
    insta::assert_snapshot!(shown(&service, &test_user.shown_whole(&run)), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    ok       address     Cust12345 of SERVICE
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the token of the sign-in (Bearer) is accepted
    signed in to Cust12345 as tim@example.com; kept in HOME/state/sotickets/sign-in-%43ust12345.json
    profile 'Cust12345', the default, is in HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    let requests = service.requests();
    let asked = requests.last().expect("a call");
    assert!(asked.target().ends_with("GetTickets?$select=TicketId"), "{}", asked.target());
    assert_eq!(asked.body, r#"{"TicketIds":[1]}"#);
    assert_eq!(asked.header("accept-language"), Some("nb-NO"));
    let token = asked.header("authorization").expect("a token").to_owned();
    assert!(token.starts_with("Bearer 8A:Cust12345."), "{token}");
    assert_eq!(service.steps(), sign_in_and(&["state", "version", "tickets"]));
    // The address is in the cache, and the token is that of calls.
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.requests()[0].header("authorization"), Some(&*token));
    assert_eq!(service.steps(), ["tickets"]);
}

#[test]
fn address_comes_from_the_cache_and_again_after_a_move() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    service.steps();
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    assert_eq!(service.steps(), sign_in_and(&["version", "tickets"]));
    service.state().tenant.move_to("/online9/Cust12345");
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    assert_eq!(service.steps(), sign_in_and(&["version", "tickets", "state", "tickets"]));
}

#[test]
fn refused_token_keeps_nothing() {
    for status in [401, 403] {
        let service = OnlineServer::plain();
        refuse_tokens(&mut service.state());
        service.state().tenant.refused_with = status;
        let test_user = TestUser::new(&service);
        let (run, page) = test_user.sign_in(&[]);
        assert_eq!(
            (run.code, service.steps()),
            (4, sign_in_and(&["state", "version", "tickets"])),
            "{run}"
        );
        let start = format!("error: HTTP {status}: the server ");
        assert!(run.stderr.contains(&start), "{run}");
        let end = "hint: nothing was kept; the same command signs in again\n";
        assert!(run.stderr.ends_with(end), "{run}");
        assert!(page.body.contains("did not work") && page.body.contains("HTTP 40"));
        assert_eq!((test_user.kept(SIGN_IN), test_user.configuration()), (None, String::new()));
        // The same command, with a service that accepts it.
        service.state().sign_in.life = Some(3600);
        assert_eq!(test_user.sign_in(&[]).0.code, 0);
    }
}

#[test]
fn failure_ends_as_that_of_get_and_leaves_the_old_sign_in() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&["--tenant", TENANT]).0.code, 0);
    let cases: [Case; 6] = [
        (refuse_tokens, 4),
        (|state| state.tenant.failure = Some((500, "")), 5),
        (|state| state.tenant.failure = Some((404, FRAMEWORK)), 5),
        (|state| state.tenant.failure = Some((200, "<html><title>Sign in</title>")), 7),
        (|state| state.tenant.failure = Some((200, "[")), 7),
        (|state| state.tenant.answer(&[302; 2]), 5),
    ];
    for (change, code) in cases {
        let before = (test_user.kept(SIGN_IN), test_user.configuration());
        service.steps();
        change(&mut service.state());
        let (run, page) = test_user.sign_in(&["--tenant", TENANT]);
        assert_eq!((run.code, service.calls("tickets")), (code, 1), "{run}");
        assert!(page.body.contains("did not work"), "{}", page.body);
        assert_eq!((test_user.kept(SIGN_IN), test_user.configuration()), before);
        service.state().sign_in.access.clear();
        if code != 4 {
            service.state().tenant.is_open = true;
        }
        let get = test_user.run(&["get", "1", "-s", "TicketId"]);
        assert_eq!(get.code, code, "{get}");
        // The hint of get for a refusal leads to this command.
        let of_get = match code {
            4 => get.stderr.split_inclusive('\n').next().expect("a message"),
            _ => &get.stderr,
        };
        let end = format!("{of_get}hint: nothing was kept; the same command signs in again\n");
        assert!(run.stderr.ends_with(&end), "{run}\n{get}");
        let mut state = service.state();
        (state.tenant.failure, state.tenant.is_open, state.sign_in.life) =
            (None, false, Some(3600));
        drop(state);
        assert_eq!(test_user.sign_in(&["--tenant", TENANT]).0.code, 0);
    }
}

#[test]
fn tenant_that_cannot_be_asked_keeps_nothing() {
    let service = OnlineServer::tls();
    service.state().tenant.is("Suspended", false);
    let test_user = TestUser::new(&service);
    let (run, page) = test_user.sign_in(&[]);
    assert_eq!((run.code, service.steps()), (5, sign_in_and(&["state"])), "{run}");
    assert!(run.stderr.contains("error: Cust12345 is suspended\n"), "{run}");
    assert!(page.body.contains("Cust12345 is suspended"), "{}", page.body);
    assert_eq!((test_user.kept(SIGN_IN), test_user.configuration()), (None, String::new()));
}

#[test]
fn error_of_the_web_api_accepts_the_sign_in_with_a_warning() {
    for status in [200, 400, 500] {
        let service = OnlineServer::tls();
        service.state().tenant.failure = Some((status, ERROR));
        let test_user = TestUser::new(&service);
        let (run, page) = test_user.sign_in(&[]);
        assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");
        assert!(page.body.contains("You are signed in"), "{}", page.body);
        let warning = "\nwarning  credential  the token of the sign-in (Bearer) is accepted, and";
        assert!(run.stderr.contains(warning), "{run}");
        assert!(run.stderr.contains("SoException: No \\x1b such\n"), "{run}");
        assert!(test_user.kept(SIGN_IN).is_some());
    }
}

#[test]
fn answer_without_the_ticket_accepts_the_sign_in() {
    for body in ["[]", "null"] {
        let service = OnlineServer::tls();
        service.state().tenant.failure = Some((200, body));
        let (run, _) = TestUser::new(&service).sign_in(&[]);
        assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");
        assert!(run.stderr.contains("\nok       credential"), "{run}");
    }
}

#[test]
fn sign_in_without_tenant_and_address_is_not_checked() {
    let service = OnlineServer::plain();
    service.state().sign_in.proves_who = false;
    let body = r#"{"access_token":"opaque","refresh_token":"r"}"#;
    service.state().sign_in.odd_tokens = Some(Reply::new(200, "application/json", body));
    let (run, _) = TestUser::new(&service).sign_in(&[]);
    assert_eq!((run.code, service.calls("state"), service.calls("tickets")), (0, 0, 0), "{run}");
    let line = "\nskipped  credential  not checked: the service named neither tenant nor address\n";
    assert!(run.stderr.contains(line), "{run}");
}

#[test]
fn address_of_the_profile_is_not_looked_up() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let (site, environment) = (service.site(), &service.url);
    test_user.configure(&format!(
        "[profiles.work]\nurl = \"{site}\"\nenvironment = \"{environment}\"\nclient_id = \"{CLIENT_ID}\"\n"
    ));
    let (run, _) = sign_in_plain(&test_user, &["--store", "file", "--profile", "work"]);
    assert_eq!((run.code, service.steps()), (0, sign_in_and(&["version", "tickets"])), "{run}");
    let lines = [format!("ok       address     {site}\n"), "of profile 'work' (Bearer)".to_owned()];
    assert!(lines.iter().all(|line| run.stderr.contains(line)), "{run}");
}
