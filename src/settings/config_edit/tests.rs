//! Tests of edits: what is written, and that every other byte stays.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::settings::config_file;

fn apply(text: &str, edit: &ConfigEdit) -> String {
    edit.apply(text).unwrap()
}

fn set(text: &str, profile: &str, key: &str, value: &str) -> String {
    apply(text, ConfigEdit::default().set(profile, key, value))
}

fn remove(text: &str, profile: &str, key: &str) -> String {
    apply(text, ConfigEdit::default().remove_key(profile, key))
}

fn remove_profile(text: &str, profile: &str) -> String {
    apply(text, ConfigEdit::default().remove_profile(profile))
}

fn switch(text: &str, profile: &str) -> String {
    apply(text, ConfigEdit::default().set_default_profile(profile))
}

#[test]
fn value_is_replaced_where_it_is_written() {
    for (before, after) in [
        ("[profiles.a]\nuser = 'x' # c\n", "[profiles.a]\nuser = \"tim\" # c\n"),
        ("[profiles]\na = { user='x' }", "[profiles]\na = { user=\"tim\" }"),
        ("profiles.a.user = \"x\"\r\n", "profiles.a.user = \"tim\"\r\n"),
        ("profiles = { a.user = '''x\ny''' }\n", "profiles = { a.user = \"tim\" }\n"),
        ("[profiles.a]\nuser = \"\"\"\nx\"\"\"\n#", "[profiles.a]\nuser = \"tim\"\n#"),
        ("[ profiles . \"a\" ]\n\"user\"=\"x\"", "[ profiles . \"a\" ]\n\"user\"=\"tim\""),
    ] {
        assert_eq!(set(before, "a", "user", "tim"), after);
        // An equal value stays as it is written.
        let written = after.replace("\"tim\"", "'tim'");
        assert_eq!(set(&written, "a", "user", "tim"), written);
    }
}

#[test]
fn new_key_is_written_as_its_table_is() {
    for (before, after) in [
        ("", "[profiles.a]\nuser = \"tim\"\n"),
        ("# c", "# c\n\n[profiles.a]\nuser = \"tim\""),
        ("# c\r\n", "# c\r\n\r\n[profiles.a]\r\nuser = \"tim\"\r\n"),
        ("[profiles.a]", "[profiles.a]\nuser = \"tim\""),
        (
            "[profiles.a] # c\n\n[profiles.b]\n",
            "[profiles.a] # c\nuser = \"tim\"\n\n[profiles.b]\n",
        ),
        (
            "[profiles.a]\n  url = [ # c\n  ] # d\n\n# e\n",
            "[profiles.a]\n  url = [ # c\n  ] # d\n  user = \"tim\"\n\n# e\n",
        ),
        ("[profiles]\na = {}\n", "[profiles]\na = { user = \"tim\" }\n"),
        ("[profiles]\na = {url=1}", "[profiles]\na = {url=1, user = \"tim\"}"),
        ("[profiles]\na = {url=1, }", "[profiles]\na = {url=1, user = \"tim\", }"),
        ("[profiles]\na = {\n# c\n}", "[profiles]\na = { user = \"tim\"\n# c\n}"),
        ("[profiles]\nb.url = 1\n", "[profiles]\nb.url = 1\n\n[profiles.a]\nuser = \"tim\"\n"),
        ("[profiles]\n", "[profiles]\n\n[profiles.a]\nuser = \"tim\"\n"),
        (
            "[profiles]\n'a' . url = 1\na.b.c = 2\nb.url = 1",
            "[profiles]\n'a' . url = 1\na.b.c = 2\na.user = \"tim\"\nb.url = 1",
        ),
        ("profiles.a.url = 1", "profiles.a.url = 1\nprofiles.a.user = \"tim\""),
        ("profiles.b.url = 1", "profiles.b.url = 1\n\n[profiles.a]\nuser = \"tim\""),
        ("profiles = {}", "profiles = { a = { user = \"tim\" } }"),
        ("profiles = {a.url=1}", "profiles = {a.url=1, a.user = \"tim\"}"),
        (
            "[profiles.a.system_user]\ntoken = 1\n",
            "[profiles.a.system_user]\ntoken = 1\n\n[profiles.a]\nuser = \"tim\"\n",
        ),
    ] {
        assert_eq!(set(before, "a", "user", "tim"), after);
        assert!(DeTable::parse(after).is_ok(), "{after}");
    }
    let token = "[profiles.a]\n[profiles.a.system_user]\nprivate_key = 1\n";
    assert_eq!(set(token, "a", "system_user.token", "x"), format!("{token}token = \"x\"\n"));
    let token = "[profiles.a]\nurl = 1\n";
    assert_eq!(
        set(token, "a", "system_user.token", "x"),
        format!("{token}system_user.token = \"x\"\n")
    );
}

