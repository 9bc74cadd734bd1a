//! What is said on standard error: one fact a line.

use clap::builder::styling::{AnsiColor, Style};

use crate::api::query::Query;
use crate::context::Context;
use crate::output::style;

/// Writes `line`. That standard error cannot be written to is nothing that could
/// be told to anyone.
pub fn line(host: &mut Context<'_>, line: &str) {
    let _ = writeln!(host.stderr, "{}", style::message(line, host.environment.charset()));
}

/// Writes an error: nothing was printed, or not all that was asked for.
pub fn error(host: &mut Context<'_>, text: &str) {
    marked(host, AnsiColor::Red.on_default().bold(), "error", text);
}

/// Writes a warning: something was printed, and something is to be known of it.
pub fn warning(host: &mut Context<'_>, text: &str) {
    marked(host, AnsiColor::Yellow.on_default().bold(), "warning", text);
}

/// Writes what to do next.
pub fn hint(host: &mut Context<'_>, text: &str) {
    marked(host, AnsiColor::Green.on_default(), "hint", text);
}

/// Writes `text` behind `word`, which has the colour that the messages about the command
/// line give to a word of its kind.
fn marked(host: &mut Context<'_>, style: Style, word: &str, text: &str) {
    let is_colored = host.environment.wants_color(host.terminal.color, host.terminal.stderr);
    let style = if is_colored { style } else { Style::new() };
    line(host, &format!("{style}{word}:{style:#} {text}"));
}

/// Writes a warning, where there is one, with what to do about it.
pub fn advise(host: &mut Context<'_>, advice: Option<&(String, String)>) {
    if let Some((text, what_to_do)) = advice {
        warning(host, text);
        hint(host, what_to_do);
    }
}

/// Warns where the server that `request` goes to is not held to its certificate.
pub fn warn_if_unchecked(host: &mut Context<'_>, request: &Query) {
    if request.connection.tls.insecure && !request.address.is_plain_http() {
        let place = request.address.host_and_port();
        warning(host, &format!("the certificate of {place} is not checked (--insecure)"));
    }
}
