//! The encoding of an XML answer.

use std::io::{self, Read};

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::encoding::{UTF8_BOM, without_utf8_bom};

/// The encoding of an XML answer; ASCII is a part of all that are supported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// The name of an encoding other than UTF-8.
    other: Option<String>,
    /// The name of an encoding in which the bytes from 0x80 to 0x9f are control characters, if
    /// the answer or its headers name one.
    with_c1: Option<String>,
}

impl Encoding {
    /// Finds the encoding of `answer` by its byte-order mark, its `Content-Type` or its
    /// declaration, in this order. UTF-8 is the default.
    ///
    /// # Errors
    /// The name of an unsupported encoding.
    pub fn find(answer: &[u8], content_type: Option<&str>) -> Result<Self, String> {
        let named = content_type.and_then(charset);
        let declared = declared(answer);
        let with_c1 = [&named, &declared].into_iter().flatten().find(|name| is_iso_8859(name));
        let with_c1 = with_c1.cloned();
        let name = if answer.starts_with(UTF8_BOM) { None } else { named.or(declared) };
        match name {
            Some(name) if is_single_byte(&name) => Ok(Self { other: Some(name), with_c1 }),
            Some(name) if !is_utf8(&name) => Err(name),
            _ => Ok(Self { other: None, with_c1 }),
        }
    }

    /// Returns whether it is UTF-8 or ASCII.
    pub(crate) const fn is_utf8(&self) -> bool {
        self.other.is_none()
    }

    /// Returns the name of an encoding that the answer names, in which the bytes from 0x80
    /// to 0x9f are control characters.
    pub(crate) fn with_c1(&self) -> Option<&str> {
        self.with_c1.as_deref()
    }
}

/// Returns whether `name` is UTF-8 or ASCII. A declaration of UTF-16 in ASCII is wrong: .NET
/// writes it for text that was a string before it was sent in UTF-8.
fn is_utf8(name: &str) -> bool {
    let names = ["utf-8", "utf8", "us-ascii", "ascii", "utf-16"];
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns whether `name` is an encoding of one byte a character, with ASCII in it.
fn is_single_byte(name: &str) -> bool {
    is_iso_8859(name) || number_after(name, &["windows-125", "cp125"]).is_some()
}

fn is_iso_8859(name: &str) -> bool {
    let is_latin_1 =
        ["latin1", "latin-1", "l1"].iter().any(|known| known.eq_ignore_ascii_case(name));
    is_latin_1 || number_after(name, &["iso-8859-", "iso8859-", "iso_8859-"]).is_some()
}

/// Returns the number after one of `starts` in `name`.
fn number_after(name: &str, starts: &[&str]) -> Option<u8> {
    let lower = name.to_ascii_lowercase();
    starts.iter().find_map(|start| lower.strip_prefix(start)?.parse().ok())
}

/// Returns the `charset` of a `Content-Type`.
fn charset(content_type: &str) -> Option<String> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|text| text.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// Returns the encoding that the declaration of `answer` names.
fn declared(answer: &[u8]) -> Option<String> {
    const MAX_DECLARATION: usize = 1024;
    let start = without_utf8_bom(answer);
    let start = &start[..start.len().min(MAX_DECLARATION)];
    let end = memchr::memmem::find(start, b"?>")? + 2;
    let declaration = std::str::from_utf8(&start[..end]).ok()?;
    match Reader::from_str(declaration).read_event() {
        Ok(Event::Decl(declaration)) => Some(declaration.encoding()?.ok()?.into_owned()),
        _ => None,
    }
}

/// Reads bytes as ASCII, with a letter in place of each other byte. Tags, numbers and positions
/// stay the same.
#[derive(Debug)]
pub(super) struct AsAscii<'a>(pub(super) &'a [u8]);

impl Read for AsAscii<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        buffer[..read].iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'x');
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(answer: &str, content_type: &str) -> Result<(bool, Option<String>), String> {
        let encoding = Encoding::find(answer.as_bytes(), Some(content_type))?;
        Ok((encoding.is_utf8(), encoding.with_c1().map(str::to_owned)))
    }

    #[test]
    fn byte_order_mark_beats_content_type_beats_declaration() {
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
        let with_mark = format!("\u{feff}{latin}");
        let c1 = Some("ISO-8859-1".to_owned());
        assert_eq!(find("<a/>", "text/xml"), Ok((true, None)));
        assert_eq!(find(latin, "text/xml"), Ok((false, c1.clone())));
        assert_eq!(find(latin, "text/xml; charset=utf-8"), Ok((true, c1.clone())));
        assert_eq!(find(&with_mark, "text/xml; Charset=\"KOI8-R\""), Ok((true, c1)));
        assert_eq!(find("<a/>", "text/xml;charset=windows-1252"), Ok((false, None)));
        assert_eq!(find("<a/>", "text/xml;charset="), Ok((true, None)));
    }

    #[test]
    fn unsupported_encoding_is_named() {
        for name in ["Shift_JIS", "UTF-7", "utf-32", "IBM037", "iso-8859-x", "x"] {
            let declared = format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a/>");
            assert_eq!(find(&declared, "text/xml"), Err(name.to_owned()));
        }
    }

    #[test]
    fn declaration_of_utf_16_in_ascii_is_ignored() {
        let declared = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>";
        assert_eq!(find(declared, "text/xml"), Ok((true, None)));
    }
}
