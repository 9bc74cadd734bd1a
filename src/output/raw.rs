//! The server's own bytes, JSON or XML.

use std::io::{self, Write};

use super::{Format, Page};

/// `-o json` and `-o xml`: nothing is added, taken away or rewritten.
#[derive(Debug)]
pub struct AsSent;

impl Format for AsSent {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page.answer)
    }

    fn is_as_sent(&self) -> bool {
        true
    }
}
