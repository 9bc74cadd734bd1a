//! `sotickets help` and `sotickets version`.

use clap::builder::StyledStr;
use clap::{Command, CommandFactory as _};

use crate::cli::Cli;
use crate::commands::write;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::escape;
use crate::output::text::style;
use crate::suggest;

use super::{Detail, command, content, topic_text, width};

/// Prints the help of the program, of a command, or of a topic.
///
/// # Errors
/// A usage error for an unknown topic, or if the help cannot be written.
pub(crate) fn run(topic: &[String], context: &mut Context<'_>) -> anyhow::Result<()> {
    let width = width(context);
    let name = topic.join(" ");
    if let Some(topic) = content::topics().into_iter().find(|topic| topic.name == name) {
        // clap wraps the lines.
        let page = Command::new("topic").term_width(width).help_template("{before-help}");
        let text = page.before_help(topic_text(&topic, width)).render_help();
        return Ok(print(&text, context)?);
    }
    let mut root = command(width, Detail::Full);
    root.build();
    let found = topic.iter().try_fold(&mut root, |command, word| command.find_subcommand_mut(word));
    let text = match found {
        Some(command) if !command.is_hide_set() => command.render_help(),
        _ => return Err(unknown(&name).into()),
    };
    Ok(print(&text, context)?)
}

/// Returns the error for the unknown topic `name`.
fn unknown(name: &str) -> Error {
    let topics: Vec<&str> = content::topics().into_iter().map(|topic| topic.name).collect();
    let mut commands = Vec::new();
    collect_paths(&Cli::command(), "", &mut commands);
    let names = topics.iter().copied().chain(commands.iter().map(String::as_str));
    let message = format!("there is no command or topic '{}'", escape::excerpt(name, 60));
    Error::usage(message).hints_from(suggest::did_you_mean(name, names)).hint(format!(
        "topics are {}; `sotickets --help` lists the commands",
        suggest::join(&topics, "and")
    ))
}

fn collect_paths(command: &Command, path: &str, paths: &mut Vec<String>) {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let path = format!("{path} {}", sub.get_name()).trim_start().to_owned();
        collect_paths(sub, &path, paths);
        paths.push(path);
    }
}

/// Prints the version, as `--version` does.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn version(context: &mut Context<'_>) -> anyhow::Result<()> {
    Ok(print(&Cli::command().render_long_version().into(), context)?)
}

fn print(text: &StyledStr, context: &mut Context<'_>) -> Result<()> {
    let text = visible_text(text, context.terminal.stdout, context);
    write(context.stdout, text.as_bytes())
}

/// Returns a text of clap's as it is printed, with color if `is_terminal` and settings say so.
pub(crate) fn visible_text(text: &StyledStr, is_terminal: bool, context: &Context<'_>) -> String {
    let is_colored = context.variables.wants_color(context.terminal.color, is_terminal);
    let text = if is_colored { text.ansi().to_string() } else { text.to_string() };
    let text = style::in_charset(&text, context.variables.charset());
    // clap separates the paragraphs of an option by lines of blanks.
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}
