//! The variables that a call uses in place of a profile.

use crate::context::Variables;
use crate::settings::config::PROFILE_VARIABLE;
use crate::settings::registry::{self, Setting};

/// The settings of address and credential, whose variables override a profile.
pub(crate) const IDENTITY: [&Setting; 10] = [
    &registry::URL,
    &registry::TENANT,
    &registry::ENVIRONMENT,
    &registry::USER,
    &registry::PASSWORD,
    &registry::TICKET,
    &registry::TOKEN,
    &registry::XSRF_TOKEN,
    &registry::COOKIE,
    &registry::APP_TOKEN,
];

/// Returns the variables that a call uses in place of the profile `name`, which has `value` for a
/// setting. A profile that is not the default one is named by an option, so that the variable for
/// another profile does nothing.
pub(crate) fn overriding(
    name: Option<&str>,
    is_default: bool,
    value: impl Fn(&Setting) -> Option<String>,
    variables: &Variables,
) -> Vec<&'static str> {
    let is_overriding = |setting: &&&Setting| {
        let Some(text) = variables.get(setting.variable) else { return false };
        let own = value(setting);
        match setting.secret() {
            Some((_, kind)) => {
                let is_same = own == Some(format!("env:{}", setting.variable));
                !kind.is_unset(&text) && !is_same
            }
            // It completes a profile that has no user.
            None if setting.key == registry::USER.key => own.is_some_and(|own| own != text),
            // An address has no environment.
            None if setting.key == registry::ENVIRONMENT.key => {
                value(&registry::TENANT).is_some()
                    && !is_same_environment(own.as_deref(), Some(&text))
            }
            None => own.as_ref() != Some(&text),
        }
    };
    let profile = variables.get(PROFILE_VARIABLE);
    let has_other_name = is_default && profile.is_some() && profile.as_deref() != name;
    let overriding = IDENTITY.iter().filter(is_overriding).map(|setting| setting.variable);
    has_other_name.then_some(PROFILE_VARIABLE).into_iter().chain(overriding).collect()
}

/// Returns true for two names of one environment; without a name it is the default one.
pub(super) fn is_same_environment(one: Option<&str>, other: Option<&str>) -> bool {
    let default = registry::ENVIRONMENT.default.unwrap_or_default();
    let plain = |text: Option<&str>| {
        text.unwrap_or(default).trim().trim_end_matches('/').to_ascii_lowercase()
    };
    plain(one) == plain(other)
}
