//! Ticket ids, in every form that people have: numbers, ranges, web addresses, lists of them, and
//! the csv, tsv and jsonl that this program writes.

mod id_error;
mod id_list;
mod input;
mod table;
mod ticket_id;
mod token;
mod web_address;

pub use id_list::IdList;
pub use input::read_input;
pub use ticket_id::TicketId;
pub(crate) use ticket_id::summary;
pub(crate) use web_address::{has_id as is_web_address, template as web_template};

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::id_error::FORMS;
    use super::id_list::MAX_ERRORS;
    use super::*;

    fn read(arguments: &[&str]) -> Result<Vec<i32>, String> {
        let mut list = IdList::new(1000);
        for argument in arguments {
            list.add_argument(argument);
        }
        numbers(list)
    }

    /// The ids of `list`, or its errors, a line each.
    fn numbers(list: IdList) -> Result<Vec<i32>, String> {
        match list.into_ids() {
            Ok(ids) => Ok(ids.into_iter().map(TicketId::get).collect()),
            Err(error) => {
                let all = std::iter::once(&error).chain(error.others());
                Err(all.map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn read_ids(limit: usize, input: impl Read) -> Result<Vec<i32>, String> {
        let mut list = IdList::new(limit);
        read_input(&mut list, "ids.txt", input);
        numbers(list)
    }

    #[test]
    fn each_form_is_read() {
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
    fn other_text_is_quoted_in_the_error() {
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
        assert_eq!(error.others().len(), MAX_ERRORS - 1);
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
        assert_eq!(hint("839-x"), FORMS);
    }

    #[test]
    fn error_in_an_input_names_its_line() {
        let text = "\u{feff}839,\r\n\n 249; 7\n\"12\",'13'";
        assert_eq!(read_ids(10, text.as_bytes()), Ok(vec![839, 249, 7, 12, 13]));
        assert_eq!(
            read_ids(10, &b"1\n\n2 x3\n,4"[..]),
            Err("ids.txt, line 3: 'x3' is not a ticket id: it is not a whole number\n\
                 ids.txt, line 4: an empty ticket id in ','"
                .to_owned())
        );
        assert_eq!(read_ids(10, &b" \n"[..]), Err("no ticket id in ids.txt".to_owned()));
        let url = "https://a.example/?ticketId=1,https://a.example/?a=b,c;d&ticketid=2, 3";
        assert_eq!(read_ids(10, url.as_bytes()), Ok(vec![1, 2, 3]));
    }

    #[test]
    fn input_in_utf_16_is_decoded() {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}839\r\n249\r\n".encode_utf16().flat_map(bytes).collect()
        };
        for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(read_ids(10, bytes.as_slice()), Ok(vec![839, 249]));
        }
        let mut list = IdList::new(10);
        read_input(&mut list, "ids.txt", &b"8\x003\x00"[..]);
        let error = list.into_ids().expect_err("no mark");
        assert_eq!(error.to_string(), "ids.txt: it is UTF-16 without a byte-order mark");
        assert!(error.hints()[0].contains("Set-Content -Encoding utf8"), "{:?}", error.hints());
    }

    #[test]
    fn id_is_read_from_the_column_or_key_ticket_id() {
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
            assert_eq!(read_ids(10, text.as_bytes()), Ok(vec![839, 249]), "{text:?}");
        }
    }

    #[test]
    fn file_without_ticket_ids_is_rejected() {
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
            assert_eq!(read_ids(10, text.as_bytes()), Err(message.to_owned()), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(&[&text]);
            let _ = read_ids(10, text.as_bytes());
        }

        #[test]
        fn an_input_is_read_as_an_argument_is(text in "[0-9x#. ,;\"?/:-]{0,30}") {
            prop_assert_eq!(read_ids(1000, text.as_bytes()).ok(), read(&[&text]).ok());
        }

        #[test]
        fn written_ids_are_read_back(ids in proptest::collection::vec(1..=i32::MAX, 1..50), separator in "[ ,;]|, |\n") {
            let text = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(&separator);
            let mut unique = Vec::new();
            for id in ids { if !unique.contains(&id) { unique.push(id); } }
            prop_assert_eq!(read(&[&text]), Ok(unique));
        }
    }
}
