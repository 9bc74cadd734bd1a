//! `-o html`: the page as a parser reads it.

use std::collections::HashMap;

use insta::assert_snapshot;

use crate::support::contrast::{Rgb, contrast};
use crate::support::html_tree::{all, attribute, attribute_names, parse, rows, skeleton, text};
use crate::support::{Run, Server};

/// Tickets for charts: two are open, one of them has an old date.
const TICKETS: &str = r#"[
{"TicketId":1,"Title":"</script><b>x</b>","TicketStatusDisplayValue":"Open","PriorityName":"High","OwnedByName":"tim","BaseStatus":"Active","CreatedAt":"2026-03-01T08:00:00Z","ClosedAt":"0001-01-01T00:00:00Z","RepliedAt":"2026-03-01T09:30:00Z","RealTimeToReply":90,"LastChanged":"2026-03-02T08:00:00.1234567Z"},
{"TicketId":2,"Title":"]]>","TicketStatusDisplayValue":"Closed","PriorityName":"Low","OwnedByName":"tim","BaseStatus":"Closed","CreatedAt":"2026-03-02T08:00:00Z","ClosedAt":"2026-03-10T08:00:00Z","RepliedAt":"0001-01-01T00:00:00Z","RealTimeToReply":0},
{"TicketId":3,"Title":"ok","TicketStatusDisplayValue":"Open","PriorityName":"Low","OwnedByName":"","BaseStatus":"Postponed","CreatedAt":"2025-12-29T08:00:00Z","ClosedAt":"0001-01-01T00:00:00Z"}
]"#;

/// Runs it at a fixed time, which is 29 March 2026.
fn html(server: &Server, arguments: &[&str]) -> Run {
    let mut command = server.get(&[&["1..3", "-o", "html"], arguments].concat());
    command.env("SOURCE_DATE_EPOCH", "1774785600");
    Run::of(&mut command)
}

/// The titles of the charts with their numbers.
fn charts(page: &str) -> String {
    let page = parse(page);
    let figures = all(&page, "figure");
    let line = |figure: &_| {
        let part = |name| text(&all(figure, name)[0]);
        format!("{}: {}\n", part("figcaption"), part("desc"))
    };
    figures.iter().map(line).collect()
}

