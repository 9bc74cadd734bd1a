//! Text of a server in messages: it cannot control a terminal or reveal a secret.

use crate::support::wine::sample_under_wine;
use crate::support::{Run, Server};

/// Runs `get 839` against an answer of `status` and `body`.
fn answered(status: u16, body: impl AsRef<[u8]>) -> (Run, String) {
    let server = Server::status(status, body);
    let run = server.run(&["839"]);
    assert_eq!(run.stdout, "", "{run}");
    let shown = server.shown(&run);
    (run, shown)
}

#[test]
fn no_byte_of_the_server_controls_the_terminal() {
    let hostile = "a\u{1b}[2J\u{9b}1m\u{7}\r\nb\u{202e}c\u{2066}\u{7f}\u{2028}";
    let json =
        |text: &str| text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<String>();
    let bodies = [
        hostile.to_owned(),
        format!("<html><title>{hostile}</title>"),
        format!("{{\"Error\":true,\"ErrorMessage\":\"{}\"}}", json(hostile)),
        format!("{{\"Message\":\"{}\",\"MessageDetail\":\"{0}\"}}", json(hostile)),
        format!("[\"{hostile}\"]"),
        "[\"a\u{202e}\"]".to_owned(),
        format!("{{\"x\":\"{hostile}\"}}"),
    ];
    for status in [200, 400, 401, 500] {
        for body in sample_under_wine(&bodies) {
            let (run, _) = answered(status, body);
            let shown = run.stderr.replace('\n', "");
            let bad = |c: char| {
                c.is_control()
                    || ('\u{2028}'..='\u{202e}').contains(&c)
                    || ('\u{2066}'..='\u{2069}').contains(&c)
            };
            assert!(!shown.contains(bad), "{shown:?}");
            assert!(
                run.stderr
                    .lines()
                    .all(|line| line.starts_with("error: ") || line.starts_with("hint: ")),
                "{run}"
            );
        }
    }
    let (_, shown) = answered(500, hostile);
    insta::assert_snapshot!(shown, @r"
    --- stderr
    error: HTTP 500: the server failed: a\x1b[2J\u{9b}1m\x07\r\nb\u{202e}c\u{2066}\x7f
    hint: try one id and fewer fields; the server's own log knows more
    --- exit code 5
    ");
}

#[test]
fn long_server_text_is_cut() {
    for body in ["x".repeat(1_000_000), format!("<html><title>{}</title>", "x".repeat(50_000))] {
        let (run, _) = answered(500, body);
        assert!(run.stderr.len() < 600 && run.stderr.contains("x…"), "{}", run.stderr.len());
    }
}

#[test]
fn credential_quoted_by_the_server_is_masked() {
    // So long that the end of what is quoted falls into it.
    let token = format!("8A:Cust12345.{}canary", "t".repeat(80));
    let pad = |count: usize| "x".repeat(count);
    let bodies = [
        format!("no such token: Bearer {token}"),
        format!("{{\"Error\":true,\"ErrorMessage\":\"{token}\"}}"),
        format!("{{\"Message\":\"{}\"}}", token.replace('.', "\\u002e")),
        format!("<html><title>{token}</title>"),
        format!("{}{token}", pad(250)),
        format!("{{\"Error\":true,\"ErrorMessage\":\"{}{token}\"}}", pad(250)),
        format!("<html><title>{}{token}</title>", pad(100)),
        format!("{{\"x\":\"{}{token}\"}}", pad(250)),
        format!("[\"{}{token}\"]", pad(50)),
    ];
    for status in [200, 400, 401, 500] {
        for body in sample_under_wine(&bodies) {
            let server = Server::status(status, body);
            let run = Run::of(server.get(&["839"]).env("SOTICKETS_TOKEN", &token));
            assert!(
                !run.stderr.contains("Cust12345") && !run.stderr.contains("ttt"),
                "{body}: {run}"
            );
            assert!(run.stderr.contains("***"), "{body}: {run}");
        }
    }
    let server = Server::status(401, "user tim, password s3cret pass, dGltOnMzY3JldCBwYXNz");
    let mut command = server.get_bare(&["839", "--user", "tim", "--password", "stdin"]);
    let run = Run::of(command.write_stdin("s3cret pass"));
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: HTTP 401: the server does not accept the user tim with the password from --password stdin (Basic): user tim, password ***, ***
    hint: IIS's own Basic authentication may check Windows accounts there, and refuse SuperOffice's users: have it switched off for the API
    hint: sotickets auth login --password prompt keeps a new password; or check --user and --password; Online does not know Basic: --token there
    --- exit code 4
    ");
}

#[test]
fn credential_quoted_in_pieces_is_masked() {
    let token = "8A:Cust12345.canary";
    let bodies = [
        "no such token: 8A:Cust\r\n  12345.can\tary",
        "no such token: 8A:Cust<wbr>12345.<b>can</b>ary",
        "no such token: 8A:Cust\u{200b}12345.can\u{ad}ary",
        // `8A:Cust12345.canary` in base64, folded as in a mail.
        "no such token: OEE6Q3Vz\r\ndDEyMzQ1\r\nLmNhbmFyeQ==",
    ];
    for body in bodies {
        let server = Server::status(400, body);
        let run = Run::of(server.get(&["839"]).env("SOTICKETS_TOKEN", token));
        assert_eq!((run.code, server.calls()), (5, 1), "{body:?}: {run}");
        assert!(run.stderr.contains("no such token: ***"), "{body:?}: {run}");
        for piece in ["Cust", "12345", "can", "ary", "OEE6", "dDEy", "LmNh"] {
            assert!(!run.stderr.contains(piece), "{piece} of {body:?}: {run}");
        }
    }
}

#[test]
fn secrets_in_the_answers_headers_are_masked() {
    let server = Server::answering(|_, then| {
        then.status(302)
            .header("set-cookie", "SoSession=SESSIONSECRET")
            .header("x-auth-token", "SESSIONSECRET")
            .header(
                "location",
                "https://login.example.com/?t=8A%3ACust12345.test&u=8A:Cust12345.test",
            );
    });
    let run = server.run(&["839", "-v"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("< set-cookie: ***"), "{run}");
    for secret in ["SESSIONSECRET", "Cust12345.test"] {
        assert!(!run.stderr.contains(secret), "{run}");
    }
    assert!(run.stderr.contains("redirects to https://login.example.com/?t=***&u=***"), "{run}");
}
