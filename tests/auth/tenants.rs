//! Tenants of Online: where they are, and whether they can be asked.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use chrono::{DateTime, TimeDelta, Utc};
use sotickets::context::{Context, Terminal};
use tempfile::TempDir;

use crate::support::online_server::{self, OnlineServer, TENANT, TICKETS};
use crate::support::{self, Run, Server, configuration, configured, programs, sotickets};

/// A stand-in with a tenant, and a home folder.
struct Stage {
    online: OnlineServer,
    home: TempDir,
}

impl Stage {
    fn new() -> Self {
        let online = OnlineServer::plain();
        online.state().tenant.is_open = true;
        Self { online, home: tempfile::tempdir().expect("a folder") }
    }

    fn get(&self, arguments: &[&str]) -> Command {
        let mut command = sotickets();
        command.args(["get", "839", "-s", "TicketId,Title", "-o", "csv", "--tenant", TENANT]);
        command.args(["--environment", &self.online.url]).args(arguments);
        command.env("SOTICKETS_TOKEN", "8A:canary").env("HOME", self.home.path());
        command
    }

    /// Runs it, and gives the result with what was asked for.
    fn run(&self, arguments: &[&str]) -> (Run, Vec<&'static str>) {
        let run = Run::of(&mut self.get(arguments));
        assert!(!run.to_string().contains("canary"), "{run}");
        (run, self.online.steps())
    }

    /// The same, where it has to succeed.
    fn steps(&self) -> Vec<&'static str> {
        let (run, steps) = self.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TABLE, ""), "{run}");
        steps
    }

    /// The file that the tenant's place is kept in.
    fn kept(&self) -> PathBuf {
        let folder = self.home.path().join(CACHE);
        let mut files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file"));
        let file = files.next().expect("a file");
        assert!(files.next().is_none(), "one file");
        file.path()
    }

    fn shown(&self, text: &str) -> String {
        text.replace(&self.online.url, "http://HOST:PORT")
    }

    /// The program at another time, within this process.
    fn exit_code_at(&self, now: DateTime<Utc>) -> u8 {
        let variables = [
            ("SOTICKETS_TOKEN", "8A:canary".to_owned()),
            ("SOTICKETS_TENANT", TENANT.to_owned()),
            ("SOTICKETS_ENVIRONMENT", self.online.url.clone()),
            ("HOME", self.home.path().to_string_lossy().into_owned()),
        ];
        let mut host = Context {
            environment: variables.into_iter().collect(),
            stdin: Box::new(std::io::empty()),
            stdout: &mut std::io::sink(),
            stderr: &mut std::io::sink(),
            terminal: Terminal::default(),
            now,
            started: std::time::Instant::now(),
        };
        sotickets::run(["sotickets", "get", "839"].map(Into::into), &mut host)
    }
}

const TABLE: &str = "TicketId,Title\n839,Printer\n";
const CACHE: &str =
    if cfg!(target_vendor = "apple") { "Library/Caches/sotickets" } else { ".cache/sotickets" };

#[test]
fn tenant_is_looked_up_once_and_called_at_its_host() {
    let stage = Stage::new();
    let run = Run::of(&mut stage.get(&[]));
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TABLE, ""), "{run}");
    let asked = stage.online.requests();
    let lines: Vec<String> =
        asked.iter().map(|asked| format!("{} {}", asked.method(), asked.target())).collect();
    assert_eq!(
        lines,
        [
            "GET /api/state/Cust12345",
            "POST /online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title"
        ]
    );
    // No secret goes where the tenant is looked up.
    assert_eq!(asked[0].header("authorization"), None);
    assert!(asked[0].headers.iter().all(|(_, value)| !value.contains("canary")), "{asked:?}");
    assert_eq!(asked[1].header("authorization"), Some("Bearer 8A:canary"));
    stage.online.steps();
    assert_eq!(stage.steps(), ["tickets"]);
}

