//! The frame of the page: its policy, its style and script, and the facts at its top.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};

use crate::escape::visible;
use crate::output::about::About;
use crate::output::format::Document;

use super::escape::Escaped;
use super::statistics::Statistics;
use super::tally::grouped;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// More missing ids than this are folded.
const MAX_OPEN: usize = 30;

pub(super) struct Page<'d> {
    pub(super) document: &'d Document<'d>,
    /// The style of the columns of a large table, which has only numbers of this program.
    pub(super) column_style: Option<String>,
}

impl Page<'_> {
    /// Writes the start of the page up to its style.
    pub(super) fn write_head(&self, out: &mut dyn Write) -> io::Result<()> {
        let styles = [Some(STYLE), self.column_style.as_deref()];
        let styles: Vec<&str> = styles.into_iter().flatten().collect();
        let style_hashes: Vec<String> = styles.iter().map(|style| hash(style)).collect();
        writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">")?;
        writeln!(
            out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src {}; script-src {}; base-uri 'none'; form-action 'none'\">",
            style_hashes.join(" "),
            hash(SCRIPT)
        )?;
        writeln!(
            out,
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">"
        )?;
        writeln!(out, "<title>{}</title>", Escaped(&self.title()))?;
        styles.iter().try_for_each(|style| writeln!(out, "<style>{style}</style>"))
    }

    /// Writes the facts about the call and the most important numbers.
    pub(super) fn write_header(
        &self,
        statistics: &Statistics,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out, "<header>\n<h1>{}</h1>", tickets(self.document.tickets.len()))?;
        if let Some(about) = self.document.about {
            self.write_about(about, out)?;
        }
        let facts = statistics.facts();
        if !facts.is_empty() {
            writeln!(out, "<dl class=\"facts\">")?;
            for (name, value) in facts {
                writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>")?;
            }
            writeln!(out, "</dl>")?;
        }
        if let Some(about) = self.document.about.filter(|about| about.missing_count() > 0) {
            write_missing(about, out)?;
        }
        writeln!(out, "</header>\n<main>")
    }

    fn write_about(&self, about: &About<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (server, zone) = (visible(about.server), visible(&about.zone));
        let language = visible(about.language);
        writeln!(out, "<dl class=\"about\">")?;
        writeln!(out, "<div><dt>Server</dt><dd>{}</dd></div>", Escaped(&server))?;
        writeln!(
            out,
            "<div><dt>Fetched</dt><dd><time datetime=\"{}\">{}</time></dd></div>",
            about.time.format("%Y-%m-%dT%H:%M:%SZ"),
            Escaped(&self.local_time(about.time))
        )?;
        writeln!(out, "<div><dt>Time zone</dt><dd>{}</dd></div>", Escaped(&zone))?;
        writeln!(out, "<div><dt>Language</dt><dd>{}</dd></div>\n</dl>", Escaped(&language))
    }

    /// Returns `time` in the zone of the dates, or else in UTC.
    fn local_time(&self, time: DateTime<Utc>) -> String {
        match self.document.dates.zone() {
            Some(zone) => time.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
            None => time.format("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }

    fn title(&self) -> String {
        let count = tickets(self.document.tickets.len());
        match self.document.about {
            None => count,
            Some(about) => {
                format!("{count}, {}, {}", visible(about.server), self.local_time(about.time))
            }
        }
    }

    /// Writes the script and the end of the page.
    pub(super) fn write_end(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "</main>")?;
        writeln!(out, "<footer>Written by sotickets {}</footer>", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "<script>{SCRIPT}</script>\n</html>")
    }
}

fn write_missing(about: &About<'_>, out: &mut dyn Write) -> io::Result<()> {
    let count = about.missing_count();
    let open = if about.missing.len() <= MAX_OPEN { " open" } else { "" };
    let message = format!("{count} of {} did not come back", tickets(about.requested));
    if about.missing.is_empty() {
        return writeln!(out, "<p class=\"missing\">{message}</p>");
    }
    let ids: Vec<String> = about.missing.iter().map(ToString::to_string).collect();
    writeln!(out, "<details class=\"missing\"{open}><summary>{message}</summary>")?;
    writeln!(out, "<p>{}</p></details>", ids.join(", "))
}

/// Returns the source expression of a policy that allows `text`.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

fn tickets(count: usize) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} ticket{s}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_do_not_end_their_elements() {
        // A CRLF would be read as a line feed, and the hash would be another.
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("</") && !text.contains('\r') && !text.contains("<!--"));
        }
    }
}
