//! `sotickets completions`.

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::cli::completions::CompletionsArgs;
use crate::host::Host;

use super::write_error;

/// Prints the completion script of a shell.
///
/// # Errors
/// Where the script cannot be written.
pub fn run(args: &CompletionsArgs, host: &mut Host<'_>) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sotickets", &mut script);
    host.stdout.write_all(&script).and_then(|()| host.stdout.flush()).map_err(write_error)?;
    Ok(())
}
