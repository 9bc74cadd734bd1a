//! The text of a cell.

use std::borrow::Cow;

use crate::answer::value::{self, Value};
use crate::escape;
use crate::ticket::column::Column;
use crate::ticket::date::DateFormatter;

/// Returns the text for a program: `null` and 'no date' are empty, objects are compact JSON,
/// numbers are as sent.
#[inline(always)]
pub(super) fn text<'a>(column: &Column, value: Value<'a>, dates: &DateFormatter) -> Cow<'a, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Number(text) => Cow::Borrowed(text),
        Value::Json(json) => value::compact(json),
        Value::Text(text) if !column.is_date() => text,
        Value::Text(text) => date(text, dates),
    }
}

/// Returns the date `text` in the style of `dates`.
#[inline]
pub(super) fn date<'a>(text: Cow<'a, str>, dates: &DateFormatter) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => dates.format(text),
        Cow::Owned(text) => Cow::Owned(dates.format(&text).into_owned()),
    }
}

/// Returns the text for a person: as [`text`], with control characters as visible escapes.
pub(super) fn visible_text<'a>(
    column: &Column,
    value: Value<'a>,
    dates: &DateFormatter,
) -> Cow<'a, str> {
    match text(column, value, dates) {
        Cow::Borrowed(text) => escape::visible(text),
        Cow::Owned(text) => Cow::Owned(escape::visible(&text).into_owned()),
    }
}
