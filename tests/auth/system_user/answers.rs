//! Answers to the exchange: refusals, and tokens that cannot be trusted or used.

use std::fs;

use serde_json::{Value, json};

use crate::support::fault::documented;
use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN, Twist};
use crate::support::online_server::{self, Reply};

use super::{Fixture, key};

#[test]
fn answer_to_the_exchange_that_does_not_end_is_cut_off() {
    let fixture = Fixture::new();
    for (word, steps) in [("exchange", 2), ("discovery", 2), ("keys", 3)] {
        fixture.online.state().huge = Some(word);
        let (run, asked) = fixture.run(&[]);
        assert_eq!((run.code, asked.len()), (7, steps), "{run}");
        assert!(
            run.stderr.starts_with("error: the answer is larger than 1.0 MiB\nhint: no such"),
            "{run}"
        );
    }
}

#[test]
fn ticket_that_cannot_be_sent_is_refused_by_name() {
    let fixture = Fixture::new();
    for (ticket, what) in [
        ("", "a ticket that cannot be used: it is empty"),
        (
            "7T:canary\r\nX-Evil: 1",
            "a ticket that cannot be used: it holds a line break or another control character",
        ),
        ("7T:canaryæ", "a ticket that cannot be used: it holds a character that is not ASCII"),
    ] {
        fixture.twist(Twist {
            change: Box::new(move |_, claims| {
                claims["http://schemes.superoffice.net/identity/ticket"] = ticket.into();
            }),
            ..Twist::default()
        });
        let (run, steps) = fixture.run(&[]);
        assert!(run.code == 7 && !steps.contains(&"tickets"), "{run}");
        let expected =
            format!("error: {} let the system user in, and gave it {what}\n", fixture.online.url);
        assert!(run.stderr.starts_with(&expected), "{run}");
        assert!(!fs::read_dir(fixture.state_folder()).expect("a folder").any(|file| {
            file.expect("a file").path().extension().is_some_and(|extension| extension == "json")
        }));
    }
    let message = "SERVICE let the system user in, and gave it a ticket that cannot be used: …";
    documented("a ticket of a system user that cannot be sent", 7, message);
}

