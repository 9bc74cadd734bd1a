//! Transport errors.
//!
//! [`Destination::classify`] makes a [`TransportError`] of an error of the HTTP library, and
//! [`Destination::describe`] turns it into a message with hints.

mod chain;
mod destination;
mod foreign_text;
mod proxy;
mod tls;
mod transport_error;

pub(super) use chain::transport_error;
pub(crate) use destination::Destination;
pub(super) use destination::{describe_coding, unsupported_coding};
pub(crate) use proxy::login_required;
pub(crate) use transport_error::{Stage, TransportError};
