//! The transport: requests, connections, TLS, proxies and retries.

mod connection;
mod content_coding;
mod headers;
mod proxy;
mod retries;
mod tls;
