//! Ticket ids, in every form in which people have them at hand.

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::ops::RangeInclusive;

use crate::error::{Error, Result};
use crate::escape;

/// The id of a ticket: 1 to 2147483647.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketId(i32);

impl TicketId {
    /// The id `number`, where it is one.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        i32::try_from(number).ok().filter(|id| *id >= 1).map(Self)
    }

    /// The number.
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

/// The ids of a call: each once, in the order of first mention.
#[derive(Debug)]
pub struct IdList {
    ids: Vec<TicketId>,
    /// The ids, once they are out of order; until then each new one is a new one.
    seen: Option<HashSet<TicketId>>,
    limit: usize,
}

impl IdList {
    /// An empty list that refuses to grow beyond `limit` ids.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { ids: Vec::new(), seen: None, limit }
    }

    /// Adds the ids of one argument.
    ///
    /// # Errors
    /// A usage error that quotes what is no id.
    pub fn add_argument(&mut self, argument: &str) -> Result<()> {
        self.add_text(argument).map_err(Fault::into_error)
    }

    /// Adds the ids of an input, `name` by name, read whole. A byte-order mark
    /// is skipped.
    ///
    /// # Errors
    /// A usage error that quotes what is no id and names its line; also where
    /// there is no id at all.
    pub fn add_input(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        let mut any = false;
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            self.add_text(line).map_err(|fault| fault.at(name, index + 1).into_error())?;
            any = true;
        }
        if any { Ok(()) } else { Err(Error::usage(format!("no ticket id in {name}"))) }
    }

    /// The ids.
    #[must_use]
    pub fn into_ids(self) -> Vec<TicketId> {
        self.ids
    }

    fn add_text(&mut self, text: &str) -> std::result::Result<(), Fault> {
        for token in tokens(text)? {
            for id in parse(token)? {
                self.add(id)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, number: i32) -> std::result::Result<(), Fault> {
        let id = TicketId(number);
        let ascends = self.seen.is_none() && self.ids.last().is_none_or(|last| *last < id);
        if !ascends {
            let seen = self.seen.get_or_insert_with(|| self.ids.iter().copied().collect());
            if !seen.insert(id) {
                return Ok(());
            }
        }
        if self.ids.len() == self.limit {
            return Err(Fault::new(
                format!("more than {} ticket ids", self.limit),
                "raise the limit with --max-ids N",
            ));
        }
        self.ids.push(id);
        Ok(())
    }
}

/// What is wrong with a piece of text that should name ids.
#[derive(Debug)]
struct Fault {
    message: String,
    hint: &'static str,
}

impl Fault {
    fn new(message: String, hint: &'static str) -> Self {
        Self { message, hint }
    }

    fn not_an_id(token: &str, why: &str) -> Self {
        let quoted = escape::excerpt(token, 60);
        Self::new(format!("'{quoted}' is not a ticket id: {why}"), FORMS)
    }

    fn at(mut self, name: &str, line: usize) -> Self {
        self.message = format!("{name}, line {line}: {}", self.message);
        self
    }

    fn into_error(self) -> Error {
        Error::usage(self.message).hint(self.hint)
    }
}

const FORMS: &str = "an id is 839, '#839', a range 840..860 or a ticket's URL";
const BOUNDS: &str = "ids go from 1 to 2147483647";

/// The tokens of `text`: separated by white space, commas and semicolons, but
/// for those inside a URL.
fn tokens(text: &str) -> std::result::Result<Vec<&str>, Fault> {
    let mut found = Vec::new();
    let mut after_separator = true;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if matches!(first, ',' | ';') {
            if after_separator {
                return Err(Fault::new(
                    format!("an empty ticket id in '{}'", escape::excerpt(text, 60)),
                    FORMS,
                ));
            }
            after_separator = true;
            rest = rest[1..].trim_start();
            continue;
        }
        let end = if is_url(rest) { url_end(rest) } else { plain_end(rest) };
        found.push(&rest[..end]);
        after_separator = false;
        rest = rest[end..].trim_start();
    }
    if found.is_empty() {
        Err(Fault::new("an empty ticket id".to_owned(), FORMS))
    } else {
        Ok(found)
    }
}

fn is_url(text: &str) -> bool {
    let scheme = |name: &str| text.get(..name.len()).is_some_and(|s| s.eq_ignore_ascii_case(name));
    scheme("https://") || scheme("http://")
}

fn plain_end(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).unwrap_or(text.len())
}

/// A URL ends at white space, at a separator before the next URL, or before a
/// separator at the very end.
fn url_end(text: &str) -> usize {
    let word = &text[..text.find(char::is_whitespace).unwrap_or(text.len())];
    let next = word
        .match_indices([',', ';'])
        .find(|(at, _)| is_url(&word[at + 1..]))
        .map_or(word.len(), |(at, _)| at);
    word[..next].trim_end_matches([',', ';']).len()
}