#[test]
fn values_are_written_on_one_line() {
    let written = |value: ConfigValue| value.to_toml();
    assert_eq!(written("a".into()), "\"a\"");
    assert_eq!(written(r"file:C:\temp".into()), r"'file:C:\temp'");
    assert_eq!(written("a\n\"'\u{1}".into()), r#""a\n\"'\u0001""#);
    assert_eq!(written(true.into()), "true");
    assert_eq!(written(vec!["a".to_owned(), "b\"".to_owned()].into()), "[\"a\", 'b\"']");
    assert_eq!(written(ConfigValue::List(Vec::new())), "[]");
}

#[test]
fn default_profile_is_above_the_first_heading() {
    for (before, after) in [
        ("", "default_profile = \"a\"\n"),
        ("default_profile='x' # c", "default_profile=\"a\" # c"),
        ("[profiles.a]\r\n", "default_profile = \"a\"\r\n\r\n[profiles.a]\r\n"),
        ("# c\n\n[profiles.a]", "# c\n\ndefault_profile = \"a\"\n\n[profiles.a]"),
        ("# c\n[profiles.a]", "default_profile = \"a\"\n\n# c\n[profiles.a]"),
        ("# c", "# c\ndefault_profile = \"a\""),
        ("profiles.a.url = 1 # c", "profiles.a.url = 1 # c\ndefault_profile = \"a\""),
    ] {
        assert_eq!(switch(before, "a"), after);
    }
}

#[test]
fn removed_key_takes_its_line_or_its_comma_along() {
    for (before, after) in [
        ("[profiles.a]\n# c\nuser = 1 # d\n# e\n", "[profiles.a]\n# c\n# e\n"),
        ("[profiles.a]\r\nuser = [\r\n1,\r\n]", "[profiles.a]"),
        ("[profiles.a]\nurl = 1\nuser = 1", "[profiles.a]\nurl = 1"),
        ("[profiles]\na = { user = 1 }", "[profiles]\na = { }"),
        ("[profiles]\na = { user = 1, url = 1 }", "[profiles]\na = { url = 1 }"),
        ("[profiles]\na = { url = 1, user = 1 }", "[profiles]\na = { url = 1 }"),
        ("[profiles]\na = { url = 1, user = 1, }", "[profiles]\na = { url = 1, }"),
        ("[profiles]\na = {\n  user = 1,\n  url = 1 # c\n}", "[profiles]\na = {\n  url = 1 # c\n}"),
        (
            "[profiles]\na = {\n  url = 1, # c\n  user = 1\n}",
            "[profiles]\na = {\n  url = 1 # c\n  \n}",
        ),
        ("profiles.a.user = 1\nprofiles.a.url = 1", "profiles.a.url = 1"),
        ("[profiles.a]\nurl = 1", "[profiles.a]\nurl = 1"),
        ("[profiles.a.user]\nx = 1\n\n[profiles.a]\nuser.y = 1\n", "[profiles.a]\n"),
        ("profiles.a = { user.x = 1, url = 1, user.y = 1, user.z = 1}", "profiles.a = { url = 1}"),
    ] {
        assert_eq!(remove(before, "a", "user"), after);
    }
}

#[test]
fn removed_profile_takes_its_comments_along() {
    for (before, after) in [
        ("[profiles.a]\nuser = 1\n", ""),
        (
            "# file\n\n# a\n[profiles.a]\nuser = 1\n# x\n\n[profiles.b]\n",
            "# file\n\n[profiles.b]\n",
        ),
        (
            "[profiles.b]\nurl = 1\n# of b\n[profiles.a]\nuser = 1\n",
            "[profiles.b]\nurl = 1\n# of b\n",
        ),
        ("[profiles.b]\n\n[profiles.a]\n\nuser = 1\n\n", "[profiles.b]\n"),
        ("[profiles.b]\r\n\r\n[profiles.a]\r\nuser = 1", "[profiles.b]"),
        ("# file\n[profiles.a]\n# of b\n[profiles.b]\n", "# file\n# of b\n[profiles.b]\n"),
        ("[profiles.b]\n[profiles.a]\n\n[profiles.c]\n", "[profiles.b]\n\n[profiles.c]\n"),
        (
            "[profiles.a.system_user]\ntoken = 1\n\n[profiles.b]\n\n[profiles.a]\nurl = { x = 1 }\n",
            "[profiles.b]\n",
        ),
        ("[profiles]\na.url = 1\nb.url = 1\na.user = 1\n", "[profiles]\nb.url = 1\n"),
        ("profiles = { a = { url = 1 }, b = {} }", "profiles = { b = {} }"),
        ("profiles = { a.url = 1, a.user = 1 }", "profiles = { }"),
        ("default_profile = 'a' # c\n# d\n[profiles.a]", "# d"),
        ("default_profile = 'a'\r\n\r\n[profiles.b]", "[profiles.b]"),
        ("# c\n\ndefault_profile = 'a'\n\n\n[profiles.b]", "# c\n\n\n[profiles.b]"),
        ("default_profile = 'b'\n\n[profiles.a]", "default_profile = 'b'"),
    ] {
        assert_eq!(remove_profile(before, "a"), after);
    }
}

#[test]
fn changes_name_each_key_with_its_values() {
    let before = "default_profile = 'a'\n[profiles.a]\nurl = 'https://u:p@x'\nuser = 'x'\n";
    let mut edit = ConfigEdit::default();
    edit.set("a", "user", "\u{1b}").remove_key("a", "url").set("b", "select", vec!["Title".into()]);
    let lines =
        |changes: &[KeyChange]| changes.iter().flat_map(KeyChange::lines).collect::<Vec<_>>();
    let changed = changes(before, &apply(before, &edit));
    assert_eq!(
        lines(&changed),
        [
            "- profiles.a.url = ***",
            "- profiles.a.user = 'x'",
            "+ profiles.a.user = \"\\u001B\"",
            "+ profiles.b.select = [\"Title\"]",
        ]
    );
    let empty = changes("[profiles.a]\n", &remove_profile("[profiles.a]\n", "a"));
    assert_eq!(lines(&empty), ["- profiles.a = {}"]);
    assert!(changes(before, &switch(before, "a")).is_empty());
}

#[test]
fn new_profile_needs_a_plain_name() {
    for name in ["", "a b", "a.b", "æ", "a\"", "a\n"] {
        let mut edit = ConfigEdit::default();
        assert!(edit.set(name, "url", "x").apply("").is_err(), "{name}");
    }
    let quoted = "[profiles.\"a b\"]\nurl = 1\n";
    assert_eq!(set(quoted, "a b", "url", "x"), "[profiles.\"a b\"]\nurl = \"x\"\n");
    assert_eq!(set("", "A_b-9", "url", "x"), "[profiles.A_b-9]\nurl = \"x\"\n");
}

/// A profile with its keys in one of the forms of TOML, and comments and blank lines.
fn profile(name: &'static str) -> impl Strategy<Value = String> {
    let noise = "(\n|# [a-z=\\[\\]\",{}]{0,6}\n|[ \t]{0,2}\n){0,2}";
    let behind = "[ \t]{0,2}(# [a-z\"=,]{0,5})?";
    let value = "\"x\"|'y'|\"\"\"\nz\"\"\"|'# \\[a\\]'";
    let keys = prop::sample::subsequence(vec!["user", "language", "culture"], 1..=3);
    (keys, 0..5_usize, noise, noise, behind, value, "[ \t]{0,2}").prop_map(
        move |(keys, form, above, inside, behind, value, indent)| {
            let pairs = |prefix: &str| {
                let lines = keys
                    .iter()
                    .map(|key| format!("{indent}{prefix}{key} = {value}{behind}\n{inside}"));
                lines.collect::<String>()
            };
            let inline = |separator: &str| {
                keys.iter().map(|key| format!("{key}={value}")).collect::<Vec<_>>().join(separator)
            };
            match form {
                0 => format!("{above}[profiles.{name}]{behind}\n{inside}{}", pairs("")),
                1 => format!("{above}[profiles]\n{}", pairs(&format!("{name}."))),
                2 => {
                    format!("{above}[profiles]\n{inside}{name} = {{ {} }}{behind}\n", inline(", "))
                }
                3 => pairs(&format!("profiles . '{name}'.")),
                _ => format!(
                    "{above}[profiles]\n{name} = {{\n {}, # c\n }}{behind}\n",
                    inline(",\n# d\n")
                ),
            }
        },
    )
}

/// A file with profiles `a` and `b`. Their headings `[profiles]` are joined; what has no heading
/// is at the top.
fn file() -> impl Strategy<Value = String> {
    (profile("a"), profile("b"), "(default_profile = 'a'\n)?", any::<bool>(), any::<bool>())
        .prop_map(|(a, b, top, is_crlf, has_end)| {
            let (a, b) =
                if a.contains("[profiles]") { (a, b.replace("[profiles]\n", "")) } else { (a, b) };
            let has_no_heading = |part: &str| part.trim_start().starts_with("profiles . ");
            let (a, b) = if has_no_heading(&b) { (b, a) } else { (a, b) };
            let mut text = format!("{top}{a}{b}");
            if !has_end {
                text = text.trim_end_matches('\n').to_owned();
            }
            if is_crlf { text.replace('\n', "\r\n") } else { text }
        })
}

/// A file of comments and blank lines alone.
fn comments() -> impl Strategy<Value = String> {
    "(\n|[ \t]{1,2}\n|# [a-z=\\[\\]]{0,5}\n){0,4}(# [a-z]{0,3})?"
}

/// A file with whatever blank lines and blanks at its end.
fn file_with_any_end() -> impl Strategy<Value = String> {
    let text = prop_oneof![2 => file(), 1 => comments()];
    (text, "(\n|[ \t]{1,2}\n){0,3}[ \t]{0,2}", any::<bool>()).prop_map(|(text, end, is_crlf)| {
        let text = format!("{text}{end}");
        if is_crlf { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text }
    })
}

type Values = BTreeMap<String, String>;

fn values(text: &str) -> Option<Values> {
    let file = config_file::parse(text, Path::new("c.toml")).ok()?;
    let default = file.default_profile.map(|name| ("default".to_owned(), name.value));
    let values = file.profiles.iter().flat_map(|profile| {
        let key = |key: &str| format!("{}.{key}", profile.name);
        profile.values.iter().map(move |(name, value)| (key(name), value.value.clone()))
    });
    Some(values.chain(default).collect())
}

/// Returns the parts of `before` and `after` between their common start and their common end.
fn difference<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
    let start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before.bytes().rev().zip(after.bytes().rev()).take_while(|(a, b)| a == b).count();
    (&before[..before.len() - end], &after[..after.len() - end])
}

