//! The id of a ticket.

use std::fmt::{self, Write as _};

/// The id of a ticket: 1 to 2147483647.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketId(i32);

const BOUNDS: &str = "ids go from 1 to 2147483647";
const NO_NUMBER: &str = "it is not a whole number";

impl TicketId {
    /// Returns the id `number`, if it is one.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        i32::try_from(number).ok().filter(|id| *id >= 1).map(Self)
    }

    /// Parses an id, with or without `#` before it. The error says why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let digits = text.strip_prefix('#').unwrap_or(text);
        if !is_number(digits.strip_prefix('-').unwrap_or(digits)) {
            return Err(NO_NUMBER);
        }
        digits.parse().ok().and_then(Self::new).ok_or(BOUNDS)
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns `ids` in ascending order for a person, with runs of three and more as ranges.
pub(crate) fn summary(ids: impl IntoIterator<Item = i64>) -> String {
    let mut sorted: Vec<i64> = ids.into_iter().collect();
    sorted.sort_unstable();
    let mut text = String::new();
    for run in sorted.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let mut add = |part: fmt::Arguments<'_>| {
            let separator = if text.is_empty() { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{separator}{part}");
        };
        match run {
            [first, _, .., last] => add(format_args!("{first}..{last}")),
            few => few.iter().for_each(|id| add(format_args!("{id}"))),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_summarized_as_ranges() {
        assert_eq!(summary([9, 1, 2, 3, 5, 6]), "1..3, 5, 6, 9");
    }
}
