//! Middleware: completes a request before it is sent, and reacts to a refusal.

use crate::error::Result;

use super::request::Request;
use super::transport::Transport;

/// A part of a call that knows where the server is, or who is asking.
///
/// [`Client`](super::client::Client) asks each of them in order. What a middleware needs
/// from other hosts it sends through `transport`, past the other middleware.
pub(crate) trait Middleware: Send + Sync {
    /// Completes `request` before it is sent for the first time: its address, its credential.
    ///
    /// # Errors
    /// Those of the requests that this takes.
    fn before_send(&self, request: &mut Request, transport: &Transport<'_>) -> Result<()>;

    /// Looks at an answer of `status`, and changes `request` if it is worth sending once more.
    /// `was_resent` is true once this middleware has had the request sent again: then the
    /// answer is final, and [`Resend::Yes`] is ignored.
    ///
    /// # Errors
    /// Those of the requests that this takes, and an answer that this explains better.
    fn after_response(
        &self,
        request: &mut Request,
        status: u16,
        was_resent: bool,
        transport: &Transport<'_>,
    ) -> Result<Resend>;
}

/// The decision of a middleware about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resend {
    /// Sends the changed request again.
    Yes,
    /// Leaves the answer as it is.
    No,
}
