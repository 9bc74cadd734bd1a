//! The limits of a workbook.

use super::Written;
use crate::support::Server;
use crate::support::workbook::Cell;

#[test]
fn more_ids_than_rows_are_refused_before_the_call() {
    let arguments = ["1..1048576", "--max-ids", "2000000", "-o", "xlsx"];
    let run = Server::json("[]").refuses(&arguments);
    assert!(
        run.stderr.contains("error: 1048576 ids, and a sheet holds 1048575 tickets\n"),
        "{run}"
    );
}

#[test]
fn more_fields_than_columns_are_refused_before_the_call() {
    let fields: Vec<String> = (0..16_385).map(|index| format!("F{index}")).collect();
    let arguments = ["1", "-o", "xlsx", "--any-field", "-s", &fields.join(",")];
    let run = Server::json("[]").refuses(&arguments);
    assert!(run.stderr.contains("error: 16385 fields, and a sheet holds 16384\n"), "{run}");
}

#[test]
fn more_tickets_than_links_have_none_and_a_warning() {
    for count in [65_530, 65_531] {
        let tickets: Vec<String> = (1..=count).map(|id| format!("{{\"TicketId\":{id}}}")).collect();
        let server = Server::json(&format!("[{}]", tickets.join(",")));
        let arguments = [&format!("1..{count}"), "--max-ids", "70000", "-s", "TicketId"];
        let written = Written::with(&server, &arguments, |command| {
            command.env("SOTICKETS_TICKET_URL", "https://crm.example.com/?id={id}");
        });
        let workbook = written.workbook();
        let links = workbook.part("xl/worksheets/sheet1.xml").matches("<hyperlink ").count();
        let warning = "warning: 65531 tickets have no links: Excel allows 65530 in a sheet\n";
        assert_eq!(links, if count == 65_530 { count } else { 0 });
        assert_eq!(written.run.stderr, if count == 65_530 { "" } else { warning });
    }
}

#[test]
fn text_that_a_cell_cannot_hold_is_cut_and_named() {
    let long = "x".repeat(32_766) + "🎉";
    let fits = "æ".repeat(32_767);
    let answer = format!(
        r#"[{{"TicketId":839,"Title":"{long}","Author":"{fits}"}},{{"TicketId":249,"TableRight":{{"Mask":"{long}"}}}}]"#
    );
    let arguments = ["839", "249", "-s", "Title,Author,TableRight"];
    let written = Written::new(&Server::json(&answer), &arguments);
    assert_eq!(
        written.run.stderr,
        "warning: Title of ticket 839 was cut: a cell holds 32767 characters\n\
         warning: TableRight of ticket 249 was cut: a cell holds 32767 characters\n"
    );
    assert_eq!(written.run.code, 0);
    let cells = written.workbook().cells();
    assert_eq!(cells["A2"], Cell::Text("x".repeat(32_766)));
    assert_eq!(cells["B2"], Cell::Text(fits));
}
