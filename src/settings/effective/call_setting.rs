//! The settings of a call that a profile cannot hold: options such as `--insecure`, and variables
//! that other programs read as well. With [`registry`](crate::settings::registry), this is the
//! list that `doctor` prints and that help and manual describe.

use crate::error::Error;
use crate::escape;
use crate::http::address::Address;
use crate::http::proxy::{Proxy, rules};

use crate::secret::secret_ref::SecretRef;
use crate::settings::effective::effective_setting::{EffectiveSetting, EffectiveValue};
use crate::settings::layers::ConfigLayers;
use crate::settings::parse::header::{self, HeaderArg};
use crate::settings::plan::call::CallPlan;
use crate::settings::registry::CACERT;
use crate::settings::resolve::proxy;

/// A setting of a call that a profile cannot hold.
#[derive(Debug)]
pub struct CallSetting {
    /// The name, for `doctor`.
    pub name: &'static str,
    /// The option; empty where there is none.
    pub option: &'static str,
    /// Variables, a few with the same meaning in one text, and their meaning.
    pub variables: &'static [(&'static str, &'static str)],
    /// Finds the values in effect.
    facts: fn(&CallSetting, &Scope<'_>) -> Result<Vec<EffectiveSetting>, Error>,
}

impl CallSetting {
    /// Returns one fact, or one for each repetition of the option.
    pub(crate) fn facts(&self, scope: &Scope<'_>) -> Result<Vec<EffectiveSetting>, Error> {
        (self.facts)(self, scope)
    }
}

/// Every setting of a call that a profile cannot hold, in the order in which `doctor`
/// prints them.
pub const ALL: [CallSetting; 9] = [
    CallSetting { name: "header", option: "--header", variables: &[], facts: headers },
    CallSetting {
        name: "proxy",
        option: "--proxy",
        variables: &[
            (
                "HTTPS_PROXY, HTTP_PROXY",
                "the proxy for https:// or http:// addresses; upper or lower case",
            ),
            ("ALL_PROXY", "the proxy if neither is set"),
        ],
        facts: proxy,
    },
    CallSetting {
        name: "proxy_password",
        option: "--proxy-password",
        variables: &[(proxy::PASSWORD_VARIABLE, "the password of the proxy's user")],
        facts: proxy_password,
    },
    CallSetting {
        name: "no_proxy",
        option: "",
        variables: &[("NO_PROXY", "hosts without a proxy")],
        facts: no_proxy,
    },
    CallSetting {
        name: "ssl_cert_file",
        option: "",
        variables: &[(
            "SSL_CERT_FILE",
            "a file of the certificates to trust, in place of the system's",
        )],
        facts: certificates,
    },
    CallSetting {
        name: "ssl_cert_dir",
        option: "",
        variables: &[("SSL_CERT_DIR", "folders of such certificates")],
        facts: certificates,
    },
    CallSetting {
        name: "insecure",
        option: "--insecure",
        variables: &[],
        facts: |setting, scope| flag(setting, scope.layers.call.network.insecure),
    },
    CallSetting {
        name: "allow_plain_http",
        option: "--allow-plain-http",
        variables: &[],
        facts: |setting, scope| flag(setting, scope.layers.call.allow_plain_http),
    },
    CallSetting {
        name: "no_auth",
        option: "--no-auth",
        variables: &[],
        facts: |setting, scope| flag(setting, scope.layers.call.no_auth),
    },
];

/// The call that settings are looked up for.
pub(crate) struct Scope<'a> {
    /// The layers that may hold a setting.
    pub(crate) layers: &'a ConfigLayers<'a>,
    /// The plan, where the settings make one.
    pub(crate) plan: Option<&'a CallPlan>,
    /// The address that is asked first, where it is known.
    pub(crate) address: Option<Address>,
}

impl Scope<'_> {
    /// Describes the secret `secret`.
    pub(crate) fn secret(&self, name: &'static str, secret: &SecretRef) -> EffectiveSetting {
        let is_sent = self
            .plan
            .is_none_or(|plan| plan.all_secrets().iter().any(|one| one.origin == secret.origin));
        let environment = self.layers.environment;
        let held = match secret.peek(environment) {
            Ok(_) => EffectiveValue::Secret { is_sent },
            Err(error) => EffectiveValue::Unreadable { reason: error.to_string(), is_sent },
        };
        EffectiveSetting::new(name, held, secret.safe_origin(environment))
    }
}

type Facts = Result<Vec<EffectiveSetting>, Error>;

