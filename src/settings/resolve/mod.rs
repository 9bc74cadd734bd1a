//! Settings resolved from options, variables, profile and defaults, by subject.

pub mod credential;
pub mod ids;
pub mod links;
pub mod network;
pub mod output;
pub mod proxy;
pub mod target;
pub mod tls;
pub mod trust;
