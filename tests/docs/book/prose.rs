//! What stands in backticks on a page is there: commands, options, files.

use std::fs;

use super::page;
use super::{calls, exceptions};
use crate::support::generated::file;

/// Options of other programs that a page speaks of.
const FOREIGN: [&str; 1] = ["--json"];

/// Folders of the sources; what stands below one of them is a file of theirs.
const FOLDERS: [&str; 7] =
    ["benches/", "completions/", "docs/", "fuzz/", "packaging/", "src/", "tests/"];

/// What a command on a page makes first.
const MADE: [&str; 1] = ["fuzz/corpus"];

#[test]
fn every_command_in_the_text_is_one() {
    for page in page::all() {
        for (line, code) in &page.codes {
            for call in calls::of(code) {
                let place = format!("{}, line {line}: {code}", page.path);
                assert_eq!(calls::fault(&call, true), None, "{place}");
            }
        }
    }
}

#[test]
fn every_option_in_the_text_is_one() {
    let options = calls::options();
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
fn every_file_of_the_sources_that_is_named_is_there() {
    for page in page::all() {
        let codes = page.codes.iter().map(|(_, code)| code.clone());
        for text in codes.chain(exceptions::lines(&page)) {
            let words = text.split([' ', '\'', '"', '=']).map(|word| word.trim_end_matches('/'));
            let named = words.filter(|word| {
                let is_ours = FOLDERS.iter().any(|folder| word.starts_with(folder));
                is_ours && !MADE.iter().any(|made| word.starts_with(made))
            });
            for path in named {
                assert!(is_there(path), "{}: there is no {path}", page.path);
            }
        }
    }
}

/// Whether there is a file at `path`, in which one `*` may stand for a part of the name.
fn is_there(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((begin, end)) = name.split_once('*') else { return file(path).exists() };
    let fits = |name: &str| name.starts_with(begin) && name.ends_with(end);
    fs::read_dir(file(folder)).is_ok_and(|entries| {
        entries.flatten().any(|entry| fits(&entry.file_name().to_string_lossy()))
    })
}
