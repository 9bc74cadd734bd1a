//! The tests for Windows under wine, where a program takes long to start.

use std::io;

use proptest::test_runner::Config;

use super::programs::skip;

/// Set where the tests for Windows run under wine.
const WINE: &str = "SOTICKETS_WINE";

/// Returns whether the tests run under wine. There the current test checks nothing, for this
/// reason, which is none on Windows.
pub fn is_skipped_under_wine(reason: &str) -> bool {
    let is_skipped = is_wine();
    if is_skipped {
        skip(reason);
    }
    is_skipped
}

/// The step between the cases that are tested under wine, where a test has dozens that are alike,
/// and the part of the random ones.
const WINE_STEP: u8 = 10;

/// Returns the cases of a test: all, but under wine only some of them, at least three.
pub fn sample_under_wine<T>(cases: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    let cases: Vec<T> = cases.into_iter().collect();
    let step = if is_wine() { (cases.len() / 3).clamp(1, WINE_STEP.into()) } else { 1 };
    cases.into_iter().step_by(step)
}

/// Returns a proptest configuration with `cases` cases; under wine, a tenth of them.
pub fn proptest_config(cases: u32) -> Config {
    Config::with_cases(if is_wine() { cases.div_ceil(WINE_STEP.into()) } else { cases })
}

/// Returns whether wine failed to start a program, as it does once in ten thousand times: with
/// `ERROR_INTERNAL_ERROR`.
pub fn is_failed_start(error: &io::Error) -> bool {
    is_wine() && error.raw_os_error() == Some(1359)
}

fn is_wine() -> bool {
    cfg!(windows) && std::env::var_os(WINE).is_some()
}
