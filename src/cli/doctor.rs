//! The arguments of `sotickets doctor`.

use clap::{Args, ValueEnum};

use super::get::CallArgs;
use super::heading::OTHER;

/// The arguments of `doctor`.
#[derive(Clone, Debug, Default, Args)]
pub struct DoctorArgs {
    /// Also check language and dates with this ticket
    ///
    /// Without an id, no ticket is requested.
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub id: Option<String>,

    /// Only show the effective settings, and send nothing
    #[arg(long)]
    pub offline: bool,

    /// List every setting and check
    ///
    /// The list then has settings at their defaults and checks that were not tried.
    #[arg(long)]
    pub all: bool,

    /// Print settings and checks in this format
    ///
    /// json is for programs.
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

    /// Show each request and the answer's status, sizes and times
    ///
    /// They are printed to standard error.
    #[arg(short, long, help_heading = OTHER)]
    pub verbose: bool,
}

/// The formats of `doctor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// The settings that differ from their defaults, then the checks
    #[default]
    Table,
    /// An object with arrays of all settings and checks
    Json,
}
