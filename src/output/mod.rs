//! What is printed: a file a format, over one small contract.

pub mod cell;
pub mod color;
pub mod csv;
pub mod definition_list;
pub mod fields;
pub mod guard;
pub mod heading;
pub mod hyperlink;
pub mod jsonl;
pub mod markdown;
pub mod out_file;
pub mod parallel;
pub mod raw;
pub mod record;
pub mod style;
pub mod table;
pub mod terminal;
pub mod tsv;
pub mod width;
mod write_target;

use std::io::{self, Write};

use crate::answer::Ticket;
use crate::ticket::column::Column;
use crate::ticket::date::Dates;
use crate::ticket::url_template::UrlTemplate;

/// All that there is to print.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The answer, as the server sent it.
    pub answer: &'a [u8],
    /// The tickets, in the order to print them.
    pub tickets: &'a [Ticket<'a>],
    /// The columns, in their order.
    pub columns: &'a [Column],
    /// How dates are shown.
    pub dates: &'a Dates,
    /// The addresses of the tickets, where the page has links to them.
    pub urls: Option<&'a UrlTemplate>,
}

/// A format.
pub trait Format {
    /// Writes the whole page.
    ///
    /// # Errors
    /// Those of `out` alone: what is printed was understood before.
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Whether the answer is printed as it is, without a look at the page's tickets.
    fn is_as_sent(&self) -> bool {
        false
    }
}
