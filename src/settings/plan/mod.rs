//! The plan of each command: its settings, resolved and checked, before a secret is read.

pub mod call;
pub mod get;
pub mod login;
pub mod open;
pub mod resolved_call;
