//! Which credential a call carries: option beats variable, and two schemes at one
//! level are refused, never guessed between.

use crate::api::credential::{Credential, HeldSecret};
use crate::cli::get::CallArgs;
use crate::error::{Error, Kind, Result};
use crate::host::Environment;

use super::source::Unread;

/// A credential whose secrets are still where they are kept.
#[derive(Clone, Debug)]
pub enum Plan {
    /// User and password.
    Basic(String, Unread),
    /// `SOTicket`.
    SoTicket(Unread),
    /// `Bearer`.
    Bearer(Unread),
    /// XSRF token and cookies.
    Xsrf(Unread, Unread),
}

impl Plan {
    /// Turns each secret into what is sent, by `read`.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn with(self, mut read: impl FnMut(&Unread) -> Result<HeldSecret>) -> Result<Credential> {
        Ok(match self {
            Self::Basic(user, password) => Credential::Basic { user, password: read(&password)? },
            Self::SoTicket(ticket) => Credential::SoTicket(read(&ticket)?),
            Self::Bearer(token) => Credential::Bearer(read(&token)?),
            Self::Xsrf(token, cookie) => {
                Credential::Xsrf { token: read(&token)?, cookie: read(&cookie)? }
            }
        })
    }

    /// The secrets in it.
    #[must_use]
    pub fn secrets(&self) -> Vec<&Unread> {
        match self {
            Self::Basic(_, secret) | Self::SoTicket(secret) | Self::Bearer(secret) => vec![secret],
            Self::Xsrf(token, cookie) => vec![token, cookie],
        }
    }
}

/// The credential that options, or else variables, name; `None` where they name
/// none.
///
/// # Errors
/// A usage error where they name two, or only a part of one.
pub fn plan(args: &CallArgs, environment: &Environment) -> Result<Option<Plan>> {
    let typed = [
        (Scheme::Basic, args.user.is_some() || args.password.is_some()),
        (Scheme::SoTicket, args.ticket.is_some()),
        (Scheme::Bearer, args.token.is_some()),
        (Scheme::Xsrf, args.xsrf_token.is_some() || args.cookie.is_some()),
    ];
    if let Some(scheme) = only_one(&typed, Scheme::options)? {
        return scheme.plan(args, environment);
    }
    if args.no_auth {
        return Ok(None);
    }
    let set = |slot: &Slot| environment.get(slot.variable).is_some();
    let variables = [
        (Scheme::Basic, set(&PASSWORD)),
        (Scheme::SoTicket, set(&TICKET)),
        (Scheme::Bearer, set(&TOKEN)),
        (Scheme::Xsrf, set(&XSRF_TOKEN) || set(&COOKIE)),
    ];
    match only_one(&variables, Scheme::variables)? {
        Some(scheme) => scheme.plan(args, environment),
        None => Ok(None),
    }
}

/// The application token that option or variable name.
///
/// # Errors
/// A usage error for a literal.
pub fn app_token(args: &CallArgs, environment: &Environment) -> Result<Option<Unread>> {
    if args.no_auth {
        return Ok(None);
    }
    APP_TOKEN.find(args.app_token.as_deref(), environment)
}

/// What to say where there is no credential at all.
#[must_use]
pub fn none_configured() -> Error {
    Error::new(Kind::Authentication, "no credential is configured; nothing was sent")
        .hint("Onsite: --user NAME --password prompt; Online: --token env:NAME, or set SOTICKETS_TOKEN")
        .hint("behind a gateway that adds one: --no-auth; to try the tool: --demo")
}

/// A secret by its option, its variable, and what it is called.
struct Slot {
    option: &'static str,
    variable: &'static str,
    label: &'static str,
}

const PASSWORD: Slot =
    Slot { option: "--password", variable: "SOTICKETS_PASSWORD", label: "password" };
const TICKET: Slot = Slot { option: "--ticket", variable: "SOTICKETS_TICKET", label: "ticket" };
const TOKEN: Slot = Slot { option: "--token", variable: "SOTICKETS_TOKEN", label: "token" };
const XSRF_TOKEN: Slot =
    Slot { option: "--xsrf-token", variable: "SOTICKETS_XSRF_TOKEN", label: "XSRF token" };
const COOKIE: Slot = Slot { option: "--cookie", variable: "SOTICKETS_COOKIE", label: "cookie" };
const APP_TOKEN: Slot =
    Slot { option: "--app-token", variable: "SOTICKETS_APP_TOKEN", label: "application token" };

impl Slot {
    /// What the option says, or else the variable.
    fn find(&self, typed: Option<&str>, environment: &Environment) -> Result<Option<Unread>> {
        match typed {
            Some(text) => Unread::typed(self.option, text, self.variable, self.label).map(Some),
            None => Ok(Unread::variable(self.variable, environment, self.label)),
        }
    }

