//! Help: examples and sections that clap's own help does not have.
//!
//! The man pages and `docs/reference.md` are made from the same command.

use std::ffi::OsString;

use clap::builder::Styles;
use clap::{Command, CommandFactory as _};

use crate::cli::Cli;
use crate::context::{Terminal, Variables};

pub mod content;
pub mod section;
pub(crate) mod usage_tips;

use section::{Example, Section};

/// The width if neither the terminal nor `COLUMNS` has one.
const DEFAULT_WIDTH: usize = 80;
/// Longer lines are hard to read.
const MAX_WIDTH: usize = 100;
/// The number of examples with `-h`.
const SHORT_EXAMPLES: usize = 3;

/// Examples first: they answer most questions.
const TEMPLATE: &str =
    "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Returns whether `arguments` may ask for help. Only then does the command line get its help
/// texts, because they take as long as a small call.
pub(crate) fn is_requested(arguments: &[OsString]) -> bool {
    let may_ask = |argument: &OsString| match argument.to_str().unwrap_or_default() {
        // `auth` alone prints its help.
        "help" | "--help" | "auth" => true,
        text => text.starts_with('-') && !text.starts_with("--") && text.contains('h'),
    };
    arguments.len() < 2 || arguments.iter().skip(1).any(may_ask)
}

/// Returns the width of help.
pub(crate) fn width(terminal: Terminal, variables: &Variables) -> usize {
    let variable = || variables.get("COLUMNS")?.parse().ok().filter(|columns| *columns > 0);
    let width = terminal.width.or_else(variable);
    width.map_or(DEFAULT_WIDTH, |columns: usize| columns.min(MAX_WIDTH))
}

/// Returns the whole command line with its help, for lines of `width`.
#[must_use]
pub fn command(width: usize) -> Command {
    with_help(Cli::command().term_width(width), "", width)
}

/// Adds the page of [`content`] to `command`, whose name is `path`, and to its subcommands.
fn with_help(command: Command, path: &str, width: usize) -> Command {
    let command = command.mut_subcommands(|sub| {
        let path = format!("{path} {}", sub.get_name());
        with_help(sub, path.trim_start(), width)
    });
    let page = content::page(path);
    let mut command = command.help_template(TEMPLATE);
    if !page.examples.is_empty() {
        let short = &page.examples[..page.examples.len().min(SHORT_EXAMPLES)];
        command = command
            .before_help(short_examples(short))
            .before_long_help(long_examples(&page.examples));
    }
    if !page.sections.is_empty() {
        let short = page.sections.iter().find_map(|section| section.short);
        let long: Vec<String> =
            page.sections.iter().map(|section| render(section, width)).collect();
        command = command.after_help(short.unwrap_or_default()).after_long_help(long.join("\n"));
    }
    command
}

fn heading(title: &str) -> String {
    let styles = Styles::default();
    let header = styles.get_header();
    format!("{header}{title}:{header:#}\n")
}

fn short_examples(examples: &[Example]) -> String {
    let lines: Vec<String> =
        examples.iter().map(|example| format!("  {}", example.command)).collect();
    heading("Examples") + &lines.join("\n")
}

fn long_examples(examples: &[Example]) -> String {
    let blocks = examples.iter();
    let blocks: Vec<String> =
        blocks.map(|example| format!("  {}:\n    {}", example.what, example.command)).collect();
    heading("Examples") + &blocks.join("\n\n")
}

fn render(section: &Section, width: usize) -> String {
    let parts: Vec<String> = section.parts.iter().map(|part| part.render(width)).collect();
    heading(section.title) + &parts.join("\n")
}
