//! The credential of a call: options override variables, variables override the profile. Two
//! schemes in one layer are refused, because a guess could send the wrong secret.

use crate::api::credential::Credential;
use crate::auth::oauth::session::OAuthSession;
use crate::auth::system_user::SystemUser;
use crate::auth::system_user::private_key::PrivateKey;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::http::request::BasicCharset;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;
use crate::settings::profile::Profile;
use crate::settings::registry::{
    APP_TOKEN, BASIC_CHARSET, COOKIE, PASSWORD, SYSTEM_USER, SYSTEM_USER_TABLE, SYSTEM_USER_TOKEN,
    Setting, TICKET, TOKEN, USER, XSRF_TOKEN,
};
use crate::settings::resolve::header::check_user;
use crate::settings::{Layer, Settings};
use crate::source::{Source, Sourced};

/// A credential whose secrets have not been read yet.
#[derive(Clone, Debug)]
pub(crate) enum CredentialPlan {
    Basic {
        user: String,
        password: SecretRef,
        charset: Sourced<BasicCharset>,
    },
    SoTicket(SecretRef),
    Bearer(SecretRef),
    /// The XSRF token and the cookies of a browser session.
    Xsrf {
        token: SecretRef,
        cookie: SecretRef,
    },
    SystemUser(Box<SystemUserPlan>),
    /// A stored sign-in, if there is no other credential.
    SignedIn(Box<OAuthSession>),
}

/// A system user whose secrets have not been read yet.
#[derive(Clone, Debug)]
pub(crate) struct SystemUserPlan {
    pub(crate) token: SecretRef,
    pub(crate) private_key: SecretRef,
    pub(crate) application_token: SecretRef,
}

impl SystemUserPlan {
    /// Reads the secrets.
    pub(crate) fn read(&self, reader: &mut SecretReader<'_, '_>) -> Result<SystemUser> {
        let token = reader.read(&self.token)?;
        let private_key = reader.read(&self.private_key)?;
        let application_token = reader.read(&self.application_token)?;
        let private_key = PrivateKey::parse(&private_key.value, &private_key.origin)?;
        Ok(SystemUser { token, private_key, application_token })
    }
}

impl CredentialPlan {
    /// Reads the secrets, except those of a session.
    pub(crate) fn read(&self, reader: &mut SecretReader<'_, '_>) -> Result<Credential> {
        Ok(match self {
            Self::Basic { user, password, charset } => {
                let password = reader.read(password)?;
                let subject = format!("the password from {}", password.origin);
                check_charset(charset, password.value.expose(), &subject)?;
                Credential::Basic { user: user.clone(), password, charset: charset.value }
            }
            Self::SoTicket(ticket) => Credential::SoTicket(reader.read(ticket)?),
            Self::Bearer(token) => Credential::Bearer(reader.read(token)?),
            Self::Xsrf { token, cookie } => {
                Credential::Xsrf { token: reader.read(token)?, cookie: reader.read(cookie)? }
            }
            Self::SystemUser(user) => {
                Credential::SystemUser { origin: user.token.origin.to_string() }
            }
            Self::SignedIn(session) => Credential::SignedIn {
                origin: session.store.label(),
                login: session.store.login_command(),
            },
        })
    }

    /// Returns the stored sign-in that provides the credential.
    pub(crate) fn sign_in(&self) -> Option<&OAuthSession> {
        match self {
            Self::SignedIn(session) => Some(session),
            _ => None,
        }
    }

    pub(crate) fn secrets_mut(&mut self) -> Vec<&mut SecretRef> {
        match self {
            Self::Basic { password: secret, .. }
            | Self::SoTicket(secret)
            | Self::Bearer(secret) => vec![secret],
            Self::Xsrf { token, cookie } => vec![token, cookie],
            Self::SystemUser(plan) => {
                vec![&mut plan.token, &mut plan.private_key, &mut plan.application_token]
            }
            Self::SignedIn(_) => Vec::new(),
        }
    }

    pub(crate) fn secrets(&self) -> Vec<&SecretRef> {
        match self {
            Self::Basic { password: secret, .. }
            | Self::SoTicket(secret)
            | Self::Bearer(secret) => {
                vec![secret]
            }
            Self::Xsrf { token, cookie } => vec![token, cookie],
            Self::SystemUser(plan) => {
                vec![&plan.token, &plan.private_key, &plan.application_token]
            }
            Self::SignedIn(_) => Vec::new(),
        }
    }
}

