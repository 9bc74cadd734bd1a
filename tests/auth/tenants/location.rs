//! The location of a tenant: looked up, cached, and looked up again.

use std::fs;

use chrono::TimeDelta;

use crate::support::online_server::{self, OnlineServer, TENANT};
use crate::support::portable::{self, CACHE};
use crate::support::{self, Run, Server, sotickets};

use super::{Fixture, TABLE};

#[test]
fn tenant_is_looked_up_once_and_called_at_its_host() {
    let fixture = Fixture::new();
    let run = Run::of(&mut fixture.get(&[]));
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TABLE, ""), "{run}");
    let asked = fixture.online.requests();
    let lines: Vec<String> =
        asked.iter().map(|asked| format!("{} {}", asked.method(), asked.target())).collect();
    assert_eq!(
        lines,
        [
            "GET /api/state/Cust12345",
            "POST /online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title"
        ]
    );
    // The look-up carries no secret.
    assert_eq!(asked[0].header("authorization"), None);
    assert!(asked[0].headers.iter().all(|(_, value)| !value.contains("canary")), "{asked:?}");
    assert_eq!(asked[1].header("authorization"), Some("Bearer 8A:canary"));
    fixture.online.steps();
    assert_eq!(fixture.steps(), ["tickets"]);
}

#[test]
fn verbose_shows_each_step() {
    let fixture = Fixture::new();
    let starred = |run: &Run| {
        let lines = run.stderr.lines().filter(|line| {
            line.starts_with("* ") || line.starts_with("> GET") || line.starts_with("> POST")
        });
        fixture.redacted(&lines.collect::<Vec<_>>().join("\n"))
    };
    let (run, _) = fixture.run(&["-v"]);
    insta::assert_snapshot!(starred(&run), @"
    > GET http://HOST:PORT/api/state/Cust12345
    * Cust12345 is at http://HOST:PORT/online3/Cust12345
    > POST http://HOST:PORT/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    ");
    fixture.online.state().tenant.move_to("/online7/Cust12345");
    let (run, steps) = fixture.run(&["-v"]);
    insta::assert_snapshot!(starred(&run), @"
    * Cust12345 is at http://HOST:PORT/online3/Cust12345, from the cache
    > POST http://HOST:PORT/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    * Cust12345 is not there any more; asking where it is now
    > GET http://HOST:PORT/api/state/Cust12345
    * Cust12345 is at http://HOST:PORT/online7/Cust12345
    > POST http://HOST:PORT/online7/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    ");
    assert_eq!((run.code, steps), (0, vec!["tickets", "state", "tickets"]));
    fixture.online.state().tenant.is("OnlineMaintenance", false);
    fixture.online.state().tenant.move_to("/online8/Cust12345");
    let (run, _) = fixture.run(&["-v"]);
    assert!(run.stderr.contains("* Cust12345 is under maintenance, and can be asked\n"), "{run}");
}

#[test]
fn moved_tenant_is_looked_up_and_called_once_more() {
    let fixture = Fixture::new();
    assert_eq!(fixture.steps(), ["state", "tickets"]);
    fixture.online.state().tenant.move_to("/online7/Cust12345");
    assert_eq!(fixture.steps(), ["tickets", "state", "tickets"]);
    // The new location is stored.
    assert_eq!(fixture.steps(), ["tickets"]);
    // The location may be one that was just looked up.
    fixture.online.state().tenant.answer(&[421]);
    fs::remove_file(fixture.cache_file()).expect("a file");
    assert_eq!(fixture.steps(), ["state", "tickets", "state", "tickets"]);
    // The call is sent again only once.
    fixture.online.state().tenant.answer(&[421, 421]);
    let (run, steps) = fixture.run(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    insta::assert_snapshot!(fixture.redacted(&run.stderr), @"
    error: HTTP 421: Cust12345 is not at http://HOST:PORT/online7/Cust12345, and http://HOST:PORT says that it is
    hint: it may be moving: wait, then try again
    ");
    assert_eq!(steps, ["tickets", "state", "tickets"]);
    // The tenant may be closed after its move.
    fixture.online.state().tenant.answer(&[421]);
    fixture.online.state().tenant.is("OfflineMaintenance", false);
    let (run, steps) = fixture.run(&[]);
    assert_eq!((run.code, steps), (5, vec!["tickets", "state"]), "{run}");
    assert!(run.stderr.contains("closed for maintenance"), "{run}");
}

#[test]
fn other_failures_are_not_retried() {
    let fixture = Fixture::new();
    for status in [400, 401, 403, 404, 429, 500, 503] {
        fixture.online.state().tenant.answer(&[status]);
        let (run, steps) = fixture.run(&[]);
        assert_eq!(steps.iter().filter(|step| **step == "tickets").count(), 1, "{run}");
    }
    // The address of --url is not looked up after any status.
    fixture.online.state().tenant.answer(&[421]);
    let url = format!("{}/online3/Cust12345", fixture.online.url);
    let mut command = sotickets();
    let run = Run::of(command.args(["get", "839", "--url", &url]).env("SOTICKETS_TOKEN", "t"));
    assert_eq!((run.code, fixture.online.steps()), (5, vec!["tickets"]), "{run}");
}

#[test]
fn cached_tenant_is_valid_for_a_day_at_most() {
    let now = online_server::now();
    let fixture = Fixture::new();
    let asks = |at| {
        assert_eq!(fixture.exit_code_at(at), 0);
        fixture.online.steps().contains(&"state")
    };
    fixture.online.state().tenant.until(now + TimeDelta::hours(1));
    assert!(asks(now));
    assert!(!asks(now + TimeDelta::minutes(59)));
    fixture.online.state().tenant.until(now + TimeDelta::hours(3));
    assert!(asks(now + TimeDelta::minutes(61)));
    // An entry from the future is not used: the clock may have been wrong.
    assert!(asks(now));
    // An entry is valid for a day, whatever date the answer gave.
    fixture.online.state().tenant.until(now + TimeDelta::days(20_000));
    assert!(asks(now + TimeDelta::hours(4)));
    assert!(!asks(now + TimeDelta::hours(27)));
    assert!(asks(now + TimeDelta::hours(29)));
    // An answer that has ended is not stored.
    fs::remove_file(fixture.cache_file()).expect("a file");
    fixture.online.state().tenant.until(now - TimeDelta::hours(1));
    assert!(asks(now));
    assert!(asks(now));
}

#[test]
fn file_that_is_damaged_or_cannot_be_written_stops_no_call() {
    let fixture = Fixture::new();
    assert_eq!(fixture.steps(), ["state", "tickets"]);
    let whole = fs::read_to_string(fixture.cache_file()).expect("a file");
    let far = whole.replace("202", "992");
    // The last date of the calendar: nothing can be added to it.
    let (_, asked) = whole.split_once("\"asked\":\"").expect("a time");
    let asked = asked.split_once('"').expect("a time").0;
    let last = whole.replace(asked, "+262142-12-31T23:59:59Z");
    let elsewhere = whole.replace("127.0.0.1", "192.0.2.1");
    for damaged in
        ["", "{", "null", "[]", "{\"api\":7}", &whole[..whole.len() / 2], &far, &last, &elsewhere]
    {
        fs::write(fixture.cache_file(), damaged).expect("a file");
        assert_eq!(fixture.steps(), ["state", "tickets"], "{damaged}");
        assert_eq!(fixture.steps(), ["tickets"], "{damaged}");
    }
    // A folder has the name of the file.
    let file = fixture.cache_file();
    fs::remove_file(&file).expect("a file");
    fs::create_dir(&file).expect("a folder");
    assert_eq!(fixture.steps(), ["state", "tickets"]);
    // A file has the name of the folder.
    fs::remove_dir_all(fixture.home.path().join(CACHE)).expect("a folder");
    fs::write(fixture.home.path().join(CACHE), "").expect("a file");
    assert_eq!(fixture.steps(), ["state", "tickets"]);
    // There is no folder at all.
    let mut command = fixture.get(&[]);
    for (name, _) in portable::home(fixture.home.path()) {
        command.env_remove(name);
    }
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let cache = tempfile::tempdir().expect("a folder");
    let run = Run::of(fixture.get(&[]).env("XDG_CACHE_HOME", cache.path()));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(fs::read_dir(cache.path().join("sotickets")).expect("a folder").count(), 1);
}

#[test]
fn limit_of_the_whole_command_holds_for_all_calls_together() {
    let slow = support::tcp_server::closing_after(std::time::Duration::from_secs(20));
    let mut command = sotickets();
    command.args(["get", "839", "--tenant", TENANT, "--environment", &slow, "--timeout", "300ms"]);
    let run = Run::of(command.env("SOTICKETS_TOKEN", "t"));
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains("not done within 300ms (--timeout)"), "{run}");
}

#[test]
fn environment_url_is_called_over_tls_and_its_certificate_is_checked() {
    let online = OnlineServer::tls();
    online.state().tenant.is_open = true;
    let folder = support::tls::Folder::new();
    let bundle = folder.file("authority.pem", online.pem.as_ref().expect("a certificate"));
    let get = |arguments: &[&str]| {
        let mut command = sotickets();
        command.args(["get", "839", "--tenant", TENANT, "--environment", &online.url]);
        command.args(arguments).env("SOTICKETS_TOKEN", "t");
        (Run::of(&mut command), online.steps())
    };
    let (run, steps) = get(&["--cacert", &bundle]);
    assert_eq!((run.code, steps), (0, vec!["state", "tickets"]), "{run}");
    let (run, steps) = get(&[]);
    assert_eq!((run.code, steps), (6, vec![]), "{run}");
    let (run, _) = get(&["--insecure"]);
    assert_eq!((run.code, run.stderr.lines().count()), (0, 1), "{run}");
    // The answer may not lead to an unencrypted address.
    online.state().tenant.say(&online.url.replace("https", "http"));
    let (run, steps) = get(&["--cacert", &bundle]);
    assert_eq!((run.code, steps), (5, vec!["state"]), "{run}");
}

#[test]
fn look_up_goes_through_the_same_proxy() {
    let fixture = Fixture::new();
    // The proxy answers in place of the stand-in server.
    let proxy = OnlineServer::plain();
    proxy.state().tenant.is_open = true;
    proxy.state().address.clone_from(&fixture.online.url);
    let address = proxy.url.replace("://", "://tim@");
    let arguments = ["--proxy", &address, "--proxy-password", "stdin", "-v"];
    let run = Run::of(fixture.get(&arguments).write_stdin("canary"));
    let asked = proxy.requests();
    assert_eq!((run.code, asked.len(), fixture.online.requests().len()), (0, 2, 0), "{run}");
    // The secret is read once from standard input, for both requests.
    for asked in &asked {
        assert_eq!(asked.header("proxy-authorization"), Some("Basic dGltOmNhbmFyeQ=="), "{run}");
    }
    assert_eq!(proxy.steps(), ["state", "tickets"]);
}

#[test]
fn retries_are_made_of_the_look_up_too() {
    let server = Server::status(503, "");
    let mut command = sotickets();
    command.args(["get", "839", "--tenant", TENANT, "--environment", &server.url()]);
    let run = Run::of(command.args(["--retries", "1"]).env("SOTICKETS_TOKEN", "t"));
    assert_eq!((run.code, server.calls()), (5, 2), "{run}");
}
