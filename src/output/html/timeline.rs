//! A chart of created and closed tickets per week, month or year, as SVG.

use std::io::{self, Write};

use chrono::{Datelike as _, NaiveDate};

use super::bar_chart::WIDTH;
use super::tally::grouped;

pub(super) const HEIGHT: usize = 192;
/// The edges of the plot, in pixels.
const LEFT: usize = 38;
const RIGHT: usize = WIDTH - 4;
const TOP: usize = 30;
const BOTTOM: usize = 166;
/// The most periods that are shown; a longer time has longer periods.
const MAX_WEEKS: i32 = 26;
const MAX_MONTHS: i32 = 36;
const MAX_YEARS: i32 = 20;
/// The color of the bars without the style, on which the line is visible.
const FILL: &str = "silver";
/// The label of a period needs this many pixels.
const LABEL: usize = 70;

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Week,
    Month,
    Year,
}

impl Unit {
    /// Returns the number of the period that `day` is in, counted from the year 0.
    fn index(self, day: NaiveDate) -> i32 {
        match self {
            // The first day of the year 1 was a Monday.
            Self::Week => (day.num_days_from_ce() - 1).div_euclid(7),
            Self::Month => day.year() * 12 + day.month0().cast_signed(),
            Self::Year => day.year(),
        }
    }

