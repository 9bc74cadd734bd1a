//! Answers with another status than 200.

use crate::support::wine::sample_under_wine;
use crate::support::{PATH, Run, Server, tcp_server};

/// Runs `get 839` against an answer of `status` and `body`.
fn answered(status: u16, body: impl AsRef<[u8]>) -> (Run, String) {
    let server = Server::status(status, body);
    let run = server.run(&["839"]);
    assert_eq!(run.stdout, "", "{run}");
    let shown = server.shown(&run);
    (run, shown)
}

/// Returns the messages for each status with an empty body, all with exit code `code`.
fn messages(code: i32, statuses: &[u16]) -> String {
    let mut lines = Vec::new();
    for status in statuses {
        let (run, shown) = answered(*status, "");
        assert_eq!(run.code, code, "{run}");
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains("\nhint: "), "{run}");
        lines.extend(shown.lines().filter(|line| !line.starts_with("---")).map(str::to_owned));
    }
    lines.join("\n")
}

#[test]
fn success_status_other_than_200_is_an_error() {
    insta::assert_snapshot!(messages(5, &[201, 204, 206]), @r"
    error: HTTP 201: the answer is no list of tickets
    hint: check that the address is the SuperOffice WebAPI's
    error: HTTP 204: the server answered with no content
    hint: check that the address is the SuperOffice WebAPI's
    error: HTTP 206: the answer is no list of tickets
    hint: check that the address is the SuperOffice WebAPI's
    ");
}

#[test]
fn refusal_is_printed_with_a_hint() {
    insta::assert_snapshot!(messages(5, &[304, 400, 404, 405, 407, 413, 418, 421, 429]), @"
    error: HTTP 304: the server redirects without saying where to
    hint: check that the address is the SuperOffice WebAPI's
    error: HTTP 400: the server calls the request malformed
    hint: a field, a language or a time zone code may be unknown to it (an IANA zone has a slash: Europe/Oslo); -v shows the request
    error: HTTP 404: there is no such endpoint
    hint: check the address: https://host/site, as far as the part before /api/v1
    error: HTTP 405: the address takes no POST
    hint: check the address: https://host/site, as far as the part before /api/v1
    error: HTTP 407: a proxy wants a credential
    hint: check the proxy's user and password
    error: HTTP 413: the request is too large for the server
    hint: ask for fewer ids a call
    error: HTTP 418: the server refused the call
    hint: -v shows the request
    error: HTTP 421: HOST:PORT does not serve the tenant
    hint: tenants move between sub-domains: https://online.superoffice.com/api/state/CustNNNNN names the right one
    error: HTTP 429: the server has had too many requests
    hint: wait, then try again
    hint: --retries 3 repeats such a call, up to three times and with growing waits
    ");
}

#[test]
fn status_error_says_whether_to_wait() {
    insta::assert_snapshot!(messages(5, &[500, 501, 502, 503, 504]), @r"
    error: HTTP 500: the server failed
    hint: try one id and fewer fields; the server's own log knows more
    error: HTTP 501: the server failed
    hint: try one id and fewer fields; the server's own log knows more
    error: HTTP 502: the server is not available
    hint: wait, then try again
    hint: --retries 3 repeats such a call, up to three times and with growing waits
    error: HTTP 503: the server is not available
    hint: wait, then try again
    hint: --retries 3 repeats such a call, up to three times and with growing waits
    error: HTTP 504: the server is not available
    hint: wait, then try again
    hint: --retries 3 repeats such a call, up to three times and with growing waits
    ");
}

#[test]
fn server_text_of_any_shape_is_quoted() {
    let bodies = [
        (
            r#"{"Error":true,"ErrorType":"SoNotFoundException","ErrorMessage":"No such","ErrorSource":"x"}"#,
            ": SoNotFoundException: No such",
        ),
        (
            r#"{"Message":"An error has occurred.","MessageDetail":"Bad select"}"#,
            ": An error has occurred. Bad select",
        ),
        (r#"{"error":"invalid_token","error_description":"gone"}"#, ": invalid_token: gone"),
        (
            "<!DOCTYPE html><html><head><title>\n Bad\r\n gateway </title>",
            ", with the web page 'Bad gateway'",
        ),
        ("<html><body>x</body></html>", ", with a web page"),
        ("upstream\nfailed", ": upstream\\nfailed"),
        ("\u{feff}plain", ": plain"),
        ("[1,2]", ": [1,2]"),
        ("null", ": null"),
        ("", ""),
        ("  \r\n", ""),
    ];
    for (body, text) in sample_under_wine(bodies) {
        for (status, code, message) in [
            (400, 5, "HTTP 400: the server calls the request malformed"),
            (503, 5, "HTTP 503: the server is not available"),
            (
                403,
                4,
                "HTTP 403: the server forbids the call to the token from SOTICKETS_TOKEN (Bearer)",
            ),
        ] {
            let (run, _) = answered(status, body);
            assert_eq!(run.code, code);
            assert_eq!(
                run.stderr.lines().next(),
                Some(&*format!("error: {message}{text}")),
                "{body}"
            );
        }
    }
}

#[test]
fn refused_credential_is_named_by_scheme_and_origin() {
    let credentials: [&[&str]; 4] = [
        &["--user", "tim", "--password", "env:SECRET"],
        &["--ticket", "env:SECRET"],
        &["--token", "env:SECRET", "--app-token", "env:SECRET"],
        &["--xsrf-token", "env:SECRET", "--cookie", "env:SECRET"],
    ];
    let mut lines = Vec::new();
    for status in [401, 403] {
        for credential in credentials {
            let server = Server::status(status, "No.");
            let mut command = server.get_bare(&[&["839"], credential].concat());
            let run = Run::of(command.env("SECRET", "canary"));
            assert_eq!((run.code, run.stdout.as_str(), server.calls()), (4, "", 1), "{run}");
            assert!(!run.stderr.contains("canary"), "{run}");
            lines.push(run.stderr);
        }
        lines.push(Run::of(&mut Server::status(status, "").get_bare(&["839", "--no-auth"])).stderr);
    }
    insta::assert_snapshot!(lines.concat(), @"
    error: HTTP 401: the server does not accept the user tim with the password from --password env:SECRET (Basic): No.
    hint: IIS's own Basic authentication may check Windows accounts there, and refuse SuperOffice's users: have it switched off for the API
    hint: sotickets auth login --password prompt keeps a new password; or check --user and --password; Online does not know Basic: --token there
    error: HTTP 401: the server does not accept the ticket from --ticket env:SECRET (SOTicket): No.
    hint: tickets expire: sotickets auth login --ticket prompt keeps a new one
    hint: Online wants --app-token next to a ticket
    error: HTTP 401: the server does not accept the token from --token env:SECRET (Bearer): No.
    hint: access tokens live 20 to 60 minutes: sotickets auth login --token prompt keeps a new one; Onsite does not know Bearer, use --user there
    error: HTTP 401: the server does not accept the XSRF token from --xsrf-token env:SECRET with cookies from --cookie env:SECRET: No.
    hint: sign in again in the browser, then copy the XSRF-TOKEN cookie's value and all cookies again
    error: HTTP 401: the server wants a credential
    hint: none was sent, because of --no-auth: give one instead, or have the gateway add it
    error: HTTP 403: the server forbids the call to the user tim with the password from --password env:SECRET (Basic): No.
    hint: the user may lack the right to read tickets; ask the administrator
    error: HTTP 403: the server forbids the call to the ticket from --ticket env:SECRET (SOTicket): No.
    hint: tickets expire: sotickets auth login --ticket prompt keeps a new one
    hint: Online wants --app-token next to a ticket
    error: HTTP 403: the server forbids the call to the token from --token env:SECRET (Bearer): No.
    hint: access tokens live 20 to 60 minutes: sotickets auth login --token prompt keeps a new one; Onsite does not know Bearer, use --user there
    hint: the application token (--app-token env:SECRET) may be the one refused
    error: HTTP 403: the server forbids the call to the XSRF token from --xsrf-token env:SECRET with cookies from --cookie env:SECRET: No.
    hint: sign in again in the browser, then copy the XSRF-TOKEN cookie's value and all cookies again
    error: HTTP 403: the server wants a credential
    hint: none was sent, because of --no-auth: give one instead, or have the gateway add it
    ");
}

#[test]
fn redirect_is_not_followed_and_its_target_named() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::json("[]");
        let target = format!("{}{PATH}", elsewhere.url());
        let location = target.clone();
        let server = Server::answering(move |_, then| {
            then.status(status).header("location", location);
        });
        let run = server.run(&["839"]);
        assert_eq!((run.code, run.stdout.as_str(), elsewhere.calls()), (5, "", 0), "{run}");
        assert!(run.stderr.contains(&target) && run.stderr.contains(&status.to_string()), "{run}");
    }
    let server = Server::answering(|_, then| {
        then.status(302).header("location", "https://crm.example.com/login?ReturnUrl=%2f");
    });
    insta::assert_snapshot!(server.run(&["839"]), @r"
    --- stderr
    error: HTTP 302: the server redirects to https://crm.example.com/login?ReturnUrl=%2f; nothing was sent there
    hint: if that is the right address, give it as --url; a sign-in page means that the credential is missing
    --- exit code 5
    ");

    let head = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: https://x/\u{202e}moc\r\n\r\n";
    let url = tcp_server::answering(head);
    let run = Run::of(server.get(&["839"]).env("SOTICKETS_URL", url));
    assert!(run.stderr.contains("https://x/\\u{202e}moc"), "{run}");
}

#[test]
fn misdirected_request_error_names_the_tenant_service() {
    let server = Server::status(421, "");
    let mut command = server.get(&["839", "--url", &format!("{}/Cust26759/api", server.url())]);
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""));
    insta::assert_snapshot!(server.shown(&run), @r"
    --- stderr
    error: HTTP 421: HOST:PORT does not serve tenant Cust26759
    hint: tenants move between sub-domains: https://online.superoffice.com/api/state/Cust26759 names the right one
    --- exit code 5
    ");
}

#[test]
fn maintenance_hours_are_named_for_an_unavailable_server() {
    let run = |status: u16, date: &'static str, path: &str| {
        let server = Server::answering(move |_, then| {
            then.status(status).header("date", date);
        });
        let url = format!("{}{path}", server.url());
        let run = Run::of(&mut server.get(&["839", "--url", &url]));
        assert_eq!((run.code, server.calls()), (5, 1), "{run}");
        run.stderr
    };
    let (saturday, noon) = ("Sat, 01 Aug 2026 21:14:00 GMT", "Mon, 03 Aug 2026 12:00:00 GMT");
    insta::assert_snapshot!(run(503, saturday, "/Cust26759"), @"
    error: HTTP 503: the server is not available
    hint: wait, then try again
    hint: --retries 3 repeats such a call, up to three times and with growing waits
    hint: SuperOffice works on Online from Saturday 20:00 to Sunday 06:00 (UTC+1), and by the server's clock it is that time: try again after it
    ");
    let hint = "\nhint: SuperOffice works on Online every night from 01:00 to 03:00 (UTC+1)";
    for status in [502, 504] {
        let text = run(status, "Mon, 03 Aug 2026 00:30:00 GMT", "/Cust26759/api");
        assert!(text.contains(hint), "{text}");
    }
    for (status, date, path) in
        [(503, saturday, "/SuperOffice"), (503, noon, "/Cust26759"), (500, saturday, "/Cust26759")]
    {
        let text = run(status, date, path);
        assert!(!text.contains("works on Online"), "{text}");
    }
}

#[test]
fn retry_after_of_a_busy_server_is_shown() {
    let server = Server::answering(|_, then| {
        then.status(429).header("retry-after", "120");
    });
    insta::assert_snapshot!(server.run(&["839"]), @"
    --- stderr
    error: HTTP 429: the server has had too many requests
    hint: wait 2m, as the server asks, then try again
    hint: --retries 3 repeats such a call, up to three times and with growing waits
    --- exit code 5
    ");
}

#[test]
fn retry_after_date_is_shown_as_time_and_impossible_value_is_left_out() {
    let hint = |value: &str| {
        let value = value.to_owned();
        let server = Server::answering(|_, then| {
            let date = "Sun, 06 Nov 1994 08:49:37 GMT";
            then.status(503).header("date", date).header("retry-after", value);
        });
        let run = server.run(&["839"]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
        run.stderr.lines().nth(1).expect("a hint").to_owned()
    };
    let asked = "hint: wait 20s, as the server asks, then try again";
    assert_eq!(hint("Sun, 06 Nov 1994 08:49:57 GMT"), asked);
    assert_eq!(hint("20"), asked);
    let past = "Sun, 06 Nov 1994 08:00:00 GMT";
    for value in ["-1", "0", "1.5", "soon", "86401", "99999999999999999999999", past] {
        assert_eq!(hint(value), "hint: wait, then try again", "{value}");
    }
}
