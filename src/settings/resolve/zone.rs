//! The time zone: an IANA name, or the server's own code.

use std::str::FromStr;

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::context::Variables;
use crate::error::{Error, Result};
use crate::escape;
use crate::source::{Source, Sourced};
use crate::suggest::{self, zones};

/// The time zone of dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    /// The value of `SO-TimeZone`.
    pub(crate) header: String,
    /// The zone that this program converts dates to; `None` if that is left to the server.
    pub(crate) convert_to: Option<Tz>,
    /// The zone that is left to the server.
    pub(crate) server: Option<ServerZone>,
}

/// A zone that is left to the server, by its own code or by none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerZone {
    /// The value with what gave it: `--timezone NO`.
    shown: String,
    /// The IANA zone of the code, if it is known.
    iana: Option<&'static str>,
    /// True if the server is asked to mark dates with their offset.
    pub(crate) with_offset: bool,
}

impl ServerZone {
    /// Returns a warning, and what to do: the server leaves most dates as they are.
    pub(crate) fn advice(&self) -> (String, String) {
        let what = if self.with_offset {
            "the server probably marks the dates of tickets with an offset and does not move them; some came without one"
        } else {
            "the server probably neither moves the dates of tickets to this zone nor marks them with an offset"
        };
        let zone = self.iana.unwrap_or("Europe/Oslo");
        let hint = match self.iana {
            Some(_) => format!("--timezone {zone} converts every date here"),
            None => format!("an IANA zone, such as --timezone {zone}, converts every date here"),
        };
        (format!("{}: {what}", self.shown), hint)
    }
}

/// Describes the zone of dates for a person: `Europe/Oslo`.
pub(crate) fn describe(zone: Option<&Zone>) -> String {
    match zone {
        None => "as the server sends them".to_owned(),
        Some(Zone { convert_to: Some(zone), .. }) => zone.name().to_owned(),
        Some(zone) => format!("as the server sends them for {}", zone.header),
    }
}

/// The option of the server's that makes dates carry their offset.
pub(crate) const OFFSET_OPTION: &str = "includeTZOffset";

/// Makes dates carry their offset, in UTC.
const WITH_OFFSET: &str = "UTC,includeTZOffset";

/// Reads the zone of `setting`.
pub(crate) fn parse(setting: &Sourced<String>, variables: &Variables) -> Result<Zone> {
    let Sourced { value, source } = setting;
    let text = value.trim();
    let converted =
        |zone| Zone { header: WITH_OFFSET.to_owned(), convert_to: Some(zone), server: None };
    if text.eq_ignore_ascii_case("local") {
        return local(variables, source).map(converted);
    }
    if text.contains('/') {
        return iana(text).map(converted).ok_or_else(|| {
            let error = Error::usage(format!(
                "{source}: unknown time zone '{}'",
                escape::excerpt(text, 60)
            ));
            let names = TZ_VARIANTS.iter().map(|zone| zone.name());
            match suggest::did_you_mean(text, names).or_else(|| zones::did_you_mean(text)) {
                Some(hint) => error.hint(hint),
                None => error.hint("IANA names look like Europe/Oslo"),
            }
        });
    }
    check_no_place(text, source)?;
    let (code, with_offset) = server_code(text).ok_or_else(|| {
        let shown = escape::excerpt(value, 60);
        Error::usage(format!("{source}: '{shown}' is no time zone")).hint(
            "a zone is an IANA name (Europe/Oslo), local, or the server's code (NO, 261, US-NY) with ,includeTZOffset after it if wanted",
        )
    })?;
    let server = ServerZone {
        shown: format!("{source} {}", escape::excerpt(text, 60)),
        iana: find_code(code)
            .map_or_else(|| zones::find(code).first().copied(), |zone| Some(zone.iana)),
        with_offset,
    };
    Ok(Zone { header: text.to_owned(), convert_to: None, server: Some(server) })
}

/// Checks that `text` is no place, abbreviation or offset, which a server does not know. Codes of
/// two letters, and those that are known, are left to the server.
fn check_no_place(text: &str, source: &Source) -> Result<()> {
    const NAME_A_PLACE: &str =
        "name a place, which has daylight saving as well: --timezone Europe/Oslo";
    let code = text.split(',').next().unwrap_or_default().trim();
    let refused = |reason: &str| {
        Error::usage(format!("{source}: '{}' is {reason}", escape::excerpt(text, 60)))
    };
    if is_offset(code) {
        return Err(refused("an offset, not a time zone").hint(NAME_A_PLACE));
    }
    if code.len() <= 2 || find_code(code).is_some() {
        return Ok(());
    }
    if !zones::find(code).is_empty() {
        let hint = zones::did_you_mean(code).unwrap_or_else(|| NAME_A_PLACE.to_owned());
        return Err(refused("a place, not the name of its time zone").hint(hint));
    }
    if zones::is_abbreviation(code) {
        return Err(refused("no place, so its dates cannot be converted here").hint(NAME_A_PLACE));
    }
    Ok(())
}

