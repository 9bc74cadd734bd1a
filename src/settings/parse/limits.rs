//! Limits: durations, sizes and the number of retries.

use std::time::Duration;

use bytesize::ByteSize;

use crate::error::{Error, Result};
use crate::escape;

use crate::source::Sourced;

/// Parses a time limit such as `10s`, `500ms`, `2m` or `1.5`, in seconds without a unit; `0`
/// is no limit.
pub(crate) fn limit(
    setting: Option<&Sourced<String>>,
    default: Option<Duration>,
) -> Result<Option<Duration>> {
    let Some(Sourced { value, source }) = setting else { return Ok(default) };
    let text = value.trim();
    let seconds = text.parse::<f64>().ok();
    let duration = match seconds {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => humantime::parse_duration(text).ok(),
    };
    match duration {
        Some(duration) if duration.is_zero() => Ok(None),
        Some(duration) => Ok(Some(duration)),
        None => Err(Error::usage(format!(
            "{source}: '{}' is not a valid duration",
            escape::excerpt(value, 40)
        ))
        .hint("a duration is 10s, 500ms, 2m, or 0 for no limit")),
    }
}

/// Parses a size such as `2GiB` or `500MB`, in bytes.
pub(crate) fn size(setting: Option<&Sourced<String>>, default: u64) -> Result<u64> {
    let Some(Sourced { value, source }) = setting else { return Ok(default) };
    match value.trim().parse::<ByteSize>() {
        Ok(size) if size.as_u64() > 0 => Ok(size.as_u64()),
        _ => Err(Error::usage(format!(
            "{source}: '{}' is not a valid size",
            escape::excerpt(value, 40)
        ))
        .hint("a size is 2GiB, 500MB or a number of bytes")),
    }
}

/// More retries would be an attack.
const MAX_RETRIES: u32 = 100;

/// Parses the number of retries; 0 by default.
pub(crate) fn retries(setting: Option<&Sourced<String>>) -> Result<u32> {
    let Some(Sourced { value, source }) = setting else { return Ok(0) };
    match value.trim().parse::<u32>() {
        Ok(retries) if retries <= MAX_RETRIES => Ok(retries),
        _ => Err(Error::usage(format!(
            "{source}: '{}' is not a number from 0 to {MAX_RETRIES}",
            escape::excerpt(value, 40)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sourced(text: &str, option: &'static str) -> Sourced<String> {
        Sourced::new(text.to_owned(), crate::source::Source::Option(option))
    }

    fn read(text: &str) -> std::result::Result<Option<Duration>, String> {
        limit(Some(&sourced(text, "--timeout")), None).map_err(|error| error.to_string())
    }

    #[test]
    fn durations_are_parsed() {
        let cases = [
            ("10s", Some(10_000)),
            ("500ms", Some(500)),
            ("2m", Some(120_000)),
            ("1.5", Some(1_500)),
            ("0", None),
            ("0s", None),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(read(text), Ok(milliseconds.map(Duration::from_millis)), "{text}");
        }
        for text in ["", "soon", "-1", "10 parsecs", "nan", "inf"] {
            assert_eq!(read(text), Err(format!("--timeout: '{text}' is not a valid duration")));
        }
    }

    #[test]
    fn sizes_are_parsed() {
        for (text, bytes) in [("2GiB", 2 << 30), ("1 kB", 1000), ("42", 42)] {
            assert_eq!(size(Some(&sourced(text, "--max-bytes")), 1).ok(), Some(bytes));
        }
        for text in ["", "0", "-1", "many", "1 zorp"] {
            assert!(size(Some(&sourced(text, "--max-bytes")), 1).is_err(), "{text}");
        }
    }
}
