//! `sotickets __complete`: what the scripts in `completions/` ask when Tab is pressed.
//!
//! A line a candidate: its kind, its text, how it is shown in a list, and what it
//! means, with tabs between them. The shell knows best how to complete a path, with its
//! own quotes and its `~`, and is asked to.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::CommandFactory as _;
use clap_complete::engine::{self, CompletionCandidate};

use crate::cli::Cli;
use crate::cli::completions::CompleteArgs;
use crate::context::Context;
use crate::escape;

use super::candidates::{self, Kind};
use crate::commands::write;

/// Prints the candidates for the last word.
///
/// # Errors
/// Where they cannot be written. What cannot be completed has no candidates.
pub fn run(args: CompleteArgs, host: &mut Context<'_>) -> anyhow::Result<()> {
    let mut words = args.words;
    if args.next || words.is_empty() {
        words.push(OsString::new());
    }
    let mut command = candidates::add(Cli::command(), &words, &host.environment);
    words.insert(0, command.get_name().into());
    let last = words.len() - 1;
    let found = engine::complete(&mut command, words, last, None).unwrap_or_default();
    Ok(write(host.stdout, lines(&found).as_bytes())?)
}

fn lines(candidates: &[CompletionCandidate]) -> String {
    let mut lines = String::new();
    for candidate in candidates {
        let Some(value) = candidate.get_value().to_str() else { continue };
        let kind = Kind::of(candidate);
        let shown = match kind {
            // Of a list that goes on, what is new.
            Kind::Item => value.rsplit([',', '=']).next().unwrap_or_default(),
            _ => value,
        };
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.lines().next().unwrap_or_default();
        // A tab or a line feed would make two of one.
        if ![value, help].concat().contains(escape::is_unsafe) {
            let _ = writeln!(lines, "{}\t{value}\t{shown}\t{help}", kind.name());
        }
    }
    lines
}
