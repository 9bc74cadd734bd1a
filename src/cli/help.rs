//! The arguments of `sotickets help`.

use clap::Args;

/// The arguments of `help`.
#[derive(Debug, Args)]
pub struct HelpArgs {
    /// The command, such as `get` or `auth login`, or the topic
    ///
    /// Without one, the help of the program is printed.
    #[arg(value_name = "TOPIC")]
    pub topic: Vec<String>,
}
