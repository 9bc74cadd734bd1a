//! Counting: how often each value occurs, and how many numbers are in each of some ranges.

use std::collections::HashMap;

/// A bar of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) count: usize,
}

/// More values than this share one bar.
const MAX_BARS: usize = 10;

/// The number of times that each text occurs.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The index of each text in `counts`.
    indexes: HashMap<String, usize>,
    /// In the order of their first occurrence.
    counts: Vec<(String, usize)>,
}

impl Tally {
    /// Counts `text`; an empty one is called `(none)`.
    pub(super) fn add(&mut self, text: &str, count: usize) {
        let text = if text.is_empty() { "(none)" } else { text };
        if let Some(index) = self.indexes.get(text) {
            self.counts[*index].1 += count;
            return;
        }
        self.indexes.insert(text.to_owned(), self.counts.len());
        self.counts.push((text.to_owned(), count));
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (text, count) in other.counts {
            self.add(&text, count);
        }
    }

    /// Returns the bars, the longest first. The order and the number of bars depend on counts
    /// alone, not on texts.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut counts = self.counts.clone();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        // One bar that is called "1 other" would say less than its name.
        let shown = if counts.len() > MAX_BARS + 1 { MAX_BARS } else { counts.len() };
        let others = counts.split_off(shown);
        let entry = |(label, count)| Entry { label, count };
        let mut entries: Vec<Entry> = counts.into_iter().map(entry).collect();
        if !others.is_empty() {
            let count = others.iter().map(|(_, count)| count).sum();
            entries.push(Entry { label: format!("{} others", others.len()), count });
        }
        entries
    }
}

/// The ranges of a histogram of minutes: each ends below a number and has a label.
pub(super) type Ranges = &'static [(u64, &'static str)];

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

pub(super) const AGES: Ranges = &[
    (DAY, "under 1 day"),
    (3 * DAY, "1–3 days"),
    (7 * DAY, "3–7 days"),
    (14 * DAY, "1–2 weeks"),
    (30 * DAY, "2–4 weeks"),
    (90 * DAY, "1–3 months"),
    (365 * DAY, "3–12 months"),
    (u64::MAX, "over 1 year"),
];

pub(super) const REPLY_TIMES: Ranges = &[
    (HOUR, "under 1 hour"),
    (4 * HOUR, "1–4 hours"),
    (8 * HOUR, "4–8 hours"),
    (DAY, "8–24 hours"),
    (3 * DAY, "24–72 hours"),
    (7 * DAY, "72–168 hours"),
    (u64::MAX, "over 168 hours"),
];

/// Returns a bar for each of `ranges`.
pub(super) fn histogram(minutes: &[u64], ranges: Ranges) -> Vec<Entry> {
    let mut start = 0;
    let entry = |(end, label): &(u64, &'static str)| {
        let count = minutes.iter().filter(|minutes| (start..*end).contains(*minutes)).count();
        start = *end;
        Entry { label: (*label).to_owned(), count }
    };
    ranges.iter().map(entry).collect()
}

/// Returns the number in the middle of the sorted `numbers`, or the mean of the two in the middle.
pub(super) fn median(numbers: &[u64]) -> Option<u64> {
    let upper = *numbers.get(numbers.len() / 2)?;
    let lower = numbers[(numbers.len() - 1) / 2];
    Some(u64::midpoint(lower, upper))
}

/// Returns a time of so many minutes in its largest unit: `5 hours`.
pub(super) fn duration(minutes: u64) -> String {
    let units = [(365 * DAY, "year"), (DAY, "day"), (HOUR, "hour"), (1, "minute")];
    let fits = units.into_iter().find(|(length, _)| minutes >= 2 * length);
    let (length, unit) = fits.unwrap_or((1, "minute"));
    let count = minutes / length;
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{s}")
}

/// Returns `number` with a narrow space between thousands: `10 000`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(texts: &[&str]) -> Vec<(String, usize)> {
        let mut tally = Tally::default();
        texts.iter().for_each(|text| tally.add(text, 1));
        tally.entries().into_iter().map(|entry| (entry.label, entry.count)).collect()
    }

    #[test]
    fn longest_bar_is_first_and_empty_text_has_a_name() {
        let expected = [("b".to_owned(), 2), ("a".to_owned(), 1), ("(none)".to_owned(), 1)];
        assert_eq!(bars(&["a", "b", "", "b"]), expected);
    }

    #[test]
    fn text_that_is_the_name_of_empty_ones_shares_their_bar() {
        assert_eq!(bars(&["", "(none)", ""]), [("(none)".to_owned(), 3)]);
    }

    #[test]
    fn rare_values_share_a_bar() {
        let texts: Vec<String> = (0..12).map(|number| format!("t{number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(bars(&texts[..11]).len(), 11);
        let twelve = bars(&texts);
        assert_eq!((twelve.len(), &twelve[10]), (11, &("2 others".to_owned(), 2)));
    }

    #[test]
    fn each_number_is_in_one_range() {
        let minutes = [0, 59, 60, 239, 240, 10_080, u64::MAX - 1];
        let counts: Vec<usize> =
            histogram(&minutes, REPLY_TIMES).iter().map(|entry| entry.count).collect();
        assert_eq!(counts, [2, 2, 1, 0, 0, 0, 2]);
    }

    #[test]
    fn median_of_an_even_count_is_the_mean_of_the_middle() {
        let cases: [(&[u64], _); 4] =
            [(&[], None), (&[7], Some(7)), (&[1, 3, 9], Some(3)), (&[1, 3, 9, 20], Some(6))];
        for (numbers, expected) in cases {
            assert_eq!(median(numbers), expected, "{numbers:?}");
        }
    }

    #[test]
    fn thousands_are_grouped() {
        let cases = [(0, "0"), (999, "999"), (1000, "1 000"), (1_234_567, "1 234 567")];
        for (number, text) in cases {
            assert_eq!(grouped(number).replace('\u{202f}', " "), text);
        }
    }

    #[test]
    fn duration_has_at_least_two_of_its_unit() {
        let cases = [
            (0, "0 minutes"),
            (1, "1 minute"),
            (119, "119 minutes"),
            (120, "2 hours"),
            (2879, "47 hours"),
            (2880, "2 days"),
            (1_051_200, "2 years"),
        ];
        for (minutes, text) in cases {
            assert_eq!(duration(minutes), text);
        }
    }
}
