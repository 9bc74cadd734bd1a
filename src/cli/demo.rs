//! The arguments of `sotickets demo`.

use clap::Args;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Serve at this port; 0 means a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,

    /// Print the two lines for a shell, and nothing else
    #[arg(short, long)]
    pub quiet: bool,
}
