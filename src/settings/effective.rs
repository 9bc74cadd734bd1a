//! The settings in effect and their sources, for `doctor`.

use crate::cli::doctor::{DoctorArgs, DoctorFormat};
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::http::proxy::{Proxy, rules};
use crate::secret::secret_reader;
use crate::secret::secret_ref::SecretRef;
use crate::source::Source;
use crate::ticket::column;
use crate::ticket::ids::{IdList, TicketId};

use super::Settings;
use super::config::default_path;
use super::plan::call::{self, CallPlan};
use super::plan::login;
use super::registry::{self, Setting, ValueType};
use super::resolve::header::{self, HeaderArg};
use super::resolve::target::{self, Target};
use super::resolve::{output, proxy};

/// The settings in effect.
#[derive(Debug)]
pub(crate) struct EffectiveSettings {
    /// The configuration file, the profile, then each setting.
    pub(crate) facts: Vec<EffectiveSetting>,
    /// The plan of the call that they describe, or the error that prevents it.
    pub(crate) call: std::result::Result<CallPlan, PlanError>,
}

/// An error that prevents a call.
#[derive(Debug)]
pub(crate) struct PlanError {
    /// The target of the call; `None` if the error is about the target.
    pub(crate) target: Option<String>,
    pub(crate) error: Error,
}

/// The name of the configuration file among the settings.
const CONFIG: &str = "config";

/// A setting in effect.
#[derive(Clone, Debug)]
pub(crate) struct EffectiveSetting {
    /// The name: the key in a profile, if it has one.
    pub(crate) name: &'static str,
    pub(crate) value: EffectiveValue,
    /// The source: an option, a variable, a line of a profile, or `default`. Without a
    /// value: the reason, if one is known.
    pub(crate) origin: Option<String>,
    /// True if the source is the default.
    pub(crate) is_default: bool,
    /// The reason why a call does not use the value.
    pub(crate) unused: Option<String>,
}

/// The value of a setting.
#[derive(Clone, Debug)]
pub(crate) enum EffectiveValue {
    Unset,
    Text(String),
    /// A text that may hold a password.
    Hidden,
    Secret {
        is_sent: bool,
    },
    /// A secret that cannot be read, with the reason.
    Unreadable {
        reason: String,
        is_sent: bool,
    },
}

impl EffectiveSetting {
    /// Returns true if nobody has set it. A configuration file in its default place is no
    /// default: somebody wrote it.
    pub(crate) fn is_at_default(&self) -> bool {
        match (&self.value, self.is_config_file()) {
            (EffectiveValue::Unset, is_file) => is_file || self.origin.is_none(),
            (_, is_file) => self.is_default && !is_file,
        }
    }

    /// Returns true for the path of the configuration file.
    pub(crate) fn is_config_file(&self) -> bool {
        self.name == CONFIG
    }

    /// Creates a setting without a value.
    const fn unset(name: &'static str) -> Self {
        let value = EffectiveValue::Unset;
        Self { name, value, origin: None, is_default: false, unused: None }
    }

    /// Creates a setting with a value that `origin` names.
    fn new(name: &'static str, value: EffectiveValue, origin: impl Into<String>) -> Self {
        Self { value, origin: Some(origin.into()), ..Self::unset(name) }
    }

    /// Creates a setting with a text from `origin`.
    fn text(name: &'static str, text: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(name, EffectiveValue::Text(text.into()), origin)
    }

    /// Creates a setting with a text from `source`.
    fn from_source(name: &'static str, text: impl Into<String>, source: &Source) -> Self {
        let is_default = *source == Source::Default;
        Self { is_default, ..Self::text(name, text, source.to_string()) }
    }
}

/// Returns the id of the ticket to request, after the check that no option is without effect.
pub(crate) fn ticket(args: &DoctorArgs) -> Result<Option<TicketId>> {
    let refused = [(args.id.is_some(), "an id"), (args.verbose, "--verbose")];
    if let Some((_, what)) = refused.iter().find(|(given, _)| args.offline && *given) {
        let message = format!("{what} does nothing with --offline, which sends nothing");
        return Err(Error::usage(message));
    }
    if args.all && args.output == DoctorFormat::Json {
        return Err(Error::usage("--all does nothing with -o json, which lists everything"));
    }
    let Some(text) = &args.id else { return Ok(None) };
    // One more than is allowed.
    let mut list = IdList::new(2);
    list.add_argument(text);
    if list.len() > 1 {
        return Err(Error::usage("doctor asks for one ticket, and more are named"));
    }
    Ok(list.into_ids()?.first().copied())
}

