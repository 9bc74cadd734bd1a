//! When things happened to a ticket, each after what it follows from.

use chrono::{DateTime, TimeDelta, Utc};

use super::ticket::draw;
use super::wording::{Priority, Status};

/// A date, or 'no date' for what has not happened.
pub(super) type Date = Option<DateTime<Utc>>;

/// The dates of a ticket.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) created: DateTime<Utc>,
    pub(super) last_changed: DateTime<Utc>,
    pub(super) read_by_owner: Date,
    pub(super) read_by_customer: Date,
    pub(super) first_read_by_user: Date,
    pub(super) activate: Date,
    pub(super) closed: Date,
    pub(super) replied: Date,
    pub(super) alert_timeout: Date,
    pub(super) deadline: Date,
}

/// Ticket 100 is made shortly before the clocks go forward in Europe, at
/// 01:48 in Oslo on 31 March 2024; the others are dated from there.
const OF_TICKET_100: i64 = 1_711_846_080;

/// Minutes from a ticket to the next, which spreads a thousand from January
/// 2024 to June 2026.
const PACE: i64 = 1302;

/// The sample data stops here, on 30 June 2026.
const END: i64 = 1_782_813_600;

impl Timeline {
    pub(super) fn new(
        id: i32,
        status: &Status,
        priority: &Priority,
        read_status: &str,
        origin: &str,
    ) -> Self {
        let created = created(id);
        let end = at(END);
        let room = end - created;
        let replied = is_replied(id, status.base)
            .then(|| created + drawn_minutes(id, "replied", 2000).min(room / 4));
        let answered = replied.unwrap_or(created);
        let closed = (status.base == "Closed").then(|| {
            answered + TimeDelta::seconds(95) + drawn_minutes(id, "closed", 20_000).min(room / 2)
        });
        let postponed = postponement(id, status.base);
        let last_changed = match (closed, postponed) {
            _ if id == 100 => created + TimeDelta::minutes(19),
            (Some(closed), _) => closed,
            // Recent, so that it is still asleep where the sample data stops.
            (None, Some(_)) => end - drawn_minutes(id, "postponed", 50),
            (None, None) => answered + drawn_minutes(id, "changed", 9000).min(room / 2),
        };
        let read_by_owner = read_by_owner(id, read_status, created, last_changed);
        let first_read = read_by_owner.into_iter().chain(replied).min();
        let deadline = priority.hours.map(|hours| created + TimeDelta::hours(hours));
        Self {
            created,
            last_changed,
            read_by_owner,
            read_by_customer: replied
                .filter(|_| origin == "CustomerCentre" || draw(id, "seen", 3) == 0)
                .map(|replied| replied + (last_changed - replied) / 2),
            first_read_by_user: first_read.map(|first| created + (first - created) / 2),
            activate: postponed.map(|wait| last_changed + wait),
            closed,
            replied,
            alert_timeout: deadline
                .filter(|_| status.base == "Active" && replied.is_none())
                .map(|deadline| deadline + TimeDelta::hours(8)),
            deadline,
        }
    }

    /// Whether the deadline passed while the ticket was open.
    pub(super) fn is_overdue(&self) -> bool {
        let until = self.closed.unwrap_or_else(|| at(END));
        self.deadline.is_some_and(|deadline| deadline < until)
    }

