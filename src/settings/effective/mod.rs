//! What is in effect, and what said it.

pub mod call_setting;
pub(crate) mod fact;

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
use crate::settings::effective::fact::{Fact, Held};
use crate::settings::layers::ConfigLayers;
use crate::settings::plan::call;
use crate::settings::plan::call::CallPlan;
use crate::settings::plan::login;
use crate::settings::plan::resolved_call;
use crate::settings::registry::{self, Setting, ValueType};
use crate::settings::resolve::output;
use crate::settings::resolve::target;
use crate::settings::resolve::target::Target;

/// What is in effect.
#[derive(Debug)]
pub(crate) struct Findings {
    /// The configuration file, the profile, then each setting.
    pub(crate) facts: Vec<Fact>,
    /// The call that they make, or what stands in its way.
    pub(crate) call: Result<CallPlan, Fault>,
}

/// What stands in the way of a call.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Where it would go; `None` where that is what is wrong.
    pub(crate) place: Option<String>,
    /// What is wrong.
    pub(crate) error: Error,
}

/// The ticket that is to be asked for.
pub(crate) fn ticket(args: &DoctorArgs) -> Result<Option<TicketId>, Error> {
    let refused = [(args.id.is_some(), "an id"), (args.verbose, "--verbose")];
    if let Some((_, what)) = refused.iter().find(|(given, _)| args.offline && *given) {
        let message = format!("{what} does nothing with --offline, which sends nothing");
        return Err(Error::usage(message));
    }
    let Some(text) = &args.id else { return Ok(None) };
    // Room for one too many, which shows that there are more.
    let mut list = IdList::new(2);
    list.add_argument(text);
    if list.len() > 1 {
        return Err(Error::usage("doctor asks for one ticket, and more are named"));
    }
    Ok(list.into_ids()?.first().copied())
}

/// Finds out what is in effect. Reads no secret that a person or a program would
/// have to give.
pub(crate) fn examine(
    call: &CallArgs,
    configuration: &Config,
    host: &mut Context<'_>,
) -> Result<Findings, Error> {
    let environment = host.environment.clone();
    let levels = &configuration.levels(call, &environment);
    let plan = planned(call, levels);
    let target = match &plan {
        Ok(plan) => plan.target.clone(),
        Err(_) => {
            let sign_in = login::kept(levels).ok().flatten();
            target::find(levels, sign_in.as_ref()).ok().map(|target| target.value)
        }
    };
    let address = target.as_ref().map(Target::first);
    let facts = facts(configuration, &Scope { levels, plan: plan.as_ref().ok(), address }, host)?;
    let call = plan.and_then(|plan| {
        for secret in plan.all_secrets() {
            secret.peek(&environment)?;
        }
        check_output(levels)?;
        login::redirect(None, levels)?;
        Ok(plan)
    });
    let place = target.map(|target| target.to_string());
    Ok(Findings { facts, call: call.map_err(|error| Fault { place, error }) })
}

/// Lists every setting with its source.
fn facts(
    configuration: &Config,
    scope: &Scope<'_>,
    host: &Context<'_>,
) -> Result<Vec<Fact>, Error> {
    let mut facts = vec![file(configuration, host), profile(configuration)];
    let of_system_user = registry::SYSTEM_USER.iter().filter(|setting| {
        configuration.profile.as_ref().is_some_and(|profile| profile.value.find(setting).is_some())
    });
    for setting in registry::ALL.iter().chain(of_system_user) {
        facts.push(match setting.value_type {
            ValueType::Secret(..) => {
                let source = scope.levels.find_secret(setting)?;
                source.map_or_else(
                    || Fact::unset(setting.key),
                    |unread| scope.secret(setting.key, &unread),
                )
            }
            _ => open(setting, scope.levels),
        });
    }
    for setting in &call_setting::ALL {
        facts.append(&mut setting.facts(scope)?);
    }
    let sign_in = scope.plan.and_then(|plan| plan.sign_in.as_ref());
    facts.extend(
        sign_in.map(|it| Fact::new("sign_in", Held::Secret(true), it.store.display_path())),
    );
    Ok(facts)
}

/// Plans the call that `levels` describe.
fn planned(call: &CallArgs, levels: &ConfigLayers<'_>) -> Result<CallPlan, Error> {
    conflicts::check_call(call)?;
    let plan = call::plan(levels, false)?;
    resolved_call::check_stdin(std::iter::empty(), &plan.all_secrets())?;
    Ok(plan)
}

fn file(configuration: &Config, host: &Context<'_>) -> Fact {
    let name = "config";
    match (&configuration.file, default_path(&host.environment)) {
        (Some(file), _) => {
            Fact::new(name, Held::Value(escape::display_path(&file.value)), file.source.to_string())
        }
        (None, Some(path)) => {
            Fact::new(name, Held::Nothing, format!("there is no {}", escape::display_path(&path)))
        }
        (None, None) => Fact::unset(name),
    }
}

fn profile(configuration: &Config) -> Fact {
    match &configuration.profile {
        Some(profile) => {
            let name = escape::visible(&profile.value.name).into_owned();
            Fact::new("profile", Held::Value(name), profile.source.to_string())
        }
        None => Fact::unset("profile"),
    }
}

/// A setting that is no secret.
fn open(setting: &Setting, levels: &ConfigLayers<'_>) -> Fact {
    match (levels.find(setting), setting.default) {
        (Some(found), _) if may_hold_a_password(setting, &found.value) => {
            Fact::new(setting.key, Held::Hidden, found.source.to_string())
        }
        (Some(found), _) => {
            let value = escape::visible(&found.value).into_owned();
            Fact::new(setting.key, Held::Value(value), found.source.to_string())
        }
        (None, Some(default)) => Fact::new(setting.key, Held::Value(default.to_owned()), "default"),
        (None, None) => Fact::unset(setting.key),
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

/// Checks the settings of the output.
fn check_output(levels: &ConfigLayers<'_>) -> Result<(), Error> {
    output::format_said(levels)?;
    match levels.find(&registry::SELECT) {
        Some(said) => column::parse(&[said.value], false)
            .map(drop)
            .map_err(|error| error.with_source(&said.source.to_string())),
        None => Ok(()),
    }
}
