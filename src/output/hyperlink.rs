//! Links of ticket ids: their addresses, and their form in a terminal (OSC 8).

use crate::context::Variables;
use crate::ticket::column::{Column, TICKET_ID};

use super::format::Document;

/// Returns `text` as a link to `url`, which is ASCII without control characters.
pub(super) fn wrap(text: &str, url: &str) -> String {
    format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\")
}

/// Returns the address to which a cell links: the column is that of the ticket's id, and the
/// document has links.
pub(super) fn url(document: &Document<'_>, column: &Column, text: &str) -> Option<String> {
    let urls = document.urls.filter(|_| column.path() == TICKET_ID)?;
    id(text).map(|id| urls.url(id))
}

/// Returns the ticket id that `text` is.
pub(super) fn id(text: &str) -> Option<i32> {
    text.parse().ok().filter(|id| *id > 0)
}

/// Terminals that show links, by `TERM_PROGRAM`.
const PROGRAMS: [&str; 10] = [
    "Hyper",
    "iTerm.app",
    "WezTerm",
    "vscode",
    "ghostty",
    "rio",
    "Tabby",
    "WarpTerminal",
    "zed",
    "terminology",
];
/// The same by the beginning of `TERM`.
const TERMS: [&str; 7] =
    ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm", "rio"];
/// The same by a variable of their own.
const VARIABLES: [&str; 4] = ["WT_SESSION", "DOMTERM", "KONSOLE_VERSION", "KITTY_WINDOW_ID"];
/// The first version of tmux that passes links on.
const TMUX: (u32, u32) = (3, 4);
/// The first version of VTE whose links are safe, as in `VTE_VERSION`.
const VTE: u32 = 5000;

/// Returns whether the terminal shows links. screen and older versions of tmux do not.
pub(crate) fn is_supported(variables: &Variables) -> bool {
    let term = variables.get("TERM").unwrap_or_default();
    let program = variables.get("TERM_PROGRAM").unwrap_or_default();
    if let Some(forced) = variables.get("FORCE_HYPERLINK") {
        return forced != "0";
    }
    if term == "dumb" || variables.get("STY").is_some() {
        return false;
    }
    if variables.get("TMUX").is_some() || program == "tmux" {
        let version = variables.get("TERM_PROGRAM_VERSION").unwrap_or_default();
        return program == "tmux" && parse_version(&version).is_some_and(|version| version >= TMUX);
    }
    if term.starts_with("screen") || term.starts_with("tmux") {
        return false;
    }
    PROGRAMS.contains(&program.as_str())
        || TERMS.iter().any(|known| term.starts_with(known))
        || VARIABLES.iter().any(|name| variables.get(name).is_some())
        || variables
            .get("VTE_VERSION")
            .and_then(|version| version.parse::<u32>().ok())
            .is_some_and(|version| version >= VTE)
}

/// Parses the first two numbers of a version such as `3.4`, `3.5a` or `next-3.6`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let text = text.trim_start_matches("next-");
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_with_links_are_found_by_their_variables() {
        let is_supported = |variables: &[(&str, &str)]| {
            is_supported(&variables.iter().copied().collect::<Variables>())
        };
        let term = ("TERM", "xterm-256color");
        for variables in [
            &[term, ("VTE_VERSION", "7600")][..],
            &[term, ("TERM_PROGRAM", "WezTerm")],
            &[("TERM", "xterm-kitty")],
            &[term, ("WT_SESSION", "x")],
            &[("TERM", "dumb"), ("FORCE_HYPERLINK", "1")],
            &[
                ("TERM", "tmux-256color"),
                ("TMUX", "x"),
                ("TERM_PROGRAM", "tmux"),
                ("TERM_PROGRAM_VERSION", "3.5a"),
            ],
        ] {
            assert!(is_supported(variables), "{variables:?}");
        }
        for variables in [
            &[][..],
            &[term],
            &[term, ("VTE_VERSION", "4800")],
            &[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")],
            &[("TERM", "screen-256color"), ("VTE_VERSION", "7600")],
            &[term, ("STY", "1.pts"), ("VTE_VERSION", "7600")],
            &[term, ("TMUX", "x"), ("VTE_VERSION", "7600")],
            &[term, ("TMUX", "x"), ("TERM_PROGRAM", "tmux"), ("TERM_PROGRAM_VERSION", "3.3a")],
        ] {
            assert!(!is_supported(variables), "{variables:?}");
        }
    }
}
