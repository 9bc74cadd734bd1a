//! The HTTP transport: client, retries, proxy, TLS, and their errors in words.

pub mod address;
pub mod auth_challenge;
pub mod client;
pub mod connection_log;
pub mod content_coding;
pub mod error;
pub mod loopback_server;
pub mod proxy;
pub mod proxy_challenge;
pub mod request;
pub mod retry;
pub mod tls;
pub mod trace;
