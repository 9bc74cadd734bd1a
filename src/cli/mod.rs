//! The command line as clap parses it, without its meaning.

pub mod auth;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod fields;
pub mod get;
pub mod heading;
pub mod help;
pub mod network;
pub mod open;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Fetch SuperOffice Service tickets by id
///
/// A table to read, CSV to pipe, the server's own JSON to keep. Standard output
/// carries data only; everything else goes to standard error.
#[derive(Debug, Parser)]
#[command(
    name = "sotickets",
    // On Windows the name in the usage would be that of the file.
    bin_name = "sotickets",
    version,
    long_version = LONG_VERSION,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true,
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
    /// List the fields that tickets have, with type and meaning
    ///
    /// These are the fields for --select, each with the first server version that has it.
    /// Nothing is sent.
    Fields(fields::FieldsArgs),
    /// Open tickets in the web client
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
    /// proxy variables (they do not apply to this machine), a busy server, --culture,
    /// and the web client.
    Demo(demo::DemoArgs),
    /// Sign in once, for many calls
    Auth(auth::AuthArgs),
    /// Check settings, connection and sign-in step by step
    ///
    /// Each setting that differs from its default is shown with its source; with --all, every one.
    Doctor(Box<doctor::DoctorArgs>),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page of the program, or of a command
    Man(ManArgs),
    /// Explain a command, or a topic such as environment
    Help(help::HelpArgs),
    /// Print the version
    #[command(hide = true)]
    Version,
    /// Print the candidates for a word of a command line
    #[command(name = "__complete", hide = true)]
    Complete(completions::CompleteArgs),
}

/// The arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command, such as `get` or `auth login`
    ///
    /// Without one, the page of the program is printed.
    #[arg(value_name = "NAME")]
    pub command: Vec<String>,

    /// Write every page to this folder, such as ~/.local/share/man/man1
    #[arg(long, value_name = "PATH", conflicts_with = "command")]
    pub out_dir: Option<PathBuf>,
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
