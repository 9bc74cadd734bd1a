//! The id in the web address of a ticket.

use crate::escape;

use super::token::{self, Fault};

/// Whether `text` begins with an address.
pub(super) fn is_address(text: &str) -> bool {
    let scheme = |name: &str| text.get(..name.len()).is_some_and(|s| s.eq_ignore_ascii_case(name));
    scheme("https://") || scheme("http://")
}

/// The length of the address that `text` begins with: it ends at white space, at a
/// separator before the next address, or before a separator at the very end.
pub(super) fn end(text: &str) -> usize {
    let ends = |at: usize, c: char| {
        c.is_whitespace() || (matches!(c, ',' | ';') && is_address(&text[at + 1..]))
    };
    let end = text.char_indices().find(|(at, c)| ends(*at, *c)).map_or(text.len(), |(at, _)| at);
    text[..end].trim_end_matches([',', ';']).len()
}

/// The id in a pasted address: its `ticketId` or `ticket_id` parameter, in the query or in
/// the query of the fragment.
pub(super) fn parse(address: &str) -> Result<i32, Fault> {
    let url =
        url::Url::parse(address).map_err(|_| Fault::not_an_id(address, "the URL is malformed"))?;
    let fragment = url.fragment().and_then(|text| text.split_once('?')).map(|(_, query)| query);
    let queries = [url.query(), fragment];
    let value = queries
        .iter()
        .flatten()
        .flat_map(|query| url::form_urlencoded::parse(query.as_bytes()))
        .find(|(name, _)| matches!(&*name.to_ascii_lowercase(), "ticketid" | "ticket_id"))
        .map(|(_, value)| value)
        .ok_or_else(|| Fault::not_an_id(address, "the URL has no ticketId parameter"))?;
    token::number(&value).map_err(|why| {
        Fault::not_an_id(
            address,
            &format!("its ticketId '{}' is wrong: {why}", escape::excerpt(&value, 40)),
        )
    })
}
