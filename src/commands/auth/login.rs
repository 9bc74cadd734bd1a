//! `sotickets auth login`: with the browser or with a credential, for a new profile or again for one
//! that there is.

use anyhow::Result;

use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::context::Context;
use crate::settings::Settings;
use crate::settings::plan::login;
use crate::settings::plan::login_way::{LoginWay, login_way};
use crate::settings::plan::profile_target::Profiles;

use super::{login_browser, login_profile, questions};

/// Signs in, and writes the profile.
///
/// # Errors
/// Those of the settings, the questions, the sign-in and the configuration file.
pub(super) fn run(args: &LoginArgs, context: &mut Context<'_>) -> Result<()> {
    let args = login::split_ticket_url(args)?;
    let call = login::login_call(&args);
    let (settings, configured) = Settings::load_for_writing(&call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let profiles = Profiles::new(&settings, configured)?;
    let (args, target) = questions::complete(&args, &settings, &profiles, context)?;
    let call = login::login_call(&args);
    let mut settings = Settings { call: &call, ..settings };
    let existing = target.existing();
    if let Some(existing) = existing {
        settings.remove_overriding(existing);
    }
    match login_way(&args, &settings, &target)? {
        LoginWay::Browser => login_browser::run(&args, settings, &profiles, existing, context),
        LoginWay::Credential => login_profile::run(&args, settings, &profiles, existing, context),
    }
}