#[test]
fn refused_exchange_is_reported() {
    let fixture = Fixture::new();
    let mut messages = String::new();
    let other = Key::service();
    fixture.key(&other.0);
    let (run, steps) = fixture.run(&[]);
    assert_eq!((run.code, steps), (4, vec!["state", "exchange"]), "{run}");
    messages += &fixture.redacted(&run.stderr);
    fixture.key(&key().0);
    let echo =
        json!({ "IsSuccessful": false, "ErrorMessage": format!("no {TOKEN} with {APPLICATION}") });
    for (status, body, code) in [
        (200, echo.to_string(), 4),
        (200, json!({ "IsSuccessful": false }).to_string(), 4),
        (401, json!({ "Message": format!("{APPLICATION}?") }).to_string(), 4),
        (403, String::new(), 4),
        (400, String::new(), 4),
        (404, String::new(), 5),
        (503, String::new(), 5),
        (200, String::new(), 7),
        (200, "{}".to_owned(), 7),
        (200, "<html>canary eyJ</html>".to_owned(), 7),
        (200, json!({ "IsSuccessful": true, "Token": null }).to_string(), 7),
    ] {
        fixture.twist(Twist {
            answer: Some(Reply::new(status, "application/json", body.clone())),
            ..Twist::default()
        });
        let (run, steps) = fixture.run(&[]);
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{body}: {run}");
        assert_eq!(steps, ["exchange"]);
        let first = run.stderr.lines().next().unwrap_or_default();
        messages += &fixture.redacted(&format!("{first}\n"));
    }
    insta::assert_snapshot!(messages, @"
    error: http://HOST:PORT refused the system user of Cust12345: the signature is wrong
    hint: check token, private_key and application_token of system_user: they belong to one application, and the token to this tenant
    hint: the signed token holds the time: check the clock of this machine, too
    error: http://HOST:PORT refused the system user of Cust12345: no *** with ***
    error: http://HOST:PORT refused the system user of Cust12345
    error: http://HOST:PORT refused the system user of Cust12345: HTTP 401: ***?
    error: http://HOST:PORT refused the system user of Cust12345: HTTP 403
    error: http://HOST:PORT refused the system user of Cust12345: HTTP 400
    error: HTTP 404: http://HOST:PORT did not take the system user's token
    error: HTTP 503: http://HOST:PORT did not take the system user's token
    error: the answer of http://HOST:PORT to the system user was not understood
    error: the answer of http://HOST:PORT to the system user was not understood
    error: the answer of http://HOST:PORT to the system user was not understood
    error: the answer of http://HOST:PORT to the system user was not understood
    ");
}

/// Returns the first message for a token whose header and claims `change` has changed.
fn with_token(
    fixture: &Fixture,
    change: impl Fn(&mut Value, &mut Value) + Send + 'static,
) -> String {
    fixture.twist(Twist { change: Box::new(change), ..Twist::default() });
    result(fixture)
}

fn result(fixture: &Fixture) -> String {
    let (run, steps) = fixture.run(&[]);
    if run.code == 0 {
        fixture.remove_ticket();
        return "taken".to_owned();
    }
    assert_eq!((run.code, steps.last()), (4, Some(&"keys")), "{run}");
    let first = run.stderr.lines().next().unwrap_or_default();
    let (_, fault) = first.rsplit_once("is not trustworthy: ").expect("a fault");
    fault.to_owned()
}

#[test]
fn token_that_is_not_the_services_is_not_used() {
    let fixture = Fixture::new();
    let claim = |name: &'static str, value: Value| {
        with_token(&fixture, move |_, claims| claims[name] = value.clone())
    };
    assert_eq!(claim("iss", json!("SuperOffice AS")), "taken");
    assert_eq!(claim("iss", json!(fixture.online.url)), "taken");
    assert_eq!(
        claim("iss", json!("https://evil.example")),
        "it was issued by 'https://evil.example'"
    );
    assert_eq!(claim("iss", json!(null)), "it was issued by ''");
    assert_eq!(claim("aud", json!(["x", "spn:1234567"])), "taken");
    assert_eq!(claim("aud", json!("spn:7654321")), "it is for another audience");
    assert_eq!(claim("aud", json!(null)), "it is for another audience");
    let header = |name: &'static str, value: Value| {
        with_token(&fixture, move |header, _| header[name] = value.clone())
    };
    assert_eq!(header("alg", json!("none")), "it is not signed (alg: none)");
    assert_eq!(header("alg", json!("NONE")), "it is not signed (alg: none)");
    assert_eq!(header("alg", json!("HS256")), "it is signed with 'HS256', and not with RS256");
    assert_eq!(
        header("kid", json!("second")),
        "it is signed with a key that is not in the key set"
    );
    assert_eq!(header("kid", json!(null)), "taken");
    let after = |after: fn(String) -> String| {
        fixture.twist(Twist { after: Box::new(after), ..Twist::default() });
        result(&fixture)
    };
    let unsigned = |token: String| token[..=token.rfind('.').expect("a dot")].to_owned();
    assert_eq!(after(unsigned), "its signature is wrong");
    // The claims are replaced, and the signature is the old one.
    let changed = |token: String| {
        let parts: Vec<&str> = token.split('.').collect();
        format!("{}.{}x.{}", parts[0], parts[1], parts[2])
    };
    assert_eq!(after(changed), "its signature is wrong");
    assert_eq!(after(|_| "no token".to_owned()), "it is not a signed token");
}

#[test]
fn clocks_may_differ_by_two_minutes() {
    let fixture = Fixture::new();
    let times = |start: i64, end: i64| {
        let messages = with_token(&fixture, move |_, claims| {
            let now = online_server::now().timestamp();
            claims["nbf"] = json!(now + start);
            claims["exp"] = json!(now + end);
        });
        messages.split(" at ").next().unwrap_or_default().to_owned()
    };
    assert_eq!(times(90, 600), "taken");
    assert_eq!(times(-600, -90), "taken");
    assert_eq!(times(180, 600), "it begins");
    assert_eq!(times(-600, -150), "it ended");
    let endless = with_token(&fixture, |_, claims| claims["exp"] = json!("never"));
    assert_eq!(endless, "it has no end (exp)");
}
