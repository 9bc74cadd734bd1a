//! The session of a call: it provides the token of the `Authorization` header, and another one
//! after a refusal.

use crate::api::credential::AUTHORIZATION;
use crate::error::Result;
use crate::http::header::Header;
use crate::http::middleware::{Middleware, Resend};
use crate::http::request::Request;
use crate::http::transport::Transport;
use crate::secret::Secret;

/// A source of tokens: a stored sign-in, or a system user.
pub(crate) trait Session: Send + Sync {
    /// Returns a valid token, and never `refused`, which the server did not accept. `None` if
    /// there is no other.
    ///
    /// # Errors
    /// An error of [`crate::error::Kind::Authentication`] without a valid token; those of the
    /// requests for one.
    fn token(&self, refused: Option<&Secret>, transport: &Transport<'_>) -> Result<Option<Secret>>;

    /// Notes that the server accepted `token`.
    fn note_use(&self, _token: &Secret) {}
}

/// Gives requests a token: one that is valid, and once another one after a 401 or 403.
impl<S: Session> Middleware for S {
    fn before_send(&self, request: &mut Request, transport: &Transport<'_>) -> Result<()> {
        set_token(request, self.token(None, transport)?);
        Ok(())
    }

    fn after_response(
        &self,
        request: &mut Request,
        status: u16,
        was_resent: bool,
        transport: &Transport<'_>,
    ) -> Result<Resend> {
        let header = request.header_mut(AUTHORIZATION).and_then(|header| header.resolved());
        let Some(used) = header.map(|secret| secret.value.clone()) else { return Ok(Resend::No) };
        match status {
            401 | 403 if !was_resent => {
                transport.note(&format!("* HTTP {status}: the token is refused"));
                Ok(set_token(request, self.token(Some(&used), transport)?))
            }
            200 => {
                self.note_use(&used);
                Ok(Resend::No)
            }
            _ => Ok(Resend::No),
        }
    }
}

/// Gives `request` the token, if there is one.
fn set_token(request: &mut Request, token: Option<Secret>) -> Resend {
    let header = request.header_mut(AUTHORIZATION).and_then(Header::resolved_mut);
    match (token, header) {
        (Some(token), Some(secret)) => {
            secret.value = token;
            Resend::Yes
        }
        _ => Resend::No,
    }
}
