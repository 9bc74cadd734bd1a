//! The settings in effect and their sources, for `doctor`.

pub mod call_setting;
pub(crate) mod effective_setting;

use crate::cli::doctor::DoctorArgs;
use crate::cli::get::CallArgs;
use crate::context::Context;
use crate::error::Error;
use crate::escape;
use crate::ticket::column;
use crate::ticket::ids::{IdList, TicketId};

use crate::settings::config::{Config, default_path};
use crate::settings::conflicts;
use crate::settings::effective::call_setting::Scope;
use crate::settings::effective::effective_setting::{EffectiveSetting, EffectiveValue};
use crate::settings::layers::ConfigLayers;
use crate::settings::plan::call;
use crate::settings::plan::call::CallPlan;
use crate::settings::plan::login;
use crate::settings::registry::{self, Setting, ValueType};
use crate::settings::resolve::output;
use crate::settings::resolve::target;
use crate::settings::resolve::target::Target;
use crate::source::Source;

/// The settings in effect.
#[derive(Debug)]
pub(crate) struct EffectiveSettings {
    /// The configuration file, the profile, then each setting.
    pub(crate) facts: Vec<EffectiveSetting>,
    /// The plan of the call that they describe, or the error that prevents it.
    pub(crate) call: Result<CallPlan, PlanError>,
}

/// An error that prevents a call.
#[derive(Debug)]
pub(crate) struct PlanError {
    /// The target of the call; `None` if the error is about the target.
    pub(crate) target: Option<String>,
    pub(crate) error: Error,
}

/// Returns the id of the ticket to request.
pub(crate) fn ticket(args: &DoctorArgs) -> Result<Option<TicketId>, Error> {
    let refused = [(args.id.is_some(), "an id"), (args.verbose, "--verbose")];
    if let Some((_, what)) = refused.iter().find(|(given, _)| args.offline && *given) {
        let message = format!("{what} does nothing with --offline, which sends nothing");
        return Err(Error::usage(message));
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

/// Resolves the settings of `call`. Asks no person and runs no program for a secret.
pub(crate) fn examine(
    call: &CallArgs,
    configuration: &Config,
    context: &mut Context<'_>,
) -> Result<EffectiveSettings, Error> {
    let environment = context.environment.clone();
    let layers = &configuration.layers(call, &environment);
    let plan = planned(call, layers);
    let target = match &plan {
        Ok(plan) => plan.target.clone(),
        Err(_) => {
            let sign_in = login::stored_session(layers).ok().flatten();
            target::find(layers, sign_in.as_ref()).ok().map(|target| target.value)
        }
    };
    let address = target.as_ref().map(Target::first);
    let facts =
        facts(configuration, &Scope { layers, plan: plan.as_ref().ok(), address }, context)?;
    let call = plan.and_then(|plan| {
        for secret in plan.all_secrets() {
            secret.peek(&environment)?;
        }
        check_output(layers)?;
        login::redirect(None, layers)?;
        Ok(plan)
    });
    let target = target.map(|target| target.to_string());
    Ok(EffectiveSettings { facts, call: call.map_err(|error| PlanError { target, error }) })
}

/// Lists every setting with its source.
fn facts(
    configuration: &Config,
    scope: &Scope<'_>,
    context: &Context<'_>,
) -> Result<Vec<EffectiveSetting>, Error> {
    let mut facts = vec![file(configuration, context), profile(configuration)];
    let of_system_user = registry::SYSTEM_USER.iter().filter(|setting| {
        configuration.profile.as_ref().is_some_and(|profile| profile.value.find(setting).is_some())
    });
    for setting in registry::ALL.iter().chain(of_system_user) {
        facts.push(match setting.value_type {
            ValueType::Secret(..) => {
                let source = scope.layers.find_secret(setting)?;
                source.map_or_else(
                    || EffectiveSetting::unset(setting.key),
                    |secret| scope.secret(setting.key, &secret),
                )
            }
            _ => plain(setting, scope.layers),
        });
    }
    for setting in &call_setting::ALL {
        facts.append(&mut setting.facts(scope)?);
    }
    let sign_in = scope.plan.and_then(|plan| plan.sign_in.as_ref());
    facts.extend(sign_in.map(|it| {
        EffectiveSetting::new(
            "sign_in",
            EffectiveValue::Secret { is_sent: true },
            it.store.display_path(),
        )
    }));
    Ok(facts)
}

fn planned(call: &CallArgs, layers: &ConfigLayers<'_>) -> Result<CallPlan, Error> {
    conflicts::check_call(call)?;
    let plan = call::plan(layers, false)?;
    call::check_stdin(std::iter::empty(), &plan.all_secrets())?;
    Ok(plan)
}

fn file(configuration: &Config, context: &Context<'_>) -> EffectiveSetting {
    let name = "config";
    match (&configuration.file, default_path(&context.environment)) {
        (Some(file), _) => EffectiveSetting::from_source(
            name,
            EffectiveValue::Text(escape::display_path(&file.value)),
            &file.source,
        ),
        (None, Some(path)) => EffectiveSetting::new(
            name,
            EffectiveValue::Unset,
            format!("there is no {}", escape::display_path(&path)),
        ),
        (None, None) => EffectiveSetting::unset(name),
    }
}

fn profile(configuration: &Config) -> EffectiveSetting {
    match &configuration.profile {
        Some(profile) => {
            let name = escape::visible(&profile.value.name).into_owned();
            EffectiveSetting::from_source("profile", EffectiveValue::Text(name), &profile.source)
        }
        None => EffectiveSetting::unset("profile"),
    }
}

/// Describes a setting that is no secret.
fn plain(setting: &Setting, layers: &ConfigLayers<'_>) -> EffectiveSetting {
    match (layers.find(setting), setting.default) {
        (Some(found), _) if may_hold_a_password(setting, &found.value) => {
            EffectiveSetting::from_source(setting.key, EffectiveValue::Hidden, &found.source)
        }
        (Some(found), _) => {
            let value = escape::visible(&found.value).into_owned();
            EffectiveSetting::from_source(setting.key, EffectiveValue::Text(value), &found.source)
        }
        (None, Some(default)) => EffectiveSetting::from_source(
            setting.key,
            EffectiveValue::Text(default.to_owned()),
            &Source::Default,
        ),
        (None, None) => EffectiveSetting::unset(setting.key),
    }
}

/// Returns whether `value` looks like `https://tim:secret@host` or like
/// `https://host/?token=secret`, or like curl's `tim:secret`.
fn may_hold_a_password(setting: &Setting, value: &str) -> bool {
    match setting.value_type {
        ValueType::Address => value.contains(['@', '?', '#']),
        _ => setting.key == registry::USER.key && value.contains(':'),
    }
}

fn check_output(layers: &ConfigLayers<'_>) -> Result<(), Error> {
    output::configured_format(layers)?;
    match layers.find(&registry::SELECT) {
        Some(setting) => column::parse(&[setting.value], false)
            .map(drop)
            .map_err(|error| error.with_source(&setting.source.to_string())),
        None => Ok(()),
    }
}
