//! The numbers of the charts, counted in one pass over the tickets.

use chrono::{DateTime, NaiveDate, Utc};

use crate::answer::{RowReader, Ticket, Value};
use crate::output::format::Document;
use crate::output::parallel;
use crate::ticket::column::{self, Column};
use crate::ticket::date::{self, DateFormatter, Moment};

use super::tally::{Tally, duration, grouped, median};

/// Tickets with one of these built-in statuses wait for nobody.
const CLOSED: [&str; 4] = ["Closed", "Deleted", "Merged", "Spam"];

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
    /// The number of tickets that are not closed.
    open: Option<usize>,
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
        Self {
            status: tallies(self.status, other.status),
            priority: tallies(self.priority, other.priority),
            owner: tallies(self.owner, other.owner),
            created: both(self.created, other.created),
            closed: both(self.closed, other.closed),
            open: self.open.zip(other.open).map(|(one, other)| one + other),
            ages: both(self.ages, other.ages),
            reply_times: both(self.reply_times, other.reply_times),
            has_office_hours: self.has_office_hours,
            time: self.time,
        }
    }

    /// Returns the most important numbers with their names.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let number = |count: usize| grouped(count);
        let oldest = self.ages.as_ref().and_then(|ages| ages.last());
        let replies = self.reply_times.as_deref().and_then(median);
        let reply = if self.has_office_hours {
            "Median first reply, office hours"
        } else {
            "Median first reply"
        };
        [
            self.open.map(|open| ("Open", number(open))),
            oldest.map(|age| ("Oldest open", duration(*age))),
            self.closed.as_ref().map(|closed| ("Closed", number(closed.len()))),
            replies.map(|minutes| (reply, duration(minutes))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Counts ticket after ticket.
struct Counter<'c> {
    reader: RowReader<'c>,
    places: Places,
    dates: &'c DateFormatter,
    statistics: Statistics,
}

/// The places of the fields in the columns.
struct Places {
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
        let places = Places {
            status: find("TicketStatusDisplayValue").or(base_status),
            base_status,
            priority: find("PriorityName"),
            owner: find("OwnedByName"),
            created: find("CreatedAt"),
            closed: find("ClosedAt"),
            replied: find("RepliedAt"),
            reply_time: around_the_clock.or_else(|| find("TimeToReply")),
        };
        let tally = |place: Option<usize>| place.map(|_| Tally::default());
        let open = places.base_status.or(places.closed).map(|_| 0);
        let statistics = Statistics {
            status: tally(places.status),
            priority: tally(places.priority),
            owner: tally(places.owner),
            created: places.created.map(|_| Vec::new()),
            closed: places.closed.map(|_| Vec::new()),
            open,
            ages: open.and(places.created).map(|_| Vec::new()),
            reply_times: places.reply_time.map(|_| Vec::new()),
            has_office_hours: around_the_clock.is_none(),
            time: dates.now(),
        };
        Self { reader: RowReader::new(columns), places, dates, statistics }
    }

    fn add(&mut self, ticket: Ticket<'c>) {
        // The cells that were noted are those of the columns of the table.
        self.reader.read(ticket.without_cells());
        let (created, closed) = (self.moment(self.places.created), self.moment(self.places.closed));
        let is_open = match self.places.base_status.map(|place| self.reader.value(place)) {
            Some(Value::Text(status)) => !CLOSED.contains(&&*status),
            _ => closed.is_none(),
        };
        let reply_time = self.reply_time();
        for (place, tally) in [
            (self.places.status, &mut self.statistics.status),
            (self.places.priority, &mut self.statistics.priority),
            (self.places.owner, &mut self.statistics.owner),
        ] {
            if let (Some(place), Some(tally)) = (place, tally) {
                match self.reader.value(place) {
                    Value::Text(text) => tally.add(&text, 1),
                    Value::Number(text) | Value::Json(text) => tally.add(text, 1),
                    Value::Null | Value::Bool(_) => tally.add("", 1),
                }
            }
        }
        let statistics = &mut self.statistics;
        for (moment, days) in [(created, &mut statistics.created), (closed, &mut statistics.closed)]
        {
            if let (Some(moment), Some(days)) = (moment, days) {
                days.push(moment.wall.date());
            }
        }
        if let Some(open) = statistics.open.as_mut().filter(|_| is_open) {
            *open += 1;
            if let (Some(created), Some(ages)) = (created, &mut statistics.ages) {
                let age = (statistics.time - created.utc()).num_minutes();
                ages.push(u64::try_from(age).unwrap_or(0));
            }
        }
        if let (Some(minutes), Some(times)) = (reply_time, &mut statistics.reply_times) {
            times.push(minutes);
        }
    }

    fn moment(&self, place: Option<usize>) -> Option<Moment> {
        match self.reader.value(place?) {
            Value::Text(text) => self.dates.moment(&text),
            _ => None,
        }
    }

    /// Returns the minutes until the first reply, if there was one. Without the date of the reply, 0
    /// minutes mean that there was none.
    fn reply_time(&self) -> Option<u64> {
        let minutes = match self.reader.value(self.places.reply_time?) {
            Value::Number(text) => text.parse().ok()?,
            _ => return None,
        };
        let is_replied = match self.places.replied.map(|place| self.reader.value(place)) {
            Some(Value::Text(text)) => !date::is_no_date(&text),
            Some(_) => false,
            None => minutes > 0,
        };
        is_replied.then_some(minutes)
    }
}
