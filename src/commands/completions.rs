//! `sotickets completions`.

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::cli::completions::CompletionsArgs;
use crate::host::Host;

use super::write;

/// Prints the completion script of a shell.
///
/// # Errors
/// Where the script cannot be written.
pub fn run(args: &CompletionsArgs, host: &mut Host<'_>) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sotickets", &mut script);
    Ok(write(host.stdout, &script)?)
}
