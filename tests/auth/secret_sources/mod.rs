//! The sources of a secret: where it is read, and that it goes nowhere else.

mod reading;
mod refusals;

use crate::support::{Run, Server};

fn server() -> Server {
    Server::json(r#"[{"TicketId":839}]"#)
}

/// Runs `get 839 --token SOURCE` with `input`, and returns the token that was sent.
fn token_from(source: &str, input: &str) -> String {
    let server = server();
    let mut command = server.get_bare(&["839", "--token", source]);
    let run =
        Run::of(command.env("MY_TOKEN", "8A:env\n").env("HOME", "/nowhere").write_stdin(input));
    assert_eq!((run.code, server.calls()), (0, 1), "{source}: {run}");
    let seen = server.seen();
    let value = seen.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    value.expect("a token").to_owned()
}
