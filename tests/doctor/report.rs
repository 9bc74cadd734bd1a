//! The report of all checks, for people and for programs, and arguments that are refused.

use serde_json::Value;

use super::set_up::{TOKEN, Trusted, doctor};
use crate::support::site::{Conduct, Site};
use crate::support::{Run, sotickets};
#[cfg(unix)]
use crate::support::{plain, pty};

#[test]
fn impossible_call_is_rejected_before_anything_is_sent() {
    let site = Site::start(Conduct::good());
    let run = doctor(&site.url, &["--proxy-password", "env:NOWHERE"]);
    assert_eq!((run.code, site.requests().len()), (2, 0), "{run}");
    assert!(run.stdout.starts_with("ok       address     http://127.0.0.1:"), "{run}");
    assert!(run.stdout.contains("\nfailed   settings    --proxy-password goes with "), "{run}");
    assert_eq!(run.stdout.matches("\nskipped ").count(), 10, "{run}");

    for (arguments, message) in [
        (&["839", "--offline"][..], "an id does nothing with --offline, which sends nothing"),
        (&["-v", "--offline"], "--verbose does nothing with --offline, which sends nothing"),
        (&["1..9"], "doctor asks for one ticket, and more are named"),
        (&["0"], "'0' is not a ticket id: ids go from 1 to 2147483647"),
    ] {
        let run = doctor(&site.url, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.starts_with(&format!("error: {message}\n")), "{run}");
    }
    let run = doctor(&site.url, &["--no-auth", "--token", "env:X"]);
    assert_eq!((run.code, site.requests().len()), (2, 0), "{run}");
}

#[test]
fn json_report_has_the_same_facts_and_fixed_keys() {
    let trusted =
        Trusted::new(Conduct { tickets: (401, String::new()), ..Conduct::good() }, |_| ());
    let mut command = sotickets();
    command.args(["doctor", "839", "-o", "json", "--url", &trusted.site.url]);
    command.args(["--cacert", &trusted.bundle]).env("SOTICKETS_TOKEN", TOKEN);
    let run = Run::of(&mut command);
    assert_eq!(run.code, 4, "{run}");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["checks", "failure", "settings"]);
    let checks = report["checks"].as_array().expect("an array");
    let days = checks[4]["details"]["days_left"].as_i64().expect("a number");
    assert!(days > 700_000, "{days}");
    let lines: Vec<String> = checks.iter().map(ToString::to_string).collect();
    let text = format!("{}\n{}", lines.join("\n"), report["failure"]);
    // The test may read it a second later.
    let ahead = checks[11]["details"]["seconds_ahead"].as_i64().expect("a number");
    assert!((-5..=5).contains(&ahead), "{ahead}");
    let text = text
        .replace(&format!("\"seconds_ahead\":{ahead}}}"), "\"seconds_ahead\":N}")
        .replace(&format!("\"days_left\":{days},"), "\"days_left\":DAYS,")
        .replace(r#"["127.0.0.1","::1"]"#, r#"["127.0.0.1"]"#)
        .replace(r#"["::1","127.0.0.1"]"#, r#"["127.0.0.1"]"#);
    insta::assert_snapshot!(trusted.shown(&Run { stdout: text, stderr: String::new(), code: 4 }), @r#"
    {"details":{"address":"https://localhost:PORT"},"hints":[],"host":null,"message":"https://localhost:PORT","name":"address","result":"ok"}
    {"details":{},"hints":[],"host":null,"message":"all can be used; one secret was read","name":"settings","result":"ok"}
    {"details":{"addresses":{"localhost":["127.0.0.1"]}},"hints":[],"host":"localhost:PORT","message":"localhost is 127.0.0.1","name":"name","result":"ok"}
    {"details":{"peer":"127.0.0.1:PORT","proxy":null},"hints":[],"host":"localhost:PORT","message":"made to 127.0.0.1:PORT","name":"connection","result":"ok"}
    {"details":{"days_left":DAYS,"issuer":"Acme Root","not_after":"4096-01-01T00:00:00Z","version":"1.3"},"hints":[],"host":"localhost:PORT","message":"TLS 1.3; the certificate by 'Acme Root' ends on 4096-01-01, in DAYS days","name":"tls","result":"ok"}
    {"details":{},"hints":[],"host":null,"message":"none is named","name":"tenant","result":"skipped"}
    {"details":{"api":"v1","built":"2024-08-10","net_server":"10.3.1.512"},"hints":[],"host":"localhost:PORT","message":"NetServer 10.3.1.512 of 2024-08-10, API v1","name":"version","result":"ok"}
    {"details":{"status":401},"hints":["access tokens live 20 to 60 minutes: sotickets auth login --token prompt keeps a new one; Onsite does not know Bearer, use --user there"],"host":null,"message":"HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer)","name":"credential","result":"failed"}
    {"details":{},"hints":[],"host":null,"message":"not tried, since credential failed","name":"ticket","result":"skipped"}
    {"details":{},"hints":[],"host":null,"message":"not tried, since credential failed","name":"language","result":"skipped"}
    {"details":{},"hints":[],"host":null,"message":"not tried, since credential failed","name":"timezone","result":"skipped"}
    {"details":{"seconds_ahead":N},"hints":[],"host":"localhost:PORT","message":"the clock of localhost:PORT differs by at most 5 s","name":"clock","result":"ok"}
    {"check":"credential","exit_code":4,"hints":["access tokens live 20 to 60 minutes: sotickets auth login --token prompt keeps a new one; Onsite does not know Bearer, use --user there"],"kind":"authentication","message":"HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer)"}--- exit code 4
    "#);

    let run = Run::of(sotickets().args(["doctor", "-o", "json", "--offline"]));
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((run.code, report["checks"].to_string().as_str()), (2, "[]"), "{run}");
    assert_eq!(report["failure"]["check"], "address");
}

/// docs/doctor.md has them in this order.
#[test]
fn each_check_is_documented() {
    let run = Run::of(sotickets().args(["doctor", "-o", "json"]));
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let checks = report["checks"].as_array().expect("an array");
    let names: Vec<&str> = checks.iter().filter_map(|check| check["name"].as_str()).collect();
    let documented: Vec<&str> = include_str!("../../docs/doctor.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .take(names.len())
        .collect();
    assert_eq!(names, documented);
}

#[cfg(unix)]
#[test]
fn word_that_is_too_long_goes_below_its_name_in_a_narrow_terminal() {
    let mut command = sotickets();
    command.args(["doctor", "--offline", "--all", "--no-auth"]);
    command.args(["--url", "https://crm.example.com/SuperOffice", "--language", "nb-no"]);
    for (columns, url) in [
        (40, "url\n  https://crm.example.com/SuperOffice,\n  from --url\n"),
        (
            60,
            "url               https://crm.example.com/SuperOffice, from\n                  --url\n",
        ),
    ] {
        let Some(run) = pty::run(&command, columns) else { return };
        let text = plain(&run.stdout);
        assert!(text.contains(&format!("\n{url}tenant            not set\n")), "{text}");
        assert!(text.contains("\nlanguage          nb-no, from"), "{text}");
    }
}
