//! The questions of `auth login`. They fill in the arguments that neither an option nor a variable
//! gives, so that the command runs as with options alone.

mod interview;
mod online;
mod onsite;

use crate::cli::auth::LoginArgs;
use crate::commands::question::Asker;
use crate::context::Context;
use crate::error::Result;
use crate::escape;
use crate::settings::plan::login;
use crate::settings::registry;
use crate::settings::{Settings, config};

use interview::{Interview, Profiles};

/// Returns `args` with the answers of the person at the terminal; without a terminal, as they are.
///
/// # Errors
/// If the configuration file cannot be read, or no answer comes. Nothing is kept then.
pub(super) fn complete(args: &LoginArgs, context: &mut Context<'_>) -> Result<LoginArgs> {
    let mut args = args.clone();
    let Some(asker) = Asker::at_terminal(context) else { return Ok(args) };
    let call = login::login_call(&args);
    let (settings, file) = Settings::load_without_profile(&call, context)?;
    let interview = Interview { asker, settings, profiles: Profiles::new(file) };
    match interview.direction(&args, context)? {
        Direction::Again(name) => args.profile.profile = Some(name),
        Direction::Onsite => interview.ask_onsite(&mut args, context)?,
        Direction::Online => interview.ask_online(&mut args, context)?,
        Direction::Conflict => {}
    }
    Ok(args)
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
        let variable = || self.settings.variables.get(config::PROFILE_VARIABLE);
        let requested = args.profile.profile.clone().or_else(variable);
        let has_target = args.url.is_some() || args.tenant.is_some() || args.client_id.is_some();
        if let Some(name) = requested.filter(|name| self.profiles.find(name).is_some())
            && !has_target
        {
            return Ok(Direction::Again(name));
        }
        let is_online = args.client_id.is_some()
            || args.tenant.is_some()
            || args.environment.is_some()
            || args.client_secret.is_some()
            || args.redirect_uri.is_some()
            || args.no_browser;
        let is_onsite = args.user.is_some() || args.password.is_some();
        match (args.url.is_some(), is_online, is_onsite) {
            (true, true, _) => return Ok(Direction::Conflict),
            (true, false, _) | (false, false, true) => return Ok(Direction::Onsite),
            (false, true, _) => return Ok(Direction::Online),
            (false, false, false) => {}
        }
        if self.has(&registry::URL) {
            return Ok(Direction::Onsite);
        }
        if self.has(&registry::TENANT) || self.has(&registry::CLIENT_ID) {
            return Ok(Direction::Online);
        }
        if args.profile.profile.is_none()
            && let Some(name) = self.ask_profile(context)?
        {
            return Ok(Direction::Again(name));
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
