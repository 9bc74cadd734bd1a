//! The variable that switches progress off.

use crate::context::Variables;
use crate::error::{Error, Result};
use crate::escape;

pub(crate) const VARIABLE: &str = "SOTICKETS_PROGRESS";
/// The value without progress.
pub(crate) const NEVER: &str = "never";
/// The value with progress, if a terminal shows it.
const AUTO: &str = "auto";

/// Checks the value of the variable.
///
/// # Errors
/// A usage error.
pub(crate) fn check(variables: &Variables) -> Result<()> {
    match variables.get(VARIABLE) {
        Some(value) if value != AUTO && value != NEVER => {
            let value = escape::excerpt(&value, 40);
            Err(Error::usage(format!("{VARIABLE}: '{value}' is not {AUTO} or {NEVER}")))
        }
        _ => Ok(()),
    }
}
