//! An OAuth session: a stored sign-in whose access token is renewed in time.

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::credential::AUTHORIZATION;
use crate::error::{Error, Kind, Result};
use crate::http::header::Header;
use crate::http::middleware::{Middleware, Resend};
use crate::http::request::Request;
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

impl OAuthSession {
    /// Returns a valid access token, renewed if necessary, and never `refused`, which the
    /// server did not accept. Of many calls at once one renews it, and the others wait for
    /// that. `None` if the refused token cannot be renewed.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] if a person has to sign in again.
    pub(crate) fn token(
        &self,
        refused: Option<&Secret>,
        transport: &Transport<'_>,
    ) -> Result<Option<Secret>> {
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
            transport.note("* another call has renewed the sign-in");
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

    /// Gives `request` a token other than `refused`. Returns false if there is none.
    fn set_token(
        &self,
        request: &mut Request,
        refused: Option<&Secret>,
        transport: &Transport<'_>,
    ) -> Result<bool> {
        let token = self.token(refused, transport)?;
        let header = request.header_mut(AUTHORIZATION);
        let (Some(token), Some(secret)) = (token, header.and_then(Header::resolved_mut)) else {
            return Ok(false);
        };
        secret.value = token;
        Ok(true)
    }

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
        transport.note(&format!("* renewing {}", self.store.label()));
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

/// Gives requests the access token: renewed before it ends, or once after a 401 or 403.
impl Middleware for OAuthSession {
    fn before_send(&self, request: &mut Request, transport: &Transport<'_>) -> Result<()> {
        self.set_token(request, None, transport).map(drop)
    }

    fn after_response(
        &self,
        request: &mut Request,
        status: u16,
        was_resent: bool,
        transport: &Transport<'_>,
    ) -> Result<Resend> {
        if !matches!(status, 401 | 403) || was_resent {
            return Ok(Resend::No);
        }
        let used = request.header_mut(AUTHORIZATION).and_then(|header| header.resolved());
        let refused = used.map(|secret| secret.value.clone());
        transport.note(&format!("* HTTP {status}: the token is refused"));
        match self.set_token(request, refused.as_ref(), transport)? {
            true => Ok(Resend::Yes),
            false => Ok(Resend::No),
        }
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
