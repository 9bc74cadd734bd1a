//! What is in effect, and what said it.

use crate::cli::get::CallArgs;
use crate::error::{Error, Result};
use crate::escape;
use crate::host::Host;
use crate::ticket::column;

use super::configuration::{Configuration, usual_place};
use super::profile::shown;
use super::setting::{self, Form, Levels, Setting};
use super::{call, credential, display};

/// What is in effect.
#[derive(Debug)]
pub struct Findings {
    /// The configuration file, the profile, then each setting.
    pub facts: Vec<Fact>,
    /// What stands in the way of a call.
    pub fault: Option<Error>,
}

/// A setting in effect.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its key.
    pub name: &'static str,
    /// What holds.
    pub value: Held,
    /// What said it: an option, a variable, a line of a profile, or `default`.
    pub origin: Option<String>,
}

/// What holds of a setting.
#[derive(Clone, Debug)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// This.
    Value(String),
    /// What may hold a password.
    Hidden,
    /// A secret, and whether a call would carry it.
    Secret(bool),
}

/// Finds out what is in effect. Reads no secret that a person or a program would
/// have to give.
///
/// # Errors
/// A usage error for a secret typed as it is.
pub fn examine(
    call: &CallArgs,
    configuration: &Configuration,
    host: &mut Host<'_>,
) -> Result<Findings> {
    let environment = host.environment.clone();
    let levels = &configuration.levels(call, &environment);
    let (plan, mut fault) = match call::plan(levels, false) {
        Ok(plan) => (Some(plan), None),
        Err(error) => (None, Some(error)),
    };
    let carried: Option<Vec<_>> = plan.as_ref().map(call::CallPlan::all_secrets);
    let mut facts = vec![file(configuration, host), profile(configuration)];
    let of_system_user = setting::SYSTEM_USER.iter().filter(|setting| {
        configuration.profile.as_ref().is_some_and(|profile| profile.value.find(setting).is_some())
    });
    for setting in setting::ALL.iter().chain(of_system_user) {
        facts.push(match setting.form {
            Form::Secret(_) => {
                let said = credential::said(setting, levels)?;
                let is_carried = |origin: &str| {
                    carried.as_ref().is_none_or(|all| all.iter().any(|one| one.origin == origin))
                };
                let value = said.as_ref().map(|said| Held::Secret(is_carried(&said.origin)));
                let origin = said.map(|said| said.shown_origin(&environment));
                Fact { name: setting.key, value: value.unwrap_or(Held::Nothing), origin }
            }
            _ => open(setting, levels),
        });
    }
    for secret in carried.into_iter().flatten() {
        fault = fault.or_else(|| secret.placeholder(host).err());
    }
    let fault = fault.or_else(|| of_output(levels).err());
    let sign_in = plan.as_ref().and_then(|plan| plan.sign_in.as_ref());
    facts.extend(sign_in.map(|sign_in| Fact {
        name: "sign_in",
        value: Held::Secret(true),
        origin: Some(sign_in.slot.path()),
    }));
    let lacking = plan.is_some_and(|plan| plan.credential.is_none() && plan.sign_in.is_none())
        && !call.no_auth;
    let fault = fault.or_else(|| lacking.then(credential::none_configured));
    Ok(Findings { facts, fault })
}

fn file(configuration: &Configuration, host: &Host<'_>) -> Fact {
    let (value, origin) = match (&configuration.file, usual_place(&host.environment)) {
        (Some(file), _) => (Held::Value(shown(&file.value)), Some(file.origin.clone())),
        (None, Some(path)) => (Held::Nothing, Some(format!("there is no {}", shown(&path)))),
        (None, None) => (Held::Nothing, None),
    };
    Fact { name: "config", value, origin }
}

fn profile(configuration: &Configuration) -> Fact {
    let (value, origin) = match &configuration.profile {
        Some(profile) => {
            let name = escape::visible(&profile.value.name).into_owned();
            (Held::Value(name), Some(profile.origin.clone()))
        }
        None => (Held::Nothing, None),
    };
    Fact { name: "profile", value, origin }
}

/// A setting that is no secret.
fn open(setting: &Setting, levels: &Levels<'_>) -> Fact {
    let Some(said) = levels.find(setting) else {
        let value = setting.default.map_or(Held::Nothing, |value| Held::Value(value.to_owned()));
        let origin = setting.default.map(|_| "default".to_owned());
        return Fact { name: setting.key, value, origin };
    };
    let value = if may_hold_a_password(setting, &said.value) {
        Held::Hidden
    } else {
        Held::Value(escape::visible(&said.value).into_owned())
    };
    Fact { name: setting.key, value, origin: Some(said.origin) }
}

/// Whether `value` looks like `https://tim:secret@host`, or like curl's `tim:secret`.
fn may_hold_a_password(setting: &Setting, value: &str) -> bool {
    match setting.form {
        Form::Address => value.contains('@'),
        _ => setting.key == setting::USER.key && value.contains(':'),
    }
}

/// What is wrong with the settings of the output.
fn of_output(levels: &Levels<'_>) -> Result<()> {
    display::format_said(levels)?;
    match levels.find(&setting::SELECT) {
        Some(said) => column::parse(&[said.value], false)
            .map(drop)
            .map_err(|error| error.said_by(&said.origin)),
        None => Ok(()),
    }
}
