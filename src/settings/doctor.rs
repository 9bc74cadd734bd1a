//! What is in effect, and what said it.

use crate::cli::doctor::DoctorArgs;
use crate::cli::get::CallArgs;
use crate::error::Error;
use crate::escape;
use crate::host::Host;
use crate::ticket::column;
use crate::ticket::ids::{IdList, TicketId};

use super::call::CallPlan;
use super::configuration::{Configuration, usual_place};
use super::profile::shown;
use super::setting::{self, Form, Levels, Setting};
use super::{auth, call, combination, credential, display, ready, target};

/// What is in effect.
#[derive(Debug)]
pub struct Findings {
    /// The configuration file, the profile, then each setting.
    pub facts: Vec<Fact>,
    /// The call that they make, or what stands in its way.
    pub call: Result<CallPlan, Fault>,
}

/// What stands in the way of a call.
#[derive(Debug)]
pub struct Fault {
    /// Where it would go; `None` where that is what is wrong.
    pub place: Option<String>,
    /// What is wrong.
    pub error: Error,
}

/// The ticket that is to be asked for.
///
/// # Errors
/// A usage error for what is no id, and for what does nothing.
pub fn ticket(args: &DoctorArgs) -> Result<Option<TicketId>, Error> {
    let refused = [(args.id.is_some(), "an id"), (args.verbose, "--verbose")];
    if let Some((_, what)) = refused.iter().find(|(given, _)| args.offline && *given) {
        let message = format!("{what} does nothing with --offline, which sends nothing");
        return Err(Error::usage(message));
    }
    let Some(text) = &args.id else { return Ok(None) };
    // Room for one too many, which shows that there are more.
    let mut list = IdList::new(2);
    let added = list.add_argument(text);
    match (added, list.into_ids().as_slice()) {
        (_, [_, _, ..]) => Err(Error::usage("doctor asks for one ticket, and more are named")),
        (Err(error), _) => Err(error),
        (Ok(()), ids) => Ok(ids.first().copied()),
    }
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
) -> Result<Findings, Error> {
    let environment = host.environment.clone();
    let levels = &configuration.levels(call, &environment);
    let mut plan = planned(call, levels);
    let carried: Option<Vec<_>> = plan.as_ref().ok().map(CallPlan::all_secrets);
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
    let mut faults = carried.into_iter().flatten().map(|secret| secret.placeholder(host).map(drop));
    let fault = faults.find_map(Result::err).or_else(|| of_output(levels).err());
    let sign_in = plan.as_ref().ok().and_then(|plan| plan.sign_in.as_ref());
    facts.extend(sign_in.map(|sign_in| Fact {
        name: "sign_in",
        value: Held::Secret(true),
        origin: Some(sign_in.slot.path()),
    }));
    if let (Ok(planned), Some(error)) = (&plan, fault) {
        let place = planned.target.as_ref().map(ToString::to_string);
        plan = Err(Fault { place, error });
    }
    Ok(Findings { facts, call: plan })
}

/// The call that `levels` describe.
fn planned(call: &CallArgs, levels: &Levels<'_>) -> Result<CallPlan, Fault> {
    let plan = combination::check_call(call).and_then(|()| {
        let plan = call::plan(levels, false)?;
        ready::check_stdin(std::iter::empty(), &plan.all_secrets())?;
        Ok(plan)
    });
    plan.map_err(|error| {
        let sign_in = auth::kept(levels).ok().flatten();
        let target = target::find(levels, sign_in.as_ref()).ok();
        Fault { place: target.map(|target| target.value.to_string()), error }
    })
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
fn of_output(levels: &Levels<'_>) -> Result<(), Error> {
    display::format_said(levels)?;
    match levels.find(&setting::SELECT) {
        Some(said) => column::parse(&[said.value], false)
            .map(drop)
            .map_err(|error| error.said_by(&said.origin)),
        None => Ok(()),
    }
}