/// Resolves the credential of the first layer that has one. A secret of the profile never
/// completes the credential of another layer.
pub(crate) fn plan(settings: &Settings<'_>) -> Result<Option<CredentialPlan>> {
    let plan = first_layer(settings)?;
    if settings.call.basic_charset.is_some() && !matches!(plan, Some(CredentialPlan::Basic { .. }))
    {
        return Err(Error::usage("--basic-charset goes with --user and --password"));
    }
    Ok(plan)
}

fn first_layer(settings: &Settings<'_>) -> Result<Option<CredentialPlan>> {
    for layer in Layer::ALL {
        if layer != Layer::Options && settings.call.no_auth {
            break;
        }
        let schemes = Scheme::ALL.into_iter().filter(|scheme| scheme.is_in(layer, settings));
        match schemes.collect::<Vec<_>>().as_slice() {
            [] => {}
            [scheme] => return scheme.plan(layer, settings),
            [first, second, ..] => {
                let within = settings.profile().filter(|_| layer == Layer::Profile);
                let within = within.map(|profile| format!(" in {}", profile.display_name()));
                return Err(Error::usage(format!(
                    "two credentials are given{}: {}, and {}",
                    within.unwrap_or_default(),
                    first.name(layer),
                    second.name(layer)
                ))
                .hint("a call carries one of them; leave the other out"));
            }
        }
    }
    Ok(None)
}

/// Resolves the application token.
pub(crate) fn app_token(settings: &Settings<'_>) -> Result<Option<SecretRef>> {
    if settings.call.no_auth { Ok(None) } else { settings.find_secret(&APP_TOKEN) }
}

/// Returns the error for a call without a credential, which `login_command` keeps. `is_first` is
/// true before any request.
pub(crate) fn no_credential(is_first: bool, login_command: &str) -> Error {
    let end = if is_first { "; nothing was sent" } else { "" };
    Error::new(Kind::Authentication, format!("no credential is configured{end}"))
        .hint(format!("{login_command} keeps one; or with each call, Onsite: --user NAME --password prompt; Online: --token env:NAME, or SOTICKETS_TOKEN"))
        .hint("behind a gateway that adds one: --no-auth; to try the tool: sotickets get 839 --demo")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Basic,
    SoTicket,
    Bearer,
    Xsrf,
    /// Only a profile has one, or the options of `auth login`.
    SystemUser,
}

impl Scheme {
    const ALL: [Self; 5] =
        [Self::Basic, Self::SoTicket, Self::Bearer, Self::Xsrf, Self::SystemUser];

    const fn secrets(self) -> &'static [&'static Setting] {
        match self {
            Self::Basic => &[&PASSWORD],
            Self::SoTicket => &[&TICKET],
            Self::Bearer => &[&TOKEN],
            Self::Xsrf => &[&XSRF_TOKEN, &COOKIE],
            Self::SystemUser => &SYSTEM_USER,
        }
    }

    fn is_in(self, layer: Layer, settings: &Settings<'_>) -> bool {
        if self == Self::SystemUser && layer == Layer::Variables {
            return false;
        }
        let is_set = |setting: &&Setting| {
            let (Some((_, kind)), Some(found)) = (setting.secret(), settings.get(layer, setting))
            else {
                return false;
            };
            layer != Layer::Variables || !kind.is_unset(&found.value)
        };
        let has_user =
            self == Self::Basic && layer == Layer::Options && settings.call.user.is_some();
        has_user || self.secrets().iter().any(is_set)
    }

    /// Returns the name of the scheme by what sets it in `layer`.
    fn name(self, layer: Layer) -> String {
        let name = |setting: &&Setting| match layer {
            Layer::Options => setting.option,
            Layer::Variables => setting.variable,
            Layer::Profile => setting.key,
        };
        match (self, layer) {
            (Self::Basic, Layer::Options) => "--user with --password".to_owned(),
            (Self::SystemUser, Layer::Options) => SYSTEM_USER_TOKEN.option.to_owned(),
            (Self::SystemUser, _) => SYSTEM_USER_TABLE.to_owned(),
            _ => self.secrets().iter().map(name).collect::<Vec<_>>().join(" with "),
        }
    }

    /// Plans the scheme with the secrets of `layer`. A variable completes an option.
    fn plan(self, layer: Layer, settings: &Settings<'_>) -> Result<Option<CredentialPlan>> {
        let find = |setting: &Setting| match settings.secret(layer, setting)? {
            None if layer == Layer::Options => settings.secret(Layer::Variables, setting),
            secret => Ok(secret),
        };
        // A part of a profile is named with its line.
        let incomplete = |setting: &Setting, secret: &SecretRef, missing| match layer {
            Layer::Options => incomplete(setting.option, missing, layer),
            Layer::Variables => incomplete(setting.variable, missing, layer),
            Layer::Profile => incomplete(&secret.origin.to_string(), missing, layer),
        };
        Ok(match self {
            Self::Basic => match find(&PASSWORD)? {
                Some(password) => Some(basic(settings, password)?),
                None => return Err(self::incomplete(USER.option, &PASSWORD, layer)),
            },
            Self::SoTicket => find(&TICKET)?.map(CredentialPlan::SoTicket),
            Self::Bearer => find(&TOKEN)?.map(CredentialPlan::Bearer),
            Self::Xsrf => match (find(&XSRF_TOKEN)?, find(&COOKIE)?) {
                (Some(token), Some(cookie)) => Some(CredentialPlan::Xsrf { token, cookie }),
                (Some(token), None) => return Err(incomplete(&XSRF_TOKEN, &token, &COOKIE)),
                (None, Some(cookie)) => return Err(incomplete(&COOKIE, &cookie, &XSRF_TOKEN)),
                (None, None) => None,
            },
            Self::SystemUser => system_user(layer, settings)?,
        })
    }
}

