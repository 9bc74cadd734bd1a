//! The maintenance windows of SuperOffice Online, as its documentation lists them.

use chrono::{DateTime, Datelike as _, TimeDelta, Timelike as _, Utc, Weekday};

/// Returns a hint if a `status` at the server's time `time` says that Online is not available,
/// in those hours.
pub(crate) fn hint(status: u16, time: DateTime<Utc>) -> Option<String> {
    let hours = hours(time).filter(|_| matches!(status, 502..=504))?;
    Some(format!(
        "SuperOffice works on Online {hours} (UTC+1), and by the server's clock it is that time: try again after it"
    ))
}

/// Returns the window that `time` is in.
fn hours(time: DateTime<Utc>) -> Option<&'static str> {
    // The documentation has UTC+1 all year, so no daylight saving time applies.
    let time = time.checked_add_signed(TimeDelta::hours(1))?;
    match (time.weekday(), time.hour()) {
        (Weekday::Sat, 20..) | (Weekday::Sun, ..6) => Some("from Saturday 20:00 to Sunday 06:00"),
        (Weekday::Thu, 22..) | (Weekday::Fri, ..6) => Some("from Thursday 22:00 to Friday 06:00"),
        (_, 1 | 2) => Some("every night from 01:00 to 03:00"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_begin_and_end_on_the_hour_at_utc_plus_1() {
        let found = |time: &str| hours(time.parse().expect(time));
        let weekend = Some("from Saturday 20:00 to Sunday 06:00");
        let patches = Some("from Thursday 22:00 to Friday 06:00");
        let night = Some("every night from 01:00 to 03:00");
        for (time, hours) in [
            // A Saturday.
            ("2026-08-01T18:59:59Z", None),
            ("2026-08-01T19:00:00Z", weekend),
            ("2026-08-02T00:30:00Z", weekend),
            ("2026-08-02T04:59:59Z", weekend),
            ("2026-08-02T05:00:00Z", None),
            // A Thursday.
            ("2026-01-01T20:59:59Z", None),
            ("2026-01-01T21:00:00Z", patches),
            ("2026-01-02T04:59:59Z", patches),
            ("2026-01-02T05:00:00Z", None),
            // A Monday.
            ("2026-01-04T23:59:59Z", None),
            ("2026-01-05T00:00:00Z", night),
            ("2026-01-05T01:59:59Z", night),
            ("2026-01-05T02:00:00Z", None),
        ] {
            assert_eq!(found(time), hours, "{time}");
        }
        assert_eq!(hours(DateTime::<Utc>::MAX_UTC), None);
    }
}
