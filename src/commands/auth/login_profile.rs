//! `sotickets auth login` with a credential: it is checked, and kept in a profile.

use anyhow::Result;

use crate::api::credential_check::Verdict;
use crate::auth::stored_secret::StoredSecret;
use crate::cli::auth::LoginArgs;
use crate::cli::get::CallArgs;
use crate::commands::doctor::credential_trial;
use crate::commands::messages;
use crate::commands::question::Asker;
use crate::context::{Context, Variables};
use crate::error::{Error, Kind};
use crate::escape;
use crate::secret::Secret;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretSource;
use crate::secret::secret_store::SecretStore;
use crate::settings::Settings;
use crate::settings::config::PROFILE_OPTION;
use crate::settings::config_edit::KeyChange;
use crate::settings::plan::login;
use crate::settings::plan::profile_login::{self, ProfileLogin};
use crate::settings::plan::profile_target::{Profiles, setting_of};
use crate::settings::profile::Profile;
use crate::settings::registry::Setting;
use crate::settings::resolve::credential::CredentialPlan;
use crate::source::{Source, Sourced};

use super::questions::{self, Answers, ProfileQuestions};
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
    existing: Option<&Profile>,
    context: &mut Context<'_>,
) -> Result<()> {
    let variables = context.variables.clone();
    let login = CredentialLogin { settings, profiles, existing, variables };
    let (args, draft) = login.draft(args, context)?;
    draft.call.warnings.iter().for_each(|it| messages::warn_with_hint(context, Some(it)));
    report_variables(&draft, context);
    let typed = check(&draft, &args, context)?;
    let Answers { args, saw_changes } = login.ask(&args, &draft, context)?;
    let mut plan = login.plan(&args)?;
    move_oversize(&mut plan, &typed, context);
    let changes = keep(&plan, &typed, &context.variables)?;
    written_profile::remove_leftovers(&plan.profile, &context.variables);
    if !saw_changes {
        written_profile::report_changes(&changes, context);
    }
    report(&plan, context);
    written_profile::report(&plan.profile, &args, context);
    login.forget_sign_in(&plan, args.verbose, context);
    Ok(())
}

/// A sign-in with a credential.
struct CredentialLogin<'a> {
    /// The settings without a profile.
    settings: Settings<'a>,
    profiles: &'a Profiles,
    /// The profile that is signed in again.
    existing: Option<&'a Profile>,
    /// All variables, which may override the profile later.
    variables: Variables,
}

impl CredentialLogin<'_> {
    /// Plans the profile that `args` describe.
    fn plan(&self, args: &LoginArgs) -> crate::error::Result<ProfileLogin> {
        let call = CallArgs { timeout: args.timeout.clone(), ..login::login_call(args) };
        let settings = Settings { call: &call, ..self.settings.clone() };
        profile_login::plan(args, settings, self.profiles, self.existing, &self.variables)
    }

    /// Plans the profile before the check, and checks that it and its secrets can be kept. Returns
    /// the arguments, with the store to which a person agrees.
    fn draft(
        &self,
        args: &LoginArgs,
        context: &mut Context<'_>,
    ) -> crate::error::Result<(LoginArgs, ProfileLogin)> {
        let mut args = args.clone();
        // A person is asked about a profile that would change after the check.
        let asks = Asker::at_terminal(context).is_some();
        let plan = |args: &LoginArgs| {
            self.plan(&LoginArgs { replace: args.replace || asks, ..args.clone() })
        };
        let mut draft = plan(&args)?;
        written_profile::preview(&draft.profile)?;
        if let Some((stored, error)) = unreadable(&draft, &context.variables) {
            if !stored.uses_keyring() {
                return Err(error);
            }
            questions::offer_file(error, &mut args, context)?;
            draft = plan(&args)?;
            find_old(&draft, &context.variables)?;
        }
        Ok((args, draft))
    }

    /// Asks what no option says about the profile, or if one that is signed in again may change.
    fn ask(
        &self,
        args: &LoginArgs,
        draft: &ProfileLogin,
        context: &mut Context<'_>,
    ) -> crate::error::Result<Answers> {
        let plan = |args: &LoginArgs| Ok(self.plan(args)?.profile);
        let questions =
            ProfileQuestions { plan, profiles: self.profiles, asker: Asker::at_terminal(context) };
        match self.existing {
            Some(_) => questions.confirm_change(args, context),
            None => questions.complete(args, &draft.profile.name, context),
        }
    }

    /// Removes and revokes the sign-in with the browser that the credential replaces. The new one
    /// is kept: an error is no reason to fail.
    fn forget_sign_in(&self, plan: &ProfileLogin, verbose: bool, context: &mut Context<'_>) {
        let Some(store) = &plan.former_sign_in else { return };
        let profile = self.profiles.find(&plan.profile.name).cloned();
        let profile = profile.map(|profile| Sourced::new(profile, Source::Option(PROFILE_OPTION)));
        let settings = Settings { profile, ..self.settings.clone() };
        if let Err(error) = logout::forget_sign_in(store, &settings, verbose, context) {
            messages::error_as_warning(context, &error);
        }
    }
}

