//! `sotickets demo` as typed.

use clap::Args;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {}
