//! The XML of the parts of a workbook.

use std::io::{self, Write};

/// Splits the XML of the template before `at`.
///
/// # Errors
/// If the template does not have it. The tests would notice.
pub(super) fn split_at<'t>(template: &'t str, at: &str) -> io::Result<(&'t str, &'t str)> {
    let index = template.find(at).ok_or_else(|| io::Error::other(format!("no {at}")))?;
    Ok(template.split_at(index))
}

/// Writes `xml` to `out` and empties it, if it is long.
///
/// # Errors
/// Those of `out`.
pub(super) fn flush_if_long(xml: &mut Vec<u8>, out: &mut dyn Write) -> io::Result<()> {
    if xml.len() >= 64 * 1024 {
        out.write_all(xml)?;
        xml.clear();
    }
    Ok(())
}
