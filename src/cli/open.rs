//! The arguments of `sotickets open`.

use clap::Args;

use super::auth::ProfileArgs;
use super::heading::OTHER;
use super::network::NetworkArgs;

/// The arguments of `open`.
#[derive(Clone, Debug, Default, Args)]
pub struct OpenArgs {
    /// Open these tickets: 839, '#839', 839,249, 840..860, a ticket's URL, or - for standard input
    #[arg(value_name = "ID", required = true, allow_negative_numbers = true)]
    pub ids: Vec<String>,

    /// Print the addresses, one per line, and open nothing
    #[arg(long)]
    pub print: bool,

    /// Open tickets at this address, with {id} in place of the id
    ///
    /// Without this option, tickets of Online are opened at their tenant.
    #[arg(long, value_name = "URL")]
    pub ticket_url: Option<String>,

    /// The profile in use.
    #[command(flatten)]
    pub profile: ProfileArgs,

    /// Open tickets of this installation of Online: https://host/Cust12345
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// Open tickets of this tenant of Online: Cust12345
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,

    /// Look the tenant up in this environment: online, sod, stage [default: online]
    ///
    /// It may also be the https:// address of a stand-in.
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,

    /// Retries, proxy and TLS.
    #[command(flatten)]
    pub network: NetworkArgs,

    /// Show each request and the answer's status, sizes and times
    ///
    /// They are printed to standard error.
    #[arg(short, long, help_heading = OTHER)]
    pub verbose: bool,
}