    /// The same for a secret that what was given `beside` it cannot do without.
    fn need(&self, typed: Option<&str>, environment: &Environment, beside: &str) -> Result<Unread> {
        self.find(typed, environment)?.ok_or_else(|| {
            Error::usage(format!("{beside} goes with {}, and none is given", self.option)).hint(
                format!(
                    "add {} SRC, for example {0} prompt, or set {}",
                    self.option, self.variable
                ),
            )
        })
    }

    /// What gave the value that is there.
    const fn giver(&self, typed: Option<&str>) -> &'static str {
        if typed.is_some() { self.option } else { self.variable }
    }
}

#[derive(Clone, Copy)]
enum Scheme {
    Basic,
    SoTicket,
    Bearer,
    Xsrf,
}

impl Scheme {
    const fn options(self) -> &'static str {
        match self {
            Self::Basic => "--user with --password",
            Self::SoTicket => "--ticket",
            Self::Bearer => "--token",
            Self::Xsrf => "--xsrf-token with --cookie",
        }
    }

    const fn variables(self) -> &'static str {
        match self {
            Self::Basic => "SOTICKETS_PASSWORD",
            Self::SoTicket => "SOTICKETS_TICKET",
            Self::Bearer => "SOTICKETS_TOKEN",
            Self::Xsrf => "SOTICKETS_XSRF_TOKEN with SOTICKETS_COOKIE",
        }
    }

    /// The scheme with its secrets; `None` where there is none of them.
    fn plan(self, args: &CallArgs, environment: &Environment) -> Result<Option<Plan>> {
        Ok(match self {
            Self::Basic => {
                let user = user(args, environment)?;
                let password = args.password.as_deref();
                Some(Plan::Basic(user, PASSWORD.need(password, environment, "--user")?))
            }
            Self::SoTicket => TICKET.find(args.ticket.as_deref(), environment)?.map(Plan::SoTicket),
            Self::Bearer => TOKEN.find(args.token.as_deref(), environment)?.map(Plan::Bearer),
            Self::Xsrf => {
                let (token, cookie) = (args.xsrf_token.as_deref(), args.cookie.as_deref());
                Some(Plan::Xsrf(
                    XSRF_TOKEN.need(token, environment, COOKIE.giver(cookie))?,
                    COOKIE.need(cookie, environment, XSRF_TOKEN.giver(token))?,
                ))
            }
        })
    }
}

/// The one scheme that is present, if any.
fn only_one(
    schemes: &[(Scheme, bool)],
    name: impl Fn(Scheme) -> &'static str,
) -> Result<Option<Scheme>> {
    let mut present = schemes.iter().filter(|(_, present)| *present).map(|(scheme, _)| *scheme);
    match (present.next(), present.next()) {
        (Some(first), Some(second)) => Err(Error::usage(format!(
            "two credentials are given: {}, and {}",
            name(first),
            name(second)
        ))
        .hint("a call carries one of them; leave the other out")),
        (first, _) => Ok(first),
    }
}

fn user(args: &CallArgs, environment: &Environment) -> Result<String> {
    let user = super::setting(args.user.as_deref(), "--user", environment, "SOTICKETS_USER");
    let Some(user) = user else {
        return Err(Error::usage("a password is given, but no user")
            .hint("add --user NAME, or set SOTICKETS_USER"));
    };
    super::check_header_value(&user.value, &user.origin)?;
    if user.value.contains(':') {
        return Err(Error::usage(format!("{}: a user name of Basic has no colon", user.origin)));
    }
    Ok(user.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(
        args: &CallArgs,
        variables: &[(&str, &str)],
    ) -> std::result::Result<String, String> {
        let environment: Environment = variables.iter().copied().collect();
        match plan(args, &environment) {
            Ok(None) => Ok("none".to_owned()),
            Ok(Some(plan)) => {
                let origins: Vec<&str> =
                    plan.secrets().iter().map(|secret| secret.origin.as_str()).collect();
                Ok(origins.join(", "))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn an_option_beats_a_variable() {
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
    fn two_schemes_at_one_level_are_refused() {
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
    fn a_part_alone_is_refused() {
        let cases = [
            (
                CallArgs { password: some("prompt"), ..CallArgs::default() },
                "a password is given, but no user",
            ),
            (
                CallArgs { user: some("tim"), ..CallArgs::default() },
                "--user goes with --password, and none is given",
            ),
            (
                CallArgs { user: some("a:b"), password: some("prompt"), ..CallArgs::default() },
                "--user: a user name of Basic has no colon",
            ),
            (
                CallArgs { xsrf_token: some("env:X"), ..CallArgs::default() },
                "--xsrf-token goes with --cookie, and none is given",
            ),
            (
                CallArgs { cookie: some("env:X"), ..CallArgs::default() },
                "--cookie goes with --xsrf-token, and none is given",
            ),
        ];
        for (args, message) in cases {
            assert_eq!(described(&args, &[]), Err(message.to_owned()));
        }
    }
}
