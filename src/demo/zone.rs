//! The time zone of an answer's dates.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, Timelike, Utc};
use chrono_tz::Tz;

/// How dates are written: in which zone, and whether with their offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone {
    place: &'static Place,
    with_offset: bool,
}

/// A zone that `SO-TimeZone` can name.
#[derive(Debug)]
struct Place {
    codes: &'static [&'static str],
    zone: Tz,
    /// 'No date' as it looks here where offsets are asked for.
    no_date: &'static str,
}

const NO_DATE: &str = "0001-01-01T00:00:00";

/// The first is the server's own. Nothing lies before year 1, so 'no date'
/// moves east of Greenwich and stands still west of it.
static PLACES: [Place; 5] = [
    Place { codes: &["NO", "261"], zone: Tz::Europe__Oslo, no_date: "0001-01-01T01:00:00+01:00" },
    Place { codes: &["DK"], zone: Tz::Europe__Copenhagen, no_date: "0001-01-01T01:00:00+01:00" },
    Place { codes: &["FR"], zone: Tz::Europe__Paris, no_date: "0001-01-01T01:00:00+01:00" },
    Place { codes: &["US-NY"], zone: Tz::America__New_York, no_date: "0001-01-01T00:00:00-05:00" },
    Place { codes: &["UTC"], zone: Tz::UTC, no_date: "0001-01-01T00:00:00Z" },
];

impl Zone {
    /// The server's local time, without offsets: what a request gets that
    /// names no zone.
    pub(super) const fn of_the_server() -> Self {
        Self { place: &PLACES[0], with_offset: false }
    }

    /// Reads `SO-TimeZone`; the error says what was not understood.
    pub(super) fn parse(header: &str) -> Result<Self, String> {
        let (code, option) =
            header.split_once(',').map_or((header, None), |(code, option)| (code, Some(option)));
        let code = code.trim();
        let with_offset = match option.map(str::trim) {
            None => false,
            Some(option) if option.eq_ignore_ascii_case("includeTZOffset") => true,
            Some(option) => return Err(format!("Unknown time zone option '{option}'.")),
        };
        PLACES
            .iter()
            .find(|place| place.codes.iter().any(|known| known.eq_ignore_ascii_case(code)))
            .map(|place| Self { place, with_offset })
            .ok_or_else(|| format!("Unknown time zone code '{code}'."))
    }

    /// The text of a date, or of 'no date'.
    pub(super) fn text(self, date: Option<DateTime<Utc>>) -> String {
        let Some(date) = date else {
            let text = if self.with_offset { self.place.no_date } else { NO_DATE };
            return text.to_owned();
        };
        let local = date.with_timezone(&self.place.zone);
        let mut text = String::with_capacity(33);
        write_clock(&mut text, local.naive_local());
        if self.with_offset {
            self.write_offset(&mut text, local.offset().fix().local_minus_utc());
        }
        text
    }

    fn write_offset(self, text: &mut String, seconds: i32) {
        if self.place.zone == Tz::UTC {
            text.push('Z');
            return;
        }
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        // Writing to a String cannot fail.
        let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
}

/// As .NET writes it: up to seven digits of a second, without trailing zeros.
fn write_clock(text: &mut String, clock: NaiveDateTime) {
    let _ = write!(
        text,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        clock.year(),
        clock.month(),
        clock.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    );
    let ticks = clock.nanosecond() / 100;
    if ticks > 0 {
        let _ = write!(text, ".{ticks:07}");
        text.truncate(text.trim_end_matches('0').len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<DateTime<Utc>> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn every_code_is_right_on_both_sides_of_its_daylight_saving_change() {
        let cases = [
            ("NO", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("NO", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("261", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
            ("261", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
            ("DK", "2024-03-31T00:48:00Z", "2024-03-31T01:48:00+01:00"),
            ("dk", "2024-03-31T01:07:00Z", "2024-03-31T03:07:00+02:00"),
            ("FR", "2025-03-30T00:59:00Z", "2025-03-30T01:59:00+01:00"),
            ("FR", "2025-03-30T01:00:00Z", "2025-03-30T03:00:00+02:00"),
            ("US-NY", "2026-03-08T06:59:00Z", "2026-03-08T01:59:00-05:00"),
            ("us-ny", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"),
            ("UTC", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ];
        for (code, date, expected) in cases {
            let zone = Zone::parse(&format!("{code},INCLUDEtzOffset")).unwrap();
            assert_eq!(zone.text(utc(date)), expected, "{code} {date}");
            let bare = Zone::parse(code).unwrap();
            assert_eq!(bare.text(utc(date)), expected[..19], "{code} {date}");
        }
    }

    #[test]
    fn without_a_header_dates_are_the_local_time_of_the_server() {
        let zone = Zone::of_the_server();
        assert_eq!(zone.text(utc("2026-03-29T12:52:00Z")), "2026-03-29T14:52:00");
    }

    #[test]
    fn fractions_have_up_to_seven_digits() {
        let zone = Zone::parse("UTC").unwrap();
        assert_eq!(zone.text(utc("2026-01-02T03:04:05.407825299Z")), "2026-01-02T03:04:05.4078252");
        assert_eq!(zone.text(utc("2026-01-02T03:04:05.5Z")), "2026-01-02T03:04:05.5");
        assert_eq!(zone.text(utc("2026-01-02T03:04:10.000000099Z")), "2026-01-02T03:04:10");
    }

    #[test]
    fn no_date_carries_an_offset_only_where_one_was_asked_for() {
        let cases = [
            ("UTC,includeTZOffset", "0001-01-01T00:00:00Z"),
            ("NO, includetzoffset", "0001-01-01T01:00:00+01:00"),
            ("US-NY,includeTZOffset", "0001-01-01T00:00:00-05:00"),
            ("NO", "0001-01-01T00:00:00"),
        ];
        for (header, expected) in cases {
            assert_eq!(Zone::parse(header).unwrap().text(None), expected, "{header}");
        }
    }

    #[test]
    fn what_is_unknown_is_named() {
        assert!(Zone::parse("MARS,includeTZOffset").unwrap_err().contains("'MARS'"));
        assert!(Zone::parse("Europe/Oslo").unwrap_err().contains("'Europe/Oslo'"));
        assert!(Zone::parse("NO,withOffset").unwrap_err().contains("'withOffset'"));
        assert!(Zone::parse("").is_err());
    }
}
