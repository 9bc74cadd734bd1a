//! The time zone of an answer's dates.
//!
//! As with the real server, `SO-TimeZone` moves no date: without an offset, created and
//! changed dates are in UTC and all others in the server's own zone. `includeTZOffset`
//! marks them, and `UTC,includeTZOffset` puts all of them into UTC.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, Timelike, Utc};
use chrono_tz::Tz;

use super::timeline::Date;

/// How dates are written: in which zone, and whether with their offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    in_utc: bool,
    with_offset: bool,
}

/// The server's own zone, and its code.
const OWN: (Tz, &str) = (Tz::Europe__Oslo, "NO");

/// The codes and ids that `SO-TimeZone` can name, besides `UTC`.
const CODES: [&str; 6] = ["NO", "261", "DK", "FR", "US-NY", "AU-ACT"];

const OFFSET_OPTION: &str = "includeTZOffset";

const NO_DATE: &str = "0001-01-01T00:00:00";
const NO_DATE_IN_UTC: &str = "0001-01-01T00:00:00Z";
/// Nothing lies before year 1, so 'no date' moves east of Greenwich.
const NO_DATE_OF_THE_SERVER: &str = "0001-01-01T01:00:00+01:00";

impl Zone {
    /// The server's local time, without offsets, for a request that names no zone.
    pub(super) const SERVER: Self = Self { in_utc: false, with_offset: false };

    /// The code of the zone for a request that names none, as the answer has it.
    pub(super) const SERVER_CODE: &str = OWN.1;

    /// Reads `SO-TimeZone`; the error says what was not understood.
    pub(super) fn parse(header: &str) -> Result<Self, String> {
        let is_option = |text: &str| text.trim().eq_ignore_ascii_case(OFFSET_OPTION);
        if is_option(header) {
            return Ok(Self { with_offset: true, ..Self::SERVER });
        }
        let (code, with_offset) = match header.split_once(',') {
            None => (header.trim(), false),
            Some((code, option)) if is_option(option) => (code.trim(), true),
            Some((_, option)) => {
                return Err(format!("Unknown time zone option '{}'.", option.trim()));
            }
        };
        if code.eq_ignore_ascii_case("UTC") {
            return Ok(Self { in_utc: true, with_offset });
        }
        let is_known = CODES.iter().any(|known| known.eq_ignore_ascii_case(code));
        is_known
            .then_some(Self { with_offset, ..Self::SERVER })
            .ok_or_else(|| format!("Unknown time zone code '{code}'."))
    }

    /// The text of a date, or of 'no date'.
    pub(super) fn text(self, date: Date) -> String {
        let Some(date) = date else {
            let text = match (self.with_offset, self.in_utc) {
                (false, _) => NO_DATE,
                (true, true) => NO_DATE_IN_UTC,
                (true, false) => NO_DATE_OF_THE_SERVER,
            };
            return text.to_owned();
        };
        if self.with_offset && self.in_utc {
            return self.text_in_utc(date);
        }
        let local = date.with_timezone(&OWN.0);
        let mut text = clock(local.naive_local());
        if self.with_offset {
            write_offset(&mut text, local.offset().fix().local_minus_utc());
        }
        text
    }

    /// The text of a date that is in UTC whatever the zone.
    pub(super) fn text_in_utc(self, date: DateTime<Utc>) -> String {
        let mut text = clock(date.naive_utc());
        if self.with_offset {
            text.push('Z');
        }
        text
    }
}

fn write_offset(text: &mut String, seconds: i32) {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    // Writing to a String cannot fail.
    let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
}

/// As .NET writes it: up to seven digits of a second, without trailing zeros.
fn clock(clock: NaiveDateTime) -> String {
    let mut text = String::with_capacity(33);
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
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_marked_with_the_offset_of_the_server_and_not_moved() {
        let cases = [
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
            ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
        ];
        for (date, expected) in cases {
            for code in CODES {
                let marked = Zone::parse(&format!("{code},INCLUDEtzOffset")).unwrap();
                assert_eq!(marked.text(Some(utc(date))), expected, "{code} {date}");
                let bare = Zone::parse(&code.to_lowercase()).unwrap();
                assert_eq!(bare.text(Some(utc(date))), expected[..19], "{code} {date}");
            }
            let alone = Zone::parse("includeTZOffset").unwrap();
            assert_eq!(alone.text(Some(utc(date))), expected, "{date}");
            assert_eq!(Zone::SERVER.text(Some(utc(date))), expected[..19], "{date}");
        }
    }

    #[test]
    fn utc_moves_dates_only_with_the_offset() {
        let date = utc("2026-03-29T12:52:00Z");
        let text = |header: &str| Zone::parse(header).unwrap().text(Some(date));
        assert_eq!(text("UTC,includeTZOffset"), "2026-03-29T12:52:00Z");
        assert_eq!(text("UTC"), "2026-03-29T14:52:00");
    }

    #[test]
    fn created_and_changed_dates_are_in_utc_with_every_header() {
        let date = utc("2026-03-29T12:52:00Z");
        for header in ["UTC", "NO", "US-NY"] {
            let bare = Zone::parse(header).unwrap();
            assert_eq!(bare.text_in_utc(date), "2026-03-29T12:52:00", "{header}");
            let marked = Zone::parse(&format!("{header}, includeTZOffset")).unwrap();
            assert_eq!(marked.text_in_utc(date), "2026-03-29T12:52:00Z", "{header}");
        }
        assert_eq!(Zone::SERVER.text_in_utc(date), "2026-03-29T12:52:00");
    }

    #[test]
    fn fractions_have_up_to_seven_digits() {
        let text = |date: &str| Zone::SERVER.text_in_utc(utc(date));
        assert_eq!(text("2026-01-02T03:04:05.407825299Z"), "2026-01-02T03:04:05.4078252");
        assert_eq!(text("2026-01-02T03:04:05.5Z"), "2026-01-02T03:04:05.5");
        assert_eq!(text("2026-01-02T03:04:10.000000099Z"), "2026-01-02T03:04:10");
    }

    #[test]
    fn no_date_carries_an_offset_only_where_one_was_asked_for() {
        let cases = [
            ("UTC,includeTZOffset", "0001-01-01T00:00:00Z"),
            ("NO, includetzoffset", "0001-01-01T01:00:00+01:00"),
            ("US-NY,includeTZOffset", "0001-01-01T01:00:00+01:00"),
            ("NO", "0001-01-01T00:00:00"),
        ];
        for (header, expected) in cases {
            assert_eq!(Zone::parse(header).unwrap().text(None), expected, "{header}");
        }
    }

    #[test]
    fn unknown_code_or_option_is_named() {
        assert!(Zone::parse("MARS,includeTZOffset").unwrap_err().contains("'MARS'"));
        assert!(Zone::parse("Europe/Oslo").unwrap_err().contains("'Europe/Oslo'"));
        assert!(Zone::parse("NO,withOffset").unwrap_err().contains("'withOffset'"));
        assert!(Zone::parse("").is_err());
    }
}
