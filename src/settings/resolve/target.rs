//! The target of a call: an address, or a tenant whose address is looked up.

use std::fmt;

use crate::api::endpoint;
use crate::auth::oauth::session::OAuthSession;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::shell_words;
use crate::tenant::Tenant;
use crate::tenant::environment::OnlineEnvironment;

use crate::secret::secret_ref::SecretRef;
use crate::settings::profile::Profile;
use crate::settings::registry::{ALLOW_PLAIN_HTTP, ENVIRONMENT, TENANT, URL};
use crate::settings::{Layer, Settings};
use crate::source::{Source, Sourced};

/// The target of a call.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Address(Address),
    /// A tenant of Online.
    Tenant(Tenant),
}

impl Target {
    /// Returns the address of the first request: the endpoint, or the service that locates the
    /// tenant.
    pub(crate) fn first(&self) -> Address {
        match self {
            Self::Address(address) => address.clone(),
            Self::Tenant(tenant) => tenant.environment.address(),
        }
    }
}

/// The target for messages.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => f.write_str(endpoint::site(address)),
            Self::Tenant(tenant) => write!(f, "{} of {}", tenant.name, tenant.environment),
        }
    }
}

/// Resolves the target from the settings, or else from the stored `sign_in`. A `url` or `tenant`
/// of one layer overrides both of the layers below.
pub(crate) fn find(
    settings: &Settings<'_>,
    sign_in: Option<&OAuthSession>,
) -> Result<Sourced<Target>> {
    let target = from_settings(settings, sign_in)?;
    if let Some(sign_in) = sign_in {
        sign_in.session.check(&target.value.first(), &target.source.to_string())?;
    }
    Ok(target)
}

fn from_settings(
    settings: &Settings<'_>,
    sign_in: Option<&OAuthSession>,
) -> Result<Sourced<Target>> {
    let mut each =
        Layer::ALL.into_iter().map(|it| (settings.get(it, &URL), settings.get(it, &TENANT)));
    match each.find(|(url, tenant)| url.is_some() || tenant.is_some()).unwrap_or_default() {
        (Some(url), Some(tenant)) => Err(two_addresses(&url.source, &tenant.source)),
        (Some(Sourced { value, source }), None) => {
            if settings.call.environment.is_some() {
                return Err(Error::usage(format!(
                    "--environment does nothing with {source}, which is an address"
                ))
                .hint("--tenant Cust12345 has the address looked up"));
            }
            let address = endpoint::parse(&value, &source.to_string())?;
            check_has_tickets(&address, &source)?;
            Ok(Sourced::new(Target::Address(address), source))
        }
        (None, Some(Sourced { value, source })) => {
            let service = match (settings.find(&ENVIRONMENT), sign_in) {
                (None, Some(sign_in)) => sign_in.session.environment()?,
                (setting, _) => environment(setting)?,
            };
            let value = Target::Tenant(Tenant::new(&value, &source.to_string(), service)?);
            Ok(Sourced { value, source })
        }
        (None, None) => match sign_in.map(from_sign_in).transpose()?.flatten() {
            Some(target) => Ok(target),
            None => Err(missing(settings)),
        },
    }
}

/// Checks that `address` is not the host of an environment itself, which has no tenant and
/// answers 421.
fn check_has_tickets(address: &Address, source: &Source) -> Result<()> {
    let Some(environment) = OnlineEnvironment::name_at(address.url()) else { return Ok(()) };
    let host = address.host_and_port();
    let tenant = endpoint::tenant(address).unwrap_or("Cust12345");
    let default = ENVIRONMENT.default.unwrap_or_default();
    let option = format!(" --environment {environment}");
    let option = if environment == default { "" } else { &option };
    Err(Error::usage(format!(
        "{source}: {host} is where people sign in; the tickets of a tenant are at a host of its own"
    ))
    .hint(format!("--tenant {tenant}{option} has that host looked up; in a profile: tenant")))
}

/// Returns the tenant of the sign-in, or the address that came with it.
pub(crate) fn from_sign_in(sign_in: &OAuthSession) -> Result<Option<Sourced<Target>>> {
    let origin = sign_in.store.label();
    let value = match (&sign_in.session.tenant, &sign_in.session.url) {
        (Some(name), _) => {
            Target::Tenant(Tenant::new(name, &origin, sign_in.session.environment()?)?)
        }
        (None, Some(url)) => Target::Address(endpoint::parse(url, &origin)?),
        (None, None) => return Ok(None),
    };
    Ok(Some(Sourced::new(value, Source::SignIn(origin))))
}

