//! Reads the XML of a workbook as the standard says (ECMA-376), without the program's own code.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The parts of a workbook.
pub struct Workbook(BTreeMap<String, String>);

/// A cell by its type in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Number(String),
    Bool(bool),
    Text(String),
}

impl Workbook {
    /// Reads the parts, and asserts that they are XML that each reader takes.
    pub fn read(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
        let mut parts = BTreeMap::new();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("a part");
            let name = part.name().expect("UTF-8").into_owned();
            let mut text = String::new();
            part.read_to_string(&mut text).expect("UTF-8");
            let is_allowed = |c: char| c >= ' ' || matches!(c, '\t' | '\n');
            assert!(
                text.chars().all(|c| is_allowed(c) && c != '\u{fffe}' && c != '\u{ffff}'),
                "{name}"
            );
            assert_well_formed(&name, &text);
            assert!(parts.insert(name, text).is_none());
        }
        Self(parts)
    }

    /// Returns the XML of a part.
    pub fn part(&self, name: &str) -> &str {
        self.0.get(name).expect(name)
    }

    /// Returns the cells of the tickets by their places, such as `A1`.
    pub fn cells(&self) -> BTreeMap<String, Cell> {
        static CELL: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"(?s)<c r="([A-Z]+[0-9]+)"([^>]*)>(.*?)</c>"#).expect("a pattern")
        });
        let texts = self.texts();
        let cells = CELL.captures_iter(self.part("xl/worksheets/sheet1.xml"));
        cells
            .map(|cell| {
                let content = &cell[3];
                let value = content.strip_prefix("<v>").and_then(|rest| rest.strip_suffix("</v>"));
                let value = value.unwrap_or(content);
                let cell_type =
                    cell[2].split_once("t=\"").map_or("n", |(_, rest)| rest.trim_end_matches('"'));
                let typed = match cell_type {
                    "n" => Cell::Number(value.to_owned()),
                    "b" => Cell::Bool(value == "1"),
                    "s" => Cell::Text(texts[value.parse::<usize>().expect("a number")].clone()),
                    "inlineStr" => Cell::Text(text(content).remove(0)),
                    other => unreachable!("{other}"),
                };
                (cell[1].to_owned(), typed)
            })
            .collect()
    }

    /// Returns the texts that cells share.
    pub fn texts(&self) -> Vec<String> {
        text(self.part("xl/sharedStrings.xml"))
    }
}

/// Returns the texts of `xml`, with escapes undone from left to right.
fn text(xml: &str) -> Vec<String> {
    static TEXT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?s)<t( xml:space="preserve")?>(.*?)</t>"#).expect("a pattern")
    });
    static ESCAPE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("_x([0-9A-Fa-f]{4})_").expect("a pattern"));
    let undo = |escape: &Captures<'_>| {
        let code = u32::from_str_radix(&escape[1], 16).expect("digits");
        char::from_u32(code).expect("no surrogate").to_string()
    };
    TEXT.captures_iter(xml)
        .map(|found| {
            let text = found[2].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let trimmed = text.trim_matches([' ', '\t', '\n']);
            assert!(found.get(1).is_some() || text == trimmed, "{text:?}");
            ESCAPE.replace_all(&text, undo).into_owned()
        })
        .collect()
}

fn assert_well_formed(name: &str, xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(_) => {}
            Err(error) => unreachable!("{name}: {error}"),
        }
    }
}
