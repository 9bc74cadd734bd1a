//! Hyperlinks of a terminal: OSC 8.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::context::Environment;
use crate::ticket::column::{Column, TICKET_ID};

use super::{Page, width};

/// Returns `text` as a link to `url`, which is ASCII without control characters.
#[must_use]
pub fn wrap(text: &str, url: &str) -> String {
    format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\")
}

/// Returns the address behind the cell `text`, where it is the id of a ticket and the page
/// has links.
#[must_use]
pub fn url(page: &Page<'_>, column: &Column, text: &str) -> Option<String> {
    let urls = page.urls.filter(|_| column.path() == TICKET_ID)?;
    text.parse().ok().filter(|id| *id > 0).map(|id| urls.url(id))
}

/// Makes a link of `text`, which is in `line` at the column `start`. A line without it is
/// left as it is.
#[must_use]
pub fn in_line<'l>(line: &'l str, start: usize, text: &str, url: &str) -> Cow<'l, str> {
    let (mut column, mut is_escape) = (0, false);
    for (at, grapheme) in line.grapheme_indices(true) {
        if column >= start && !is_escape && grapheme != "\x1b" {
            return match line[at..].strip_prefix(text) {
                Some(rest) if column == start => {
                    format!("{}{}{rest}", &line[..at], wrap(text, url)).into()
                }
                _ => line.into(),
            };
        }
        match (is_escape, grapheme) {
            (false, "\x1b") => is_escape = true,
            (true, "m") => is_escape = false,
            (true, _) => {}
            (false, _) => column += width::of(grapheme),
        }
    }
    line.into()
}

/// Terminals that are known for links, by `TERM_PROGRAM`.
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
/// The first version of tmux that takes links in, and passes them on where it can.
const TMUX: (u32, u32) = (3, 4);
/// The first version of VTE whose links are safe, as its terminals have it in VTE_VERSION.
const VTE: u32 = 5000;

/// Whether the terminal is known for links. screen and older versions of tmux are not.
#[must_use]
pub fn is_supported(environment: &Environment) -> bool {
    let term = environment.get("TERM").unwrap_or_default();
    let program = environment.get("TERM_PROGRAM").unwrap_or_default();
    if let Some(forced) = environment.get("FORCE_HYPERLINK") {
        return forced != "0";
    }
    if term == "dumb" || environment.get("STY").is_some() {
        return false;
    }
    if environment.get("TMUX").is_some() || program == "tmux" {
        let version = environment.get("TERM_PROGRAM_VERSION").unwrap_or_default();
        return program == "tmux" && version_of(&version).is_some_and(|version| version >= TMUX);
    }
    if term.starts_with("screen") || term.starts_with("tmux") {
        return false;
    }
    PROGRAMS.contains(&program.as_str())
        || TERMS.iter().any(|known| term.starts_with(known))
        || VARIABLES.iter().any(|name| environment.get(name).is_some())
        || environment
            .get("VTE_VERSION")
            .and_then(|version| version.parse::<u32>().ok())
            .is_some_and(|version| version >= VTE)
}

/// The numbers of a version such as `3.4`, `3.5a` or `next-3.6`.
fn version_of(text: &str) -> Option<(u32, u32)> {
    let text = text.trim_start_matches("next-");
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_is_put_around_the_text_at_its_column() {
        let cases = [
            ("839  Printer", 0, "LINK  Printer"),
            ("  839", 2, "  LINK"),
            ("世界  839", 6, "世界  LINK"),
            ("\x1b[32mActive\x1b[0m  839", 8, "\x1b[32mActive\x1b[0m  LINK"),
            ("Printer", 3, "Printer"),
            ("x 839", 1, "x 839"),
        ];
        for (line, start, expected) in cases {
            let expected = expected.replace("LINK", &wrap("839", "https://a.example/839"));
            assert_eq!(in_line(line, start, "839", "https://a.example/839"), expected, "{line}");
        }
    }

    #[test]
    fn terminals_are_known_by_their_variables() {
        let is_supported = |variables: &[(&str, &str)]| {
            is_supported(&variables.iter().copied().collect::<Environment>())
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
