//! A page of Markdown: its code blocks, inline code, links and anchors.

use std::fs;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Anchorizer, Arena, Options, parse_document};

use crate::support::generated::file;

/// The table of contents, which is not a page.
pub(crate) const SUMMARY: &str = "docs/SUMMARY.md";

/// Pages outside of docs/.
const ROOT: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// A parsed page.
#[derive(Default)]
pub(crate) struct Page {
    /// The path from the root of the sources.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
    /// Text in backticks, with line numbers.
    pub(crate) codes: Vec<(usize, String)>,
    /// Targets of links and pictures, with line numbers.
    pub(crate) links: Vec<(usize, String)>,
    /// Anchors that links may name after a `#`.
    pub(crate) anchors: Vec<String>,
}

/// A fenced block of code.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
    /// The line of its first fence.
    pub(crate) line: usize,
    /// The second-level heading above it.
    pub(crate) section: String,
}

impl Page {
    /// Reads the page at `path`.
    pub(crate) fn read(path: &str) -> Self {
        let text = fs::read_to_string(file(path)).expect(path);
        let arena = Arena::new();
        let mut options = Options::default();
        options.extension.table = true;
        options.extension.autolink = true;
        let root = parse_document(&arena, &text, &options);
        let mut page = Self { path: path.to_owned(), ..Self::default() };
        let mut anchors = Anchorizer::new();
        let mut section = String::new();
        for node in root.descendants() {
            let data = node.data.borrow();
            let line = data.sourcepos.start.line;
            match &data.value {
                NodeValue::Heading(heading) => {
                    let title = title(node);
                    page.anchors.push(anchors.anchorize(&title));
                    if heading.level <= 2 {
                        section = title;
                    }
                }
                NodeValue::CodeBlock(block) => page.blocks.push(Block {
                    language: block.info.clone(),
                    text: block.literal.trim_end_matches('\n').to_owned(),
                    line,
                    section: section.clone(),
                }),
                NodeValue::Code(code) => page.codes.push((line, code.literal.clone())),
                NodeValue::Link(link) | NodeValue::Image(link) => {
                    page.links.push((line, link.url.clone()));
                }
                NodeValue::HtmlBlock(html) => page.add_html_links(line, &html.literal),
                NodeValue::HtmlInline(html) => page.add_html_links(line, html),
                _ => {}
            }
        }
        page.text = text;
        page
    }

    /// Adds the link targets in the attributes of `html`.
    fn add_html_links(&mut self, line: usize, html: &str) {
        for attribute in ["src=\"", "href=\"", "srcset=\""] {
            let values = html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
            self.links.extend(values.map(|value| (line, value.to_owned())));
        }
    }

    /// Returns the blocks in `language` below the heading `section`.
    pub(crate) fn texts(&self, section: &str, language: &str) -> Vec<String> {
        let wanted = |block: &&Block| block.section == section && block.language == language;
        self.blocks.iter().filter(wanted).map(|block| block.text.clone()).collect()
    }
}

fn title<'a>(heading: &'a AstNode<'a>) -> String {
    let text = |node: &'a AstNode<'a>| match &node.data.borrow().value {
        NodeValue::Text(text) => text.to_string(),
        NodeValue::Code(code) => code.literal.clone(),
        _ => String::new(),
    };
    heading.descendants().map(text).collect()
}

/// Returns the paths of the pages in docs/.
pub(crate) fn in_docs() -> Vec<String> {
    let entries = fs::read_dir(file("docs")).expect("docs/");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        format!("docs/{}", entry.expect("docs/").file_name().to_string_lossy())
    };
    let is_page = |path: &String| path.ends_with(".md") && path != SUMMARY;
    let mut paths: Vec<String> = entries.map(name).filter(is_page).collect();
    paths.sort();
    paths
}

/// Returns every page, those outside of docs/ first.
pub(crate) fn all() -> Vec<Page> {
    let root = ROOT.into_iter().filter(|path| file(path).exists()).map(str::to_owned);
    root.chain(in_docs()).map(|path| Page::read(&path)).collect()
}
