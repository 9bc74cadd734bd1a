//! `-o html` in a real browser: it sorts and filters, fits narrow screens, and loads nothing.
#![cfg(target_os = "linux")]

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::Server;
use crate::support::browser::Browser;

/// A page in a browser.
struct Stage {
    folder: TempDir,
    browser: Browser,
}

impl Stage {
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
    let Some(stage) = Stage::start() else { return };
    let (browser, tickets) = (&stage.browser, three_tickets());
    let url = stage.open(&tickets, &SELECT);
    let title = |index: usize| tickets[index]["Title"].clone();
    let in_order = |order: [usize; 3]| Value::from(order.map(title).to_vec());
    assert_eq!(stage.titles(), in_order([0, 1, 2]));
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
            assert_eq!(stage.titles(), in_order(expected), "column {column}, {order}");
            let sort = format!(
                "return String(document.querySelector('{button}').parentNode.getAttribute('aria-sort'))"
            );
            assert_eq!(browser.run(&sort), order);
        }
    }
    // A key is enough.
    let focus = "const button = document.querySelector('th:nth-child(3) button');
        button.focus(); return document.activeElement === button";
    assert_eq!(browser.run(focus), true);
    browser.press("\u{e007}");
    assert_eq!(stage.titles(), in_order([0, 1, 2]));

    browser.click("input");
    browser.press("script alert(2)");
    browser.wait_until("return document.querySelector('output').textContent === '1 of 3'");
    assert_eq!(stage.titles(), json!([title(2)]));

    assert_eq!(browser.console(), [Value::Null; 0]);
    assert_eq!(browser.requests(), [url]);
}

#[test]
fn page_fits_narrow_and_wide_screens() {
    let Some(stage) = Stage::start() else { return };
    stage.open(&three_tickets(), &SELECT);
    for width in [320, 390, 1280] {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": true});
        stage.browser.command("Emulation.setDeviceMetricsOverride", &size);
        let widths = "return [innerWidth, document.documentElement.scrollWidth]";
        assert_eq!(stage.browser.run(widths), json!([width, width]));
    }
}

#[test]
fn large_table_keeps_its_roles_and_prints_all_rows() {
    let Some(stage) = Stage::start() else { return };
    let ticket = |id: i32| json!({"TicketId": id, "Title": format!("title {id}")});
    stage.open(&(1..=2000).map(ticket).collect(), &["-o", "html"]);
    let browser = &stage.browser;
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
    assert_eq!(stage.titles()[0], "title 2000");

    browser.command("Emulation.setEmulatedMedia", &json!({"media": "print"}));
    assert_eq!([style("display"), style("contentVisibility")], ["table-row", "visible"]);
    assert_eq!(browser.console(), [Value::Null; 0]);
}
