//! Compares the tickets of an answer with the requested ids.

use std::collections::HashMap;
use std::iter;

use super::ids::TicketId;
use super::received_id::ReceivedId;

/// The tickets of an answer, compared with the request.
#[derive(Debug, Default)]
pub struct Reconciliation<T> {
    /// The tickets to print: the requested ones in the requested order, then the others, those
    /// with an unreadable id last.
    pub tickets: Vec<T>,
    /// The differences from the request.
    pub differences: Differences,
}

/// The differences between the tickets of an answer and the request.
#[derive(Debug, Default)]
pub struct Differences {
    /// The ids that did not come back.
    pub missing: Vec<TicketId>,
    /// The number of missing tickets that cannot be named: tickets came without their ids, and
    /// fewer than requested.
    pub missing_unnamed: usize,
    /// The ids of tickets that were not requested.
    pub unasked: Vec<i64>,
    /// The number of tickets without an id that came on top of all that were requested.
    pub unasked_unnamed: usize,
    /// The ids that came more than once; the first ticket is kept.
    pub repeated: Vec<i64>,
    /// The number of tickets with an unreadable id.
    pub unreadable: usize,
}

impl Differences {
    /// Returns the number of requested tickets that did not come back.
    pub(crate) const fn missing_count(&self) -> usize {
        self.missing.len() + self.missing_unnamed
    }
}

/// The part of the ids and of the tickets that belongs to one of several calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchCounts {
    /// The number of requested ids.
    pub(crate) requested: usize,
    /// The number of tickets in the answer.
    pub(crate) received: usize,
}

/// Compares the `received` tickets with the `requested` ids.
///
/// Next to the result this takes some 20 bytes for each ticket: a million may come.
#[must_use]
pub fn reconcile<T: Copy + Default>(
    requested: &[TicketId],
    received: impl Iterator<Item = (ReceivedId, T)> + Clone,
) -> Reconciliation<T> {
    let whole = BatchCounts { requested: requested.len(), received: usize::MAX };
    reconcile_batches(requested, received, &[whole])
}

/// Compares the tickets that several calls `received`, one after the other, with the ids that
/// all of them `requested`. A ticket may come in any of them; one without an id can only be one
/// that its own call requested.
pub(crate) fn reconcile_batches<T: Copy + Default>(
    requested: &[TicketId],
    received: impl Iterator<Item = (ReceivedId, T)> + Clone,
    batches: &[BatchCounts],
) -> Reconciliation<T> {
    let ids = received.clone().map(|(id, _)| id);
    let mut result = Reconciliation::default();
    if ids.clone().eq(requested.iter().copied().map(ReceivedId::from)) {
        // The usual answer, which needs no more memory than this.
        result.tickets.reserve_exact(requested.len());
        result.tickets.extend(received.map(|(_, ticket)| ticket));
        return result;
    }
    let order = order(requested, ids, batches, &mut result.differences);
    result.tickets = vec![T::default(); order.len()];
    let mut ranks = vec![NONE; received.clone().count()];
    for (rank, index) in (0..).zip(order) {
        ranks[index as usize] = rank;
    }
    for (rank, (_, ticket)) in ranks.into_iter().zip(received) {
        if let Some(place) = result.tickets.get_mut(rank as usize) {
            *place = ticket;
        }
    }
    result
}

/// Stands for no index and no rank.
const NONE: u32 = u32::MAX;

