//! The questions of `auth login`. They fill in the arguments that neither an option nor a variable
//! gives, so that the command runs as with options alone.

mod interview;
mod online;
mod onsite;
mod profile;

use crate::cli::auth::{LoginArgs, StoreChoice};
use crate::commands::messages;
use crate::commands::question::Asker;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::escape;
use crate::settings::plan::login;
use crate::settings::plan::profile_target::Profiles;
use crate::settings::registry;
use crate::settings::{Settings, config};

use interview::Interview;
pub(super) use profile::{ProfileQuestions, at_terminal};

/// Returns `args` with the answers of the person at the terminal; without a terminal, as they are.
///
/// # Errors
/// If the configuration file cannot be read, or no answer comes. Nothing is kept then.
pub(super) fn complete(args: &LoginArgs, context: &mut Context<'_>) -> Result<LoginArgs> {
    let mut args = args.clone();
    let asker = Asker::at_terminal(context);
    if asker.is_none() && !is_window_of_git_bash(context) {
        return Ok(args);
    }
    let call = login::login_call(&args);
    let (settings, configured) = Settings::load_without_profile(&call, context)?;
    let profiles = Profiles::new(&settings, configured)?;
    let Some(asker) = asker else {
        let targets = [&registry::URL, &registry::TENANT, &registry::CLIENT_ID];
        let is_given = args.client_id.is_some()
            || targets.iter().any(|setting| settings.find(setting).is_some())
            || args.profile.profile.is_some()
            || profiles.default().is_some();
        return if is_given { Ok(args) } else { Err(no_terminal()) };
    };
    let interview = Interview { asker, settings, profiles };
    match interview.direction(&args, context)? {
        Direction::Again(name) => args.profile.profile = Some(name),
        Direction::Onsite => interview.ask_onsite(&mut args, context)?,
        Direction::Online => interview.ask_online(&mut args, context)?,
        Direction::Conflict => {}
    }
    Ok(args)
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
    let asker = at_terminal(args, context).filter(|_| args.store.is_none());
    let Some(asker) = asker else { return Err(error) };
    messages::warning(context, &error.to_string());
    let question = "Keep the secret in a file that only you can read?";
    if !asker.confirm(question, true, context)? {
        return Err(error);
    }
    args.store = Some(StoreChoice::File);
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

/// The kind of a sign-in.
enum Direction {
    /// With the settings of this profile.
    Again(String),
    Onsite,
    Online,
    /// Options of both kinds are typed, which the plan refuses.
    Conflict,
}

impl Interview<'_> {
    /// Decides by options, then by variables, and asks if neither says anything.
    fn direction(&self, args: &LoginArgs, context: &mut Context<'_>) -> Result<Direction> {
        match (args.url.is_some(), args.tenant.is_some() || args.client_id.is_some()) {
            (true, true) => return Ok(Direction::Conflict),
            (true, false) => return Ok(Direction::Onsite),
            (false, true) => return Ok(Direction::Online),
            (false, false) => {}
        }
        let variable = || self.settings.variables.get(config::PROFILE_VARIABLE);
        let requested = args.profile.profile.clone().or_else(variable);
        let again = match requested {
            Some(name) => Some(name).filter(|name| self.profiles.find(name).is_some()),
            None => self.ask_profile(context)?,
        };
        if let Some(name) = again {
            return Ok(Direction::Again(name));
        }
        let is_onsite = args.user.is_some() || args.password.is_some();
        let is_online = args.environment.is_some()
            || args.client_secret.is_some()
            || args.redirect_uri.is_some()
            || args.system_user_token.is_some()
            || args.no_browser;
        if is_onsite || self.has(&registry::URL) {
            return Ok(Direction::Onsite);
        }
        if is_online || self.has(&registry::TENANT) || self.has(&registry::CLIENT_ID) {
            return Ok(Direction::Online);
        }
        let choices = ["Onsite: on a server of your own", "Online: in the vendor's cloud"];
        let choices = choices.map(str::to_owned);
        let choice = self.asker.choice("Where is SuperOffice installed?", &choices, context)?;
        Ok(if choice == 0 { Direction::Onsite } else { Direction::Online })
    }

    /// Asks which profile is signed in again, if there are any; `None` for a new one.
    fn ask_profile(&self, context: &mut Context<'_>) -> Result<Option<String>> {
        let names = self.profiles.names();
        if names.is_empty() {
            return Ok(None);
        }
        let again = |name: &&str| format!("Sign in again to {}", escape::excerpt(name, 60));
        let mut choices: Vec<String> = names.iter().map(again).collect();
        choices.push("Set up another".to_owned());
        let choice = self.asker.choice("Which profile?", &choices, context)?;
        Ok(names.get(choice).map(|name| (*name).to_owned()))
    }
}
