//! `-o html` in a real browser: it sorts, filters, prints, fits narrow screens, and loads nothing.
#![cfg(target_os = "linux")]

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::Server;
use crate::support::browser::Browser;

/// A page in a browser.
struct OpenPage {
    folder: TempDir,
    browser: Browser,
}

impl OpenPage {
    /// Starts the browser; `None` without one.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let browser = Browser::start(folder.path())?;
        Some(Self { folder, browser })
    }

    /// Opens the page of `tickets`. Returns its address.
    fn open(&self, tickets: &Value, options: &[&str]) -> String {
        let path = self.folder.path().join("tickets.html");
        let path = path.to_str().expect("UTF-8");
        let server = Server::json(&tickets.to_string());
        let ids = format!("1..{}", tickets.as_array().expect("tickets").len());
        let run = server.run(&[&[&*ids, "--out-file", path], options].concat());
        assert_eq!(run.to_string(), "--- exit code 0");
        // The browser's own first page may still be loading.
        self.browser.open("about:blank");
        self.browser.requests();
        let url = format!("file://{path}");
        self.browser.open(&url);
        url
    }

    /// The texts of the second column, without hidden rows.
    fn titles(&self) -> Value {
        self.browser.run(
            "return [...document.querySelectorAll('.list tbody tr:not([hidden])')]
                .slice(0, 20).map((row) => row.children[1].textContent)",
        )
    }
}

fn three_tickets() -> Value {
    json!([
        {"TicketId": 1, "Title": "b </script><img src=x onerror=alert(1)>", "TimeToReply": 20,
            "CreatedAt": "2026-03-01T08:00:00Z", "TicketStatusDisplayValue": "Open"},
        {"TicketId": 2, "Title": "", "TimeToReply": 100, "CreatedAt": "2026-02-01T08:00:00Z"},
        {"TicketId": 3, "Title": "A ]]> <script>alert(2)</script>", "TimeToReply": null,
            "CreatedAt": "0001-01-01T00:00:00"},
    ])
}

const SELECT: [&str; 2] = ["-s", "TicketId,Title,TimeToReply,CreatedAt,TicketStatusDisplayValue"];

#[test]
fn page_sorts_and_filters_without_a_request_or_a_message() {
    let Some(page) = OpenPage::start() else { return };
    let (browser, tickets) = (&page.browser, three_tickets());
    let url = page.open(&tickets, &SELECT);
    let title = |index: usize| tickets[index]["Title"].clone();
    let in_order = |order: [usize; 3]| Value::from(order.map(title).to_vec());
    assert_eq!(page.titles(), in_order([0, 1, 2]));
    // Each column up, down and as it was; empty cells are last.
    for (column, up, down) in [
        (1, [0, 1, 2], [2, 1, 0]),
        (2, [2, 0, 1], [0, 2, 1]),
        (3, [0, 1, 2], [1, 0, 2]),
        (4, [1, 0, 2], [0, 1, 2]),
    ] {
        let button = format!(".list th:nth-child({column}) button");
        for (order, expected) in [("ascending", up), ("descending", down), ("null", [0, 1, 2])] {
            browser.click(&button);
            assert_eq!(page.titles(), in_order(expected), "column {column}, {order}");
            let sort = format!(
                "return String(document.querySelector('{button}').parentNode.getAttribute('aria-sort'))"
            );
            assert_eq!(browser.run(&sort), order);
        }
    }
    // Also in a browser in which no property reflects the attribute.
    browser.run("delete Element.prototype.ariaSort");
    for expected in [[0, 1, 2], [2, 1, 0], [0, 1, 2]] {
        browser.click(".list th:nth-child(1) button");
        assert_eq!(page.titles(), in_order(expected));
    }
    // A key is enough.
    let focus = "const button = document.querySelector('th:nth-child(3) button');
        button.focus(); return document.activeElement === button";
    assert_eq!(browser.run(focus), true);
    browser.press("\u{e007}");
    assert_eq!(page.titles(), in_order([0, 1, 2]));

    browser.click("input");
    browser.press("script alert(2)");
    browser.wait_until("return document.querySelector('output').textContent === '1 of 3'");
    assert_eq!(page.titles(), json!([title(2)]));

    assert_eq!(browser.console(), [Value::Null; 0]);
    assert_eq!(browser.requests(), [url]);
}

