//! Which credential a call carries: option beats variable beats profile, and two schemes at one
//! level are refused, never guessed between.

use crate::api::credential::{BasicCharset, Credential, ResolvedSecret};
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::secret::Secret;

use crate::settings::parse::header::check_header_value;
use crate::settings::profile::Profile;
use crate::settings::registry::{
    APP_TOKEN, BASIC_CHARSET, COOKIE, ConfigLayers, PASSWORD, SYSTEM_USER_APPLICATION_TOKEN,
    SYSTEM_USER_PRIVATE_KEY, SYSTEM_USER_TABLE, SYSTEM_USER_TOKEN, Setting, TICKET, TOKEN, USER,
    XSRF_TOKEN,
};
use crate::settings::secret_ref::SecretRef;
use crate::source::{Source, Sourced};

/// A credential whose secrets are still where they are kept.
#[derive(Clone, Debug)]
pub enum Plan {
    /// User and password, and the encoding of both.
    Basic(String, SecretRef, Charset),
    /// `SOTicket`.
    SoTicket(SecretRef),
    /// `Bearer`.
    Bearer(SecretRef),
    /// XSRF token and cookies.
    Xsrf(SecretRef, SecretRef),
    /// Token, private key and application token, which a ticket is had for.
    SystemUser(Box<SystemUserPlan>),
}

/// A system user whose secrets are still where they are kept.
#[derive(Clone, Debug)]
pub struct SystemUserPlan {
    /// The token.
    pub token: SecretRef,
    /// The private key.
    pub private_key: SecretRef,
    /// The application token.
    pub application_token: SecretRef,
}

impl SystemUserPlan {
    fn of(profile: &Profile) -> Result<Option<Self>> {
        let find = |setting: &Setting| SecretRef::of_profile(setting, profile);
        let found = (
            find(&SYSTEM_USER_TOKEN)?,
            find(&SYSTEM_USER_PRIVATE_KEY)?,
            find(&SYSTEM_USER_APPLICATION_TOKEN)?,
        );
        let (Some(token), Some(private_key), Some(application_token)) = found else {
            return Ok(None);
        };
        Ok(Some(Self { token, private_key, application_token }))
    }

    /// What stands for the ticket until there is one.
    fn placeholder(&self) -> ResolvedSecret {
        let variable = TICKET.variable.to_owned();
        // A comment, since what gives a ticket is no one command.
        let export = format!(
            "{variable}=...  # the ticket that the system user's signed token is exchanged for"
        );
        ResolvedSecret {
            value: Secret::new(String::new()),
            origin: self.token.origin.clone(),
            variable,
            export: Some(export),
        }
    }
}

impl Plan {
    /// Turns each secret into what is sent, by `read`.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn with(
        self,
        mut read: impl FnMut(&SecretRef) -> Result<ResolvedSecret>,
    ) -> Result<Credential> {
        Ok(match self {
            Self::Basic(user, password, charset) => {
                let password = read(&password)?;
                let place = format!("the password from {}", password.origin);
                charset.check(password.value.expose(), &place)?;
                Credential::Basic { user, password, charset: charset.value }
            }
            Self::SoTicket(ticket) => Credential::SoTicket(read(&ticket)?),
            Self::Bearer(token) => Credential::Bearer(read(&token)?),
            Self::Xsrf(token, cookie) => {
                Credential::Xsrf { token: read(&token)?, cookie: read(&cookie)? }
            }
            Self::SystemUser(plan) => Credential::SystemUser(plan.placeholder()),
        })
    }

    /// The secrets in it.
    #[must_use]
    pub fn secrets(&self) -> Vec<&SecretRef> {
        match self {
            Self::Basic(_, secret, _) | Self::SoTicket(secret) | Self::Bearer(secret) => {
                vec![secret]
            }
            Self::Xsrf(token, cookie) => vec![token, cookie],
            Self::SystemUser(plan) => {
                vec![&plan.token, &plan.private_key, &plan.application_token]
            }
        }
    }
}

