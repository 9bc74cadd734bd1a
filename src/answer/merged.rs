//! Tickets that were merged into another ticket.

use memchr::memmem::Finder;

use super::list::{Ticket, Tickets};
use super::value::{Value, each_member};
use crate::ticket::received_id::ReceivedId;

/// The field with the built-in status.
pub(super) const BASE_STATUS: &str = "BaseStatus";
/// The field with the ticket that a merged one was merged into.
pub(super) const CONNECT_ID: &str = "ConnectId";
/// The built-in status of a merged ticket.
pub(super) const MERGED: &str = "Merged";

/// The ids of a merged ticket, and of the ticket that it was merged into.
pub(crate) type Merger = (i64, i64);

/// Returns the merged tickets of an answer, ordered by id. Tickets without both fields are left
/// out.
pub(crate) fn find(tickets: &Tickets<impl AsRef<[u8]>>) -> Vec<Merger> {
    let value = format!("\"{MERGED}\"");
    let finder = Finder::new(&value);
    // Most answers have none and are not parsed again.
    if finder.find(tickets.bytes()).is_none() {
        return Vec::new();
    }
    let may_be_merged =
        tickets.entries().filter(|(_, ticket)| finder.find(ticket.bytes()).is_some());
    let mut mergers: Vec<Merger> =
        may_be_merged.filter_map(|(id, ticket)| merger(id, master(ticket)?)).collect();
    mergers.sort_unstable();
    mergers.dedup();
    mergers
}

/// Returns the merger of the ticket `id` into `master`, if both are numbers of tickets.
pub(super) fn merger(id: ReceivedId, master: ReceivedId) -> Option<Merger> {
    let (id, master) = (id.number()?, master.number()?);
    (master > 0).then_some((id, master))
}

/// Returns the `ConnectId` of a merged `ticket`.
fn master(ticket: Ticket<'_>) -> Option<ReceivedId> {
    let (mut is_merged, mut master) = (false, None);
    each_member(ticket.json(), |key, value| {
        if key.eq_ignore_ascii_case(BASE_STATUS) {
            is_merged = value.trim_matches('"') == MERGED;
        } else if key.eq_ignore_ascii_case(CONNECT_ID) {
            master = Some(Value::new(value).received_id());
        }
    });
    master.filter(|_| is_merged)
}

/// The number of mergers that are named.
const MAX_NAMED: usize = 20;

/// Describes `mergers` in a line; `None` where there are none.
pub(crate) fn describe(mergers: &[Merger]) -> Option<String> {
    let named: Vec<String> =
        mergers.iter().take(MAX_NAMED).map(|(id, master)| format!("{id} into {master}")).collect();
    let named = named.join(", ");
    match mergers {
        [] => None,
        [(id, master)] => Some(format!("ticket {id} was merged into {master}")),
        more => {
            let count = more.len();
            let rest = if count > MAX_NAMED { ", …" } else { "" };
            Some(format!("{count} tickets were merged: {named}{rest}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Expected, ParallelParser};

    #[test]
    fn merged_ticket_with_both_fields_is_found() {
        let answer = r#"[
            {"TicketId":3,"BaseStatus":"Merged","ConnectId":839},
            {"ticketid":2,"connectid":"7","basestatus":"Merged"},
            {"TicketId":2,"BaseStatus":"Merged","ConnectId":7},
            {"TicketId":4,"BaseStatus":"Merged","ConnectId":-1},
            {"TicketId":5,"BaseStatus":"Merged","ConnectId":null},
            {"TicketId":6,"BaseStatus":"Merged"},
            {"TicketId":7,"ConnectId":1,"Title":"Merged"},
            {"TicketId":8,"BaseStatus":"Active","ConnectId":1},
            {"BaseStatus":"Merged","ConnectId":1}
        ]"#;
        let tickets =
            ParallelParser::new(&[], Expected::ANY).finish(answer.as_bytes()).expect("tickets");
        assert_eq!(find(&tickets), [(2, 7), (3, 839)]);
    }

    #[test]
    fn mergers_are_described_in_one_line_of_bounded_length() {
        assert_eq!(describe(&[]), None);
        let one = describe(&[(250, 839)]);
        assert_eq!(one.as_deref(), Some("ticket 250 was merged into 839"));
        let two = describe(&[(250, 839), (251, 839)]);
        assert_eq!(two.as_deref(), Some("2 tickets were merged: 250 into 839, 251 into 839"));
        let many: Vec<Merger> = (1..=21).map(|id| (id, 839)).collect();
        let many = describe(&many).expect("a line");
        assert!(many.starts_with("21 tickets were merged: 1 into 839, "), "{many}");
        assert!(many.ends_with(", 20 into 839, …"), "{many}");
    }
}