/// Returns whether `text` is an offset: `+01:00`, `-5`, `GMT+1`, `UTC-05:30`.
fn is_offset(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let offset = upper.strip_prefix("GMT").or_else(|| upper.strip_prefix("UTC")).unwrap_or(&upper);
    let digits = match offset.strip_prefix(['+', '-', '−']) {
        Some(digits) => Some(digits.replace(':', "")),
        None => offset.contains(':').then(|| offset.replace(':', "")),
    };
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Returns the code in `text`, which may be empty, and whether dates are to be marked with
/// their offset. `None` for anything else.
fn server_code(text: &str) -> Option<(&str, bool)> {
    if text.eq_ignore_ascii_case(OFFSET_OPTION) {
        return Some(("", true));
    }
    let (code, option) = match text.split_once(',') {
        Some((code, option)) => (code.trim_end_matches(' '), Some(option.trim_matches(' '))),
        None => (text, None),
    };
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_known = option.is_none_or(|option| option.eq_ignore_ascii_case(OFFSET_OPTION));
    (is_code && is_known).then_some((code, option.is_some()))
}

fn iana(name: &str) -> Option<Tz> {
    Tz::from_str(name)
        .ok()
        .or_else(|| TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied())
}

/// Returns the zone of this machine.
fn local(variables: &Variables, source: &Source) -> Result<Tz> {
    if let Some(name) = zone_of_variable(variables) {
        return iana(&name).ok_or_else(|| {
            unknown_here(format!(
                "{source}: TZ is '{}', which is no IANA zone",
                escape::excerpt(&name, 60)
            ))
        });
    }
    let name = local_name(variables);
    name.as_deref().and_then(iana).ok_or_else(|| {
        let shown = name.as_deref().map_or_else(String::new, |name| {
            format!(": '{}' is no IANA zone", escape::excerpt(name, 60))
        });
        unknown_here(format!("{source}: the time zone of this machine is not known{shown}"))
    })
}

/// Returns the name of the zone of this machine: that of `TZ`, or else the system's setting. It
/// may be none that is known here.
pub(super) fn local_name(variables: &Variables) -> Option<String> {
    zone_of_variable(variables).or_else(|| iana_time_zone::get_timezone().ok())
}

/// Returns the name in `TZ`, unless that leads to the system's setting.
fn zone_of_variable(variables: &Variables) -> Option<String> {
    let variable = variables.get("TZ");
    let name = variable.as_deref().map(zone_file).filter(|name| *name != "/etc/localtime");
    name.map(str::to_owned)
}

/// Returns true if `name` is that of an IANA zone.
pub(super) fn is_iana(name: &str) -> bool {
    iana(name).is_some()
}

/// Returns the zone in a `TZ` of any form: `Europe/Oslo`, `:Europe/Oslo`,
/// `/usr/share/zoneinfo/Europe/Oslo`.
fn zone_file(text: &str) -> &str {
    let text = text.strip_prefix(':').unwrap_or(text);
    text.split_once("/zoneinfo/").map_or(text, |(_, name)| name)
}

fn unknown_here(message: String) -> Error {
    Error::usage(message).hint("name the zone: --timezone Europe/Oslo")
}

/// A time zone of SuperOffice's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ZoneCode {
    /// The code.
    pub(crate) code: &'static str,
    /// The number that stands for it as well.
    pub(crate) id: u16,
    /// The IANA zone.
    pub(crate) iana: &'static str,
}

/// Returns the zone that `text`, a code or a number, stands for.
fn find_code(text: &str) -> Option<&'static ZoneCode> {
    let id: Option<u16> = text.parse().ok();
    CODES.iter().find(|zone| zone.code.eq_ignore_ascii_case(text) || Some(zone.id) == id)
}

const fn zone(id: u16, code: &'static str, iana: &'static str) -> ZoneCode {
    ZoneCode { code, id, iana }
}

