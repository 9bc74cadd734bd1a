//! The command line as clap parses it, without its meaning.

pub mod auth;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod fields;
pub mod get;
pub mod network;
pub mod open;

use clap::{Args, Parser, Subcommand};

/// Fetch SuperOffice Service tickets by id
///
/// A table to read, CSV to pipe, the server's own JSON to keep. Standard output
/// carries data only; everything else goes to standard error.
#[derive(Debug, Parser)]
#[command(
    name = "sotickets",
    version,
    long_version = LONG_VERSION,
    max_term_width = 100,
    arg_required_else_help = true,
    args_override_self = true
)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fetch tickets by id and print them
    ///
    /// One call fetches all tickets. Nothing is printed before the whole answer has arrived
    /// and has been checked. Every id is accounted for: a ticket that does not come back is
    /// named on standard error, and the exit code is 3.
    Get(Box<get::GetArgs>),
    /// List every ticket field, with type, unit, values and meaning
    ///
    /// These are the fields for --select, each with the first server version that has it.
    /// Nothing is sent.
    Fields(fields::FieldsArgs),
    /// Open tickets in the web client, with the browser
    ///
    /// Tickets of Online are opened at their tenant. For your own installation, set
    /// `ticket_url`. Opening more than ten tickets needs a confirmation at a terminal.
    /// Without a browser the addresses are printed.
    Open(Box<open::OpenArgs>),
    /// Serve sample tickets on this machine, to try commands and scripts
    ///
    /// Its address and a token are printed to standard output as two lines for a shell. The
    /// server runs until it is interrupted. Like an Onsite installation it has a path, /sample,
    /// and answers elsewhere with HTTP 404.
    ///
    /// These cannot be tried on it: the sign-in and the tenants of Online, TLS and certificates,
    /// proxy variables (they do not apply to this machine), a slow or busy server, --culture,
    /// and the web client.
    Demo(demo::DemoArgs),
    /// Sign in to SuperOffice Online, once for many calls
    Auth(auth::AuthArgs),
    /// Show the effective settings with their sources, and check them step by step
    Doctor(Box<doctor::DoctorArgs>),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page of the program, or of a command
    Man(ManArgs),
    /// Print the candidates for a word of a command line
    #[command(name = "__complete", hide = true)]
    Complete(completions::CompleteArgs),
}

/// The arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command, such as `get` or `auth login`; without one, the program itself
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// The text of `--version` after the name. The build script sets commit and target.
const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("SOTICKETS_COMMIT"),
    "\ntarget: ",
    env!("SOTICKETS_TARGET"),
    "\nTLS:    rustls with ring"
);
