//! What goes before a call of somebody who has signed in: a token that holds.

use crate::api::credential::Credential;
use crate::api::query::Query;
use crate::auth::oauth::session::OAuthSession;
use crate::cli::get::CallArgs;
use crate::context::Context;
use crate::error::Result;
use crate::http::trace::Trace;
use crate::secret::Secret;
use crate::settings::config::Config;
use crate::settings::plan::resolved_call::ReadyCall;

use super::online::CallContext;

/// A call with the token of a sign-in, which is renewed as the clock and the answers
/// ask for.
pub struct SignedIn<'a> {
    sign_in: &'a OAuthSession,
    call: &'a CallArgs,
    configuration: &'a Config,
    host: CallContext,
    /// Whether the call was repeated with a new token.
    is_renewed: bool,
}

impl<'a> SignedIn<'a> {
    /// The sign-in of `ready`; nothing where another credential is used.
    #[must_use]
    pub fn of(
        ready: &'a ReadyCall,
        call: &'a CallArgs,
        configuration: &'a Config,
        host: &Context<'_>,
    ) -> Option<Self> {
        let sign_in = ready.sign_in.as_ref()?;
        let host = CallContext::of(host);
        Some(Self { sign_in, call, configuration, host, is_renewed: false })
    }

    /// Gives `request` a token.
    ///
    /// # Errors
    /// Where a person has to sign in again, and as any call.
    pub fn prepare(&self, request: &mut Query, watch: &mut Trace<'_>) -> Result<()> {
        self.sign(request, None, watch)?;
        Ok(())
    }

    /// Gives `request` a new token after an answer of `status`, where that may help.
    ///
    /// # Errors
    /// As [`SignedIn::prepare`].
    pub fn changes_for(
        &mut self,
        status: u16,
        request: &mut Query,
        watch: &mut Trace<'_>,
    ) -> Result<bool> {
        let refused = match &request.credential {
            Some(Credential::SignedIn(token)) if matches!(status, 401 | 403) => token.value.clone(),
            _ => return Ok(false),
        };
        if self.is_renewed {
            return Ok(false);
        }
        self.is_renewed = true;
        watch.trace(&format!("* HTTP {status}: the token is not taken any more"));
        self.sign(request, Some(&refused), watch)
    }

    /// Says whether there was a token to be had.
    fn sign(
        &self,
        request: &mut Query,
        refused: Option<&Secret>,
        watch: &mut Trace<'_>,
    ) -> Result<bool> {
        let service = self.sign_in.session.environment()?.address();
        let way = (self.call, self.configuration);
        let connection = self.host.connection_to(&service, &request.connection, way)?;
        let token = self.sign_in.token(refused, &connection, watch)?;
        match (token, &mut request.credential) {
            (Some(token), Some(Credential::SignedIn(held))) => {
                held.value = token;
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
