//! The texts that cells share: each is in the workbook once, and cells hold its number.

use std::borrow::Cow;
use std::io::{self, Write};

use indexmap::IndexSet;

use super::text;
use super::xml::{flush_if_long, split_at};

/// The texts that are shared at most, and the bytes of those that are not borrowed from the
/// answer because they had escapes in it. They take up to 40 MiB; further texts are in their cells.
const MAX_TEXTS: usize = 512 * 1024;
const MAX_OWNED: usize = 8 << 20;

/// The texts of a workbook, in the order in which cells need them.
pub(super) struct SharedStrings<'a> {
    texts: IndexSet<Cow<'a, str>>,
    /// The number of the first text: those before are in the template.
    first: usize,
    owned_bytes: usize,
    max_texts: usize,
}

impl<'a> SharedStrings<'a> {
    pub(super) fn new(first: usize) -> Self {
        Self { texts: IndexSet::new(), first, owned_bytes: 0, max_texts: MAX_TEXTS }
    }

    /// Returns the number of `text`, or the text again if there is no room for it.
    pub(super) fn number(&mut self, text: Cow<'a, str>) -> Result<usize, Cow<'a, str>> {
        if let Some(index) = self.texts.get_index_of(&text) {
            return Ok(self.first + index);
        }
        let owned_bytes = match &text {
            Cow::Borrowed(_) => 0,
            Cow::Owned(text) => text.capacity(),
        };
        if self.texts.len() >= self.max_texts || self.owned_bytes + owned_bytes > MAX_OWNED {
            return Err(text);
        }
        self.owned_bytes += owned_bytes;
        Ok(self.first + self.texts.insert_full(text).0)
    }

    /// Writes the part of the workbook with all texts, those of `template` first.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn write(&self, template: &str, out: &mut dyn Write) -> io::Result<()> {
        let (start, texts) = split_at(template, "<sst ")?;
        let (_, texts) = split_at(texts, "<si>")?;
        let (texts, end) = split_at(texts, "</sst>")?;
        let count = self.first + self.texts.len();
        write!(out, "{start}<sst xmlns=\"{NAMESPACE}\" uniqueCount=\"{count}\">{texts}")?;
        let mut xml = Vec::new();
        for text in &self.texts {
            xml.extend_from_slice(b"<si>");
            text::write(text, &mut xml);
            xml.extend_from_slice(b"</si>");
            flush_if_long(&mut xml, out)?;
        }
        out.write_all(&xml)?;
        out.write_all(end.as_bytes())
    }
}

const NAMESPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shared_until_there_is_no_room() {
        let mut strings = SharedStrings { max_texts: 2, ..SharedStrings::new(3) };
        assert_eq!(strings.number("a".into()), Ok(3));
        assert_eq!(strings.number("b<".into()), Ok(4));
        assert_eq!(strings.number("c".into()), Err("c".into()));
        assert_eq!(strings.number("a".into()), Ok(3));
        let mut xml = Vec::new();
        let template = "<?xml?><sst xmlns=\"\"><si><t>x</t></si></sst>";
        strings.write(template, &mut xml).expect("memory takes it all");
        assert_eq!(
            String::from_utf8(xml).expect("UTF-8"),
            format!(
                "<?xml?><sst xmlns=\"{NAMESPACE}\" uniqueCount=\"5\"><si><t>x</t></si>\
                 <si><t>a</t></si><si><t>b&lt;</t></si></sst>"
            )
        );
    }

    #[test]
    fn owned_text_is_limited_in_bytes() {
        let mut strings = SharedStrings::new(0);
        let long = "x".repeat(MAX_OWNED);
        assert_eq!(strings.number(long.into()), Ok(0));
        assert!(strings.number("y".to_owned().into()).is_err());
        assert_eq!(strings.number("y".into()), Ok(1));
    }
}
