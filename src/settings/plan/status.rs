//! The plan of `sotickets auth status`: each profile by itself.

use crate::cli::auth::{ProfileArgs, StatusArgs};
use crate::cli::get::CallArgs;
use crate::error::{Error, Result};
use crate::settings::Settings;
use crate::settings::plan::login;
use crate::settings::plan::overriding::IDENTITY;
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting};
use crate::source::{Source, Sourced};

/// Returns the options of `auth status` that every call has.
///
/// # Errors
/// A usage error for an option that does nothing without `--check`.
pub(crate) fn call(args: &StatusArgs) -> Result<CallArgs> {
    let network = &args.network;
    let given = [
        (args.timeout.is_some(), "--timeout"),
        (args.verbose, "--verbose"),
        (network.retries.is_some(), "--retries"),
        (network.proxy.is_some(), "--proxy"),
        (network.proxy_password.is_some(), "--proxy-password"),
        (network.cacert.is_some(), "--cacert"),
        (network.client_cert.is_some(), "--client-cert"),
        (network.client_key.is_some(), "--client-key"),
        (network.insecure, "--insecure"),
    ];
    if let Some((_, option)) = given.iter().find(|(is_given, _)| *is_given && !args.check) {
        return Err(Error::usage(format!(
            "{option} does nothing without --check, which calls the servers"
        )));
    }
    let timeout = args.timeout.clone();
    let profile = ProfileArgs { profile: None, config: args.config.clone() };
    Ok(CallArgs { timeout, ..login::call(&profile, Some(network)) })
}

/// Returns the settings of `profile` by itself. A credential of a variable is in none of them: it
/// would be sent to the server of every profile.
pub(crate) fn settings_of<'a>(settings: &Settings<'a>, profile: Option<Profile>) -> Settings<'a> {
    let has_user = profile.as_ref().is_some_and(|it| it.find(&registry::USER).is_some());
    let overriding = IDENTITY.iter().filter(|it| has_user || it.key != registry::USER.key);
    let names: Vec<&str> = overriding.map(|setting| setting.variable).collect();
    Settings {
        variables: settings.variables.without(&names),
        profile: profile.map(|profile| Sourced::new(profile, Source::Default)),
        ..settings.clone()
    }
}

/// Returns true if one of `variables` holds a credential.
pub(crate) fn hold_credential(variables: &[&str]) -> bool {
    let is_credential =
        |setting: &&Setting| setting.secret().is_some() && setting.key != registry::APP_TOKEN.key;
    let mut credentials = IDENTITY.into_iter().filter(is_credential);
    credentials.any(|setting| variables.contains(&setting.variable))
}
