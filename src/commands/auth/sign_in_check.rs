//! The check of a sign-in with the browser, before it is kept.

use crate::api::credential::{Authentication, Credential};
use crate::api::credential_check::Verdict;
use crate::auth::oauth::session::UnstoredSession;
use crate::auth::oauth::stored_session::{StoredSession, Tokens};
use crate::commands::doctor::credential_trial;
use crate::commands::messages;
use crate::context::Context;
use crate::error::Result;
use crate::secret::Secret;
use crate::settings::plan::browser_login::LoginPlan;
use crate::settings::plan::call::ReadyCall;
use crate::settings::resolve::target::Target;
use crate::tenant::locator::Locator;

/// Asks for the server's version and tries the access token of `session`, where the tenant or its
/// address is known.
///
/// # Errors
/// Those of the call, a refusal among them.
pub(super) fn run(
    plan: &LoginPlan,
    session: &StoredSession,
    tokens: &Tokens,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<()> {
    check(plan, session, tokens, verbose, context).map_err(|error| error.hint(NOT_KEPT))
}

const UNKNOWN_TARGET: &str = "not checked: the service named neither tenant nor address";
const NOT_KEPT: &str = "nothing was kept; the same command signs in again";

fn check(
    plan: &LoginPlan,
    session: &StoredSession,
    tokens: &Tokens,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<()> {
    let Some(target) = plan.target(session)? else {
        credential_trial::skip(UNKNOWN_TARGET, context);
        return Ok(());
    };
    let call = call(plan, &target, tokens.access.clone(), context);
    match credential_trial::run_at(&target, plan.locale(), &call, false, verbose, context)? {
        Verdict::Accepted => Ok(()),
        Verdict::AcceptedWithError(error) => {
            messages::hints_of(context, &error);
            Ok(())
        }
        Verdict::Refused { error, .. } => Err(error),
    }
}

/// Returns the call to `target` with the `access` token.
fn call(plan: &LoginPlan, target: &Target, access: Secret, context: &Context<'_>) -> ReadyCall {
    let store = &plan.provisional_store;
    let credential = Credential::SignedIn { origin: store.label(), login: store.login_command() };
    let credential = Some(credential);
    let locator = match target {
        Target::Tenant(tenant) => Some(Locator::new(tenant, context)),
        Target::Address(_) => None,
    };
    ReadyCall {
        authentication: Authentication { credential, is_login: true, ..Authentication::default() },
        network: plan.connection.clone(),
        locator,
        session: Some(Box::new(UnstoredSession { access })),
        typed: Vec::new(),
    }
}
