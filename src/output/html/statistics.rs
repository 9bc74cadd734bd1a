//! The numbers of the charts, counted in one pass over the tickets.

use chrono::{DateTime, NaiveDate, Utc};

use crate::answer::{RowReader, Ticket, Value};
use crate::output::format::Document;
use crate::output::{cell, parallel};
use crate::ticket::column::{self, Column};
use crate::ticket::date::{self, DateFormatter, Moment};

use super::tally::{Tally, duration, grouped, median};

/// Tickets with one of these built-in statuses are neither open nor closed, unless they have a date
/// of closing.
const DISCARDED: [&str; 3] = ["Deleted", "Merged", "Spam"];

/// The state of a ticket, by the date of its closing and its built-in status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Closed,
    Discarded,
}

impl State {
    fn new(has_date: bool, base_status: &Value<'_>) -> Self {
        match base_status {
            _ if has_date => Self::Closed,
            Value::Text(status) if status == "Closed" => Self::Closed,
            Value::Text(status) if DISCARDED.contains(&&**status) => Self::Discarded,
            _ => Self::Open,
        }
    }
}

/// The number of tickets in each state.
#[derive(Debug, Default)]
struct StateCounts {
    open: usize,
    closed: usize,
    discarded: usize,
}

/// Counts of the tickets. Each is `None` if its fields were not requested.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    pub(super) status: Option<Tally>,
    pub(super) priority: Option<Tally>,
    pub(super) owner: Option<Tally>,
    /// The day on which each ticket was created.
    pub(super) created: Option<Vec<NaiveDate>>,
    /// The day on which each closed ticket was closed.
    pub(super) closed: Option<Vec<NaiveDate>>,
    states: Option<StateCounts>,
    /// The ages of open tickets in minutes, in ascending order.
    pub(super) ages: Option<Vec<u64>>,
    /// The minutes until the first reply of the tickets that have one, in ascending order.
    pub(super) reply_times: Option<Vec<u64>>,
    /// True if those count office hours alone.
    pub(super) has_office_hours: bool,
    /// The time of the call, which ends the period of the dates.
    pub(super) time: DateTime<Utc>,
}

impl Statistics {
    /// Counts the tickets of `document` by its columns, and with `has_default_columns` by those
    /// that are requested for the charts.
    pub(super) fn collect(document: &Document<'_>, has_default_columns: bool) -> Self {
        let columns =
            if has_default_columns { column::overview() } else { document.columns.to_vec() };
        let shares = parallel::map_shares(document.tickets, |tickets| {
            let mut counter = Counter::new(&columns, document.dates);
            tickets.iter().for_each(|ticket| counter.add(*ticket));
            counter.statistics
        });
        let merged = shares.into_iter().reduce(Self::merge).unwrap_or_default();
        let sorted = |minutes: Option<Vec<u64>>| {
            minutes.map(|mut minutes| {
                minutes.sort_unstable();
                minutes
            })
        };
        Self { ages: sorted(merged.ages), reply_times: sorted(merged.reply_times), ..merged }
    }

    fn merge(self, other: Self) -> Self {
        fn both<T>(one: Option<Vec<T>>, other: Option<Vec<T>>) -> Option<Vec<T>> {
            let (mut all, other) = (one?, other?);
            all.extend(other);
            Some(all)
        }
        let tallies = |one: Option<Tally>, other: Option<Tally>| {
            let (mut all, other) = (one?, other?);
            all.merge(other);
            Some(all)
        };
        let states = self.states.zip(other.states).map(|(one, other)| StateCounts {
            open: one.open + other.open,
            closed: one.closed + other.closed,
            discarded: one.discarded + other.discarded,
        });
        Self {
            status: tallies(self.status, other.status),
            priority: tallies(self.priority, other.priority),
            owner: tallies(self.owner, other.owner),
            created: both(self.created, other.created),
            closed: both(self.closed, other.closed),
            states,
            ages: both(self.ages, other.ages),
            reply_times: both(self.reply_times, other.reply_times),
            has_office_hours: self.has_office_hours,
            time: self.time,
        }
    }

