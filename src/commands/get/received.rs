//! The tickets of all answers, compared with the requested ids.

use crate::answer::merged::Merger;
use crate::answer::{RowReader, Ticket, Tickets, Value};
use crate::settings::plan::get::GetPlan;
use crate::ticket::column::{self, Column};
use crate::ticket::date;
use crate::ticket::reconcile::{BatchCounts, Differences, Reconciliation, reconcile_batches};

use super::answer::Answer;

pub(super) struct Received<'a> {
    /// The tickets to print; none if the answers are printed as they are.
    pub(super) tickets: Vec<Ticket<'a>>,
    /// The number of different tickets.
    pub(super) count: usize,
    pub(super) differences: Differences,
    /// The first tickets whose `TicketId` is unreadable.
    pub(super) unreadable: Vec<Unreadable<'a>>,
    /// The tickets that were merged into another one, ordered by id.
    pub(super) mergers: Vec<Merger>,
}

/// A ticket whose `TicketId` is unreadable.
pub(super) struct Unreadable<'a> {
    /// The number of the batch, if there are several; counted from 1, as is the next.
    pub(super) batch: Option<usize>,
    /// The number of the ticket in its answer.
    pub(super) number: usize,
    /// The escaped value.
    pub(super) id: &'a str,
}

/// The most unreadable ids that are named.
const MAX_NAMED: usize = 10;

impl<'a> Received<'a> {
    /// Compares the tickets of the `answers` with the ids of `plan`.
    pub(super) fn new(answers: &'a [Answer], plan: &GetPlan) -> Self {
        let counts = |(ids, answer): (&[_], &Answer)| BatchCounts {
            requested: ids.len(),
            received: answer.content.count(),
        };
        let batches: Vec<BatchCounts> = plan.batches().zip(answers).map(counts).collect();
        let mut mergers: Vec<Merger> =
            answers.iter().flat_map(|answer| answer.mergers.iter().copied()).collect();
        mergers.sort_unstable();
        mergers.dedup();
        let unreadable = unreadable(answers);
        let (ids, contents) = (&plan.query.ids, answers.iter().map(|answer| &answer.content));
        if plan.display.output_format.is_raw() {
            let received = contents.flat_map(|content| content.ids().map(|id| (id, ())));
            let Reconciliation { tickets, differences } =
                reconcile_batches(ids, received, &batches);
            return Self {
                tickets: Vec::new(),
                count: tickets.len(),
                differences,
                unreadable,
                mergers,
            };
        }
        let json = contents.filter_map(|content| content.json());
        let Reconciliation { tickets, differences } =
            reconcile_batches(ids, json.flat_map(Tickets::entries), &batches);
        Self { count: tickets.len(), tickets, differences, unreadable, mergers }
    }

    /// Returns whether any date of the tickets came without an offset.
    pub(super) fn has_date_without_offset(&self) -> bool {
        let columns: Vec<Column> = column::all().into_iter().filter(Column::is_date).collect();
        let mut reader = RowReader::new(&columns);
        self.tickets.iter().any(|ticket| {
            reader.read(ticket.without_cells());
            reader.values().any(|(_, value)| match value {
                Value::Text(text) => date::lacks_offset(&text),
                _ => false,
            })
        })
    }
}

/// Returns the first unreadable ids of all answers.
fn unreadable(answers: &[Answer]) -> Vec<Unreadable<'_>> {
    let has_batches = answers.len() > 1;
    (1..)
        .zip(answers)
        .flat_map(|(batch, answer)| {
            let batch = Some(batch).filter(|_| has_batches);
            let ids = answer.unreadable.iter();
            ids.map(move |(number, id)| Unreadable { batch, number: *number, id })
        })
        .take(MAX_NAMED)
        .collect()
}
