//! The commands of docs/windows.md, which are for PowerShell: they are parsed, and those of the
//! README are among them.

use super::page::Page;
use super::{calls, exceptions};

/// Returns the calls in the blocks of the page at `path` in one of `languages`.
fn calls_of(path: &str, languages: &[&str]) -> Vec<Vec<String>> {
    let page = Page::read(path);
    let blocks = page.blocks.iter().filter(|block| languages.contains(&&*block.language));
    let lines = blocks.flat_map(|block| block.text.lines());
    let lines = lines.filter(|line| exceptions::reason_not_run(path, line).is_none());
    // The `$` before what a person types.
    lines.flat_map(|line| calls::find(line.trim_start_matches("$ "))).collect()
}

#[test]
fn commands_for_powershell_are_valid() {
    let calls = calls_of("docs/windows.md", &["powershell"]);
    assert!(calls.len() > 10, "{calls:?}");
    for call in calls {
        assert_eq!(calls::parse_error(&call, false), None, "{call:?}");
    }
}

#[test]
fn commands_of_the_readme_are_there_for_powershell() {
    let ours = calls_of("docs/windows.md", &["powershell"]);
    for call in calls_of("README.md", &["sh", "console"]) {
        assert!(ours.contains(&call), "docs/windows.md lacks {call:?}");
    }
}
