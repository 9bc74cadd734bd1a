//! `-o xml`: the server's bytes, and every id accounted for.

use crate::support::out_file::{OLD, OutFile};
use crate::support::wine::sample_under_wine;
use crate::support::{self, Run, Server, tcp_server};

fn server(content_type: &str, body: impl AsRef<[u8]>) -> Server {
    let (kind, body) = (content_type.to_owned(), body.as_ref().to_owned());
    Server::answering(move |when, then| {
        when.header("accept", "application/xml");
        then.status(200).header("content-type", kind).body(body);
    })
}

fn xml(ids: &str, body: impl AsRef<[u8]>) -> Run {
    server("application/xml; charset=utf-8", body).run(&[ids, "-o", "xml"])
}

/// The document as .NET writes it, with these tickets.
fn document(tickets: &str) -> String {
    format!(
        "<ArrayOfTicket xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns=\"http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services\">\
         {tickets}</ArrayOfTicket>"
    )
}

const TICKET_839: &str = "<Ticket><TicketId>839</TicketId><Title>a</Title></Ticket>";

#[test]
fn tickets_that_came_are_printed_as_sent() {
    let forms = [
        document(TICKET_839),
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n{}", document(TICKET_839)),
        "<Tickets>\n  <Ticket>\n    <TicketId> 839 </TicketId>\n  </Ticket>\n</Tickets>\n".to_owned(),
        "<n:R xmlns:n='x' xmlns:t='y'><t:Ticket><n:TicketId>839</n:TicketId></t:Ticket></n:R>".to_owned(),
        "<a><b><ticket><TICKETID>839</TICKETID></ticket></b></a>".to_owned(),
        "<a><Ticket><X><TicketId>5</TicketId></X><TicketId>8<!-- -->3<![CDATA[9]]></TicketId></Ticket></a>".to_owned(),
        "<a><Ticket><TicketId>&#56;&#x33;9</TicketId></Ticket></a><!-- the end -->\n<?end?>".to_owned(),
        "<!DOCTYPE a [<!ENTITY e \"x\">]><a><Ticket><TicketId>839</TicketId><Title>&e;</Title></Ticket></a>".to_owned(),
        "<a><Ticket><TicketId>839</TicketId><Title>&#x1b;[2J</Title></Ticket></a>".to_owned(),
    ];
    for body in &forms {
        let run = xml("839", body);
        assert_eq!(run.to_string(), format!("{body}--- exit code 0"), "{body}");
    }
}

#[test]
fn missing_ticket_is_named() {
    let body = document(TICKET_839);
    let gaps = [
        "",
        "<Ticket i:nil=\"true\"/>",
        "<Ticket i:nil=\"1\"></Ticket>",
        "<Ticket/>",
        "<Ticket> </Ticket>",
        "<Ticket><TicketId>0</TicketId><Title/><CreatedAt>0001-01-01T00:00:00</CreatedAt>\
         <HasAttachment>false</HasAttachment><BaseStatus>Unknown</BaseStatus><Author i:nil=\"true\"/>\
         <Priority>0</Priority><TableRight></TableRight></Ticket>",
    ];
    for gap in gaps {
        let body = document(&format!("{gap}{TICKET_839}{gap}"));
        let run = xml("839,5000", &body);
        assert_eq!((run.code, run.stdout.as_str()), (3, body.as_str()), "{gap}: {run}");
        let warning = "\nwarning: 1 of 2 tickets did not come back: 5000\nhint: ";
        assert!(format!("\n{}", run.stderr).starts_with(warning), "{gap}: {run}");
    }
    let run = server("text/xml", &body).run(&["839,5000", "-o", "xml", "--allow-missing"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, body.as_str()), "{run}");
    assert_eq!(run.stderr, "warning: 1 of 2 tickets did not come back: 5000\n");
}

#[test]
fn no_ticket_is_an_error_and_leaves_the_file() {
    for body in [document(""), "<A/>".to_owned(), document("<Ticket i:nil='true'/>")] {
        let run = xml("839", &body);
        assert_eq!((run.code, run.stdout.as_str()), (3, body.as_str()), "{run}");
        assert!(run.stderr.starts_with("error: ticket 839 did not come back\nhint: "), "{run}");
        let file = OutFile::old();
        let arguments = ["839", "-o", "xml"];
        let run = server("text/xml", &body).run(&[&arguments[..], &file.arguments()].concat());
        assert_eq!((run.code, file.text().as_str()), (3, OLD), "{run}");
    }
}

