//! The account of a call: which ticket is whose, and what did not come back.

use std::collections::{HashMap, HashSet};

use super::ids::TicketId;

/// What came of the ids that were asked for.
#[derive(Debug, Default)]
pub struct Account {
    /// The ids that did not come back.
    pub missing: Vec<TicketId>,
    /// How many more are missing that cannot be named: tickets came without
    /// their ids, and fewer than were asked for.
    pub missing_unnamed: usize,
    /// The ids of tickets that were not asked for.
    pub unasked: Vec<i64>,
    /// How many tickets without an id came on top of all that were asked for.
    pub unasked_unnamed: usize,
    /// The ids that came more than once; the first is kept.
    pub repeated: Vec<i64>,
}

impl Account {
    /// How many of the ids asked for did not come back.
    #[must_use]
    pub const fn missing_count(&self) -> usize {
        self.missing.len() + self.missing_unnamed
    }
}

/// Holds what came, tickets with their ids, against what was `asked` for. Gives the tickets
/// to print, those asked for in the order asked and then the others, and the account.
#[must_use]
pub fn settle<T: Clone>(
    asked: &[TicketId],
    came: impl Iterator<Item = (Option<i64>, T)> + Clone,
) -> (Vec<T>, Account) {
    let mut account = Account::default();
    let mut tickets = Vec::new();
    let ids = asked.iter().map(|id| Some(i64::from(id.get())));
    if came.clone().map(|(id, _)| id).eq(ids) {
        // What came is what was asked for, in its order: by far the most common.
        tickets.reserve_exact(asked.len());
        tickets.extend(came.map(|(_, ticket)| ticket));
        return (tickets, account);
    }
    let places: HashMap<i64, usize> =
        asked.iter().enumerate().map(|(place, id)| (i64::from(id.get()), place)).collect();
    let mut found: Vec<Option<T>> = vec![None; asked.len()];
    let mut others: Vec<(i64, T)> = Vec::new();
    let mut known_others = HashSet::new();
    let mut repeated = HashSet::new();
    let mut unnamed: Vec<T> = Vec::new();
    for (id, ticket) in came {
        let Some(id) = id else {
            unnamed.push(ticket);
            continue;
        };
        match places.get(&id) {
            Some(place) if found[*place].is_none() => found[*place] = Some(ticket),
            None if known_others.insert(id) => others.push((id, ticket)),
            _ if repeated.insert(id) => account.repeated.push(id),
            _ => {}
        }
    }
    let open = found.iter().filter(|ticket| ticket.is_none()).count();
    if unnamed.is_empty() || unnamed.len() >= open {
        // As many came as are open: the server answers in the order asked.
        let mut unnamed = unnamed.into_iter();
        for (place, id) in found.iter_mut().zip(asked) {
            if place.is_none() {
                *place = unnamed.next();
                if place.is_none() {
                    account.missing.push(*id);
                }
            }
        }
        tickets.extend(found.into_iter().flatten());
        account.unasked_unnamed = unnamed.len();
        tickets.extend(unnamed);
    } else {
        account.missing_unnamed = open - unnamed.len();
        tickets.extend(found.into_iter().flatten());
        tickets.extend(unnamed);
    }
    for (id, ticket) in others {
        account.unasked.push(id);
        tickets.push(ticket);
    }
    (tickets, account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::list::Ticket;
    use crate::ticket::scanner::Scanner;

    fn titles(tickets: &[Ticket<'_>]) -> Vec<String> {
        tickets.iter().map(|ticket| ticket.json().replace("\"TicketId\":", "")).collect()
    }

    fn with_account(asked: &[i64], json: &str, check: impl FnOnce(&[Ticket<'_>], Account)) {
        let asked: Vec<TicketId> = asked.iter().filter_map(|id| TicketId::new(*id)).collect();
        let scan = Scanner::new(&[]).finish(json.as_bytes()).expect("tickets");
        let (tickets, account) = settle(&asked, scan.entries());
        check(&tickets, account);
    }

    fn numbers(ids: &[TicketId]) -> Vec<i32> {
        ids.iter().map(|id| id.get()).collect()
    }

    #[test]
    fn the_order_asked_is_kept_and_gaps_are_named() {
        let forms = [
            r#"[{"TicketId":2},{"TicketId":1}]"#,
            r#"[{"TicketId":1},{"TicketId":2},null]"#,
            r#"[{"TicketId":1},{"TicketId":0,"Title":""},{"TicketId":2}]"#,
        ];
        for json in forms {
            with_account(&[1, 3, 2], json, |tickets, account| {
                assert_eq!(titles(tickets), ["{1}", "{2}"], "{json}");
                assert_eq!(numbers(&account.missing), [3]);
                assert_eq!(account.missing_count(), 1);
            });
        }
    }

    #[test]
    fn repeats_and_strangers_are_named() {
        let json =
            r#"[{"TicketId":9},{"TicketId":1},{"TicketId":1},{"TicketId":9},{"TicketId":1}]"#;
        with_account(&[1], json, |tickets, account| {
            assert_eq!(titles(tickets), ["{1}", "{9}"]);
            assert_eq!(account.repeated, [1, 9]);
            assert_eq!(account.unasked, [9]);
            assert_eq!(account.missing_count(), 0);
        });
    }

    #[test]
    fn without_ids_they_are_taken_in_order() {
        with_account(&[1, 2], r#"[{"Title":"a"},{"Title":"b"}]"#, |tickets, account| {
            assert_eq!(account.missing_count(), 0);
            assert_eq!(tickets.len(), 2);
        });
        with_account(&[1, 2, 3], r#"[{"Title":"a"},null]"#, |tickets, account| {
            assert_eq!((account.missing.len(), account.missing_unnamed), (0, 2));
            assert_eq!(tickets.len(), 1);
        });
        with_account(&[1, 2], "[]", |_, account| {
            assert_eq!((numbers(&account.missing), account.missing_unnamed), (vec![1, 2], 0));
        });
        with_account(&[1], r#"[{"Title":"a"},{"Title":"b"}]"#, |tickets, account| {
            assert_eq!((tickets.len(), account.unasked_unnamed), (2, 1));
        });
    }
}
