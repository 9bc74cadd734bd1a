//! The tree that another project's parser makes of an HTML page.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// Parses `page` as a browser with scripts does. The document has to outlive all handles of its
/// nodes: they lose their children with it.
pub fn parse(page: &str) -> Handle {
    parse_document(RcDom::default(), ParseOpts::default()).one(page).document
}

/// Returns the name of an element; empty for other nodes.
pub fn name(node: &Handle) -> &str {
    match &node.data {
        NodeData::Element { name, .. } => &name.local,
        _ => "",
    }
}

/// Returns the value of the attribute `wanted`.
pub fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    let attrs = attrs.borrow();
    attrs.iter().find(|attr| &*attr.name.local == wanted).map(|attr| attr.value.to_string())
}

/// Returns the elements called `wanted` at or below `node`, in the order of the page.
pub fn all(node: &Handle, wanted: &str) -> Vec<Handle> {
    let mut found = Vec::new();
    if name(node) == wanted {
        found.push(node.clone());
    }
    found.extend(node.children.borrow().iter().flat_map(|child| all(child, wanted)));
    found
}

/// Returns the text in `node`.
pub fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}

/// Returns the names of all attributes at or below `node`.
pub fn attribute_names(node: &Handle) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let NodeData::Element { attrs, .. } = &node.data {
        names.extend(attrs.borrow().iter().map(|attr| attr.name.local.to_string()));
    }
    names.extend(node.children.borrow().iter().flat_map(attribute_names));
    names
}

/// Returns the texts of the cells of the table called `class`, row by row.
pub fn rows(page: &Handle, class: &str) -> Vec<Vec<String>> {
    let tables = all(page, "table");
    let has_class = |table: &&Handle| {
        attribute(table, "class").is_some_and(|classes| classes.split(' ').any(|it| it == class))
    };
    let table = tables.iter().find(has_class).expect("a table");
    let is_cell = |node: &Handle| matches!(name(node), "td" | "th");
    let cells = |row: &Handle| -> Vec<String> {
        row.children.borrow().iter().filter(|node| is_cell(node)).map(text).collect()
    };
    all(table, "tr").iter().map(cells).collect()
}

/// Returns everything of the tree but its texts: elements with their attributes, a line each.
pub fn skeleton(node: &Handle) -> String {
    let mut lines = String::new();
    write_skeleton(node, 0, &mut lines);
    lines
}

fn write_skeleton(node: &Handle, depth: usize, lines: &mut String) {
    let line = match &node.data {
        NodeData::Document => "document".to_owned(),
        NodeData::Doctype { name, .. } => format!("doctype {name}"),
        NodeData::Text { .. } => "text".to_owned(),
        NodeData::Comment { contents } => format!("comment {contents}"),
        NodeData::ProcessingInstruction { target, .. } => format!("instruction {target}"),
        NodeData::Element { name, attrs, .. } => {
            let attrs = attrs.borrow();
            let attrs =
                attrs.iter().map(|attr| format!(" {}={:?}", &*attr.name.local, &*attr.value));
            let svg = if name.ns.ends_with("svg") { "svg " } else { "" };
            format!("{svg}<{}{}>", &*name.local, attrs.collect::<String>())
        }
    };
    lines.push_str(&format!("{:depth$}{line}\n", ""));
    node.children.borrow().iter().for_each(|child| write_skeleton(child, depth + 1, lines));
}