#[test]
fn unasked_repeated_and_unreadable_tickets_are_named() {
    let ticket = |id: &str| format!("<Ticket><TicketId>{id}</TicketId><Title>a</Title></Ticket>");
    let ids = ["7", "839", "839", "a&amp;b", "<X/>", "1.0", "&#56;39.5"];
    let body = document(&ids.map(ticket).concat());
    let run = xml("839,1,2", &body);
    assert_eq!(run.stdout, body);
    insta::assert_snapshot!(run.stderr, @r"
    warning: tickets came that were not asked for: 7
    warning: tickets came more than once: 839
    warning: ticket 4 of the answer has no readable TicketId: a&b
    warning: ticket 5 of the answer has no readable TicketId: <…>
    warning: ticket 7 of the answer has no readable TicketId: 839.5
    warning: 1 of 3 tickets did not come back: 2
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    ");
    assert_eq!(run.code, 3);
    // An entity is not expanded, so nothing is known of what it holds.
    let body = format!("<!DOCTYPE a [<!ENTITY e \"839\">]><a>{}</a>", ticket("&e;"));
    let run = xml("839", &body);
    assert_eq!((run.code, run.stdout.as_str()), (3, body.as_str()), "{run}");
    assert!(run.stderr.starts_with("warning: ticket 1 of the answer has no readable"), "{run}");
}

#[test]
fn tickets_without_ids_are_taken_in_order() {
    let body =
        document("<Ticket><TicketId i:nil='true'/><HasAttachment>false</HasAttachment></Ticket>");
    let run = server("text/xml", &body).run(&["839", "-s", "HasAttachment", "-o", "xml"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let run = server("text/xml", &body).run(&["839,249", "-s", "HasAttachment", "-o", "xml"]);
    insta::assert_snapshot!(run.stderr, @r"
    warning: 1 of 2 tickets did not come back
    hint: adding TicketId to --select would name them
    ");
    assert_eq!(run.code, 3);
}

#[test]
fn xml_that_is_not_well_formed_is_an_error() {
    let bodies = [
        "<a>",
        "<a><Ticket></a>",
        "<a></b>",
        "<a></a></a>",
        "<a/><b/>",
        "<a/>text",
        "<a/>&amp;",
        "<!-- -->",
        "<a",
        "<a b>",
        "<a b=c/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b='&'/>",
        "<a b='&x;'/>",
        "<a>&nbsp;</a>",
        "<a>R&D</a>",
        "<a>&#x110000;</a>",
        "<a>&#0;</a>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<a><1/></a>",
        "<a>< b/></a>",
        "<a>\u{1}</a>",
        "<a>\0</a>",
        " <?xml version='1.0'?><a/>",
        "<a/><?xml version='1.0'?>",
        "<a/><!DOCTYPE a>",
        "<![CDATA[x]]><a/>",
        "<a><![CDATA[x</a>",
        "<a><Ticket><TicketId>839</TicketId></Ticket></a",
    ];
    for body in bodies {
        let run = xml("839", body);
        assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{body:?}: {run}");
        assert!(run.stderr.starts_with("error: the answer is not XML: "), "{body:?}: {run}");
        assert!(run.stderr.contains("\nhint: it may have been cut or changed"), "{body:?}: {run}");
    }
    insta::assert_snapshot!(xml("839", "<a><Ticket></a>"), @r"
    --- stderr
    error: the answer is not XML: ill-formed document: expected `</Ticket>`, but `</a>` was found at byte 11
    hint: it may have been cut or changed on its way; nothing of it was printed
    --- exit code 7
    ");
    insta::assert_snapshot!(xml("839", b"<a>\xe5</a>"), @r"
    --- stderr
    error: the answer is not XML: it is no UTF-8 at byte 3
    hint: it may have been changed on its way; nothing of it was printed
    --- exit code 7
    ");
}

#[test]
fn cut_xml_is_an_error_wherever_it_is_cut() {
    let body = document(TICKET_839);
    for end in sample_under_wine((1..body.len()).step_by(7)) {
        let run = xml("839", &body[..end]);
        assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{end}: {run}");
    }
}

#[test]
fn document_without_tickets_is_an_error() {
    let run = xml("839", "<Error><Message>a \u{1f389}</Message></Error>");
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: the answer is not a list of tickets: <Error>
    hint: check that the address is the SuperOffice WebAPI's
    --- exit code 7
    ");
    let run = xml("839", "<Ticket><TicketId>839</TicketId></Ticket>");
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    let run = xml("839", "<ArrayOfTicket xmlns:i='x' i:nil='true'/>");
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(run.stderr.contains("answered null"), "{run}");
}

#[test]
fn limits_hold_for_xml() {
    let many = "<Ticket/>".repeat(1003);
    let run = xml("839", document(&many));
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    assert!(run.stderr.contains("has more than 1002 elements; 1 ticket was asked for"), "{run}");
    let run = xml("839", document(&"<Ticket/>".repeat(1002)));
    assert_eq!(run.code, 3, "{run}");
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let run = xml("839", deep);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    let attributes: String = (0..100_000).map(|number| format!(" a{number}='1'")).collect();
    let run = xml("839", format!("<a{attributes}/>"));
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
}

#[test]
fn entities_are_not_expanded() {
    let mut body = "<!DOCTYPE a [<!ENTITY e0 \"x\">".to_owned();
    for level in 1..40 {
        let inner = format!("&e{};", level - 1).repeat(10);
        body.push_str(&format!("<!ENTITY e{level} \"{inner}\">"));
    }
    body.push_str("]><a><Ticket><TicketId>839</TicketId><Title>&e39;</Title></Ticket></a>");
    let run = xml("839", &body);
    assert_eq!(run.to_string(), format!("{body}--- exit code 0"));
}

/// Runs `get 839 -o xml --out-file` against this body, and returns the run and the file.
fn to_file(content_type: &str, body: &[u8]) -> (Run, Vec<u8>) {
    let file = OutFile::old();
    let arguments = ["839", "-o", "xml"];
    let run = server(content_type, body).run(&[&arguments[..], &file.arguments()].concat());
    (run, std::fs::read(file.path()).expect("the file"))
}

#[test]
fn single_byte_encodings_are_read_and_passed_on() {
    let inner = b"><Ticket><TicketId>839</TicketId><N\xe5me>\x9b\xe5</N\xe5me></Ticket></a>";
    for name in ["ISO-8859-1", "iso-8859-15", "Windows-1252"] {
        let head = format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a b='\u{7f}'");
        let body = [head.as_bytes(), inner].concat();
        let (run, file) = to_file("application/xml", &body);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        assert_eq!(file, body, "{name}");
        let undeclared = [&b"<a"[..], inner].concat();
        let (run, file) = to_file(&format!("text/xml; charset={name}"), &undeclared);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        assert_eq!(file, undeclared, "{name}");
    }
}

#[test]
fn other_encodings_are_refused() {
    let body = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a/>";
    insta::assert_snapshot!(server("text/xml", body).run(&["839", "-o", "xml"]), @r"
    --- stderr
    error: the answer is XML in 'Shift_JIS', which is not read here
    hint: XML is read in UTF-8, ISO-8859 and windows-125x; or take -o json
    --- exit code 7
    ");
    let utf16: Vec<u8> = "\u{feff}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let run = server("text/xml", utf16).run(&["839", "-o", "xml"]);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
}

#[test]
fn sample_server_answers_in_xml_for_the_tickets_that_exist() {
    let get = |arguments: &[&str]| {
        Run::of(support::sotickets().args(["get", "--demo", "-o", "xml"]).args(arguments))
    };
    let run = get(&["839", "5000"]);
    assert_eq!(run.code, 3, "{run}");
    assert!(run.stdout.contains("<TicketId>839</TicketId>"), "{run}");
    assert!(run.stderr.starts_with("warning: 1 of 2 tickets did not come back: 5000\n"), "{run}");
    let run = get(&["1..1000"]);
    assert_eq!((run.code, run.stderr.lines().count()), (0, 1), "{}", run.stderr);
    let warning = "warning: 25 tickets were merged: 15 into 5, ";
    assert!(run.stderr.starts_with(warning), "{}", run.stderr);
    let run = get(&["839", "-s", "Title"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn xml_that_could_drive_a_terminal_is_refused_there_and_only_there() {
    use crate::support::pty;

    let latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
    let ticket = |title: &[u8]| {
        [b"<a><Ticket><TicketId>839</TicketId><T>", title, b"</T></Ticket></a>"].concat()
    };
    let with_latin = |title: &[u8]| [latin.as_bytes(), &ticket(title)].concat();
    let refused: [(Vec<u8>, &str); 6] = [
        (with_latin(b"a\x9b2J"), "the XML holds \\x9b, a byte outside of UTF-8 that could drive"),
        (with_latin(b"\xe5"), "the XML holds \\xe5, a byte outside of UTF-8 that could drive"),
        // 'É' in UTF-8 is 'Ã' and a control character in the encoding that is named.
        (
            with_latin("É".as_bytes()),
            "the XML holds \\x89, a control character in ISO-8859-1 that could drive",
        ),
        (ticket("\u{9b}2J".as_bytes()), "the XML holds \\u{9b}, a control character that could"),
        (ticket("\u{202e}".as_bytes()), "the XML holds \\u{202e}, a control character that could"),
        (ticket(b"a\x7fb"), "the XML holds \\x7f, a control character that could drive"),
    ];
    for (body, message) in refused {
        let server = server("application/xml", &body);
        let command = server.get(&["839", "-o", "xml"]);
        let Some(run) = pty::run(&command, 80) else { return };
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
        assert!(run.stderr.contains(message), "{run}");
        assert!(run.stderr.contains("hint: pipe it, write it to a file with --out-file"), "{run}");
        assert_eq!(server.calls(), 1);
        let (run, file) = to_file("application/xml", &body);
        assert_eq!((run.code, file), (0, body), "{run}");
    }
    for body in [with_latin(b"&#233;"), ticket("É 世界".as_bytes()), with_latin("é".as_bytes())]
    {
        let server = server("application/xml", &body);
        let run = pty::run(&server.get(&["839", "-o", "xml"]), 80).expect("a terminal");
        assert_eq!((run.code, run.stdout.as_bytes()), (0, &body[..]), "{run}");
    }
}

#[test]
fn xml_without_a_length_is_read_to_its_end() {
    let body = document(TICKET_839);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n";
    let mut command = support::sotickets();
    command.args(["get", "839", "-o", "xml", "--no-auth", "--url"]);
    let run = Run::of(command.arg(tcp_server::answering(format!("{head}{body}"))));
    assert_eq!(run.to_string(), format!("{body}--- exit code 0"));
}
