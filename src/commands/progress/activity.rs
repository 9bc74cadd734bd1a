//! The activities that a person waits for, and their texts.

use std::time::{Duration, Instant};

use crate::escape;
use crate::format_bytes::format_bytes;
use crate::http::event::Event;
use crate::output::text::width;

use super::speed::Speed;

/// Something that takes time.
#[derive(Clone, Debug)]
pub(super) enum Activity {
    /// An activity of unknown length, in words: `waiting for crm.example.com`.
    Plain(String),
    /// The body of an answer arrives, of `total` bytes if that is known.
    Receiving { bytes: u64, total: Option<u64> },
    /// The calls that are done, of `count`. `current` is the activity of a call that does not just
    /// wait for the server.
    Batches { done: usize, count: usize, current: Option<Box<Self>> },
    /// The wait before the attempt `number` of `of`.
    Retrying { until: Instant, cause: String, number: u32, of: u32 },
    /// The wait that the server wants of all calls.
    Pausing { until: Instant },
}

/// The text of an activity, and the part of it that is done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// The part that has arrived, in [`PARTS`] of all, for a bar.
    pub(super) done: Option<u64>,
}

/// The parts of a whole bar.
pub(super) const PARTS: u64 = 1000;
/// The longest cause of a repeated request that has room: `HTTP 503`, not a sentence.
const MAX_CAUSE: usize = 30;
const WAITING_FOR: &str = "waiting for";

impl Activity {
    /// Creates an activity that is described by `verb` and what it is about: a host or a file.
    pub(super) fn about(verb: &str, object: &str) -> Self {
        Self::Plain(format!("{verb} {}", escape::excerpt(object, 100)))
    }

    /// Returns the activity that begins with `event`, if it is one.
    pub(super) fn from_event(event: &Event<'_>) -> Option<Self> {
        Some(match event {
            Event::Sending { request, .. } => match &request.activity {
                Some((verb, object)) => Self::about(verb, object),
                None => Self::about(WAITING_FOR, request.address().host()),
            },
            Event::Receiving { bytes, total } => Self::Receiving { bytes: *bytes, total: *total },
            Event::Retrying { wait, cause, number, of } => {
                let (until, cause) = (Instant::now() + *wait, (*cause).to_owned());
                Self::Retrying { until, cause, number: number + 1, of: of + 1 }
            }
            Event::Pausing { wait } => Self::Pausing { until: Instant::now() + *wait },
            Event::Waiting { subject } => Self::about(WAITING_FOR, subject),
            _ => return None,
        })
    }

    /// Returns the line for `room` columns: the longest of the texts that fits.
    pub(super) fn line(&self, room: usize, now: Instant, speed: &Speed, ellipsis: &str) -> Line {
        let texts = self.texts(now, speed);
        let fitting = texts.iter().find(|text| width::measure(text) <= room).or(texts.last());
        let text = fitting.map_or_else(String::new, |text| width::cut(text, room, ellipsis).into());
        let done = match self {
            Self::Receiving { bytes, total: Some(total) } => Some(part(*bytes, *total, PARTS)),
            Self::Batches { done, count, .. } => Some(part(*done as u64, *count as u64, PARTS)),
            _ => None,
        };
        Line { text, done }
    }

    /// Returns the texts of the activity, the longest first.
    fn texts(&self, now: Instant, speed: &Speed) -> Vec<String> {
        match self {
            Self::Plain(text) => vec![text.clone()],
            Self::Receiving { bytes, total } => {
                let per_second = speed.per_second(now).map(|it| format!("{}/s", format_bytes(it)));
                let left = total.and_then(|total| speed.time_left(now, total));
                let left = left.map(|left| format!("{} left", format_time(left)));
                let amount = match total {
                    Some(total) => format!("{} of {}", format_bytes(*bytes), format_bytes(*total)),
                    None => format_bytes(*bytes),
                };
                let join = |parts: &[&Option<String>]| {
                    let parts = parts.iter().filter_map(|part| part.as_deref());
                    std::iter::once(&*amount).chain(parts).collect::<Vec<_>>().join(", ")
                };
                let all = join(&[&per_second, &left]);
                let mut texts = vec![format!("receiving {all}"), all, join(&[&left]), amount];
                if let Some(total) = total {
                    let percent = part(*bytes, *total, 100);
                    texts.push(format!("{percent} % of {}", format_bytes(*total)));
                }
                texts.push(format_bytes(*bytes));
                texts
            }
            Self::Batches { done, count, current } => {
                let amount = format!("{done} of {count}");
                let batches = format!("received {amount} batches");
                let current = current.iter().flat_map(|current| current.texts(now, speed));
                let mut texts: Vec<_> = current.map(|text| format!("{batches}, {text}")).collect();
                texts.extend([batches, format!("{amount} batches"), amount]);
                texts
            }
            Self::Pausing { until } => {
                let left = until.saturating_duration_since(now);
                let wait = format!("waiting {}", format_time(left));
                vec![format!("{wait} (Retry-After)"), wait]
            }
            Self::Retrying { until, cause, number, of } => {
                let left = until.saturating_duration_since(now);
                let wait = format!("retrying in {}", format_time(left));
                let attempt = format!("{wait}, try {number} of {of}");
                let mut texts = vec![format!("{wait} ({cause}), try {number} of {of}"), attempt];
                if cause.len() > MAX_CAUSE {
                    texts.remove(0);
                }
                texts.push(wait);
                texts
            }
        }
    }
}

