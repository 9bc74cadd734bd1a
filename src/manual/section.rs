//! The parts of a command's manual, and how they look in a terminal.

use textwrap::{Options, WordSplitter};

/// What there is to say of a command.
#[derive(Debug, Default)]
pub struct Page {
    /// Command lines to start from.
    pub examples: &'static [Example],
    /// Everything else.
    pub sections: Vec<Section>,
}

/// A command line.
#[derive(Debug)]
pub struct Example {
    /// What it does.
    pub what: &'static str,
    /// What is typed.
    pub command: &'static str,
}

/// A titled part of a page.
#[derive(Debug)]
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// What it says.
    pub parts: Vec<Part>,
    /// What `-h` says in its place.
    pub in_short: Option<&'static str>,
}

/// A part of a section.
#[derive(Debug)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// Terms, each with what it means.
    Terms(Vec<(String, String)>),
}

impl Section {
    /// A section that says `parts`.
    #[must_use]
    pub const fn new(title: &'static str, parts: Vec<Part>) -> Self {
        Self { title, parts, in_short: None }
    }
}

impl Part {
    /// A paragraph.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Terms, each with what it means.
    pub fn terms<'a>(terms: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(term, meaning): (&str, &str)| (term.to_owned(), meaning.to_owned());
        Self::Terms(terms.into_iter().map(owned).collect())
    }
}

/// With less than this behind it, a term stands on a line of its own.
const NARROW: usize = 30;

/// `part` as lines of at most `width`.
#[must_use]
pub fn plain(part: &Part, width: usize) -> String {
    let terms = match part {
        Part::Text(text) => return indented(text, "  ", "  ", width) + "\n",
        Part::Terms(terms) => terms,
    };
    let longest = terms.iter().map(|(term, _)| term.chars().count()).max().unwrap_or_default();
    let column = longest + 4;
    let line = |(term, meaning): &(String, String)| {
        if width < column + NARROW {
            return format!("  {term}\n{}\n", indented(meaning, "      ", "      ", width));
        }
        let first = format!("  {term:longest$}  ");
        indented(meaning, &first, &" ".repeat(column), width) + "\n"
    };
    terms.iter().map(line).collect()
}

/// `text` as lines of at most `width`.
#[must_use]
pub fn filled(text: &str, width: usize) -> String {
    indented(text, "", "", width)
}

fn indented(text: &str, first: &str, others: &str, width: usize) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(others)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    // A default is not taken apart.
    let whole = text.replace("[default: ", "[default:\u{a0}");
    textwrap::fill(&whole, options).replace('\u{a0}', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_stand_in_columns_where_there_is_room() {
        let part = Part::terms([("a", "one two three"), ("long", "four")]);
        let wide = plain(&part, 38);
        assert_eq!(wide, "  a     one two three\n  long  four\n");
        let narrow = plain(&part, 14);
        assert_eq!(narrow, "  a\n      one two\n      three\n  long\n      four\n");
    }
}
