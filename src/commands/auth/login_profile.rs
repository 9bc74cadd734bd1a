//! `sotickets auth login` with a credential: it is checked, and kept in a profile.

use anyhow::Result;

use crate::api::credential_check::Verdict;
use crate::auth::kept_secret::KeptPlace;
use crate::cli::auth::LoginArgs;
use crate::cli::get::CallArgs;
use crate::commands::doctor::credential_trial;
use crate::commands::messages;
use crate::context::{Context, Variables};
use crate::error::Error;
use crate::escape;
use crate::secret::Secret;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretSource;
use crate::settings::Settings;
use crate::settings::plan::login;
use crate::settings::plan::profile_login::{self, ProfileLogin};
use crate::settings::plan::profile_target::{Profiles, setting_of};
use crate::settings::profile::Profile;
use crate::settings::registry::Setting;
use crate::settings::resolve::credential::CredentialPlan;

use super::questions::{self, ProfileQuestions};
use super::written_profile;

/// Checks a credential, keeps it, and writes its profile.
///
/// # Errors
/// Those of the settings and of the check, which change nothing; and those of writing, after which
/// the old secret is kept as before.
pub(super) fn run(
    args: &LoginArgs,
    settings: Settings<'_>,
    profiles: &Profiles,
    again: Option<&Profile>,
    context: &mut Context<'_>,
) -> Result<()> {
    let variables = context.variables.clone();
    let plan_with = |args: &LoginArgs| {
        let call = CallArgs { timeout: args.timeout.clone(), ..login::login_call(args) };
        let mut settings = settings.clone();
        settings.call = &call;
        profile_login::plan(args, settings, profiles, again, &variables)
    };
    // A person is asked about a profile that would change after the check.
    let asks = again.is_none() && questions::at_terminal(args, context).is_some();
    let may_replace = args.replace;
    let mut args = LoginArgs { replace: may_replace || asks, ..args.clone() };
    let mut plan = plan_with(&args)?;
    written_profile::preview(&plan.profile)?;
    if let Err(error) = find_old(&plan, &context.variables) {
        questions::offer_file(error, &mut args, context)?;
        plan = plan_with(&args)?;
        find_old(&plan, &context.variables)?;
    }
    plan.call.warnings.iter().for_each(|it| messages::warn_with_hint(context, Some(it)));
    report_variables(&plan, context);
    let typed = check(&plan, &args, context)?;
    if again.is_none() {
        args.replace = may_replace;
        let questions =
            ProfileQuestions { plan: |args: &LoginArgs| Ok(plan_with(args)?.profile), profiles };
        args = questions.complete(&args, &plan.profile.name, context)?;
        plan = plan_with(&args)?;
    }
    move_oversize(&mut plan, &typed, context);
    let old = find_old(&plan, &context.variables)?;
    let restore = |error: Error| restore(&plan, &old, error, &context.variables);
    for (setting, kept) in &plan.kept {
        if let Some(secret) = secret_of(&typed, setting) {
            kept.write(secret, &context.variables).map_err(restore)?;
        }
    }
    let changes = written_profile::write(&plan.profile).map_err(restore)?;
    written_profile::remove_leftovers(&plan.profile, &context.variables);
    written_profile::report_changes(&changes, context);
    report(&plan, context);
    written_profile::report(&plan.profile, &args, context);
    Ok(())
}

/// Has the secrets that are too large for the keyring kept in files.
fn move_oversize(plan: &mut ProfileLogin, typed: &[(String, Secret)], context: &mut Context<'_>) {
    for (setting, kept) in &mut plan.kept {
        let size = secret_of(typed, setting).and_then(|secret| kept.oversize(secret));
        let (Some(size), Some((label, _))) = (size, setting.secret()) else { continue };
        messages::warning(context, &written_profile::oversize(label, size));
        *kept = kept.clone().into_file();
        let keys = plan.profile.keys.iter_mut().filter(|(key, _)| *key == setting.key);
        keys.for_each(|(_, text)| KeptPlace::File.source().clone_into(text));
    }
}

/// Reads the secrets that the new ones replace.
fn find_old(
    plan: &ProfileLogin,
    variables: &Variables,
) -> crate::error::Result<Vec<Option<Secret>>> {
    plan.kept.iter().map(|(_, kept)| kept.find(variables)).collect()
}