/// The credential that options, or else variables, or else the profile name; `None`
/// where they name none. What a higher level says stands alone: a secret of the
/// profile never completes it.
///
/// # Errors
/// A usage error where one level names two, or only a part of one.
pub fn plan(levels: &ConfigLayers<'_>) -> Result<Option<Plan>> {
    let plan = plan_scheme(levels)?;
    match &plan {
        Some(Plan::Basic(..)) => {}
        _ if levels.call.basic_charset.is_some() => {
            return Err(Error::usage("--basic-charset goes with --user and --password"));
        }
        _ => {}
    }
    Ok(plan)
}

fn plan_scheme(levels: &ConfigLayers<'_>) -> Result<Option<Plan>> {
    let args = levels.call;
    let typed = [
        (Scheme::Basic, args.user.is_some() || args.password.is_some()),
        (Scheme::SoTicket, args.ticket.is_some()),
        (Scheme::Bearer, args.token.is_some()),
        (Scheme::Xsrf, args.xsrf_token.is_some() || args.cookie.is_some()),
    ];
    if let Some(scheme) = only_one(&typed, Scheme::options, "")? {
        return scheme.plan(levels);
    }
    if args.no_auth {
        return Ok(None);
    }
    let is_set = |setting: &Setting| SecretRef::variable(setting, levels.environment).is_some();
    let variables = Scheme::with_secrets(is_set);
    if let Some(scheme) = only_one(&variables, Scheme::variables, "")? {
        return scheme.plan(levels);
    }
    let Some(profile) = levels.profile else { return Ok(None) };
    let has = |setting: &Setting| profile.values.contains_key(setting.key);
    let system_user = (Scheme::SystemUser, has(&SYSTEM_USER_TOKEN));
    let said: Vec<_> = Scheme::with_secrets(has).into_iter().chain([system_user]).collect();
    match only_one(&said, Scheme::keys, &format!(" in {}", profile.shown_name()))? {
        Some(scheme) => scheme.of_profile(levels, profile),
        None => Ok(None),
    }
}

/// The application token that option, variable or profile name.
///
/// # Errors
/// A usage error for a literal.
pub fn app_token(levels: &ConfigLayers<'_>) -> Result<Option<SecretRef>> {
    if levels.call.no_auth { Ok(None) } else { said(&APP_TOKEN, levels) }
}

/// Where the highest level that says anything of a secret has it.
///
/// # Errors
/// A usage error for a literal.
pub fn said(setting: &Setting, levels: &ConfigLayers<'_>) -> Result<Option<SecretRef>> {
    match (find(setting, levels)?, levels.profile) {
        (None, Some(profile)) => SecretRef::of_profile(setting, profile),
        (found, _) => Ok(found),
    }
}

/// What to say where there is no credential at all, before anything is sent.
#[must_use]
pub fn none_configured() -> Error {
    none("no credential is configured; nothing was sent")
}

/// The same where other things were found out meanwhile.
#[must_use]
pub fn none_to_try() -> Error {
    none("no credential is configured")
}

fn none(message: &str) -> Error {
    Error::new(Kind::Authentication, message)
        .hint("Onsite: --user NAME --password prompt; Online: sotickets auth login, or --token env:NAME, or SOTICKETS_TOKEN")
        .hint("behind a gateway that adds one: --no-auth; to try the tool: sotickets get 839 --demo")
}

/// What the option says of a secret, or else the variable.
fn find(setting: &Setting, levels: &ConfigLayers<'_>) -> Result<Option<SecretRef>> {
    match (setting.typed)(levels.call) {
        Some(text) => Ok(Some(SecretRef::typed(setting, text)?.beside(levels.profile))),
        None => Ok(SecretRef::variable(setting, levels.environment)),
    }
}

