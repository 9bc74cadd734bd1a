//! Text in backticks on pages: commands parse, options and files exist.

use std::fs;

use super::page;
use super::{calls, exceptions};
use crate::support::generated::file;

/// Options of other programs.
const FOREIGN: [&str; 1] = ["--json"];

/// Folders of the sources.
const FOLDERS: [&str; 7] =
    ["benches/", "completions/", "docs/", "fuzz/", "packaging/", "src/", "tests/"];

/// Files that a command on a page creates.
const CREATED: [&str; 1] = ["fuzz/corpus"];

#[test]
fn commands_in_text_are_valid() {
    for page in page::all() {
        for (line, code) in &page.codes {
            for call in calls::find(code) {
                let place = format!("{}, line {line}: {code}", page.path);
                assert_eq!(calls::parse_error(&call, true), None, "{place}");
            }
        }
    }
}

#[test]
fn options_in_text_exist() {
    let options = calls::long_options();
    for page in page::all() {
        for (line, code) in page.codes.iter().filter(|(_, code)| code.starts_with("--")) {
            let name = code.split([' ', '=', ',', '[']).next().unwrap_or_default();
            let is_known =
                options.iter().any(|option| option == name) || FOREIGN.contains(&&**code);
            assert!(is_known, "{}, line {line}: there is no option {code}", page.path);
        }
    }
}

#[test]
fn named_files_exist() {
    for page in page::all() {
        let codes = page.codes.iter().map(|(_, code)| code.clone());
        for text in codes.chain(exceptions::unexecuted_lines(&page)) {
            let words = text.split([' ', '\'', '"', '=']).map(|word| word.trim_end_matches('/'));
            let named = words.filter(|word| {
                let is_ours = FOLDERS.iter().any(|folder| word.starts_with(folder));
                is_ours && !CREATED.iter().any(|created| word.starts_with(created))
            });
            for path in named {
                assert!(file_exists(path), "{}: there is no {path}", page.path);
            }
        }
    }
}

/// Checks whether a file exists at `path`, which may have one `*` in its name.
fn file_exists(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((begin, end)) = name.split_once('*') else { return file(path).exists() };
    let fits = |name: &str| name.starts_with(begin) && name.ends_with(end);
    fs::read_dir(file(folder)).is_ok_and(|entries| {
        entries.flatten().any(|entry| fits(&entry.file_name().to_string_lossy()))
    })
}