/// Keeps the secrets that were `typed`, and writes the profile. Returns what changed in it.
///
/// # Errors
/// If one of them cannot be written. The secrets are as before then.
fn keep(
    plan: &ProfileLogin,
    typed: &[(String, Secret)],
    variables: &Variables,
) -> crate::error::Result<Vec<KeyChange>> {
    let old = find_old(plan, variables)?;
    for (index, (setting, stored)) in plan.stored_secrets.iter().enumerate() {
        if let Some(secret) = secret_of(typed, setting) {
            // One that could not be written is as before.
            stored
                .write(secret, variables)
                .map_err(|error| restore(&plan.stored_secrets[..index], &old, error, variables))?;
        }
    }
    written_profile::write(&plan.profile)
        .map_err(|error| restore(&plan.stored_secrets, &old, error, variables))
}

/// Returns the first place of a secret that cannot be read, with the error.
fn unreadable<'p>(
    plan: &'p ProfileLogin,
    variables: &Variables,
) -> Option<(&'p StoredSecret, Error)> {
    plan.stored_secrets.iter().find_map(|(_, stored)| Some((stored, stored.find(variables).err()?)))
}

/// Has the secrets that are too large for the keyring kept in files.
fn move_oversize(plan: &mut ProfileLogin, typed: &[(String, Secret)], context: &mut Context<'_>) {
    for (setting, stored) in &mut plan.stored_secrets {
        let size = secret_of(typed, setting).and_then(|secret| stored.oversize(secret));
        let (Some(size), Some((label, _))) = (size, setting.secret()) else { continue };
        messages::warning(context, &written_profile::oversize(label, size));
        plan.profile.leftovers.push(stored.clone());
        *stored = stored.clone().into_file();
        let keys = plan.profile.keys.iter_mut().filter(|(key, _)| *key == setting.key);
        keys.for_each(|(_, text)| SecretStore::File.source().clone_into(text));
    }
}

/// Reads the secrets that the new ones replace.
fn find_old(
    plan: &ProfileLogin,
    variables: &Variables,
) -> crate::error::Result<Vec<Option<Secret>>> {
    plan.stored_secrets.iter().map(|(_, stored)| stored.find(variables)).collect()
}

/// Keeps the `old` secrets again. Returns `error`, with a hint if that failed.
fn restore(
    stored: &[(&Setting, StoredSecret)],
    old: &[Option<Secret>],
    error: Error,
    variables: &Variables,
) -> Error {
    let mut failures = stored.iter().zip(old).filter_map(|((_, stored), old)| {
        stored.restore(old.as_ref(), variables).err().map(|failure| failure.to_string())
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
    call.authentication.is_login = true;
    for attempt in 1.. {
        let is_repeated = attempt > 1;
        let verdict = credential_trial::run(&plan.call, &call, is_repeated, args.verbose, context)?;
        let (error, expects_password) = match verdict {
            Verdict::Accepted => break,
            Verdict::AcceptedWithError(error) => {
                messages::hints_of(context, &error);
                break;
            }
            Verdict::Refused { error, expects_password } => (error, expects_password),
        };
        let typed = plan.call.credential.as_ref().filter(|it| is_typed_password(it));
        let Some(typed) = typed.filter(|_| expects_password && attempt < ATTEMPTS) else {
            let is_refusal = error.kind() == Kind::Authentication;
            return Err(error.hints_from(is_refusal.then_some("nothing was kept")).into());
        };
        messages::warning(context, &error.to_string());
        let mut reader = SecretReader::after_call(context, call.network.limits.deadline());
        call.authentication.credential = Some(typed.read(&mut reader)?);
        call.network.limits.since = Some(reader.deadline().start());
        call.typed.append(&mut reader.into_typed());
    }
    Ok(call.typed)
}

/// Returns `error` with the option for a secret of the profile that a person has to type.
fn with_option(error: Error, plan: &ProfileLogin) -> Error {
    let secrets = plan.call.secrets().into_iter();
    let mut asked = secrets.filter(|it| it.profile.is_some() && it.source == SecretSource::Prompt);
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
    let variables = &context.variables;
    let place = match (plan.stored_secrets.first(), plan.call.secrets().first()) {
        (Some((_, stored)), _) => format!("; kept in {}", stored.display_location(variables)),
        (None, Some(secret)) => {
            format!("; each call reads the {} from {}", secret.label, secret.safe_source(variables))
        }
        (None, None) => String::new(),
    };
    messages::line(context, &format!("signed in to {site}{user}{place}"));
}
