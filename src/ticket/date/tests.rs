use super::*;
use proptest::prelude::*;

fn dates(style: Style, zone: Option<&str>) -> DateFormatter {
    let now = "2026-06-01T12:00:00Z".parse().expect("a date");
    DateFormatter::new(style, zone.map(|zone| zone.parse().expect("a zone")), now)
}

#[test]
fn dates_before_and_after_a_change_of_summer_time() {
    let cases = [
        ("2026-03-29T00:59:59Z", "Europe/Oslo", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T01:00:00Z", "Europe/Oslo", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T00:59:59Z", "Europe/Oslo", "2026-10-25T02:59:59+02:00"),
        ("2026-10-25T01:00:00Z", "Europe/Oslo", "2026-10-25T02:00:00+01:00"),
        ("2026-03-08T06:59:59.1234567Z", "America/New_York", "2026-03-08T01:59:59.1234567-05:00"),
        ("2026-03-08T07:00:00Z", "America/New_York", "2026-03-08T03:00:00-04:00"),
        ("2026-01-15T12:00:00Z", "Asia/Kathmandu", "2026-01-15T17:45:00+05:45"),
        ("2026-01-15T12:00:00-0500", "Australia/Lord_Howe", "2026-01-16T04:00:00+11:00"),
        ("2026-01-15T12:00:00+02:00", "Europe/London", "2026-01-15T10:00:00Z"),
        // Offsets of -00:44:30 and +00:43:00, of which RFC 3339 can write one.
        ("1971-06-01T12:00:00Z", "Africa/Monrovia", "1971-06-01T11:16:00-00:44"),
        ("1971-06-01T12:00:00.25Z", "Africa/Monrovia", "1971-06-01T11:16:00.25-00:44"),
        ("1601-01-01T00:00:00Z", "Europe/Oslo", "1601-01-01T00:53:00+00:53"),
        ("1890-01-01T00:00:00Z", "Asia/Tokyo", "1890-01-01T09:00:00+09:00"),
        // The day before would be in a year that RFC 3339 cannot write.
        ("0000-01-01T00:59:59.567Z", "America/New_York", "0000-01-01T00:59:59.567Z"),
    ];
    for (sent, zone, shown) in cases {
        assert_eq!(dates(Style::Iso, Some(zone)).format(sent), shown, "{sent} in {zone}");
    }
}

#[test]
fn without_a_zone_the_offset_stays_as_sent() {
    assert_eq!(
        dates(Style::Iso, None).format("2002-08-07T14:52:00.5+02:00"),
        "2002-08-07T14:52:00.5+02:00"
    );
    assert_eq!(dates(Style::Iso, None).format("2002-08-07T14:52:00"), "2002-08-07T14:52:00");
    assert_eq!(dates(Style::Short, None).format("2002-08-07T14:52:00"), "2002-08-07 14:52");
    assert_eq!(dates(Style::Short, None).format("2002-08-07T14:52:00+02:00"), "2002-08-07 14:52");
}

#[test]
fn date_without_an_offset_is_printed_as_it_is_and_noted() {
    let dates = dates(Style::Short, Some("Europe/Oslo"));
    assert!(!dates.has_met_date_without_offset());
    assert_eq!(dates.format("2002-08-07T14:52:00.1"), "2002-08-07T14:52:00.1");
    assert!(dates.has_met_date_without_offset());
}

#[test]
fn style_that_needs_an_offset_notes_its_lack_without_a_zone() {
    for (style, is_noted) in
        [(Style::AsSent, false), (Style::Short, false), (Style::Iso, true), (Style::Relative, true)]
    {
        let dates = dates(style, None);
        assert!(dates.format("9999-12-31T23:59:59").starts_with("9999-12-31"));
        assert!(!dates.has_met_date_without_offset(), "{style:?}");
        assert!(dates.format("2002-08-07T14:52:00").starts_with("2002-08-07"));
        assert_eq!(dates.has_met_date_without_offset(), is_noted, "{style:?}");
    }
}

#[test]
fn date_without_an_offset_is_noted_whatever_it_is_used_for() {
    for (text, zone, is_noted) in [
        ("2002-08-07T14:52:00", Some("Europe/Oslo"), true),
        ("2002-08-07T14:52:00", None, false),
        ("9999-12-31T23:59:59", Some("Europe/Oslo"), false),
    ] {
        let (moment, wall_time) = (dates(Style::Short, zone), dates(Style::Short, zone));
        assert!(moment.moment(text).is_some() && wall_time.wall_time(text).is_some());
        assert_eq!(moment.has_met_date_without_offset(), is_noted, "{text} {zone:?}");
        assert_eq!(wall_time.has_met_date_without_offset(), is_noted, "{text} {zone:?}");
    }
}

#[test]
fn leap_second_is_the_second_before_it_in_html() {
    for (text, html) in [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:59:59+01:00"),
        ("2016-12-31T23:59:60", "2016-12-31T23:59:59"),
    ] {
        let moment = dates(Style::Short, Some("Europe/Oslo")).moment(text).expect("a date");
        assert_eq!(moment.to_html(), html);
    }
}

