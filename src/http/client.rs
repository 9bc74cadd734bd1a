//! The HTTP client: sends a request through the middleware of a call.

use crate::error::Result;

use super::body::Body;
use super::connection::call_group::CallGroup;
use super::middleware::{Middleware, Resend};
use super::request::Request;
use super::response::Response;
use super::transport::Transport;

/// A transport with the middleware that every request of a call passes.
pub(crate) struct Client<'a> {
    transport: &'a Transport<'a>,
    middleware: Vec<&'a dyn Middleware>,
    group: Option<&'a CallGroup>,
}

impl<'a> Client<'a> {
    /// Creates a client; of the optional parts of `middleware`, the first is asked first.
    pub(crate) fn new(
        transport: &'a Transport<'a>,
        middleware: impl IntoIterator<Item = Option<&'a dyn Middleware>>,
    ) -> Self {
        let middleware = middleware.into_iter().flatten().collect();
        Self { transport, middleware, group: None }
    }

    /// Sends requests as calls of `group`. What the middleware sends is no part of it.
    pub(crate) fn in_group(self, group: &'a CallGroup) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Sends `request`, and once more for each middleware that asks for it after an answer.
    ///
    /// # Errors
    /// Those of the middleware and of [`Transport::send`].
    pub(crate) fn send(&self, mut request: Request) -> Result<Response<Body<'a>>> {
        self.ask_middleware(|| {
            let mut middleware = self.middleware.iter();
            middleware.try_for_each(|it| it.before_send(&mut request, self.transport))
        })?;
        let mut resent = vec![false; self.middleware.len()];
        loop {
            let response = self.transport.send_in(&request, self.group)?;
            let status = response.status;
            if !self.ask_middleware(|| self.resends(&mut request, status, &mut resent))? {
                return Ok(response);
            }
        }
    }

    /// Runs `operation`, which asks the middleware.
    fn ask_middleware<T>(&self, operation: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.group {
            Some(group) => group.with_middleware(operation),
            None => operation(),
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
