//! The renewal of a stored sign-in: before its token ends, or once after a refusal.

use crate::support::online_server::test_user::{SIGN_IN, TestUser};
use crate::support::online_server::{OnlineServer, Reply};
use crate::support::{self, Run, at_once};

use super::{TICKET, age, signed_in};

#[test]
fn token_is_renewed_before_it_ends() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    age(&test_user);
    let run = test_user.get(&["-v"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, TICKET), "{run}");
    assert!(run.stderr.contains("* renewing the sign-in of profile 'Cust12345'\n"), "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    // The new token is stored with its refresh token.
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    age(&test_user);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (2, 3));
}

#[test]
fn token_that_is_refused_is_renewed_once() {
    for status in [401, 403] {
        let service = OnlineServer::tls();
        let test_user = signed_in(&service);
        service.state().tenant.refused_with = status;
        service.state().sign_in.access.clear();
        let run = test_user.get(&[]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
        assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
    }
}

#[test]
fn missing_permission_is_reported_after_one_renewal() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().tenant.refused_with = 403;
    service.state().sign_in.life = Some(0);
    service.state().sign_in.says_life = false;
    service.state().sign_in.access.clear();
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: HTTP 403: the server forbids the call to the token of the sign-in of profile 'Cust12345' (Bearer): The token has expired.
    hint: the user, or the application, may lack the right to read tickets; or sign in again: sotickets auth login --profile Cust12345
    --- exit code 4
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
}

#[test]
fn tokens_without_an_end_hold_until_they_are_refused() {
    let service = OnlineServer::tls();
    service.state().sign_in.says_life = false;
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    let status = test_user.run(&["auth", "status"]);
    assert!(
        status.stdout.contains("until        the server refuses it; renewed by the next call"),
        "{status}"
    );
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.exchanges("refresh_token"), 0);
    service.state().sign_in.access.clear();
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[test]
fn refresh_token_stays_if_the_response_has_none() {
    for odd in [None, Some(r#"{"access_token":"8A:Cust12345.odd","expires_in":3600}"#)] {
        let service = OnlineServer::tls();
        let test_user = signed_in(&service);
        service.state().sign_in.rotates = false;
        service.state().tenant.is_open = true;
        service.state().sign_in.odd_tokens =
            odd.map(|body| Reply::new(200, "application/json", body));
        let before = refresh_token(&test_user);
        for times in 1..=3 {
            age(&test_user);
            assert_eq!(test_user.get(&[]).stdout, TICKET);
            assert_eq!(service.exchanges("refresh_token"), times);
            assert_eq!(refresh_token(&test_user), before);
        }
    }
}

/// Returns the stored refresh token.
fn refresh_token(test_user: &TestUser<'_>) -> String {
    let text = test_user.kept(SIGN_IN).expect("a sign-in");
    let kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["refresh_token"].as_str().expect("a token").to_owned()
}

#[test]
fn revoked_refresh_token_asks_for_a_new_sign_in() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    for grant in service.state().sign_in.grants.values_mut() {
        grant.is_revoked = true;
    }
    age(&test_user);
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: invalid_grant: The refresh token was revoked.
    hint: sign in again: sotickets auth login --profile Cust12345
    --- exit code 4
    ");
    assert_eq!(service.calls("tickets"), 0);
}

/// Signs in without the application's secret.
fn sign_in_without_secret(test_user: &TestUser<'_>) -> Run {
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    command.env_remove("SOTICKETS_CLIENT_SECRET");
    let waiting = support::online_server::test_user::Waiting::start(command);
    test_user.browse(waiting.url.as_str());
    waiting.end()
}