/// Resolves the settings of a call. Asks no person and runs no program for a secret.
pub(crate) fn examine(settings: &Settings<'_>) -> Result<EffectiveSettings> {
    let plan = planned(settings);
    let target = match &plan {
        Ok(plan) => plan.target.clone(),
        Err(_) => {
            let sign_in = login::stored_session(settings).ok().flatten();
            target::find(settings, sign_in.as_ref()).ok().map(|target| target.value)
        }
    };
    let address = target.as_ref().map(Target::first);
    let facts = Examiner { settings, plan: plan.as_ref().ok(), address }.facts()?;
    let call = plan.and_then(|plan| {
        for secret in plan.all_secrets() {
            secret_reader::peek(secret, &settings.variables)?;
        }
        check_output(settings)?;
        login::redirect(None, settings)?;
        Ok(plan)
    });
    let target = target.map(|target| target.to_string());
    Ok(EffectiveSettings { facts, call: call.map_err(|error| PlanError { target, error }) })
}

fn planned(settings: &Settings<'_>) -> Result<CallPlan> {
    let plan = call::plan(settings, false)?;
    call::check_stdin(std::iter::empty(), &plan.all_secrets())?;
    Ok(plan)
}

fn check_output(settings: &Settings<'_>) -> Result<()> {
    output::configured_format(settings)?;
    match settings.find(&registry::SELECT) {
        Some(setting) => column::parse(&[setting.value], false)
            .map(drop)
            .map_err(|error| error.with_source(&setting.source.to_string())),
        None => Ok(()),
    }
}

/// Looks up the settings of a call.
struct Examiner<'a> {
    settings: &'a Settings<'a>,
    /// The plan of the call, if the settings make one.
    plan: Option<&'a CallPlan>,
    /// The address that is asked first, if it is known.
    address: Option<Address>,
}

