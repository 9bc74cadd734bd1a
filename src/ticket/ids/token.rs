//! Numbers, ranges and web addresses in a text, with separators between them.

use std::ops::RangeInclusive;

use crate::suggest::synonyms;
use crate::ticket::catalogue;

use super::id_error::{FORMS, IdError};
use super::ticket_id::TicketId;
use super::web_address;

/// Splits `text` at white space, commas and semicolons, except in a web address.
pub(super) fn split(text: &str) -> Result<Vec<&str>, IdError> {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let mut found = Vec::new();
    let mut is_after_separator = true;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if matches!(first, ',' | ';') {
            if is_after_separator {
                return Err(IdError::empty_id(text));
            }
            is_after_separator = true;
            rest = rest[1..].trim_start();
            continue;
        }
        let end = if web_address::is_address(rest) {
            web_address::end(rest)
        } else {
            rest.find(is_separator).unwrap_or(rest.len())
        };
        found.push(&rest[..end]);
        is_after_separator = false;
        rest = rest[end..].trim_start();
    }
    if found.is_empty() { Err(IdError::new("an empty ticket id", FORMS)) } else { Ok(found) }
}

/// Parses one token, which may be in quotes.
pub(super) fn parse(token: &str) -> Result<RangeInclusive<i32>, IdError> {
    let token = without_quotes(token);
    if web_address::is_address(token) {
        let id = web_address::parse(token)?.get();
        return Ok(id..=id);
    }
    let Some((first, last)) = token.split_once("..") else {
        let id = TicketId::parse(token).map_err(|reason| not_a_number(token, reason))?;
        return Ok(id.get()..=id.get());
    };
    match (TicketId::parse(first), TicketId::parse(last)) {
        (Err(reason), _) | (_, Err(reason)) => Err(IdError::not_an_id(token, reason)),
        (Ok(first), Ok(last)) if first > last => {
            Err(IdError::not_an_id(token, "the range runs backwards"))
        }
        (Ok(first), Ok(last)) => Ok(first.get()..=last.get()),
    }
}

fn without_quotes(token: &str) -> &str {
    let inner = |quote| token.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(token)
}

/// Returns the error for a `token` without `..`, with a hint about the right spelling.
fn not_a_number(token: &str, reason: &str) -> IdError {
    let error = IdError::not_an_id(token, reason);
    match other_range(token) {
        _ if token == "#" => error.with_hint("the number follows # directly: '#839'"),
        Some((first, last)) => error.with_hint(format!("a range is written {first}..{last}")),
        None if is_field(token) => error.with_argument_hint(
            "fields are written with commas and no blanks: --select Title,OwnedByName",
        ),
        None => error,
    }
}

/// Returns whether `token` is a field or what people call one.
fn is_field(token: &str) -> bool {
    catalogue::find(token).is_some() || synonyms::fields(token).next().is_some()
}

/// Returns the ends of a range in another spelling: `839-841`, `839:841`, `839…841`.
fn other_range(token: &str) -> Option<(TicketId, TicketId)> {
    let (first, last) = token.split_once(['-', ':', '–', '—', '…', '~'])?;
    let last = last.trim_start_matches('.');
    Some((TicketId::parse(first).ok()?, TicketId::parse(last).ok()?))
}
