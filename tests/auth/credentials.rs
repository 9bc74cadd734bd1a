//! The credential of a call, and its headers.

use assert_cmd::Command;

use crate::support::{Run, Server, TOKEN};

/// The headers that can hold a credential.
const HEADERS: [&str; 4] = ["authorization", "cookie", "so-apptoken", "x-xsrf-token"];

type Variables = &'static [(&'static str, &'static str)];

const SECRETS: [(&str, &str); 5] = [
    ("PW", "s3cret pass"),
    ("TICKET", "7T:abc=="),
    ("TOKEN", "8A:Cust.xyz"),
    ("XSRF", "xs-1"),
    ("JAR", "a=1; XSRF-TOKEN=xs-1"),
];

/// Returns the credential headers of the one call of `command`.
fn sent(server: &Server, command: &mut Command) -> Vec<String> {
    let run = Run::of(command);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    let carries = |line: &String| HEADERS.iter().any(|name| line.starts_with(&format!("{name}: ")));
    server.seen().headers.into_iter().filter(carries).collect()
}

fn server() -> Server {
    Server::json(r#"[{"TicketId":839}]"#)
}

/// The options of each scheme, and its headers.
const SCHEMES: [(&[&str], &[&str]); 4] = [
    (&["--user", "tim", "--password", "env:PW"], &["authorization: Basic dGltOnMzY3JldCBwYXNz"]),
    (&["--ticket", "env:TICKET"], &["authorization: SOTicket 7T:abc=="]),
    (&["--token", "env:TOKEN"], &["authorization: Bearer 8A:Cust.xyz"]),
    (
        &["--xsrf-token", "env:XSRF", "--cookie", "env:JAR"],
        &["cookie: a=1; XSRF-TOKEN=xs-1", "x-xsrf-token: xs-1"],
    ),
];

#[test]
fn each_scheme_is_its_headers_and_no_other() {
    for (options, headers) in SCHEMES {
        let server = server();
        let mut command = server.get_bare(&[&["839"], options].concat());
        assert_eq!(sent(&server, command.envs(SECRETS)), headers, "{options:?}");
    }
}

#[test]
fn application_token_is_sent_with_every_scheme() {
    for (options, headers) in SCHEMES {
        let server = server();
        let options = [&["839", "--app-token", "env:APP"], options].concat();
        let mut command = server.get_bare(&options);
        let sent = sent(&server, command.envs(SECRETS).env("APP", "app-1"));
        let mut expected = headers.to_vec();
        expected.push("so-apptoken: app-1");
        expected.sort_unstable();
        assert_eq!(sent, expected, "{options:?}");
    }
}

#[test]
fn each_scheme_can_come_from_variables() {
    let schemes: [(Variables, &[&str]); 4] = [
        (
            &[("SOTICKETS_USER", "tim"), ("SOTICKETS_PASSWORD", "s3cret pass")],
            &["authorization: Basic dGltOnMzY3JldCBwYXNz"],
        ),
        (&[("SOTICKETS_TICKET", "7T:abc==")], &["authorization: SOTicket 7T:abc=="]),
        (
            &[("SOTICKETS_TOKEN", "8A:Cust.xyz\n"), ("SOTICKETS_APP_TOKEN", "app-1")],
            &["authorization: Bearer 8A:Cust.xyz", "so-apptoken: app-1"],
        ),
        (
            &[("SOTICKETS_XSRF_TOKEN", "xs-1"), ("SOTICKETS_COOKIE", "a=1")],
            &["cookie: a=1", "x-xsrf-token: xs-1"],
        ),
    ];
    for (variables, headers) in schemes {
        let server = server();
        let mut command = server.get_bare(&["839"]);
        assert_eq!(sent(&server, command.envs(variables.iter().copied())), headers);
    }
}

#[test]
fn option_beats_a_variable() {
    for (options, headers) in SCHEMES {
        let server = server();
        let mut command = server.get(&[&["839"], options].concat());
        command.envs(SECRETS).env("SOTICKETS_TICKET", "7T:other");
        assert_eq!(sent(&server, &mut command), headers, "{options:?}");
    }
    let server = server();
    let mut command = server.get(&["839", "--app-token", "env:APP"]);
    command.env("APP", "app-1").env("SOTICKETS_APP_TOKEN", "app-2");
    let bearer = format!("authorization: Bearer {TOKEN}");
    assert_eq!(sent(&server, &mut command), [bearer.as_str(), "so-apptoken: app-1"]);
}

#[test]
fn no_auth_sends_none() {
    let server = server();
    let mut command = server.get(&["839", "--no-auth"]);
    command.env("SOTICKETS_APP_TOKEN", "app-1");
    assert_eq!(sent(&server, &mut command), Vec::<String>::new());
}

#[test]
fn two_typed_credentials_are_refused() {
    for (first, _) in SCHEMES {
        for (second, _) in SCHEMES.iter().filter(|(options, _)| *options != first) {
            let server = server();
            let mut command = server.get_bare(&[&["839"], first, second].concat());
            let run = server.refused(command.envs(SECRETS));
            assert!(run.stderr.contains("two credentials are given: "), "{run}");
            assert!(run.stderr.contains(first[0]) && run.stderr.contains(second[0]), "{run}");
        }
    }
    let server = server();
    let run = server.refuses(&["839", "--token", "env:TOKEN", "--ticket", "env:TICKET"]);
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: two credentials are given: --ticket, and --token
    hint: a call carries one of them; leave the other out
    --- exit code 2
    ");
}

#[test]
fn two_credentials_in_variables_are_refused() {
    let server = server();
    for (name, value) in [
        ("SOTICKETS_TICKET", "7T:canary"),
        ("SOTICKETS_PASSWORD", "canary"),
        ("SOTICKETS_XSRF_TOKEN", "canary"),
        ("SOTICKETS_COOKIE", "canary"),
    ] {
        let run =
            server.refused(server.get(&["839"]).env("SOTICKETS_USER", "tim").env(name, value));
        assert!(run.stderr.contains("two credentials are given: "), "{run}");
        assert!(run.stderr.contains("SOTICKETS_TOKEN") && run.stderr.contains(name), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
}

#[test]
fn incomplete_credential_is_rejected() {
    let typed: [(&[&str], &str); 4] = [
        (&["--user", "tim"], "--user goes with --password, and none is given"),
        (&["--password", "env:PW"], "a password is given, but no user"),
        (&["--xsrf-token", "env:XSRF"], "--xsrf-token goes with --cookie, and none is given"),
        (&["--cookie", "env:JAR"], "--cookie goes with --xsrf-token, and none is given"),
    ];
    for (options, message) in typed {
        let server = server();
        let mut command = server.get(&[&["839"], options].concat());
        let run = server.refused(command.envs(SECRETS));
        assert!(run.stderr.starts_with(&format!("error: {message}\nhint: ")), "{run}");
    }
    let variables = [
        ("SOTICKETS_PASSWORD", "SOTICKETS_USER"),
        ("SOTICKETS_XSRF_TOKEN", "SOTICKETS_COOKIE"),
        ("SOTICKETS_COOKIE", "SOTICKETS_XSRF_TOKEN"),
    ];
    for (present, absent) in variables {
        let server = server();
        let run = server.refused(server.get_bare(&["839"]).env(present, "canary"));
        assert!(run.stderr.contains(absent) && !run.stderr.contains("canary"), "{run}");
    }
}

#[test]
fn user_of_basic_has_no_colon() {
    let server = server();
    let run = server.refuses(&["839", "--user", "tim:canary", "--password", "env:PW"]);
    assert!(run.stderr.contains("has no colon") && !run.stderr.contains("canary"), "{run}");
}

#[test]
fn no_auth_with_a_credential_is_rejected() {
    let mut typed: Vec<&[&str]> = SCHEMES.iter().map(|(options, _)| *options).collect();
    typed.push(&["--app-token", "env:APP"]);
    for options in typed {
        let server = server();
        let run = server.refuses(&[&["839", "--no-auth"], options].concat());
        assert!(run.stderr.starts_with("error: --no-auth "), "{run}");
    }
}

#[test]
fn call_without_a_credential_is_rejected() {
    let server = server();
    for command in [
        &mut server.get_bare(&["839"]),
        server.get_bare(&["839"]).env("SOTICKETS_TOKEN", ""),
        server.get_bare(&["839"]).env("SOTICKETS_USER", "tim"),
        server.get_bare(&["839"]).env("SOTICKETS_APP_TOKEN", "app-1"),
    ] {
        let run = Run::of(command);
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (4, "", 0), "{run}");
        assert!(run.stderr.starts_with("error: no credential is configured"), "{run}");
    }
    insta::assert_snapshot!(Run::of(&mut server.get_bare(&["839"])), @"
    --- stderr
    error: no credential is configured; nothing was sent
    hint: sotickets auth login keeps one; or with each call, Onsite: --user NAME --password prompt; Online: --token env:NAME, or SOTICKETS_TOKEN
    hint: behind a gateway that adds one: --no-auth; to try the tool: sotickets get 839 --demo
    --- exit code 4
    ");
}