/// Plans the system user of `layer`, which has all of its secrets.
fn system_user(layer: Layer, settings: &Settings<'_>) -> Result<Option<CredentialPlan>> {
    let of_profile = |setting| match layer {
        Layer::Profile => settings.secret(layer, setting),
        _ => Ok(None),
    };
    if let Some(app_token) = of_profile(&APP_TOKEN)? {
        let name = settings.profile().map(Profile::display_name).unwrap_or_default();
        return Err(Error::usage(format!(
            "two application tokens are given in {name}: {}, and application_token of system_user",
            app_token.origin
        ))
        .hint("a system user's own is sent with its ticket; leave app_token out"));
    }
    let [token, private_key, application_token] =
        SYSTEM_USER.map(|setting| settings.secret(layer, setting));
    match (token?, private_key?, application_token?) {
        (Some(token), Some(private_key), Some(application_token)) => {
            let plan = SystemUserPlan { token, private_key, application_token };
            Ok(Some(CredentialPlan::SystemUser(Box::new(plan))))
        }
        _ => {
            let [token, private_key, application_token] = SYSTEM_USER.map(|setting| setting.option);
            Err(Error::usage(format!(
                "a system user needs {token}, {private_key} and {application_token}"
            ))
            .hint("each takes a SRC, such as env:NAME or file:PATH"))
        }
    }
}

/// Returns the error for a part of a credential, `given`, that needs the secret `missing`.
fn incomplete(given: &str, missing: &Setting, layer: Layer) -> Error {
    let Setting { key, option, variable, .. } = missing;
    if layer == Layer::Profile {
        return Error::usage(format!("{given} goes with {key}, and the profile has none"))
            .hint(format!("add {key} = \"SRC\" to it"));
    }
    Error::usage(format!("{given} goes with {option}, and none is given"))
        .hint(format!("add {option} SRC, for example {option} prompt, or set {variable}"))
}

fn charset(settings: &Settings<'_>) -> Result<Sourced<BasicCharset>> {
    let Some(Sourced { value, source }) = settings.find(&BASIC_CHARSET) else {
        return Ok(Sourced::new(BasicCharset::default(), Source::Option(BASIC_CHARSET.option)));
    };
    let value = match value.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => BasicCharset::Utf8,
        "latin1" | "latin-1" | "iso-8859-1" => BasicCharset::Latin1,
        _ => {
            let value = escape::excerpt(&value, 60);
            return Err(Error::usage(format!("{source}: '{value}' is no encoding of Basic"))
                .hint("it is utf-8 or latin1"));
        }
    };
    Ok(Sourced { value, source })
}

/// Checks that `charset` has all characters of `text`, which `subject` names: it is not
/// quoted.
fn check_charset(charset: &Sourced<BasicCharset>, text: &str, subject: &str) -> Result<()> {
    if charset.value.encode(text).is_some() {
        return Ok(());
    }
    let source = &charset.source;
    Err(Error::usage(format!("{subject} holds a character that Latin-1 lacks ({source})"))
        .hint("--basic-charset utf-8 sends every character"))
}

fn basic(settings: &Settings<'_>, password: SecretRef) -> Result<CredentialPlan> {
    let Some(Sourced { value: user, source }) = settings.find(&USER) else {
        return Err(Error::usage("a password is given, but no user")
            .hint("add --user NAME, set SOTICKETS_USER, or write user into the profile"));
    };
    check_user(&user, &source)?;
    let charset = charset(settings)?;
    check_charset(&charset, &user, &format!("{source}: the user"))?;
    Ok(CredentialPlan::Basic { user, password, charset })
}

#[cfg(test)]
mod tests;
