//! What a ticket is expected to look like, by the tickets before it.
//!
//! Tickets of an answer have the same keys in the same order, and many of their values
//! are the same in all: a category, a flag, no date. Where one is as expected, all
//! that stands between two values that differ is one comparison.

use std::ops::Range;

use super::expected::Expected;

/// The members of the tickets before, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Pattern {
    members: Vec<Member>,
    /// The member put last, where there are too many to keep.
    beyond: Option<Member>,
    /// Whether any member has a `next`.
    linked: bool,
    /// Whether something new is known since members were linked.
    stale: bool,
}

/// A member of a ticket, as it was in the tickets before.
#[derive(Clone, Debug)]
pub(super) struct Member {
    key: Vec<u8>,
    /// The key with its quotes and colon, without white space; nothing where it holds
    /// what is escaped in JSON.
    written: Expected,
    /// Its place among the wanted keys.
    pub(super) place: Option<usize>,
    /// The object or array that stood behind it last, which many tickets have in
    /// common; empty where there was none.
    pub(super) nested: Vec<u8>,
    value: Value,
    next: Next,
}

/// What is expected behind a value, up to the next that is to be looked at or to the end
/// of the ticket.
#[derive(Clone, Debug, Default)]
struct Next {
    text: Expected,
    /// The member of that next value, or the number of all.
    index: usize,
    /// The wanted values that stand in the text: of which member each is, and where.
    passed: Vec<(usize, Range<usize>)>,
}

/// What is known of a member's values, as they are written in JSON.
#[derive(Clone, Debug)]
enum Value {
    Unknown,
    Once(Vec<u8>),
    Same(Vec<u8>),
    /// They differ, or each of them is to be looked at.
    Various,
}

/// No ticket has more members than this but one that is to take memory and time.
const MOST_MEMBERS: usize = 1024;

/// Longer values are seldom the same.
pub(super) const MOST_KEPT: usize = 4096;

/// Texts longer than this in all are not expected anew whenever something is learned.
const MOST_LINKED: usize = 64 * 1024;

impl Pattern {
    /// How many members it has.
    pub(super) fn length(&self) -> usize {
        self.members.len()
    }

    /// The member at `index`.
    #[inline]
    pub(super) fn member(&mut self, index: usize) -> Option<&mut Member> {
        self.members.get_mut(index)
    }

    /// The member at `index`, if its key is `key`.
    pub(super) fn known(&self, index: usize, key: &[u8]) -> Option<&Member> {
        self.members.get(index).filter(|member| member.key == key)
    }

    /// The key of the ticket read last that stands at `index`.
    pub(super) fn name(&self, index: usize) -> &str {
        self.members.get(index).or(self.beyond.as_ref()).map_or("", Member::name)
    }

    /// Lets `key` be the one at `index`; nothing is known of what comes behind it.
    pub(super) fn put(&mut self, index: usize, key: &[u8], place: Option<usize>) -> &Member {
        if index >= MOST_MEMBERS {
            return self.beyond.insert(Member::new(key, place));
        }
        self.stale = true;
        self.members.truncate(index);
        if std::mem::take(&mut self.linked) {
            self.members.iter_mut().for_each(|member| member.next = Next::default());
        }
        self.members.push(Member::new(key, place));
        &self.members[self.members.len() - 1]
    }

    /// Takes note of the value of the member at `index`, which is sound JSON. Unless wanted
    /// values may be `passed` over, each of them will be looked at.
    #[inline]
    pub(super) fn learn(&mut self, index: usize, value: &[u8], passed: bool) {
        self.stale |= self.members[index].learn(value, passed);
    }

    /// Joins what is the same in all tickets, where something new was learned.
    #[inline]
    pub(super) fn link(&mut self) {
        if self.stale {
            self.link_anew();
        }
    }

    #[cold]
    fn link_anew(&mut self) {
        let mut room = MOST_LINKED;
        for index in 0..self.members.len() {
            // The first one is always looked at.
            if index == 0 || matches!(self.members[index].value, Value::Various) {
                let next = self.next_of(index, room);
                room -= next.text.text().len();
                self.members[index].next = next;
            }
        }
        (self.linked, self.stale) = (true, false);
    }

    /// The wanted values in what is expected [next](Member::next_in) to the one at `index`,
    /// and where they stand in it.
    #[inline]
    pub(super) fn passed(&self, index: usize) -> impl Iterator<Item = (&Member, &Range<usize>)> {
        let passed = self.members.get(index).map_or(&[][..], |member| &member.next.passed);
        passed.iter().map(|(index, range)| (&self.members[*index], range))
    }

