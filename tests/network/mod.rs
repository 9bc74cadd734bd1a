//! The transport: requests, connections, TLS, proxies and retries.

mod connection;
mod content_coding;
mod headers;
mod proxy;
mod proxy_login;
mod retries;
mod tls;
mod tls_algorithms;
mod trust;