#[test]
fn page_fits_narrow_and_wide_screens() {
    let Some(page) = OpenPage::start() else { return };
    page.open(&three_tickets(), &SELECT);
    for width in [320, 390, 1280] {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": true});
        page.browser.command("Emulation.setDeviceMetricsOverride", &size);
        let widths = "return [innerWidth, document.documentElement.scrollWidth]";
        assert_eq!(page.browser.run(widths), json!([width, width]));
    }
}

#[test]
fn large_table_keeps_its_roles_and_prints_all_rows() {
    let Some(page) = OpenPage::start() else { return };
    let ticket = |id: i32| json!({"TicketId": id, "Title": format!("title {id}")});
    page.open(&(1..=2000).map(ticket).collect(), &["-o", "html"]);
    let browser = &page.browser;
    let style = |property: &str| {
        browser.run(&format!(
            "return getComputedStyle(document.querySelector('.list tbody tr')).{property}"
        ))
    };
    assert_eq!([style("display"), style("contentVisibility")], ["grid", "auto"]);
    let roles = "return ['table', 'rowgroup', 'row', 'columnheader', 'cell']
        .map((role) => document.querySelectorAll(`[role=${role}]`).length)";
    assert_eq!(browser.run(roles), json!([1, 2, 2001, 8, 16_000]));
    // Columns are as wide in each row as in the heading.
    let edges = "const rows = document.querySelectorAll('.list tr');
        const edges = (row) => [...row.children].map((it) => it.getBoundingClientRect().left);
        return [edges(rows[0]), edges(rows[1]), edges(rows[5])].map(String)";
    let edges = browser.run(edges);
    assert!(edges[0] == edges[1] && edges[1] == edges[2], "{edges}");
    browser.click(".list th:nth-child(1) button");
    browser.click(".list th:nth-child(1) button");
    assert_eq!(page.titles()[0], "title 2000");

    browser.click("input");
    browser.press("2000");
    browser.wait_until("return document.querySelector('output').textContent === '1 of 2000'");
    assert_eq!(page.titles(), json!(["title 2000"]));

    browser.command("Emulation.setEmulatedMedia", &json!({"media": "print"}));
    assert_eq!([style("display"), style("contentVisibility")], ["table-row", "visible"]);
    let visible = "return [...document.querySelectorAll('.list tbody tr')]
        .filter((row) => getComputedStyle(row).display === 'table-row').length";
    assert_eq!(browser.run(visible), 2000, "the filter is for the screen");
    assert_eq!(browser.console(), [Value::Null; 0]);
}

#[test]
fn each_printed_page_has_the_headings() {
    let Some(page) = OpenPage::start() else { return };
    let ticket = |id: i32| json!({"TicketId": id, "Title": format!("title {id}")});
    for count in [100, 2000] {
        page.open(&(1..=count).map(ticket).collect(), &["-o", "html"]);
        let printed = page.browser.command("Page.printToPDF", &json!({}));
        let pdf = STANDARD.decode(printed["data"].as_str().expect("a file")).expect("base64");
        let pages = printed_pages(&pdf);
        assert!(pages.len() > 2, "{}", pages.len());
        // The color of the headings, which no cell has.
        let has_headings = |page: &String| page.contains(" .2667 .2667 .2667 rg");
        let without = pages.iter().filter(|page| !has_headings(page)).count();
        assert_eq!(without, 0, "of {} pages", pages.len());
    }
}

/// Returns the drawing commands of each page, which has text.
fn printed_pages(pdf: &[u8]) -> Vec<String> {
    const START: &[u8] = b" stream\n";
    let starts = memchr::memmem::find_iter(pdf, START).map(|at| at + START.len());
    let read = |start: usize| {
        let mut text = String::new();
        ZlibDecoder::new(&pdf[start..]).read_to_string(&mut text).ok()?;
        text.contains("\nBT\n").then_some(text)
    };
    starts.filter_map(read).collect()
}

#[test]
fn long_heading_is_broken() {
    let Some(page) = OpenPage::start() else { return };
    let heading = "x".repeat(500);
    let select = format!("TicketId,{heading},Title");
    page.open(&json!([{"TicketId": 1, "Title": "a"}]), &["--any-field", "-s", &select]);
    let widths = "const heading = document.querySelectorAll('.list th')[1];
        return [heading, document.querySelector('.scroll')].map((it) => it.scrollWidth <= it.clientWidth)";
    assert_eq!(page.browser.run(widths), json!([true, true]));
}
