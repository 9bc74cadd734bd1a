//! An OAuth session: a stored sign-in whose access token is renewed in time.

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::credential::BEARER;
use crate::auth::session::Session;
use crate::error::{Error, Kind, Result};
use crate::http::transport::Transport;
use crate::secret::Secret;

use super::client::{Application, OAuthClient};
use super::store::SessionStore;
use super::stored_session::{StoredSession, Tokens};

/// A sign-in of a person, with its place in the store.
#[derive(Clone, Debug)]
pub(crate) struct OAuthSession {
    pub(crate) store: SessionStore,
    pub(crate) session: StoredSession,
}

/// The time before its end at which a token is renewed: a call takes a while, and the clock
/// may be a little slow.
const MARGIN: TimeDelta = TimeDelta::seconds(60);

impl Session for OAuthSession {
    const SCHEME: &'static str = BEARER;

    /// If many calls need a new token at once, one renews it and the others wait for that.
    fn token(&self, refused: Option<&Secret>, transport: &Transport<'_>) -> Result<Option<Secret>> {
        let now = transport.now();
        let tokens = self.store.tokens(&self.session)?;
        if is_valid(&tokens, refused, now) {
            return Ok(Some(tokens.access));
        }
        if refused.is_some() && tokens.refresh.is_none() {
            return Ok(None);
        }
        let _lock = self.store.lock(transport)?;
        let session = self.store.load()?.ok_or_else(|| self.store.missing_error())?;
        let tokens = self.store.tokens(&session)?;
        if is_valid(&tokens, refused, now) {
            transport.note("another call has renewed the sign-in");
            return Ok(Some(tokens.access));
        }
        let reservation = self.store.reserve_for(&session)?;
        let tokens = self.renew(&session, tokens, transport)?;
        if let Err(reason) = self.store.write_tokens(&session, &tokens, reservation) {
            // The old refresh token may be spent: only this call has the new one.
            transport.warn(
                &format!("{} was renewed and could not be kept: {reason}", self.store.label()),
                &format!("if the next call is refused, {}", self.store.login_hint()),
            );
        }
        Ok(Some(tokens.access))
    }
}

impl OAuthSession {
    /// Exchanges the refresh token of `session` for new tokens.
    fn renew(
        &self,
        session: &StoredSession,
        tokens: Tokens,
        transport: &Transport<'_>,
    ) -> Result<Tokens> {
        let Some(refresh) = &tokens.refresh else {
            let message =
                format!("{} has ended, and there is no refresh token", self.store.label());
            return Err(Error::new(Kind::Authentication, message).hint(self.store.login_hint()));
        };
        transport.note(&format!("renewing {}", self.store.label()));
        let environment = session.environment()?;
        let application =
            Application { id: session.client_id.clone(), secret: tokens.client_secret.clone() };
        let client = OAuthClient::discover(&environment, &application, transport)?;
        client.renew(refresh, transport).map_err(|error| match error.kind() {
            Kind::Authentication => error.hint(self.store.login_hint()),
            _ => error,
        })
    }
}

/// A sign-in that is not stored yet: its access token, which nothing renews.
pub(crate) struct UnstoredSession {
    pub(crate) access: Secret,
}

impl Session for UnstoredSession {
    const SCHEME: &'static str = BEARER;

    fn token(&self, refused: Option<&Secret>, _: &Transport<'_>) -> Result<Option<Secret>> {
        Ok(refused.is_none().then(|| self.access.clone()))
    }
}

/// Returns true if a call can be made with these tokens.
fn is_valid(tokens: &Tokens, refused: Option<&Secret>, now: DateTime<Utc>) -> bool {
    let is_refused = refused.is_some_and(|refused| refused.expose() == tokens.access.expose());
    !is_refused && tokens.expires.is_none_or(|end| now + MARGIN < end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_valid_until_a_minute_before_its_end_or_until_it_is_refused() {
        let now = DateTime::UNIX_EPOCH;
        let tokens = |seconds: Option<i64>| Tokens {
            access: Secret::new("8A:a".to_owned()),
            expires: seconds.map(|seconds| now + TimeDelta::seconds(seconds)),
            refresh: None,
            client_secret: None,
        };
        let refused = Secret::new("8A:a".to_owned());
        let other = Secret::new("8A:b".to_owned());
        for (seconds, refused, expected) in [
            (Some(61), None, true),
            (Some(60), None, false),
            (Some(-1), None, false),
            (None, None, true),
            (None, Some(&refused), false),
            (Some(61), Some(&refused), false),
            (Some(61), Some(&other), true),
        ] {
            assert_eq!(is_valid(&tokens(seconds), refused, now), expected, "{seconds:?}");
        }
    }
}
