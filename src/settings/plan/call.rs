//! The plan of a call: target, credential, language and network settings.

use crate::api::credential::Authentication;
use crate::api::get_tickets::Locale;
use crate::auth::oauth::session::OAuthSession;
use crate::auth::session::SharedSession;
use crate::auth::system_user::SystemUserSession;
use crate::cli::get::CallArgs;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::middleware::Middleware;
use crate::http::network::Network;
use crate::http::proxy::Proxy;
use crate::secret::Secret;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;
use crate::tenant::locator::Locator;

use crate::settings::Settings;
use crate::settings::plan::login;
use crate::settings::registry;
use crate::settings::resolve::credential::{self, CredentialPlan};
use crate::settings::resolve::header::{self, HeaderArg};
use crate::settings::resolve::locale;
use crate::settings::resolve::network::{self, NetworkPlan};
use crate::settings::resolve::target::{self, Target};
use crate::settings::resolve::zone::{self, Zone};
use crate::source::Sourced;

/// A call, checked. Its [`SecretRef`]s are not read yet.
#[derive(Debug)]
pub(crate) struct CallPlan {
    /// The target; `None` for the built-in sample server.
    pub(crate) target: Option<Target>,
    pub(crate) locale: Locale,
    pub(crate) zone: Option<Zone>,
    pub(crate) network: NetworkPlan,
    pub(crate) credential: Option<CredentialPlan>,
    pub(crate) app_token: Option<SecretRef>,
    pub(crate) headers: Vec<HeaderArg>,
    /// Warnings about values that the server may not know, each with a hint.
    pub(crate) warnings: Vec<(String, String)>,
    /// The command that keeps a credential for such calls.
    pub(crate) login_command: String,
}

/// A call whose secrets are read.
pub(crate) struct ReadyCall {
    pub(crate) authentication: Authentication,
    pub(crate) network: Network,
    /// The locator of the tenant; `None` if the address is known.
    pub(crate) locator: Option<Locator>,
    /// The sign-in that provides the credential; `None` if that is known.
    pub(crate) session: Option<Box<dyn Middleware>>,
    /// The secrets that a person typed, or that standard input had, each with the variable for
    /// such a secret.
    pub(crate) typed: Vec<(String, Secret)>,
}

impl ReadyCall {
    /// Returns the middleware of the call, in the order in which it is asked.
    pub(crate) fn middleware(&self) -> [Option<&dyn Middleware>; 2] {
        [self.locator.as_ref().map(|locator| locator as _), self.session.as_deref()]
    }
}

impl CallPlan {
    /// Returns the stored sign-in that provides the credential.
    pub(crate) fn sign_in(&self) -> Option<&OAuthSession> {
        self.credential.as_ref()?.sign_in()
    }

    /// Returns the secrets that the server gets.
    pub(crate) fn secrets(&self) -> Vec<&SecretRef> {
        self.credential
            .iter()
            .flat_map(CredentialPlan::secrets)
            .chain(&self.app_token)
            .chain(self.headers.iter().filter_map(|given| match given {
                HeaderArg::Plain(_) => None,
                HeaderArg::Secret(_, secret) => Some(secret),
            }))
            .collect()
    }

    /// Returns the address that is asked first.
    pub(crate) fn address(&self) -> Result<Address> {
        self.target.as_ref().map(Target::first).ok_or_else(|| Error::usage("no address is given"))
    }

    /// Returns true if a credential is missing and `--no-auth` is not given.
    pub(crate) fn lacks_credential(&self, call: &CallArgs) -> bool {
        self.credential.is_none() && !call.no_auth
    }

    /// Returns the secrets that the server and the proxy get.
    pub(crate) fn all_secrets(&self) -> Vec<&SecretRef> {
        self.secrets().into_iter().chain(&self.network.password).collect()
    }