    /// What is to be expected behind the value of the member at `index`, up to a value that
    /// differs or is not known well enough; nothing where that is longer than `room`.
    fn next_of(&self, index: usize, room: usize) -> Next {
        let (mut text, mut passed) = (Vec::new(), Vec::new());
        for (index, member) in self.members.iter().enumerate().skip(index + 1) {
            if member.written.text().is_empty() {
                return Next::default();
            }
            // With comma, value and brace.
            if text.len() + member.written.text().len() + MOST_KEPT + 2 > room {
                return Next::default();
            }
            text.push(b',');
            text.extend_from_slice(member.written.text());
            match &member.value {
                Value::Same(value) => {
                    if member.place.is_some() {
                        passed.push((index, text.len()..text.len() + value.len()));
                    }
                    text.extend_from_slice(value);
                }
                _ => return Next { text: Expected::of(text), index, passed },
            }
        }
        text.push(b'}');
        Next { text: Expected::of(text), index: self.members.len(), passed }
    }
}

impl Member {
    fn new(key: &[u8], place: Option<usize>) -> Self {
        // Half a character can only be written as an escape.
        let plain = key.iter().all(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20))
            && std::str::from_utf8(key).is_ok();
        let written = if plain { [b"\"", key, b"\":"].concat() } else { Vec::new() };
        Self {
            key: key.to_owned(),
            written: Expected::of(written),
            place,
            nested: Vec::new(),
            value: Value::Unknown,
            next: Next::default(),
        }
    }

    /// Its key.
    pub(super) fn name(&self) -> &str {
        std::str::from_utf8(&self.key).unwrap_or_default()
    }

    /// Whether its key holds what is escaped in JSON.
    pub(super) fn is_escaped(&self) -> bool {
        self.written.text().is_empty()
    }

    /// Where `text` begins with the key, its length with quotes and colon.
    #[inline]
    pub(super) fn key_in(&self, text: &[u8]) -> Option<usize> {
        self.written.length_in(text)
    }

    /// Where `text`, which follows the value, is as expected up to the next value to be
    /// looked at: how long that is, and which member's value it is.
    #[inline(always)]
    pub(super) fn next_in(&self, text: &[u8]) -> Option<(usize, usize)> {
        Some((self.next.text.length_in(text)?, self.next.index))
    }

    /// Takes note of a value, and says whether that was new.
    fn learn(&mut self, value: &[u8], passed: bool) -> bool {
        let learned = match &mut self.value {
            Value::Various => return false,
            _ if value.len() > MOST_KEPT || (self.place.is_some() && !passed) => Value::Various,
            Value::Unknown => Value::Once(value.to_owned()),
            Value::Once(known) if known == value => Value::Same(std::mem::take(known)),
            Value::Same(known) if known == value => return false,
            Value::Once(_) | Value::Same(_) => Value::Various,
        };
        self.value = learned;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_leads_what_begins_with_it(
            key in "[a-zA-Zæ/ ]{0,40}",
            text in "[a-z\":,0]{0,40}",
            flipped in 0..48_usize,
        ) {
            let last = Member::new(key.as_bytes(), None);
            let mut written = format!("\"{key}\":{text}").into_bytes();
            let length = key.len() + 3;
            prop_assert_eq!(last.key_in(&written), Some(length));
            prop_assert_eq!(last.key_in(&written[..length - 1]), None);
            if let Some(byte) = written.get_mut(flipped) {
                *byte ^= 0x20;
                prop_assert_eq!(last.key_in(&written), (flipped >= length).then_some(length));
            }
        }
    }

    #[test]
    fn a_key_with_what_json_escapes_leads_nothing() {
        for key in ["\"", "a\\b", "a\n"] {
            let last = Member::new(key.as_bytes(), None);
            for text in [&[0; 64][..], b"", format!("\"{key}\":").as_bytes()] {
                assert_eq!(last.key_in(text), None);
            }
        }
    }

    /// The pattern that tickets of these values leave behind; `a` and `c` are wanted.
    fn pattern(tickets: &[[&str; 4]]) -> Pattern {
        let mut pattern = Pattern::default();
        for (index, key) in ["id", "a", "b", "c"].into_iter().enumerate() {
            pattern.put(index, key.as_bytes(), (index % 2 == 1).then_some(index / 2));
        }
        for values in tickets {
            for (index, value) in values.iter().enumerate() {
                pattern.learn(index, value.as_bytes(), true);
            }
            pattern.link();
        }
        pattern
    }

    #[test]
    fn what_is_the_same_is_passed_over_at_once() {
        let mut pattern = pattern(&[["1", "2", "3", "null"], ["1", "2", "4", "null"]]);
        let mut next_in = |index: usize, text: &str| {
            pattern.member(index).expect("a member").next_in(text.as_bytes())
        };
        assert_eq!(next_in(0, r#","a":2,"b":"#), Some((11, 2)));
        assert_eq!(next_in(0, r#","a":23,"b":"#), None);
        assert_eq!(next_in(2, r#","c":null},{"#), Some((10, 4)));
        // It is known from the member before it.
        assert_eq!(next_in(1, r#","b":"#), None);
    }

    #[test]
    fn what_is_wanted_is_known_where_it_is_passed_over() {
        let mut pattern = pattern(&[["1", "\"x\"", "3", "null"], ["2", "\"x\"", "3", "null"]]);
        let text = r#","a":"x","b":3,"c":null}"#;
        let next = pattern.member(0).expect("a member").next_in(text.as_bytes());
        assert_eq!(next, Some((text.len(), 4)));
        let passed: Vec<_> = pattern
            .passed(0)
            .map(|(member, range)| (member.name(), member.place, &text[range.clone()]))
            .collect();
        assert_eq!(passed, [("a", Some(0), "\"x\""), ("c", Some(1), "null")]);
        assert_eq!(pattern.passed(4).count(), 0);
    }

    #[test]
    fn what_differs_once_is_looked_at_ever_after() {
        let seen = [
            ["1", "2", "3", "4"],
            ["1", "2", "3", "4"],
            ["1", "2", "0", "4"],
            ["1", "2", "3", "4"],
        ];
        let mut pattern = pattern(&seen);
        let mut next_in = |index: usize, text: &str| {
            pattern.member(index).expect("a member").next_in(text.as_bytes())
        };
        assert_eq!(next_in(0, r#","a":2,"b":3"#), Some((11, 2)));
        assert_eq!(next_in(2, r#","c":4}"#), Some((7, 4)));
    }

    #[test]
    fn nothing_is_expected_of_a_value_that_was_not_seen_twice() {
        let mut pattern = pattern(&[["1", "2", "3", "4"]]);
        let text = br#","a":2,"b":3,"c":4}"#;
        assert_eq!(pattern.member(0).expect("a member").next_in(text), Some((5, 1)));
    }

    #[test]
    fn members_are_linked_again_after_another_key() {
        let mut pattern = pattern(&[["1", "2", "3", "4"], ["1", "2", "3", "4"]]);
        // One ticket had a member more, and then there is nothing new to learn.
        pattern.put(4, b"d", None);
        pattern.link();
        let text = br#","a":2,"b":3,"c":4,"d":5}"#;
        assert_eq!(pattern.member(0).expect("a member").next_in(text), Some((23, 4)));
    }

    #[test]
    fn very_long_texts_are_not_expected() {
        let long = format!("\"{}\"", "x".repeat(MOST_KEPT - 2));
        let mut pattern = Pattern::default();
        for index in 0..MOST_MEMBERS {
            pattern.put(index, b"k", None);
            for _ in 0..2 {
                pattern.learn(index, long.as_bytes(), true);
            }
        }
        pattern.link();
        let linked: usize =
            pattern.members.iter().map(|member| member.next.text.text().len()).sum();
        assert!(linked <= MOST_LINKED, "{linked}");
        assert_eq!(pattern.member(0).expect("a member").next_in(b",\"k\":"), None);
    }

    #[test]
    fn of_very_many_members_the_first_are_kept() {
        let mut pattern = Pattern::default();
        for index in 0..MOST_MEMBERS + 10 {
            let key = format!("k{index}");
            assert_eq!(pattern.put(index, key.as_bytes(), Some(index)).place, Some(index));
            assert_eq!(pattern.name(index), key);
        }
        assert_eq!(pattern.length(), MOST_MEMBERS);
        assert!(pattern.known(MOST_MEMBERS, format!("k{MOST_MEMBERS}").as_bytes()).is_none());
        assert_eq!(pattern.name(0), "k0");
    }

    #[test]
    fn another_key_is_learned_anew() {
        let mut pattern = pattern(&[["1", "2", "3", "4"], ["1", "2", "3", "4"]]);
        let text = br#","a":2,"b":3,"c":4}"#;
        assert_eq!(pattern.member(0).expect("a member").next_in(text), Some((text.len(), 4)));
        pattern.put(3, b"d", None);
        assert_eq!(pattern.length(), 4);
        assert_eq!(pattern.member(0).expect("a member").next_in(text), None);
        pattern.link();
        assert_eq!(pattern.member(0).expect("a member").next_in(text), None);
        let text = br#","a":2,"b":3,"d":4}"#;
        assert_eq!(pattern.member(0).expect("a member").next_in(text), Some((17, 3)));
    }
}