    /// Returns the most important numbers with their names.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let states = self.states.as_ref();
        let discarded = states.filter(|states| states.discarded > 0);
        let oldest = self.ages.as_ref().and_then(|ages| ages.last());
        let replies = self.reply_times.as_deref().and_then(median);
        let reply = if self.has_office_hours {
            "Median first reply, office hours"
        } else {
            "Median first reply"
        };
        [
            states.map(|states| ("Still open", grouped(states.open))),
            oldest.map(|age| ("Oldest open", duration(*age))),
            states.map(|states| ("Closed", grouped(states.closed))),
            discarded.map(|states| ("Deleted, merged, spam", grouped(states.discarded))),
            replies.map(|minutes| (reply, duration(minutes))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Counts ticket after ticket.
struct Counter<'c> {
    columns: &'c [Column],
    reader: RowReader<'c>,
    indexes: ColumnIndexes,
    dates: &'c DateFormatter,
    statistics: Statistics,
}

/// The index of the column of each field.
struct ColumnIndexes {
    status: Option<usize>,
    base_status: Option<usize>,
    priority: Option<usize>,
    owner: Option<usize>,
    created: Option<usize>,
    closed: Option<usize>,
    replied: Option<usize>,
    reply_time: Option<usize>,
}

impl<'c> Counter<'c> {
    fn new(columns: &'c [Column], dates: &'c DateFormatter) -> Self {
        let find = |name: &str| columns.iter().position(|column| column.path() == name);
        let base_status = find("BaseStatus");
        let around_the_clock = find("RealTimeToReply");
        let indexes = ColumnIndexes {
            status: find("TicketStatusDisplayValue").or(base_status),
            base_status,
            priority: find("PriorityName"),
            owner: find("OwnedByName"),
            created: find("CreatedAt"),
            closed: find("ClosedAt"),
            replied: find("RepliedAt"),
            reply_time: around_the_clock.or_else(|| find("TimeToReply")),
        };
        let tally = |index: Option<usize>| index.map(|_| Tally::default());
        let states = indexes.base_status.or(indexes.closed).map(|_| StateCounts::default());
        let statistics = Statistics {
            status: tally(indexes.status),
            priority: tally(indexes.priority),
            owner: tally(indexes.owner),
            created: indexes.created.map(|_| Vec::new()),
            closed: indexes.closed.map(|_| Vec::new()),
            ages: states.as_ref().and(indexes.created).map(|_| Vec::new()),
            states,
            reply_times: indexes.reply_time.map(|_| Vec::new()),
            has_office_hours: around_the_clock.is_none(),
            time: dates.now(),
        };
        Self { columns, reader: RowReader::new(columns), indexes, dates, statistics }
    }

    fn add(&mut self, ticket: Ticket<'c>) {
        // The cells that were noted are those of the columns of the table.
        self.reader.read(ticket.without_cells());
        let created = self.moment(self.indexes.created);
        let closed = self.moment(self.indexes.closed);
        let base_status = self.indexes.base_status.map(|index| self.reader.value(index));
        let state = State::new(closed.is_some(), &base_status.unwrap_or(Value::Null));
        let reply_time = self.reply_time();
        for (index, tally) in [
            (self.indexes.status, &mut self.statistics.status),
            (self.indexes.priority, &mut self.statistics.priority),
            (self.indexes.owner, &mut self.statistics.owner),
        ] {
            if let (Some(index), Some(tally)) = (index, tally) {
                let value = self.reader.value(index);
                tally.add(&cell::text(&self.columns[index], value, self.dates), 1);
            }
        }
        let statistics = &mut self.statistics;
        for (moment, days) in [(created, &mut statistics.created), (closed, &mut statistics.closed)]
        {
            if let (Some(moment), Some(days)) = (moment, days) {
                days.push(moment.wall.date());
            }
        }
        if let Some(states) = &mut statistics.states {
            match state {
                State::Open => states.open += 1,
                State::Closed => states.closed += 1,
                State::Discarded => states.discarded += 1,
            }
        }
        if let (State::Open, Some(created), Some(ages)) = (state, created, &mut statistics.ages) {
            let age = (statistics.time - created.utc()).num_minutes();
            ages.push(u64::try_from(age).unwrap_or(0));
        }
        if let (Some(minutes), Some(times)) = (reply_time, &mut statistics.reply_times) {
            times.push(minutes);
        }
    }

    fn moment(&self, index: Option<usize>) -> Option<Moment> {
        match self.reader.value(index?) {
            Value::Text(text) => self.dates.moment(&text),
            _ => None,
        }
    }

    /// Returns the minutes until the first reply, if there was one. Without the date of the reply, 0
    /// minutes mean that there was none.
    fn reply_time(&self) -> Option<u64> {
        let minutes = match self.reader.value(self.indexes.reply_time?) {
            Value::Number(text) => text.parse().ok()?,
            _ => return None,
        };
        let is_replied = match self.indexes.replied.map(|index| self.reader.value(index)) {
            Some(Value::Text(text)) => !date::is_no_date(&text),
            Some(_) => false,
            None => minutes > 0,
        };
        is_replied.then_some(minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_of_closing_decides_before_the_status() {
        for (has_date, status, state) in [
            (true, "\"Active\"", State::Closed),
            (true, "\"Spam\"", State::Closed),
            (false, "\"Closed\"", State::Closed),
            (false, "\"Spam\"", State::Discarded),
            (false, "\"PostponedWeek\"", State::Open),
            (false, "null", State::Open),
        ] {
            assert_eq!(State::new(has_date, &Value::new(status)), state, "{has_date} {status}");
        }
    }
}
