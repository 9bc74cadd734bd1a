//! The XML of the template.

use std::io;

/// Splits the XML of the template before `at`.
///
/// # Errors
/// If the template does not have it. The tests would notice.
pub(super) fn split_at<'t>(template: &'t str, at: &str) -> io::Result<(&'t str, &'t str)> {
    let place = template.find(at).ok_or_else(|| io::Error::other(format!("no {at}")))?;
    Ok(template.split_at(place))
}
