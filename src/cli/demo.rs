//! The arguments of `sotickets demo`.

use clap::Args;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Serve at this port; 0 means a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,

    /// Refuse a call with more ids than this, as a server with a limit does (HTTP 413)
    #[arg(long, value_name = "N")]
    pub max_ids: Option<usize>,

    /// Wait this long before each answer, such as 2s, as a slow server does
    #[arg(long, value_name = "TIME")]
    pub delay: Option<String>,

    /// Print the two lines for a shell, and nothing else
    #[arg(short, long)]
    pub quiet: bool,
}
