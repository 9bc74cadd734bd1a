//! The language and the time zone of an answer.
//!
//! As with the real server, `SO-TimeZone` moves no date: without an offset, created and
//! changed dates are in UTC and all others in the server's own zone. `includeTZOffset`
//! marks them, and `UTC,includeTZOffset` puts all of them into UTC.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

/// Returns the server's code for the first language in `codes`: `nb-NO;q=0.8, en` is Norwegian.
/// It is English where there are no translations, and `None` where none are wanted.
pub(super) fn language(codes: &str) -> Option<&'static str> {
    let code = codes.split([',', ';', '-', '_']).next().unwrap_or_default().trim();
    match code.to_ascii_lowercase().as_str() {
        "*" | "x" => None,
        "no" | "nb" | "nn" => Some("NO"),
        "de" => Some("GE"),
        "fr" => Some("FR"),
        "sv" => Some("SW"),
        "da" => Some("DA"),
        _ => Some("US"),
    }
}

/// The time zone of dates. The default is the server's own zone, without offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Zone {
    is_utc: bool,
    has_offset: bool,
}

const SERVER_ZONE: Tz = Tz::Europe__Oslo;

/// The codes and ids that `SO-TimeZone` can name, besides `UTC`.
const CODES: [&str; 6] = [Zone::SERVER_CODE, "261", "DK", "FR", "US-NY", "AU-ACT"];

impl Zone {
    /// The code of the server's own zone.
    pub(super) const SERVER_CODE: &str = "NO";

    /// Parses `SO-TimeZone`.
    ///
    /// # Errors
    /// A message that quotes the unknown part.
    pub(super) fn parse(header: &str) -> Result<Self, String> {
        let is_option = |text: &str| text.trim().eq_ignore_ascii_case("includeTZOffset");
        if is_option(header) {
            return Ok(Self { is_utc: false, has_offset: true });
        }
        let (code, has_offset) = match header.split_once(',') {
            None => (header.trim(), false),
            Some((code, option)) if is_option(option) => (code.trim(), true),
            Some((_, option)) => {
                return Err(format!("Unknown time zone option '{}'.", option.trim()));
            }
        };
        let is_utc = code.eq_ignore_ascii_case("UTC");
        if is_utc || CODES.iter().any(|known| known.eq_ignore_ascii_case(code)) {
            return Ok(Self { is_utc, has_offset });
        }
        Err(format!("Unknown time zone code '{code}'."))
    }

    /// Formats a date, or 'no date' for `None`.
    pub(super) fn format(self, date: Option<DateTime<Utc>>) -> String {
        let Some(date) = date else {
            return match (self.has_offset, self.is_utc) {
                (false, _) => "0001-01-01T00:00:00",
                (true, true) => "0001-01-01T00:00:00Z",
                // There is no time before year 1, so 'no date' moves east of Greenwich.
                (true, false) => "0001-01-01T01:00:00+01:00",
            }
            .to_owned();
        };
        if self.has_offset && self.is_utc {
            return self.format_in_utc(date);
        }
        let local = date.with_timezone(&SERVER_ZONE);
        let text = clock(local.naive_local());
        if self.has_offset { format!("{text}{}", local.format("%:z")) } else { text }
    }

    /// Formats a date that is in UTC whatever the zone.
    pub(super) fn format_in_utc(self, date: DateTime<Utc>) -> String {
        let mut text = clock(date.naive_utc());
        if self.has_offset {
            text.push('Z');
        }
        text
    }
}

/// Formats as .NET does: up to seven digits of a second, without trailing zeros.
fn clock(clock: NaiveDateTime) -> String {
    let mut text = clock.format("%FT%T%.9f").to_string();
    text.truncate(text.len() - 2);
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn zone(header: &str) -> Zone {
        Zone::parse(header).unwrap()
    }

    #[test]
    fn first_language_counts_without_its_region() {
        for (codes, code) in [
            ("en", Some("US")),
            ("en-us", Some("US")),
            ("NB", Some("NO")),
            ("no", Some("NO")),
            ("sv;q=0.1, de;q=0.9", Some("SW")),
            ("da-DK,en", Some("DA")),
            ("fr", Some("FR")),
            ("ja", Some("US")),
            ("*", None),
        ] {
            assert_eq!(language(codes), code, "{codes}");
        }
    }

    #[test]
    fn dates_get_the_offset_of_the_server_and_are_not_moved() {
        for (date, expected) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
            ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
        ] {
            let date = Some(utc(date));
            for code in CODES {
                assert_eq!(zone(&format!("{code},INCLUDEtzOffset")).format(date), expected);
                assert_eq!(zone(&code.to_lowercase()).format(date), expected[..19]);
            }
            assert_eq!(zone("includeTZOffset").format(date), expected);
            assert_eq!(Zone::default().format(date), expected[..19]);
        }
    }

    #[test]
    fn utc_moves_dates_only_with_the_offset() {
        let date = Some(utc("2026-03-29T12:52:00Z"));
        assert_eq!(zone("UTC,includeTZOffset").format(date), "2026-03-29T12:52:00Z");
        assert_eq!(zone("UTC").format(date), "2026-03-29T14:52:00");
    }

    #[test]
    fn created_and_changed_dates_are_in_utc_with_every_header() {
        let date = utc("2026-03-29T12:52:00Z");
        for header in ["UTC", "NO", "US-NY"] {
            assert_eq!(zone(header).format_in_utc(date), "2026-03-29T12:52:00", "{header}");
            let marked = zone(&format!("{header}, includeTZOffset"));
            assert_eq!(marked.format_in_utc(date), "2026-03-29T12:52:00Z", "{header}");
        }
    }

    #[test]
    fn fractions_have_up_to_seven_digits() {
        for (date, expected) in [
            ("2026-01-02T03:04:05.407825299Z", "2026-01-02T03:04:05.4078252"),
            ("2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.5"),
            ("2026-01-02T03:04:10.000000099Z", "2026-01-02T03:04:10"),
        ] {
            assert_eq!(Zone::default().format_in_utc(utc(date)), expected);
        }
    }

    #[test]
    fn no_date_has_an_offset_only_if_requested() {
        for (header, expected) in [
            ("UTC,includeTZOffset", "0001-01-01T00:00:00Z"),
            ("NO, includetzoffset", "0001-01-01T01:00:00+01:00"),
            ("US-NY,includeTZOffset", "0001-01-01T01:00:00+01:00"),
            ("NO", "0001-01-01T00:00:00"),
        ] {
            assert_eq!(zone(header).format(None), expected, "{header}");
        }
    }

    #[test]
    fn unknown_code_or_option_is_quoted() {
        for (header, quoted) in [
            ("MARS,includeTZOffset", "'MARS'"),
            ("Europe/Oslo", "'Europe/Oslo'"),
            ("NO,withOffset", "'withOffset'"),
            ("", "''"),
        ] {
            assert!(Zone::parse(header).unwrap_err().contains(quoted), "{header}");
        }
    }
}
