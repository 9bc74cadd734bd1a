//! Links on pages have targets, and the table of contents has every page.

use std::path::{Component, Path, PathBuf};

use super::page::{self, Page, SUMMARY};
use crate::support::generated::file;

/// Removes `.` and `..` from `path`.
fn normalize(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(normalized.pop(), "{} leads out", path.display()),
            Component::CurDir => {}
            part => normalized.push(part),
        }
    }
    normalized
}

/// Returns what is wrong with a link to `url` on `page`.
fn link_error(page: &Page, url: &str) -> Option<String> {
    if url.starts_with("https://") || url.starts_with("http://127.0.0.1") {
        return None;
    }
    let (path, anchor) = url.split_once('#').unwrap_or((url, ""));
    let target = if path.is_empty() {
        PathBuf::from(&page.path)
    } else if path.contains(':') || path.starts_with('/') {
        return Some("neither https nor a relative path".to_owned());
    } else {
        normalize(&Path::new(&page.path).parent().expect("a folder").join(path))
    };
    if !file(&target.to_string_lossy()).exists() {
        return Some("leads nowhere".to_owned());
    }
    // The site has docs/ and nothing else.
    if page.path.starts_with("docs/") && !target.starts_with("docs") {
        return Some("leads out of the book".to_owned());
    }
    if anchor.is_empty() {
        return None;
    }
    let is_there = Page::read(&target.to_string_lossy()).anchors.iter().any(|own| own == anchor);
    (!is_there).then(|| "has no such heading".to_owned())
}

#[test]
fn links_have_targets() {
    let mut links = 0;
    for page in page::all().into_iter().chain([Page::read(SUMMARY), Page::read("CHANGELOG.md")]) {
        for (line, url) in &page.links {
            let error = link_error(&page, url);
            assert_eq!(error, None, "{}, line {line}: {url}", page.path);
            links += 1;
        }
    }
    assert!(links > 50, "{links} links: are they found?");
}

/// The book includes the guide of CONTRIBUTING.md in docs/, where relative links would break.
#[test]
fn text_included_in_the_book_has_no_relative_links() {
    let page = std::fs::read_to_string(file("CONTRIBUTING.md")).expect("a page");
    let (_, guide) = page.split_once("<!-- ANCHOR: guide -->").expect("its begin");
    let (guide, _) = guide.split_once("<!-- ANCHOR_END: guide -->").expect("its end");
    let links = guide.split("](").skip(1);
    assert!(links.clone().all(|link| link.starts_with("https://")), "{links:?}");
    let including = std::fs::read_to_string(file("docs/contributing.md")).expect("a page");
    assert!(including.contains("{{#include ../CONTRIBUTING.md:guide}}"));
}

#[test]
fn broken_links_are_found() {
    let page = Page::read("docs/ci.md");
    let broken = ["no.md", "sign-in.md#no", "#no", "../README.md", "/ci.md", "http://example.com"];
    for url in broken {
        assert!(link_error(&page, url).is_some(), "{url}");
    }
    for url in ["sign-in.md", "sign-in.md#xsrf", "#gitlab-ci", "performance.svg"] {
        assert_eq!(link_error(&page, url), None, "{url}");
    }
}

#[test]
fn table_of_contents_has_every_page_once() {
    let summary = Page::read(SUMMARY);
    let mut listed: Vec<String> =
        summary.links.iter().map(|(_, url)| format!("docs/{url}")).collect();
    listed.sort();
    assert_eq!(listed, page::in_docs());
}
