//! The way of `auth login`: to a profile that exists or to a new target, with the browser or with a
//! credential.

use crate::api::endpoint;
use crate::cli::auth::LoginArgs;
use crate::error::Result;
use crate::settings::config::PROFILE_VARIABLE;
use crate::settings::plan::profile_login::given_credential;
use crate::settings::plan::profile_target::{Profiles, is_same_site, is_same_tenant, replaced};
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::target;
use crate::settings::{Layer, Settings};
use crate::source::{Source, Sourced};
use crate::tenant::environment::OnlineEnvironment;

/// The way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginWay {
    /// A person signs in to Online with the browser.
    Browser,
    /// One call checks a credential, which is kept.
    Credential,
}

/// The target of a sign-in. It is decided once, because the credential goes there.
pub(crate) enum LoginTarget {
    /// The profile is signed in again, with its own keys.
    Existing(Profile),
    /// Options, variables and answers name the target.
    New,
}

impl LoginTarget {
    /// Returns the profile that is signed in again.
    pub(crate) const fn existing(&self) -> Option<&Profile> {
        match self {
            Self::Existing(profile) => Some(profile),
            Self::New => None,
        }
    }
}

/// Returns the target that options decide, or else variables; `None` if neither does. A new name in
/// `--profile` is that of a new profile.
///
/// # Errors
/// A usage error if a variable names a profile that does not exist.
pub(crate) fn requested_target(
    args: &LoginArgs,
    settings: &Settings<'_>,
    profiles: &Profiles,
) -> Result<Option<LoginTarget>> {
    if args.url.is_some() || args.tenant.is_some() || args.client_id.is_some() {
        return Ok(Some(LoginTarget::New));
    }
    if let Some(name) = &args.profile.profile {
        let existing = profiles.find(name).cloned();
        return Ok(Some(existing.map_or(LoginTarget::New, LoginTarget::Existing)));
    }
    let requested = match settings.variables.get(PROFILE_VARIABLE) {
        Some(name) => {
            let requested = Sourced::new(name, Source::Variable(PROFILE_VARIABLE));
            let profile = profiles.find(&requested.value);
            Some(profile.ok_or_else(|| settings.unknown_profile(&requested))?)
        }
        None => None,
    };
    let in_use = requested.or_else(|| profiles.default_name().and_then(|name| profiles.find(name)));
    Ok(match requested {
        _ if has_other_target(settings, in_use) => Some(LoginTarget::New),
        Some(profile) => Some(LoginTarget::Existing(profile.clone())),
        None => None,
    })
}

/// Returns the target if neither an option, a variable nor a person decides: the default profile.
///
/// # Errors
/// A usage error if the configuration file names a profile that does not exist.
pub(crate) fn default_target(settings: &Settings<'_>, profiles: &Profiles) -> Result<LoginTarget> {
    let Some(name) = profiles.default() else { return Ok(LoginTarget::New) };
    match profiles.find(&name.value) {
        Some(profile) => Ok(LoginTarget::Existing(profile.clone())),
        None => Err(settings.unknown_profile(name)),
    }
}

/// Returns true if variables name an address or a tenant that is not that of `profile`. One without
/// a target of its own takes theirs.
fn has_other_target(settings: &Settings<'_>, profile: Option<&Profile>) -> bool {
    let variable =
        |setting| settings.get(Layer::Variables, setting).map(|found: Sourced<String>| found.value);
    let (url, tenant) = (variable(&registry::URL), variable(&registry::TENANT));
    let Some(profile) = profile else { return url.is_some() || tenant.is_some() };
    if profile.find(&registry::URL).is_none() && profile.find(&registry::TENANT).is_none() {
        return false;
    }
    let environment = &registry::ENVIRONMENT;
    let environment = settings.find(environment).or_else(|| profile.find(environment));
    let environment = environment.map(|environment| environment.value);
    let has_tenant = |tenant: &str| is_same_tenant(profile, tenant, environment.as_deref());
    let has_address = |url: &str| {
        endpoint::parse(url, "").is_ok_and(|address| {
            let tenant = endpoint::tenant(&address);
            let tenant = tenant.filter(|_| OnlineEnvironment::is_online(address.url()));
            is_same_site(profile, &address) || tenant.is_some_and(has_tenant)
        })
    };
    url.is_some_and(|url| !has_address(&url))
        || tenant.is_some_and(|tenant| !has_tenant(tenant.trim()))
}

/// Returns the way of `args`.
///
/// # Errors
/// If a secret of the profile that is signed in again is not valid.
pub(crate) fn login_way(
    args: &LoginArgs,
    settings: &Settings<'_>,
    target: &LoginTarget,
) -> Result<LoginWay> {
    if args.url.is_some() || given_credential(args).is_some() {
        return Ok(LoginWay::Credential);
    }
    let has = |setting: &Setting| settings.find(setting).is_some();
    let has_credential = match target {
        LoginTarget::Existing(existing) => {
            let is_sign_in = existing.find(&registry::CLIENT_ID).is_some();
            !existing.credential_secrets()?.is_empty()
                || existing.find(&registry::SYSTEM_USER_TOKEN).is_some()
                || (existing.find(&registry::USER).is_some() && !is_sign_in)
                || is_onsite(existing, settings)?
        }
        LoginTarget::New => {
            let is_sign_in = args.client_id.is_some() || has(&registry::CLIENT_ID);
            has(&registry::URL) && !is_sign_in && args.tenant.is_none()
        }
    };
    Ok(if has_credential { LoginWay::Credential } else { LoginWay::Browser })
}

/// Returns true if the address of `profile` is outside Online: nobody signs in there with the
/// browser.
///
/// # Errors
/// If the environment is not valid.
pub(crate) fn is_onsite(profile: &Profile, settings: &Settings<'_>) -> Result<bool> {
    let Some(url) = profile.find(&registry::URL) else { return Ok(false) };
    let setting = &registry::ENVIRONMENT;
    let environment = settings.get(Layer::Options, setting).or_else(|| profile.find(setting));
    let environment = target::environment(environment)?;
    let address = endpoint::parse(&url.value, &url.source.to_string());
    Ok(address.is_ok_and(|address| !environment.owns(address.url())))
}

impl Settings<'_> {
    /// Removes the variables in whose place the profile `existing` has a key, and those of a
    /// credential.
    pub(crate) fn remove_overriding(&mut self, existing: &Profile) {
        let of_target = [&registry::URL, &registry::TENANT, &registry::ENVIRONMENT];
        let is_of_target = |setting: &Setting| of_target.iter().any(|it| it.key == setting.key);
        let has_target = of_target[..2].iter().any(|setting| existing.find(setting).is_some());
        let is_removed = |setting: &&Setting| {
            let is_credential =
                setting.secret().is_some() && setting.key != registry::CLIENT_SECRET.key;
            is_credential
                || existing.find(setting).is_some()
                || (has_target && is_of_target(setting))
        };
        let names: Vec<&str> = replaced().filter(is_removed).map(|it| it.variable).collect();
        self.variables = self.variables.without(&names);
    }
}
