//! The way of `auth login`: with the browser, or with a credential; and the profile that is signed
//! in again.

use crate::cli::auth::LoginArgs;
use crate::error::Result;
use crate::settings::Settings;
use crate::settings::config::PROFILE_VARIABLE;
use crate::settings::plan::profile_login::given_credential;
use crate::settings::plan::profile_target::{Profiles, REPLACED};
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting};
use crate::source::{Source, Sourced};

/// The way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginWay {
    /// A person signs in to Online with the browser.
    Browser,
    /// One call checks a credential, which is kept.
    Credential,
}

/// Returns the profile that is signed in again: that of `--profile`, or the one in use, if no
/// option names a target. A new name in `--profile` is that of a new profile.
///
/// # Errors
/// A usage error if a variable or the configuration file names a profile that does not exist.
pub(crate) fn profile_again(
    args: &LoginArgs,
    settings: &Settings<'_>,
    profiles: &Profiles,
) -> Result<Option<Profile>> {
    if args.url.is_some() || args.tenant.is_some() || args.client_id.is_some() {
        return Ok(None);
    }
    if let Some(name) = &args.profile.profile {
        return Ok(profiles.find(name).cloned());
    }
    let variable = settings.variables.get(PROFILE_VARIABLE);
    let variable = variable.map(|name| Sourced::new(name, Source::Variable(PROFILE_VARIABLE)));
    let Some(requested) = variable.or_else(|| profiles.default().cloned()) else { return Ok(None) };
    match profiles.find(&requested.value) {
        Some(profile) => Ok(Some(profile.clone())),
        None => Err(settings.unknown_profile(&requested)),
    }
}

/// Returns the way of `args`.
///
/// # Errors
/// If a secret of the profile `again` is not valid.
pub(crate) fn login_way(
    args: &LoginArgs,
    settings: &Settings<'_>,
    again: Option<&Profile>,
) -> Result<LoginWay> {
    if args.url.is_some() || given_credential(args).is_some() {
        return Ok(LoginWay::Credential);
    }
    let has = |setting: &Setting| settings.find(setting).is_some();
    let has_credential = match again {
        Some(again) => {
            let is_sign_in = again.find(&registry::CLIENT_ID).is_some();
            !again.credential_secrets()?.is_empty()
                || again.find(&registry::SYSTEM_USER_TOKEN).is_some()
                || (again.find(&registry::USER).is_some() && !is_sign_in)
        }
        None => {
            let is_sign_in = args.client_id.is_some() || has(&registry::CLIENT_ID);
            has(&registry::URL) && !is_sign_in && args.tenant.is_none()
        }
    };
    Ok(if has_credential { LoginWay::Credential } else { LoginWay::Browser })
}

impl Settings<'_> {
    /// Removes the variables in whose place the profile `again` has a key, and those of a
    /// credential.
    pub(crate) fn remove_overriding(&mut self, again: &Profile) {
        let of_target = [&registry::URL, &registry::TENANT, &registry::ENVIRONMENT];
        let is_of_target = |setting: &Setting| of_target.iter().any(|it| it.key == setting.key);
        let has_target = of_target[..2].iter().any(|setting| again.find(setting).is_some());
        let is_removed = |setting: &&&Setting| {
            let is_credential =
                setting.secret().is_some() && setting.key != registry::CLIENT_SECRET.key;
            is_credential || again.find(setting).is_some() || (has_target && is_of_target(setting))
        };
        let names: Vec<&str> = REPLACED.iter().filter(is_removed).map(|it| it.variable).collect();
        self.variables = self.variables.without(&names);
    }
}
