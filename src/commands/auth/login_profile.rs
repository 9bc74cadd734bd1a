//! `sotickets auth login --url`: a credential is checked, and kept in a profile.

use anyhow::Result;

use crate::api::credential::Credential;
use crate::api::credential_check::Verdict;
use crate::cli::auth::LoginArgs;
use crate::commands::doctor::credential_trial;
use crate::commands::messages;
use crate::context::{Context, Variables};
use crate::error::Error;
use crate::escape;
use crate::secret::Secret;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretSource;
use crate::settings::Settings;
use crate::settings::config_edit::{ConfigEdit, KeyChange};
use crate::settings::config_writer::ConfigWriter;
use crate::settings::plan::call::ReadyCall;
use crate::settings::plan::profile_login::{self, ProfileLogin};
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::credential::CredentialPlan;

/// Checks a credential, keeps it, and writes its profile.
///
/// # Errors
/// Those of the settings and of the check, which change nothing; and those of writing, after which
/// the old secret is kept as before.
pub(super) fn run(args: &LoginArgs, context: &mut Context<'_>) -> Result<()> {
    let call = profile_login::call(args);
    let (settings, configured) = Settings::load_without_profile(&call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let plan = profile_login::plan(args, settings, configured)?;
    let writer = ConfigWriter::new(&plan.file);
    let edit = edit(&plan);
    writer.preview(&edit)?;
    // Before a person types something for nothing.
    let old = find_old(&plan, &context.variables)?;
    plan.call.warnings.iter().for_each(|it| messages::warn_with_hint(context, Some(it)));
    let call = check(&plan, args, context)?;
    let restore = |error: Error| restore(&plan, &old, error, &context.variables);
    for (setting, kept) in &plan.kept {
        if let Some(secret) = secret_of(&call, setting) {
            kept.write(secret, &context.variables).map_err(restore)?;
        }
    }
    let changes = writer.apply(&edit).map_err(restore)?;
    for leftover in &plan.leftovers {
        // It is never read: it is no reason to fail.
        let _ = leftover.remove(&context.variables);
    }
    // Nobody remembers what was in a profile that was replaced.
    if changes.iter().any(|change| change.before.is_some()) {
        changes.iter().flat_map(KeyChange::lines).for_each(|it| messages::line(context, &it));
    }
    report(&plan, args, context);
    Ok(())
}

/// Returns the change of the configuration file.
fn edit(plan: &ProfileLogin) -> ConfigEdit {
    let mut edit = ConfigEdit::default();
    for key in &plan.obsolete {
        edit.remove_key(&plan.name, key);
    }
    for (key, text) in &plan.keys {
        match *key == registry::ALLOW_PLAIN_HTTP.key {
            true => edit.set(&plan.name, key, true),
            false => edit.set(&plan.name, key, text.as_str()),
        };
    }
    if plan.becomes_default {
        edit.set_default_profile(&plan.name);
    }
    edit
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

/// The number of times that a password is asked for.
const ATTEMPTS: usize = 3;

/// Reads the secrets and has the server check them. A mistyped password is asked for again.
fn check<'p>(
    plan: &'p ProfileLogin,
    args: &LoginArgs,
    context: &mut Context<'_>,
) -> Result<ReadyCall<'p>> {
    let mut call = plan.call.read_secrets(context)?;
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
    }
    Ok(call)
}

fn is_typed_password(credential: &CredentialPlan) -> bool {
    matches!(
        credential,
        CredentialPlan::Basic { password, .. } if password.source == SecretSource::Prompt
    )
}

/// Returns the secret of `call` that is the value of `setting`.
fn secret_of<'c>(call: &'c ReadyCall<'_>, setting: &Setting) -> Option<&'c Secret> {
    let authentication = &call.authentication;
    if setting.key == registry::APP_TOKEN.key {
        return authentication.app_token.as_ref().map(|token| &token.value);
    }
    match authentication.credential.as_ref()? {
        Credential::Basic { password: secret, .. }
        | Credential::SoTicket(secret)
        | Credential::Bearer(secret) => Some(&secret.value),
        _ => None,
    }
}

/// Reports what was written, and what a call uses in its place.
fn report(plan: &ProfileLogin, args: &LoginArgs, context: &mut Context<'_>) {
    let name = &plan.name;
    let site = plan.call.target.as_ref().map(ToString::to_string).unwrap_or_default();
    let user = plan.keys.iter().find(|(key, _)| *key == registry::USER.key);
    let user =
        user.map_or_else(String::new, |(_, user)| format!(" as {}", escape::excerpt(user, 100)));
    let place = plan.kept.first().map(|(_, kept)| kept.display_place(&context.variables));
    let place = place.map_or_else(String::new, |place| format!("; kept in {place}"));
    messages::line(context, &format!("signed in to {site}{user}{place}"));
    let file = escape::display_path(&plan.file);
    let default = if plan.becomes_default { ", the default," } else { "" };
    messages::line(context, &format!("profile '{name}'{default} is in {file}"));
    if !plan.becomes_default {
        messages::hint(
            context,
            &format!("sotickets get 839 --profile {name} uses it; --default makes it the default"),
        );
    }
    if args.network.insecure {
        messages::warning(context, "--insecure is not kept: calls check the certificate");
        messages::hint(context, "--cacert FILE trusts one authority, and is kept");
    }
    if let [_, ..] = plan.overriding.as_slice() {
        let names = plan.overriding.join(", ");
        messages::warning(context, &format!("calls use {names} in place of the profile"));
        messages::hint(context, "a variable overrides a profile; unset it to use the profile");
    }
}
