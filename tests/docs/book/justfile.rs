//! The justfile: pages name each of its commands, and the files that it uses exist.

use std::collections::BTreeSet;
use std::fs;

use super::page;
use crate::support::generated::file;

/// Returns the public recipes, each with its parameters and its lines.
fn recipes() -> Vec<(String, String, Vec<String>)> {
    let text = fs::read_to_string(file("justfile")).expect("a justfile");
    let mut recipes: Vec<(String, String, Vec<String>)> = Vec::new();
    let mut is_private = false;
    for line in text.lines() {
        if let (Some(line), Some(last)) = (line.strip_prefix("    "), recipes.last_mut()) {
            last.2.push(line.to_owned());
        } else if line.starts_with('[') {
            is_private = line == "[private]";
        } else if let Some((head, "")) = line.split_once(':').filter(|_| !line.starts_with('#')) {
            let (name, parameters) = head.split_once(' ').unwrap_or((head, ""));
            recipes.push((name.to_owned(), parameters.to_owned(), Vec::new()));
            if is_private {
                recipes.pop();
            }
            is_private = false;
        }
    }
    recipes
}

#[test]
fn pages_name_each_recipe() {
    let known: BTreeSet<String> = recipes().into_iter().map(|(name, ..)| name).collect();
    assert!(known.len() > 10, "{known:?}");
    let mut named = BTreeSet::new();
    for page in page::all() {
        for (line, code) in &page.codes {
            let Some(name) = code.strip_prefix("just ").and_then(|it| it.split(' ').next()) else {
                continue;
            };
            assert!(known.contains(name), "{}, line {line}: {code}", page.path);
            named.insert(name.to_owned());
        }
    }
    assert_eq!(named, known);
}

#[test]
fn files_of_recipes_exist() {
    let targets = fs::read_to_string(file("Cargo.toml")).expect("a manifest");
    for (name, _, lines) in recipes() {
        assert!(!lines.is_empty(), "{name} does nothing");
        for line in &lines {
            let words: Vec<&str> = line.split(' ').collect();
            for (at, word) in words.iter().enumerate() {
                let path = match (*word, words.get(at + 1)) {
                    ("--test", Some(test)) => {
                        assert!(targets.contains(&format!("[[test]]\nname = \"{test}\"\n")));
                        continue;
                    }
                    (module, _) if module.ends_with("::") => {
                        assert!(is_test_module(module.trim_end_matches("::")), "{name}: {module}");
                        continue;
                    }
                    ("--bench", Some(bench)) => format!("benches/{bench}.rs"),
                    (script, _)
                        if ["packaging/", "benches/", ".ci/"]
                            .iter()
                            .any(|it| script.starts_with(it)) =>
                    {
                        script.to_owned()
                    }
                    _ => continue,
                };
                assert!(file(&path).exists(), "{name}: there is no {path}");
            }
        }
    }
}

/// Returns whether `name` is a folder in `tests/`, or a file or folder in one of its folders.
fn is_test_module(name: &str) -> bool {
    let mut folders = fs::read_dir(file("tests")).expect("tests").flatten().map(|it| it.path());
    file(&format!("tests/{name}")).is_dir()
        || folders
            .any(|folder| folder.join(format!("{name}.rs")).is_file() || folder.join(name).is_dir())
}
