//! Addresses and headers that are too long or too many are refused before anything is sent.

use crate::support::tls::TICKET;
use crate::support::{Run, Server, sotickets};

/// Asserts that `arguments` are refused with a `message`, also in a dry run.
fn refused(server: &Server, arguments: &[&str], message: &str) {
    for more in [&[][..], &["--dry-run"]] {
        let mut command = sotickets();
        command.args(["get", "839"]).args(arguments).args(more);
        let run = server.refused(command.env("SOTICKETS_TOKEN", "t"));
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(message), "{run}");
        assert!(run.stderr.len() < 1000, "{} bytes", run.stderr.len());
    }
}

#[cfg_attr(windows, ignore = "a command line of Windows has at most 32,767 characters")]
#[test]
fn address_beyond_the_limit_is_refused() {
    let server = Server::json(TICKET);
    let path = "a".repeat(65_500);
    let limit = " characters, and the most that can be sent is 65534\n";
    refused(&server, &["--url", &format!("{}/{path}", server.url())], limit);
    let environment = format!("{}/{path}{path}", server.url());
    refused(&server, &["--tenant", "Cust1", "--environment", &environment], limit);
    let host = "a.".repeat(130);
    let limit = "its host has 263 characters, and a name has at most 253\n";
    refused(&server, &["--url", &format!("https://{host}com")], limit);
    let proxy = format!("http://{host}com:3128");
    refused(&server, &["--url", &server.url(), "--proxy", &proxy], limit);
}

#[test]
fn address_within_the_limit_is_called() {
    let path = format!("/{}", "a".repeat(65_000));
    let server = Server::json(TICKET);
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--url", &format!("{}{path}", server.url())]);
    let run = Run::of(&mut command);
    // The test server may refuse its length; it was sent.
    assert!(matches!(run.code, 0 | 5), "{run}");
}

#[cfg_attr(windows, ignore = "a command line of Windows has at most 32,767 characters")]
#[test]
fn select_beyond_the_limit_is_refused() {
    let server = Server::json(TICKET);
    let names = |first: char| {
        let name = first.to_string().repeat(999);
        let names: Vec<String> = (0..35).map(|number| format!("{name}{number:02}")).collect();
        names.join(",")
    };
    let (first, second) = (names('a'), names('b'));
    let url = server.url();
    refused(
        &server,
        &["--url", &url, "--any-field", "-s", &first, "-s", &second],
        "error: the address cannot be used with its $select: it has 70",
    );
    let run = Run::of(&mut server.get(&["839", "-o", "json", "--any-field", "-s", &first]));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}

#[cfg_attr(windows, ignore = "a command line of Windows has at most 32,767 characters")]
#[test]
fn headers_beyond_the_limit_are_refused() {
    let server = Server::json(TICKET);
    let url = server.url();
    let header = format!("{}: x", "A".repeat(1001));
    refused(
        &server,
        &["--url", &url, "-H", &header],
        "has 1001 characters, and a header's name has at most 1000\n",
    );
    let mut arguments = vec!["--url", url.as_str()];
    arguments.extend(["-H", "X: y"].repeat(1001));
    refused(
        &server,
        &arguments,
        "error: -H is given 1001 times, and a call has at most 1000 further headers\n",
    );
    // The server decides about the length of a value.
    let value = "v".repeat(100_000);
    let run = Run::of(&mut server.get(&["839", "-o", "json", "-H", &format!("X-Long: {value}")]));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    assert_eq!(server.seen().header("x-long"), Some(value.as_str()));
}
