//! When a call is repeated, and how long it waits before.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// The shortest of the first wait; the longest is twice as much.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait, whatever the server asks for.
const LONGEST: Duration = Duration::from_secs(60);

/// The hint for a failure that may pass.
pub const ADVICE: &str =
    "--retries 3 repeats such a call, up to three times and with growing waits";

/// Whether a server that answers `status` may have another answer soon.
#[must_use]
pub const fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// The tries that a call has left, with growing, jittered waits before them.
#[derive(Debug)]
pub struct Attempt {
    waits: ExponentialBackoff,
    made: u32,
    allowed: u32,
}

impl Attempt {
    /// As many tries as there are `retries`, after the first.
    #[must_use]
    pub fn new(retries: u32) -> Self {
        let waits = ExponentialBuilder::new()
            .with_min_delay(FIRST)
            .with_max_delay(LONGEST)
            .without_max_times()
            .with_jitter()
            .build();
        Self { waits, made: 0, allowed: retries }
    }

    /// The wait before the next try, where there is one: the longer of its own and of
    /// what the server asked for.
    pub fn next_wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        if self.made == self.allowed {
            return None;
        }
        self.made += 1;
        let own = self.waits.next().unwrap_or(LONGEST);
        Some(asked.map_or(own, |asked| asked.max(own)).min(LONGEST))
    }

    /// Which of the tries comes next: `1 of 3`.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{} of {}", self.made, self.allowed)
    }
}

/// What `Retry-After` asks for: seconds, or the time until a date. `date` is the
/// server's own clock, which its dates go by; `now` stands in for it.
#[must_use]
pub fn asked_wait(retry_after: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number has ask for longer than anyone waits.
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let date = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok());
    Some(until.duration_since(date.unwrap_or(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_vary_and_end() {
        let mut tries = Attempt::new(12);
        let mut shortest = FIRST;
        for _ in 0..12 {
            let wait = tries.next_wait(None).expect("a wait");
            assert!(wait >= shortest && wait <= (shortest * 2).min(LONGEST), "{wait:?}");
            shortest = (shortest * 2).min(LONGEST);
        }
        assert_eq!(tries.place(), "12 of 12");
        assert_eq!(tries.next_wait(None), None);
        assert_eq!(Attempt::new(0).next_wait(Some(FIRST)), None);
        let first = |_| Attempt::new(1).next_wait(None);
        let waits: std::collections::BTreeSet<_> = (0..50).map(first).collect();
        assert!(waits.len() > 10, "{waits:?}");
    }

    #[test]
    fn the_server_may_ask_for_longer_but_not_for_an_hour() {
        let wait = |seconds| Attempt::new(1).next_wait(Some(Duration::from_secs(seconds)));
        assert!(wait(0) >= Some(FIRST));
        assert_eq!(wait(20), Some(Duration::from_secs(20)));
        assert_eq!(wait(3600), Some(LONGEST));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let cases = [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("99999999999999999999999", None, Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", None, Some(20)),
            ("Sunday, 06-Nov-94 08:49:57 GMT", None, Some(20)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", None, Some(0)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", Some("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", Some("once"), Some(20)),
            ("-1", Some(date), None),
            ("+1", Some(date), None),
            ("1.5", Some(date), None),
            ("Sun, 31 Feb 1994 08:49:57 GMT", Some(date), None),
            ("soon", Some(date), None),
            ("", Some(date), None),
        ];
        for (text, date, seconds) in cases {
            let asked = asked_wait(text, date, now).map(|wait| wait.as_secs());
            assert_eq!(asked, seconds, "{text}");
        }
    }

    #[test]
    fn only_what_passes_is_repeated() {
        let passing: Vec<u16> = (100..600).filter(|status| is_passing(*status)).collect();
        assert_eq!(passing, [429, 502, 503, 504]);
    }
}
