//! The list of `auth status` for people: a definition list for each profile.

use crate::clock::format_utc;
use crate::error::Kind;
use crate::escape;
use crate::output::TextStyle;
use crate::output::text::color::{BOLD, PLAIN};
use crate::output::text::definition_list::DefinitionList;
use crate::output::text::style::in_charset;

use super::entry::{CheckResult, CredentialKind, Entry, SecretState, SecretStatus};

/// Formats `entries`.
pub(super) fn format(entries: &[Entry], style: TextStyle) -> Vec<u8> {
    let mut text = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            text.push(b'\n');
        }
        let lines = lines(entry);
        let longest = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let list = DefinitionList::new(longest, style).keeping_words();
        for (name, value) in lines {
            text.extend_from_slice(style.paint(name, BOLD).as_bytes());
            let value = escape::visible(&value);
            list.write(name.len(), &in_charset(&value, style.charset), PLAIN, &mut text);
        }
    }
    text
}

/// Returns the terms and definitions of `entry`.
fn lines(entry: &Entry) -> Vec<(&str, String)> {
    let mut lines = vec![("profile", profile(entry)), ("kind", kind(entry.kind).to_owned())];
    let sign_in = entry.sign_in.as_ref();
    let unnamed = || sign_in.map(|_| "not named by the service".to_owned());
    for (name, value) in [
        ("user", entry.user.clone().or_else(unnamed)),
        ("tenant", entry.tenant.clone().or_else(unnamed)),
        ("address", entry.url.clone().or_else(unnamed)),
        ("environment", entry.environment.clone()),
    ] {
        lines.extend(value.map(|value| (name, value)));
    }
    lines.extend(entry.secrets.iter().map(|secret| (secret.key.as_str(), state(secret))));
    if let Some(sign_in) = sign_in {
        lines.push(("client_id", sign_in.client_id.clone()));
        lines.push(("kept in", sign_in.place.clone()));
        lines.push(("since", format_utc(sign_in.since)));
        lines.extend(sign_in.end.clone().map(|end| ("until", end)));
    }
    if !entry.overridden_by.is_empty() {
        lines.push(("overridden by", entry.overridden_by.join(", ")));
    }
    lines.extend(entry.check.map(|result| ("check", check(result).to_owned())));
    if !has_own_line(entry)
        && let Some(error) = &entry.failure
    {
        lines.push(("error", error.to_string()));
    }
    lines
}

fn profile(entry: &Entry) -> String {
    let name = entry.name.as_deref().unwrap_or("none");
    match (entry.is_default, entry.is_configured, &entry.name) {
        (true, ..) => format!("{name} (the default)"),
        (_, false, Some(_)) => format!("{name} (not in the configuration file)"),
        _ => name.to_owned(),
    }
}

const fn kind(kind: Option<CredentialKind>) -> &'static str {
    match kind {
        Some(CredentialKind::Basic) => "user and password (Basic)",
        Some(CredentialKind::Ticket) => "ticket (SOTicket)",
        Some(CredentialKind::Token) => "token (Bearer)",
        Some(CredentialKind::Xsrf) => "browser session (XSRF)",
        Some(CredentialKind::SystemUser) => "system user (Online)",
        Some(CredentialKind::SignIn) => "sign-in (Online)",
        None => "no credential",
    }
}

fn state(secret: &SecretStatus) -> String {
    let place = &secret.place;
    match &secret.state {
        SecretState::Present => format!("{place}; it is there"),
        SecretState::Missing => format!("{place}; it is missing"),
        SecretState::Unreadable(reason) => format!("{place}; it cannot be read: {reason}"),
        SecretState::Unknown(when) => format!("{place}; {when}"),
    }
}

const fn check(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Accepted => "the server accepts it",
        CheckResult::Refused => "the server refuses it",
        CheckResult::Failed => "no answer about it",
    }
}

/// Returns true if other lines of the entry show the error.
fn has_own_line(entry: &Entry) -> bool {
    let is_missing =
        |it: &SecretStatus| matches!(it.state, SecretState::Missing | SecretState::Unreadable(_));
    match (&entry.check, &entry.sign_in, entry.kind) {
        (Some(_), ..) => false,
        (_, Some(sign_in), _) => sign_in.end.is_some(),
        (_, _, None) => {
            entry.failure.as_ref().is_some_and(|error| error.kind() == Kind::Authentication)
        }
        _ => entry.secrets.iter().any(is_missing),
    }
}
