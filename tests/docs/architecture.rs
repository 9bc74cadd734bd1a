//! The house: an import points only to a lower floor, and docs/architecture.md shows it so.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{floors, generated};

/// The modules below `src`, with their floors.
const FLOORS: [(&str, u8); 22] = [
    ("browser", 1),
    ("deadline", 0),
    ("encoding", 0),
    ("error", 0),
    ("secret", 0),
    ("escape", 0),
    ("nearest", 0),
    ("host", 0),
    ("loopback", 0),
    ("keyring", 1),
    ("signals", 1),
    ("ticket", 1),
    ("cli", 2),
    ("api", 2),
    ("output", 2),
    ("prompt", 2),
    ("online", 3),
    ("settings", 4),
    ("commands", 5),
    ("manual", 5),
    ("lib", 5),
    ("main", 6),
];

/// The sample server stands apart: these alone know it, and it knows the two
/// lowest floors.
const DEMO: &str = "demo";
const KNOW_DEMO: [&str; 2] = ["commands/demo.rs", "commands/get.rs"];
const DEMO_REACHES: u8 = 1;

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// What is wrong with the `source` of the file at `path` below `src`.
fn faults(path: &str, source: &str) -> Vec<String> {
    let own = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    let fault = |named: &str| {
        if named == own {
            return None;
        }
        if own == DEMO {
            let reached = floor(named).is_some_and(|floor| floor <= DEMO_REACHES);
            return (!reached).then(|| format!("{path} is apart and names {named}"));
        }
        if named == DEMO {
            return (!KNOW_DEMO.contains(&path)).then(|| format!("{path} names {DEMO}"));
        }
        let Some(from) = floor(own) else { return Some(format!("{path} is on no floor")) };
        // What is no module is an item of lib.rs.
        let to = floor(named).unwrap_or(5);
        let lower = to < from || (own == "lib" && to == 5 && floor(named).is_some());
        (!lower).then(|| format!("{path}, on floor {from}, names {named}, on floor {to}"))
    };
    named(path, source).iter().filter_map(|named| fault(named)).collect()
}

/// The modules directly below the crate that `source` names.
fn named(path: &str, source: &str) -> Vec<String> {
    let mut depth = path.split('/').count() - usize::from(path.ends_with("/mod.rs"));
    let mut names = Vec::new();
    let mut code = String::new();
    for line in source.lines() {
        if line == "mod tests {" {
            names.append(&mut named_in(&code, depth));
            code.clear();
            depth += 1;
        }
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    names.append(&mut named_in(&code, depth));
    names
}

/// The same for code without comments, in a module `depth` steps below the crate.
fn named_in(code: &str, depth: usize) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (start, word) in code.match_indices("crate::").chain(code.match_indices("sotickets::")) {
        let before = code[..start].chars().next_back();
        if !before.is_some_and(|c| is_word(c) || c == ':' || c == '$') {
            names.extend(first_names(&code[start + word.len()..]));
        }
    }
    let mut rest = code;
    while let Some(start) = rest.find("super::") {
        let mut steps = 0;
        rest = &rest[start..];
        while let Some(after) = rest.strip_prefix("super::") {
            rest = after;
            steps += 1;
        }
        if steps >= depth {
            names.extend(first_names(rest));
        }
    }
    names
}

/// `a` of `a::b`, and `a` and `b` of `{a::c, b}`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        text[..end].to_owned()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut names = vec![name(group)];
    let mut open = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            ',' if open == 1 => names.push(name(&group[at + 1..])),
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    // After the last comma there may be nothing.
    names.retain(|name| !name.is_empty());
    names
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() { rust_files(&path) } else { vec![path] }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn imports_point_only_to_a_lower_floor() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src);
    assert!(files.len() > 50, "{} files", files.len());
    let faults: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(&src).expect("below src").to_string_lossy();
            let path = path.replace('\\', "/");
            let own = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
            assert!(own == DEMO || floor(own).is_some(), "src/{path} is on no floor yet");
            faults(&path, &fs::read_to_string(file).expect("a file"))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_wrong_import_is_found_however_it_is_written() {
    let wrong = [
        ("ticket/ids.rs", "use crate::http::client;"),
        ("ticket/ids.rs", "use super::super::api::client;"),
        ("ticket/mod.rs", "use crate::http::client;"),
        ("error.rs", "use super::ticket;"),
        ("error.rs", "use crate::{escape};"),
        ("output/csv.rs", "use crate::{ticket::ids::{TicketId, self}, cli::get::GetArgs};"),
        ("output/csv.rs", "fn f() -> crate::settings::Origin<u8> {}"),
        ("output/csv.rs", "#[cfg(test)]\nmod tests {\n    use super::super::super::api;\n}"),
        ("api/client.rs", "use crate::output::width;"),
        ("settings/get.rs", "use crate::commands::messages;"),
        ("settings/get.rs", "use crate::demo;"),
        ("online/store.rs", "use crate::settings::plan::get;"),
        ("api/client.rs", "use crate::tenant::environment;"),
        ("commands/fields.rs", "use crate::demo::IDS;"),
        ("commands/fields.rs", "use crate::run;"),
        ("demo/mod.rs", "use crate::http::client;"),
        ("fresh.rs", "use crate::error::Error;"),
    ];
    for (path, source) in wrong {
        assert_eq!(faults(path, source).len(), 1, "{path}: {source}");
    }
    let right = [
        ("ticket/ids.rs", "use crate::error::Error;\nuse super::date;\n// not crate::api"),
        ("ticket/ids.rs", "#[cfg(test)]\nmod tests {\n    use super::super::column;\n}"),
        ("settings/get.rs", "use crate::{api::client, cli, error::Error, output, ticket::ids};"),
        ("commands/get.rs", "use crate::demo;\nuse super::report;"),
        ("demo/answer.rs", "use super::{IDS, zone};\nuse crate::ticket::ids;"),
        ("demo/mod.rs", "use crate::suggest;"),
        ("main.rs", "use sotickets::context::Context;"),
        ("lib.rs", "use crate::commands::messages;"),
    ];
    for (path, source) in right {
        assert_eq!(faults(path, source), [""; 0]);
    }
}

/// Where a file is not named there, its tests never run.
#[test]
fn every_file_of_tests_is_in_their_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let source = fs::read_to_string(folder.join("main.rs")).expect("the crate");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).expect("tests") {
        let path = entry.expect("a file").path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust || path.join("mod.rs").exists() {
            files.push(path.file_stem().expect("a name").to_string_lossy().into_owned());
        }
    }
    files.retain(|file| file != "main");
    files.sort();
    let named: Vec<&str> =
        source.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    assert_eq!(named, files);
}

#[test]
fn the_page_shows_the_floors_as_they_are() {
    let page = fs::read_to_string(generated::file("docs/architecture.md")).expect("a page");
    let shown = floors::of(&page);
    let mut told: Vec<(&str, Option<u8>)> = Vec::new();
    for floor in &shown {
        let number = floor.name.parse().ok();
        let names = floor.modules.iter().map(|name| name.trim_end_matches(['/']));
        told.extend(names.map(|name| (name.trim_end_matches(".rs"), number)));
    }
    let mut known: Vec<(&str, Option<u8>)> =
        FLOORS.iter().map(|(name, floor)| (*name, Some(*floor))).collect();
    known.push((DEMO, None));
    told.sort_unstable();
    known.sort_unstable();
    assert_eq!(told, known);
    generated::check("docs/floors.svg", &floors::picture(&shown));
}
