//! Error messages for transport failures.

pub mod proxy;
pub mod tls;
pub mod transport;
