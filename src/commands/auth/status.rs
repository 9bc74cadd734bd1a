//! `sotickets auth status`: the user who is signed in, where, and until when; or the credential
//! of the profile.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::auth::kept_secret::KeptSecret;
use crate::auth::oauth::stored_session::Tokens;
use crate::cli::auth::StatusArgs;
use crate::clock::format_utc;
use crate::commands::write;
use crate::context::{Context, Variables};
use crate::error::{Error, Kind};
use crate::escape;
use crate::http::address::quote_without_login;
use crate::output::TextStyle;
use crate::output::text::color::{BOLD, PLAIN};
use crate::output::text::definition_list::DefinitionList;
use crate::secret::secret_reader;
use crate::secret::secret_ref::SecretRef;
use crate::settings::profile::Profile;
use crate::settings::{Settings, plan::login, registry};

/// Prints the sign-in.
///
/// # Errors
/// An error of [`Kind::Authentication`] if nobody is signed in, or the sign-in has ended.
pub(super) fn run(args: &StatusArgs, context: &mut Context<'_>) -> Result<()> {
    let call = login::call(&args.profile, None);
    let settings = Settings::load(&call, context)?;
    let store = login::store(&settings)?;
    let Some(session) = store.load()? else {
        if let Some(profile) = settings.profile()
            && !profile.credential_secrets()?.is_empty()
        {
            return report_credential(profile, context);
        }
        let message = format!("nobody is signed in; there is no {}", store.display_path());
        return Err(Error::new(Kind::Authentication, message)
            .hint(format!("sign in: {}", store.login_command()))
            .into());
    };
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
    let lines = lines.into_iter().filter(|(name, value)| *name != "profile" || value.is_some());
    let unnamed = "not named by the service";
    let lines: Vec<(&str, String)> =
        lines.map(|(name, value)| (name, value.unwrap_or_else(|| unnamed.to_owned()))).collect();
    print(&lines, context)?;
    if tokens.refresh.is_none() && tokens.expires.is_some_and(|end| end <= now) {
        let message = format!("{} has ended", store.label());
        return Err(Error::new(Kind::Authentication, message).hint(store.login_hint()).into());
    }
    Ok(())
}

/// Prints the credential of `profile`. Asks no person, and runs no program.
///
/// # Errors
/// An error of [`Kind::Authentication`] if a secret is missing.
fn report_credential(profile: &Profile, context: &mut Context<'_>) -> Result<()> {
    let secrets = profile.credential_secrets()?;
    let kind = match secrets.first() {
        Some((key, _)) if *key == registry::PASSWORD.key => "user and password (Basic)",
        Some((key, _)) if *key == registry::TICKET.key => "ticket (SOTicket)",
        Some((key, _)) if *key == registry::TOKEN.key => "token (Bearer)",
        _ => "browser session (XSRF)",
    };
    let value = |setting| Some(profile.find(setting)?.value);
    let user = value(&registry::USER).filter(|_| kind.contains("user"));
    let mut lines = vec![("kind", kind.to_owned())];
    lines.extend(user.map(|user| ("user", user)));
    lines.extend(value(&registry::TENANT).map(|tenant| ("tenant", tenant)));
    lines.extend(value(&registry::URL).map(|url| ("address", quote_without_login(&url))));
    lines.push(("profile", profile.name.clone()));
    let mut missing = None;
    for (key, secret) in &secrets {
        let kept = KeptSecret::of_profile(secret);
        let place = match &kept {
            Some(kept) => kept.display_place(&context.variables),
            None => secret.safe_origin(&context.variables),
        };
        let (state, is_missing) = match is_there(secret, kept.as_ref(), &context.variables) {
            Ok(Some(true)) => ("it is there".to_owned(), false),
            Ok(Some(false)) => ("it is missing".to_owned(), true),
            Ok(None) => ("each call asks for it".to_owned(), false),
            Err(error) => (format!("it cannot be read: {error}"), true),
        };
        if is_missing {
            missing.get_or_insert(&secret.label);
        }
        lines.push((key, format!("{place}; {state}")));
    }
    print(&lines, context)?;
    match missing {
        Some(label) => {
            let message = format!("the {label} of {} is missing", profile.display_name());
            Err(Error::new(Kind::Authentication, message)
                .hint("keep it again: sotickets auth login --url URL with the credential")
                .into())
        }
        None => Ok(()),
    }
}

/// Returns whether `secret` has a value; `None` if only a call can find out.
fn is_there(
    secret: &SecretRef,
    kept: Option<&KeptSecret>,
    variables: &Variables,
) -> crate::error::Result<Option<bool>> {
    match kept {
        Some(kept) => Ok(Some(kept.find(variables)?.is_some())),
        None => Ok(secret_reader::peek(secret, variables)?.map(|_| true)),
    }
}

fn print(lines: &[(&str, String)], context: &mut Context<'_>) -> Result<()> {
    let style = TextStyle::for_terminal(context.terminal, &context.variables);
    let longest = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let list = DefinitionList::new(longest, style);
    let mut text = Vec::new();
    for (name, value) in lines {
        text.extend_from_slice(style.paint(name, BOLD).as_bytes());
        list.write(name.len(), &escape::visible(value), PLAIN, &mut text);
    }
    Ok(write(context.stdout, &text)?)
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
