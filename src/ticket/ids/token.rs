//! The ids in a piece of text: numbers, ranges and addresses, with separators between them.

use std::ops::RangeInclusive;

use crate::error::Error;
use crate::escape;

use super::address;

/// The reason why a text names no ids.
#[derive(Debug)]
pub(super) struct Fault {
    message: String,
    hint: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    pub(super) fn not_an_id(token: &str, why: &str) -> Self {
        let quoted = escape::excerpt(token, 60);
        Self::new(format!("'{quoted}' is not a ticket id: {why}"), FORMS)
    }

    /// The error of text at `place`, such as `ids.txt, line 3: `; empty for an argument.
    pub(super) fn into_error(self, place: &str) -> Error {
        Error::usage(format!("{place}{}", self.message)).hint(self.hint)
    }
}

pub(super) const FORMS: &str = "an id is 839, '#839', a range 840..860 or a ticket's URL";
const BOUNDS: &str = "ids go from 1 to 2147483647";
const NO_NUMBER: &str = "it is not a whole number";

/// Splits `text` at white space, commas and semicolons, except inside an address.
pub(super) fn split(text: &str) -> Result<Vec<&str>, Fault> {
    let mut found = Vec::new();
    let mut after_separator = true;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if matches!(first, ',' | ';') {
            if after_separator {
                return Err(empty_id(text));
            }
            after_separator = true;
            rest = rest[1..].trim_start();
            continue;
        }
        let end = if address::is_address(rest) { address::end(rest) } else { plain_end(rest) };
        found.push(&rest[..end]);
        after_separator = false;
        rest = rest[end..].trim_start();
    }
    if found.is_empty() { Err(Fault::new("an empty ticket id", FORMS)) } else { Ok(found) }
}

/// The error for a separator in `text` that no id goes before.
pub(super) fn empty_id(text: &str) -> Fault {
    Fault::new(format!("an empty ticket id in '{}'", escape::excerpt(text, 60)), FORMS)
}

fn plain_end(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).unwrap_or(text.len())
}

/// Parses one token, which may be in quotes.
pub(super) fn parse(token: &str) -> Result<RangeInclusive<i32>, Fault> {
    let token = without_quotes(token);
    if address::is_address(token) {
        let id = address::parse(token)?;
        return Ok(id..=id);
    }
    let Some((first, last)) = token.split_once("..") else {
        let id = number(token).map_err(|why| not_a_number(token, why))?;
        return Ok(id..=id);
    };
    let ends = number(first).and_then(|first| Ok((first, number(last)?)));
    match ends {
        Err(why) => Err(Fault::not_an_id(token, why)),
        Ok((first, last)) if first > last => {
            Err(Fault::not_an_id(token, "the range runs backwards"))
        }
        Ok((first, last)) => Ok(first..=last),
    }
}

fn without_quotes(token: &str) -> &str {
    let inner = |quote| token.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(token)
}

/// The error for a `token` without `..`. The hint is about what it was meant to be.
fn not_a_number(token: &str, why: &str) -> Fault {
    let mut fault = Fault::not_an_id(token, why);
    if token == "#" {
        fault.hint = "the number follows # directly: '#839'".to_owned();
    } else if let Some((first, last)) = other_range(token) {
        fault.hint = format!("a range is written {first}..{last}");
    }
    fault
}

/// The ends of a range in another spelling: `839-841`, `839:841`, with a dash of Unicode's.
fn other_range(token: &str) -> Option<(i32, i32)> {
    let (first, last) = token.split_once(['-', ':', '–', '—', '…', '~'])?;
    Some((number(first).ok()?, number(last.trim_start_matches('.')).ok()?))
}

pub(super) fn number(text: &str) -> Result<i32, &'static str> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let negative = digits
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if negative {
        return Err(BOUNDS);
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NO_NUMBER);
    }
    digits.parse().ok().filter(|id| *id >= 1).ok_or(BOUNDS)
}
