//! `-o xlsx`: a workbook for Excel.

mod limits;
mod readers;
mod usage;

use std::fs;
use std::io::Cursor;

use assert_cmd::Command;
use calamine::{Data, Range, Reader as _, Xlsx};
use tempfile::TempDir;

use crate::support::workbook::Workbook;
use crate::support::{Run, Server};

/// A ticket with a value of each type.
const TICKETS: &str = r#"[
    {"TicketId":839,"Title":"=1+1","CreatedAt":"2026-03-29T00:59:59.9999999Z","HasAttachment":true,
     "TimeToReply":90,"Sentiment":-0.50,"OwnedBy":12345678901234567890,"Author":"0123",
     "CreatedByName":"<r><t>x</t></r>","Deadline":"1601-01-01T00:00:00Z","ClosedAt":"0001-01-01T00:00:00",
     "TableRight":{"Mask": "Select"},"Language":"a\r\nb\u0001"},
    {"TicketId":249,"Title":"世界 🎉","CreatedAt":null,"HasAttachment":false,"TimeToReply":0}]"#;

const SELECT: &str = "TicketId,Title,CreatedAt,HasAttachment,TimeToReply,Sentiment,OwnedBy,Author,\
    CreatedByName,Deadline,ClosedAt,TableRight,Language";

/// A folder with `tickets.xlsx`, made by a run of the program.
struct Written {
    folder: TempDir,
    run: Run,
}

impl Written {
    /// Runs `get` with these arguments, and with `--out-file tickets.xlsx`.
    fn new(server: &Server, arguments: &[&str]) -> Self {
        Self::with(server, arguments, |_| {})
    }

    fn with(server: &Server, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = server.get(arguments);
        command.arg("--out-file").arg(folder.path().join("tickets.xlsx"));
        change(&mut command);
        Self { run: Run::of(&mut command), folder }
    }

    fn bytes(&self) -> Vec<u8> {
        assert!(matches!(self.run.code, 0 | 3), "{}", self.run);
        fs::read(self.folder.path().join("tickets.xlsx")).expect("a file")
    }

    /// Returns the sheet of the tickets as calamine reads it.
    fn sheet(&self) -> Range<Data> {
        let mut workbook = Xlsx::new(Cursor::new(self.bytes())).expect("a workbook");
        workbook.worksheet_range("Tickets").expect("a sheet")
    }

    fn workbook(&self) -> Workbook {
        Workbook::read(&self.bytes())
    }
}
