//! Output: each format, `--out-file` and `--dry-run`.

use super::{Job, SCHEMES, SOURCES, TICKETS, WAYS, Way, assert_no_leak, by, http, secret_run};
use crate::support;
use crate::support::echo::Echo;

const XML_TICKETS: &str = "<A><Ticket><TicketId>839</TicketId></Ticket></A>";

/// Every format, and where it is written.
fn formats() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (turn, format) in support::formats(|_| true).into_iter().enumerate() {
        for verbose in [&[][..], &["-v"]] {
            for file in [false, true] {
                let format = format.clone();
                jobs.push(Box::new(move |ledger| {
                    let secret_run = secret_run(turn % 4, turn, &["-o", &format]).with(verbose);
                    let echo =
                        Echo::start(secret_run.folder(), move |it, _| match format.as_str() {
                            "xml" => {
                                http(it, 200, "Content-Type: application/xml\r\n", XML_TICKETS)
                            }
                            _ => http(it, 200, "", TICKETS),
                        });
                    let out = secret_run.path("out/tickets");
                    let secret_run = by(secret_run, WAYS[turn % 3], turn, echo.port);
                    let path = if file { "--out-file" } else { "a format" };
                    let to_file = ["--out-file", out.as_str()];
                    let secret_run = secret_run.with(if file { &to_file } else { &[] });
                    secret_run.run(ledger, path, 0, Some(&echo));
                }));
            }
        }
    }
    // A folder that goes away while the server is asked.
    jobs.push(Box::new(|ledger| {
        let secret_run = secret_run(2, 1, &["-v"]);
        let folder = secret_run.path("out");
        let echo = Echo::start(secret_run.folder(), move |it, _| {
            std::fs::remove_dir(&folder).expect("an empty folder");
            http(it, 200, "", TICKETS)
        });
        let out = secret_run.path("out/tickets");
        let secret_run = by(secret_run, Way::Straight, 1, echo.port).with(&["--out-file", &out]);
        secret_run.run(ledger, "--out-file that fails", 1, Some(&echo));
    }));
    for code in [5, 7] {
        jobs.push(Box::new(move |ledger| {
            let secret_run = secret_run(2, 1, &["-v"]);
            let echo = Echo::start(secret_run.folder(), move |it, _| {
                let status = if code == 5 { 500 } else { 200 };
                http(it, status, "", it.quoted(0, 300))
            });
            let out = secret_run.path("out/tickets");
            std::fs::write(&out, "old").expect("a file");
            let secret_run =
                by(secret_run, Way::Straight, 1, echo.port).with(&["--out-file", &out]);
            secret_run.run(ledger, "--out-file that fails", code, Some(&echo));
        }));
    }
    jobs
}

/// `--dry-run`, by each way and with each credential.
fn dry_runs() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for scheme in 0..SCHEMES.len() {
        for way in WAYS {
            for turn in 0..SOURCES.len() {
                jobs.push(Box::new(move |ledger| {
                    let secret_run =
                        by(secret_run(scheme, turn, &["--dry-run", "-v"]), way, turn, 9);
                    secret_run.run(ledger, "--dry-run", 0, None);
                }));
            }
        }
    }
    jobs
}

#[test]
fn output_holds_no_secret() {
    // Each format is written four times.
    assert_no_leak(formats(), 4 * support::formats(|_| true).len() + 3);
}

#[test]
fn script_of_a_dry_run_holds_no_secret() {
    assert_no_leak(dry_runs(), 4 * 3 * 4);
}
