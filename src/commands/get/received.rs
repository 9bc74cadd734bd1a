//! The tickets of an answer, compared with the requested ids.

use crate::answer::merged::{self, Merger};
use crate::answer::xml::XmlTickets;
use crate::answer::{RowReader, Ticket, Tickets, Value};
use crate::api::error_body;
use crate::secret::mask::Mask;
use crate::settings::plan::get::GetPlan;
use crate::ticket::column::{self, Column};
use crate::ticket::date;
use crate::ticket::received_id::ReceivedId;
use crate::ticket::reconcile::{Differences, Reconciliation, reconcile};

pub(super) struct Received<'a> {
    /// The tickets to print; none if the answer is printed as it is.
    pub(super) tickets: Vec<Ticket<'a>>,
    /// The number of different tickets.
    pub(super) count: usize,
    pub(super) differences: Differences,
    /// The first tickets whose `TicketId` is unreadable: their numbers in the answer, counted
    /// from 1, and the escaped value.
    pub(super) unreadable: Vec<(usize, String)>,
    /// The tickets that were merged into another one.
    pub(super) mergers: Vec<Merger>,
}

impl<'a> Received<'a> {
    pub(super) fn from_json(tickets: &'a Tickets<'_>, plan: &GetPlan, mask: &Mask) -> Self {
        let unreadable = quote_ids(tickets.unreadable_ids(), mask);
        let mergers = merged::find(tickets);
        if plan.display.output_format.is_raw() {
            let ids = tickets.entries().map(|(id, _)| id);
            return Self::from_ids(ids, plan, unreadable, mergers);
        }
        let Reconciliation { tickets, differences } = reconcile(&plan.query.ids, tickets.entries());
        Self { count: tickets.len(), tickets, differences, unreadable, mergers }
    }

    pub(super) fn from_xml(tickets: &XmlTickets, plan: &GetPlan, mask: &Mask) -> Self {
        let unreadable = tickets.unreadable.iter().map(|(number, id)| (*number, id.as_str()));
        let unreadable = quote_ids(unreadable, mask);
        let mut mergers = tickets.mergers.clone();
        mergers.sort_unstable();
        mergers.dedup();
        Self::from_ids(tickets.ids.iter().copied(), plan, unreadable, mergers)
    }

    /// Counts the tickets of an answer that is printed as it is.
    fn from_ids(
        ids: impl Iterator<Item = ReceivedId> + Clone,
        plan: &GetPlan,
        unreadable: Vec<(usize, String)>,
        mergers: Vec<Merger>,
    ) -> Self {
        let Reconciliation { tickets, differences } =
            reconcile(&plan.query.ids, ids.map(|id| (id, ())));
        Self { tickets: Vec::new(), count: tickets.len(), differences, unreadable, mergers }
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

/// Quotes the value of each unreadable `TicketId`.
fn quote_ids<'i>(
    ids: impl IntoIterator<Item = (usize, &'i str)>,
    mask: &Mask,
) -> Vec<(usize, String)> {
    ids.into_iter().map(|(number, id)| (number, error_body::quote(id, 80, mask))).collect()
}