    /// Reads the secrets of the call. The time that a person takes does not count towards the
    /// limit of the command.
    pub(crate) fn read_secrets(&self, context: &mut Context<'_>) -> Result<ReadyCall> {
        let mut secret_reader = SecretReader::new(context, self.network.deadline());
        let reader = &mut secret_reader;
        let system_user = match &self.credential {
            Some(CredentialPlan::SystemUser(user)) => Some(user.read(reader)?),
            _ => None,
        };
        let credential = self.credential.as_ref().map(|it| it.read(reader)).transpose()?;
        let app_token = match &self.app_token {
            Some(secret) => Some(reader.read(secret)?),
            None => system_user.as_ref().map(|user| user.application_token.clone()),
        };
        let further_headers = self.headers.iter().map(|it| it.read(reader));
        let further_headers = further_headers.collect::<Result<_>>()?;
        let network = self.network.read(reader)?;
        let typed = secret_reader.into_typed();
        let tenant = match &self.target {
            Some(Target::Tenant(tenant)) => Some(tenant),
            _ => None,
        };
        let session: Option<Box<dyn Middleware>> = match (self.sign_in(), tenant, system_user) {
            (Some(session), ..) => Some(Box::new(SharedSession::new(session.clone()))),
            (None, Some(tenant), Some(user)) => {
                Some(Box::new(SystemUserSession::new(user, tenant, context)))
            }
            _ => None,
        };
        Ok(ReadyCall {
            authentication: Authentication {
                credential,
                app_token,
                further_headers,
                is_login: false,
            },
            locator: tenant.map(|tenant| Locator::new(tenant, context)),
            session,
            network,
            typed,
        })
    }
}

/// Plans the call that `settings` describe; with `demo` to the built-in sample server.
pub(crate) fn plan(settings: &Settings<'_>, demo: bool) -> Result<CallPlan> {
    check_options(settings.call)?;
    let zone = settings
        .find(&registry::TIMEZONE)
        .map(|setting| zone::parse(&setting, &settings.variables))
        .transpose()?;
    // With `demo`, secrets of variables and profile are not used: they are for another server.
    let options = settings.options_only();
    let with_secrets = if demo { &options } else { settings };
    let mut credential = credential::plan(with_secrets);
    if matches!(credential, Ok(None)) && !demo && !settings.call.no_auth {
        let sign_in = login::stored_session(settings)?;
        credential = Ok(sign_in.map(Box::new).map(CredentialPlan::SignedIn));
    }
    let sign_in = credential.as_ref().ok().and_then(|it| it.as_ref()?.sign_in());
    let target = if demo { None } else { Some(target::find(settings, sign_in)?) };
    let first = target.as_ref().map(|target| target.value.first());
    let (locale, warnings) = locale::resolve(settings, zone.as_ref())?;
    let plan = CallPlan {
        locale,
        warnings,
        zone,
        network: network::plan(settings, first.as_ref())?,
        credential: credential?,
        app_token: match &settings.call.system_user_token {
            // It is a part of the credential.
            Some(_) => None,
            None => credential::app_token(with_secrets)?,
        },
        headers: headers(with_secrets)?,
        target: target.as_ref().map(|target| target.value.clone()),
        login_command: settings.login_command(),
    };
    let secrets = plan.secrets();
    if let Some(target) = &target {
        target::check_profile_server(target, &secrets, settings)?;
        check_system_user(&plan, target)?;
    }
    let token = plan.sign_in().map(|_| registry::TOKEN.key);
    let secret = secrets.first().map(|secret| secret.label.as_str()).or(token);
    check_plain_http(settings, first.as_ref(), plan.network.proxy(), secret)?;
    Ok(plan)
}

/// Checks that each option of the call has an effect.
fn check_options(call: &CallArgs) -> Result<()> {
    let has_credential = [&call.user, &call.password, &call.ticket, &call.token, &call.xsrf_token]
        .into_iter()
        .chain([&call.cookie, &call.app_token])
        .any(Option::is_some);
    let has_no_trust = call.network.insecure && call.network.cacert.is_some();
    refuse(&[
        (call.no_auth && has_credential, "--no-auth", "sends no credential, and one is given"),
        (has_no_trust, "--cacert", "does nothing with --insecure, which trusts anyone"),
    ])
}

