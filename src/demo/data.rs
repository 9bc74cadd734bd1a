//! The sample data in `data/`: who writes tickets, who answers them, and the lists of an
//! installation. It is parsed at first use.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The users of the service desk and their customers.
pub(super) static PEOPLE: LazyLock<People> =
    LazyLock::new(|| parse(include_str!("data/people.json")));

/// The lists that an installation defines for itself.
pub(super) static INSTALLATION: LazyLock<Installation> =
    LazyLock::new(|| parse(include_str!("data/installation.json")));

/// The titles by the language of who wrote them, each with the id of its category. `{}` is
/// replaced by a number.
pub(super) static TITLES: LazyLock<BTreeMap<String, Vec<(i32, String)>>> =
    LazyLock::new(|| parse(include_str!("data/titles.json")));

/// The tickets that documentation and tests show.
pub(super) static FEATURED: LazyLock<Vec<Featured>> =
    LazyLock::new(|| parse(include_str!("data/featured.json")));

fn parse<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the sample data is valid")
}

#[derive(Debug, Deserialize)]
pub(super) struct People {
    /// The owner of unassigned tickets, and the creator of those from outside.
    pub(super) system: User,
    pub(super) users: Vec<User>,
    pub(super) companies: BTreeMap<i32, String>,
    pub(super) customers: Vec<Customer>,
    pub(super) sales: Vec<(i32, String)>,
    pub(super) projects: Vec<(i32, String)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: i32,
    pub(super) associate: i32,
    pub(super) login: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Customer {
    pub(super) id: i32,
    /// The first, middle and last name; a missing one is empty.
    pub(super) name: [String; 3],
    pub(super) address: String,
    pub(super) company: i32,
    pub(super) language: String,
}

impl Customer {
    /// Returns the parts of the name that are not empty, with a blank between them.
    pub(super) fn full_name(&self) -> String {
        let parts = self.name.iter().map(String::as_str).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" ")
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Installation {
    pub(super) categories: Vec<Category>,
    pub(super) priorities: Vec<Priority>,
    pub(super) statuses: Vec<Status>,
    pub(super) types: Vec<TicketType>,
    /// Each with how many tickets in a thousand have it.
    pub(super) origins: Vec<(u16, String)>,
    pub(super) security_levels: Vec<(u16, String)>,
    pub(super) read_statuses: Vec<(u16, String)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    pub(super) id: i32,
    pub(super) name: Names,
    /// The names of its parents and its own, with slashes between them.
    pub(super) full_name: Names,
}

#[derive(Debug, Deserialize)]
pub(super) struct Priority {
    /// The number of tickets in a thousand that have it.
    pub(super) per_mille: u16,
    pub(super) id: i32,
    /// The hours until the deadline, if the priority sets one.
    pub(super) hours: Option<i64>,
    pub(super) name: Names,
}

#[derive(Debug, Deserialize)]
pub(super) struct Status {
    /// The number of tickets in a thousand that have it.
    pub(super) per_mille: u16,
    pub(super) id: i32,
    /// The meaning to the system.
    pub(super) base: String,
    /// The hours until a ticket is active again, if the status sets them.
    pub(super) postponed_hours: Option<i64>,
    pub(super) name: Names,
}

#[derive(Debug, Deserialize)]
pub(super) struct TicketType {
    pub(super) id: i32,
    pub(super) name: Names,
}

#[derive(Debug, Deserialize)]
pub(super) struct Featured {
    pub(super) id: i32,
    pub(super) title: String,
    pub(super) category: i32,
    pub(super) customer: Option<i32>,
    pub(super) owner: i32,
    pub(super) priority: i32,
    pub(super) status: i32,
}

/// A name in the languages of the installation, each after the server's code for it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// Returns the name in `language`, or in English where it lacks one. Without a language it
    /// is the text as the database holds it: every translation after its code.
    pub(super) fn text(&self, language: Option<&str>) -> String {
        let Some(language) = language else {
            let all: Vec<String> =
                self.0.iter().map(|(code, name)| format!("{code}:\"{name}\"")).collect();
            return all.join(";");
        };
        let find = |wanted: &str| self.0.iter().find(|(code, _)| code == wanted);
        find(language).or_else(|| find("US")).map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_translation_falls_back_to_english() {
        let name: Names =
            parse(r#"[["NO", "Leverandør"], ["US", "Supplier"], ["GE", "Lieferant"]]"#);
        assert_eq!(name.text(Some("GE")), "Lieferant");
        assert_eq!(name.text(Some("SW")), "Supplier");
        assert_eq!(name.text(None), r#"NO:"Leverandør";US:"Supplier";GE:"Lieferant""#);
        assert_eq!(Names::default().text(None), "");
    }

    #[test]
    fn shares_add_up_to_a_thousand() {
        let sum = |list: &[(u16, String)]| list.iter().map(|(per_mille, _)| per_mille).sum::<u16>();
        assert_eq!(sum(&INSTALLATION.origins), 1000);
        assert_eq!(sum(&INSTALLATION.security_levels), 1000);
        assert_eq!(sum(&INSTALLATION.read_statuses), 1000);
        assert_eq!(INSTALLATION.statuses.iter().map(|it| it.per_mille).sum::<u16>(), 1000);
        assert_eq!(INSTALLATION.priorities.iter().map(|it| it.per_mille).sum::<u16>(), 1000);
    }
}
