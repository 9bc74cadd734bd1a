//! The account of a call: which ticket is whose, and what did not come back.

use super::ids::TicketId;
use super::received_id::ReceivedId;

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
    /// How many tickets came whose id is unreadable.
    pub unreadable: usize,
}

impl Account {
    /// How many of the ids asked for did not come back.
    #[must_use]
    pub const fn missing_count(&self) -> usize {
        self.missing.len() + self.missing_unnamed
    }
}

/// Compares the tickets that came, with their ids, with those that were `asked` for. Returns
/// the tickets to print and the account. The tickets that were asked for come first, in the
/// order asked, then the others, and those whose id is unreadable last.
///
/// Next to the tickets that it returns it takes some 20 bytes for each: a million may come.
#[must_use]
pub fn reconcile<T: Copy + Default>(
    asked: &[TicketId],
    came: impl Iterator<Item = (ReceivedId, T)> + Clone,
) -> (Vec<T>, Account) {
    let ids = came.clone().map(|(id, _)| id);
    if ids.clone().eq(asked.iter().copied().map(ReceivedId::from)) {
        // What came is what was asked for, in its order: by far the most common.
        let mut tickets = Vec::with_capacity(asked.len());
        tickets.extend(came.map(|(_, ticket)| ticket));
        return (tickets, Account::default());
    }
    let (ranks, count, account) = rank(asked, ids);
    let mut tickets = vec![T::default(); count];
    for (rank, (_, ticket)) in ranks.into_iter().zip(came) {
        if let Some(place) = tickets.get_mut(rank as usize) {
            *place = ticket;
        }
    }
    (tickets, account)
}

/// Stands for no index and no rank.
const NONE: u32 = u32::MAX;

/// Returns the rank of each ticket of `came` among those to print, [`NONE`] where its id
/// came before; the number of those to print; and the account.
fn rank(
    asked: &[TicketId],
    came: impl Iterator<Item = ReceivedId> + Clone,
) -> (Vec<u32>, usize, Account) {
    let mut account = Account::default();
    let groups = Groups::new(asked, came.clone(), &mut account);
    let mut ranks = vec![NONE; came.clone().count()];
    let mut count = 0;
    let mut print_next = |index: u32| {
        ranks[index as usize] = count;
        count += 1;
    };
    let open = groups.found.iter().filter(|index| **index == NONE).count();
    // As many came as are open: the server answers in the order asked.
    let fills = groups.unnamed.is_empty() || groups.unnamed.len() >= open;
    if !fills {
        account.missing_unnamed = open - groups.unnamed.len();
    }
    let mut unnamed = groups.unnamed.into_iter();
    for (index, id) in groups.found.into_iter().zip(asked) {
        match index {
            NONE if !fills => {}
            NONE => match unnamed.next() {
                Some(index) => print_next(index),
                None => account.missing.push(*id),
            },
            index => print_next(index),
        }
    }
    if fills {
        account.unasked_unnamed = unnamed.len();
    }
    unnamed.for_each(&mut print_next);
    for (id, index) in groups.others {
        account.unasked.push(id);
        print_next(index);
    }
    for (index, id) in (0..).zip(came) {
        if id == ReceivedId::UNREADABLE {
            account.unreadable += 1;
            print_next(index);
        }
    }
    (ranks, count as usize, account)
}

/// The indexes of the tickets that came, by what their ids say.
struct Groups {
    /// The first ticket with each id that was asked for; [`NONE`] where there is none.
    found: Vec<u32>,
    /// The tickets without an id.
    unnamed: Vec<u32>,
    /// The first ticket with each id that was not asked for, with the id.
    others: Vec<(i64, u32)>,
}

impl Groups {
    fn new(
        asked: &[TicketId],
        came: impl Iterator<Item = ReceivedId>,
        account: &mut Account,
    ) -> Self {
        let places = Places::new(asked);
        let mut found = vec![NONE; asked.len()];
        let (mut unnamed, mut others) = (Vec::new(), Vec::new());
        for (index, id) in (0..).zip(came) {
            match id.number() {
                Some(number) => match places.find(number) {
                    Some(place) if found[place] == NONE => found[place] = index,
                    Some(_) => account.repeated.push(number),
                    None => others.push((number, index)),
                },
                None if id == ReceivedId::ABSENT => unnamed.push(index),
                None => {}
            }
        }
        others.sort_unstable();
        let again = others.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        account.repeated.extend(again.map(|pair| pair[0].0));
        account.repeated.sort_unstable();
        account.repeated.dedup();
        others.dedup_by_key(|(id, _)| *id);
        others.sort_unstable_by_key(|(_, index)| *index);
        Self { found, unnamed, others }
    }
}

/// Finds the places of ids in the order asked.
struct Places<'a> {
    asked: &'a [TicketId],
    /// The places by ascending id; empty where the ids ascend as they are.
    ascending: Vec<u32>,
}

impl<'a> Places<'a> {
    fn new(asked: &'a [TicketId]) -> Self {
        let mut ascending = Vec::new();
        if !asked.is_sorted() {
            ascending.extend((0..).zip(asked).map(|(place, _)| place));
            ascending.sort_unstable_by_key(|place: &u32| asked[*place as usize]);
        }
        Self { asked, ascending }
    }

    /// Returns the place of the id `number`, where it was asked for.
    fn find(&self, number: i64) -> Option<usize> {
        let id = TicketId::new(number)?;
        if self.ascending.is_empty() {
            return self.asked.binary_search(&id).ok();
        }
        let id_at = |place: &u32| self.asked[*place as usize];
        let index = self.ascending.binary_search_by_key(&id, id_at).ok()?;
        Some(self.ascending[index] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reconciles the ids `asked` with tickets that have the ids `came`; 0 stands for none.
    fn reconciled(asked: &[i64], came: &[i64]) -> (Vec<i64>, Account) {
        let asked: Vec<TicketId> = asked.iter().filter_map(|id| TicketId::new(*id)).collect();
        reconcile(&asked, came.iter().map(|id| (ReceivedId::from_text(&id.to_string()), *id)))
    }

    fn numbers(ids: &[TicketId]) -> Vec<i32> {
        ids.iter().map(|id| id.get()).collect()
    }

    #[test]
    fn requested_order_is_kept_and_missing_ids_are_named() {
        for came in [[2, 1], [1, 2]] {
            let (tickets, account) = reconciled(&[1, 3, 2], &came);
            assert_eq!((tickets, numbers(&account.missing)), (vec![1, 2], vec![3]));
            assert_eq!(account.missing_count(), 1);
        }
    }

    #[test]
    fn repeated_and_unasked_ids_are_named() {
        let (tickets, account) = reconciled(&[1], &[9, 1, 1, 9, 1]);
        assert_eq!((tickets, account.repeated, account.unasked), (vec![1, 9], vec![1, 9], vec![9]));
        assert_eq!(account.missing.len() + account.missing_unnamed, 0);
    }

    #[test]
    fn tickets_without_ids_are_taken_in_order() {
        let counts = |asked: &[i64], came: &[i64]| {
            let (tickets, account) = reconciled(asked, came);
            let unnamed = (account.missing_unnamed, account.unasked_unnamed);
            (tickets.len(), numbers(&account.missing), unnamed)
        };
        assert_eq!(counts(&[1, 2], &[0, 0]), (2, vec![], (0, 0)));
        assert_eq!(counts(&[1, 2, 3], &[0]), (1, vec![], (2, 0)));
        assert_eq!(counts(&[1, 2], &[]), (0, vec![1, 2], (0, 0)));
        assert_eq!(counts(&[1], &[0, 0]), (2, vec![], (0, 1)));
    }
}
