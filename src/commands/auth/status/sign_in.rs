//! A stored sign-in in the list of `auth status`.

use chrono::{DateTime, Utc};

use crate::auth::oauth::store::SessionStore;
use crate::auth::oauth::stored_session::{StoredSession, Tokens};
use crate::clock::format_utc;
use crate::error::{Error, Kind};

/// A stored sign-in.
pub(super) struct SignIn {
    pub(super) client_id: String,
    /// The source as a profile would name it.
    pub(super) source: &'static str,
    pub(super) place: String,
    pub(super) since: DateTime<Utc>,
    /// The end of the access token, if it is known.
    pub(super) expires: Option<DateTime<Utc>>,
    /// True if a call can renew it after that; `None` if the tokens cannot be read.
    pub(super) is_renewable: Option<bool>,
    /// True if a call can use it or renew it.
    pub(super) is_present: bool,
    /// The end, for people.
    pub(super) end: Option<String>,
}

impl SignIn {
    /// Creates the description of `session` at the time `now`, with an error if its tokens cannot
    /// be used.
    pub(super) fn new(
        store: &SessionStore,
        session: &StoredSession,
        now: DateTime<Utc>,
    ) -> (Self, Option<Error>) {
        let mut sign_in = Self {
            client_id: session.client_id.clone(),
            source: if session.uses_keyring() { "keyring" } else { "stored" },
            place: store.display_token_location(session),
            since: session.since,
            expires: None,
            is_renewable: None,
            is_present: false,
            end: None,
        };
        let tokens = match store.tokens(session) {
            Ok(tokens) => tokens,
            Err(error) => return (sign_in, Some(error)),
        };
        let has_ended = tokens.refresh.is_none() && tokens.expires.is_some_and(|end| end <= now);
        sign_in.expires = tokens.expires;
        sign_in.is_renewable = Some(tokens.refresh.is_some());
        sign_in.is_present = !has_ended;
        sign_in.end = Some(describe_end(&tokens, now));
        let error = has_ended.then(|| {
            let message = format!("{} has ended", store.label());
            Error::new(Kind::Authentication, message).hint(store.login_hint())
        });
        (sign_in, error)
    }
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
