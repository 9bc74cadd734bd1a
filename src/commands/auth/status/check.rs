//! The check of `auth status --check`: one call with the credential of a profile.

use std::time::Instant;

use crate::api::credential_check::{Verdict, check_credential};
use crate::commands::messages;
use crate::commands::transport::with_transport;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::http::client::Client;
use crate::settings::Settings;
use crate::settings::plan::call;

use super::entry::{CheckResult, CredentialKind, Entry};

/// Calls the server of `entry` once, and adds the result. `own` are the settings of its profile;
/// the limit of time counts from here.
pub(super) fn run(entry: &mut Entry, own: Settings<'_>, verbose: bool, context: &mut Context<'_>) {
    let own = Settings { started: Instant::now(), ..own };
    let result = call_once(entry, &own, verbose, context);
    if entry.kind == Some(CredentialKind::SignIn) {
        // The call may have renewed it.
        entry.describe_sign_in(context);
    }
    let (result, error) = match result {
        Ok(()) => (CheckResult::Accepted, None),
        Err(error) if error.kind() == Kind::Authentication => (CheckResult::Refused, Some(error)),
        Err(error) => (CheckResult::Failed, Some(error)),
    };
    entry.check = Some(result);
    let name = entry.display_name();
    let name_it = |error: Error| match error.to_string().contains(&name) {
        true => error,
        false => error.with_source(&name),
    };
    entry.failure = error.map(name_it).or_else(|| entry.failure.take());
}

/// Asks the server whether it accepts the credential.
fn call_once(
    entry: &Entry,
    own: &Settings<'_>,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<()> {
    let plan = call::plan(own, false)?;
    call::check_stdin(std::iter::empty(), &plan.all_secrets())?;
    let address = plan.address()?;
    let name = entry.display_name();
    let target = plan.target.as_ref().map(ToString::to_string).unwrap_or_default();
    messages::line(context, &format!("checking {name} at {target}"));
    let call = plan.read_secrets(context)?;
    messages::warn_if_unchecked(context, &call.network, &address);
    let verdict = with_transport(context, &call.network, verbose, |transport| {
        let client = Client::new(transport, call.middleware());
        check_credential(&client, plan.locale.clone(), &call.authentication, &address)
    });
    match verdict? {
        Verdict::Accepted => Ok(()),
        Verdict::AcceptedWithError(error) => {
            let text = format!("{name}: the credential is accepted, and the call failed: {error}");
            messages::warning(context, &text);
            messages::hints_of(context, &error);
            Ok(())
        }
        Verdict::Refused { error, .. } => Err(error),
    }
}
