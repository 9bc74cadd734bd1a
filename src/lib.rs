//! Fetches SuperOffice Service tickets by id.
//!
//! docs/architecture.md has the layers of the modules. An import points to a lower layer.

pub mod answer;
pub mod api;
pub(crate) mod auth;
pub mod cli;
mod clock;
pub mod commands;
pub mod context;
pub(crate) mod deadline;
pub mod demo;
pub(crate) mod encoding;
pub mod error;
pub(crate) mod escape;
pub(crate) mod format_bytes;
pub(crate) mod fs;
pub mod http;
pub mod output;
pub mod platform;
pub mod secret;
pub mod settings;
pub(crate) mod shell_words;
#[cfg(unix)]
pub(crate) mod signals;
mod source;
pub(crate) mod suggest;
pub(crate) mod tenant;
#[cfg(unix)]
pub(crate) mod terminal_modes;
pub mod ticket;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::cli::Command;
use crate::commands::{command_line, messages};
use crate::context::Context;
use crate::error::{Error, Kind};

/// Runs the command in `arguments`, the first of which is the program's name, and returns the
/// exit code. Errors are printed to `context.stderr`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, context: &mut Context<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let result = match command_line::parse(&arguments, context) {
        Ok(command) => run_command(command, context).map(|()| 0),
        Err(error) => command_line::print_clap_error(&error, context).map_err(Into::into),
    };
    result.unwrap_or_else(|error| report_error(&error, context))
}

fn run_command(command: Command, context: &mut Context<'_>) -> anyhow::Result<()> {
    match command {
        Command::Get(args) => commands::get::run(&args, context),
        Command::Fields(args) => commands::fields::run(&args, context),
        Command::Open(args) => commands::open::run(&args, context),
        Command::Demo(args) => commands::demo::run(&args, context),
        Command::Auth(args) => commands::auth::run(&args, context),
        Command::Doctor(args) => commands::doctor::run(&args, context),
        Command::Completions(args) => commands::completions::run(&args, context),
        Command::Man(args) => commands::man::run(&args, context),
        Command::Help(args) => commands::help::print::run(&args.topic, context),
        Command::Version => commands::help::print::version(context),
        Command::Complete(args) => commands::completions::complete::run(args, context),
    }
}

/// Runs `run` and returns its exit code, or 1 after a panic.
///
/// A panic in any thread prints only its location, because its message may contain data or a
/// secret.
pub fn catch_panics(run: impl FnOnce() -> u8) -> u8 {
    std::panic::set_hook(Box::new(|panic| {
        if commands::progress::may_have_line() {
            let _ = io::stderr().write_all(b"\r\x1b[2K");
        }
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: an internal error at {location}");
        let _ =
            writeln!(io::stderr(), "hint: please report it, with the command line that led to it");
    }));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Kind::Output.exit_code())
}

/// Prints an error with its hints, and returns the exit code. It is 0 if the reader of the
/// output has closed the pipe, because it has what it wants.
fn report_error(error: &anyhow::Error, context: &mut Context<'_>) -> u8 {
    let is_closed_pipe = |cause: &(dyn std::error::Error + 'static)| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    let known = error.chain().find_map(|cause| cause.downcast_ref::<Error>());
    let kind = known.map_or(Kind::Output, Error::kind);
    if known.is_some() && kind == Kind::Output && error.chain().any(is_closed_pipe) {
        return 0;
    }
    let is_warning = known.is_some_and(Error::is_after_output);
    let print = if is_warning { messages::warning } else { messages::error };
    print(context, &format!("{error:#}"));
    let others = known.map_or(&[][..], Error::others);
    others.iter().for_each(|other| print(context, &other.to_string()));
    let hints: Vec<&String> = known.into_iter().chain(others).flat_map(Error::hints).collect();
    for (index, hint) in hints.iter().enumerate() {
        // A hint that several errors share comes once, after those that only one of them has.
        if !hints[index + 1..].contains(hint) {
            messages::hint(context, hint);
        }
    }
    kind.exit_code()
}
