//! Dates in the forms that the server sends, and in those that people read.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, TimeDelta, Timelike as _, Utc};
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
    /// RFC 3339, with an offset if --timezone asks for one
    Iso,
    /// 2026-03-29 14:52
    Short,
    /// 3 days ago (formats for people; needs --timezone)
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

    /// Returns the style.
    pub(crate) const fn style(&self) -> Style {
        self.style
    }

    /// Returns the zone that dates with an offset are converted to.
    pub(crate) const fn zone(&self) -> Option<Tz> {
        self.zone
    }

    /// Returns the time that relative dates count from.
    pub(crate) const fn now(&self) -> DateTime<Utc> {
        self.now
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
            self.note_lack_of_offset(&date);
            return Some(date.wall);
        };
        Some(self.in_zone(date.wall.and_local_timezone(offset).single()?).naive_local())
    }

    /// Returns whether dates with an offset are converted to a zone.
    pub(crate) const fn converts(&self) -> bool {
        self.zone.is_some()
    }

    /// Returns the moment that `text` means, in the zone of the output. Returns `None` for 'no
    /// date', for a year before 1, and for any other text.
    pub(crate) fn moment(&self, text: &str) -> Option<Moment> {
        let date = Date::parse(text).filter(|_| !is_no_date(text))?;
        let moment = match date.offset {
            None => {
                self.note_lack_of_offset(&date);
                Moment { wall: date.wall, offset: None }
            }
            Some(offset) => {
                let moment = self.in_zone(date.wall.and_local_timezone(offset).single()?);
                let moment = with_offset_in_minutes(moment);
                Moment { wall: moment.naive_local(), offset: Some(*moment.offset()) }
            }
        };
        (moment.wall.year() > 0).then_some(moment)
    }

    /// Notes that `date`, which has no offset, is not converted. The end of time is the same in all
    /// zones.
    fn note_lack_of_offset(&self, date: &Date<'_>) {
        let matters = self.zone.is_some() && date.wall.year() < 9999;
        self.without_offset.fetch_or(matters, Ordering::Relaxed);
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
            Style::AsSent => Cow::Borrowed(text),
            Style::Short => Cow::Owned(short(&date.wall)),
            // Both need an offset.
            Style::Iso | Style::Relative => {
                self.without_offset.fetch_or(matters, Ordering::Relaxed);
                if self.style == Style::Iso {
                    Cow::Borrowed(text)
                } else {
                    Cow::Owned(short(&date.wall))
                }
            }
        }
    }
}

/// A date in the zone of the output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The date and the time of day there, to the second.
    pub(crate) wall: NaiveDateTime,
    /// The offset, in whole minutes; `None` if the server sent none.
    pub(crate) offset: Option<FixedOffset>,
}

impl Moment {
    /// Returns the moment in UTC. A date without an offset is taken for one in UTC.
    pub(crate) fn utc(&self) -> DateTime<Utc> {
        let seconds = self.offset.map_or(0, |offset| offset.local_minus_utc());
        (self.wall - TimeDelta::seconds(seconds.into())).and_utc()
    }

    /// Returns the text of a `time` element of HTML, which knows no leap second:
    /// `2026-03-29T03:00:00+02:00`.
    pub(crate) fn to_html(self) -> String {
        let wall = self.wall.with_nanosecond(0).unwrap_or(self.wall);
        match self.offset.and_then(|offset| wall.and_local_timezone(offset).single()) {
            Some(moment) => iso(&moment, ""),
            None => wall.format("%Y-%m-%dT%H:%M:%S").to_string(),
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
fn relative(distance: TimeDelta) -> String {
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
mod tests;
