//! Fetches SuperOffice Service tickets by id.
//!
//! The modules stand on floors, and an import points only to a lower one:
//! `commands` over `settings` over `online` over `cli`, `api`, `output` and `prompt` over
//! `ticket`, `signals` and `keyring` over `error`, `secret`, `escape` and their kin. `demo` stands apart.

pub mod answer;
pub mod api;
pub(crate) mod auth;
pub mod cli;
mod clock;
pub mod commands;
pub mod context;
pub mod deadline;
pub mod demo;
pub mod encoding;
pub mod error;
pub mod escape;
pub mod format_bytes;
pub(crate) mod fs;
pub mod http;
pub mod manual;
pub mod output;
pub mod secret;
pub mod settings;
#[cfg(unix)]
pub mod signals;
mod source;
pub mod suggest;
pub(crate) mod tenant;
pub mod ticket;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::ValueEnum as _;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::get::ColorChoice;
use crate::cli::{Cli, Command};
use crate::commands::{messages, usage_tips, write_error};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::output::text::style;

/// Runs the program: reads `arguments`, the first of which is its name, carries
/// the command out and gives the exit code. Errors go to `host.stderr`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, host: &mut Context<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = match parse(&arguments) {
        Ok(cli) => cli.command,
        Err(error) => {
            host.terminal.color = color_in(&arguments);
            let is_help = is_help(&error);
            let error = if is_help {
                help(&arguments, error, host)
            } else {
                let mut error = error;
                usage_tips::improve(&mut error, &arguments, &Cli::command());
                harmless(error)
            };
            return explain(&error, host);
        }
    };
    if let Command::Get(args) = &command {
        host.terminal.color = args.color.and_then(ColorChoice::said);
    }
    let result = match command {
        Command::Get(args) => commands::get::run(&args, host),
        Command::Fields(args) => commands::fields::run(&args, host),
        Command::Open(args) => commands::open::run(&args, host),
        Command::Demo(args) => commands::demo::run(&args, host),
        Command::Auth(args) => commands::auth::run(&args, host),
        Command::Doctor(args) => commands::doctor::run(&args, host),
        Command::Completions(args) => commands::completions::run(&args, host),
        Command::Man(args) => commands::man::run(&args, host),
        Command::Complete(args) => commands::completions::complete::run(args, host),
    };
    match result {
        Ok(()) => 0,
        Err(error) => conclude(&error, host),
    }
}

/// Carries `run` out and gives its exit code. Of a panic in it, in whatever thread, only
/// the place is told, on the standard error of the process: what it says may quote data,
/// or a secret.
pub fn guarded(run: impl FnOnce() -> u8) -> u8 {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: an internal fault at {place}");
        let _ =
            writeln!(io::stderr(), "hint: please report it, with the command line that led to it");
    }));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Kind::Output.exit_code())
}

fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let cli = command
        .try_get_matches_from_mut(arguments)
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches))
        .map_err(|error| error.format(&mut command));
    // Taking it apart would be a twentieth of what a small call computes.
    std::mem::forget(command);
    cli
}

/// What `--color` says in a command line that could not be read, or asks for help.
fn color_in(arguments: &[OsString]) -> Option<bool> {
    let texts: Vec<&str> = arguments.iter().map(|text| text.to_str().unwrap_or("")).collect();
    let said = texts.iter().enumerate().rev().find_map(|(at, text)| match *text {
        "--color" => texts.get(at + 1).copied(),
        text => text.strip_prefix("--color="),
    });
    ColorChoice::from_str(said?, true).ok()?.said()
}

fn is_help(error: &clap::Error) -> bool {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand};
    matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand)
}

/// The help that `arguments` ask for, with all that there is to say.
fn help(arguments: &[OsString], bare: clap::Error, host: &Context<'_>) -> clap::Error {
    let width = manual::width(&host.terminal, &host.environment);
    let width = width.saturating_sub(style::excess_width(host.environment.charset()));
    manual::command(width).try_get_matches_from(arguments).err().unwrap_or(bare)
}

/// The same error, with what was typed as visible text: an argument may have been
/// pasted, or come from a file.
fn harmless(mut error: clap::Error) -> clap::Error {
    let shown = |text: &str| escape::visible(text).into_owned();
    // A tip has its styles in it, and they could not be told from what was typed.
    let tip = |text: &StyledStr| StyledStr::from(shown(&text.to_string()));
    let is_harmless = |value: &ContextValue| match value {
        ContextValue::String(text) => !text.contains(escape::is_unsafe),
        ContextValue::Strings(texts) => !texts.concat().contains(escape::is_unsafe),
        _ => true,
    };
    if error.context().all(|(_, value)| is_harmless(value)) {
        return error;
    }
    let values: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| {
            let value = match value {
                ContextValue::String(text) => ContextValue::String(shown(text)),
                ContextValue::Strings(texts) => {
                    ContextValue::Strings(texts.iter().map(|text| shown(text)).collect())
                }
                ContextValue::StyledStrs(tips) => {
                    ContextValue::StyledStrs(tips.iter().map(tip).collect())
                }
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

/// Prints help, version, or what is wrong with the command line.
fn explain(error: &clap::Error, host: &mut Context<'_>) -> u8 {
    let (out, terminal) = if error.use_stderr() {
        (&mut host.stderr, host.terminal.stderr)
    } else {
        (&mut host.stdout, host.terminal.stdout)
    };
    let text = error.render();
    let is_colored = host.environment.wants_color(host.terminal.color, terminal);
    let text = if is_colored { text.ansi().to_string() } else { text.to_string() };
    let text = style::in_charset(&text, host.environment.charset());
    // Paragraphs of an option are parted by lines of blanks.
    let text: String = text.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => u8::try_from(error.exit_code()).unwrap_or(2),
        Err(error) => conclude(&write_error(error).into(), host),
    }
}

/// Says what went wrong and gives the exit code. A reader that closed the pipe has
/// what it wants.
fn conclude(error: &anyhow::Error, host: &mut Context<'_>) -> u8 {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    let known = error.chain().find_map(|cause| cause.downcast_ref::<Error>());
    if known.is_some_and(|error| error.kind() == Kind::Output) && error.chain().any(closed) {
        return 0;
    }
    let say =
        if known.is_some_and(Error::is_after_output) { messages::warning } else { messages::error };
    say(host, &format!("{error:#}"));
    let others = known.map_or(&[][..], Error::others);
    for other in others {
        say(host, &other.to_string());
    }
    let mut hints: Vec<&String> = Vec::new();
    for hint in known.into_iter().chain(others).flat_map(Error::hints) {
        if !hints.contains(&hint) {
            messages::hint(host, hint);
            hints.push(hint);
        }
    }
    known.map_or(Kind::Output, Error::kind).exit_code()
}
