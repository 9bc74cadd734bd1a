//! The trait of an output format, and the document that it writes.

use std::io::{self, Write};

use crate::answer::Ticket;
use crate::error::Result;
use crate::ticket::column::Column;
use crate::ticket::date::DateFormatter;
use crate::ticket::url_template::UrlTemplate;

use super::about::About;

/// The tickets to print, and how.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The answer of each call, as the server sent it.
    pub answers: &'a [&'a [u8]],
    /// The tickets in the order of printing.
    pub tickets: &'a [Ticket<'a>],
    /// The columns in the order of printing.
    pub columns: &'a [Column],
    /// The style of dates.
    pub dates: &'a DateFormatter,
    /// The addresses of the tickets, if the document links to them.
    pub urls: Option<&'a UrlTemplate>,
    /// The circumstances of the call; `None` if they are not known.
    pub about: Option<&'a About<'a>>,
}

/// The columns of a document that a format leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HiddenColumns {
    /// Their names, the least important first.
    pub names: &'static [&'static str],
    /// The width in columns of a terminal that has no room for them.
    pub width: usize,
}

/// The most that a format can hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) tickets: usize,
    pub(crate) columns: usize,
}

/// An output format.
pub trait Format {
    /// Returns the columns that are left out for want of room.
    fn hidden_columns(&self, _document: &Document<'_>) -> Option<HiddenColumns> {
        None
    }

    /// Checks that the format can hold the document, and returns warnings about parts of it that
    /// will be changed or left out.
    ///
    /// # Errors
    /// An error of [`Kind::Answer`](crate::error::Kind::Answer).
    fn check(&self, _document: &Document<'_>) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Writes the whole document.
    ///
    /// # Errors
    /// Those of `out` alone: the tickets have been checked before.
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()>;
}