fn flag(setting: &CallSetting, is_set: bool) -> Facts {
    Ok(vec![match is_set {
        true => EffectiveSetting::new(
            setting.name,
            EffectiveValue::Text("true".to_owned()),
            setting.option,
        ),
        false => EffectiveSetting::unset(setting.name),
    }])
}

/// Shows the names alone, because any value may be a secret.
fn headers(setting: &CallSetting, scope: &Scope<'_>) -> Facts {
    let name = setting.name;
    let profile = scope.layers.profile.map(|profile| profile.name.as_str());
    let fact = |text: &String| match header::parse(text) {
        Ok(HeaderArg::Plain(header)) => {
            EffectiveSetting::new(name, EffectiveValue::Text(format!("{}: ***", header.name)), "-H")
        }
        Ok(HeaderArg::Secret(_, secret)) => scope.secret(name, &secret.with_profile(profile)),
        // The plan of the call reports the error.
        Err(_) => EffectiveSetting::new(name, EffectiveValue::Hidden, "-H"),
    };
    let facts: Vec<EffectiveSetting> = scope.layers.call.headers.iter().map(fact).collect();
    Ok(if facts.is_empty() { vec![EffectiveSetting::unset(name)] } else { facts })
}

fn proxy(setting: &CallSetting, scope: &Scope<'_>) -> Facts {
    let rules = proxy::rules(&scope.layers.call.network, scope.layers.environment);
    let named = match &scope.address {
        Some(address) => rules.named(address),
        None => rules.https.as_ref(),
    };
    Ok(vec![match named {
        None => EffectiveSetting::unset(setting.name),
        Some(named) if named.text.is_empty() => EffectiveSetting {
            origin: Some(format!("{} ''", named.origin)),
            ..EffectiveSetting::unset(setting.name)
        },
        Some(named) => {
            let reason = |address| rules.bypass_reason(named, address);
            let unused = scope.address.as_ref().and_then(reason);
            // A login may be in there percent-encoded, where nothing tells it from a host.
            let value = match named.text.contains('%') {
                true => EffectiveValue::Hidden,
                false => EffectiveValue::Text(rules::masked(&named.text)),
            };
            EffectiveSetting {
                unused,
                ..EffectiveSetting::new(setting.name, value, named.origin.clone())
            }
        }
    }])
}

fn proxy_password(setting: &CallSetting, scope: &Scope<'_>) -> Facts {
    let network = &scope.layers.call.network;
    let secret = proxy::password(network, scope.layers.environment)?;
    Ok(vec![secret.map_or_else(
        || EffectiveSetting::unset(setting.name),
        |secret| scope.secret(setting.name, &secret),
    )])
}

fn no_proxy(setting: &CallSetting, scope: &Scope<'_>) -> Facts {
    Ok(vec![variable(setting, &proxy::NO_PROXY, scope)])
}

/// The system's certificates, unless an option or a profile names others.
fn certificates(setting: &CallSetting, scope: &Scope<'_>) -> Facts {
    let names: Vec<&str> = setting.variables.iter().map(|(name, _)| *name).collect();
    let is_for_proxy = || {
        let proxy = scope.plan.and_then(|plan| plan.network.proxy());
        proxy.is_some_and(Proxy::is_https)
    };
    let unused = if scope.layers.call.network.insecure && !is_for_proxy() {
        Some("--insecure trusts any certificate".to_owned())
    } else {
        let cacert = scope.layers.find(&CACERT);
        cacert.map(|cacert| format!("{} replaces the system's certificates", cacert.source))
    };
    let fact = variable(setting, &names, scope);
    let unused = unused.filter(|_| fact.origin.is_some());
    Ok(vec![EffectiveSetting { unused, ..fact }])
}

/// The value of the first variable of these `names` that is set.
fn variable(setting: &CallSetting, names: &[&str], scope: &Scope<'_>) -> EffectiveSetting {
    let set = names.iter().find_map(|name| Some((name, scope.layers.environment.get(name)?)));
    match set {
        Some((name, value)) => EffectiveSetting::new(
            setting.name,
            EffectiveValue::Text(escape::visible(&value).into_owned()),
            *name,
        ),
        None => EffectiveSetting::unset(setting.name),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};

    use super::*;
    use crate::cli::get::CallArgs;
    use crate::settings::{config, registry};

    #[test]
    fn every_option_of_a_call_is_a_setting() {
        let settings = registry::ALL.iter().map(|setting| setting.option);
        let known: Vec<&str> = settings
            .chain(ALL.iter().map(|setting| setting.option))
            .chain([config::FILE_OPTION, config::PROFILE_OPTION])
            .collect();
        let command = CallArgs::augment_args(Command::new("call"));
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(known.contains(&format!("--{option}").as_str()), "--{option}");
        }
    }
}