impl Examiner<'_> {
    /// Lists every setting with its source.
    fn facts(&self) -> Result<Vec<EffectiveSetting>> {
        let settings = self.settings;
        let (call, network) = (settings.call, &settings.call.network);
        let mut facts = vec![self.file(), self.profile()];
        let profile = settings.profile();
        let of_system_user = registry::SYSTEM_USER
            .iter()
            .filter(|setting| profile.is_some_and(|profile| profile.find(setting).is_some()));
        // The proxy follows, with the reason where it is not used.
        let is_other = |setting: &&&Setting| setting.key != registry::PROXY.key;
        for setting in registry::ALL.iter().filter(is_other).chain(of_system_user) {
            facts.push(match setting.value_type {
                ValueType::Secret(..) => {
                    self.secret(setting.key, settings.find_secret(setting)?.as_ref())
                }
                _ => self.plain(setting),
            });
        }
        facts.extend(self.headers());
        let password = proxy::password(network, &settings.variables)?;
        facts.extend([
            self.proxy(),
            self.secret("proxy_password", password.as_ref()),
            self.variable("no_proxy", proxy::no_proxy_variables(&settings.variables)),
            self.certificates("ssl_cert_file", "SSL_CERT_FILE"),
            self.certificates("ssl_cert_dir", "SSL_CERT_DIR"),
            flag("insecure", "--insecure", network.insecure),
            self.plain_http(),
            flag("no_auth", "--no-auth", call.no_auth),
        ]);
        if let Some(sign_in) = self.plan.and_then(CallPlan::sign_in) {
            let value = EffectiveValue::Secret { is_sent: true };
            facts.push(EffectiveSetting::new("sign_in", value, sign_in.store.display_path()));
        }
        Ok(facts)
    }

    fn plain_http(&self) -> EffectiveSetting {
        let Setting { key, option, .. } = registry::ALLOW_PLAIN_HTTP;
        match self.settings.find(&registry::ALLOW_PLAIN_HTTP) {
            Some(found) if !self.settings.call.allow_plain_http => {
                EffectiveSetting::from_source(key, found.value, &found.source)
            }
            _ => flag(key, option, self.settings.call.allow_plain_http),
        }
    }

    fn file(&self) -> EffectiveSetting {
        if let Some(file) = &self.settings.file {
            let path = escape::display_path(&file.value);
            return EffectiveSetting::from_source(CONFIG, path, &file.source);
        }
        let path = default_path(&self.settings.variables);
        let origin = path.map(|path| format!("there is no {}", escape::display_path(&path)));
        EffectiveSetting { origin, ..EffectiveSetting::unset(CONFIG) }
    }

    fn profile(&self) -> EffectiveSetting {
        let name = "profile";
        self.settings.profile.as_ref().map_or(EffectiveSetting::unset(name), |profile| {
            let text = escape::visible(&profile.value.name);
            EffectiveSetting::from_source(name, text, &profile.source)
        })
    }

    /// Describes a setting that is no secret.
    fn plain(&self, setting: &Setting) -> EffectiveSetting {
        let name = setting.key;
        match (self.settings.find(setting), setting.default) {
            (Some(found), _) if setting.may_hold_a_password(&found.value) => {
                EffectiveSetting::new(name, EffectiveValue::Hidden, found.source.to_string())
            }
            (Some(found), _) => {
                EffectiveSetting::from_source(name, escape::visible(&found.value), &found.source)
            }
            (None, Some(default)) => EffectiveSetting::from_source(name, default, &Source::Default),
            (None, None) => EffectiveSetting::unset(name),
        }
    }

    fn secret(&self, name: &'static str, secret: Option<&SecretRef>) -> EffectiveSetting {
        let Some(secret) = secret else { return EffectiveSetting::unset(name) };
        let is_sent = self
            .plan
            .is_none_or(|plan| plan.all_secrets().iter().any(|one| one.origin == secret.origin));
        let value = match secret_reader::peek(secret, &self.settings.variables) {
            Ok(_) => EffectiveValue::Secret { is_sent },
            Err(error) => EffectiveValue::Unreadable { reason: error.to_string(), is_sent },
        };
        EffectiveSetting::new(name, value, secret.safe_origin(&self.settings.variables))
    }

    /// Shows the names of the headers alone, because any value may be a secret.
    fn headers(&self) -> Vec<EffectiveSetting> {
        let name = "header";
        let fact = |text: &String| match header::parse(text) {
            Ok(HeaderArg::Plain(header)) => {
                EffectiveSetting::text(name, format!("{}: ***", header.name), "-H")
            }
            Ok(HeaderArg::Secret(_, secret)) => {
                let profile = self.settings.profile_ref();
                self.secret(name, Some(&secret.with_profile(profile.as_ref())))
            }
            // The plan of the call reports the error.
            Err(_) => EffectiveSetting::new(name, EffectiveValue::Hidden, "-H"),
        };
        match self.settings.call.headers.as_slice() {
            [] => vec![EffectiveSetting::unset(name)],
            headers => headers.iter().map(fact).collect(),
        }
    }

    fn proxy(&self) -> EffectiveSetting {
        let name = registry::PROXY.key;
        let rules = proxy::rules(self.settings);
        let named = match &self.address {
            Some(address) => rules.named(address),
            None => rules.https.as_ref(),
        };
        match named {
            None => EffectiveSetting::unset(name),
            Some(named) if named.text.is_empty() => {
                EffectiveSetting::new(name, EffectiveValue::Unset, format!("{} ''", named.origin))
            }
            Some(named) => {
                let reason = |address| rules.bypass_reason(named, address);
                let unused = self.address.as_ref().and_then(reason);
                // A login may be in there percent-encoded, where nothing tells it from a host.
                let value = match named.text.contains('%') {
                    true => EffectiveValue::Hidden,
                    false => EffectiveValue::Text(rules::masked(&named.text)),
                };
                EffectiveSetting {
                    unused,
                    ..EffectiveSetting::new(name, value, named.origin.clone())
                }
            }
        }
    }

    /// Describes a variable with certificates in place of the system's, which count unless an
    /// option or a profile names others.
    fn certificates(&self, name: &'static str, variable: &'static str) -> EffectiveSetting {
        let fact = self.variable(name, &[variable]);
        if fact.origin.is_none() {
            return fact;
        }
        let proxy = self.plan.and_then(|plan| plan.network.proxy());
        let is_for_proxy = proxy.is_some_and(Proxy::is_https);
        let unused = if self.settings.call.network.insecure && !is_for_proxy {
            Some("--insecure trusts any certificate".to_owned())
        } else {
            let cacert = self.settings.find(&registry::CACERT);
            cacert.map(|cacert| format!("{} replaces the system's certificates", cacert.source))
        };
        EffectiveSetting { unused, ..fact }
    }

    /// Describes the first variable of `variables` that is set.
    fn variable(&self, name: &'static str, variables: &[&str]) -> EffectiveSetting {
        let fact = |variable: &&str| {
            let value = self.settings.variables.get(variable)?;
            Some(EffectiveSetting::text(name, escape::visible(&value), *variable))
        };
        variables.iter().find_map(fact).unwrap_or(EffectiveSetting::unset(name))
    }
}

fn flag(name: &'static str, option: &str, is_set: bool) -> EffectiveSetting {
    match is_set {
        true => EffectiveSetting::text(name, "true", option),
        false => EffectiveSetting::unset(name),
    }
}
