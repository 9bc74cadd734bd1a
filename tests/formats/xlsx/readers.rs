//! Other programs read a workbook as it was written.

use std::io::Cursor;
use std::process::Command;

use calamine::{Data, DataType as _, Reader as _, Xlsx};
use insta::assert_snapshot;

use super::{SELECT, TICKETS, Written};
use crate::support::workbook::Cell;
use crate::support::{Server, programs};

/// Writes the tickets with all that a workbook can have.
fn written() -> Written {
    let arguments = ["839", "249", "250", "-s", SELECT, "--timezone", "Europe/Oslo"];
    Written::with(&Server::json(TICKETS), &arguments, |command| {
        command.env("SOURCE_DATE_EPOCH", "1774785600");
        command.env("SOTICKETS_TICKET_URL", "https://crm.example.com/?a=1&id={id}#top");
    })
}

#[test]
fn calamine_finds_each_value_with_its_type() {
    let written = written();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(written.bytes())).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["Tickets", "About"]);
    let sheet = written.sheet();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows.len(), 3);
    let heading: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(heading.join(","), SELECT);
    let text = |text: &str| Data::String(text.to_owned());
    let ticket = rows[1];
    assert_eq!(ticket[0], Data::Float(839.0));
    assert_eq!(ticket[1], text("=1+1"));
    assert_eq!(ticket[2].as_datetime().expect("a date").to_string(), "2026-03-29 01:59:59");
    assert_eq!(ticket[3], Data::Bool(true));
    assert_eq!(ticket[4..6], [Data::Float(90.0), Data::Float(-0.5)]);
    assert_eq!(ticket[6..9], [text("12345678901234567890"), text("0123"), text("<r><t>x</t></r>")]);
    assert_eq!(
        ticket[9..12],
        [text("1601-01-01 00:53"), Data::Empty, text(r#"{"Mask":"Select"}"#)]
    );
    assert_eq!(rows[2][..4], [Data::Float(249.0), text("世界 🎉"), Data::Empty, Data::Bool(false)]);
    let about = workbook.worksheet_range("About").expect("a sheet");
    assert_eq!([&about[(1, 1)], &about[(7, 1)]], [&Data::Float(2.0), &Data::Float(1.0)]);
    let lines: Vec<String> = about.rows().map(|row| format!("{}: {}", row[0], row[1])).collect();
    let server = lines[6].clone();
    assert!(server.starts_with("Server: http://127.0.0.1:"), "{server}");
    assert_snapshot!(lines.join("\n").replace(&server, "Server: SERVER"), @"
    Program: sotickets 0.1.0
    Tickets: 2
    Dates: in this time zone; a date that came without an offset is as it was sent
    Time zone: Europe/Oslo
    Language: en
    Fetched: 2026-03-29 12:00:00 UTC
    Server: SERVER
    Missing: 1
    : 250
    ");
}

#[test]
fn escapes_and_links_are_those_of_the_standard() {
    let workbook = written().workbook();
    let cells = workbook.cells();
    assert_eq!(cells["M2"], Cell::Text("a\nb\u{1}".to_owned()));
    assert_eq!(cells["I2"], Cell::Text("<r><t>x</t></r>".to_owned()));
    let sheet = workbook.part("xl/worksheets/sheet1.xml");
    let links = concat!(
        "<hyperlinks><hyperlink ref=\"A2\" r:id=\"ticket2\" location=\"top\"/>",
        "<hyperlink ref=\"A3\" r:id=\"ticket3\" location=\"top\"/></hyperlinks>"
    );
    assert!(sheet.contains(links), "{sheet}");
    let relations = workbook.part("xl/worksheets/_rels/sheet1.xml.rels");
    for id in [839, 249] {
        let target = format!("Target=\"https://crm.example.com/?a=1&amp;id={id}\"");
        assert!(relations.contains(&target), "{relations}");
    }
    assert!(sheet.contains("<ignoredError sqref=\"A1:M3\" numberStoredAsText=\"1\"/>"), "{sheet}");
    let about = workbook.part("xl/worksheets/sheet2.xml");
    assert!(about.contains("<ignoredError sqref=\"B1:B9\" numberStoredAsText=\"1\"/>"), "{about}");
}

/// Prints what openpyxl reads, a line a fact.
const OPENPYXL: &str = "
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
sheet = book['Tickets']
print(book.sheetnames, sheet.dimensions, sheet.freeze_panes, sheet.auto_filter.ref)
for row in sheet.iter_rows(min_row=2):
    print([cell.value for cell in row])
print([cell.font.b for cell in sheet[1]] == [True] * 13)
print([(cell.value, cell.comment.text) for cell in sheet[1] if cell.comment])
print(sheet['A2'].hyperlink.target, sheet['A2'].hyperlink.location, sheet['A2'].font.u)
print(sheet['C2'].number_format, sheet['B2'].data_type, sheet['B2'].number_format)
print([round(sheet.column_dimensions[name].width) for name in 'ABC'])
print(book.properties.title, book.properties.created)
";

#[test]
fn openpyxl_finds_types_notes_links_and_widths() {
    let Some(mut python) = programs::python_with("openpyxl") else { return };
    let written = written();
    let file = written.folder.path().join("tickets.xlsx");
    let output = python.args(["-c", OPENPYXL]).arg(file).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    ['Tickets', 'About'] A1:M3 A2 A1:M3
    [839, '=1+1', datetime.datetime(2026, 3, 29, 1, 59, 59), True, 90, -0.5, '12345678901234567890', '0123', '<r><t>x</t></r>', '1601-01-01 00:53', None, '{"Mask":"Select"}', 'a\nb_x0001_']
    [249, '世界 🎉', None, False, 0, None, None, None, None, None, None, None, None]
    True
    [('TimeToReply', 'in minutes')]
    https://crm.example.com/?a=1&id=839 top single
    yyyy-mm-dd hh:mm s General
    [14, 11, 19]
    Tickets 2026-03-29 12:00:00
    "#);
}

#[test]
fn libreoffice_reads_the_cells_and_makes_a_page() {
    let Some(mut office) = programs::optional("soffice") else { return };
    let written = written();
    let folder = written.folder.path();
    let convert = |office: &mut Command, format: &str| {
        let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
        let output = office
            .args([&profile, "--headless", "--convert-to", format, "--outdir"])
            .arg(folder)
            .arg(folder.join("tickets.xlsx"))
            .output()
            .expect("LibreOffice runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    convert(&mut office, "csv:Text - txt - csv (StarCalc):44,34,76,1");
    let csv = std::fs::read_to_string(folder.join("tickets.csv")).expect("csv");
    assert_snapshot!(csv.replace('\u{1}', "^A"), @r#"
    "TicketId","Title","CreatedAt","HasAttachment","TimeToReply","Sentiment","OwnedBy","Author","CreatedByName","Deadline","ClosedAt","TableRight","Language"
    839,"=1+1",2026-03-29 01:59,TRUE,90,-0.5,"12345678901234567890","0123","<r><t>x</t></r>","1601-01-01 00:53",,"{""Mask"":""Select""}","a
    b^A"
    249,"世界 🎉",,FALSE,0,,,,,,,,
    "#);
    convert(&mut programs::optional("soffice").expect("it is there"), "pdf");
    let pdf = std::fs::read(folder.join("tickets.pdf")).expect("a page");
    assert!(pdf.starts_with(b"%PDF-"));
}