    /// Returns the first day of a week, or the name of a month or a year.
    fn label(self, index: i32) -> String {
        match self {
            Self::Week => NaiveDate::from_num_days_from_ce_opt(index * 7 + 1)
                .map_or_else(String::new, |day| day.format("%Y-%m-%d").to_string()),
            Self::Month => format!("{:04}-{:02}", index.div_euclid(12), index.rem_euclid(12) + 1),
            Self::Year => format!("{index:04}"),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// A number of tickets for each period.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) name: &'static str,
    pub(super) counts: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Timeline {
    unit: Unit,
    first: i32,
    pub(super) series: Vec<Series>,
}

impl Timeline {
    /// Counts the days of each series up to `today`, but not those of a distant past: as many
    /// years as a chart has room for. Returns `None` if there are none.
    pub(super) fn new(series: &[(&'static str, &[NaiveDate])], today: NaiveDate) -> Option<Self> {
        // A date may be a day ahead in another zone.
        let end = today.succ_opt()?;
        let days = || series.iter().flat_map(|(_, days)| *days).filter(|day| **day <= end);
        let last = days().max()?;
        let is_recent = |day: &&NaiveDate| day.year() > last.year() - MAX_YEARS;
        let first = days().filter(is_recent).min()?;
        let span = |unit: Unit| unit.index(*last) - unit.index(*first) + 1;
        let unit = if span(Unit::Week) <= MAX_WEEKS {
            Unit::Week
        } else if span(Unit::Month) <= MAX_MONTHS {
            Unit::Month
        } else {
            Unit::Year
        };
        let (first, last) = (unit.index(*first), unit.index(*last));
        let count = |(name, days): &(&'static str, &[NaiveDate])| {
            let mut counts = vec![0; usize::try_from(last - first + 1).unwrap_or(0)];
            for day in *days {
                let index = usize::try_from(unit.index(*day) - first).ok();
                if let Some(count) = index.and_then(|index| counts.get_mut(index)) {
                    *count += 1;
                }
            }
            Series { name, counts }
        };
        Some(Self { unit, first, series: series.iter().map(count).collect() })
    }

    /// Returns the title of the chart: `Created and closed per month`.
    pub(super) fn title(&self) -> String {
        let name = |(index, series): (usize, &Series)| match index {
            0 => series.name.to_owned(),
            _ => series.name.to_lowercase(),
        };
        let names: Vec<String> = self.series.iter().enumerate().map(name).collect();
        format!("{} per {}", names.join(" and "), self.unit.name())
    }

    /// Returns the labels of the periods.
    pub(super) fn labels(&self) -> Vec<String> {
        let count = self.series.first().map_or(0, |series| series.counts.len());
        (self.first..).take(count).map(|index| self.unit.label(index)).collect()
    }

    /// Writes the shapes: bars for the first series, a line with dots for the second.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let most = self.series.iter().flat_map(|series| &series.counts).max().copied();
        let scale = Scale::new(most.unwrap_or(0));
        for value in [0, scale.top / 2, scale.top] {
            let y = scale.y(value);
            writeln!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y}\" y2=\"{y}\"/>\
                 <text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                LEFT - 6,
                y + 4,
                grouped(value)
            )?;
        }
        let labels = self.labels();
        let step = (labels.len() * LABEL).div_ceil(RIGHT - LEFT).max(1);
        let slot = Slot { count: labels.len() };
        let has_room = |at: usize| slot.start(at) + LABEL <= WIDTH + LABEL / 8;
        for (at, label) in labels.iter().enumerate().step_by(step).filter(|(at, _)| has_room(*at)) {
            writeln!(
                out,
                "<text class=\"tick\" x=\"{}\" y=\"{}\">{label}</text>",
                slot.start(at),
                BOTTOM + 16
            )?;
        }
        let mut legend = 0;
        for (index, series) in self.series.iter().enumerate() {
            if index == 0 {
                write_bars(series, &scale, slot, out)?;
                writeln!(
                    out,
                    "<rect class=\"bar\" fill=\"{FILL}\" x=\"{legend}\" y=\"2\" width=\"12\" \
                     height=\"12\"/>"
                )?;
            } else {
                write_line(series, &scale, slot, out)?;
                writeln!(
                    out,
                    "<path class=\"line\" fill=\"none\" stroke=\"currentColor\" d=\"M{legend} 8h16\"/>\
                     <circle class=\"dot\" cx=\"{}\" cy=\"8\" r=\"3\"/>",
                    legend + 8
                )?;
            }
            writeln!(out, "<text x=\"{}\" y=\"12\">{}</text>", legend + 22, series.name)?;
            legend += 96;
        }
        Ok(())
    }
}

/// The place of each period on the horizontal axis.
#[derive(Clone, Copy)]
struct Slot {
    count: usize,
}

impl Slot {
    fn start(self, at: usize) -> usize {
        LEFT + at * (RIGHT - LEFT) / self.count
    }

    fn center(self, at: usize) -> usize {
        usize::midpoint(self.start(at), self.start(at + 1))
    }
}

/// The vertical axis.
struct Scale {
    /// An even number, so that half of it is a whole one.
    top: usize,
}

impl Scale {
    fn new(most: usize) -> Self {
        let mut unit = 1;
        loop {
            if let Some(top) = [2, 4, 6, 8, 10].iter().map(|n| n * unit).find(|n| *n >= most) {
                return Self { top };
            }
            unit *= 10;
        }
    }

    fn y(&self, value: usize) -> usize {
        BOTTOM - value * (BOTTOM - TOP) / self.top
    }
}

fn write_bars(series: &Series, scale: &Scale, slot: Slot, out: &mut dyn Write) -> io::Result<()> {
    for (at, count) in series.counts.iter().enumerate() {
        let (start, end) = (slot.start(at), slot.start(at + 1));
        let gap = if end - start > 8 { 2 } else { 1 };
        // A single period has no bar as wide as the chart.
        let width = (end - start - gap).min(40);
        let y = scale.y(*count);
        writeln!(
            out,
            "<rect class=\"bar\" fill=\"{FILL}\" x=\"{start}\" y=\"{y}\" width=\"{width}\" \
             height=\"{}\"/>",
            BOTTOM - y
        )?;
    }
    Ok(())
}

fn write_line(series: &Series, scale: &Scale, slot: Slot, out: &mut dyn Write) -> io::Result<()> {
    let points: Vec<(usize, usize)> = (series.counts.iter().enumerate())
        .map(|(at, count)| (slot.center(at).min(slot.start(at) + 20), scale.y(*count)))
        .collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let line = line.join(" ");
    // The halo parts the line from the bars behind it.
    for (class, stroke) in [("halo", "none"), ("line", "currentColor")] {
        writeln!(
            out,
            "<polyline class=\"{class}\" fill=\"none\" stroke=\"{stroke}\" points=\"{line}\"/>"
        )?;
    }
    points.iter().try_for_each(|(x, y)| {
        writeln!(out, "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"/>")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn counts(days: &[&str]) -> Option<(String, Vec<(String, usize)>)> {
        let days: Vec<NaiveDate> = days.iter().map(|text| day(text)).collect();
        let timeline = Timeline::new(&[("Created", &days)], day("2026-03-29"))?;
        let counts = timeline.series[0].counts.clone();
        Some((timeline.title(), timeline.labels().into_iter().zip(counts).collect()))
    }

    #[test]
    fn weeks_begin_on_monday() {
        let (title, weeks) = counts(&["2026-03-01", "2026-03-02", "2026-03-15"]).expect("days");
        assert_eq!(title, "Created per week");
        let expected = [("2026-02-23", 1), ("2026-03-02", 1), ("2026-03-09", 1)];
        assert_eq!(weeks, expected.map(|(label, count)| (label.to_owned(), count)));
    }

    #[test]
    fn longer_time_has_longer_periods() {
        let months = counts(&["2025-07-01", "2026-03-01"]).expect("days").1;
        assert_eq!((months.len(), months[0].0.as_str()), (9, "2025-07"));
        let years = counts(&["2007-01-01", "2026-03-01"]).expect("days").1;
        assert_eq!((years.len(), years[0].0.as_str(), years[19].1), (20, "2007", 1));
    }

    #[test]
    fn date_of_a_distant_past_does_not_make_the_periods_longer() {
        let (title, weeks) = counts(&["1990-07-01", "2006-12-31", "2026-03-01"]).expect("days");
        assert_eq!((title.as_str(), weeks.len()), ("Created per week", 1));
    }

    #[test]
    fn future_is_not_shown() {
        assert_eq!(counts(&["9999-12-31"]), None);
        assert_eq!(counts(&["9999-12-31", "2026-03-30"]).expect("a day").1.len(), 1);
        assert_eq!(counts(&[]), None);
    }

    #[test]
    fn axis_ends_at_an_even_number() {
        for (most, top) in [(0, 2), (1, 2), (3, 4), (10, 10), (11, 20), (99, 100), (101, 200)] {
            assert_eq!(Scale::new(most).top, top);
        }
    }
}
