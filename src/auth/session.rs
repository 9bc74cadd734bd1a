//! The session of a call: it provides the token of the `Authorization` header, and another one
//! after a refusal.

use std::sync::{Mutex, PoisonError};

use crate::api::credential::AUTHORIZATION;
use crate::error::Result;
use crate::http::middleware::{Middleware, Resend};
use crate::http::request::Header;
use crate::http::request::Request;
use crate::http::transport::Transport;
use crate::secret::{ResolvedSecret, Secret};

/// A source of tokens: a stored sign-in, or a system user.
pub(crate) trait Session: Send + Sync {
    /// The scheme of the tokens, as the header begins with it.
    const SCHEME: &'static str;

    /// Returns a valid token, and never `refused`, which the server did not accept. `None` if
    /// there is no other.
    ///
    /// # Errors
    /// An error of [`crate::error::Kind::Authentication`] without a valid token; those of the
    /// requests for one.
    fn token(&self, refused: Option<&Secret>, transport: &Transport<'_>) -> Result<Option<Secret>>;

    /// Records that the server accepted `token`.
    fn record_use(&self, _token: &Secret) {}
}

/// A session whose token many requests at once share: one of them asks for another token, and
/// the others wait for that.
pub(crate) struct SharedSession<S> {
    session: S,
    token: Mutex<Option<Secret>>,
}

impl<S> SharedSession<S> {
    pub(crate) fn new(session: S) -> Self {
        Self { session, token: Mutex::default() }
    }
}

impl<S: Session> Session for SharedSession<S> {
    const SCHEME: &'static str = S::SCHEME;

    fn token(&self, refused: Option<&Secret>, transport: &Transport<'_>) -> Result<Option<Secret>> {
        let mut current = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let is_refused = |token: &Secret| refused.is_some_and(|it| it.expose() == token.expose());
        if current.as_ref().is_none_or(is_refused) {
            let Some(token) = self.session.token(refused, transport)? else { return Ok(None) };
            *current = Some(token);
        }
        Ok(current.clone())
    }

    fn record_use(&self, token: &Secret) {
        self.session.record_use(token);
    }
}

/// Gives requests a token: one that is valid, and once another one after a 401 or 403.
impl<S: Session> Middleware for S {
    fn before_send(&self, request: &mut Request, transport: &Transport<'_>) -> Result<()> {
        set_token::<S>(request, self.token(None, transport)?);
        Ok(())
    }

    fn after_response(
        &self,
        request: &mut Request,
        status: u16,
        was_resent: bool,
        transport: &Transport<'_>,
    ) -> Result<Resend> {
        let mut headers = request.headers.iter().filter(|header| header.name == AUTHORIZATION);
        let Some(used) = headers.find_map(Header::resolved) else { return Ok(Resend::No) };
        let used = used.value.clone();
        match status {
            401 | 403 if !was_resent => {
                transport.note(&format!("HTTP {status}: the token is refused"));
                Ok(set_token::<S>(request, self.token(Some(&used), transport)?))
            }
            200 => {
                self.record_use(&used);
                Ok(Resend::No)
            }
            _ => Ok(Resend::No),
        }
    }
}

/// Gives `request` the token, if there is one.
fn set_token<S: Session>(request: &mut Request, token: Option<Secret>) -> Resend {
    let Some(value) = token else { return Resend::No };
    let secret = ResolvedSecret { value, origin: "the session".to_owned(), login_command: None };
    request.headers.retain(|header| header.name != AUTHORIZATION);
    request.headers.push(Header::secret(AUTHORIZATION, S::SCHEME, secret));
    Resend::Yes
}