/// Checks that a secret of the profile goes to the profile's own server alone, or to the hosts
/// of its service.
pub(crate) fn check_profile_server(
    target: &Sourced<Target>,
    secrets: &[&SecretRef],
    settings: &Settings<'_>,
) -> Result<()> {
    let secret = secrets.iter().find(|secret| secret.profile.is_some());
    let (Some(secret), Some(profile)) = (secret, settings.profile()) else {
        return Ok(());
    };
    let name = profile.display_name();
    let Some((is_home, home)) = home(profile, &target.value)? else {
        return Err(Error::usage(format!(
            "the {} of {name} belongs to no server: the profile has no url",
            secret.label
        ))
        .hint(
            "a secret is sent to the server of its profile alone; add url = \"https://…\" to it",
        ));
    };
    if is_home {
        return Ok(());
    }
    let leads = match &target.value {
        Target::Address(address) => format!("{} leads to {}", target.source, address.server()),
        Target::Tenant(tenant) => {
            let by = settings.find(&ENVIRONMENT).map_or_else(
                || target.source.clone(),
                |setting| match setting.source {
                    Source::File { .. } => target.source.clone(),
                    source => source,
                },
            );
            format!("{by} leads to {}", tenant.environment)
        }
    };
    Err(Error::usage(format!("{leads}, and the {} of {name} is for {home} alone", secret.label))
        .hint("leave the address to the profile, name another --profile, or give a credential for this server"))
}

/// Returns true if the profile allows plain HTTP, and `address` is at its own server.
pub(crate) fn allows_plain_http(settings: &Settings<'_>, address: &Address) -> Result<bool> {
    let Some(profile) = settings.profile() else { return Ok(false) };
    if profile.find(&ALLOW_PLAIN_HTTP).is_none_or(|setting| setting.value != "true") {
        return Ok(false);
    }
    let home = home(profile, &Target::Address(address.clone()))?;
    Ok(home.is_some_and(|(is_home, _)| is_home))
}

/// Returns whether `target` may get the secrets of `profile`, and the name of the hosts that
/// may; `None` if the profile has neither url nor tenant.
fn home(profile: &Profile, target: &Target) -> Result<Option<(bool, String)>> {
    if let Some(home) = profile.find(&URL) {
        let home = endpoint::parse(&home.value, &home.source.to_string())?;
        let is_home = matches!(target, Target::Address(address) if address.is_same_server(&home));
        return Ok(Some((is_home, home.server())));
    }
    if profile.find(&TENANT).is_none() {
        return Ok(None);
    }
    let service = environment(profile.find(&ENVIRONMENT))?;
    let is_home = match target {
        Target::Address(address) => service.owns(address.url()),
        Target::Tenant(tenant) => service.owns(tenant.environment.address().url()),
    };
    Ok(Some((is_home, service.domain().to_owned())))
}

/// Parses the environment of Online in `setting`, or else returns the default.
pub(crate) fn environment(setting: Option<Sourced<String>>) -> Result<OnlineEnvironment> {
    match setting {
        Some(Sourced { value, source }) => OnlineEnvironment::parse(&value, &source.to_string()),
        None => OnlineEnvironment::parse(ENVIRONMENT.default.unwrap_or_default(), "default"),
    }
}

fn two_addresses(url: &Source, tenant: &Source) -> Error {
    Error::usage(format!("two addresses are given: {url}, and {tenant}"))
        .hint("the address of a tenant is looked up; leave one of them out")
}

fn missing(settings: &Settings<'_>) -> Error {
    let login_command = settings.file_id.login_command(None);
    let error = Error::usage("no address is given").hint(format!(
        "{login_command} keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345"
    ));
    let error = match (settings.profile(), settings.profile_names.first()) {
        (None, Some(name)) => {
            let name = escape::visible(name);
            let name = shell_words::quote(&name);
            error.hint(format!(
                "no profile is in use: --profile {name}, or sotickets auth switch {name}{}",
                settings.file_id.config_option()
            ))
        }
        _ => error,
    };
    error.hint("to try the tool without a server: sotickets get 839 --demo")
}
