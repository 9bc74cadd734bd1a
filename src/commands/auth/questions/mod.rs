//! The questions of `auth login`. They fill in the arguments that neither an option nor a variable
//! gives, so that the command runs as with options alone.

mod interview;
mod online;
mod onsite;
mod profile;

use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::commands::question::Asker;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::escape;
use crate::platform::Platform;
use crate::secret::secret_store::SecretStore;
use crate::settings::Settings;
use crate::settings::plan::login_way::{LoginTarget, default_target, requested_target};
use crate::settings::plan::profile_target::Profiles;
use crate::settings::registry;

use interview::Interview;
pub(super) use profile::{Answers, ProfileQuestions};

/// Returns `args` with the answers of the person at the terminal, and the target of the sign-in;
/// without a terminal, `args` as they are.
///
/// # Errors
/// If no answer comes, or a profile that is named does not exist. Nothing is kept then.
pub(super) fn complete(
    args: &LoginArgs,
    settings: &Settings<'_>,
    profiles: &Profiles,
    context: &mut Context<'_>,
) -> Result<(LoginArgs, LoginTarget)> {
    let mut args = args.clone();
    let requested = requested_target(&args, settings, profiles)?;
    let Some(asker) = Asker::at_terminal(context) else {
        let is_given = requested.is_some()
            || profiles.default().is_some()
            || settings.find(&registry::CLIENT_ID).is_some();
        if !is_given && is_window_of_git_bash(context) {
            return Err(no_terminal());
        }
        let target = requested.map_or_else(|| default_target(settings, profiles), Ok)?;
        return Ok((args, target));
    };
    let interview = Interview { asker, settings, profiles };
    let target = match requested {
        Some(target) => target,
        None => interview.ask_target(context)?,
    };
    match target.existing() {
        Some(profile) => interview.ask_credential(profile, &mut args, context)?,
        None => match interview.sign_in_kind(&args, context)? {
            SignInKind::Onsite => interview.ask_onsite(&mut args, context)?,
            SignInKind::Online => interview.ask_online(&mut args, context)?,
            SignInKind::Conflict => {}
        },
    }
    Ok((args, target))
}

/// Has the secret kept in a file, if a person at the terminal agrees, because of `error`: the
/// keyring could not be read.
///
/// # Errors
/// `error`, if nobody agrees, or an option names the place.
pub(super) fn offer_file(
    error: Error,
    args: &mut LoginArgs,
    context: &mut Context<'_>,
) -> Result<()> {
    let asker = Asker::at_terminal(context).filter(|_| args.store.is_none());
    let Some(asker) = asker else { return Err(error) };
    messages::warning(context, &error.to_string());
    if !asker.confirm(&SecretStore::file_question(Platform::CURRENT), true, context)? {
        let message = "there is no place to keep the secret in; nothing was kept";
        return Err(Error::usage(message)
            .hint("a source of your own is not kept but read again: --password env:NAME, or file:PATH or command:PROGRAM"));
    }
    args.store = Some(SecretStore::File);
    Ok(())
}

/// Returns true in the terminals of Git Bash and MSYS2, which programs of Windows see as pipes.
fn is_window_of_git_bash(context: &Context<'_>) -> bool {
    context.variables.get("MSYSTEM").is_some() && context.terminal.input.is_none()
}

fn no_terminal() -> Error {
    Error::usage("nothing can be asked here: this window is a pipe to programs of Windows")
        .hint("winpty sotickets auth login asks; so does another terminal, such as Windows Terminal")
        .hint("or answer by options, Onsite: --url URL --user NAME --password SRC; Online: --client-id ID")
}

/// The kind of a new sign-in.
enum SignInKind {
    Onsite,
    Online,
    /// Options of both kinds are typed, which the plan refuses.
    Conflict,
}

impl Interview<'_> {
    /// Asks which profile is signed in again, if there are any, or if another is set up.
    fn ask_target(&self, context: &mut Context<'_>) -> Result<LoginTarget> {
        let names = self.profiles.names();
        if names.is_empty() {
            return Ok(LoginTarget::New);
        }
        let again = |name: &&str| format!("Sign in again to {}", escape::excerpt(name, 60));
        let mut choices: Vec<String> = names.iter().map(again).collect();
        choices.push("Set up another".to_owned());
        let choice = self.asker.choice("Which profile?", &choices, context)?;
        let profile = names.get(choice).and_then(|name| self.profiles.find(name)).cloned();
        Ok(profile.map_or(LoginTarget::New, LoginTarget::Existing))
    }

    /// Decides by options, then by variables, and asks if neither says anything.
    fn sign_in_kind(&self, args: &LoginArgs, context: &mut Context<'_>) -> Result<SignInKind> {
        match (args.url.is_some(), args.tenant.is_some() || args.client_id.is_some()) {
            (true, true) => return Ok(SignInKind::Conflict),
            (true, false) => return Ok(SignInKind::Onsite),
            (false, true) => return Ok(SignInKind::Online),
            (false, false) => {}
        }
        let is_onsite = args.user.is_some() || args.password.is_some();
        let is_online = args.environment.is_some()
            || args.client_secret.is_some()
            || args.redirect_uri.is_some()
            || args.system_user_token.is_some()
            || args.no_browser;
        if is_onsite || self.has(&registry::URL) {
            return Ok(SignInKind::Onsite);
        }
        if is_online || self.has(&registry::TENANT) || self.has(&registry::CLIENT_ID) {
            return Ok(SignInKind::Online);
        }
        let choices = ["Onsite: on a server of your own", "Online: in the vendor's cloud"];
        let choices = choices.map(str::to_owned);
        let choice = self.asker.choice("Where is SuperOffice installed?", &choices, context)?;
        Ok(if choice == 0 { SignInKind::Onsite } else { SignInKind::Online })
    }
}
