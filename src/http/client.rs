//! The HTTP client: sends a request through the middleware of a call.

use crate::error::Result;

use super::body::Body;
use super::middleware::{Middleware, Resend};
use super::request::Request;
use super::response::Response;
use super::transport::Transport;

/// A transport with the middleware that every request of a call passes.
pub(crate) struct Client<'a> {
    transport: &'a Transport<'a>,
    middleware: Vec<&'a dyn Middleware>,
}

impl<'a> Client<'a> {
    /// Creates a client; of the optional parts of `middleware`, the first is asked first.
    pub(crate) fn new(
        transport: &'a Transport<'a>,
        middleware: impl IntoIterator<Item = Option<&'a dyn Middleware>>,
    ) -> Self {
        Self { transport, middleware: middleware.into_iter().flatten().collect() }
    }

    /// Sends `request`, and once more for each middleware that asks for it after an answer.
    ///
    /// # Errors
    /// Those of the middleware and of [`Transport::send`].
    pub(crate) fn send(&self, mut request: Request) -> Result<Response<Body<'a>>> {
        for middleware in &self.middleware {
            middleware.before_send(&mut request, self.transport)?;
        }
        let mut resent = vec![false; self.middleware.len()];
        loop {
            let response = self.transport.send(&request)?;
            if !self.resends(&mut request, response.status, &mut resent)? {
                return Ok(response);
            }
        }
    }

    /// Returns whether a middleware has changed `request` to be sent again; `resent` holds
    /// those that have had their repetition.
    fn resends(&self, request: &mut Request, status: u16, resent: &mut [bool]) -> Result<bool> {
        for (middleware, resent) in self.middleware.iter().zip(resent) {
            let decision = middleware.after_response(request, status, *resent, self.transport)?;
            if decision == Resend::Yes && !std::mem::replace(resent, true) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
