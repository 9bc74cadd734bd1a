//! Tests of the layers, and of what is refused.

use std::time::Instant;

use super::*;
use crate::cli::get::CallArgs;
use crate::context::Variables;

fn described(args: &CallArgs, variables: &[(&str, &str)]) -> std::result::Result<String, String> {
    let variables: Variables = variables.iter().copied().collect();
    let settings = Settings::without_profile(args, variables, Instant::now());
    match plan(&settings) {
        Ok(None) => Ok("none".to_owned()),
        Ok(Some(plan)) => {
            let origins: Vec<String> =
                plan.secrets().iter().map(|secret| secret.origin.to_string()).collect();
            Ok(origins.join(", "))
        }
        Err(error) => Err(error.to_string()),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn option_overrides_a_variable() {
    let variables = [("SOTICKETS_TOKEN", "t"), ("SOTICKETS_PASSWORD", "")];
    let none = CallArgs::default();
    assert_eq!(described(&none, &variables).as_deref(), Ok("SOTICKETS_TOKEN"));
    let ticket = CallArgs { ticket: some("env:T"), ..CallArgs::default() };
    assert_eq!(described(&ticket, &variables).as_deref(), Ok("--ticket env:T"));
    let no_auth = CallArgs { no_auth: true, ..CallArgs::default() };
    assert_eq!(described(&no_auth, &variables).as_deref(), Ok("none"));
    let user = CallArgs { user: some("tim"), ..CallArgs::default() };
    let variables = [("SOTICKETS_TOKEN", "t"), ("SOTICKETS_PASSWORD", "p")];
    assert_eq!(described(&user, &variables).as_deref(), Ok("SOTICKETS_PASSWORD"));
}

#[test]
fn two_schemes_in_one_layer_are_refused() {
    let both = CallArgs { user: some("tim"), token: some("stdin"), ..CallArgs::default() };
    assert_eq!(
        described(&both, &[]),
        Err("two credentials are given: --user with --password, and --token".to_owned())
    );
    let variables = [("SOTICKETS_TOKEN", "t"), ("SOTICKETS_TICKET", "t")];
    assert_eq!(
        described(&CallArgs::default(), &variables),
        Err("two credentials are given: SOTICKETS_TICKET, and SOTICKETS_TOKEN".to_owned())
    );
}

#[test]
fn part_of_a_credential_is_refused() {
    let none = CallArgs::default;
    let cases = [
        (CallArgs { password: some("prompt"), ..none() }, "a password is given, but no user"),
        (
            CallArgs { user: some("tim"), ..none() },
            "--user goes with --password, and none is given",
        ),
        (
            CallArgs { user: some("a:b"), password: some("prompt"), ..none() },
            "--user: a user name of Basic has no colon",
        ),
        (
            // The control character is not reported, because that would quote the password.
            CallArgs { user: some("tim:pw\n"), password: some("prompt"), ..none() },
            "--user: a user name of Basic has no colon",
        ),
        (
            CallArgs { xsrf_token: some("env:X"), ..none() },
            "--xsrf-token goes with --cookie, and none is given",
        ),
        (
            CallArgs { cookie: some("env:X"), ..none() },
            "--cookie goes with --xsrf-token, and none is given",
        ),
    ];
    for (args, message) in cases {
        assert_eq!(described(&args, &[]), Err(message.to_owned()));
    }
}
