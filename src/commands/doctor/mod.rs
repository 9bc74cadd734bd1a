//! `sotickets doctor`: shows the settings in effect, and tries them step by step.

mod check;
mod connectivity;
mod report;
mod runner;
mod ticket_checks;
mod time_zone;

use crate::api::query::Accept;
use crate::cli::doctor::DoctorArgs;
use crate::context::Context;
use crate::error::Error;
use crate::settings::config;
use crate::settings::effective::{EffectiveSettings, PlanError, examine, ticket};
use crate::settings::plan::call::CallPlan;
use crate::settings::plan::resolved_call::ResolvedCall;
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
    let configuration = config::load(&args.call, context)?;
    messages::warn_with_hint(context, configuration.warning.as_ref());
    let EffectiveSettings { facts, call } = examine(&args.call, &configuration, context)?;
    let mut report = Report::begin(args, facts, context);
    if args.offline {
        let warnings = call.as_ref().map_or(&[][..], |plan| &plan.warnings);
        warnings.iter().for_each(|warning| messages::warn_with_hint(report.context, Some(warning)));
        if let Some((step, error)) = blocking_error(args, call) {
            report.set_failure(step, error);
        }
    } else {
        if let Some(call) = prepare(call, &mut report) {
            runner(args, id, &call, report.context)?.run(&mut report);
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
            Some((Step::Credential, credential::no_credential()))
        }
        Ok(_) => None,
    }
}

/// Checks address and settings, and reads the secrets.
fn prepare(call: Result<CallPlan, PlanError>, report: &mut Report<'_, '_>) -> Option<ResolvedCall> {
    let (target, call) = match call {
        Ok(plan) => (plan.target.as_ref().map(ToString::to_string), Ok(plan)),
        Err(PlanError { target: None, error }) => {
            report.add(Check::failed(Step::Address, error));
            return None;
        }
        Err(PlanError { target, error }) => (target, Err(error)),
    };
    let target = target.unwrap_or_default();
    report.add(Check::passed(Step::Address, target.clone()).detail("address", target));
    match call.and_then(|plan| Ok((plan.read_secrets(report.context)?, plan))) {
        Ok((call, plan)) => {
            report.add(settings_check(&plan));
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
        return Check::passed(Step::Settings, format!("all can be used{read}"));
    }
    let messages: Vec<&str> = plan.warnings.iter().map(|(message, _)| message.as_str()).collect();
    let check = Check::warning(Step::Settings, messages.join("; "));
    plan.warnings.iter().fold(check, |check, (_, hint)| check.hint(hint))
}

/// The fields that show language and time zone; no title, which may be confidential. The last
/// dates are those that a ticket often has, next to the two that are always in UTC.
const FIELDS: &str = "TicketId,TicketStatusDisplayValue,PriorityName,CategoryName,LastChanged,CreatedAt,FirstReadByUser,Deadline";

/// Returns what tries `call` step by step.
fn runner<'r>(
    args: &DoctorArgs,
    id: Option<TicketId>,
    call: &'r ResolvedCall,
    context: &Context<'_>,
) -> Result<Runner<'r>, Error> {
    let select = column::parse(&[FIELDS], false)?;
    let (query, address) = call.query(Some(select), id.into_iter().collect(), Accept::Json)?;
    Ok(Runner {
        call,
        query,
        address,
        locator: call.locator(context),
        session: call.session(context),
        lacks_credential: call.credential.is_none() && !args.call.no_auth,
        verbose: args.verbose,
        skew: None,
    })
}
