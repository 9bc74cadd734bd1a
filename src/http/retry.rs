//! Retries: which failures are repeated, and the waits before.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// The minimum of the first wait; its maximum is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait, whatever the server asks for.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Returns true if a server that answers `status` may have another answer soon.
pub(super) const fn is_retryable(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// Returns the hint for a failure with `status`, if it may pass and is not repeated: no `retries`
/// were allowed.
pub(super) fn hint(status: u16, retries: u32) -> Option<&'static str> {
    const HINT: &str = "--retries 3 repeats such a call, up to three times and with growing waits";
    (retries == 0 && is_retryable(status)).then_some(HINT)
}

/// The retries that a request has left, with growing, jittered waits before them.
#[derive(Debug)]
pub(crate) struct Backoff {
    waits: ExponentialBackoff,
    made: u32,
    allowed: u32,
}

impl Backoff {
    /// Allows `retries` after the first attempt.
    pub(crate) fn new(retries: u32) -> Self {
        let waits = ExponentialBuilder::new()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(MAX_WAIT)
            .without_max_times()
            .with_jitter()
            .build();
        Self { waits, made: 0, allowed: retries }
    }

    /// Returns the wait before the next retry: its own, or the longer one that the server
    /// `requested`; `None` if no retry is left.
    pub(crate) fn next_wait(&mut self, requested: Option<Duration>) -> Option<Duration> {
        if self.made == self.allowed {
            return None;
        }
        self.made += 1;
        let own = self.waits.next().unwrap_or(MAX_WAIT);
        Some(requested.map_or(own, |requested| requested.max(own)).min(MAX_WAIT))
    }

    /// Returns the number of the next retry, and how many there are.
    pub(crate) const fn position(&self) -> (u32, u32) {
        (self.made, self.allowed)
    }
}

/// Returns a time up to that of the first wait: with it, calls that wait for the same time do not
/// go on at once.
pub(super) fn jitter() -> Duration {
    let wait = Backoff::new(1).next_wait(None).unwrap_or_default();
    wait.saturating_sub(FIRST_WAIT)
}

/// Parses `Retry-After`: seconds, or a date, from which the wait follows by the server's `time`.
pub(super) fn requested_wait(retry_after: &str, time: SystemTime) -> Option<Duration> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number has ask for longer than anyone waits.
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(time).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_vary_and_end() {
        let mut tries = Backoff::new(12);
        let mut shortest = FIRST_WAIT;
        for _ in 0..12 {
            let wait = tries.next_wait(None).expect("a wait");
            assert!(wait >= shortest && wait <= (shortest * 2).min(MAX_WAIT), "{wait:?}");
            shortest = (shortest * 2).min(MAX_WAIT);
        }
        assert_eq!(tries.position(), (12, 12));
        assert_eq!(tries.next_wait(None), None);
        assert_eq!(Backoff::new(0).next_wait(Some(FIRST_WAIT)), None);
        let first = |_| Backoff::new(1).next_wait(None);
        let waits: std::collections::BTreeSet<_> = (0..50).map(first).collect();
        assert!(waits.len() > 10, "{waits:?}");
    }

    #[test]
    fn requested_wait_is_respected_up_to_the_limit() {
        let wait = |seconds| Backoff::new(1).next_wait(Some(Duration::from_secs(seconds)));
        assert!(wait(0) >= Some(FIRST_WAIT));
        assert_eq!(wait(20), Some(Duration::from_secs(20)));
        assert_eq!(wait(3600), Some(MAX_WAIT));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", Some(20)),
            ("Sunday, 06-Nov-94 08:49:57 GMT", Some(20)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("Sun, 31 Feb 1994 08:49:57 GMT", None),
            ("soon", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            let wait = requested_wait(text, now).map(|wait| wait.as_secs());
            assert_eq!(wait, seconds, "{text}");
        }
    }

    #[test]
    fn only_temporary_statuses_are_retried() {
        let passing: Vec<u16> = (100..600).filter(|status| is_retryable(*status)).collect();
        assert_eq!(passing, [429, 502, 503, 504]);
    }
}