    /// How long the ticket has been in the hands of somebody.
    pub(super) fn age(&self) -> TimeDelta {
        self.last_changed - self.created
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn created(id: i32) -> DateTime<Utc> {
    let base = at(OF_TICKET_100) + TimeDelta::minutes(PACE * i64::from(id - 100));
    if id == 100 {
        return base;
    }
    // Less than the pace, so that a higher id is always a later date.
    let jitter = drawn_minutes(id, "created", 600);
    // Some dates come to the server's seventh digit, others to the second.
    let ticks =
        if draw(id, "precise", 3) == 0 { i64::from(draw(id, "ticks", 60_000)) * 151 } else { 0 };
    base + jitter + TimeDelta::nanoseconds(ticks * 100)
}

/// At least a minute, and some seconds.
fn drawn_minutes(id: i32, purpose: &str, most: u16) -> TimeDelta {
    let seconds = i64::from(draw(id, purpose, 59));
    TimeDelta::minutes(1 + i64::from(draw(id, purpose, most))) + TimeDelta::seconds(seconds)
}

fn is_replied(id: i32, base: &str) -> bool {
    match base {
        "Closed" => draw(id, "reply", 12) > 0,
        "Spam" | "Deleted" | "Merged" | "Unknown" => false,
        _ => id != 100 && draw(id, "reply", 4) > 0,
    }
}

/// How long a postponed ticket sleeps.
fn postponement(id: i32, base: &str) -> Option<TimeDelta> {
    Some(match base {
        "Postponed" | "PostponedSpecific" => {
            TimeDelta::hours(1 + i64::from(draw(id, "specific", 2000)))
        }
        "Postponed1Hour" => TimeDelta::hours(1),
        "Postponed2Hours" => TimeDelta::hours(2),
        "Postponed3Hours" => TimeDelta::hours(3),
        "Postponed4Hours" => TimeDelta::hours(4),
        "PostponedDay" => TimeDelta::days(1),
        "PostponedWeek" => TimeDelta::weeks(1),
        "PostponedMonth" => TimeDelta::days(30),
        _ => return None,
    })
}

/// Green has read the last change, yellow an earlier state, red nothing.
fn read_by_owner(
    id: i32,
    read_status: &str,
    created: DateTime<Utc>,
    last_changed: DateTime<Utc>,
) -> Date {
    match read_status {
        "Green" => Some((last_changed + drawn_minutes(id, "read", 40)).min(at(END))),
        "Yellow" => Some(created + (last_changed - created) / 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::IDS;
    use crate::demo::ticket::Ticket;

    #[test]
    fn nothing_happens_before_its_cause_or_after_the_end() {
        for ticket in IDS.filter_map(Ticket::find) {
            let (id, dates) = (ticket.id, &ticket.dates);
            let past = [
                dates.read_by_owner,
                dates.read_by_customer,
                dates.first_read_by_user,
                dates.closed,
                dates.replied,
                Some(dates.last_changed),
            ];
            for date in past.into_iter().flatten() {
                assert!(date > dates.created && date <= at(END), "{id}: {dates:?}");
            }
            assert!(dates.closed.is_none_or(|closed| closed == dates.last_changed), "{id}");
            assert!(dates.replied <= dates.closed.or(dates.replied), "{id}: {dates:?}");
            if let Some(read) = dates.read_by_owner {
                assert!(dates.first_read_by_user.unwrap() <= read, "{id}: {dates:?}");
            }
        }
    }

    #[test]
    fn a_higher_id_is_a_later_date_from_2024_to_2026() {
        let created: Vec<_> = IDS.map(created).collect();
        assert!(created.is_sorted_by(|a, b| a < b));
        assert_eq!(created[0].format("%Y").to_string(), "2024");
        assert_eq!(created[999].format("%Y").to_string(), "2026");
    }

    #[test]
    fn only_what_is_closed_has_a_closing_date_and_only_what_sleeps_wakes() {
        for ticket in IDS.filter_map(Ticket::find) {
            let base = ticket.status.base;
            assert_eq!(ticket.dates.closed.is_some(), base == "Closed", "{}", ticket.id);
            let activate = ticket.dates.activate;
            assert_eq!(activate.is_some(), base.starts_with("Postponed"), "{}", ticket.id);
            assert!(activate.is_none_or(|date| date > at(END)), "{}", ticket.id);
        }
    }

    #[test]
    fn ticket_100_straddles_a_daylight_saving_change() {
        let dates = Ticket::find(100).unwrap().dates;
        let zone = super::super::zone::Zone::parse("NO,includeTZOffset").unwrap();
        assert_eq!(zone.text(Some(dates.created)), "2024-03-31T01:48:00+01:00");
        assert_eq!(zone.text(Some(dates.last_changed)), "2024-03-31T03:07:00+02:00");
    }

    #[test]
    fn some_dates_have_fractions_of_a_second() {
        let precise = IDS.filter(|&id| created(id).timestamp_subsec_nanos() > 0).count();
        assert!((200..500).contains(&precise), "{precise}");
    }
}
