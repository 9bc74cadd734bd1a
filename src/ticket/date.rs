//! Dates in the forms that the server sends, and in those that people read.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Utc};
use chrono_tz::Tz;
use clap::ValueEnum;

/// Returns whether `text` means 'no date': the first day of year 1, with or without an offset.
pub(crate) fn is_no_date(text: &str) -> bool {
    text.starts_with("0001-01-01T")
}

/// Returns whether the date `text` has an offset; `None` if it is no date.
pub(crate) fn has_offset(text: &str) -> Option<bool> {
    let date = Date::parse(text).filter(|_| !is_no_date(text))?;
    Some(date.offset.is_some())
}

/// The styles of a date, with their help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Style {
    /// As the server sent them
    AsSent,
    /// RFC 3339, with the zone's offset
    Iso,
    /// 2026-03-29 14:52
    Short,
    /// 3 days ago (only in formats for people)
    Relative,
}

/// Formats dates in one style and one zone.
#[derive(Debug)]
pub struct DateFormatter {
    style: Style,
    zone: Option<Tz>,
    now: DateTime<Utc>,
    without_offset: AtomicBool,
}

impl DateFormatter {
    /// Creates a formatter for `style`. Dates with an offset are converted to `zone`, if there is
    /// one. [`Style::Relative`] counts from `now`.
    #[must_use]
    pub const fn new(style: Style, zone: Option<Tz>, now: DateTime<Utc>) -> Self {
        Self { style, zone, now, without_offset: AtomicBool::new(false) }
    }

    /// The style.
    pub(crate) const fn style(&self) -> Style {
        self.style
    }

    /// Returns whether a date without an offset was printed as it is, although its zone matters.
    pub(crate) fn has_met_date_without_offset(&self) -> bool {
        self.without_offset.load(Ordering::Relaxed)
    }

    /// Formats the date `text`; 'no date' becomes empty. Other text stays as it is.
    #[must_use]
    pub fn format<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if is_no_date(text) {
            return Cow::Borrowed("");
        }
        if self.style == Style::AsSent {
            return Cow::Borrowed(text);
        }
        let Some(date) = Date::parse(text) else { return Cow::Borrowed(text) };
        let Some(offset) = date.offset else { return self.format_without_offset(text, &date) };
        let Some(moment) = date.wall.and_local_timezone(offset).single() else {
            return Cow::Borrowed(text);
        };
        let moment = self.in_zone(moment);
        match self.style {
            Style::AsSent => Cow::Borrowed(text),
            Style::Iso => Cow::Owned(iso(&moment, date.fraction)),
            Style::Short => Cow::Owned(short(&moment.naive_local())),
            Style::Relative if date.wall.year() == 9999 => Cow::Owned(short(&date.wall)),
            Style::Relative => Cow::Owned(relative(moment.signed_duration_since(self.now))),
        }
    }

    /// Returns the wall time of the date `text` in the zone, or as it was sent if there is none.
    /// `None` for 'no date' and for other text.
    pub(crate) fn wall_time(&self, text: &str) -> Option<NaiveDateTime> {
        let date = Date::parse(text).filter(|_| !is_no_date(text))?;
        let Some(offset) = date.offset else {
            let matters = self.zone.is_some() && date.wall.year() < 9999;
            self.without_offset.fetch_or(matters, Ordering::Relaxed);
            return Some(date.wall);
        };
        Some(self.in_zone(date.wall.and_local_timezone(offset).single()?).naive_local())
    }

    /// Returns whether dates with an offset are converted to a zone.
    pub(crate) const fn converts(&self) -> bool {
        self.zone.is_some()
    }

    fn in_zone(&self, moment: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
        // The year 9999 stands for the end of time; an hour later would be the year 10000.
        let Some(zone) = self.zone.filter(|_| moment.year() < 9999) else { return moment };
        let mut there = moment.with_timezone(&zone).fixed_offset();
        if self.style == Style::Iso {
            there = with_offset_in_minutes(there);
        }
        // RFC 3339 cannot write the year before 0.
        if there.year() < 0 { moment } else { there }
    }

    fn format_without_offset<'a>(&self, text: &'a str, date: &Date<'_>) -> Cow<'a, str> {
        // The end of time is the same in all zones.
        let matters = date.wall.year() < 9999;
        if self.zone.is_some() && matters {
            self.without_offset.store(true, Ordering::Relaxed);
            return Cow::Borrowed(text);
        }
        match self.style {
            Style::AsSent | Style::Iso => Cow::Borrowed(text),
            Style::Short => Cow::Owned(short(&date.wall)),
            Style::Relative => {
                self.without_offset.fetch_or(matters, Ordering::Relaxed);
                Cow::Owned(short(&date.wall))
            }
        }
    }
}

