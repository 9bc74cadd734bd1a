//! `sotickets demo` as typed.

use clap::Args;

/// The arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  Run it in one terminal and paste the two lines that it prints into another:
  $ sotickets demo
  export SOTICKETS_URL=http://127.0.0.1:41839
  export SOTICKETS_TOKEN=…
  $ sotickets get 839 249")]
pub struct DemoArgs {
    /// Serve at this port; 0 is a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
}