/// The same for a secret that what was given `beside` it cannot do without.
fn need(setting: &Setting, levels: &ConfigLayers<'_>, beside: &str) -> Result<SecretRef> {
    let (option, variable) = (setting.option, setting.variable);
    find(setting, levels)?.ok_or_else(|| {
        Error::usage(format!("{beside} goes with {option}, and none is given"))
            .hint(format!("add {option} SRC, for example {option} prompt, or set {variable}"))
    })
}

/// What gave the value that is there.
fn giver(setting: &Setting, levels: &ConfigLayers<'_>) -> &'static str {
    if (setting.typed)(levels.call).is_some() { setting.option } else { setting.variable }
}

#[derive(Clone, Copy)]
enum Scheme {
    Basic,
    SoTicket,
    Bearer,
    Xsrf,
    /// In a profile alone.
    SystemUser,
}

impl Scheme {
    const fn options(self) -> &'static str {
        match self {
            Self::Basic => "--user with --password",
            Self::SoTicket => "--ticket",
            Self::Bearer => "--token",
            Self::Xsrf => "--xsrf-token with --cookie",
            Self::SystemUser => SYSTEM_USER_TABLE,
        }
    }

    const fn variables(self) -> &'static str {
        match self {
            Self::Basic => "SOTICKETS_PASSWORD",
            Self::SoTicket => "SOTICKETS_TICKET",
            Self::Bearer => "SOTICKETS_TOKEN",
            Self::Xsrf => "SOTICKETS_XSRF_TOKEN with SOTICKETS_COOKIE",
            Self::SystemUser => SYSTEM_USER_TABLE,
        }
    }

    const fn keys(self) -> &'static str {
        match self {
            Self::Basic => "password",
            Self::SoTicket => "ticket",
            Self::Bearer => "token",
            Self::Xsrf => "xsrf_token with cookie",
            Self::SystemUser => SYSTEM_USER_TABLE,
        }
    }

    /// Each scheme with whether any of its secrets is `there`.
    fn with_secrets(there: impl Fn(&Setting) -> bool) -> [(Self, bool); 4] {
        [
            (Self::Basic, there(&PASSWORD)),
            (Self::SoTicket, there(&TICKET)),
            (Self::Bearer, there(&TOKEN)),
            (Self::Xsrf, there(&XSRF_TOKEN) || there(&COOKIE)),
        ]
    }

    /// The scheme with the secrets of options and variables; `None` where there is
    /// none of them.
    fn plan(self, levels: &ConfigLayers<'_>) -> Result<Option<Plan>> {
        Ok(match self {
            Self::Basic => Some(basic(levels, need(&PASSWORD, levels, "--user")?)?),
            Self::SoTicket => find(&TICKET, levels)?.map(Plan::SoTicket),
            Self::Bearer => find(&TOKEN, levels)?.map(Plan::Bearer),
            Self::Xsrf => Some(Plan::Xsrf(
                need(&XSRF_TOKEN, levels, giver(&COOKIE, levels))?,
                need(&COOKIE, levels, giver(&XSRF_TOKEN, levels))?,
            )),
            Self::SystemUser => None,
        })
    }

    /// The scheme with the secrets of `profile`.
    fn of_profile(self, levels: &ConfigLayers<'_>, profile: &Profile) -> Result<Option<Plan>> {
        let find = |setting: &Setting| SecretRef::of_profile(setting, profile);
        let alone = |given: &SecretRef, lacking: &Setting| {
            let key = lacking.key;
            Error::usage(format!("{} goes with {key}, and the profile has none", given.origin))
                .hint(format!("add {key} = \"SRC\" to it"))
        };
        Ok(match self {
            Self::Basic => match find(&PASSWORD)? {
                Some(password) => Some(basic(levels, password)?),
                None => None,
            },
            Self::SoTicket => find(&TICKET)?.map(Plan::SoTicket),
            Self::Bearer => find(&TOKEN)?.map(Plan::Bearer),
            Self::Xsrf => match (find(&XSRF_TOKEN)?, find(&COOKIE)?) {
                (Some(token), Some(cookie)) => Some(Plan::Xsrf(token, cookie)),
                (Some(token), None) => return Err(alone(&token, &COOKIE)),
                (None, Some(cookie)) => return Err(alone(&cookie, &XSRF_TOKEN)),
                (None, None) => None,
            },
            Self::SystemUser => match find(&APP_TOKEN)? {
                Some(app_token) => {
                    return Err(Error::usage(format!(
                        "two application tokens are given in {}: {}, and application_token of system_user",
                        profile.shown_name(),
                        app_token.origin
                    ))
                    .hint("a system user's own is sent beside its ticket; leave app_token out"));
                }
                None => SystemUserPlan::of(profile)?.map(Box::new).map(Plan::SystemUser),
            },
        })
    }
}

