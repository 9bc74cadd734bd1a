//! `sotickets doctor`: shows the settings in effect, and tries them step by step.

mod check;
mod connectivity;
pub(crate) mod credential_trial;
mod report;
mod runner;
mod settings_list;
mod ticket_checks;
mod time_zone;
mod version_check;

use crate::api::get_tickets::Query;
use crate::api::response::Accept;
use crate::cli::doctor::DoctorArgs;
use crate::context::Context;
use crate::error::Error;
use crate::settings::Settings;
use crate::settings::effective::{EffectiveSettings, PlanError, examine, ticket};
use crate::settings::plan::call::{CallPlan, ReadyCall};
use crate::settings::resolve::credential;
use crate::ticket::column;
use crate::ticket::ids::TicketId;

use super::messages;
use check::{Check, Step};
use report::Report;
use runner::Runner;

/// Shows the settings in effect, then tries them step by step.
///
/// # Errors
/// The error that `get` would end with at the first check that failed.
pub(crate) fn run(args: &DoctorArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let id = ticket(args)?;
    let settings = Settings::load(&args.call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let EffectiveSettings { facts, call } = examine(&settings)?;
    let mut report = Report::begin(args, facts, context);
    if args.offline {
        let warnings = call.as_ref().map_or(&[][..], |plan| &plan.warnings);
        warnings.iter().for_each(|warning| messages::warn_with_hint(report.context, Some(warning)));
        if let Some((step, error)) = blocking_error(args, call) {
            report.set_failure(step, error);
        }
    } else {
        if let Some(plan) = check_address(call, &mut report)
            && let Some(call) = read_secrets(&plan, &mut report)
        {
            runner(args, id, &plan, &call)?.run(&mut report);
        }
        report.skip_missing(|_| true);
    }
    report.finish()
}

/// Returns the error that a call would end with before it is sent, and its step.
fn blocking_error(args: &DoctorArgs, call: Result<CallPlan, PlanError>) -> Option<(Step, Error)> {
    match call {
        Err(PlanError { target: None, error }) => Some((Step::Address, error)),
        Err(PlanError { error, .. }) => Some((Step::Settings, error)),
        Ok(plan) if plan.lacks_credential(&args.call) => {
            Some((Step::Credential, credential::no_credential(true, &plan.login_command)))
        }
        Ok(_) => None,
    }
}

/// Reports the address, and the error in the other settings, if there is one.
fn check_address(
    call: Result<CallPlan, PlanError>,
    report: &mut Report<'_, '_>,
) -> Option<CallPlan> {
    let (target, call) = match call {
        Ok(plan) => (plan.target.as_ref().map(ToString::to_string), Ok(plan)),
        Err(PlanError { target: None, error }) => {
            report.add(Check::failed(Step::Address, error));
            return None;
        }
        Err(PlanError { target, error }) => (target, Err(error)),
    };
    let target = target.unwrap_or_default();
    let check = Check::passed(Step::Address, target.clone()).detail("address", target);
    report.add(check.omitted());
    call.map_err(|error| report.add(Check::failed(Step::Settings, error))).ok()
}

/// Reads the secrets, which ends the check of the settings.
fn read_secrets(plan: &CallPlan, report: &mut Report<'_, '_>) -> Option<ReadyCall> {
    match plan.read_secrets(report.context) {
        Ok(call) => {
            report.add(settings_check(plan));
            Some(call)
        }
        Err(error) => {
            report.add(Check::failed(Step::Settings, error));
            None
        }
    }
}

/// Describes settings that can be used, whose secrets were read.
fn settings_check(plan: &CallPlan) -> Check {
    if plan.warnings.is_empty() {
        let read = match plan.all_secrets().len() {
            0 => String::new(),
            1 => "; one secret was read".to_owned(),
            count => format!("; {count} secrets were read"),
        };
        return Check::passed(Step::Settings, format!("all can be used{read}")).omitted();
    }
    let messages: Vec<&str> = plan.warnings.iter().map(|(message, _)| message.as_str()).collect();
    let check = Check::warning(Step::Settings, messages.join("; "));
    plan.warnings.iter().fold(check, |check, (_, hint)| check.hint(hint))
}

/// The fields that show language and time zone; no title, which may be confidential. The last
/// dates are those that a ticket often has, next to the two that are always in UTC.
const FIELDS: &str = "TicketId,TicketStatusDisplayValue,PriorityName,CategoryName,LastChanged,CreatedAt,FirstReadByUser,Deadline";

/// Returns the runner of the checks of `call`.
fn runner<'r>(
    args: &DoctorArgs,
    id: Option<TicketId>,
    plan: &'r CallPlan,
    call: &'r ReadyCall,
) -> Result<Runner<'r>, Error> {
    let query = Query {
        select: Some(column::parse(&[FIELDS], false)?),
        ids: id.into_iter().collect(),
        accept: Accept::Json,
        locale: plan.locale.clone(),
    };
    Ok(Runner {
        plan,
        call,
        query,
        address: plan.address()?,
        lacks_credential: plan.lacks_credential(&args.call),
        verbose: args.verbose,
        skew: None,
    })
}