#[test]
fn refresh_without_client_secret_is_tried_and_its_failure_names_the_secret() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(sign_in_without_secret(&test_user).code, 0);
    service.steps();
    age(&test_user);
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: invalid_client: The client's credentials are missing or wrong.
    hint: SuperOffice renews a sign-in only with the secret of the application: sotickets auth login --client-secret SRC
    hint: sign in again: sotickets auth login --profile Cust12345
    --- exit code 4
    ");
    let odd = Reply::new(400, "application/json", r#"{"error":"invalid_grant"}"#);
    service.state().sign_in.odd_tokens = Some(odd);
    let run = test_user.get(&[]);
    assert!(
        run.stderr.contains("invalid_grant\nhint: SuperOffice renews a sign-in only with"),
        "{run}"
    );
    assert_eq!((run.code, service.exchanges("refresh_token"), service.calls("tickets")), (4, 2, 0));
}

#[test]
fn login_without_client_secret_says_when_the_sign_in_ends() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let run = sign_in_without_secret(&test_user);
    let shown = test_user.shown(&run);
    let (before, rest) = shown.split_once("lasts until 20").expect("an end");
    let after = rest.split_once(" UTC:").expect("a time").1;
    insta::assert_snapshot!(format!("{before}lasts until TIME:{after}"), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    ok       credential  the token of the sign-in (Bearer) is accepted
    signed in to Cust12345 as tim@example.com; kept in HOME/state/sotickets/sign-in-%43ust12345.json
    profile 'Cust12345', the default, is in HOME/config/sotickets/config.toml
    warning: the sign-in lasts until TIME: SuperOffice renews a sign-in only with the secret of the application
    hint: to have it renewed, sign in with --client-secret SRC, or client_secret in the profile
    --- exit code 0
    ");
    let run = test_user.run(&["auth", "status"]);
    assert!(run.stdout.contains("; then sign in again, unless it is renewed without"), "{run}");
    // The service names no end.
    service.state().sign_in.says_life = false;
    let run = sign_in_without_secret(&test_user);
    assert!(run.stderr.contains("lasts until the service refuses its token: "), "{run}");
}

#[test]
fn twenty_concurrent_calls_renew_once() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    for round in 1..=2 {
        // Ended by the clock, then refused by the server.
        if round == 1 {
            age(&test_user);
        } else {
            service.state().sign_in.access.clear();
        }
        for run in at_once(20, || test_user.get(&[])) {
            assert_eq!(
                (run.code, run.stdout.as_str(), run.stderr.as_str()),
                (0, TICKET, ""),
                "{run}"
            );
        }
        assert_eq!(service.exchanges("refresh_token"), round);
    }
    // The stored refresh token is the last one.
    age(&test_user);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn limit_of_the_whole_command_ends_the_wait_for_another_one() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    age(&test_user);
    let lock = std::fs::File::open(test_user.file("sign-in-%43ust12345.lock")).expect("a file");
    lock.lock().expect("a lock");
    let run = test_user.get(&["--timeout", "1s"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: not done within 1s (--timeout): another sotickets is using the sign-in of profile 'Cust12345'
    hint: try again, or raise the limit
    --- exit code 6
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (0, 0));
    drop(lock);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn tenant_that_moves_is_found_again_with_the_same_tokens() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    service.steps();
    service.state().tenant.move_to("/online7/Cust12345");
    let run = test_user.get(&[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    let moved = ["tickets", "state", "tickets"];
    assert_eq!(service.steps(), moved);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.steps(), ["tickets"]);
    // The tenant moved and the token ended: twenty concurrent calls renew once, and each finds it.
    age(&test_user);
    service.state().tenant.move_to("/online9/Cust12345");
    for run in at_once(20, || test_user.get(&[])) {
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    }
    assert_eq!((service.exchanges("refresh_token"), service.calls("discovery")), (1, 1));
    // The tenant moved and the token is refused: one call handles both.
    service.steps();
    service.state().tenant.move_to("/online11/Cust12345");
    service.state().sign_in.access.clear();
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    let both = [&moved[..], &["discovery", "tokens", "tickets"]].concat();
    assert_eq!(service.steps(), both);
}
