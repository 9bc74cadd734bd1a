//! The ids of the request.

use crate::support::{PATH, Run, Server};

/// A server that answers only the call for exactly `ids`.
fn expecting(ids: &[i32]) -> Server {
    let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let tickets: Vec<String> = ids.iter().map(|id| format!(r#"{{"TicketId":{id}}}"#)).collect();
    Server::answering(move |when, then| {
        when.method("POST").path(PATH).body(format!(r#"{{"TicketIds":[{list}]}}"#));
        then.status(200).body(format!("[{}]", tickets.join(",")));
    })
}

#[test]
fn every_form_reaches_the_wire_once_and_in_order() {
    let cases: [(&[&str], &[i32]); 6] = [
        (&["839", "249"], &[839, 249]),
        (&["#839", "839,249", "249;7"], &[839, 249, 7]),
        (&["840..843", "1"], &[840, 841, 842, 843, 1]),
        (&["https://crm.example.com/?ticketId=839&x=1"], &[839]),
        (&["https://crm.example.com/cs?TICKET_ID=839"], &[839]),
        (&["2147483647"], &[2_147_483_647]),
    ];
    for (arguments, ids) in cases {
        let server = expecting(ids);
        let run = server.run(&[arguments, &["-o", "csv", "-s", "TicketId"]].concat());
        let lines: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(run.stdout, format!("TicketId\n{}\n", lines.join("\n")), "{arguments:?}");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
}

/// Addresses that people copy, all of ticket 839.
const ADDRESSES: [&str; 21] = [
    "https://online3.superoffice.com/Cust12345/CS/scripts/ticket.fcgi?_sf=0&action=listTicket&ticketId=839",
    "https://crm.example.com:8080/CS/scripts/ticket.fcgi?action=editTicket&ticketId=839&custId=7",
    "https://crm.example.com/CS/scripts/ticket.fcgi?_sf=0&action=listTicketMessages&ticketId=839",
    "https://crm.example.com/CS/scripts/ticket.fcgi?_sf=0&action=listTicketLog2&ticketId=839",
    "https://crm.example.com/scripts/ticket.exe?action=listTicket&ticketId=839",
    "https://crm.example.com/scripts/customer.fcgi?action=viewTicket&ticketId=839&contact_id=10",
    "https://crm.example.com/CS/scripts/ticket.fcgi?_sf=0&action=doScreenDefinition&idString=viewTicket_80_v2&entryId=839",
    "https://crm.example.com/default.aspx?ticket_id=839",
    "https://crm.example.com/default.aspx?service.ticket?action=listTickets&ticket_id=839",
    "https://crm.example.com/default.aspx?ticket.main?ticket_id=839",
    "https://crm.example.com/default.aspx??ticket_id=839",
    "soprotocol:ticket.main?ticket_id=839",
    "superoffice:service.ticket?action=listTickets&ticket_id=839",
    "https://crm.example.com/CS/scripts/ticket.fcgi?action=listTicket&id=839",
    "https://crm.example.com/CS/scripts/ticket.fcgi?action=editTicket&id=839",
    "https://crm.example.com/SuperOffice/api/v1/Ticket/839",
    "https://crm.example.com/api/v1/Ticket/839/Attachments",
    "https://crm.example.com/api/v1/Agents/Ticket/GetTicketEntity?ticketEntityId=839",
    "<https://crm.example.com/ticket.fcgi?_sf=0&amp;action=listTicket&amp;ticketId=839>.",
    "\"crm.example.com/default.aspx?ticket_id=839\",",
    "default.aspx?ticket_id=839",
];

#[test]
fn address_of_a_ticket_in_every_shape_is_its_id() {
    for address in ADDRESSES {
        let server = expecting(&[839]);
        let run = server.run(&[address, "-o", "csv", "-s", "TicketId"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, "TicketId\n839\n"), "{address}: {run}");
    }
    let server = expecting(&[839]);
    let mut command = server.get(&["-", "-o", "csv", "-s", "TicketId"]);
    let run = Run::of(command.write_stdin(ADDRESSES.join("\n")));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}

#[test]
fn address_with_two_ids_or_none_is_refused() {
    for (address, message) in [
        (
            "https://a.example/?ticketId=839&ticket_id=840",
            "it has the ids of two tickets, 839 and 840",
        ),
        (
            "https://a.example:839/Cust839/x.fcgi?custId=7&contact_id=10",
            "it is an address without a ticket's id",
        ),
    ] {
        let run = Server::json("[]").refuses(&[address]);
        assert!(run.stderr.contains(&format!("is not a ticket id: {message}\nhint: ")), "{run}");
    }
}

#[test]
fn standard_input_and_a_file_are_read() {
    let server = expecting(&[5, 839, 249, 7]);
    let run =
        Run::of(server.get(&["5", "-", "-s", "TicketId"]).write_stdin("839,249\n\n #7;\r\n839"));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ids.txt");
    std::fs::write(&path, "\u{feff}839\n249 7").expect("a file");
    let server = expecting(&[839, 249, 7]);
    let run = server.run(&["--ids-file", path.to_str().expect("a path"), "-s", "TicketId"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn standard_input_is_left_alone_unless_named() {
    let server = expecting(&[5]);
    let run = Run::of(server.get(&["5", "-s", "TicketId"]).write_stdin("839"));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}

#[test]
fn invalid_id_is_quoted_and_nothing_is_sent() {
    let cases = [
        ("0", "'0' is not a ticket id"),
        ("-5", "'-5' is not a ticket id"),
        ("2147483648", "'2147483648' is not a ticket id"),
        ("12a", "'12a' is not a ticket id"),
        ("", "an empty ticket id"),
        ("860..840", "'860..840' is not a ticket id: the range runs backwards"),
        ("1..10001", "more than 10000 ticket ids"),
        ("1..2147483647", "more than 10000 ticket ids"),
        ("https://crm.example.com/ticket", "it is an address without a ticket's id"),
    ];
    for (argument, message) in cases {
        let run = Server::json("[]").refuses(&[argument]);
        assert!(run.stderr.starts_with("error: "), "{run}");
        assert!(run.stderr.contains(message), "{argument}: {run}");
        assert!(run.stderr.contains("\nhint: "), "{run}");
    }
}

#[test]
fn input_without_ids_or_with_a_wrong_one_names_its_line() {
    let server = Server::json("[]");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ids.txt");
    let argument = path.to_str().expect("a path");
    for (content, message) in [
        ("", format!("no ticket id in {argument}")),
        ("839\n\n0 7\n", format!("{argument}, line 3: '0' is not a ticket id")),
        ("839\n\u{1b}[31m\n", format!("{argument}, line 2: '\\x1b[31m' is not a ticket id")),
    ] {
        std::fs::write(&path, content).expect("a file");
        let run = server.refuses(&["--ids-file", argument]);
        assert!(run.stderr.contains(&message), "{run}");
    }
    let run = server.refuses(&["--ids-file", "/nowhere/ids.txt"]);
    assert!(run.stderr.contains("--ids-file /nowhere/ids.txt: "), "{run}");

    let run = Run::of(server.get(&["-"]).write_stdin("839 249\nx\n"));
    assert_eq!((run.code, server.calls()), (2, 0));
    assert!(run.stderr.contains("standard input, line 2: 'x' is not a ticket id"), "{run}");
    let run = server.refuses(&[]);
    assert!(run.stderr.contains("no ticket id is given"), "{run}");
}

#[test]
fn limit_can_be_raised() {
    let ids: Vec<i32> = (1..=10_001).collect();
    let server = expecting(&ids);
    let run = server.run(&["1..10001", "--max-ids", "10001", "-s", "TicketId", "-o", "csv"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 10_002));
    let run = Server::json("[]").refuses(&["1..3", "--max-ids", "2"]);
    assert!(run.stderr.contains("raise the limit with --max-ids N"), "{run}");
}

#[test]
fn standard_input_is_not_shared() {
    let server = Server::json("[]");
    let run = server.refuses(&["-", "--token", "stdin"]);
    assert!(run.stderr.contains("standard input is asked for twice"), "{run}");
    server.refuses(&["-", "-"]);
}
