//! `sotickets __complete`: the candidates that the scripts in `completions/` ask for.
//!
//! Each candidate is a line: its kind, its text, its text in a list, and its meaning, with tabs
//! between them. A shell completes paths itself, because of its own quotes and `~`.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::CommandFactory as _;
use clap_complete::engine::{self, CompletionCandidate};

use crate::cli::Cli;
use crate::cli::completions::CompleteArgs;
use crate::context::Context;
use crate::escape;

use super::candidates::{self, ITEM, reaction};
use crate::commands::write;

/// Prints the candidates for the last word.
///
/// # Errors
/// If they cannot be written.
pub(crate) fn run(args: CompleteArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let mut words = args.words;
    if args.next || words.is_empty() {
        words.push(OsString::new());
    }
    let mut command = candidates::add(Cli::command(), &words, &context.variables);
    words.insert(0, command.get_name().into());
    let last = words.len() - 1;
    let found = engine::complete(&mut command, words, last, None).unwrap_or_default();
    Ok(write(context.stdout, lines(&found).as_bytes())?)
}

fn lines(candidates: &[CompletionCandidate]) -> String {
    let mut lines = String::new();
    for candidate in candidates {
        let Some(value) = candidate.get_value().to_str() else { continue };
        let reaction = reaction(candidate);
        let shown = match reaction {
            // The new item of a list.
            ITEM => value.rsplit([',', '=']).next().unwrap_or_default(),
            _ => value,
        };
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.lines().next().unwrap_or_default();
        // A tab or a line feed would split the candidate.
        if ![value, help].concat().contains(escape::is_unsafe) {
            let _ = writeln!(lines, "{reaction}\t{value}\t{shown}\t{help}");
        }
    }
    lines
}