/// Returns an error for the first option that is given, and has no effect for a reason.
pub(super) fn refuse(options: &[(bool, &str, &str)]) -> Result<()> {
    match options.iter().find(|(is_given, ..)| *is_given) {
        Some((_, option, reason)) => Err(Error::usage(format!("{option} {reason}"))),
        None => Ok(()),
    }
}

/// Checks that a system user has a tenant to sign in at.
fn check_system_user(plan: &CallPlan, target: &Sourced<Target>) -> Result<()> {
    match (&plan.credential, &target.value) {
        (Some(CredentialPlan::SystemUser(user)), Target::Address(_)) => Err(Error::usage(format!(
            "a system user signs in at a tenant, and {} is an address ({})",
            target.source, user.token.origin
        ))
        .hint("write tenant = \"Cust12345\" into the profile in place of url, or give --tenant")),
        _ => Ok(()),
    }
}

/// No server accepts as many headers.
const MAX_HEADERS: usize = 1000;

fn headers(settings: &Settings<'_>) -> Result<Vec<HeaderArg>> {
    let count = settings.call.headers.len();
    if count > MAX_HEADERS {
        return Err(Error::usage(format!(
            "-H is given {count} times, and a call has at most {MAX_HEADERS} further headers"
        )));
    }
    let profile = settings.profile_ref();
    let read = |text: &String| Ok(header::parse(text)?.with_profile(profile.as_ref()));
    settings.call.headers.iter().map(read).collect()
}

/// Checks that no secret is sent unencrypted to the server or to a proxy, and that
/// `--allow-plain-http` has an effect.
fn check_plain_http(
    settings: &Settings<'_>,
    address: Option<&Address>,
    proxy: Option<&Proxy>,
    secret: Option<&str>,
) -> Result<()> {
    let (Some(address), call) = (address, settings.call) else { return Ok(()) };
    if call.allow_plain_http
        && (call.url.is_some() || call.tenant.is_some())
        && !address.is_plain_http()
    {
        return Err(Error::usage("--allow-plain-http does nothing with an https:// address"));
    }
    let to = match proxy {
        _ if !address.is_loopback() => address.host_and_port(),
        Some(proxy) if !proxy.is_loopback() => format!("the proxy {}", proxy.host_and_port()),
        _ => return Ok(()),
    };
    let is_allowed = call.allow_plain_http || target::allows_plain_http(settings, address)?;
    let open = address.is_plain_http() && !is_allowed;
    match secret {
        Some(secret) if open => Err(unencrypted(secret, &to)),
        _ => Ok(()),
    }
}

/// Returns the error for a `secret` that nobody has allowed to be sent to an `http://` address.
pub(crate) fn unencrypted(secret: &str, to: &str) -> Error {
    Error::usage(format!("the {secret} would travel unencrypted to {to}"))
        .hint("use https://, or, where the network is to be trusted, --allow-plain-http")
}

/// Checks that standard input has one reader among `others` and `secrets`.
pub(crate) fn check_stdin(
    others: impl Iterator<Item = String>,
    secrets: &[&SecretRef],
) -> Result<()> {
    let secrets = secrets.iter().filter(|secret| secret.takes_stdin());
    let consumers: Vec<String> =
        others.chain(secrets.map(|secret| secret.origin.to_string())).collect();
    match consumers.as_slice() {
        [first, second, ..] if first == second => {
            Err(Error::usage(format!("standard input is asked for twice, as {first}")))
        }
        [first, second, ..] => Err(Error::usage(format!(
            "standard input is asked for twice: by {first} and by {second}"
        ))
        .hint("take one of them from somewhere else, such as file:PATH or env:NAME")),
        _ => Ok(()),
    }
}
