//! Connections: how they are made, what is known of them, and the calls that share them.

pub(crate) mod call_group;
pub(crate) mod connector;
pub(crate) mod log;
mod new_connections;
