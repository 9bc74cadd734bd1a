//! `sotickets completions`: prints the completion script of a shell.

pub(crate) mod candidates;
pub(crate) mod complete;

use crate::cli::completions::{CompletionsArgs, Shell};
use crate::context::Context;

use super::write;

/// Prints the completion script of a shell.
///
/// # Errors
/// If the script cannot be written.
pub(crate) fn run(args: &CompletionsArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let script = match args.shell {
        Shell::Bash => include_str!("../../../completions/sotickets.bash"),
        Shell::Elvish => include_str!("../../../completions/sotickets.elv"),
        Shell::Fish => include_str!("../../../completions/sotickets.fish"),
        Shell::Nushell => include_str!("../../../completions/sotickets.nu"),
        Shell::PowerShell => include_str!("../../../completions/_sotickets.ps1"),
        Shell::Zsh => include_str!("../../../completions/_sotickets"),
    };
    Ok(write(context.stdout, script.as_bytes())?)
}
