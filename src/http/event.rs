//! The events of a request, for `-v`, progress and `doctor`.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::secret::mask::Mask;

use super::address::Address;
use super::connection::log::Connection;
use super::error::Stage;
use super::proxy::Route;
use super::request::Request;

/// An event of a request, or a message of whoever sends it.
pub(crate) enum Event<'e> {
    /// A request is about to be sent.
    Sending { request: &'e Request, route: &'e Route },
    /// The head of an answer has arrived.
    Answered {
        address: &'e Address,
        status: StatusCode,
        headers: &'e HeaderMap,
        /// The address that answered, if it is known.
        peer: Option<SocketAddr>,
        connection: Connection,
        route: &'e Route,
        mask: &'e Mask,
        elapsed: Duration,
    },
    /// No answer came.
    Failed { address: &'e Address, stage: Stage, connection: Connection, route: &'e Route },
    /// A part of the body of an answer has arrived.
    Receiving {
        /// The bytes so far, after decoding.
        bytes: u64,
        /// All of them; `None` if they are compressed, or the server does not say.
        total: Option<u64>,
    },
    /// The body of an answer was read.
    Received { bytes: u64, elapsed: Duration },
    /// The request will be sent again after `wait`.
    Retrying { wait: Duration, cause: &'e str, number: u32, of: u32 },
    /// The request will be sent after `wait`, because of the answer to another call.
    Pausing { wait: Duration },
    /// The request is not sent again, because `wait` ends after the deadline.
    NotRetrying { wait: Duration },
    /// The call waits for `subject`, which is no server.
    Waiting { subject: &'e str },
    /// The text of a line for `-v`.
    Note(&'e str),
    /// A problem that does not end the call, with its hint.
    Warning { message: &'e str, hint: &'e str },
}

/// Takes the events of a request.
pub(crate) type Listener<'t> = &'t dyn Fn(&Event<'_>);