/// The ids that one token names.
fn parse(token: &str) -> std::result::Result<RangeInclusive<i32>, Fault> {
    if is_url(token) {
        return parse_url(token);
    }
    let Some((first, last)) = token.split_once("..") else {
        let id = number(token).map_err(|why| Fault::not_an_id(token, why))?;
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

fn number(text: &str) -> std::result::Result<i32, &'static str> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let negative = digits
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if negative {
        return Err(BOUNDS);
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("it is not a whole number");
    }
    digits.parse().ok().filter(|id| *id >= 1).ok_or(BOUNDS)
}

/// The id in a pasted address: its `ticketId` or `ticket_id` parameter, in the
/// query or in the query of the fragment.
fn parse_url(token: &str) -> std::result::Result<RangeInclusive<i32>, Fault> {
    let url =
        url::Url::parse(token).map_err(|_| Fault::not_an_id(token, "the URL is malformed"))?;
    let fragment = url.fragment().and_then(|text| text.split_once('?')).map(|(_, query)| query);
    let queries = [url.query(), fragment];
    let value = queries
        .iter()
        .flatten()
        .flat_map(|query| url::form_urlencoded::parse(query.as_bytes()))
        .find(|(name, _)| matches!(&*name.to_ascii_lowercase(), "ticketid" | "ticket_id"))
        .map(|(_, value)| value)
        .ok_or_else(|| Fault::not_an_id(token, "the URL has no ticketId parameter"))?;
    let id = number(&value).map_err(|why| {
        Fault::not_an_id(
            token,
            &format!("its ticketId '{}' is wrong: {why}", escape::excerpt(&value, 40)),
        )
    })?;
    Ok(id..=id)
}

/// `ids` in ascending order with runs of three and more as ranges, for a person.
#[must_use]
pub fn summary(ids: impl IntoIterator<Item = i64>) -> String {
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
    use proptest::prelude::*;

    fn read(arguments: &[&str]) -> std::result::Result<Vec<i32>, String> {
        let mut list = IdList::new(1000);
        for argument in arguments {
            list.add_argument(argument).map_err(|error| error.to_string())?;
        }
        Ok(list.into_ids().into_iter().map(TicketId::get).collect())
    }

    #[test]
    fn every_form_is_read() {
        let cases: [(&[&str], &[i32]); 13] = [
            (&["839"], &[839]),
            (&["#839"], &[839]),
            (&["839,249"], &[839, 249]),
            (&["839; 249 ,#7,"], &[839, 249, 7]),
            (&["840..843"], &[840, 841, 842, 843]),
            (&["5..5"], &[5]),
            (&["2147483647"], &[2_147_483_647]),
            (&["3", "1", "3", "2", "1"], &[3, 1, 2]),
            (
                &["https://crm.example.com/scripts/ticket.exe?action=listTicket&ticketId=839"],
                &[839],
            ),
            (&["HTTP://crm.example.com/?TICKET_ID=839&x=a,b;c"], &[839]),
            (&["https://a.example/?ticketId=1,https://a.example/?ticketid=2, 3"], &[1, 2, 3]),
            (&["https://a.example/#/ticket?ticketId=9"], &[9]),
            (&["7 https://a.example/?ticketId=8;"], &[7, 8]),
        ];
        for (arguments, ids) in cases {
            assert_eq!(read(arguments).as_deref(), Ok(ids), "{arguments:?}");
        }
    }

    #[test]
    fn anything_else_is_quoted() {
        let cases = [
            ("0", "'0' is not a ticket id: ids go from 1 to 2147483647"),
            ("-5", "'-5' is not a ticket id: ids go from 1 to 2147483647"),
            ("2147483648", "'2147483648' is not a ticket id: ids go from 1 to 2147483647"),
            (
                "99999999999999999999",
                "'99999999999999999999' is not a ticket id: ids go from 1 to 2147483647",
            ),
            ("12a", "'12a' is not a ticket id: it is not a whole number"),
            ("+5", "'+5' is not a ticket id: it is not a whole number"),
            ("", "an empty ticket id"),
            (" ", "an empty ticket id"),
            ("839,,249", "an empty ticket id in '839,,249'"),
            (",839", "an empty ticket id in ',839'"),
            ("#", "'#' is not a ticket id: it is not a whole number"),
            ("860..840", "'860..840' is not a ticket id: the range runs backwards"),
            ("840..", "'840..' is not a ticket id: it is not a whole number"),
            ("1...3", "'1...3' is not a ticket id: it is not a whole number"),
            ("1..2000", "more than 1000 ticket ids"),
            ("1..2147483647", "more than 1000 ticket ids"),
            ("\x1b[31m", "'\\x1b[31m' is not a ticket id: it is not a whole number"),
            (
                "https://a.example/x",
                "'https://a.example/x' is not a ticket id: the URL has no ticketId parameter",
            ),
            (
                "https://a.example/?ticketId=0",
                "'https://a.example/?ticketId=0' is not a ticket id: its ticketId '0' is wrong: ids go from 1 to 2147483647",
            ),
        ];
        for (argument, message) in cases {
            assert_eq!(read(&[argument]), Err(message.to_owned()));
        }
    }

    #[test]
    fn an_input_is_read_by_lines() {
        let mut list = IdList::new(10);
        list.add_input("ids.txt", b"\xef\xbb\xbf839,\r\n\n 249; 7\n").expect("good ids");
        assert_eq!(summary(list.into_ids().into_iter().map(|id| id.get().into())), "7, 249, 839");

        let error = IdList::new(10).add_input("ids.txt", b"1\n\n2 x3\n").expect_err("a bad id");
        assert_eq!(
            error.to_string(),
            "ids.txt, line 3: 'x3' is not a ticket id: it is not a whole number"
        );
        let error = IdList::new(10).add_input("standard input", b" \n").expect_err("no id");
        assert_eq!(error.to_string(), "no ticket id in standard input");
    }

    #[test]
    fn runs_are_summed_up() {
        assert_eq!(summary([9, 1, 2, 3, 5, 6]), "1..3, 5, 6, 9");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(&[&text]);
        }

        #[test]
        fn what_is_written_is_read(ids in proptest::collection::vec(1..=i32::MAX, 1..50), separator in "[ ,;]|, |\n") {
            let text = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(&separator);
            let mut unique = Vec::new();
            for id in ids { if !unique.contains(&id) { unique.push(id); } }
            prop_assert_eq!(read(&[&text]), Ok(unique));
        }
    }
}