/// Returns the indexes of the tickets to print, in their order. Fills in the `differences`.
fn order(
    requested: &[TicketId],
    received: impl Iterator<Item = ReceivedId>,
    batches: &[BatchCounts],
    differences: &mut Differences,
) -> Vec<u32> {
    let places: HashMap<TicketId, usize> = requested.iter().copied().zip(0..).collect();
    // The first ticket with each requested id.
    let mut found = vec![NONE; requested.len()];
    let (mut unnamed, mut others, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    for (index, id) in (0..).zip(received) {
        match id.number() {
            Some(number) => match TicketId::new(number).and_then(|id| places.get(&id)) {
                Some(place) if found[*place] == NONE => found[*place] = index,
                Some(_) => differences.repeated.push(number),
                None => others.push((number, index)),
            },
            None if id == ReceivedId::ABSENT => unnamed.push(index),
            None => unreadable.push(index),
        }
    }
    others.sort_unstable();
    let again = others.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    differences.repeated.extend(again.map(|pair| pair[0].0));
    differences.repeated.sort_unstable();
    differences.repeated.dedup();
    others.dedup_by_key(|(id, _)| *id);
    others.sort_unstable_by_key(|(_, index)| *index);

    let mut unnamed = unnamed.into_iter().peekable();
    let mut unmatched = Vec::new();
    let (mut gaps, mut ids, mut end) = (&mut found[..], requested, 0_usize);
    for batch in batches {
        let (own_gaps, other_gaps) = gaps.split_at_mut(batch.requested);
        let (own_ids, other_ids) = ids.split_at(batch.requested);
        (gaps, ids, end) = (other_gaps, other_ids, end.saturating_add(batch.received));
        let own = iter::from_fn(|| unnamed.next_if(|index| (*index as usize) < end));
        fill_gaps(own_gaps, own_ids, own.collect(), &mut unmatched, differences);
    }
    differences.unasked = others.iter().map(|(id, _)| *id).collect();
    differences.unreadable = unreadable.len();
    let found = found.into_iter().filter(|index| *index != NONE);
    let others = others.into_iter().map(|(_, index)| index);
    found.chain(unmatched).chain(others).chain(unreadable).collect()
}

/// Fills the gaps in `found`, the first ticket with each of the `requested` ids, with the tickets
/// of the same call that came `unnamed`. Those that fill no gap are added to `unmatched`.
fn fill_gaps(
    found: &mut [u32],
    requested: &[TicketId],
    unnamed: Vec<u32>,
    unmatched: &mut Vec<u32>,
    differences: &mut Differences,
) {
    let open = found.iter().filter(|index| **index == NONE).count();
    if !unnamed.is_empty() && unnamed.len() < open {
        differences.missing_unnamed += open - unnamed.len();
        unmatched.extend(unnamed);
        return;
    }
    // The server answers in the requested order, so these fill the gaps.
    let mut unnamed = unnamed.into_iter();
    for (index, id) in found.iter_mut().zip(requested).filter(|(index, _)| **index == NONE) {
        match unnamed.next() {
            Some(next) => *index = next,
            None => differences.missing.push(*id),
        }
    }
    differences.unasked_unnamed += unnamed.len();
    unmatched.extend(unnamed);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reconciles the `requested` ids with tickets that have the ids `came`; 0 stands for none.
    fn reconciled(requested: &[i64], came: &[i64]) -> Reconciliation<i64> {
        let requested: Vec<TicketId> =
            requested.iter().filter_map(|id| TicketId::new(*id)).collect();
        reconcile(&requested, came.iter().map(|id| (ReceivedId::from_text(&id.to_string()), *id)))
    }

    fn numbers(ids: &[TicketId]) -> Vec<i32> {
        ids.iter().map(|id| id.get()).collect()
    }

    #[test]
    fn requested_order_is_kept_and_missing_ids_are_named() {
        for came in [[2, 1], [1, 2]] {
            let Reconciliation { tickets, differences } = reconciled(&[1, 3, 2], &came);
            assert_eq!((tickets, numbers(&differences.missing)), (vec![1, 2], vec![3]));
            assert_eq!(differences.missing_count(), 1);
        }
    }

    #[test]
    fn repeated_and_unasked_ids_are_named() {
        let Reconciliation { tickets, differences } = reconciled(&[1], &[9, 1, 1, 9, 1]);
        assert_eq!(differences.missing_count(), 0);
        assert_eq!((tickets, differences.repeated), (vec![1, 9], vec![1, 9]));
        assert_eq!(differences.unasked, [9]);
    }

    #[test]
    fn tickets_without_ids_are_taken_in_order() {
        let counts = |requested: &[i64], came: &[i64]| {
            let Reconciliation { tickets, differences } = reconciled(requested, came);
            let unnamed = (differences.missing_unnamed, differences.unasked_unnamed);
            (tickets.len(), numbers(&differences.missing), unnamed)
        };
        assert_eq!(counts(&[1, 2], &[0, 0]), (2, vec![], (0, 0)));
        assert_eq!(counts(&[1, 2, 3], &[0]), (1, vec![], (2, 0)));
        assert_eq!(counts(&[1, 2], &[]), (0, vec![1, 2], (0, 0)));
        assert_eq!(counts(&[1], &[0, 0]), (2, vec![], (0, 1)));
    }

    /// Reconciles the ids of several calls with the tickets of each; 0 stands for no id.
    fn batched(batches: &[(&[i64], &[i64])]) -> Reconciliation<i64> {
        let ids = batches.iter().flat_map(|(requested, _)| requested.iter().copied());
        let requested: Vec<TicketId> = ids.filter_map(TicketId::new).collect();
        let came = batches.iter().flat_map(|(_, came)| came.iter());
        let came = came.map(|id| (ReceivedId::from_text(&id.to_string()), *id));
        let count = |(requested, came): &(&[i64], &[i64])| BatchCounts {
            requested: requested.len(),
            received: came.len(),
        };
        reconcile_batches(&requested, came, &batches.iter().map(count).collect::<Vec<_>>())
    }

    #[test]
    fn tickets_with_ids_are_compared_over_all_batches() {
        let Reconciliation { tickets, differences } = batched(&[(&[3, 1], &[2]), (&[2], &[3, 1])]);
        assert_eq!((tickets, differences.missing_count()), (vec![3, 1, 2], 0));
        let Reconciliation { tickets, differences } =
            batched(&[(&[1, 2], &[1, 2]), (&[3, 4], &[1, 2])]);
        assert_eq!((tickets, numbers(&differences.missing)), (vec![1, 2], vec![3, 4]));
        assert_eq!(differences.repeated, [1, 2]);
    }

    #[test]
    fn tickets_without_ids_fill_the_gaps_of_their_own_batch() {
        let counts = |batches: &[(&[i64], &[i64])]| {
            let Reconciliation { tickets, differences } = batched(batches);
            let unnamed = (differences.missing_unnamed, differences.unasked_unnamed);
            (tickets.len(), numbers(&differences.missing), unnamed)
        };
        assert_eq!(counts(&[(&[1, 2], &[0, 0]), (&[3], &[0])]), (3, vec![], (0, 0)));
        // The second batch cannot fill the gap of the first.
        assert_eq!(counts(&[(&[1, 2], &[0]), (&[3], &[0, 0])]), (3, vec![], (1, 1)));
        assert_eq!(counts(&[(&[1, 2], &[]), (&[3], &[0])]), (1, vec![1, 2], (0, 0)));
        assert_eq!(counts(&[(&[1, 2], &[0]), (&[3], &[1])]), (2, vec![3], (0, 0)));
    }
}
