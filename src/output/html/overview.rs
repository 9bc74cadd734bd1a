//! The charts, each with its numbers in a table that opens.

use std::io::{self, Write};

use crate::escape::visible;

use super::bar_chart::{self, WIDTH};
use super::escape::Escaped;
use super::statistics::Statistics;
use super::tally::{AGES, Entry, REPLY_TIMES, Tally, grouped, histogram};
use super::timeline::{self, Timeline};

struct Chart {
    title: String,
    shapes: Shapes,
}

enum Shapes {
    Bars(Vec<Entry>),
    Timeline(Timeline),
}

/// Writes the charts for which `statistics` has numbers.
pub(super) fn write(statistics: &Statistics, out: &mut dyn Write) -> io::Result<()> {
    let charts = charts(statistics);
    if charts.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section class=\"charts\" aria-label=\"Charts\">")?;
    charts.iter().zip(1..).try_for_each(|(chart, number)| chart.write(number, out))?;
    writeln!(out, "</section>")
}

fn charts(statistics: &Statistics) -> Vec<Chart> {
    let tally = |title: &str, tally: &Option<Tally>| {
        let entries = tally.as_ref()?.entries();
        Some(Chart { title: title.to_owned(), shapes: Shapes::Bars(entries) })
    };
    let ranges = |title: &str, minutes: &Option<Vec<u64>>, ranges| {
        let minutes = minutes.as_ref().filter(|minutes| !minutes.is_empty())?;
        let entries = histogram(minutes, ranges);
        Some(Chart { title: title.to_owned(), shapes: Shapes::Bars(entries) })
    };
    let reply_title = if statistics.has_office_hours {
        "Time to first reply, in office hours"
    } else {
        "Time to first reply"
    };
    let charts = [
        tally("By status", &statistics.status),
        tally("By priority", &statistics.priority),
        tally("By owner", &statistics.owner),
        timeline(statistics),
        ranges("Age of open tickets", &statistics.ages, AGES),
        ranges(reply_title, &statistics.reply_times, REPLY_TIMES),
    ];
    let is_empty = |chart: &Chart| matches!(&chart.shapes, Shapes::Bars(bars) if bars.is_empty());
    charts.into_iter().flatten().filter(|chart| !is_empty(chart)).collect()
}

fn timeline(statistics: &Statistics) -> Option<Chart> {
    let series = [("Created", &statistics.created), ("Closed", &statistics.closed)];
    let series: Vec<_> = series
        .into_iter()
        .filter_map(|(name, days)| days.as_deref().map(|days| (name, days)))
        .collect();
    let timeline = Timeline::new(&series, statistics.time.date_naive())?;
    Some(Chart { title: timeline.title(), shapes: Shapes::Timeline(timeline) })
}

impl Chart {
    fn write(&self, number: usize, out: &mut dyn Write) -> io::Result<()> {
        let title = &self.title;
        let height = match &self.shapes {
            Shapes::Bars(entries) => bar_chart::height(entries),
            Shapes::Timeline(_) => timeline::HEIGHT,
        };
        writeln!(out, "<figure>\n<figcaption id=\"chart{number}\">{title}</figcaption>")?;
        writeln!(
            out,
            "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
             role=\"img\" aria-labelledby=\"chart{number} numbers{number}\">"
        )?;
        let rows = self.rows();
        writeln!(
            out,
            "<desc id=\"numbers{number}\">{}</desc>",
            Escaped(&visible(&self.describe(&rows)))
        )?;
        match &self.shapes {
            Shapes::Bars(entries) => bar_chart::write(entries, out)?,
            Shapes::Timeline(timeline) => timeline.write(out)?,
        }
        writeln!(out, "</svg>")?;
        writeln!(out, "<details><summary aria-label=\"Numbers: {title}\">Numbers</summary>")?;
        write!(out, "<table><thead><tr>")?;
        let headings = self.headings();
        headings.iter().try_for_each(|heading| write!(out, "<th scope=\"col\">{heading}"))?;
        writeln!(out, "</tr></thead>\n<tbody>")?;
        for row in rows {
            write!(out, "<tr>")?;
            for (index, text) in row.iter().enumerate() {
                let cell = if index == 0 { "<th scope=\"row\">" } else { "<td>" };
                write!(out, "{cell}{}", Escaped(&visible(text)))?;
            }
            writeln!(out, "</tr>")?;
        }
        writeln!(out, "</table></details>\n</figure>")
    }

    /// Returns the numbers as a text: `Open 2, Closed 1`, or `2026-03: 2 created, 1 closed`.
    fn describe(&self, rows: &[Vec<String>]) -> String {
        let headings = self.headings();
        let describe = |row: &Vec<String>| match &self.shapes {
            Shapes::Bars(_) => row.join(" "),
            Shapes::Timeline(_) => {
                let counts = row.iter().zip(&headings).skip(1);
                let counts = counts.map(|(count, name)| format!("{count} {}", name.to_lowercase()));
                format!("{}: {}", row[0], counts.collect::<Vec<_>>().join(", "))
            }
        };
        let separator = if headings.len() > 2 { "; " } else { ", " };
        rows.iter().map(describe).collect::<Vec<_>>().join(separator)
    }

    fn headings(&self) -> Vec<&'static str> {
        match &self.shapes {
            Shapes::Bars(_) => vec!["", "Tickets"],
            Shapes::Timeline(timeline) => {
                let names = timeline.series.iter().map(|series| series.name);
                [""].into_iter().chain(names).collect()
            }
        }
    }

    /// Returns the rows of the numbers: a label and one or two counts.
    fn rows(&self) -> Vec<Vec<String>> {
        match &self.shapes {
            Shapes::Bars(entries) => entries
                .iter()
                .map(|entry| vec![entry.label.clone(), grouped(entry.count)])
                .collect(),
            Shapes::Timeline(timeline) => {
                let row = |(index, label): (usize, String)| {
                    let counts = timeline.series.iter().map(|series| grouped(series.counts[index]));
                    [label].into_iter().chain(counts).collect()
                };
                timeline.labels().into_iter().enumerate().map(row).collect()
            }
        }
    }
}
