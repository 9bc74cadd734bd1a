use proptest::prelude::*;

use super::*;

fn ids(document: &str) -> Result<Vec<Option<i64>>, ParseError> {
    let expected = Expected { ids: 1, has_ids: true };
    let tickets = read(document.as_bytes(), &Encoding::default(), expected)?;
    Ok(tickets.ids.into_iter().map(ReceivedId::number).collect())
}

#[test]
fn empty_ticket_is_left_out() {
    let empty = [
        "<Ticket/>",
        "<Ticket></Ticket>",
        "<Ticket i:nil='true'/>",
        "<Ticket><TicketId>0</TicketId><Title> </Title><BaseStatus>Unknown</BaseStatus></Ticket>",
        "<Ticket><NumReplies>0.0</NumReplies><HasAttachment>false</HasAttachment></Ticket>",
        "<Ticket><ClosedAt>0001-01-01T00:00:00</ClosedAt><Other>0</Other></Ticket>",
    ];
    for ticket in empty {
        assert_eq!(ids(&format!("<a>{ticket}</a>")), Ok(vec![]), "{ticket}");
    }
    let full = [
        "<Ticket>text</Ticket>",
        "<Ticket><Title>0</Title></Ticket>",
        "<Ticket><Title>false</Title></Ticket>",
        "<Ticket><HasAttachment>true</HasAttachment></Ticket>",
        "<Ticket><NumReplies>1</NumReplies></Ticket>",
        "<Ticket><TableRight><Mask/></TableRight></Ticket>",
    ];
    for ticket in full {
        assert_eq!(ids(&format!("<a>{ticket}</a>")), Ok(vec![None]), "{ticket}");
    }
}

#[test]
fn last_id_of_a_ticket_counts_and_those_further_down_do_not() {
    let document = "<a><Ticket><TicketId>1</TicketId><X><Ticket><TicketId>5</TicketId></Ticket></X>\
        <ticketid>2</ticketid></Ticket></a>";
    assert_eq!(ids(document), Ok(vec![Some(2)]));
}

fn ticket() -> impl Strategy<Value = (String, Option<i64>)> {
    let title = proptest::sample::select(vec!["", "a", "&lt;b&gt;", "<![CDATA[<Ticket>]]>", "世"]);
    (prop::option::of(1_i64..1000), title, any::<bool>()).prop_map(|(id, title, first)| {
        let id_element = match id {
            Some(id) => format!("<n:TicketId>{id}</n:TicketId>"),
            None => "<TicketId i:nil='1'/>".to_owned(),
        };
        let rest = format!("<Title b='x' >{title}</Title ><NumReplies>7</NumReplies>");
        let fields = if first { id_element + &rest } else { rest + &id_element };
        (format!("<n:Ticket>{fields}</n:Ticket>"), id)
    })
}

proptest! {
    #[test]
    fn ids_are_read_and_a_cut_document_never(
        tickets in prop::collection::vec(ticket(), 0..5),
        space in "[ \n]{0,2}",
        cut in 0_usize..2000,
    ) {
        let elements: Vec<_> = tickets.iter().map(|(element, _)| element.as_str()).collect();
        let document = format!("<?xml version='1.0'?>{space}<R>{space}{}</R>", elements.join(&space));
        let expected: Vec<_> = tickets.iter().map(|(_, id)| *id).collect();
        prop_assert_eq!(ids(&document), Ok(expected));
        if let Some(start) = document.get(..cut % document.len()) {
            prop_assert!(ids(start).is_err(), "{}", start);
        }
    }

    #[test]
    fn accepted_document_has_its_tags_in_pairs(
        pieces in prop::collection::vec(proptest::sample::select(vec![
            "<a>", "</a>", "<Ticket>", "</Ticket>", "<TicketId>", "</TicketId>", "1", "&amp;",
            "&", "<", ">", "<!-- -->", "<![CDATA[", "]]>", "<?x?>", "<!DOCTYPE a>", "<a b='1'/>", " ",
        ]), 0..12),
    ) {
        let document = pieces.concat();
        // The document that is read has its tags in pairs.
        if ids(&document).is_ok() {
            let count = |tag: &str| document.matches(tag).count();
            prop_assert!(count("<a>") == count("</a>") || document.contains("<!"), "{}", document);
        }
    }
}
