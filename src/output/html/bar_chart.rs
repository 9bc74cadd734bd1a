//! A chart of horizontal bars, as SVG.

use std::io::{self, Write};

use crate::escape::visible;
use crate::output::text::width;

use super::escape::Escaped;
use super::tally::{Entry, grouped};

/// The width of every chart, in pixels before the page scales it.
pub(super) const WIDTH: usize = 360;
const ROW: usize = 24;
/// The place of the bars, and the length of the longest.
const START: usize = 132;
const LENGTH: usize = 176;
/// The width of a label in columns of a terminal, which is about that of [`START`].
const LABEL: usize = 19;

/// Writes the shapes of the chart. Attributes depend on the counts alone.
pub(super) fn write(entries: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    let most = entries.iter().map(|entry| entry.count).max().unwrap_or(0).max(1);
    for (row, entry) in entries.iter().enumerate() {
        let top = row * ROW;
        let baseline = top + 16;
        // In tenths of a pixel.
        let length = entry.count * LENGTH * 10 / most;
        let end = START + length / 10 + 6;
        let label = visible(&entry.label);
        let label = width::cut(&label, LABEL, "…");
        writeln!(out, "<text y=\"{baseline}\">{}</text>", Escaped(&label))?;
        let (whole, tenth) = (length / 10, length % 10);
        writeln!(
            out,
            "<rect class=\"bar\" x=\"{START}\" y=\"{}\" width=\"{whole}.{tenth}\" \
             height=\"16\" rx=\"3\"/>",
            top + 4
        )?;
        let count = grouped(entry.count);
        writeln!(out, "<text class=\"count\" x=\"{end}\" y=\"{baseline}\">{count}</text>")?;
    }
    Ok(())
}

/// Returns the height of the chart.
pub(super) fn height(entries: &[Entry]) -> usize {
    entries.len() * ROW
}