proptest! {
    #[test]
    fn set_changes_one_value_and_no_other_byte(
        text in file(), profile in "a|b|c", key in "user|language|output", value in "[a-z#\"'\\\\]{0,5}",
    ) {
        let expected = values(&text);
        prop_assume!(expected.is_some());
        let mut expected = expected.unwrap();
        let after = set(&text, &profile, &key, &value);
        let old = expected.insert(format!("{profile}.{key}"), value.clone());
        prop_assert_eq!(values(&after), Some(expected), "{}", after);
        let (removed, added) = difference(&text, &after);
        prop_assert!(removed.len() <= if old.is_some() { "'# [a]'".len() + 6 } else { 0 }, "{}", after);
        prop_assert!(!removed.contains('#') || removed.contains("# [a"), "{:?}", removed);
        prop_assert_eq!(after.ends_with('\n'), text.ends_with('\n'));
        if text.contains("\r\n") {
            prop_assert_eq!(added.matches('\n').count(), added.matches("\r\n").count());
            prop_assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
        }
        prop_assert_eq!(set(&after, &profile, &key, &value), after);
    }

    #[test]
    fn key_that_is_added_and_removed_leaves_the_file_as_it_was(text in file(), profile in "a|b") {
        prop_assume!(values(&text).is_some());
        prop_assert_eq!(remove(&set(&text, &profile, "output", "csv"), &profile, "output"), text.clone());
        if !text.contains("default_profile") {
            let switched = switch(&text, &profile);
            let (removed, added) = difference(&text, &switched);
            let line = format!("default_profile = \"{profile}\"");
            prop_assert_eq!((removed, added.trim()), ("", line.as_str()));
        }
    }

    #[test]
    fn profile_that_is_added_and_removed_leaves_the_file_as_it_was(
        text in file_with_any_end(), becomes_default in any::<bool>(),
    ) {
        prop_assume!(values(&text).is_some());
        let mut edit = ConfigEdit::default();
        edit.set("c", "user", "x").set("c", "language", "no");
        if becomes_default && !text.contains("default_profile") {
            edit.set_default_profile("c");
        }
        let after = apply(&text, &edit);
        prop_assert!(values(&after).is_some(), "{:?}", after);
        prop_assert_eq!(remove_profile(&after, "c"), text.clone(), "{:?}", after);
    }

    #[test]
    fn removal_keeps_all_other_lines(text in file(), profile in "a|b", key in "user|language") {
        let old = values(&text);
        prop_assume!(old.is_some());
        let old = old.unwrap();
        let without = |prefix: &str| {
            let rest = old.iter().filter(|(key, _)| !key.starts_with(prefix));
            rest.map(|(key, value)| (key.clone(), value.clone())).collect::<Values>()
        };
        let after = remove(&text, &profile, &key);
        prop_assert_eq!(values(&after), Some(without(&format!("{profile}.{key}"))), "{}", after);
        let (_, added) = difference(&text, &after);
        prop_assert_eq!(added, "");
        let after = remove_profile(&text, &profile);
        let mut expected = without(&format!("{profile}."));
        if profile == "a" { expected.remove("default"); }
        prop_assert_eq!(values(&after), Some(expected), "{}", after);
        prop_assert_eq!(after.is_empty() || after.ends_with('\n'), after.is_empty() || text.ends_with('\n'));
        let mut lines = text.split_inclusive('\n');
        for line in after.lines() {
            prop_assert!(lines.any(|old| old.trim_end_matches(['\r', '\n']) == line), "{:?} in {}", line, after);
        }
    }
}