/// Keeps the `old` secrets again. Returns `error`, with a hint if that failed.
fn restore(
    plan: &ProfileLogin,
    old: &[Option<Secret>],
    error: Error,
    variables: &Variables,
) -> Error {
    let mut failures = plan.kept.iter().zip(old).filter_map(|((_, kept), old)| {
        kept.restore(old.as_ref(), variables).err().map(|failure| failure.to_string())
    });
    match failures.next() {
        Some(failure) => error.hint(format!("the secret before could not be restored: {failure}")),
        None => error.hint("nothing was kept"),
    }
}

/// Reports the variables whose secrets are about to be sent: nobody may have thought of them.
fn report_variables(plan: &ProfileLogin, context: &mut Context<'_>) {
    let site = plan.call.target.as_ref().map(ToString::to_string).unwrap_or_default();
    for secret in plan.call.secrets() {
        if let SecretSource::Variable(name) = &secret.source {
            let label = &secret.label;
            messages::line(context, &format!("the {label} of {name} is used for {site}"));
        }
    }
}

/// The number of times that a password is asked for.
const ATTEMPTS: usize = 3;

/// Reads the secrets and has the server check them. A mistyped password is asked for again. Returns
/// the secrets that were typed, each with its variable.
fn check(
    plan: &ProfileLogin,
    args: &LoginArgs,
    context: &mut Context<'_>,
) -> Result<Vec<(String, Secret)>> {
    let mut call = plan.call.read_secrets(context).map_err(|error| with_option(error, plan))?;
    for attempt in 1.. {
        let is_repeated = attempt > 1;
        let verdict = credential_trial::run(&plan.call, &call, is_repeated, args.verbose, context)?;
        let (error, expects_password) = match verdict {
            Verdict::Accepted => break,
            Verdict::AcceptedWithError(error) => {
                error.hints().iter().for_each(|hint| messages::hint(context, hint));
                break;
            }
            Verdict::Refused { error, expects_password } => (error, expects_password),
        };
        let typed = plan.call.credential.as_ref().filter(|it| is_typed_password(it));
        let Some(typed) = typed.filter(|_| expects_password && attempt < ATTEMPTS) else {
            return Err(error.into());
        };
        messages::warning(context, &error.to_string());
        let mut reader = SecretReader::new(context, call.network.limits.deadline());
        call.authentication.credential = Some(typed.read(&mut reader)?);
        call.network.limits.since = Some(reader.deadline().start());
        call.typed.append(&mut reader.into_typed());
    }
    Ok(call.typed)
}

/// Returns `error` with the option for a secret of the profile that a person has to type.
fn with_option(error: Error, plan: &ProfileLogin) -> Error {
    let secrets = plan.call.secrets().into_iter();
    let mut asked = secrets.filter(|it| it.belongs_to_profile && it.source == SecretSource::Prompt);
    match asked.next().and_then(setting_of) {
        Some(setting) => error.hint(format!("{} SRC names another source", setting.option)),
        None => error,
    }
}

fn is_typed_password(credential: &CredentialPlan) -> bool {
    matches!(
        credential,
        CredentialPlan::Basic { password, .. } if password.source == SecretSource::Prompt
    )
}

/// Returns the secret of `typed` that is the value of `setting`: the last one that was typed.
fn secret_of<'t>(typed: &'t [(String, Secret)], setting: &Setting) -> Option<&'t Secret> {
    let mut typed = typed.iter().rev();
    typed.find(|(variable, _)| variable == setting.variable).map(|(_, secret)| secret)
}

/// Reports who is signed in, and where the secret is.
fn report(plan: &ProfileLogin, context: &mut Context<'_>) {
    let site = plan.call.target.as_ref().map(ToString::to_string).unwrap_or_default();
    let user = match &plan.call.credential {
        Some(CredentialPlan::Basic { user, .. }) => format!(" as {}", escape::excerpt(user, 100)),
        _ => String::new(),
    };
    let place = plan.kept.first().map(|(_, kept)| kept.display_place(&context.variables));
    let place = place.map_or_else(String::new, |place| format!("; kept in {place}"));
    messages::line(context, &format!("signed in to {site}{user}{place}"));
}
