//! The settings: options, variables, profile and defaults, resolved and checked into typed
//! values.

pub(crate) mod config;
pub(crate) mod config_file;
pub(crate) mod conflicts;
pub mod effective;
mod layers;
pub(crate) mod parse;
pub(crate) mod plan;
pub(crate) mod profile;
pub mod registry;
pub(crate) mod resolve;
