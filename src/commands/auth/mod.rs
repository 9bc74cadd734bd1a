//! `sotickets auth`: sign-in, Onsite and Online, the status of each profile, sign-out, and the
//! default profile.

mod browser_authorization;
mod login;
mod login_browser;
mod login_profile;
mod logout;
mod questions;
mod sign_in_check;
mod status;
mod switch;
mod written_profile;

use anyhow::Result;

use crate::cli::auth::{AuthArgs, AuthCommand};
use crate::commands::help::print;
use crate::context::Context;

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub(crate) fn run(args: &AuthArgs, context: &mut Context<'_>) -> Result<()> {
    match &args.command {
        AuthCommand::Login(args) => login::run(args, context),
        AuthCommand::Status(args) => status::run(args, context),
        AuthCommand::Logout(args) => logout::run(args, context),
        AuthCommand::Switch(args) => switch::run(args, context),
        AuthCommand::Help(args) => {
            let topic = [&["auth".to_owned()], args.topic.as_slice()].concat();
            print::run(&topic, context)
        }
    }
}
