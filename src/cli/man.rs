//! The arguments of `sotickets man`.

use clap::Args;

/// The arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command, such as `get` or `auth login`; without one, the program itself
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}
