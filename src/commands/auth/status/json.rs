//! The list of `auth status` for programs. docs/sign-in.md describes it, and promises that keys
//! are only added.

use chrono::SecondsFormat;
use serde::Serialize;

use super::entry::{CheckResult, CredentialKind, Entry};

/// Formats `entries` as an array of objects.
pub(super) fn format(entries: &[Entry]) -> serde_json::Result<Vec<u8>> {
    let objects: Vec<Object<'_>> = entries.iter().map(Object::from).collect();
    Ok((serde_json::to_string_pretty(&objects)? + "\n").into_bytes())
}

/// An object; the order of the fields is the order of the keys.
#[derive(Serialize)]
struct Object<'a> {
    name: Option<&'a str>,
    default: bool,
    kind: Option<CredentialKind>,
    user: Option<&'a str>,
    url: Option<&'a str>,
    tenant: Option<&'a str>,
    environment: Option<&'a str>,
    secret: Option<&'a str>,
    secret_present: Option<bool>,
    valid_until: Option<String>,
    renewable: Option<bool>,
    overridden_by: &'a [&'static str],
    check: Option<CheckResult>,
    error: Option<String>,
}

impl<'a> From<&'a Entry> for Object<'a> {
    fn from(entry: &'a Entry) -> Self {
        let sign_in = entry.sign_in.as_ref();
        let expires = sign_in.and_then(|sign_in| sign_in.expires);
        Self {
            name: entry.name.as_deref(),
            default: entry.is_default,
            kind: entry.kind,
            user: entry.user.as_deref(),
            url: entry.url.as_deref(),
            tenant: entry.tenant.as_deref(),
            environment: entry.environment.as_deref(),
            secret: entry.source(),
            secret_present: entry.is_present(),
            valid_until: expires.map(|end| end.to_rfc3339_opts(SecondsFormat::Secs, true)),
            renewable: sign_in.and_then(|sign_in| sign_in.is_renewable),
            overridden_by: &entry.overridden_by,
            check: entry.check,
            error: entry.failure.as_ref().map(ToString::to_string),
        }
    }
}
