//! What help and manual say of a command beside its arguments.
//!
//! A call that is no question costs nothing of it: the command line is read without
//! these texts, and read again with them only where help was asked for. The man pages
//! and `docs/reference.md` are made from the same command.

pub mod content;
pub mod section;

use clap::builder::{StyledStr, Styles};
use clap::{Command, CommandFactory as _};

use crate::cli::Cli;
use crate::context::{Environment, Terminal};

use section::{Example, Part, Section};

/// The width where neither a terminal nor `COLUMNS` says one.
const WIDTH: usize = 80;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

/// Examples first: they answer most questions.
const TEMPLATE: &str =
    "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// How wide help may be.
#[must_use]
pub fn width(terminal: &Terminal, environment: &Environment) -> usize {
    let variable = || environment.get("COLUMNS")?.parse().ok().filter(|columns| *columns > 0);
    terminal.width.or_else(variable).map_or(WIDTH, |columns| columns.min(WIDEST))
}

/// The whole command line with its help, for lines of `width`.
#[must_use]
pub fn command(width: usize) -> Command {
    explained(Cli::command().term_width(width), "", width)
}

/// `command` and those below it, with what [`content`] says of each; `path` is how it
/// is called, without the program's name.
fn explained(command: Command, path: &str, width: usize) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().into()).collect();
    let command = names.iter().fold(command, |command, name| {
        let path = format!("{path} {name}");
        command.mut_subcommand(name, |sub| explained(sub, path.trim_start(), width))
    });
    let page = content::page(path);
    let mut command = command.help_template(TEMPLATE);
    if !page.examples.is_empty() {
        let few = &page.examples[..page.examples.len().min(FEW)];
        command = command
            .before_help(examples(few, false))
            .before_long_help(examples(page.examples, true));
    }
    if !page.sections.is_empty() {
        let short = page.sections.iter().find_map(|section| section.in_short);
        command = command
            .after_help(
                short.map_or_else(StyledStr::new, |text| section::filled(text, width).into()),
            )
            .after_long_help(sections(&page.sections, width));
    }
    command
}

/// How many examples `-h` shows.
const FEW: usize = 3;

fn heading(title: &str) -> String {
    let styles = Styles::default();
    let header = styles.get_header();
    format!("{header}{title}:{header:#}\n")
}

fn examples(examples: &[Example], with_words: bool) -> String {
    let mut text = heading("Examples");
    for (index, Example { what, command }) in examples.iter().enumerate() {
        if with_words {
            let gap = if index == 0 { "" } else { "\n" };
            text.push_str(&format!("{gap}  {what}:\n    {command}\n"));
        } else {
            text.push_str(&format!("  {command}\n"));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn sections(sections: &[Section], width: usize) -> String {
    let text = |section: &Section| {
        let parts: Vec<String> =
            section.parts.iter().map(|part: &Part| section::plain(part, width)).collect();
        heading(section.title) + &parts.join("\n")
    };
    sections.iter().map(text).collect::<Vec<_>>().join("\n")
}
