//! The trial of a credential for `auth login`, which prints the checks as `doctor` has them.

use crate::api::credential_check::{Verdict, check_credential};
use crate::api::get_tickets::Locale;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::client::Client;
use crate::output::TextStyle;
use crate::output::text::style::in_charset;
use crate::settings::plan::call::{CallPlan, ReadyCall};
use crate::settings::resolve::target::Target;

use super::check::{Check, Listing, Step};
use super::{connectivity, report, version_check};
use crate::commands::messages;

/// Tries the credential of `call` by one GetTickets, and prints a line on standard error for each
/// step that was passed. A repeated trial has a line for the credential alone.
///
/// # Errors
/// The errors of a call, except for a refusal.
pub(crate) fn run(
    plan: &CallPlan,
    call: &ReadyCall,
    is_repeated: bool,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<Verdict> {
    let target = plan.target.as_ref().ok_or_else(|| Error::usage("no address is given"))?;
    run_at(target, &plan.locale, call, is_repeated, verbose, context)
}

/// Tries the credential of `call` at `target`, as [`run`] does.
///
/// # Errors
/// The errors of a call, except for a refusal.
pub(crate) fn run_at(
    target: &Target,
    locale: &Locale,
    call: &ReadyCall,
    is_repeated: bool,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<Verdict> {
    let address = target.first();
    messages::warn_if_unchecked(context, &call.network, &address);
    let authentication = &call.authentication;
    if !is_repeated {
        print(&Check::passed(Step::Address, target.to_string()), context);
        print_connection_and_version(call, &address, verbose, context)?;
    }
    let (verdict, _) = connectivity::observe(context, &call.network, verbose, |transport| {
        let client = Client::new(transport, call.middleware());
        check_credential(&client, locale.clone(), authentication, &address)
    });
    let verdict = verdict?;
    let Some(credential) = &authentication.credential else { return Ok(verdict) };
    let accepted = format!("the {} is accepted", credential.description());
    match &verdict {
        Verdict::Accepted => print(&Check::passed(Step::Credential, accepted), context),
        Verdict::AcceptedWithError(error) => {
            let message = format!("{accepted}, and the call failed: {error}");
            print(&Check::warning(Step::Credential, message), context);
        }
        Verdict::Refused { .. } => {}
    }
    Ok(verdict)
}

/// Asks the server for its version, and prints the steps of the connection and the version.
/// `address` is that of the endpoint; of the service where the tenant is to be located.
///
/// # Errors
/// Those of locating the tenant, and of the connection. A version that the server does not name
/// is a warning.
fn print_connection_and_version(
    call: &ReadyCall,
    address: &Address,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<()> {
    let (outcome, observed) = connectivity::observe(context, &call.network, verbose, |transport| {
        let located = call.locator.as_ref().map(|it| it.locate(transport)).transpose()?;
        let endpoint = located.map_or_else(|| address.clone(), |location| location.address);
        Ok(transport.fetch(&version_check::request(&endpoint, &call.authentication)))
    });
    let observed = observed.as_ref();
    let error = outcome.as_ref().map_or_else(Some, |outcome| outcome.as_ref().err());
    let failed = error.and_then(|_| connectivity::failed_step(observed, address));
    let now = context.clock().now();
    for (_, check) in connectivity::checks(observed, failed, call.network.tls.insecure, now) {
        check.iter().for_each(|check| print(check, context));
    }
    let check = match outcome? {
        Ok(response) => version_check::check(&response),
        Err(error) if failed.is_some() => return Err(error),
        Err(error) => Check::warning(Step::Version, format!("no answer names it: {error}")),
    };
    print(&check, context);
    Ok(())
}

/// Prints that a credential is not tried, with the `reason`.
pub(crate) fn skip(reason: &str, context: &mut Context<'_>) {
    print(&Check::skipped(Step::Credential, reason), context);
}

fn print(check: &Check, context: &mut Context<'_>) {
    if check.listing == Listing::Line {
        let style = TextStyle::for_messages(context.terminal, &context.variables);
        let message = in_charset(&check.message, style.charset);
        let lines = report::lines(check.outcome, &check.step.to_string(), &message, style);
        messages::line(context, String::from_utf8_lossy(&lines).trim_end());
    }
}
