//! SuperOffice's own codes of time zones, with the IANA zone that each stands for.
//!
//! The vendor publishes these: the codes of the sample output of its list `timezoneiana`, and
//! those of its page about `SO-TimeZone`. A server knows many more.

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
pub(crate) fn find(text: &str) -> Option<&'static ZoneCode> {
    let id: Option<u16> = text.parse().ok();
    CODES.iter().find(|zone| zone.code.eq_ignore_ascii_case(text) || Some(zone.id) == id)
}

const fn zone(id: u16, code: &'static str, iana: &'static str) -> ZoneCode {
    ZoneCode { code, id, iana }
}

/// The codes that are published, by number.
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

    #[test]
    fn every_code_stands_for_a_zone_that_is_known_here() {
        for zone in CODES {
            assert!(zone.iana.parse::<chrono_tz::Tz>().is_ok(), "{}", zone.iana);
            assert!(zone.iana.contains('/'), "{}", zone.iana);
        }
        assert!(CODES.is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn code_is_found_in_any_case_and_by_its_number() {
        for text in ["NO", "no", "261"] {
            assert_eq!(find(text).map(|zone| zone.iana), Some("Europe/Oslo"), "{text}");
        }
        for text in ["", "XX", "999999", "-1", "NO,includeTZOffset"] {
            assert!(find(text).is_none(), "{text}");
        }
    }
}
