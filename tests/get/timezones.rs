//! `--timezone`: this program converts to IANA zones; the server handles its own codes.

use insta::assert_snapshot;

use crate::support::wine::sample_under_wine;
use crate::support::{PATH, Run, Server, formats, sotickets};

/// A server that answers one ticket, created at `date`, to a request with this `header`.
fn created(header: &'static str, date: &str) -> Server {
    let body = format!(r#"[{{"TicketId":1,"CreatedAt":"{date}"}}]"#);
    Server::answering(move |when, then| {
        when.method("POST").path(PATH).header("so-timezone", header);
        then.status(200).body(body);
    })
}

const UTC: &str = "UTC,includeTZOffset";

/// Returns the cell of a `date` that came in UTC with its offset, in `zone`.
fn cell(date: &str, zone: &str, more: &[&str]) -> String {
    let arguments = ["1", "-s", "CreatedAt", "-o", "csv", "--no-header", "--timezone", zone];
    let run = created(UTC, date).run(&[&arguments[..], more].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    run.stdout.trim_end().to_owned()
}

#[test]
fn daylight_saving_changes_are_converted() {
    let cases = [
        ("2026-03-29T00:59:59Z", "Europe/Oslo", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T01:00:00Z", "Europe/Oslo", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T00:59:59Z", "Europe/Oslo", "2026-10-25T02:59:59+02:00"),
        ("2026-10-25T01:00:00Z", "Europe/Oslo", "2026-10-25T02:00:00+01:00"),
        ("2026-03-08T06:59:59Z", "America/New_York", "2026-03-08T01:59:59-05:00"),
        ("2026-03-08T07:00:00Z", "America/New_York", "2026-03-08T03:00:00-04:00"),
        ("2026-11-01T05:59:59Z", "America/New_York", "2026-11-01T01:59:59-04:00"),
        ("2026-11-01T06:00:00Z", "America/New_York", "2026-11-01T01:00:00-05:00"),
        // Half an hour of daylight saving, in the southern summer.
        ("2026-04-04T14:59:59Z", "Australia/Lord_Howe", "2026-04-05T01:59:59+11:00"),
        ("2026-04-04T15:00:00Z", "Australia/Lord_Howe", "2026-04-05T01:30:00+10:30"),
        ("2026-01-15T12:00:00Z", "Asia/Kathmandu", "2026-01-15T17:45:00+05:45"),
        ("2026-01-15T12:00:00.1234567Z", "Asia/Kathmandu", "2026-01-15T17:45:00.1234567+05:45"),
        ("2026-01-15T12:00:00Z", "Pacific/Chatham", "2026-01-16T01:45:00+13:45"),
        ("2026-01-15T12:00:00Z", "Etc/UTC", "2026-01-15T12:00:00Z"),
    ];
    for (sent, zone, shown) in cases {
        assert_eq!(cell(sent, zone, &[]), shown, "{sent} in {zone}");
    }
}

#[test]
fn offset_of_the_servers_choice_is_converted_too() {
    assert_eq!(cell("2026-01-15T12:00:00-0500", "Europe/Oslo", &[]), "2026-01-15T18:00:00+01:00");
    assert_eq!(cell("2026-07-15T12:00:00+02:00", "Europe/Oslo", &[]), "2026-07-15T12:00:00+02:00");
    assert_eq!(cell("2026-07-15T12:00:00Z", "EUROPE/oslo", &[]), "2026-07-15T14:00:00+02:00");
}

#[test]
fn date_styles_use_the_zone() {
    let sent = "2026-03-29T01:00:00Z";
    assert_eq!(cell(sent, "Europe/Oslo", &["--dates", "short"]), "2026-03-29 03:00");
    assert_eq!(cell(sent, "Europe/Oslo", &["--dates", "iso"]), "2026-03-29T03:00:00+02:00");
    assert_eq!(cell(sent, "Europe/Oslo", &["--dates", "as-sent"]), sent);
}

#[test]
fn no_date_is_empty_and_the_last_date_is_not_moved() {
    assert_eq!(cell("0001-01-01T00:00:00Z", "Europe/Oslo", &[]), "\"\"");
    assert_eq!(cell("0001-01-01T01:00:00+01:00", "America/New_York", &[]), "\"\"");
    assert_eq!(cell("0001-01-01T00:00:00", "Europe/Oslo", &[]), "\"\"");
    for zone in ["Europe/Oslo", "Pacific/Kiritimati", "America/New_York"] {
        assert_eq!(cell("9999-12-31T23:59:59Z", zone, &[]), "9999-12-31T23:59:59Z");
        assert_eq!(cell("9999-12-31T23:59:59Z", zone, &["--dates", "short"]), "9999-12-31 23:59");
    }
}

#[test]
fn code_is_sent_as_it_is() {
    let marked = [
        "NO,includeTZOffset",
        "NO, includeTZOffset",
        "no,INCLUDETZOFFSET",
        "AU-ACT,includeTZOffset",
        "includeTZOffset",
    ];
    for code in marked {
        let sent = "2026-03-29T03:00:00+02:00";
        let run = created(code, sent).run(&["1", "-s", "CreatedAt", "--timezone", code]);
        assert_eq!(run.to_string(), "CreatedAt\n2026-03-29 03:00\n--- exit code 0", "{code}");
    }
    for code in ["NO", "261", "US-NY", "AU-ACT", "no", "XX"] {
        let run =
            created(code, "2026-03-29T03:00:00").run(&["1", "-s", "CreatedAt", "--timezone", code]);
        assert_eq!((run.code, run.stdout.as_str()), (0, "CreatedAt\n2026-03-29 03:00\n"), "{run}");
    }
}

#[test]
fn bare_code_warns_that_no_date_is_moved_or_marked() {
    let run = created("NO", "2026-03-29T03:00:00").run(&["1", "-s", "CreatedAt", "--timezone=NO"]);
    assert_snapshot!(run, @r"
    CreatedAt
    2026-03-29 03:00
    --- stderr
    warning: --timezone NO: the server probably neither moves the dates of tickets to this zone nor marks them with an offset
    hint: --timezone Europe/Oslo converts every date here
    --- exit code 0
    ");
    // Once, in every zone and format, also for dates that are printed as sent.
    for (code, hint) in [
        ("261", "hint: --timezone Europe/Oslo converts"),
        ("us-ca", "hint: --timezone America/Los_Angeles converts"),
        ("XX", "hint: an IANA zone, such as --timezone Europe/Oslo, converts"),
    ] {
        for format in &formats(|format| !format.is_raw()) {
            let arguments = ["1", "-s", "CreatedAt,ClosedAt", "--timezone", code, "-o", format];
            let run = Server::json(r#"[{"TicketId":1,"CreatedAt":"2026-03-29T03:00:00"}]"#)
                .run(&arguments);
            assert_eq!((run.code, run.stderr.lines().count()), (0, 2), "{run}");
            assert!(run.stderr.contains(hint), "{run}");
        }
    }
    let run = created("NO", "x").run(&["1", "-s", "CreatedAt", "-o", "json", "--timezone=NO"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let server = created("NO", "2026-03-29T03:00:00");
    let run = Run::of(server.get(&["1"]).env("SOTICKETS_TIMEZONE", "NO"));
    assert!(run.stderr.starts_with("warning: SOTICKETS_TIMEZONE NO: the server probably"), "{run}");
}

#[test]
fn code_with_offsets_warns_where_a_date_came_without_one() {
    let zone = "NO, includeTZOffset";
    let answer = |first: &str, second: &str| {
        Server::json(&format!(
            r#"[{{"TicketId":1,"CreatedAt":"{first}"}},{{"TicketId":2,"CreatedAt":"2026-01-01T00:00:00Z","ClosedAt":"{second}"}}]"#
        ))
    };
    let (marked, unmarked) = ("2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00");
    let ask = |server: Server, format: &str| {
        server.run(&["1", "2", "-s", "CreatedAt,ClosedAt", "--timezone", zone, "-o", format])
    };
    for format in sample_under_wine(formats(|format| !format.is_raw())) {
        for fine in [marked, "0001-01-01T00:00:00", "9999-12-31T23:59:59", "", "soon"] {
            let run = ask(answer(marked, fine), &format);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}: {run}");
        }
        let run = ask(answer(marked, unmarked), &format);
        let warning = "warning: --timezone NO, includeTZOffset: the server probably marks the \
            dates of tickets with an offset and does not move them; some came without one\n\
            hint: --timezone Europe/Oslo converts every date here\n";
        assert_eq!(run.stderr, warning, "{format}");
    }
    for format in ["json", "jsonl"] {
        let arguments = ["1", "2", "--timezone", zone, "-o", format];
        let run = answer(unmarked, marked).run(&arguments);
        let warnings = usize::from(format == "jsonl");
        assert_eq!((run.code, run.stderr.matches("warning: ").count()), (0, warnings), "{run}");
    }
}

#[test]
fn verbose_shows_the_zone_of_the_answer() {
    let server = Server::answering(|_, then| {
        then.status(200).header("SO-TimeZone", "NO").body(r#"[{"TicketId":1}]"#);
    });
    let run = server.run(&["1", "-s", "TicketId", "-v"]);
    assert!(run.stderr.contains("\n< so-timezone: NO\n"), "{run}");
    let demo = |arguments: &[&str]| {
        let mut command = sotickets();
        Run::of(
            command.args(["get", "1", "-s", "CreatedAt,ClosedAt", "--demo", "-v"]).args(arguments),
        )
    };
    assert!(demo(&[]).stderr.contains("\n< so-timezone: NO\n"));
    assert!(!demo(&["--timezone", "UTC"]).stderr.contains("< so-timezone"));
}

#[test]
fn dates_without_an_offset_are_printed_as_they_are_with_one_warning() {
    let ticket =
        r#"{"TicketId":1,"CreatedAt":"2026-03-29T03:00:00","LastChanged":"2026-03-29T04:00:00.5"}"#;
    let body = format!("[{ticket},{}]", ticket.replace("\"TicketId\":1", "\"TicketId\":2"));
    let arguments = ["1", "2", "-s", "CreatedAt,LastChanged", "--timezone", "Europe/Oslo"];
    let run = Server::json(&body).run(&arguments);
    assert_snapshot!(run, @r"
    CreatedAt            LastChanged
    2026-03-29T03:00:00  2026-03-29T04:00:00.5
    2026-03-29T03:00:00  2026-03-29T04:00:00.5
    --- stderr
    warning: dates came without an offset and are printed as they are
    hint: offsets were asked for; a server that sends none may have time zones switched off
    --- exit code 0
    ");
    for format in &formats(|format| !format.is_raw()) {
        let run = Server::json(&body).run(&[&arguments[..], &["-o", format]].concat());
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(run.stderr.matches("warning: ").count(), 1, "{run}");
        if format != "xlsx" {
            assert_eq!(run.stdout.matches("2026-03-29T04:00:00.5").count(), 2, "{run}");
        }
    }
    // Without a requested zone there is a warning only for styles that need one.
    let run = Server::json(&body).run(&["1", "2", "-s", "CreatedAt"]);
    assert_eq!(run.stderr, "");
    for style in ["iso", "relative"] {
        let run = Server::json(&body).run(&["1", "2", "-s", "CreatedAt", "--dates", style]);
        assert_eq!(run.stderr.matches("warning: ").count(), 1, "{run}");
        assert!(run.stderr.ends_with("hint: --timezone Europe/Oslo asks for offsets\n"), "{run}");
    }
}

#[test]
fn local_zone_is_that_of_this_machine() {
    let arguments = ["1", "-s", "CreatedAt", "-o", "csv", "--no-header", "--timezone", "local"];
    for (value, shown) in [
        ("Asia/Kathmandu", "2026-01-15T17:45:00+05:45\n"),
        (":Europe/Oslo", "2026-01-15T13:00:00+01:00\n"),
        ("/usr/share/zoneinfo/Europe/Oslo", "2026-01-15T13:00:00+01:00\n"),
        (":/usr/share/zoneinfo/America/Indiana/Knox", "2026-01-15T06:00:00-06:00\n"),
    ] {
        let server = created(UTC, "2026-01-15T12:00:00Z");
        let run = Run::of(server.get(&arguments).env("TZ", value));
        assert_eq!((run.code, run.stdout.as_str()), (0, shown), "{value}: {run}");
        assert_eq!(server.calls(), 1);
    }
}

#[test]
fn invalid_tz_variable_is_an_error() {
    for value in ["CET-1CEST", "Bogus/Zone", "/usr/share/zoneinfo/Bogus"] {
        let server = Server::json("[]");
        let run = server.refused(server.get(&["1", "--timezone", "local"]).env("TZ", value));
        let name = value.trim_start_matches("/usr/share/zoneinfo/");
        let message = format!("error: --timezone: TZ is '{name}', which is no IANA zone\nhint: ");
        assert!(run.stderr.starts_with(&message), "{run}");
    }
    // A field that is not selected is not checked.
    let server = Server::json(r#"[{"TicketId":1}]"#);
    assert_eq!(Run::of(server.get(&["1"]).env("TZ", "CET-1CEST")).code, 0);
}

#[test]
fn unknown_zone_is_named_with_the_nearest() {
    let run = Server::json("[]").refuses(&["1", "--timezone", "Europe/Olso"]);
    assert_snapshot!(run, @"
    --- stderr
    error: --timezone: unknown time zone 'Europe/Olso'
    hint: did you mean Europe/Oslo?
    --- exit code 2
    ");
    for zone in ["Europe/Nowhere\u{1b}", "N O", "", "NO,offset", "NO\nX-Evil: 1", "Öslo", "UTC,"] {
        let run = Server::json("[]").refuses(&["1", "--timezone", zone]);
        assert!(run.stderr.starts_with("error: --timezone: "), "{run}");
        assert!(run.stderr.contains("\nhint: "), "{run}");
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
    let server = Server::json("[]");
    let run = Run::of(server.get(&["1"]).env("SOTICKETS_TIMEZONE", "Europe/Olso"));
    assert_eq!((run.code, server.calls()), (2, 0), "{run}");
    assert!(run.stderr.starts_with("error: SOTICKETS_TIMEZONE: "), "{run}");
}

#[test]
fn json_and_xml_are_never_rewritten() {
    let sent = r#"[{"TicketId":1,"CreatedAt":"2026-03-29T01:00:00Z"}]"#;
    let run = created(UTC, "2026-03-29T01:00:00Z").run(&["1", "-o=json", "--timezone=Europe/Oslo"]);
    assert_eq!(run.stdout, sent);
    let xml =
        "<A><Ticket><TicketId>1</TicketId><CreatedAt>2026-03-29T01:00:00Z</CreatedAt></Ticket></A>";
    let server = Server::answering(|when, then| {
        when.method("POST").path(PATH).header("so-timezone", UTC);
        then.status(200).header("content-type", "text/xml").body(xml);
    });
    assert_eq!(server.run(&["1", "-o=xml", "--timezone=Europe/Oslo"]).stdout, xml);
}

/// As at the real server, a code moves no date.
#[test]
fn codes_move_no_date_of_the_sample_server() {
    let dates = |arguments: &[&str]| {
        let options = ["get", "--demo", "839", "-s", "LastChanged,ReadByOwner", "-o", "csv"];
        let run = Run::of(sotickets().args(options).args(["--no-header"]).args(arguments));
        assert_eq!(run.code, 0, "{run}");
        run.stdout
    };
    let plain = dates(&[]);
    assert_snapshot!(plain, @"2026-01-28T17:05:22.3589119,2026-01-28T18:30:15.3589119");
    for code in ["NO", "261", "US-NY", "UTC"] {
        assert_eq!(dates(&["--timezone", code]), plain, "{code}");
    }
    let marked = dates(&["--timezone", "NO,includeTZOffset"]);
    assert_snapshot!(marked, @"2026-01-28T17:05:22.3589119Z,2026-01-28T18:30:15.3589119+01:00");
    assert_eq!(dates(&["--timezone", "US-NY,includeTZOffset"]), marked);
    assert_snapshot!(dates(&["--timezone", "UTC,includeTZOffset"]), @"2026-01-28T17:05:22.3589119Z,2026-01-28T17:30:15.3589119Z");
    assert_snapshot!(dates(&["--timezone", "America/New_York"]), @"2026-01-28T12:05:22.3589119-05:00,2026-01-28T12:30:15.3589119-05:00");
}

#[test]
fn place_leads_to_its_zone_before_anything_is_sent() {
    let cases = [
        ("oslo", "Europe/Oslo"),
        ("Norway", "Europe/Oslo"),
        ("new york", "America/New_York"),
        ("USA", "America/New_York"),
        ("Hongkong", "Asia/Hong_Kong"),
    ];
    for (place, zone) in cases {
        let run = Server::awkward().refuses(&["839", "249", "--timezone", place]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(&format!("hint: did you mean {zone}")), "{place}: {run}");
        let run = Server::awkward().run(&["839", "249", "--timezone", zone]);
        assert_eq!(run.code, 0, "{zone}: {run}");
    }
}

#[test]
fn offset_and_abbreviation_lead_to_a_place() {
    for zone in ["GMT+1", "UTC-05:30", "+01:00", "-5", "CET", "EST5EDT"] {
        let run = Server::awkward().refuses(&["839", &format!("--timezone={zone}")]);
        assert_eq!(run.code, 2, "{run}");
        let hint = "hint: name a place, which has daylight saving as well: --timezone Europe/Oslo";
        assert!(run.stderr.contains(hint) && !run.stderr.contains("Etc/"), "{zone}: {run}");
    }
}

#[test]
fn code_is_sent_and_a_refused_one_leads_to_its_zone() {
    for (code, zone) in
        [("DE", Some("Europe/Berlin")), ("oslp", Some("Europe/Oslo")), ("XYZ", None)]
    {
        let server = Server::status(400, "{\"Message\":\"Unknown time zone code\"}");
        let run = server.run(&["839", "--timezone", code]);
        assert_eq!((run.code, server.calls()), (5, 1), "{run}");
        let hint =
            zone.map_or("did you mean".to_owned(), |zone| format!("hint: did you mean {zone}"));
        assert_eq!(run.stderr.contains(&hint), zone.is_some(), "{code}: {run}");
    }
}
