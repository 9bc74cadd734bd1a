//! Fetches SuperOffice Service tickets by id.
//!
//! The modules stand on floors, and an import points only to a lower one:
//! `commands` over `settings` over `cli`, `api` and `output` over `ticket`
//! over `error`, `secret`, `escape` and their kin. `demo` stands apart.

pub mod api;
pub mod cli;
pub mod commands;
pub mod demo;
pub mod error;
pub mod escape;
pub mod host;
pub mod nearest;
pub mod output;
pub mod secret;
pub mod ticket;