#[test]
fn date_lacks_an_offset_only_where_it_matters() {
    assert!(lacks_offset("2002-08-07T14:52:00") && lacks_offset("2002-08-07T14:52:00.1234567"));
    for text in ["2002-08-07T14:52:00Z", "2002-08-07T14:52:00+0200", "", "soon"] {
        assert!(!lacks_offset(text), "{text}");
    }
    assert!(!lacks_offset("0001-01-01T00:00:00") && !lacks_offset("9999-12-31T23:59:59"));
}

#[test]
fn the_end_of_time_needs_no_offset() {
    let dates = dates(Style::Short, Some("Europe/Oslo"));
    assert_eq!(dates.format("9999-12-31T23:59:59"), "9999-12-31 23:59");
    assert!(!dates.has_met_date_without_offset());
}

#[test]
fn no_date_is_empty_and_the_end_of_time_stays() {
    for style in [Style::AsSent, Style::Iso, Style::Short, Style::Relative] {
        assert_eq!(dates(style, None).format("0001-01-01T00:00:00"), "");
        assert_eq!(dates(style, Some("Europe/Oslo")).format("0001-01-01T01:00:00+01:00"), "");
        assert!(
            dates(style, Some("Europe/Oslo"))
                .format("9999-12-31T23:59:59Z")
                .starts_with("9999-12-31")
        );
    }
}

#[test]
fn relative_counts_from_now() {
    let dates = dates(Style::Relative, None);
    let cases = [
        ("2026-06-01T12:00:00Z", "now"),
        ("2026-06-01T11:59:59Z", "1 second ago"),
        ("2026-06-01T14:00:00Z", "in 2 hours"),
        ("2026-05-29T14:00:00+02:00", "3 days ago"),
        ("2024-01-01T00:00:00Z", "2 years ago"),
    ];
    for (sent, shown) in cases {
        assert_eq!(dates.format(sent), shown);
    }
    assert!(!dates.has_met_date_without_offset());
    assert_eq!(dates.format("2026-05-29T14:00:00"), "2026-05-29 14:00");
    assert!(dates.has_met_date_without_offset());
}

#[test]
fn moment_is_in_the_zone_of_the_output() {
    let moment = |text: &str, zone| {
        let moment = dates(Style::Short, zone).moment(text)?;
        Some((moment.to_html(), moment.utc().timestamp()))
    };
    let cases = [
        ("2026-03-29T01:00:00.25Z", Some("Europe/Oslo"), "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T01:00:00Z", None, "2026-03-29T01:00:00Z"),
        ("2026-03-29T01:00:00", None, "2026-03-29T01:00:00"),
        ("1971-06-01T12:00:00Z", Some("Africa/Monrovia"), "1971-06-01T11:16:00-00:44"),
    ];
    for (sent, zone, written) in cases {
        let (html, seconds) = moment(sent, zone).expect("a moment");
        let utc: NaiveDateTime = sent.trim_end_matches('Z').parse().expect("a date");
        assert_eq!((html.as_str(), seconds), (written, utc.and_utc().timestamp()), "{sent}");
    }
    for text in ["0001-01-01T00:00:00", "0000-06-01T00:00:00", "", "soon"] {
        assert_eq!(moment(text, Some("Europe/Oslo")), None, "{text}");
    }
}

#[test]
fn other_text_is_unchanged() {
    for text in [
        "",
        "soon",
        "2002-13-07T14:52:00",
        "2002-08-07",
        "2002-08-07T14:52:00.",
        "2002-08-07T14:52:00+99:99",
        "2002-08-07T14:52:00+02:00[Europe/Oslo]",
        "2002-08-07T14:52:00+02:00, or so",
        "2002-08-07T14:52:00+02 00",
        "2002-08-07T14:52:00+2:00",
        "2002-08-07T14:\n2:00Z",
        "2002- 8-07T14:52:00Z",
        "-064-04-14T00:59:59Z",
        "2002-08-07T14:52:00\u{2212}02:00",
    ] {
        assert_eq!(dates(Style::Iso, Some("Europe/Oslo")).format(text), text);
    }
}

proptest! {
    #[test]
    fn any_text_is_formatted(text in any::<String>()) {
        for style in [Style::AsSent, Style::Iso, Style::Short, Style::Relative] {
            let _ = dates(style, Some("Asia/Kathmandu")).format(&text);
        }
    }

    #[test]
    fn conversion_keeps_the_moment(seconds in -60_000_000_000i64..250_000_000_000, zone in 0..chrono_tz::TZ_VARIANTS.len()) {
        let sent = DateTime::from_timestamp(seconds, 0).expect("in range");
        prop_assume!((2..9999).contains(&sent.year()));
        let zone = chrono_tz::TZ_VARIANTS[zone];
        let dates = DateFormatter::new(Style::Iso, Some(zone), sent);
        let text = sent.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let shown = dates.format(&text).into_owned();
        let back = DateTime::parse_from_rfc3339(&shown).expect("RFC 3339");
        prop_assert_eq!(back.timestamp(), sent.timestamp());
    }
}
