//! docs/network.md: the messages that it explains are in the sources.

use std::fs;

use crate::support::generated::file;

/// Files with messages about proxies and certificates, and about an answer from a proxy.
const SOURCES: [&str; 3] =
    ["src/http/error/proxy.rs", "src/http/error/tls.rs", "src/api/response.rs"];

/// Returns the messages in the first column of the tables below the `heading`.
fn messages<'p>(page: &'p str, heading: &str) -> Vec<&'p str> {
    let (_, rest) = page.split_once(&format!("# {heading}\n")).expect(heading);
    let section = rest.split("\n## ").next().expect("a section");
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn messages_are_in_the_sources() {
    let sources = SOURCES.map(|path| fs::read_to_string(file(path)).expect(path)).concat();
    let page = fs::read_to_string(file("docs/network.md")).expect("a page");
    let of_proxies = messages(&page, "Messages about proxies");
    let of_certificates = messages(&page, "Messages about certificates");
    assert!(of_proxies.len() >= 8 && of_certificates.len() >= 13, "are the tables found?");
    for message in of_proxies.into_iter().chain(of_certificates) {
        for part in message.split('…').map(str::trim).filter(|part| !part.is_empty()) {
            assert!(sources.contains(part), "{message}: '{part}' is in no source");
        }
    }
}
