//! `sotickets auth login` with a credential: it is checked, and kept in a profile.

use anyhow::Result;

use crate::api::credential_check::Verdict;
use crate::auth::kept_secret::{KeptPlace, KeptSecret};
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
use crate::settings::config::PROFILE_OPTION;
use crate::settings::plan::login;
use crate::settings::plan::profile_login::{self, ProfileLogin};
use crate::settings::plan::profile_target::{Profiles, setting_of};
use crate::settings::profile::Profile;
use crate::settings::registry::Setting;
use crate::settings::resolve::credential::CredentialPlan;
use crate::source::{Source, Sourced};

use super::questions::{self, ProfileQuestions};
use super::{logout, written_profile};

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
    let asks = questions::at_terminal(args, context).is_some();
    let may_replace = args.replace;
    let mut args = LoginArgs { replace: may_replace || asks, ..args.clone() };
    let mut plan = plan_with(&args)?;
    written_profile::preview(&plan.profile)?;
    if let Some((kept, error)) = unreadable(&plan, &context.variables) {
        if !kept.uses_keyring() {
            return Err(error.into());
        }
        questions::offer_file(error, &mut args, context)?;
        plan = plan_with(&args)?;
        find_old(&plan, &context.variables)?;
    }
    plan.call.warnings.iter().for_each(|it| messages::warn_with_hint(context, Some(it)));
    report_variables(&plan, context);
    let typed = check(&plan, &args, context)?;
    args.replace = may_replace;
    let questions =
        ProfileQuestions { plan: |args: &LoginArgs| Ok(plan_with(args)?.profile), profiles };
    args = match again {
        Some(_) => questions.confirm_change(&args, context)?,
        None => questions.complete(&args, &plan.profile.name, context)?,
    };
    plan = plan_with(&args)?;
    move_oversize(&mut plan, &typed, context);
    let old = find_old(&plan, &context.variables)?;
    let restore =
        |count: usize, error: Error| restore(&plan.kept[..count], &old, error, &context.variables);
    for (index, (setting, kept)) in plan.kept.iter().enumerate() {
        if let Some(secret) = secret_of(&typed, setting) {
            // One that could not be written is as before.
            kept.write(secret, &context.variables).map_err(|error| restore(index, error))?;
        }
    }
    let changes =
        written_profile::write(&plan.profile).map_err(|error| restore(plan.kept.len(), error))?;
    written_profile::remove_leftovers(&plan.profile, &context.variables);
    written_profile::report_changes(&changes, context);
    report(&plan, context);
    written_profile::report(&plan.profile, &args, context);
    let profile = profiles.find(&plan.profile.name).cloned();
    let profile = profile.map(|profile| Sourced::new(profile, Source::Option(PROFILE_OPTION)));
    forget_sign_in(&plan, &Settings { profile, ..settings.clone() }, args.verbose, context);
    Ok(())
}

/// Removes and revokes the sign-in with the browser that the credential replaces. The new one is
/// kept: an error is no reason to fail.
fn forget_sign_in(
    plan: &ProfileLogin,
    settings: &Settings<'_>,
    verbose: bool,
    context: &mut Context<'_>,
) {
    let Some(store) = &plan.former_sign_in else { return };
    if let Err(error) = logout::forget_sign_in(store, settings, verbose, context) {
        messages::warning(context, &error.to_string());
        error.hints().iter().for_each(|hint| messages::hint(context, hint));
    }
}

/// Returns the first place of a secret that cannot be read, with the error.
fn unreadable<'p>(
    plan: &'p ProfileLogin,
    variables: &Variables,
) -> Option<(&'p KeptSecret, Error)> {
    plan.kept.iter().find_map(|(_, kept)| Some((kept, kept.find(variables).err()?)))
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
    kept: &[(&Setting, KeptSecret)],
    old: &[Option<Secret>],
    error: Error,
    variables: &Variables,
) -> Error {
    let mut failures = kept.iter().zip(old).filter_map(|((_, kept), old)| {
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
        let read = typed.read(&mut reader).map_err(|error| after_call(&error));
        call.authentication.credential = Some(read?);
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

/// Returns `error` of a secret that is asked for again: something was sent.
fn after_call(error: &Error) -> Error {
    let hints = error.hints().iter().map(|it| it.replace("nothing was sent", "nothing was kept"));
    Error::new(error.kind(), error.to_string()).hints_from(hints)
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
