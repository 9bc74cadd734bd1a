//! Hostile text in tickets: a page has the same tree whatever the texts are.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use sotickets::output::OutputFormat;

use crate::support::html_tree::{parse, rows, skeleton, text};
use crate::support::wine::proptest_config;
use crate::support::{hostile_text, render};

/// Columns of the table, those of every chart of texts among them.
const COLUMNS: [&str; 7] = [
    "TicketId",
    "Title",
    "TicketStatusDisplayValue",
    "PriorityName",
    "OwnedByName",
    "CreatedAt",
    "Unknown",
];

/// The texts of a ticket, one for each column but the first.
type Texts = [String; 6];

fn texts() -> impl Strategy<Value = Texts> {
    let text = hostile_text::text;
    (text(), text(), text(), text(), text(), text())
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f])
}

/// Returns the page of tickets with these texts.
fn page(tickets: &[Texts]) -> String {
    let ticket = |(id, texts): (i32, &Texts)| -> Value {
        let texts = COLUMNS[1..].iter().zip(texts).map(|(name, text)| (*name, json!(text)));
        let members = [("TicketId", json!(id))].into_iter().chain(texts);
        members.map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let tickets: Value = (1..).zip(tickets).map(ticket).collect();
    let html = render::format(OutputFormat::Html, None, false);
    render::text(&tickets.to_string(), &render::columns(&COLUMNS.join(",")), &*html)
}

/// Replaces each text by a harmless one: the same by the same, and none by none.
fn harmless(tickets: &[Texts]) -> Vec<Texts> {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut replace = |text: &String| {
        let next = if text.is_empty() { String::new() } else { format!("t{}", known.len()) };
        known.entry(text.clone()).or_insert(next).clone()
    };
    tickets.iter().map(|texts| texts.each_ref().map(&mut replace)).collect()
}

/// Returns the tree without the class that only wide columns have.
fn tree(page: &str) -> String {
    let skeleton = skeleton(&parse(page));
    skeleton.replace(" class=\"long\"", "").replace(" class=\"text\"", "")
}

proptest! {
    #![proptest_config(proptest_config(300))]

    #[test]
    fn tree_does_not_depend_on_the_texts(tickets in prop::collection::vec(texts(), 1..14)) {
        let page = page(&tickets);
        prop_assert_eq!(tree(&page), tree(&self::page(&harmless(&tickets))));
    }

    #[test]
    fn cells_are_read_back_as_the_text_that_they_show(
        tickets in prop::collection::vec(texts(), 1..4),
    ) {
        let page = parse(&page(&tickets));
        let mut expected = vec![COLUMNS.map(str::to_owned).to_vec()];
        for (id, texts) in (1..).zip(&tickets) {
            let shown = texts.iter().map(|text| hostile_text::visible(text));
            expected.push([format!("{id}")].into_iter().chain(shown).collect());
        }
        prop_assert_eq!(rows(&page, "list"), expected);
        let drives = |c: char| c != '\n' && hostile_text::drives_a_terminal(c);
        prop_assert!(!text(&page).contains(drives));
    }
}

#[test]
fn large_table_has_the_same_tree_for_hostile_texts() {
    let ticket = |text: &str| std::array::from_fn(|_| text.to_owned());
    let hostile: Vec<Texts> = vec![ticket("</script><img src=x onerror=alert(1)>\"' ]]>"); 2000];
    let page = page(&hostile);
    assert!(page.contains("role=\"row\""), "it is large");
    // The columns have other widths, so the policy, which is in the lines before, has other hashes.
    let tree = |page: &str| tree(page).lines().skip(7).collect::<Vec<_>>().join("\n");
    assert!(tree(&page) == tree(&self::page(&harmless(&hostile))));
}
