//! `sotickets doctor` as typed.

use clap::{Args, ValueEnum};

use super::get::CallArgs;

/// The arguments of `doctor`.
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = "\
No secret is printed, and nothing is sent. The exit code is that of a call which could not
be made: 2 for a setting that cannot be, 4 for a credential that is lacking.

Examples:
  sotickets doctor
  sotickets doctor --profile work
  sotickets doctor -o json | jq '.settings[] | select(.name == \"url\")'")]
pub struct DoctorArgs {
    /// Print them in this format
    #[arg(
        short,
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        ignore_case = true,
        default_value = "table"
    )]
    pub output: DoctorFormat,

    /// Where to ask, as whom, and in which language.
    #[command(flatten)]
    pub call: CallArgs,
}

/// The formats of `doctor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// A line a setting
    #[default]
    Table,
    /// An object with an array of settings
    Json,
}
