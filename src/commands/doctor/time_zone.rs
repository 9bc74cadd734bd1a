//! The check of the time zone: compares the request with the dates of the answer.

use serde_json::Value as Json;

use crate::settings::resolve::zone::OFFSET_OPTION;
use crate::ticket::date;

use super::check::{Check, Step};

/// The value of `SO-TimeZone`, such as `NO,includeTZOffset`.
struct Zone<'a> {
    text: &'a str,
    /// The code or id; none for `includeTZOffset` alone.
    code: Option<&'a str>,
    with_offset: bool,
}

impl<'a> Zone<'a> {
    fn parse(text: &'a str) -> Self {
        let parts = || text.split(',').map(str::trim);
        let is_option = |part: &&str| part.eq_ignore_ascii_case(OFFSET_OPTION);
        Self {
            text,
            code: parts().find(|part| !part.is_empty() && !is_option(part)),
            with_offset: parts().any(|part| is_option(&part)),
        }
    }

    fn is_utc(&self) -> bool {
        self.code.is_some_and(|code| code.eq_ignore_ascii_case("UTC"))
    }

    /// Returns whether `other` certainly is another zone. A code and an id may name the
    /// same one.
    fn differs_from(&self, other: &Zone<'_>) -> bool {
        let is_id = |code: &str| code.bytes().all(|byte| byte.is_ascii_digit());
        match (self.code, other.code) {
            (Some(one), Some(other)) => {
                is_id(one) == is_id(other) && !one.eq_ignore_ascii_case(other)
            }
            _ => false,
        }
    }
}

/// A date of the ticket, with its field.
pub(super) struct FieldDate<'a> {
    pub(super) field: &'a str,
    /// The text as the server sent it.
    pub(super) text: &'a str,
    pub(super) has_offset: bool,
}

impl<'a> FieldDate<'a> {
    /// Reads `text`; none for what is no date, or 'no date'.
    pub(super) fn parse(field: &'a str, text: &'a str) -> Option<Self> {
        Some(Self { field, text, has_offset: date::has_offset(text)? })
    }

    fn is_in_utc(&self) -> bool {
        ["Z", "+00:00", "+0000"].iter().any(|offset| self.text.ends_with(offset))
    }
}

/// Compares the zone that was `requested` with the `dates` that came, and with the zone
/// that the answer says was `used` (its header `SO-TimeZone`). `quote` makes the server's
/// text fit for a terminal.
pub(super) fn check(
    dates: &[FieldDate<'_>],
    requested: Option<&str>,
    used: Option<&str>,
    quote: impl Fn(&str) -> String,
) -> Check {
    let zone = requested.map(Zone::parse);
    let is_odd = |date: &&FieldDate<'_>| match &zone {
        Some(zone) if zone.with_offset => !date.has_offset || (zone.is_utc() && !date.is_in_utc()),
        _ => !date.has_offset,
    };
    let shown = dates.iter().find(is_odd).or(dates.first());
    let used_text = used.map(&quote);
    let answer_zone = used_text
        .as_ref()
        .map_or_else(String::new, |used| format!("; the answer's zone is {used} (SO-TimeZone)"));
    let check = match shown {
        None => {
            let message = format!("the ticket has no date to see it by{answer_zone}");
            Check::skipped(Step::TimeZone, message)
        }
        Some(date) => {
            let text = quote(date.text);
            let shown = format!("{} is {text}{answer_zone}", date.field);
            compare(date, zone.as_ref(), used, &shown)
                .detail("field", date.field)
                .detail("value", text)
                .detail("has_offset", date.has_offset)
        }
    };
    check
        .detail("asked", requested.map_or(Json::Null, Json::from))
        .detail("answer_zone", used_text.map_or(Json::Null, Json::from))
}

