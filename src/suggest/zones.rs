//! The time zones of a place: a city or a country.

use std::collections::BTreeSet;

use chrono_tz::TZ_VARIANTS;

/// A country a line: its ISO code and its names, with semicolons between them, and after a tab its
/// zones, the one with the most people first. From the tables of the time zone database, which are
/// in the public domain, with some names in the country's own language.
const COUNTRIES: &str = include_str!("countries.tsv");

/// Returns a hint about the time zone that `text`, which is none, may mean: a city or a country,
/// or what is similar to a city.
pub(crate) fn did_you_mean(text: &str) -> Option<String> {
    let place = text.rsplit('/').next().unwrap_or_default();
    let mut zones = find(place);
    if zones.is_empty() && place.len() > 3 {
        let place = normalize(place);
        let max_slips = if place.len() < 8 { 1 } else { 2 };
        let slips = |city: &str| strsim::osa_distance(&normalize(city), &place);
        let near = cities().filter(|(city, _)| slips(city) <= max_slips);
        zones = near.map(|(_, zone)| zone).collect();
    }
    (!zones.is_empty()).then(|| format!("did you mean {}?", super::join(&zones, "or")))
}

/// Returns the IANA zones of `place`: a city, or a country or its ISO code, in any case.
pub(crate) fn find(place: &str) -> Vec<&'static str> {
    let place = normalize(place);
    let countries = COUNTRIES.lines().filter_map(|line| line.split_once('\t'));
    let of_country = countries
        .filter(|(names, _)| names.split(';').any(|name| normalize(name) == place))
        .flat_map(|(_, zones)| zones.split(' '));
    let of_city = cities().filter(|(city, _)| normalize(city) == place).map(|(_, zone)| zone);
    let mut zones: Vec<&str> = Vec::new();
    for zone in of_country.chain(of_city) {
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

/// Returns the zones of the cities and countries whose names begin with `start`, in any case.
pub(crate) fn start_with(start: &str) -> impl Iterator<Item = &'static str> {
    let start = normalize(start);
    let begins = move |name: &str| normalize(name).starts_with(&start);
    let countries = COUNTRIES.lines().filter_map(|line| line.split_once('\t'));
    let places = countries.flat_map(|(names, zones)| {
        names.split(';').flat_map(move |name| zones.split(' ').map(move |zone| (name, zone)))
    });
    let zones: BTreeSet<&str> =
        places.chain(cities()).filter(|(name, _)| begins(name)).map(|(_, zone)| zone).collect();
    zones.into_iter()
}

/// Returns the cities of the database, each with its zone. Offsets such as `Etc/GMT+1` are left out.
fn cities() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = TZ_VARIANTS.iter().map(|zone| zone.name());
    names.filter(|name| !name.starts_with("Etc/GMT")).filter_map(|name| {
        let (_, city) = name.rsplit_once('/')?;
        Some((city, name))
    })
}

/// Returns whether `name` is a zone of the database that is no place, such as `CET`.
pub(crate) fn is_abbreviation(name: &str) -> bool {
    TZ_VARIANTS.iter().any(|zone| zone.name().eq_ignore_ascii_case(name)) && !name.contains('/')
}

/// Returns `name` in lower case, with blanks between its words.
fn normalize(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn cities_and_countries_have_zones() {
        assert_eq!(find("oslo"), ["Europe/Oslo"]);
        assert_eq!(find("Norway"), ["Europe/Oslo"]);
        assert_eq!(find("new york"), ["America/New_York"]);
        assert_eq!(find("UK"), ["Europe/London"]);
        assert_eq!(find("usa")[0], "America/New_York");
        assert_eq!(find("Singapore"), ["Asia/Singapore"]);
        assert_eq!(find("no"), ["Europe/Oslo"]);
        assert!(find("GMT-1").is_empty());
        assert!(find("soon").is_empty());
        assert_eq!(did_you_mean("oslp").as_deref(), Some("did you mean Europe/Oslo?"));
        assert_eq!(did_you_mean("Norway/Oslo").as_deref(), Some("did you mean Europe/Oslo?"));
        assert_eq!(did_you_mean("zzzz"), None);
        assert_eq!(start_with("osl").collect::<Vec<_>>(), ["Europe/Oslo"]);
        assert_eq!(start_with("norw").collect::<Vec<_>>(), ["Europe/Oslo"]);
        assert!(is_abbreviation("cet"));
        assert!(!is_abbreviation("Europe/Oslo"));
    }

    #[test]
    fn countries_have_zones_of_the_database() {
        for line in COUNTRIES.lines() {
            let (names, zones) = line.split_once('\t').expect("names and zones");
            assert!(!names.is_empty(), "{line}");
            for zone in zones.split(' ') {
                assert!(chrono_tz::Tz::from_str(zone).is_ok(), "{zone}");
            }
        }
    }
}
