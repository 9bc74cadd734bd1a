//! `sotickets auth status`: the user who is signed in, where, and until when.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::auth::oauth::stored_session::Tokens;
use crate::cli::auth::StatusArgs;
use crate::clock::format_utc;
use crate::commands::write;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::escape;
use crate::output::TextStyle;
use crate::output::text::color::{BOLD, PLAIN};
use crate::output::text::definition_list::DefinitionList;
use crate::settings::{Settings, plan::login};

/// Prints the sign-in.
///
/// # Errors
/// An error of [`Kind::Authentication`] if nobody is signed in, or the sign-in has ended.
pub(super) fn run(args: &StatusArgs, context: &mut Context<'_>) -> Result<()> {
    let call = login::call(&args.profile, None);
    let settings = Settings::load(&call, context)?;
    let store = login::store(&settings)?;
    let session = store.load()?.ok_or_else(|| {
        let message = format!("nobody is signed in; there is no {}", store.display_path());
        Error::new(Kind::Authentication, message)
            .hint(format!("sign in: {}", store.login_command()))
    })?;
    let tokens = store.tokens(&session)?;
    let now = context.clock().now();
    let place = store.token_place(&session);
    let profile = settings.profile.map(|profile| profile.value.name);
    let lines = [
        ("user", session.user),
        ("tenant", session.tenant),
        ("address", session.url),
        ("environment", Some(session.service)),
        ("client_id", Some(session.client_id)),
        ("profile", profile),
        ("kept in", Some(place)),
        ("since", Some(format_utc(session.since))),
        ("until", Some(describe_end(&tokens, now))),
    ];
    let style = TextStyle::for_terminal(context.terminal, &context.variables);
    let longest = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let list = DefinitionList::new(longest, style);
    let mut text = Vec::new();
    for (name, value) in lines.iter().filter(|(name, value)| *name != "profile" || value.is_some())
    {
        let value = value.as_deref().unwrap_or("not named by the service");
        text.extend_from_slice(style.paint(name, BOLD).as_bytes());
        list.write(name.len(), &escape::visible(value), PLAIN, &mut text);
    }
    write(context.stdout, &text)?;
    if tokens.refresh.is_none() && tokens.expires.is_some_and(|end| end <= now) {
        let message = format!("{} has ended", store.label());
        return Err(Error::new(Kind::Authentication, message).hint(store.login_hint()).into());
    }
    Ok(())
}

fn describe_end(tokens: &Tokens, now: DateTime<Utc>) -> String {
    let then = match (&tokens.refresh, &tokens.client_secret) {
        (Some(_), Some(_)) => "renewed by the next call after that",
        (Some(_), None) => {
            "then sign in again, unless it is renewed without the application's secret"
        }
        (None, _) => "then sign in again",
    };
    match tokens.expires {
        Some(end) if end <= now && tokens.refresh.is_some() => {
            format!("{}, which has passed; the next call renews it", format_utc(end))
        }
        Some(end) if end <= now => format!("{}, which has passed", format_utc(end)),
        Some(end) => format!("{}; {then}", format_utc(end)),
        None => format!("the server refuses it; {then}"),
    }
}