/// Compares `zone` with `date`, the first that does not fit, if there is one.
fn compare(
    date: &FieldDate<'_>,
    zone: Option<&Zone<'_>>,
    used: Option<&str>,
    shown: &str,
) -> Check {
    let Some(zone) = zone else {
        return Check::skipped(Step::TimeZone, format!("no time zone is requested; {shown}"));
    };
    let requested = zone.text;
    let warned = |text: &str| {
        Check::warning(Step::TimeZone, format!("{requested} is requested, {text}: {shown}"))
    };
    match (zone.with_offset, date.has_offset) {
        (true, false) => warned("and a date has no offset").hint(
            "a server that sends none may have time zones switched off; such dates are printed as they are",
        ),
        (true, true) if zone.is_utc() && !date.is_in_utc() => warned("and a date is not in UTC")
            .hint("dates are converted by the offset that they carry; --timezone Europe/Oslo"),
        _ if used.is_some_and(|used| zone.differs_from(&Zone::parse(used))) => {
            warned("and the server used another zone")
                .hint("-v shows the request; a gateway may have changed it")
        }
        (true, true) => Check::passed(
            Step::TimeZone,
            format!("dates carry their offset, as requested ({requested}); {shown}"),
        ),
        (false, true) => Check::passed(
            Step::TimeZone,
            format!("{requested} is requested, and dates carry their offset; {shown}"),
        ),
        (false, false) => {
            warned("and the server probably neither moves nor marks dates")
                .hint("an IANA zone has them converted here: --timezone Europe/Oslo")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result and the message for dates, a request and the answer's header.
    fn result(dates: &[&str], requested: Option<&str>, used: Option<&str>) -> String {
        let dates: Vec<FieldDate<'_>> =
            dates.iter().filter_map(|text| FieldDate::parse("Deadline", text)).collect();
        let check = check(&dates, requested, used, str::to_owned);
        format!("{}: {}", check.outcome, check.message)
    }

    const UTC: Option<&str> = Some("UTC,includeTZOffset");

    #[test]
    fn offset_is_compared_with_the_request() {
        let cases = [
            (&["2026-01-01T12:00:00Z"][..], UTC, "ok: dates carry their offset"),
            (&["2026-01-01T12:00:00Z", "2026-01-01T12:00:00"], UTC, "warning: "),
            (&["2026-01-01T12:00:00Z", "2026-01-01T12:00:00+01:00"], UTC, "warning: "),
            (&["2026-01-01T12:00:00+01:00"], Some("NO, includeTZOffset"), "ok: dates carry"),
            (&["2026-01-01T12:00:00+01:00"], Some("includeTZOffset"), "ok: dates carry"),
            (&["2026-01-01T12:00:00"], Some("includeTZOffset"), "warning: "),
            (&["2026-01-01T12:00:00"], Some("NO"), "warning: NO is requested, and the server prob"),
            (&["2026-01-01T12:00:00Z"], Some("NO"), "ok: NO is requested, and dates carry"),
            (&["2026-01-01T12:00:00"], None, "skipped: no time zone is requested; Deadline is"),
            (&["0001-01-01T00:00:00", "soon"], UTC, "skipped: the ticket has no date"),
        ];
        for (dates, requested, expected) in cases {
            let result = result(dates, requested, None);
            assert!(result.starts_with(expected), "{dates:?} {requested:?}: {result}");
        }
    }

    #[test]
    fn zone_of_the_answer_is_compared_with_the_request() {
        let dates = ["2026-01-01T12:00:00Z"];
        let cases = [
            (UTC, "UTC", "ok"),
            (UTC, "utc,includeTZOffset", "ok"),
            (UTC, "NO", "warning"),
            (Some("NO,includeTZOffset"), "261", "ok"),
            (Some("260,includeTZOffset"), "261", "warning"),
            (Some("includeTZOffset"), "NO", "ok"),
            (None, "NO", "skipped"),
        ];
        for (requested, used, expected) in cases {
            let result = result(&dates, requested, Some(used));
            assert!(result.starts_with(expected), "{requested:?} {used}: {result}");
            let named = format!("; the answer's zone is {used} (SO-TimeZone)");
            assert!(result.ends_with(&named), "{result}");
        }
    }
}
