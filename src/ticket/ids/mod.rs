//! Ticket ids, in every form in which people have them at hand.

mod address;
mod input;
mod tickets;
mod token;

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::io::Read;
use std::ops::RangeInclusive;

use crate::error::{Error, Result};

use token::Fault;

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
    errors: Vec<Error>,
    /// Whether there are more than `limit` ids.
    is_over_limit: bool,
}

/// The most errors that are reported at once.
const MOST_ERRORS: usize = 10;

impl IdList {
    /// An empty list that refuses to grow beyond `limit` ids.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { ids: Vec::new(), seen: None, limit, errors: Vec::new(), is_over_limit: false }
    }

    /// Adds the ids of one argument. Errors wait for [`IdList::into_ids`].
    pub fn add_argument(&mut self, argument: &str) {
        match token::split(argument) {
            Ok(tokens) => tokens.into_iter().for_each(|token| self.add_token(token, "")),
            Err(fault) => self.refuse("", fault),
        }
    }

    /// Adds the ids of `input`, called `name` in messages, while it is read: a list of ids,
    /// or the csv, tsv or jsonl of this program. Reading ends at the first error that
    /// leaves no use in going on. Errors wait for [`IdList::into_ids`].
    pub fn add_input(&mut self, name: &str, input: impl Read) {
        if let Err(error) = input::read(self, name, input) {
            self.errors.push(error);
        }
    }

    /// The number of ids.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no id.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the ids.
    ///
    /// # Errors
    /// Usage errors, the first ten, that quote what is not an id, with the line in an input.
    pub fn into_ids(self) -> Result<Vec<TicketId>> {
        let is_cut = self.errors.len() >= MOST_ERRORS;
        match Error::join(self.errors) {
            None => Ok(self.ids),
            Some(error) if is_cut => Err(error.hint("there may be more errors behind these")),
            Some(error) => Err(error),
        }
    }

    /// Whether a further id would be looked at.
    const fn is_open(&self) -> bool {
        !self.is_over_limit && self.errors.len() < MOST_ERRORS
    }

    /// Adds what `token` names. An error begins with `place`.
    fn add_token(&mut self, token: &str, place: &str) {
        match token::parse(token) {
            Ok(range) => self.add_range(range, place),
            Err(fault) => self.refuse(place, fault),
        }
    }

    fn add_range(&mut self, range: RangeInclusive<i32>, place: &str) {
        for number in range {
            if !self.is_open() {
                return;
            }
            self.add(TicketId(number), place);
        }
    }

    fn add(&mut self, id: TicketId, place: &str) {
        let ascends = self.seen.is_none() && self.ids.last().is_none_or(|last| *last < id);
        if !ascends {
            let seen = self.seen.get_or_insert_with(|| self.ids.iter().copied().collect());
            if !seen.insert(id) {
                return;
            }
        }
        if self.ids.len() == self.limit {
            let message = format!("more than {} ticket ids", self.limit);
            self.refuse(place, Fault::new(message, "raise the limit with --max-ids N"));
            self.is_over_limit = true;
            return;
        }
        self.ids.push(id);
    }

    fn refuse(&mut self, place: &str, fault: Fault) {
        let error = fault.into_error(place);
        let is_new = self.errors.iter().all(|known| known.to_string() != error.to_string());
        if is_new && self.is_open() {
            self.errors.push(error);
        }
    }
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
            list.add_argument(argument);
        }
        numbers(list)
    }

    /// The ids of `list`, or its errors, a line each.
    fn numbers(list: IdList) -> std::result::Result<Vec<i32>, String> {
        match list.into_ids() {
            Ok(ids) => Ok(ids.into_iter().map(TicketId::get).collect()),
            Err(error) => {
                let all = std::iter::once(&error).chain(error.others());
                Err(all.map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn read_input(limit: usize, input: impl Read) -> std::result::Result<Vec<i32>, String> {
        let mut list = IdList::new(limit);
        list.add_input("ids.txt", input);
        numbers(list)
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
                "'https://a.example/x' is not a ticket id: it is an address without a ticket's id",
            ),
            (
                "https://a.example/?ticketId=0",
                "'https://a.example/?ticketId=0' is not a ticket id: its ticket id '0' is wrong: ids go from 1 to 2147483647",
            ),
        ];
        for (argument, message) in cases {
            assert_eq!(read(&[argument]), Err(message.to_owned()));
        }
    }

    #[test]
    fn every_wrong_word_is_reported() {
        assert_eq!(
            read(&["abc", "839", "0,x"]),
            Err("'abc' is not a ticket id: it is not a whole number\n\
                 '0' is not a ticket id: ids go from 1 to 2147483647\n\
                 'x' is not a ticket id: it is not a whole number"
                .to_owned())
        );
        let many: Vec<String> = (0..20).map(|n| format!("x{n}")).collect();
        let mut list = IdList::new(1000);
        many.iter().for_each(|word| list.add_argument(word));
        let error = list.into_ids().expect_err("wrong words");
        assert_eq!(error.others().len(), MOST_ERRORS - 1);
        assert_eq!(
            error.hints().last().map(String::as_str),
            Some("there may be more errors behind these")
        );
    }

    #[test]
    fn hint_shows_how_a_range_is_written() {
        let hint = |argument| {
            let mut list = IdList::new(1000);
            list.add_argument(argument);
            list.into_ids().expect_err("no id").hints()[0].clone()
        };
        for argument in ["839-841", "839:841", "#839-#841", "839\u{2013}841", "839\u{2026}841"] {
            assert_eq!(hint(argument), "a range is written 839..841", "{argument}");
        }
        assert_eq!(hint("# 839"), "the number follows # directly: '#839'");
        assert_eq!(hint("839-x"), token::FORMS);
    }

    #[test]
    fn list_in_an_input_names_the_line_of_an_error() {
        let text = "\u{feff}839,\r\n\n 249; 7\n\"12\",'13'";
        assert_eq!(read_input(10, text.as_bytes()), Ok(vec![839, 249, 7, 12, 13]));
        assert_eq!(
            read_input(10, &b"1\n\n2 x3\n,4"[..]),
            Err("ids.txt, line 3: 'x3' is not a ticket id: it is not a whole number\n\
                 ids.txt, line 4: an empty ticket id in ','"
                .to_owned())
        );
        assert_eq!(read_input(10, &b" \n"[..]), Err("no ticket id in ids.txt".to_owned()));
        let url = "https://a.example/?ticketId=1,https://a.example/?a=b,c;d&ticketid=2, 3";
        assert_eq!(read_input(10, url.as_bytes()), Ok(vec![1, 2, 3]));
    }

    #[test]
    fn input_in_utf_16_is_decoded() {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}839\r\n249\r\n".encode_utf16().flat_map(bytes).collect()
        };
        for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(read_input(10, bytes.as_slice()), Ok(vec![839, 249]));
        }
        let mut list = IdList::new(10);
        list.add_input("ids.txt", &b"8\x003\x00"[..]);
        let error = list.into_ids().expect_err("no mark");
        assert_eq!(error.to_string(), "ids.txt: it is UTF-16 without a byte-order mark");
        assert!(error.hints()[0].contains("Set-Content -Encoding utf8"), "{:?}", error.hints());
    }

    #[test]
    fn tickets_are_read_by_their_ticket_id() {
        let cases = [
            "TicketId\n839\n249\n",
            "TicketId,Title\n839,\"a, \"\"b\"\"\n7\"\n249,x\n",
            "\u{feff}Title;TicketId\n7;839\n8;249",
            "\"TicketId\",\"Title\"\r\n\"839\",\"7\"\r\n\"249\",\"8\"\r\n",
            "Title\tTicketId\n\"7\t839\n8\\n\t249\n",
            "Title|ticketid\n7|839\n8|249\n",
            "TableRight/Mask,TicketId\n7,839\n8,249\n",
            "Custom_1:TicketId\n7:839\n8:249\n",
            "{\"TicketId\":839,\"Title\":\"{\"}\n\n{\"ticketid\":1,\"TicketID\":\"249\"}",
        ];
        for text in cases {
            assert_eq!(read_input(10, text.as_bytes()), Ok(vec![839, 249]), "{text:?}");
        }
    }

    #[test]
    fn tickets_without_a_ticket_id_are_refused() {
        let cases = [
            ("NumMessages,Title\n839,x\n", "ids.txt: its header has no column TicketId"),
            ("Title\n839\n", "ids.txt: its header has no column TicketId"),
            ("TicketId,TicketId\n839,249\n", "ids.txt: its header has the column TicketId twice"),
            ("TicketId,Title\n839,x\n,y\n", "ids.txt, line 3: the cell of TicketId is empty"),
            (
                "TicketId,Title\n839,x\n249\n",
                "ids.txt, line 3: the row has 1 cells, and the header 2",
            ),
            (
                "TicketId,Title\n839,x,y,z\n",
                "ids.txt, line 2: the row has more than 2 cells, and the header 2",
            ),
            (
                "TicketId,Title\nx,839\n",
                "ids.txt, line 2: 'x' is not a ticket id: it is not a whole number",
            ),
            (
                "TicketId 839\n",
                "ids.txt, line 1: 'TicketId' is not a ticket id: it is not a whole number",
            ),
            ("{\"Title\":\"839\"}\n", "ids.txt, line 1: the ticket has no TicketId"),
            ("{\"TicketId\":null}\n", "ids.txt, line 1: the ticket has no TicketId"),
            ("{\"TicketId\":839}\n839\n", "ids.txt, line 2: it is not a JSON object"),
            (
                "{\"TicketId\":[839]}\n",
                "ids.txt, line 1: '[839]' is not a ticket id: it is not a whole number",
            ),
            (
                "[{\"TicketId\":839}]",
                "ids.txt: it is a JSON array, and tickets are read from JSON a ticket a line",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(read_input(10, text.as_bytes()), Err(message.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn runs_are_summed_up() {
        assert_eq!(summary([9, 1, 2, 3, 5, 6]), "1..3, 5, 6, 9");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(&[&text]);
            let _ = read_input(10, text.as_bytes());
        }

        #[test]
        fn an_input_is_read_as_an_argument_is(text in "[0-9x#. ,;\"?/:-]{0,30}") {
            prop_assert_eq!(read_input(1000, text.as_bytes()).ok(), read(&[&text]).ok());
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