/// Returns how many of `parts` the `bytes` are; `parts` if `total` is 0.
fn part(bytes: u64, total: u64, parts: u64) -> u64 {
    let part = u128::from(bytes.min(total)) * u128::from(parts);
    part.checked_div(u128::from(total)).map_or(parts, |it| u64::try_from(it).unwrap_or(parts))
}

/// Returns a time in whole seconds, or from two minutes on in minutes, rounded up.
fn format_time(time: Duration) -> String {
    let seconds = time.as_millis().div_ceil(1000);
    match seconds {
        0..120 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receiving(total: Option<u64>) -> (Activity, Instant, Speed) {
        let start = Instant::now();
        let mut speed = Speed::new(start, 0);
        for second in 1..=4 {
            speed.update(start + Duration::from_secs(second), second * 3_250_586);
        }
        let bytes = 4 * 3_250_586;
        (Activity::Receiving { bytes, total }, start + Duration::from_secs(4), speed)
    }

    #[test]
    fn text_is_as_long_as_there_is_room() {
        let (activity, now, speed) = receiving(Some(42_047_898));
        let text = |room| activity.line(room, now, &speed, "…").text;
        assert_eq!(text(78), "receiving 12.4 MiB of 40.1 MiB, 3.1 MiB/s, 9 s left");
        assert_eq!(text(50), "12.4 MiB of 40.1 MiB, 3.1 MiB/s, 9 s left");
        assert_eq!(text(38), "12.4 MiB of 40.1 MiB, 9 s left");
        assert_eq!(text(20), "12.4 MiB of 40.1 MiB");
        assert_eq!(text(18), "30 % of 40.1 MiB");
        assert_eq!(text(8), "12.4 MiB");
        assert_eq!(text(6), "12.4…");
        assert_eq!(activity.line(78, now, &speed, "…").done, Some(309));
        let empty = Activity::Receiving { bytes: 0, total: Some(0) };
        assert_eq!(empty.line(78, now, &speed, "…").done, Some(PARTS));
        let waiting = Activity::about("waiting for", "crm.example.com");
        assert_eq!(waiting.line(18, now, &speed, "...").text, "waiting for crm...");
    }

    #[test]
    fn unknown_total_has_no_bar_and_no_time_left() {
        let (activity, now, speed) = receiving(None);
        let text = "receiving 12.4 MiB, 3.1 MiB/s".to_owned();
        assert_eq!(activity.line(78, now, &speed, "…"), Line { text, done: None });
    }

    #[test]
    fn batches_have_a_bar() {
        let (_, now, speed) = receiving(None);
        let line = |room| {
            Activity::Batches { done: 3, count: 40, current: None }.line(room, now, &speed, "…")
        };
        assert_eq!(line(78), Line { text: "received 3 of 40 batches".to_owned(), done: Some(75) });
        assert_eq!(line(18).text, "3 of 40 batches");
        assert_eq!(line(8).text, "3 of 40");
    }

    #[test]
    fn wait_counts_down() {
        let (_, now, speed) = receiving(None);
        let retrying = |seconds: u64, cause: &str| {
            let until = now + Duration::from_secs(seconds);
            Activity::Retrying { until, cause: cause.to_owned(), number: 2, of: 4 }
        };
        let text = |activity: Activity, room| activity.line(room, now, &speed, "…").text;
        let busy = "HTTP 503";
        assert_eq!(text(retrying(4, busy), 78), "retrying in 4 s (HTTP 503), try 2 of 4");
        assert_eq!(text(retrying(119, busy), 30), "retrying in 119 s, try 2 of 4");
        assert_eq!(text(retrying(3600, busy), 18), "retrying in 60 min");
        let long = "the connection to crm.example.com:443 was refused";
        assert_eq!(text(retrying(0, long), 78), "retrying in 0 s, try 2 of 4");
    }

    #[test]
    fn batches_are_counted_with_the_current_activity_where_it_fits() {
        let (_, now, speed) = receiving(None);
        let line = |current, room| {
            let activity = Activity::Batches { done: 4, count: 40, current: Some(current) };
            activity.line(room, now, &speed, "…")
        };
        let pause = || Box::new(Activity::Pausing { until: now + Duration::from_secs(58) });
        let text = |room| line(pause(), room).text;
        assert_eq!(line(pause(), 78).done, Some(100));
        assert_eq!(text(78), "received 4 of 40 batches, waiting 58 s (Retry-After)");
        assert_eq!(text(40), "received 4 of 40 batches, waiting 58 s");
        assert_eq!(text(30), "received 4 of 40 batches");
        assert_eq!(text(18), "4 of 40 batches");
        let look_up = Box::new(Activity::about("looking up", "Cust12345"));
        assert_eq!(line(look_up, 78).text, "received 4 of 40 batches, looking up Cust12345");
    }

    #[test]
    fn control_characters_are_visible() {
        let Activity::Plain(text) = Activity::about("writing", "a\x1b[2J") else { return };
        assert_eq!(text, r"writing a\x1b[2J");
    }
}
