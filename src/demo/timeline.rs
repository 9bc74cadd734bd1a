//! The dates of a ticket, each after its cause.

use chrono::{DateTime, TimeDelta, Utc};

use super::data::{Priority, Status};
use super::draw::draw;

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

/// The creation of ticket 100, shortly before the clocks go forward in Europe: 01:48 in Oslo on
/// 31 March 2024. The dates of the others are relative to it.
const TICKET_100: i64 = 1_711_846_080;

/// The minutes from a ticket to the next, which spread a thousand from January 2024 to June 2026.
const PACE: i64 = 1302;

/// The end of the sample data, 30 June 2026.
const END: i64 = 1_782_813_600;

impl Timeline {
    pub(super) fn new(
        id: i32,
        status: &Status,
        priority: &Priority,
        read_status: &str,
        origin: &str,
    ) -> Self {
        let base_status = status.base.as_str();
        let created = created(id);
        let end = at(END);
        let room = end - created;
        let replied = is_replied(id, base_status)
            .then(|| created + drawn_minutes(id, "replied", 2000).min(room / 4));
        let answered = replied.unwrap_or(created);
        let closed = (base_status == "Closed").then(|| {
            answered + TimeDelta::seconds(95) + drawn_minutes(id, "closed", 20_000).min(room / 2)
        });
        let postponed = postponement(id, status);
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
                .filter(|_| base_status == "Active" && replied.is_none())
                .map(|deadline| deadline + TimeDelta::hours(8)),
            deadline,
        }
    }

    /// Returns whether the deadline passed while the ticket was open.
    pub(super) fn is_overdue(&self) -> bool {
        let until = self.closed.unwrap_or_else(|| at(END));
        self.deadline.is_some_and(|deadline| deadline < until)
    }

    /// Returns the time from creation to the last change.
    pub(super) fn age(&self) -> TimeDelta {
        self.last_changed - self.created
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn created(id: i32) -> DateTime<Utc> {
    let base = at(TICKET_100) + TimeDelta::minutes(PACE * i64::from(id - 100));
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

/// Returns from one to `most` minutes, and some seconds.
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

/// Returns how long a postponed ticket sleeps.
fn postponement(id: i32, status: &Status) -> Option<TimeDelta> {
    let drawn = || 1 + i64::from(draw(id, "specific", 2000));
    let is_drawn = matches!(status.base.as_str(), "Postponed" | "PostponedSpecific");
    status.postponed_hours.or_else(|| is_drawn.then(drawn)).map(TimeDelta::hours)
}

/// Returns when the owner read it: green is the last change, yellow an earlier state, red never.
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
