//! `sotickets doctor` as typed.

use clap::{Args, ValueEnum};

use super::get::CallArgs;

/// The arguments of `doctor`.
#[derive(Clone, Debug, Default, Args)]
pub struct DoctorArgs {
    /// Ask for this ticket, which shows language and dates as well; without it for none
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub id: Option<String>,

    /// Send nothing: say which settings are in effect, and no more
    #[arg(long)]
    pub offline: bool,

    /// Show each request and its answer's status, sizes and times on standard error
    #[arg(short, long)]
    pub verbose: bool,

    /// Print settings and checks in this format
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
    /// A line a setting, then a line a check
    #[default]
    Table,
    /// An object with arrays of settings and checks
    Json,
}
