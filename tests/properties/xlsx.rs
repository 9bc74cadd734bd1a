//! Hostile text in a workbook: a reader that follows the standard gets it back unchanged.

use proptest::prelude::*;
use proptest::sample::select;
use sotickets::output::{FormatOptions, OutputFormat};
use sotickets::ticket::date::Style;

use crate::support::wine::proptest_config;
use crate::support::workbook::{Cell, Workbook};
use crate::support::{hostile_text, render};

/// Pieces of texts that look like escapes, end the XML around them, or cannot be in XML.
const PIECES: &[&str] = &[
    "_x0041_",
    "_x005F_",
    "_x005f_x0041_",
    "_x0041",
    "_x",
    "_",
    "x0041_",
    "_X0041_",
    "_xD83D_",
    "\u{1}",
    "\0",
    "\u{1f}",
    "\r",
    "\r\n",
    "\n",
    "\t",
    " ",
    "\u{fffe}",
    "\u{ffff}",
    "\u{fffd}",
    "</t>",
    "]]>",
    "<![CDATA[",
    "<r><t>x</t></r>",
    "<r>",
    "</r>",
    "&amp;",
    "&#65;",
    "=1+1",
    "0123",
    "1E5",
    "🎉",
    "æ",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat());
    prop_oneof![pieces, hostile_text::text(), any::<String>()]
}

/// Returns the cells of a workbook with these titles.
fn cells(titles: &[String]) -> Vec<Option<String>> {
    let ticket =
        |(id, title): (u32, &String)| serde_json::json!({ "Title": title, "TicketId": id });
    let tickets: Vec<serde_json::Value> = (1..).zip(titles).map(ticket).collect();
    let answer = serde_json::to_vec(&tickets).expect("JSON");
    let format = OutputFormat::Xlsx.create(&FormatOptions::default());
    let bytes = render::page(&answer, &render::columns("Title"), Style::Short, &*format);
    let mut cells = Workbook::read(&bytes.expect("tickets")).cells();
    assert_eq!(cells.remove("A1"), Some(Cell::Text("Title".to_owned())));
    (0..titles.len())
        .map(|index| match cells.remove(&format!("A{}", index + 2)) {
            None => None,
            Some(Cell::Text(text)) => Some(text),
            Some(other) => unreachable!("{other:?}"),
        })
        .collect()
}

proptest! {
    #![proptest_config(proptest_config(256))]

    #[test]
    fn text_comes_back_with_line_feeds_for_carriage_returns(
        titles in prop::collection::vec(text(), 1..8)
    ) {
        for (title, cell) in titles.iter().zip(cells(&titles)) {
            let expected = title.replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(cell.unwrap_or_default(), expected);
        }
    }

    #[test]
    fn long_text_is_cut_at_the_limit_and_never_inside_a_character(
        fill in 32_740..32_770_usize,
        tail in prop::collection::vec(select(&["a", "æ", "🎉", "👩\u{200d}💻", "🇳🇴", "e\u{301}", "_x0041_"][..]), 1..20),
    ) {
        let title = "x".repeat(fill) + &tail.concat();
        let cell = cells(std::slice::from_ref(&title)).remove(0).unwrap_or_default();
        let units = cell.encode_utf16().count();
        prop_assert!(title.starts_with(&cell));
        if title.encode_utf16().count() <= 32_767 {
            prop_assert_eq!(cell, title);
        } else {
            prop_assert!((32_767 - 5..=32_767).contains(&units), "{}", units);
            let kept: String = tail
                .iter()
                .scan(fill, |length, piece| {
                    *length += piece.encode_utf16().count();
                    Some((*length, *piece))
                })
                .take_while(|(length, piece)| *length <= 32_767 || piece.is_ascii())
                .map(|(_, piece)| piece)
                .collect();
            let whole = "x".repeat(fill.min(32_767)) + &kept;
            prop_assert!(whole.starts_with(&cell), "{:?}", cell.chars().rev().take(9).collect::<String>());
        }
    }
}
