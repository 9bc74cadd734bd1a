//! Messages on standard error: one fact per line.

use clap::builder::styling::{AnsiColor, Style};

use crate::context::Context;
use crate::error::Error;
use crate::http::address::Address;
use crate::http::network::Network;
use crate::output::text::style::in_charset;

use super::progress;

/// Writes a line without a prefix. A failure to write it is ignored, because there is nowhere
/// to report it.
pub(crate) fn line(context: &mut Context<'_>, line: &str) {
    let line = in_charset(line, context.variables.charset());
    progress::suspend(|| {
        let _ = writeln!(context.stderr, "{line}");
    });
}

/// Writes an error: nothing was printed, or not everything that was requested.
pub(crate) fn error(context: &mut Context<'_>, text: &str) {
    prefixed(context, AnsiColor::Red.on_default().bold(), "error", text);
}

/// Writes a warning about something that was printed.
pub(crate) fn warning(context: &mut Context<'_>, text: &str) {
    prefixed(context, AnsiColor::Yellow.on_default().bold(), "warning", text);
}

/// Writes a hint: what to do next.
pub(crate) fn hint(context: &mut Context<'_>, text: &str) {
    prefixed(context, AnsiColor::Green.on_default(), "hint", text);
}

/// Writes the hints of `error`.
pub(crate) fn hints_of(context: &mut Context<'_>, error: &Error) {
    error.hints().iter().for_each(|text| hint(context, text));
}

/// Writes `error` as a warning, with its hints: the command goes on.
pub(crate) fn error_as_warning(context: &mut Context<'_>, error: &Error) {
    warning(context, &error.to_string());
    hints_of(context, error);
}

/// Writes `text` after `word`, in the color that clap uses for such a word.
fn prefixed(context: &mut Context<'_>, style: Style, word: &str, text: &str) {
    let is_colored = context.variables.wants_color(context.terminal.color, context.terminal.stderr);
    let style = if is_colored { style } else { Style::new() };
    line(context, &format!("{style}{word}:{style:#} {text}"));
}

/// Writes the warning in `advice`, if any, with its hint.
pub(crate) fn warn_with_hint(context: &mut Context<'_>, advice: Option<&(String, String)>) {
    if let Some((text, next_step)) = advice {
        warning(context, text);
        hint(context, next_step);
    }
}

/// Warns if the certificate of the server at `address` is not checked, once for each address.
/// Every command calls it before its first request.
pub(crate) fn warn_if_unchecked(context: &mut Context<'_>, network: &Network, address: &Address) {
    let place = address.host_and_port();
    let is_unchecked = network.tls.insecure && !address.is_plain_http();
    if is_unchecked && !context.unchecked_servers.contains(&place) {
        warning(context, &format!("the certificate of {place} is not checked (--insecure)"));
        context.unchecked_servers.push(place);
    }
}