#[test]
fn page_shows_the_call_the_charts_and_the_tickets() {
    let server = Server::json(TICKETS);
    let run = html(&server, &["4..5", "--timezone", "Europe/Oslo"]);
    assert_eq!((run.code, server.calls()), (3, 1), "{}", run.stderr);
    let page = parse(&run.stdout);
    let header = text(&all(&page, "header")[0]).replace(&server.url(), "SERVER");
    assert_snapshot!(header.trim(), @"
    3 tickets

    ServerSERVER
    Fetched2026-03-29 14:00
    Time zoneEurope/Oslo
    Languageen


    Still open2
    Oldest open90 days
    Closed1
    Median first reply90 minutes

    2 of 5 tickets did not come back
    4, 5
    ");
    assert_snapshot!(charts(&run.stdout), @"
    By status: Open 2, Closed 1
    By priority: Low 2, High 1
    By owner: tim 2, (none) 1
    Created and closed per week: 2025-12-29: 1 created, 0 closed; 2026-01-05: 0 created, 0 closed; 2026-01-12: 0 created, 0 closed; 2026-01-19: 0 created, 0 closed; 2026-01-26: 0 created, 0 closed; 2026-02-02: 0 created, 0 closed; 2026-02-09: 0 created, 0 closed; 2026-02-16: 0 created, 0 closed; 2026-02-23: 1 created, 0 closed; 2026-03-02: 1 created, 0 closed; 2026-03-09: 0 created, 1 closed
    Age of open tickets: under 1 day 0, 1–3 days 0, 3–7 days 0, 1–2 weeks 0, 2–4 weeks 1, 1–3 months 0, 3–12 months 1, over 1 year 0
    Time to first reply: under 1 hour 0, 1–4 hours 1, 4–8 hours 0, 8–24 hours 0, 24–72 hours 0, 72–168 hours 0, over 168 hours 0
    ");
    let rows = rows(&page, "list").iter().map(|row| row.join(" | ")).collect::<Vec<_>>();
    assert_snapshot!(rows.join("\n"), @"
    TicketId | Title | TicketStatusDisplayValue | PriorityName | OwnedByName | CategoryName | PersonFullname | LastChanged
    1 | </script><b>x</b> | Open | High | tim |  |  | 2026-03-02 09:00
    2 | ]]> | Closed | Low | tim |  |  | 
    3 | ok | Open | Low |  |  |  |
    ");
}

#[test]
fn default_request_has_the_fields_of_the_charts() {
    let server = Server::json(TICKETS);
    html(&server, &[]);
    assert_snapshot!(server.seen().query().expect("a query"), @"$select=TicketId,Title,TicketStatusDisplayValue,PriorityName,OwnedByName,CategoryName,PersonFullname,LastChanged,BaseStatus,CreatedAt,ClosedAt,RepliedAt,RealTimeToReply");
}

#[test]
fn charts_are_drawn_from_the_selected_fields_alone() {
    let page = |select| html(&Server::json(TICKETS), &["-s", select]).stdout;
    assert_eq!(charts(&page("Title")), "");
    assert_snapshot!(charts(&page("BaseStatus,ClosedAt")), @"
    By status: Active 1, Closed 1, Postponed 1
    Closed per week: 2026-03-09: 1 closed
    ");
    assert_snapshot!(charts(&page("CreatedAt,ClosedAt,TimeToReply")), @"
    Created and closed per week: 2025-12-29: 1 created, 0 closed; 2026-01-05: 0 created, 0 closed; 2026-01-12: 0 created, 0 closed; 2026-01-19: 0 created, 0 closed; 2026-01-26: 0 created, 0 closed; 2026-02-02: 0 created, 0 closed; 2026-02-09: 0 created, 0 closed; 2026-02-16: 0 created, 0 closed; 2026-02-23: 1 created, 0 closed; 2026-03-02: 1 created, 0 closed; 2026-03-09: 0 created, 1 closed
    Age of open tickets: under 1 day 0, 1–3 days 0, 3–7 days 0, 1–2 weeks 0, 2–4 weeks 1, 1–3 months 0, 3–12 months 1, over 1 year 0
    ");
}

#[test]
fn awkward_values_are_text() {
    let select = "TicketId,Title,CreatedAt,ClosedAt,OwnedBy,TableRight,HasAttachment,TimeToReply";
    let run = Server::awkward().run(&["839", "249", "-o", "html", "-s", select]);
    let page = parse(&run.stdout);
    let rows = rows(&page, "list").iter().map(|row| row.join(" | ")).collect::<Vec<_>>();
    assert_snapshot!(rows.join("\n"), @r#"
    TicketId | Title | CreatedAt | ClosedAt | OwnedBy | TableRight | HasAttachment | TimeToReply minutes
    839 | He said "no, thanks"\r\nand\tleft \o/ | 2026-03-29 00:59 |  | 123456789012345678901234567890 | {"Mask":"Select, Update","Reason":"a \"b\" c"} | true | 
    249 | cut � here; \x1b[2J\u{202e}fdp.exe |  |  |  |  | false |
    "#);
}

#[test]
fn table_is_plain_html() {
    let select = "TicketId,CreatedAt,TimeToReply,Title";
    let run = Server::awkward().run(&["839", "249", "-o", "html", "-s", select]);
    let page = parse(&run.stdout);
    let table = &all(&page, "table").pop().expect("a table");
    assert_snapshot!(skeleton(table), @r#"
    <table class="list pinned">
     <thead>
      <tr>
       <th scope="col" class="number" title="Number of the ticket, the one to fetch it by">
        text
       <th scope="col" class="date" title="When the ticket came into being; sent in UTC whatever the zone">
        text
       <th scope="col" class="number" title="From creation to the first reply, in the priority's office hours">
        text
        <wbr>
        text
        <small>
         text
       <th scope="col" class="long" title="Subject line of the ticket">
        text
     text
     <tbody>
      text
      <tr>
       <td class="number">
        text
       <td>
        <time datetime="2026-03-29T00:59:59Z">
         text
       <td class="number">
       <td class="long">
        text
      text
      <tr>
       <td class="number">
        text
       <td>
       <td class="number">
       <td class="long">
        text
      text
    "#);
}

#[test]
fn date_has_a_machine_readable_form() {
    let run = html(&Server::json(TICKETS), &["-s", "LastChanged", "--timezone", "Europe/Oslo"]);
    let page = parse(&run.stdout);
    let times = all(&page, "time");
    let time = times.last().expect("a date");
    assert_eq!(text(time), "2026-03-02 09:00");
    assert_eq!(attribute(time, "datetime").as_deref(), Some("2026-03-02T09:00:00+01:00"));
}

#[test]
fn date_without_an_offset_in_a_chart_has_a_warning() {
    let tickets = r#"[{"TicketId":1,"CreatedAt":"2026-03-01T08:00:00"}]"#;
    let arguments = ["-s", "TicketId", "--timezone", "Europe/Oslo"];
    let run =
        |arguments: &[&str]| Server::json(tickets).run(&[&["1", "-o", "html"], arguments].concat());
    assert_eq!(run(&arguments).stderr, "");
    let warning = "warning: dates came without an offset and are printed as they are\n";
    assert!(run(&arguments[2..]).stderr.starts_with(warning));
}

#[test]
fn tiles_count_each_ticket_once() {
    let tickets = r#"[
        {"TicketId":1,"BaseStatus":"Active"},
        {"TicketId":2,"BaseStatus":"Closed","ClosedAt":"2026-03-10T08:00:00Z"},
        {"TicketId":3,"BaseStatus":"Spam","HasAttachment":true}]"#;
    let tiles = |select| {
        let page = parse(&html(&Server::json(tickets), &["-s", select]).stdout);
        text(&all(&page, "header")[0]).lines().skip(9).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(tiles("BaseStatus,ClosedAt"), @"
    Still open1
    Closed1
    Deleted, merged, spam1
    ");
    assert_eq!(tiles("BaseStatus"), tiles("BaseStatus,ClosedAt"));
    assert_snapshot!(tiles("ClosedAt"), @"
    Still open2
    Closed1
    ");
}

#[test]
fn ids_are_links_unless_that_is_switched_off() {
    let links = |options: &[&str]| -> Vec<String> {
        let template = ["--ticket-url", "https://crm.example.com/?a=b&id={id}", "-s", "TicketId"];
        let run = html(&Server::json(TICKETS), &[&template[..], options].concat());
        let page = parse(&run.stdout);
        let links = all(&page, "a");
        links.iter().filter_map(|link| attribute(link, "href")).collect()
    };
    assert_eq!(links(&[])[0], "https://crm.example.com/?a=b&id=1");
    assert_eq!(links(&["--links", "never"]), [""; 0]);
}

#[test]
fn policy_allows_its_own_style_and_script_alone() {
    let run = html(&Server::json(TICKETS), &[]);
    let page = parse(&run.stdout);
    let policies = all(&page, "meta");
    let policy = policies.iter().find_map(|meta| {
        attribute(meta, "http-equiv")?;
        attribute(meta, "content")
    });
    let policy = policy.expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for name in ["img", "link", "iframe", "object", "embed", "base"] {
        assert!(all(&page, name).is_empty(), "{name}");
    }
    let names: Vec<String> = attribute_names(&page).into_iter().collect();
    assert_snapshot!(names.join(" "), @"aria-label aria-labelledby autocomplete charset class content cx cy d datetime fill height hidden http-equiv id lang name points r role rx scope stroke tabindex text-anchor title type viewBox width x x1 x2 y y1 y2");
}

#[test]
fn same_tickets_give_the_same_bytes() {
    let server = Server::json(TICKETS);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tickets.html");
    let page = html(&server, &[]).stdout;
    assert_eq!(page, html(&server, &[]).stdout);
    html(&server, &["--out-file", path.to_str().expect("UTF-8")]);
    assert_eq!(page, std::fs::read_to_string(path).expect("a file"));
}

#[test]
fn time_that_is_no_number_is_refused() {
    let server = Server::json(TICKETS);
    let mut command = server.get(&["1", "-o", "html"]);
    let run = server.refused(command.env("SOURCE_DATE_EPOCH", "soon"));
    assert_snapshot!(run, @"
    --- stderr
    error: SOURCE_DATE_EPOCH: 'soon' is no number of seconds since 1970
    hint: an example: 1774785600
    --- exit code 2
    ");
    // Other formats show no time.
    let server = Server::json(TICKETS);
    let mut command = server.get(&["1..3", "-o", "csv"]);
    assert_eq!(Run::of(command.env("SOURCE_DATE_EPOCH", "soon")).code, 0);
}

#[test]
fn nothing_is_written_if_no_ticket_came_unless_that_is_allowed() {
    let run = html(&Server::json("[]"), &[]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run}");
    let run = html(&Server::json("[]"), &["--allow-missing"]);
    assert_eq!(run.code, 0, "{run}");
    let page = parse(&run.stdout);
    let header = text(&all(&page, "header")[0]);
    assert!(header.contains("3 of 3 tickets did not come back"), "{header}");
}

/// The colors of a theme in the style, by their names.
fn theme(rules: &str) -> HashMap<&str, Rgb> {
    fn color(line: &str) -> Option<(&str, Rgb)> {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let part = |at: usize| u8::from_str_radix(&value[at..at + 2], 16).expect("a color");
        Some((name, [part(0), part(2), part(4)]))
    }
    rules.lines().filter_map(color).collect()
}

#[test]
fn every_color_can_be_read() {
    let style = include_str!("../../src/output/html/style.css");
    let themes =
        style.split(":root {").skip(1).map(|rules| rules.split_once('}').expect("rules").0);
    let themes: Vec<_> = themes.map(theme).collect();
    assert_eq!(themes.len(), 3, "light, dark and printed");
    assert!(!style.contains("opacity"), "it would take contrast away");
    for colors in themes {
        let check = |name: &str, ground: &str, least: f64| {
            let contrast = contrast(colors[name], colors[ground]);
            assert!(contrast >= least, "{name} on {ground}: {contrast} in {colors:?}");
        };
        for name in ["text", "muted", "link", "warning"] {
            check(name, "ground", 4.5);
            check(name, "card", 4.5);
        }
        // Below the pointer.
        if colors.contains_key("stripe") {
            check("text", "stripe", 4.5);
            check("link", "stripe", 4.5);
        }
        // Shapes need less than text.
        check("bar", "card", 3.0);
        check("second", "card", 3.0);
    }
}

#[cfg(unix)]
#[test]
fn terminal_is_refused_before_the_call() {
    let server = Server::json(TICKETS);
    let Some(run) = crate::support::pty::run(&server.get(&["1..3", "-o", "html"]), 80) else {
        return;
    };
    assert_eq!((run.code, server.calls()), (2, 0), "{run}");
    assert_snapshot!(run, @"
    --- stderr
    error: --output html is no text for a terminal
    hint: write a file: --out-file tickets.html, or pipe it
    --- exit code 2
    ");
    let mut command = crate::support::sotickets();
    command.args(["get", "1", "--dry-run"]).env("SOTICKETS_URL", server.url());
    command.env("SOTICKETS_TOKEN", crate::support::TOKEN).env("SOTICKETS_OUTPUT", "html");
    let run = crate::support::pty::run(&command, 80).expect("a terminal");
    assert_eq!(run.code, 0, "{run}");
}
