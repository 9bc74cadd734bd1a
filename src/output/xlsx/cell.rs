//! The cells of a sheet: a value with the type that a spreadsheet gives it.

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

use crate::answer::value::{self, Value};
use crate::ticket::column::Column;
use crate::ticket::date::DateFormatter;

use super::super::cell::date;
use super::text;

/// A number of more digits loses the last of them in a spreadsheet.
const MAX_DIGITS: usize = 15;
/// Zeros can make a number longer than its digits. No reader needs to take one like this.
const MAX_LENGTH: usize = 255;
/// The largest number of a spreadsheet, rounded down, and the smallest that keeps its digits.
const NUMBERS: std::ops::Range<f64> = 1e-307..9.9e307;
const SECONDS_A_DAY: f64 = 86_400.0;

/// A cell of the sheet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Bool(bool),
    /// The text of a number that a spreadsheet can hold.
    Number(&'a str),
    /// Days, and the part of a day, in the count of spreadsheets.
    Date(f64),
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// Returns the cell of a value: `null`, 'no date' and an empty text are empty. A number or a
    /// date that a spreadsheet cannot hold is a text.
    pub(super) fn new(column: &Column, value: Value<'a>, dates: &DateFormatter) -> Self {
        match value {
            Value::Null => Self::Empty,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) if is_exact(number) => Self::Number(number),
            Value::Number(number) => Self::from_text(number.into()),
            Value::Json(json) => Self::from_text(value::compact(json)),
            Value::Text(text) if column.is_date() => Self::from_date(text, dates),
            Value::Text(text) => Self::from_text(text),
        }
    }

    fn from_text(text: Cow<'a, str>) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text::fit(text)) }
    }

    fn from_date(text: Cow<'a, str>, dates: &DateFormatter) -> Self {
        if let Some(days) = dates.wall_time(&text).and_then(|wall| days(&wall)) {
            return Self::Date(days);
        }
        Self::from_text(date(text, dates))
    }
}

/// Returns whether a spreadsheet can hold `number` with all its digits.
fn is_exact(number: &str) -> bool {
    if number.len() > MAX_LENGTH {
        return false;
    }
    if number.len() <= MAX_DIGITS && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let is_whole = !mantissa.contains('.');
    let mantissa = if is_whole { mantissa } else { mantissa.trim_end_matches('0') };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).skip_while(|byte| *byte == b'0');
    let is_in_range = |number: f64| NUMBERS.contains(&number.abs());
    match digits.count() {
        0 => true,
        count => count <= MAX_DIGITS && number.parse().is_ok_and(is_in_range),
    }
}

/// Returns the number of a date: days since the end of 1899, in whole seconds. `None` for a date
/// that a spreadsheet does not know.
fn days(wall: &NaiveDateTime) -> Option<f64> {
    // Spreadsheets count 29 February 1900, which was no day.
    let before = if wall.date() < NaiveDate::from_ymd_opt(1900, 3, 1)? { 31 } else { 30 };
    let days = wall.date().num_days_from_ce()
        - NaiveDate::from_ymd_opt(1899, 12, before)?.num_days_from_ce();
    let seconds = f64::from(wall.num_seconds_from_midnight());
    (days >= 1 && wall.year() <= 9999)
        .then(|| (f64::from(days) * SECONDS_A_DAY + seconds) / SECONDS_A_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::column;
    use crate::ticket::date::Style;

    fn cell(name: &str, json: &'static str) -> Cell<'static> {
        let columns = column::parse(&[name], true).expect("a field");
        let dates = DateFormatter::new(
            Style::Short,
            Some(chrono_tz::Europe::Oslo),
            chrono::DateTime::default(),
        );
        Cell::new(&columns[0], Value::new(json), &dates)
    }

    #[test]
    fn number_that_would_lose_digits_is_a_text() {
        for number in [
            "0",
            "-5",
            "123456789012345",
            "-0.50",
            "1e5",
            "1E-5",
            "0.000123456789012345",
            "1.50000000000000000000",
            "0e999",
            "-0",
        ] {
            assert_eq!(cell("New", number), Cell::Number(number), "{number}");
        }
        for number in [
            "1234567890123456",
            "1000000000000000",
            "123456789012345.6",
            "1e400",
            "-1e400",
            "1e-400",
            "1.2345678901234567",
        ] {
            assert_eq!(cell("New", number), Cell::Text(number.into()), "{number}");
        }
    }

    #[test]
    fn number_of_many_zeros_is_a_text_that_fits() {
        let number = |zeros: usize| format!("1.5{}", "0".repeat(zeros)).leak();
        let (short, long, too_long) = (number(252), number(253), number(40_000));
        assert_eq!(cell("New", short), Cell::Number(short));
        assert_eq!(cell("New", long), Cell::Text((&*long).into()));
        assert_eq!(cell("New", too_long), Cell::Text(too_long[..32_767].into()));
    }

    #[test]
    fn value_keeps_its_own_type() {
        assert_eq!(cell("Title", "null"), Cell::Empty);
        assert_eq!(cell("Title", "\"\""), Cell::Empty);
        assert_eq!(cell("TicketId", "\"0123\""), Cell::Text("0123".into()));
        assert_eq!(cell("Title", "true"), Cell::Bool(true));
        assert_eq!(cell("TableRight", "{ \"Mask\": 1 }"), Cell::Text("{\"Mask\":1}".into()));
    }

    #[test]
    fn date_is_a_number_of_whole_seconds_in_the_zone() {
        let noon = |days: f64| Cell::Date(days + 0.5);
        assert_eq!(cell("CreatedAt", "\"2026-01-15T11:00:00Z\""), noon(46037.0));
        assert_eq!(cell("CreatedAt", "\"2026-07-15T10:00:00Z\""), noon(46218.0));
        assert_eq!(cell("CreatedAt", "\"2026-07-15T12:00:00\""), noon(46218.0));
        let Cell::Date(last) = cell("CreatedAt", "\"2026-01-15T23:59:59.9999999\"") else {
            panic!()
        };
        assert_eq!((last, last.floor()), (46037.0 + 86399.0 / 86400.0, 46037.0));
        assert_eq!(cell("CreatedAt", "\"1900-01-01T12:00:00\""), noon(1.0));
        assert_eq!(cell("CreatedAt", "\"1900-02-28T12:00:00\""), noon(59.0));
        assert_eq!(cell("CreatedAt", "\"1900-03-01T12:00:00\""), noon(61.0));
        assert_eq!(cell("CreatedAt", "\"9999-12-31T12:00:00\""), noon(2_958_465.0));
    }

    #[test]
    fn date_that_is_none_for_a_spreadsheet_is_a_text() {
        assert_eq!(cell("CreatedAt", "\"0001-01-01T00:00:00\""), Cell::Empty);
        assert_eq!(
            cell("CreatedAt", "\"1899-12-31T10:00:00Z\""),
            Cell::Text("1899-12-31 11:00".into())
        );
        assert_eq!(cell("CreatedAt", "\"yesterday\""), Cell::Text("yesterday".into()));
        assert_eq!(cell("CreatedAt", "5"), Cell::Number("5"));
    }
}
