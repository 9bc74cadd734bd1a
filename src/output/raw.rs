//! `-o json` and `-o xml`: the server's own bytes.

use std::io::{self, Write};

use super::format::{Document, Format};

#[derive(Debug)]
pub(super) struct Raw;

impl Format for Raw {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(document.answer)
    }
}
