//! `sotickets doctor` as typed.

use clap::{Args, ValueEnum};

use super::get::CallArgs;

/// The arguments of `doctor`.
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = "\
The checks, each of which needs the ones before it: address, settings, name, connection, tls,
tenant, version, credential, ticket, language, timezone; and clock. What is sent: where a
tenant is named, a question where it is; GET …/api without a credential; then one GetTickets
call with it. That call is told before it is made. No secret is printed.

The exit code is that of the first check that failed, as `get` has it: 2 for a setting that
cannot be, 4 for the credential, 5 for the server, 6 for the network. A warning leaves it 0.

Examples:
  sotickets doctor
  sotickets doctor 839 --profile work
  sotickets doctor --offline
  sotickets doctor -o json | jq -r '.checks[] | select(.result == \"failed\") | .message'")]
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
