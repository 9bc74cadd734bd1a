//! Hostile text in tickets: a Markdown table keeps its cells, and no cell is read as Markdown.
//! Another project's parser reads it, with all of GitHub's extensions.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;
use sotickets::output::{Format, OutputFormat};

use crate::support::wine::proptest_config;
use crate::support::{hostile_text, render};

fn markdown() -> Box<dyn Format> {
    render::format(OutputFormat::Markdown, None, false)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.autolink = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = true;
    extension.math_dollars = true;
    extension.math_code = true;
    options
}

/// Returns the texts of the table's cells, row by row. Anything else in a cell is described in its
/// place, which equals no text.
fn cells(markdown: &str) -> Vec<Vec<String>> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let blocks: Vec<_> = root.children().collect();
    assert_eq!(blocks.len(), 1, "one table: {markdown}");
    assert!(matches!(blocks[0].data.borrow().value, NodeValue::Table(_)), "{markdown}");
    blocks[0].children().map(|row| row.children().map(text_of).collect()).collect()
}

fn text_of<'a>(cell: &'a AstNode<'a>) -> String {
    let text = |node: &'a AstNode<'a>| match &node.data.borrow().value {
        NodeValue::Text(text) if has_address(text) => format!("\u{0}{text:?}\u{0}"),
        NodeValue::Text(text) => text.to_string(),
        // A word with an @ in it, which only the escape keeps from becoming a link.
        NodeValue::Code(code) if code.literal.contains('@') => code.literal.clone(),
        other => format!("\u{0}{other:?}\u{0}"),
    };
    cell.children().map(text).collect()
}

/// GitHub looks for mail addresses and user names after it has removed escapes, so a text must hold
/// nothing like them.
fn has_address(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        text[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric())
            || text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

proptest! {
    #![proptest_config(proptest_config(4000))]

    #[test]
    fn cells_are_read_back_as_the_text_that_they_show(
        tickets in proptest::collection::vec((hostile_text::text(), hostile_text::text()), 1..4),
    ) {
        let json = |text: &str| serde_json::to_string(text).expect("a text");
        let tickets_json: Vec<String> = tickets
            .iter()
            .zip(1..)
            .map(|((title, name), id)| {
                let (title, name) = (json(title), json(name));
                format!(r#"{{"Title":{title},"OwnedByName":{name},"TicketId":{id}}}"#)
            })
            .collect();
        let answer = format!("[{}]", tickets_json.join(","));
        let columns = render::columns("Title,OwnedByName,TicketId");
        let markdown = render::text(&answer, &columns, &*markdown());
        let shown = |text: &str| hostile_text::visible(text).trim_matches(' ').to_owned();
        let mut expected = vec![["Title", "OwnedByName", "TicketId"].map(str::to_owned).to_vec()];
        let rows = tickets.iter().zip(1..);
        expected.extend(rows.map(|((title, name), id)| vec![shown(title), shown(name), format!("{id}")]));
        prop_assert_eq!(cells(&markdown), expected, "{}", markdown);
    }
}

#[test]
fn cell_text_never_becomes_a_link() {
    for text in [
        "http://a.example/x?y=z#1",
        "HTTPS://A.EXAMPLE",
        "ftp://a.example",
        "www.a.example",
        "see (www.a.example)",
        "tim@a.example",
        "mailto:tim@a.example",
        "xmpp:tim@a.example/x",
        "a.b+c_d-e@f-g.example, and h@i.example.",
        "@team, look",
        "<tim@a.example>",
        "`tim@a.example`",
        "[x](http://a.example) ![x](http://a.example)",
        "<http://a.example>",
        "[x][y] [y]: http://a.example",
    ] {
        let json = serde_json::to_string(text).expect("a text");
        let answer = format!(r#"[{{"Title":{json}}}]"#);
        let markdown = render::text(&answer, &render::columns("Title"), &*markdown());
        assert_eq!(cells(&markdown), [["Title"], [text]], "{markdown}");
    }
}
