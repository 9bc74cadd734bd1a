//! The limits of a workbook.

use calamine::Data;

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

#[cfg_attr(windows, ignore = "a command line of Windows has at most 32,767 characters")]
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

#[test]
fn number_that_a_cell_cannot_hold_is_cut_and_named() {
    let (digits, zeros) = ("9".repeat(40_000), "0".repeat(40_000));
    let answer = format!(
        r#"[{{"TicketId":"839","TimeToReply":{digits}}},{{"TicketId":249.0,"TimeToReply":1.5{zeros}}}]"#
    );
    let arguments = ["839", "249", "-s", "TicketId,TimeToReply"];
    let written = Written::new(&Server::json(&answer), &arguments);
    assert_eq!(
        written.run.stderr,
        "warning: TimeToReply of ticket 839 was cut: a cell holds 32767 characters\n\
         warning: TimeToReply of ticket 249 was cut: a cell holds 32767 characters\n"
    );
    let cells = written.workbook().cells();
    assert_eq!(cells["B2"], Cell::Text("9".repeat(32_767)));
    assert_eq!(cells["B3"], Cell::Text("1.5".to_owned() + &"0".repeat(32_764)));
}

#[test]
fn address_that_is_too_long_for_a_link_has_a_warning() {
    let server = Server::json(r#"[{"TicketId":839},{"TicketId":249}]"#);
    for (length, links, warning) in [
        (2069, 2, ""),
        (2070, 0, "warning: no ticket has a link: Excel allows 2079 characters in one\n"),
    ] {
        let start = "https://crm.example.com/";
        let address = format!("{start}{}{{id}}", "a".repeat(length - start.len()));
        let arguments = ["839", "249", "-s", "TicketId", "--ticket-url", &address];
        let written = Written::new(&server, &arguments);
        assert_eq!(written.run.stderr, warning);
        let workbook = written.workbook();
        let sheet = workbook.part("xl/worksheets/sheet1.xml");
        assert_eq!(sheet.matches("<hyperlink ").count(), links);
    }
}

#[cfg_attr(windows, ignore = "a command line of Windows has at most 32,767 characters")]
#[test]
fn language_that_is_too_long_for_a_cell_is_cut() {
    let server = Server::json(r#"[{"TicketId":839}]"#);
    let language = "x".repeat(33_000);
    let written = Written::new(&server, &["839", "-s", "TicketId", "--language", &language]);
    assert!(written.workbook().texts().contains(&"x".repeat(32_767)));
}

#[test]
fn texts_that_have_no_room_among_the_shared_ones_are_in_their_cells() {
    let title = |id: usize| format!("{id}\n{}", "x".repeat(32_000));
    let ticket = |id| serde_json::json!({"TicketId": id, "Title": title(id)});
    let tickets: serde_json::Value = (1..=300).map(ticket).collect();
    let server = Server::json(&tickets.to_string());
    let written = Written::new(&server, &["1..300", "-s", "Title"]);
    let workbook = written.workbook();
    let inline = workbook.part("xl/worksheets/sheet1.xml").matches("t=\"inlineStr\"").count();
    assert!((1..300).contains(&inline), "{inline}");
    let cells = workbook.cells();
    let sheet = written.sheet();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    for id in 1..=300 {
        assert!(cells[&format!("A{}", id + 1)] == Cell::Text(title(id)), "{id}");
        assert!(rows[id] == [Data::String(title(id))], "{id}");
    }
}