/// The codes that the vendor publishes, by number: those of the sample output of its list
/// `timezoneiana`, and those of its page about `SO-TimeZone`. A server knows many more.
pub(crate) const CODES: [ZoneCode; 28] = [
    zone(1, "UTC", "Etc/UTC"),
    zone(36, "AU-ACT", "Australia/Canberra"),
    zone(37, "AU3", "Australia/Broken_Hill"),
    zone(38, "AU1", "Australia/Lord_Howe"),
    zone(39, "AU-NSW", "Australia/Sydney"),
    zone(40, "AU-NT", "Australia/Darwin"),
    zone(41, "AU-QLD", "Australia/Brisbane"),
    zone(42, "AU-SA", "Australia/Adelaide"),
    zone(43, "AU-TAS", "Australia/Hobart"),
    zone(44, "AU-VIC", "Australia/Melbourne"),
    zone(45, "AU-WA", "Australia/Perth"),
    zone(46, "AT", "Europe/Vienna"),
    zone(50, "BD", "Asia/Dhaka"),
    zone(53, "BE", "Europe/Brussels"),
    zone(81, "BR-RJ", "America/Sao_Paulo"),
    zone(96, "CA-AB", "America/Edmonton"),
    zone(97, "CA-BC", "America/Vancouver"),
    zone(98, "CA-BC1", "America/Dawson_Creek"),
    zone(100, "CA2", "America/Goose_Bay"),
    zone(101, "CA2A", "America/St_Johns"),
    zone(102, "CA-MB", "America/Winnipeg"),
    zone(114, "CA-QC", "America/Toronto"),
    zone(140, "DK", "Europe/Copenhagen"),
    zone(156, "FR", "Europe/Paris"),
    zone(261, "NO", "Europe/Oslo"),
    zone(425, "US-CA", "America/Los_Angeles"),
    zone(433, "US-HI", "Pacific/Honolulu"),
    zone(460, "US-NY", "America/New_York"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str) -> std::result::Result<(String, Option<String>), String> {
        let setting = Sourced::new(text.to_owned(), Source::Option("--timezone"));
        let variables: Variables = [("TZ", ":Asia/Kathmandu")].into_iter().collect();
        parse(&setting, &variables)
            .map(|zone| (zone.header, zone.convert_to.map(|zone| zone.to_string())))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_converted_here_and_codes_go_to_the_server() {
        let converted = |name: &str| Ok((WITH_OFFSET.to_owned(), Some(name.to_owned())));
        assert_eq!(zone("Europe/Oslo"), converted("Europe/Oslo"));
        assert_eq!(zone("europe/OSLO"), converted("Europe/Oslo"));
        assert_eq!(zone("America/Indiana/Knox"), converted("America/Indiana/Knox"));
        assert_eq!(zone("local"), converted("Asia/Kathmandu"));
        let codes = [
            "NO",
            "261",
            "US-NY",
            "UTC",
            "NO,includeTZOffset",
            "NO,INCLUDETZOFFSET",
            "NO, includeTZOffset",
            "NO , includeTZOffset",
            "includeTZOffset",
        ];
        for code in codes {
            assert_eq!(zone(code), Ok((code.to_owned(), None)));
        }
    }

    #[test]
    fn text_that_is_no_zone_is_quoted() {
        let cases = [
            ("Europe/Olso", "--timezone: unknown time zone 'Europe/Olso'"),
            ("", "--timezone: '' is no time zone"),
            ("N O", "--timezone: 'N O' is no time zone"),
            ("NO,offset", "--timezone: 'NO,offset' is no time zone"),
            (",includeTZOffset", "--timezone: ',includeTZOffset' is no time zone"),
            ("NO,\tincludeTZOffset", "--timezone: 'NO,\\tincludeTZOffset' is no time zone"),
            ("NO\nX: y", "--timezone: 'NO\\nX: y' is no time zone"),
        ];
        for (text, message) in cases {
            assert_eq!(zone(text), Err(message.to_owned()));
        }
    }

    #[test]
    fn every_code_has_a_known_iana_zone() {
        for zone in CODES {
            assert!(zone.iana.parse::<Tz>().is_ok(), "{}", zone.iana);
            assert!(zone.iana.contains('/'), "{}", zone.iana);
        }
        assert!(CODES.is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn code_is_found_in_any_case_and_by_its_number() {
        for text in ["NO", "no", "261"] {
            assert_eq!(find_code(text).map(|zone| zone.iana), Some("Europe/Oslo"), "{text}");
        }
        for text in ["", "XX", "999999", "-1", "NO,includeTZOffset"] {
            assert!(find_code(text).is_none(), "{text}");
        }
    }
}
