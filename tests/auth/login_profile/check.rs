//! The check before anything is kept: one call, its lines, and what counts as accepted.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Person, USER, server};
use crate::support::site::{Conduct, Site};
use crate::support::{Server, TOKEN, tcp_server};

#[test]
fn credential_is_checked_by_one_call_and_used_by_later_ones() {
    let (server, person) = (server(), Person::new());
    let run = person.login(&server.url(), &USER, "p w \r\n");
    let calls = (server.version_calls(), server.calls());
    assert_eq!((run.code, run.stdout.as_str(), calls), (0, "", (1, 1)), "{run}");
    let seen = server.seen();
    assert!(seen.target.ends_with("GetTickets?$select=TicketId"), "{}", seen.target);
    assert_eq!(seen.body, r#"{"TicketIds":[1]}"#);
    insta::assert_snapshot!(server.shown(&run), @"
    --- stderr
    ok       address     http://HOST:PORT
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the user tim with the password from --password stdin (Basic) is accepted
    signed in to http://HOST:PORT as tim; kept in HOME/state/sotickets/secret-127-0-0-1%2Fpassword
    profile '127-0-0-1', the default, is in HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    let run = person.run(&["get", "839", "-s", "TicketId", "-o", "csv"]);
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (0, "TicketId\n839\n", 2), "{run}");
    // Blanks belong to a password, and a line end does not: tim:p w
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnAgdyA="));
}

#[test]
fn ticket_and_token_are_kept_with_an_application_token() {
    for (option, input, header) in
        [("--ticket", "7T:x", "SOTicket 7T:x"), ("--token", TOKEN, &*format!("Bearer {TOKEN}"))]
    {
        let (server, person) = (server(), Person::new());
        let arguments = [option, "stdin", "--app-token", "env:APP"];
        let all = [&["auth", "login", "--store", "file", "--url", &server.url()], &arguments[..]];
        let mut command = person.command(&all.concat());
        let run = crate::support::Run::of(command.env("APP", "app").write_stdin(input));
        assert_eq!((run.code, server.calls()), (0, 1), "{run}");
        let run = crate::support::Run::of(person.command(&["get", "839"]).env("APP", "app"));
        assert_eq!((run.code, server.calls()), (0, 2), "{run}");
        assert_eq!(server.seen().header("authorization"), Some(header));
        assert_eq!(server.seen().header("so-apptoken"), Some("app"));
    }
}

#[test]
fn answer_without_the_ticket_accepts_the_credential() {
    for body in ["[]", "null", "\u{feff} null\n", r#"[{"TicketId":1}]"#] {
        let (server, person) = (Server::json(body), Person::new());
        let run = person.login(&server.url(), &USER, "pw");
        assert_eq!((run.code, server.calls()), (0, 1), "{body}: {run}");
        assert!(run.stderr.contains("ok       credential"), "{run}");
    }
}

#[test]
fn version_that_is_not_named_is_a_warning() {
    for (status, body, warning) in [
        (404, "", "HTTP 404: there is no …/api"),
        (401, "", "HTTP 401: GET …/api wants a credential"),
        (200, "<html>", "GET …/api names no version of NetServer"),
    ] {
        let conduct = Conduct { version: (status, body.to_owned()), ..Conduct::good() };
        let (site, person) = (Site::start(conduct), Person::new());
        let run = person.login(&site.url, &USER, "pw");
        assert_eq!((run.code, site.requests().len()), (0, 2), "{run}");
        assert!(run.stderr.contains(&format!("\nwarning  version     {warning}")), "{run}");
        assert!(run.stderr.contains("\nok       credential"), "{run}");
    }
    let (person, requests) = (Person::new(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&requests);
    let url = tcp_server::start(move |stream| {
        // The first request gets no answer.
        if count.fetch_add(1, Ordering::SeqCst) > 0 {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
            let _ = write!(stream, "{head}connection: close\r\ncontent-length: 2\r\n\r\n[]");
        }
    });
    let run = person.login(&url, &USER, "pw");
    assert_eq!((run.code, requests.load(Ordering::SeqCst)), (0, 2), "{run}");
    assert!(run.stderr.contains("\nwarning  version     no answer names it: 127.0.0.1"), "{run}");
}

#[test]
fn error_of_the_web_api_accepts_the_credential_with_a_warning() {
    let body = r#"{"Error":true,"ErrorType":"SoException","ErrorMessage":"No \u001b such"}"#;
    for status in [200, 400, 500] {
        let (server, person) = (Server::status(status, body), Person::new());
        let run = person.login(&server.url(), &USER, "pw");
        assert_eq!((run.code, server.calls()), (0, 1), "{run}");
        assert!(run.stderr.contains("\nwarning  credential  the user tim "), "{run}");
        assert!(run.stderr.contains("SoException: No \\x1b such\n"), "{run}");
        assert!(person.configuration().contains("password = \"stored\""));
    }
}

#[test]
fn other_failure_ends_as_that_of_get_and_keeps_nothing() {
    let refused = r#"{"Error":true,"ErrorType":"SoException","ErrorMessage":"No"}"#;
    let framework = r#"{"Message":"No HTTP resource was found","MessageDetail":"x"}"#;
    let gateway = r#"{"title":"Bad Gateway","status":502,"detail":"upstream"}"#;
    let cases = [
        (401, refused, 4),
        (403, refused, 4),
        // Nobody checked the credential at such an address.
        (404, refused, 5),
        (405, refused, 5),
        (410, refused, 5),
        (404, framework, 5),
        (502, gateway, 5),
        (500, "", 5),
        (200, "<html><title>Sign in</title>", 7),
        (200, "[", 7),
        (200, "[1]", 7),
    ];
    for (status, body, code) in cases {
        let (server, person) = (Server::status(status, body), Person::new());
        let run = person.login(&server.url(), &USER, "pw");
        assert_eq!((run.code, server.calls()), (code, 1), "{status} {body}: {run}");
        person.assert_unchanged();
        let mut get = person.command(&["get", "1", "--url", &server.url(), "-s", "TicketId"]);
        let get = crate::support::Run::of(get.args(USER).write_stdin("pw"));
        assert_eq!(get.code, code, "{get}");
        if code == 4 {
            // The hint of get leads to this command.
            let message = get.stderr.lines().next().expect("a message");
            assert!(run.stderr.contains(message), "{run}\n{get}");
            assert!(run.stderr.ends_with("hint: nothing was kept\n"), "{run}");
            assert!(!run.stderr.contains("sotickets auth login"), "{run}");
        } else {
            assert!(run.stderr.ends_with(&get.stderr), "{run}\n{get}");
        }
    }
}

#[test]
fn error_type_of_authentication_refuses_the_credential() {
    for (status, name) in [
        (500, "SoAuthenticationException"),
        (200, "SoAuthenticationException"),
        (400, "System.UnauthorizedAccessException"),
        (500, "SoSecurityException"),
    ] {
        let body = format!(r#"{{"Error":true,"ErrorType":"{name}","ErrorMessage":"No"}}"#);
        let (server, person) = (Server::status(status, &body), Person::new());
        let run = person.login(&server.url(), &USER, "pw");
        assert_eq!((run.code, server.calls()), (4, 1), "{status}: {run}");
        assert!(
            run.stderr.contains(&format!("{name}: No\nhint: check user and password")),
            "{run}"
        );
        assert!(!run.stderr.contains("is accepted"), "{run}");
        person.assert_unchanged();
    }
}

#[cfg(unix)]
#[test]
fn hint_for_a_name_that_is_too_long_is_a_shorter_one() {
    // A new profile cannot have such a name.
    let (server, name) = (server(), "a".repeat(300));
    let text = format!("[profiles.{name}]\nurl = \"{}\"\nuser = \"tim\"\n", server.url());
    let person = Person::with_configuration(&text);
    let run = person.login(&server.url(), &[&USER[..], &["--profile", &name]].concat(), "pw");
    assert_eq!((run.code, server.calls()), (1, 1), "{run}");
    assert!(run.stderr.contains("hint: the name of the file has that of the profile"), "{run}");
    assert_eq!((person.configuration(), person.state_files().len()), (text, 0));
}

#[test]
fn failed_connection_keeps_nothing() {
    let person = Person::new();
    let run = person.login("http://127.0.0.1:9/site", &USER, "pw");
    assert_eq!(run.code, 6, "{run}");
    insta::assert_snapshot!(run, @"
    --- stderr
    ok       address     http://127.0.0.1:9/site
    error: could not connect to 127.0.0.1:9: Connection refused (os error 111)
    hint: check the port, and that the server on this machine runs
    --- exit code 6
    ");
    person.assert_unchanged();
}

#[test]
fn option_without_effect_is_refused() {
    let server = server();
    let url = server.url();
    let cases: [(&[&str], &str); 5] = [
        (&["--url", &url, "--tenant", "Cust12345"], "--tenant does nothing with --url"),
        (&["--url", &url, "--client-id", "x"], "--client-id does nothing with --url"),
        (&["--url", &url, "--no-browser"], "--no-browser does nothing with --url"),
        (&["--user", "tim"], "--user goes with --url or --tenant, and neither is given"),
        (&["--replace"], "no client id is given"),
    ];
    for (arguments, message) in cases {
        let person = Person::new();
        let run = person.run(&[&["auth", "login"], arguments].concat());
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        assert!(run.stderr.contains(message), "{run}");
        person.assert_unchanged();
    }
}

#[test]
fn missing_part_of_a_credential_is_a_usage_error() {
    let server = server();
    let cases: [(&[&str], &str); 4] = [
        (&[], "no credential is given"),
        (&["--user", "tim"], "--user goes with --password, and none is given"),
        (&["--password", "stdin"], "a password is given, but no user"),
        (&["--token", "canary"], "takes the place where the secret is kept"),
    ];
    for (arguments, message) in cases {
        let person = Person::new();
        let run = person.login(&server.url(), arguments, "");
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        assert!(run.stderr.contains(message) && !run.stderr.contains("canary"), "{run}");
        person.assert_unchanged();
    }
}

#[test]
fn window_that_is_a_pipe_is_named_with_the_options() {
    let person = Person::new();
    let mut command = person.command(&["auth", "login"]);
    let run = crate::support::Run::of(command.env("MSYSTEM", "MINGW64"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: nothing can be asked here: this window is a pipe to programs of Windows
    hint: winpty sotickets auth login asks; so does another terminal, such as Windows Terminal
    hint: or answer by options, Onsite: --url URL --user NAME --password SRC; Online: --client-id ID
    --- exit code 2
    ");
}
