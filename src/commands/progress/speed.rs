//! The speed of a download, and the time that is left of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The time between two measurements.
const INTERVAL: Duration = Duration::from_secs(1);
/// The measurements that count: the last few seconds.
const WINDOW: usize = 5;
/// The measurements that an estimate of the time left needs.
const ENOUGH: usize = 3;
/// The time without a byte after which a download counts as stalled.
const STALL: Duration = Duration::from_secs(2);

/// Measures how many bytes arrive in a second.
#[derive(Clone, Debug)]
pub(super) struct Speed {
    /// When it was measured, and the bytes that had arrived by then.
    measurements: VecDeque<(Instant, u64)>,
    /// When the last bytes were seen, and how many there were then.
    latest: (Instant, u64),
}

impl Speed {
    /// Starts at `now`, with the bytes that have arrived.
    pub(super) fn new(now: Instant, bytes: u64) -> Self {
        Self { measurements: VecDeque::from([(now, bytes)]), latest: (now, bytes) }
    }

    /// Takes note of the `bytes` that have arrived. After a stall the measurements start again.
    pub(super) fn update(&mut self, now: Instant, bytes: u64) {
        if self.is_stalled(now) && bytes > self.latest.1 {
            *self = Self::new(now, bytes);
        }
        if bytes > self.latest.1 {
            self.latest = (now, bytes);
        }
        let last = self.measurements.back().map_or(now, |(time, _)| *time);
        if now.saturating_duration_since(last) >= INTERVAL {
            self.measurements.push_back((now, bytes));
            if self.measurements.len() > WINDOW + 1 {
                self.measurements.pop_front();
            }
        }
    }

    /// Returns the bytes in a second, once there is a measurement and while bytes arrive.
    pub(super) fn per_second(&self, now: Instant) -> Option<u64> {
        if self.is_stalled(now) {
            return None;
        }
        let (start, first) = self.measurements.front()?;
        let (end, last) = self.measurements.back()?;
        let time = u64::try_from(end.saturating_duration_since(*start).as_millis()).ok()?;
        let bytes = last.saturating_sub(*first);
        bytes.checked_mul(1000)?.checked_div(time).filter(|speed| *speed > 0)
    }

    /// Returns the time until `total` bytes have arrived, if enough was measured to tell.
    pub(super) fn time_left(&self, now: Instant, total: u64) -> Option<Duration> {
        if self.measurements.len() <= ENOUGH {
            return None;
        }
        let left = total.saturating_sub(self.latest.1);
        Some(Duration::from_secs(left.div_ceil(self.per_second(now)?)))
    }

    fn is_stalled(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.latest.0) >= STALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTAL: u64 = 10_000;

    /// Draws ten times a second while 100 bytes arrive each time, and returns the end.
    fn receive(speed: &mut Speed, mut now: Instant, seconds: u64) -> Instant {
        for _ in 0..seconds * 10 {
            now += Duration::from_millis(100);
            let bytes = speed.latest.1 + 100;
            speed.update(now, bytes);
        }
        now
    }

    #[test]
    fn time_left_needs_three_measurements_over_three_seconds() {
        let start = Instant::now();
        let mut speed = Speed::new(start, 0);
        assert_eq!((speed.per_second(start), speed.time_left(start, TOTAL)), (None, None));
        let now = receive(&mut speed, start, 2);
        assert_eq!((speed.per_second(now), speed.time_left(now, TOTAL)), (Some(1000), None));
        let now = receive(&mut speed, now, 1);
        assert_eq!(speed.time_left(now, TOTAL), Some(Duration::from_secs(7)));
        assert_eq!(speed.time_left(now, 0), Some(Duration::ZERO));
    }

    #[test]
    fn stall_ends_the_estimate_and_the_next_bytes_start_it_again() {
        let start = Instant::now();
        let mut speed = Speed::new(start, 0);
        let now = receive(&mut speed, start, 4);
        let stalled = now + STALL;
        speed.update(stalled, 4000);
        assert_eq!((speed.per_second(stalled), speed.time_left(stalled, TOTAL)), (None, None));
        let now = receive(&mut speed, stalled + Duration::from_secs(60), 2);
        assert_eq!((speed.time_left(now, TOTAL), speed.measurements.len()), (None, 2));
        let now = receive(&mut speed, now, 2);
        assert!(speed.time_left(now, TOTAL).is_some());
    }

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let mut speed = Speed::new(start, 0);
        let mut now = receive(&mut speed, start, 20);
        for _ in 0..100 {
            now += Duration::from_millis(100);
            let bytes = speed.latest.1 + 10;
            speed.update(now, bytes);
        }
        assert_eq!(speed.per_second(now), Some(100));
    }
}