/// Returns whether `text` is a date without an offset, unless it means 'no date' or the end of
/// time.
pub(crate) fn lacks_offset(text: &str) -> bool {
    let is_unknown = |date: Date<'_>| date.offset.is_none() && date.wall.year() < 9999;
    !is_no_date(text) && Date::parse(text).is_some_and(is_unknown)
}

/// A date as it was sent.
struct Date<'a> {
    wall: NaiveDateTime,
    /// The fraction of the second with its point, as sent: it is the same in every zone.
    fraction: &'a str,
    offset: Option<FixedOffset>,
}

impl<'a> Date<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        const SECONDS: usize = "2002-08-07T14:52:00".len();
        let (wall, rest) = text.split_at_checked(SECONDS)?;
        // The parser would also accept white space and signs.
        let is_digit =
            |(at, byte): (usize, u8)| matches!(at, 4 | 7 | 10 | 13 | 16) || byte.is_ascii_digit();
        if !wall.bytes().enumerate().all(is_digit) {
            return None;
        }
        let wall = NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M:%S").ok()?;
        let end = match rest.strip_prefix('.') {
            None => 0,
            Some(after) => {
                let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                if digits == 0 {
                    return None;
                }
                digits + 1
            }
        };
        let (fraction, zone) = rest.split_at(end);
        let offset = match zone {
            "" => None,
            "Z" | "z" => FixedOffset::east_opt(0),
            zone => Some(fixed_offset(zone)?),
        };
        Some(Self { wall, fraction, offset })
    }
}

/// Parses `+02:00` or `-0500`, and nothing else.
fn fixed_offset(text: &str) -> Option<FixedOffset> {
    let digits = text.as_bytes().iter().enumerate().all(|(at, byte)| match at {
        0 => matches!(byte, b'+' | b'-'),
        3 if text.len() == 6 => *byte == b':',
        _ => byte.is_ascii_digit(),
    });
    if !digits || !matches!(text.len(), 5 | 6) {
        return None;
    }
    text.parse().ok()
}

/// Returns the same moment with an offset of whole minutes, since RFC 3339 cannot write its
/// seconds: Africa/Monrovia was at -00:44:30 until 1972.
fn with_offset_in_minutes(moment: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let seconds = moment.offset().local_minus_utc();
    let minutes = FixedOffset::east_opt(seconds / 60 * 60);
    minutes.map_or(moment, |offset| moment.with_timezone(&offset))
}

fn short(wall: &NaiveDateTime) -> String {
    wall.format("%Y-%m-%d %H:%M").to_string()
}

fn iso(moment: &DateTime<FixedOffset>, fraction: &str) -> String {
    let offset = moment.offset().local_minus_utc();
    let wall = moment.naive_local().format("%Y-%m-%dT%H:%M:%S");
    if offset == 0 {
        return format!("{wall}{fraction}Z");
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!("{wall}{fraction}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Formats `in 2 hours` or `3 days ago`, in the largest unit that fits, rounded down.
fn relative(distance: chrono::TimeDelta) -> String {
    const UNITS: [(i64, &str); 6] = [
        (365 * 86_400, "year"),
        (30 * 86_400, "month"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let seconds = distance.num_seconds();
    let Some((count, unit)) = UNITS
        .iter()
        .map(|(length, unit)| (seconds.abs() / length, unit))
        .find(|(count, _)| *count > 0)
    else {
        return "now".to_owned();
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds < 0 {
        format!("{count} {unit}{plural} ago")
    } else {
        format!("in {count} {unit}{plural}")
    }
}

#[cfg(test)]
mod tests {
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
            (
                "2026-03-08T06:59:59.1234567Z",
                "America/New_York",
                "2026-03-08T01:59:59.1234567-05:00",
            ),
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
        assert_eq!(
            dates(Style::Short, None).format("2002-08-07T14:52:00+02:00"),
            "2002-08-07 14:52"
        );
    }

    #[test]
    fn date_without_an_offset_is_printed_as_it_is_and_noted() {
        let dates = dates(Style::Short, Some("Europe/Oslo"));
        assert!(!dates.has_met_date_without_offset());
        assert_eq!(dates.format("2002-08-07T14:52:00.1"), "2002-08-07T14:52:00.1");
        assert!(dates.has_met_date_without_offset());
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
}
