//! What the command line means: options, variables, profile and defaults resolved
//! and checked into plain values.

pub mod config;
pub mod config_file;
pub mod conflicts;
pub mod effective;
mod export;
mod layers;
pub mod parse;
pub mod plan;
pub mod profile;
pub mod registry;
pub mod resolve;
