//! The catalogue compared with the vendor's endpoint page and Swagger description, of which
//! `fixtures/` has names, types and values.

use std::collections::{BTreeMap, HashSet};

use sotickets::ticket::catalogue::CATALOGUE;
use sotickets::ticket::field::Field;

const PAGE: &str = include_str!("../fixtures/page-fields.tsv");
const SWAGGER: &str = include_str!("../fixtures/swagger-fields.tsv");

/// Fields and values of later servers, which the page lacks.
const LATER: &[&str] = &["TimeSpent", "FormSubmissionId", "TicketTypeId", "TicketTypeName"];

#[test]
fn names_types_and_order_match_the_page() {
    let page: Vec<(&str, &str)> =
        PAGE.lines().map(|line| line.split_once('\t').expect("two columns")).collect();
    let ours: Vec<(&str, &str)> = CATALOGUE
        .iter()
        .filter(|field| !LATER.contains(&field.name))
        .map(|field| (field.name, field.kind.name()))
        .collect();
    assert_eq!(page.len(), 61);
    assert_eq!(ours, page);
}

#[test]
fn later_fields_are_between_the_project_and_the_rights() {
    let names: Vec<&str> = CATALOGUE.iter().map(|field| field.name).collect();
    let mut expected = vec!["ProjectName"];
    expected.extend(LATER);
    expected.push("TableRight");
    let at = names.iter().position(|name| *name == "ProjectName").expect("it is in the page");
    assert_eq!(names.get(at..at + expected.len()), Some(&expected[..]));
}

#[test]
fn names_types_and_values_match_the_swagger_description() {
    let swagger: BTreeMap<&str, (&str, Vec<&str>)> = SWAGGER.lines().map(swagger_line).collect();
    let ours: BTreeMap<&str, (&str, Vec<&str>)> = CATALOGUE
        .iter()
        .map(|field| (field.name, (swagger_type(field), field.values.to_vec())))
        .collect();
    assert_eq!(swagger.len(), PAGE.lines().count() + LATER.len());
    assert_eq!(ours, swagger);
    assert_eq!(CATALOGUE.len(), swagger.len(), "a name stands twice");
}

#[test]
fn units_and_first_versions_are_known() {
    let known = |of: fn(&Field) -> Option<&'static str>| -> Vec<(&str, &str)> {
        CATALOGUE.iter().filter_map(|field| Some((field.name, of(field)?))).collect()
    };
    assert_eq!(
        known(|field| field.unit),
        [
            ("TimeToReply", "minutes"),
            ("RealTimeToReply", "minutes"),
            ("TimeToClose", "minutes"),
            ("RealTimeToClose", "minutes"),
            ("TimeSpentInternally", "seconds"),
            ("TimeSpentExternally", "seconds"),
            ("TimeSpentQueue", "seconds"),
            ("RealTimeSpentInternally", "seconds"),
            ("RealTimeSpentExternally", "seconds"),
            ("RealTimeSpentQueue", "seconds"),
            ("TimeSpent", "minutes"),
        ]
    );
    assert_eq!(
        known(|field| field.since),
        [
            ("SaleId", "10.2.1"),
            ("ProjectId", "10.2.1"),
            ("SaleHeading", "10.2.2"),
            ("ProjectName", "10.2.2"),
            ("TimeSpent", "10.2.8"),
            ("FormSubmissionId", "10.2.5"),
            ("TicketTypeId", "10.3.1"),
            ("TicketTypeName", "10.3.1"),
        ]
    );
}

#[test]
fn first_versions_of_later_values_are_in_the_meaning() {
    let meaning =
        |name| CATALOGUE.iter().find(|field| field.name == name).map(|field| field.meaning);
    assert!(meaning("BaseStatus").is_some_and(|text| text.ends_with("(Spam since 11.13)")));
    assert!(meaning("Origin").is_some_and(|text| text.ends_with("(API and Flow since 11.11)")));
}

#[test]
fn each_meaning_is_short_unlike_the_others_and_without_a_full_stop() {
    let mut seen = HashSet::new();
    for Field { name, meaning, .. } in &CATALOGUE {
        assert!(!meaning.trim().is_empty(), "{name} has no meaning");
        assert_eq!(meaning.trim(), *meaning, "{name} has white space around its meaning");
        assert!(meaning.chars().count() <= 90, "{name} has a long meaning");
        assert!(!meaning.ends_with('.'), "{name} ends with a full stop");
        assert!(seen.insert(meaning.to_lowercase()), "{name} means what another does");
    }
}

fn swagger_line(line: &'static str) -> (&'static str, (&'static str, Vec<&'static str>)) {
    let mut columns = line.split('\t');
    let name = columns.next().expect("a name");
    let kind = columns.next().expect("a type");
    (name, (kind, columns.next().map(|values| values.split(',').collect()).unwrap_or_default()))
}

fn swagger_type(field: &Field) -> &'static str {
    match field.kind.name() {
        "bool" => "boolean",
        name => name,
    }
}
