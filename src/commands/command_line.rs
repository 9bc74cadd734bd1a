//! Parses the command line, and prints clap's help and errors.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum as _};

use crate::cli::auth::{AuthArgs, AuthCommand};
use crate::cli::get::ColorChoice;
use crate::cli::network::NetworkArgs;
use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::error::Result;
use crate::escape;

use super::help::{self, usage_tips};
use super::write_error;

/// Parses `arguments`, the first of which is the program's name, and sets the color of `context`.
///
/// # Errors
/// Help, the version, or an error with the tips of this program.
pub(crate) fn parse(
    arguments: &[OsString],
    context: &mut Context<'_>,
) -> std::result::Result<Command, clap::Error> {
    let mut command = if help::is_requested(arguments) {
        help::command(help::width(context), help::Detail::requested(arguments))
    } else {
        Cli::command()
    };
    let cli = command
        .try_get_matches_from_mut(arguments)
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    let result = match cli {
        Ok(cli) => {
            if let Command::Get(args) = &cli.command {
                context.terminal.color = args.color.and_then(ColorChoice::is_forced);
            }
            let network = network_args(&cli.command);
            context.terminal.no_progress = network.is_some_and(|network| network.no_progress);
            Ok(cli.command)
        }
        Err(error) => {
            context.terminal.color = find_color(arguments);
            let mut error = error.format(&mut command);
            usage_tips::improve(&mut error, arguments, &command);
            Err(sanitize(error))
        }
    };
    // Freeing it would take 5 % of the instructions of a small call.
    std::mem::forget(command);
    result
}

/// Returns the options for the network of a command that makes calls.
fn network_args(command: &Command) -> Option<&NetworkArgs> {
    match command {
        Command::Get(args) => Some(&args.call.network),
        Command::Doctor(args) => Some(&args.call.network),
        Command::Open(args) => Some(&args.network),
        Command::Auth(AuthArgs { command }) => match command {
            AuthCommand::Login(args) => Some(&args.network),
            AuthCommand::Status(args) => Some(&args.network),
            AuthCommand::Logout(args) => Some(&args.network),
            AuthCommand::Switch(_) | AuthCommand::Help(_) => None,
        },
        _ => None,
    }
}

/// Finds the value of `--color` in arguments that were not parsed.
fn find_color(arguments: &[OsString]) -> Option<bool> {
    let texts: Vec<&str> = arguments.iter().map(|text| text.to_str().unwrap_or("")).collect();
    let value = texts.iter().enumerate().rev().find_map(|(index, text)| match *text {
        "--color" => texts.get(index + 1).copied(),
        text => text.strip_prefix("--color="),
    });
    ColorChoice::from_str(value?, true).ok()?.is_forced()
}

/// Makes control characters in the error visible: an argument may have been pasted, or come
/// from a file.
fn sanitize(mut error: clap::Error) -> clap::Error {
    let visible = |text: &str| escape::visible(text).into_owned();
    let is_safe = |value: &ContextValue| match value {
        ContextValue::String(text) => !text.contains(escape::is_unsafe),
        ContextValue::Strings(texts) => !texts.concat().contains(escape::is_unsafe),
        _ => true,
    };
    if error.context().all(|(_, value)| is_safe(value)) {
        return error;
    }
    let values: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| {
            let value = match value {
                ContextValue::String(text) => ContextValue::String(visible(text)),
                ContextValue::Strings(texts) => {
                    ContextValue::Strings(texts.iter().map(|text| visible(text)).collect())
                }
                // The styles of a tip look like typed escape sequences, so they are dropped.
                ContextValue::StyledStrs(tips) => ContextValue::StyledStrs(
                    tips.iter().map(|tip| StyledStr::from(visible(&tip.to_string()))).collect(),
                ),
                _ => return None,
            };
            Some((kind, value))
        })
        .collect();
    for (kind, value) in values {
        error.insert(kind, value);
    }
    error
}

/// Prints help, the version or an error of clap, and returns the exit code.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn print_clap_error(error: &clap::Error, context: &mut Context<'_>) -> Result<u8> {
    let is_error = error.use_stderr();
    let terminal = if is_error { context.terminal.stderr } else { context.terminal.stdout };
    let text = help::print::visible_text(&error.render(), terminal, context);
    let out = if is_error { &mut context.stderr } else { &mut context.stdout };
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(write_error)?;
    Ok(u8::try_from(error.exit_code()).unwrap_or(2))
}
