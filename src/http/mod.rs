//! The HTTP transport. It knows nothing of tickets.
//!
//! From the bottom: `address`, `retry`, `content_coding`, `auth_challenge`; `request`, `proxy`,
//! `connection::log`, `tls`; `network`, `error`, `event`, `connection`, `body`, `response`;
//! `trace`, which describes events; `transport`, the only sender; and `client`, which runs
//! `middleware`.

pub mod address;
pub(crate) mod auth_challenge;
pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod connection;
mod content_coding;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod loopback_server;
pub(crate) mod middleware;
pub(crate) mod network;
pub(crate) mod proxy;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod tls;
pub(crate) mod trace;
pub(crate) mod transport;