#[test]
fn verbose_tells_of_each_step() {
    let stage = Stage::new();
    let starred = |run: &Run| {
        let lines = run.stderr.lines().filter(|line| {
            line.starts_with("* ") || line.starts_with("> GET") || line.starts_with("> POST")
        });
        stage.shown(&lines.collect::<Vec<_>>().join("\n"))
    };
    let (run, _) = stage.run(&["-v"]);
    insta::assert_snapshot!(starred(&run), @"
    > GET http://HOST:PORT/api/state/Cust12345
    * Cust12345 is at http://HOST:PORT/online3/Cust12345
    > POST http://HOST:PORT/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    ");
    stage.online.state().tenant.move_to("/online7/Cust12345");
    let (run, steps) = stage.run(&["-v"]);
    insta::assert_snapshot!(starred(&run), @"
    * Cust12345 is at http://HOST:PORT/online3/Cust12345, from the cache
    > POST http://HOST:PORT/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    * Cust12345 is not there any more; asking where it is now
    > GET http://HOST:PORT/api/state/Cust12345
    * Cust12345 is at http://HOST:PORT/online7/Cust12345
    > POST http://HOST:PORT/online7/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    ");
    assert_eq!((run.code, steps), (0, vec!["tickets", "state", "tickets"]));
    stage.online.state().tenant.is("OnlineMaintenance", false);
    stage.online.state().tenant.move_to("/online8/Cust12345");
    let (run, _) = stage.run(&["-v"]);
    assert!(run.stderr.contains("* Cust12345 is under maintenance, and can be asked\n"), "{run}");
}

#[test]
fn moved_tenant_is_looked_up_and_called_once_more() {
    let stage = Stage::new();
    assert_eq!(stage.steps(), ["state", "tickets"]);
    stage.online.state().tenant.move_to("/online7/Cust12345");
    assert_eq!(stage.steps(), ["tickets", "state", "tickets"]);
    // What it moved to is kept.
    assert_eq!(stage.steps(), ["tickets"]);
    // Also where it was looked up just now.
    stage.online.state().tenant.answer(&[421]);
    fs::remove_file(stage.kept()).expect("a file");
    assert_eq!(stage.steps(), ["state", "tickets", "state", "tickets"]);
    // Once, and not for ever.
    stage.online.state().tenant.answer(&[421, 421]);
    let (run, steps) = stage.run(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    insta::assert_snapshot!(stage.shown(&run.stderr), @"
    error: HTTP 421: Cust12345 is not at http://HOST:PORT/online7/Cust12345, and http://HOST:PORT says that it is
    hint: it may be moving: wait, then try again
    ");
    assert_eq!(steps, ["tickets", "state", "tickets"]);
    // Where it moved to, it may be shut.
    stage.online.state().tenant.answer(&[421]);
    stage.online.state().tenant.is("OfflineMaintenance", false);
    let (run, steps) = stage.run(&[]);
    assert_eq!((run.code, steps), (5, vec!["tickets", "state"]), "{run}");
    assert!(run.stderr.contains("closed for maintenance"), "{run}");
}

#[test]
fn other_failures_are_not_retried() {
    let stage = Stage::new();
    for status in [400, 401, 403, 404, 429, 500, 503] {
        stage.online.state().tenant.answer(&[status]);
        let (run, steps) = stage.run(&[]);
        assert_eq!(steps.iter().filter(|step| **step == "tickets").count(), 1, "{run}");
    }
    // An address that was given is not looked up, whatever it answers.
    stage.online.state().tenant.answer(&[421]);
    let url = format!("{}/online3/Cust12345", stage.online.url);
    let mut command = sotickets();
    let run = Run::of(command.args(["get", "839", "--url", &url]).env("SOTICKETS_TOKEN", "t"));
    assert_eq!((run.code, stage.online.steps()), (5, vec!["tickets"]), "{run}");
}

#[test]
fn each_state_that_is_not_available_has_its_text() {
    let stage = Stage::new();
    for state in ["Running", "OnlineMaintenance", "running"] {
        stage.online.state().tenant.is(state, false);
        assert_eq!(stage.run(&[]).0.code, 0, "{state}");
        fs::remove_file(stage.kept()).expect("a file");
        stage.online.steps();
    }
    let mut told = String::new();
    let named = ["OfflineMaintenance", "Suspended", "Deleted", "Deleting", "DeleteFailed"];
    let others = ["Provisioning", "provisioningFailed", "MigrationPending", "Unknown"];
    for state in named.into_iter().chain(others).chain(["Zorp\u{1b}[2J", ""]) {
        stage.online.state().tenant.is(state, false);
        let (run, steps) = stage.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (5, "", vec!["state"]), "{run}");
        told += &stage.shown(&run.stderr);
        assert_eq!(fs::read_dir(stage.home.path().join(CACHE)).expect("a folder").count(), 0);
    }
    insta::assert_snapshot!(told, @r"
    error: Cust12345 is closed for maintenance
    hint: try again when it is over; SuperOffice's status page may say when
    error: Cust12345 is suspended
    hint: ask whoever manages the agreement with SuperOffice; until then nothing can be fetched
    error: Cust12345 was deleted
    hint: check the tenant's name; its data cannot be fetched any more
    error: Cust12345 is being deleted
    hint: check the tenant's name; its data cannot be fetched any more
    error: Cust12345 was to be deleted, which failed
    hint: check the tenant's name; nothing can be fetched from it
    error: Cust12345 is being set up
    hint: try again when that is done
    error: Cust12345 could not be set up
    hint: SuperOffice has to finish it; ask whoever ordered the tenant
    error: Cust12345 is about to move to another host
    hint: try again when that is done
    error: http://HOST:PORT does not say that Cust12345 can be asked
    hint: wait, then try again
    error: Cust12345 is not available: its state is Zorp\x1b[2J
    hint: wait, then try again
    error: http://HOST:PORT does not say that Cust12345 can be asked
    hint: wait, then try again
    ");
    for state in ["Zorp", "MigrationPending", "Unknown"] {
        stage.online.state().tenant.is(state, true);
        assert_eq!(stage.steps(), ["state", "tickets"], "{state}");
        fs::remove_file(stage.kept()).expect("a file");
    }
}

#[test]
fn url_of_an_environment_itself_is_refused_and_nothing_is_sent() {
    let folder = configuration("[profiles.x]\nurl = \"https://online.superoffice.com/\"\n");
    let refused = |arguments: &[&str], variable: &str| {
        let mut command = configured(&folder, arguments);
        command.env("SOTICKETS_TOKEN", "8A:canary").env("SOTICKETS_URL", variable);
        // A call would end here, and with another code.
        let run = Run::of(command.env("HTTPS_PROXY", support::tcp_server::dead()));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        support::without_folder(&run.stderr, &folder)
    };
    let mut texts = String::new();
    for url in [
        "https://online.superoffice.com/Cust26759/api/v1",
        "https://SOD.superoffice.com./Cust1",
        "https://qaonline.superoffice.com:443",
    ] {
        texts += &refused(&["839", "--url", url], "");
    }
    texts += &refused(&["839"], "http://online.superoffice.com/Cust1");
    texts += &refused(&["839", "--profile", "x"], "");
    insta::assert_snapshot!(texts, @"
    error: --url: online.superoffice.com is where people sign in; the tickets of a tenant are at a host of its own
    hint: --tenant Cust26759 has that host looked up; in a profile: tenant
    error: --url: sod.superoffice.com. is where people sign in; the tickets of a tenant are at a host of its own
    hint: --tenant Cust1 --environment sod has that host looked up; in a profile: tenant
    error: --url: qaonline.superoffice.com is where people sign in; the tickets of a tenant are at a host of its own
    hint: --tenant Cust12345 --environment stage has that host looked up; in a profile: tenant
    error: SOTICKETS_URL: online.superoffice.com is where people sign in; the tickets of a tenant are at a host of its own
    hint: --tenant Cust1 has that host looked up; in a profile: tenant
    error: url of profile 'x' (CONFIG/sotickets/config.toml, line 2): online.superoffice.com is where people sign in; the tickets of a tenant are at a host of its own
    hint: --tenant Cust12345 has that host looked up; in a profile: tenant
    ");
    // Hosts of tenants are none.
    let run = refused(&["839", "--url", "https://sod2.superoffice.com/Cust1", "--bom"], "");
    assert!(run.contains("--bom"), "{run}");
}

#[test]
fn tenant_that_is_not_known_is_an_error_of_the_server() {
    let stage = Stage::new();
    let mut command = sotickets();
    command.args(["get", "839", "--tenant", "Cust999", "--environment", &stage.online.url]);
    let run = Run::of(command.env("SOTICKETS_TOKEN", "t"));
    insta::assert_snapshot!(stage.shown(&run.to_string()), @"
    --- stderr
    error: http://HOST:PORT knows no tenant Cust999
    hint: a tenant is named like Cust12345; sod and stage know others: --environment
    --- exit code 5
    ");
    assert_eq!(stage.online.steps(), ["state"]);
    for (status, body, code) in [
        (200, "null", 5),
        (200, "<html><title>Proxy</title></html>", 7),
        (200, "{}", 5),
        (500, "", 5),
        (302, "", 5),
    ] {
        let server = support::tcp_server::server_with_status(status, body);
        let mut command = sotickets();
        command.args(["get", "839", "--tenant", "Cust999", "--environment", &server]);
        let run = Run::of(command.env("SOTICKETS_TOKEN", "t"));
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{status} {body}: {run}");
    }
}

#[test]
fn cached_tenant_is_valid_for_a_day_at_most() {
    let now = online_server::now();
    let stage = Stage::new();
    let asks = |at| {
        assert_eq!(stage.exit_code_at(at), 0);
        stage.online.steps().contains(&"state")
    };
    stage.online.state().tenant.until(now + TimeDelta::hours(1));
    assert!(asks(now));
    assert!(!asks(now + TimeDelta::minutes(59)));
    stage.online.state().tenant.until(now + TimeDelta::hours(3));
    assert!(asks(now + TimeDelta::minutes(61)));
    // The last answer was kept at a time to come; the clock may have been wrong then.
    assert!(asks(now));
    // A date far away is not believed.
    stage.online.state().tenant.until(now + TimeDelta::days(20_000));
    assert!(asks(now + TimeDelta::hours(4)));
    assert!(!asks(now + TimeDelta::hours(27)));
    assert!(asks(now + TimeDelta::hours(29)));
    // What is over already is not kept at all.
    fs::remove_file(stage.kept()).expect("a file");
    stage.online.state().tenant.until(now - TimeDelta::hours(1));
    assert!(asks(now));
    assert!(asks(now));
}

#[test]
fn file_that_is_damaged_or_cannot_be_written_stops_no_call() {
    let stage = Stage::new();
    assert_eq!(stage.steps(), ["state", "tickets"]);
    let whole = fs::read_to_string(stage.kept()).expect("a file");
    let far = whole.replace("202", "992");
    // The last of the calendar, to which nothing can be added.
    let (_, asked) = whole.split_once("\"asked\":\"").expect("a time");
    let asked = asked.split_once('"').expect("a time").0;
    let last = whole.replace(asked, "+262142-12-31T23:59:59Z");
    let elsewhere = whole.replace("127.0.0.1", "192.0.2.1");
    for damaged in
        ["", "{", "null", "[]", "{\"api\":7}", &whole[..whole.len() / 2], &far, &last, &elsewhere]
    {
        fs::write(stage.kept(), damaged).expect("a file");
        assert_eq!(stage.steps(), ["state", "tickets"], "{damaged}");
        assert_eq!(stage.steps(), ["tickets"], "{damaged}");
    }
    // A folder stands in its place.
    let file = stage.kept();
    fs::remove_file(&file).expect("a file");
    fs::create_dir(&file).expect("a folder");
    assert_eq!(stage.steps(), ["state", "tickets"]);
    // A file stands in the place of the folder.
    fs::remove_dir_all(stage.home.path().join(CACHE)).expect("a folder");
    fs::write(stage.home.path().join(CACHE), "").expect("a file");
    assert_eq!(stage.steps(), ["state", "tickets"]);
    // There is no folder at all.
    let run = Run::of(stage.get(&[]).env_remove("HOME"));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let cache = tempfile::tempdir().expect("a folder");
    let run = Run::of(stage.get(&[]).env("XDG_CACHE_HOME", cache.path()));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(fs::read_dir(cache.path().join("sotickets")).expect("a folder").count(), 1);
}

#[test]
fn address_elsewhere_is_refused() {
    let stage = Stage::new();
    let other = Server::json("[]");
    let port = other.url().rsplit_once(':').expect("a port").1.to_owned();
    for api in [
        format!("http://localhost:{port}/api"),
        format!("https://127.0.0.1:{port}/api"),
        "https://online3.superoffice.com/Cust12345/api".to_owned(),
        "https://127.0.0.1.evil.example/api".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        stage.online.state().tenant.say(&api);
        let (run, steps) = stage.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (5, "", vec!["state"]), "{api}: {run}");
        assert!(run.stderr.contains("is outside 127.0.0.1; nothing was sent there"), "{run}");
    }
    // The login is the reason where there is one, encoded or not.
    for api in [
        format!("http://tim:canary2@127.0.0.1:{port}/api"),
        format!("http://canary2@127.0.0.1:{port}/api"),
    ] {
        stage.online.state().tenant.say(&api);
        let (run, steps) = stage.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (5, "", vec!["state"]), "{api}: {run}");
        let message = format!(
            "about Cust12345: the address 'http://***@127.0.0.1:{port}/api' holds a login; nothing was sent there\n"
        );
        assert!(run.stderr.contains(&message), "{run}");
    }
    stage.online.state().tenant.say(&format!("http://tim%3Acanary2%40127.0.0.1:{port}/api"));
    let (run, steps) = stage.run(&[]);
    assert_eq!((run.code, run.stdout.as_str(), steps), (7, "", vec!["state"]), "{run}");
    let message = format!("about Cust12345: 'http://***@127.0.0.1:{port}/api' is not an address\n");
    assert!(run.stderr.contains(&message), "{run}");
    assert_eq!(other.calls(), 0);
    // Another port of its own host is not elsewhere.
    stage.online.state().tenant.say(&format!("{}/api", other.url()));
    assert_eq!(stage.run(&[]).1, ["state"]);
    assert_eq!(other.calls(), 1);
}

#[test]
fn address_and_tenant_of_one_level_are_too_many() {
    let server = Server::json(TICKETS);
    let run = server.refused(
        sotickets()
            .args(["get", "839", "--url", &server.url(), "--tenant", TENANT])
            .env("SOTICKETS_TOKEN", "t"),
    );
    insta::assert_snapshot!(server.shown(&run), @"
    --- stderr
    error: two addresses are given: --url, and --tenant
    hint: the address of a tenant is looked up; leave one of them out
    --- exit code 2
    ");
    let run = server.refused(server.get(&["839"]).env("SOTICKETS_TENANT", TENANT));
    insta::assert_snapshot!(server.shown(&run), @"
    --- stderr
    error: two addresses are given: SOTICKETS_URL, and SOTICKETS_TENANT
    hint: the address of a tenant is looked up; leave one of them out
    --- exit code 2
    ");
    let folder = configuration(format!(
        "[profiles.work]\nurl = \"{}\"\ntenant = \"{TENANT}\"\n",
        server.url()
    ));
    let run = server.refused(configured(&folder, &["839"]).env("SOTICKETS_TOKEN", "t"));
    insta::assert_snapshot!(support::without_folder(&server.shown(&run), &folder), @"
    --- stderr
    error: CONFIG/sotickets/config.toml, line 3, column 1: profile 'work' has a url and a tenant
    hint: the address of a tenant is looked up; leave one of them out
    --- exit code 2
    ");
}

#[test]
fn higher_level_replaces_address_and_tenant() {
    let (stage, server) = (Stage::new(), Server::json(TICKETS));
    let of_tenant = format!(
        "default_profile = \"x\"\n[profiles.x]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\n",
        stage.online.url
    );
    let of_address = format!("default_profile = \"x\"\n[profiles.x]\nurl = \"{}\"\n", server.url());
    let run = |text: &str, arguments: &[&str], variables: &[(&str, &str)]| {
        let folder = configuration(text);
        let arguments = [&["839", "--no-auth"], arguments].concat();
        let run = Run::of(configured(&folder, &arguments).envs(variables.iter().copied()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        (stage.online.steps(), server.calls())
    };
    let environment = ["--environment", &stage.online.url];
    assert_eq!(run(&of_tenant, &[], &[]), (vec!["state", "tickets"], 0));
    assert_eq!(run(&of_tenant, &["--url", &server.url()], &[]), (vec![], 1));
    assert_eq!(run(&of_tenant, &[], &[("SOTICKETS_URL", &server.url())]), (vec![], 2));
    assert_eq!(run(&of_address, &[], &[]), (vec![], 3));
    let typed = [&["--tenant", TENANT][..], &environment].concat();
    assert_eq!(run(&of_address, &typed, &[]), (vec!["state", "tickets"], 3));
    let variables =
        [("SOTICKETS_TENANT", TENANT), ("SOTICKETS_ENVIRONMENT", stage.online.url.as_str())];
    assert_eq!(run(&of_address, &[], &variables), (vec!["state", "tickets"], 3));
    assert_eq!(run(&of_address, &["--url", &server.url()], &variables), (vec![], 4));
    // What two variables say does not matter below an option.
    let both = [("SOTICKETS_URL", "https://crm.invalid"), ("SOTICKETS_TENANT", TENANT)];
    assert_eq!(run(&of_tenant, &["--url", &server.url()], &both), (vec![], 5));
    // An environment without a tenant is exempt where it was not typed.
    assert_eq!(run(&of_address, &[], &variables[1..]), (vec![], 6));
}

#[test]
fn secret_of_the_profile_stays_with_its_service() {
    let (stage, server) = (Stage::new(), Server::json(TICKETS));
    let text = format!(
        "default_profile = \"x\"\n[profiles.x]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\ntoken = \"env:MY_TOKEN\"\n",
        stage.online.url
    );
    let folder = configuration(text);
    let get = |arguments: &[&str]| {
        let arguments = [&["839"], arguments].concat();
        Run::of(configured(&folder, &arguments).env("MY_TOKEN", "8A:canary"))
    };
    let run = get(&[]);
    assert_eq!((run.code, stage.online.steps()), (0, vec!["state", "tickets"]), "{run}");
    // Another address of that host is none of another's.
    let run = get(&["--url", &server.url()]);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    let elsewhere = server.url().replace("127.0.0.1", "localhost");
    let run = get(&["--url", &elsewhere]);
    insta::assert_snapshot!(support::without_folder(&run.to_string(), &folder).replace(&elsewhere, "URL"), @"
    --- stderr
    error: --url leads to URL, and the token of profile 'x' is for 127.0.0.1 alone
    hint: leave the address to the profile, name another --profile, or give a credential for this server
    --- exit code 2
    ");
    let other = stage.online.url.replace("127.0.0.1", "localhost");
    let run = get(&["--environment", &other]);
    insta::assert_snapshot!(support::without_folder(&run.to_string(), &folder).replace(&other, "URL"), @"
    --- stderr
    error: --environment leads to URL, and the token of profile 'x' is for 127.0.0.1 alone
    hint: leave the address to the profile, name another --profile, or give a credential for this server
    --- exit code 2
    ");
    let run = get(&["--environment", "sod"]);
    assert_eq!(run.code, 2, "{run}");
    assert_eq!((stage.online.steps(), server.calls()), (vec![], 1));
    // One of an address goes to no tenant.
    let text = format!(
        "default_profile = \"x\"\n[profiles.x]\nurl = \"{}\"\ntoken = \"env:MY_TOKEN\"\n",
        server.url()
    );
    let folder = configuration(text);
    let arguments = ["839", "--tenant", TENANT, "--environment", &stage.online.url];
    let run = Run::of(configured(&folder, &arguments).env("MY_TOKEN", "8A:canary"));
    assert_eq!((run.code, stage.online.steps()), (2, vec![]), "{run}");
}

#[test]
fn invalid_tenant_or_environment_is_rejected() {
    let server = Server::json("[]");
    let mut told = String::new();
    for arguments in [
        &["--tenant", "Cust1/../x"][..],
        &["--tenant", ""],
        &["--tenant", "https://online.superoffice.com/Cust1"],
        &["--tenant", TENANT, "--environment", "prod"],
        &["--tenant", TENANT, "--environment", "http://gateway.example"],
        &["--tenant", TENANT, "--environment", "https://tim:canary@gateway.example"],
        &["--tenant", TENANT, "--demo"],
        &["--environment", "sod", "--demo"],
        &["--tenant", TENANT, "--allow-plain-http"],
    ] {
        let mut command = sotickets();
        command.args(["get", "839"]).args(arguments).env("SOTICKETS_TOKEN", "t");
        let run = server.refused(&mut command);
        assert!(!run.stderr.contains("canary"), "{run}");
        told += &run.stderr;
    }
    let run = server.refuses(&["839", "--environment", "sod"]);
    told += &run.stderr;
    insta::assert_snapshot!(told, @"
    error: --tenant: 'Cust1/../x' is not the name of a tenant
    hint: a tenant is named like Cust12345; --url takes an address
    error: --tenant: '' is not the name of a tenant
    hint: a tenant is named like Cust12345; --url takes an address
    error: --tenant: 'https://online.superoffice.com/Cust1' is not the name of a tenant
    hint: a tenant is named like Cust12345; --url takes an address
    error: --environment: 'prod' is not an environment of Online
    hint: there are online, sod (development) and stage; https://… for a server that stands in for one
    error: --environment: 'http://gateway.example' is not a valid address: secrets would travel there unencrypted
    hint: use https://; http:// is for this machine alone
    error: --environment: the address holds a user or a password
    error: --demo asks the built-in server, and --tenant names another
    error: --environment does nothing with --demo, which stays on this machine
    error: --allow-plain-http does nothing with an https:// address
    error: --environment does nothing with SOTICKETS_URL, which is an address
    hint: --tenant Cust12345 has the address looked up
    ");
}

#[test]
fn dry_run_sends_nothing_and_shows_how_to_find_the_tenant() {
    let stage = Stage::new();
    let (run, steps) = stage.run(&["--dry-run"]);
    assert_eq!(steps, [""; 0]);
    insta::assert_snapshot!(stage.shown(&run.to_string()), @r#"
    # first: SOTICKETS_API="$(curl --silent http://HOST:PORT/api/state/Cust12345 | sed -n 's/.*"Api" *: *"\([^"]*\)".*/\1/p')"
    curl --config - <<END
    url = "$SOTICKETS_API/v1/Agents/Ticket/GetTickets?\$select=TicketId,Title"
    data = "{\\"TicketIds\\":[839]}"
    header = "Content-Type: application/json; charset=utf-8"
    header = "Accept: application/json"
    header = "User-Agent: sotickets/0.1.0"
    header = "Accept-Language: en"
    header = "SO-Language: en"
    header = "Authorization: Bearer $(printf %s "$SOTICKETS_TOKEN" | sed 's/[\\"]/\\&/g')"
    globoff
    compressed
    silent
    show-error
    END
    --- exit code 0
    "#);
    if !programs::all_needed(&programs::DRY_RUN) {
        return;
    }
    // What it says to do first gives the address.
    let (first, _) = run.stdout.split_once('\n').expect("a line");
    let line = first.strip_prefix("# first: ").expect("what is first");
    let script = format!("{line}\necho \"$SOTICKETS_API\"\n");
    let output = programs::sh().args(["-c", &script]).output().expect("a shell");
    let address = format!("{}/online3/Cust12345/api\n", stage.online.url);
    assert_eq!(String::from_utf8_lossy(&output.stdout), address);
    let script = format!("{line}\nSOTICKETS_TOKEN=8A:canary\n{}", run.stdout);
    let output = programs::sh().args(["-c", &script]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), TICKETS);
    stage.online.steps();
    // Once it is known, it stands there.
    stage.steps();
    let (run, steps) = stage.run(&["--dry-run"]);
    assert_eq!(steps, [""; 0]);
    assert!(!run.stdout.contains("SOTICKETS_API"), "{run}");
    assert!(run.stdout.contains("/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?"), "{run}");
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
    // It does not lead to where nothing is encrypted.
    online.state().tenant.say(&online.url.replace("https", "http"));
    let (run, steps) = get(&["--cacert", &bundle]);
    assert_eq!((run.code, steps), (5, vec!["state"]), "{run}");
}

#[test]
fn look_up_goes_through_the_same_proxy() {
    let stage = Stage::new();
    // It answers in the place of the stand-in.
    let proxy = OnlineServer::plain();
    proxy.state().tenant.is_open = true;
    proxy.state().address.clone_from(&stage.online.url);
    let address = proxy.url.replace("://", "://tim@");
    let arguments = ["--proxy", &address, "--proxy-password", "stdin", "-v"];
    let run = Run::of(stage.get(&arguments).write_stdin("canary"));
    let asked = proxy.requests();
    assert_eq!((run.code, asked.len(), stage.online.requests().len()), (0, 2, 0), "{run}");
    // Read once from standard input, and there for both.
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

#[test]
fn doctor_names_tenant_and_environment() {
    let folder = configuration("[profiles.x]\ntenant = \"Cust12345\"\nenvironment = \"sod\"\n");
    let mut command = sotickets();
    command.args(["doctor", "--offline", "--profile", "x", "--no-auth"]);
    let run = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    assert_eq!(run.code, 0, "{run}");
    let lines: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("tenant ") || line.starts_with("environment "))
        .collect();
    insta::assert_snapshot!(support::without_folder(&lines.join("\n"), &folder), @"
    tenant            Cust12345, from tenant of profile 'x' (CONFIG/sotickets/config.toml, line 2)
    environment       sod, from environment of profile 'x' (CONFIG/sotickets/config.toml, line 3)
    ");
}
