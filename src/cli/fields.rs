//! `sotickets fields` as typed.

use clap::Args;

/// The arguments of `fields`.
#[derive(Debug, Args)]
pub struct FieldsArgs {}
