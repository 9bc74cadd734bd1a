//! The parts of a command's help and man page.

use clap::builder::Styles;
use serde::Deserialize;

use crate::output::TextStyle;
use crate::output::text::color::PLAIN;
use crate::output::text::definition_list::DefinitionList;
use crate::output::text::width;

/// The topic with the files, which are in other folders on another system.
pub(super) const FILES: &str = "files";

/// The help of a command in addition to its arguments.
#[derive(Debug, Default)]
pub struct Page {
    /// Command lines to start from.
    pub examples: Vec<Example>,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// A subject of `sotickets help` that is no command.
#[derive(Debug)]
pub struct Topic {
    /// The name, as users type it.
    pub name: &'static str,
    /// A line about it.
    pub about: &'static str,
    /// The text.
    pub page: Page,
}

/// A command line.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Example {
    /// Its purpose.
    pub what: &'static str,
    /// The text to type.
    pub command: &'static str,
}

/// A titled section of a page.
#[derive(Debug)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// The content.
    pub parts: Vec<Part>,
    /// The topic of `sotickets help` that has it in place of the command's help.
    pub topic: Option<&'static str>,
}

/// A part of a section.
#[derive(Debug)]
pub enum Part {
    /// A paragraph.
    Text(&'static str),
    /// Terms, each with its meaning.
    Terms(Vec<(String, String)>),
}

impl Section {
    pub(super) const fn new(title: &'static str, parts: Vec<Part>) -> Self {
        Self { title, parts, topic: None }
    }

    pub(super) fn in_topic(self, topic: &'static str) -> Self {
        Self { topic: Some(topic), ..self }
    }
}

impl Part {
    pub(super) fn terms(terms: &[(&str, &str)]) -> Self {
        let terms = terms.iter().map(|(term, meaning)| ((*term).to_owned(), (*meaning).to_owned()));
        Self::Terms(terms.collect())
    }

    /// Returns the part as lines for a terminal of this `width`. A paragraph is one line, which
    /// clap wraps.
    pub(super) fn render(&self, width: usize) -> String {
        const INDENT: &str = "  ";
        let terms = match self {
            Self::Text(text) => return format!("{INDENT}{text}\n"),
            Self::Terms(terms) => terms,
        };
        let longest = terms.iter().map(|(term, _)| width::measure(term)).max().unwrap_or_default();
        let width = Some(width.saturating_sub(INDENT.len()));
        let list = DefinitionList::new(longest, TextStyle { width, ..TextStyle::default() });
        let mut lines = Vec::new();
        let styles = Styles::default();
        let literal = styles.get_literal();
        for (term, meaning) in terms {
            lines.extend_from_slice(format!("{literal}{term}{literal:#}").as_bytes());
            list.write(width::measure(term), meaning, PLAIN, &mut lines);
        }
        let lines = String::from_utf8_lossy(&lines);
        lines.lines().map(|line| format!("{INDENT}{line}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::builder::StyledStr;

    use super::*;

    #[test]
    fn meanings_are_next_to_their_terms_if_there_is_room() {
        let part = Part::terms(&[("a", "one two three"), ("long", "four")]);
        let render = |width| StyledStr::from(part.render(width)).to_string();
        let wide = render(38);
        assert_eq!(wide, "  a     one two three\n  long  four\n");
        let narrow = render(14);
        assert_eq!(narrow, "  a\n    one two\n    three\n  long\n    four\n");
    }
}