/// The one scheme that is present, if any.
fn only_one(
    schemes: &[(Scheme, bool)],
    name: impl Fn(Scheme) -> &'static str,
    place: &str,
) -> Result<Option<Scheme>> {
    let mut present = schemes.iter().filter(|(_, present)| *present).map(|(scheme, _)| *scheme);
    match (present.next(), present.next()) {
        (Some(first), Some(second)) => Err(Error::usage(format!(
            "two credentials are given{place}: {}, and {}",
            name(first),
            name(second)
        ))
        .hint("a call carries one of them; leave the other out")),
        (first, _) => Ok(first),
    }
}

/// An encoding of Basic, and what named it.
type Charset = Sourced<BasicCharset>;

impl Charset {
    fn find(levels: &ConfigLayers<'_>) -> Result<Self> {
        let Some(Sourced { value, source }) = levels.find(&BASIC_CHARSET) else {
            return Ok(Self::new(BasicCharset::default(), Source::Option(BASIC_CHARSET.option)));
        };
        let value = match value.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => BasicCharset::Utf8,
            "latin1" | "latin-1" | "iso-8859-1" => BasicCharset::Latin1,
            _ => {
                let shown = escape::excerpt(&value, 60);
                return Err(Error::usage(format!("{source}: '{shown}' is no encoding of Basic"))
                    .hint("it is utf-8 or latin1"));
            }
        };
        Ok(Self { value, source })
    }

    /// Checks that the encoding has all characters of `text`, which `place` names without
    /// quoting it.
    fn check(&self, text: &str, place: &str) -> Result<()> {
        if self.value.encode(text).is_some() {
            return Ok(());
        }
        Err(Error::usage(format!("{place} holds a character that Latin-1 lacks ({})", self.source))
            .hint("--basic-charset utf-8 sends every character"))
    }
}

fn basic(levels: &ConfigLayers<'_>, password: SecretRef) -> Result<Plan> {
    let (user, charset) = (user(levels)?, Charset::find(levels)?);
    charset.check(&user.value, &format!("{}: the user", user.source))?;
    Ok(Plan::Basic(user.value, password, charset))
}

fn user(levels: &ConfigLayers<'_>) -> Result<Sourced<String>> {
    let Some(user) = levels.find(&USER) else {
        return Err(Error::usage("a password is given, but no user")
            .hint("add --user NAME, set SOTICKETS_USER, or write user into the profile"));
    };
    // Before anything quotes it: what follows the colon may be the password.
    if user.value.contains(':') {
        return Err(Error::usage(format!("{}: a user name of Basic has no colon", user.source)));
    }
    check_header_value(&user.value, &user.source)?;
    Ok(user)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::cli::get::CallArgs;
    use crate::context::Environment;

    fn described(
        args: &CallArgs,
        variables: &[(&str, &str)],
    ) -> std::result::Result<String, String> {
        let environment: Environment = variables.iter().copied().collect();
        let levels = ConfigLayers {
            call: args,
            environment: &environment,
            profile: None,
            names: &[],
            started: Instant::now(),
        };
        match plan(&levels) {
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
                // Nor is it quoted for what else is wrong with it.
                CallArgs {
                    user: some("tim:pw\n"),
                    password: some("prompt"),
                    ..CallArgs::default()
                },
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
