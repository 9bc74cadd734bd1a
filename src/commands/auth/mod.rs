//! `sotickets auth`: sign-in to SuperOffice Online, its status, and sign-out.

mod login;
mod logout;
mod status;

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::auth::oauth::store::SessionStore;
use crate::auth::oauth::stored_session::StoredSession;
use crate::cli::auth::{AuthArgs, AuthCommand};
use crate::context::Context;

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: &AuthArgs, context: &mut Context<'_>) -> Result<()> {
    match &args.command {
        AuthCommand::Login(args) => login::run(args, context),
        AuthCommand::Status(args) => status::run(args, context),
        AuthCommand::Logout(args) => logout::run(args, context),
    }
}

/// Returns the place of the tokens of `session`, for a person.
fn token_place(session: &StoredSession, store: &SessionStore) -> String {
    if session.uses_keyring() { "the keyring".to_owned() } else { store.display_path() }
}

fn format_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
