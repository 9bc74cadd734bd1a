//! `-o html`: a page with charts and a table, in one file that loads nothing.
//!
//! Style and script are files of their own here. The page has a policy that allows only them, by
//! their hashes; no text of a ticket is in either of them or in an attribute.

mod bar_chart;
mod escape;
mod overview;
mod page;
mod statistics;
mod table;
mod tally;
mod timeline;

use std::io::{self, Write};

use super::format::{Document, Format};
use page::Page;
use statistics::Statistics;
use table::Table;

/// The page. Its charts show the selected fields, or those that are requested for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Html {
    /// True without `--select`.
    pub(super) has_default_columns: bool,
}

impl Format for Html {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let table = Table::new(document);
        let statistics = Statistics::collect(document, self.has_default_columns);
        let page = Page { document, column_style: table.style() };
        page.write_head(out)?;
        page.write_header(&statistics, out)?;
        overview::write(&statistics, out)?;
        table.write(out)?;
        page.write_end(out)
    }
}
