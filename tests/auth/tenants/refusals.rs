//! Tenants that cannot be asked, and addresses that nothing is sent to.

use std::fs;

use crate::support::{self, Run, Server, configuration, configured, sotickets};

use super::Fixture;
use crate::support::portable::CACHE;

#[test]
fn each_state_that_is_not_available_has_its_text() {
    let fixture = Fixture::new();
    for state in ["Running", "OnlineMaintenance", "running"] {
        fixture.online.state().tenant.is(state, false);
        assert_eq!(fixture.run(&[]).0.code, 0, "{state}");
        fs::remove_file(fixture.cache_file()).expect("a file");
        fixture.online.steps();
    }
    let mut messages = String::new();
    let named = ["OfflineMaintenance", "Suspended", "Deleted", "Deleting", "DeleteFailed"];
    let others = ["Provisioning", "provisioningFailed", "MigrationPending", "Unknown"];
    for state in named.into_iter().chain(others).chain(["Zorp\u{1b}[2J", ""]) {
        fixture.online.state().tenant.is(state, false);
        let (run, steps) = fixture.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (5, "", vec!["state"]), "{run}");
        messages += &fixture.redacted(&run.stderr);
        assert_eq!(fs::read_dir(fixture.home.path().join(CACHE)).expect("a folder").count(), 0);
    }
    insta::assert_snapshot!(messages, @r"
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
        fixture.online.state().tenant.is(state, true);
        assert_eq!(fixture.steps(), ["state", "tickets"], "{state}");
        fs::remove_file(fixture.cache_file()).expect("a file");
    }
}

#[test]
fn tenant_that_is_not_known_is_an_error_of_the_server() {
    let fixture = Fixture::new();
    let mut command = sotickets();
    command.args(["get", "839", "--tenant", "Cust999", "--environment", &fixture.online.url]);
    let run = Run::of(command.env("SOTICKETS_TOKEN", "t"));
    insta::assert_snapshot!(fixture.redacted(&run.to_string()), @"
    --- stderr
    error: http://HOST:PORT knows no tenant Cust999
    hint: a tenant is named like Cust12345; sod and stage know others: --environment
    --- exit code 5
    ");
    assert_eq!(fixture.online.steps(), ["state"]);
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
fn address_elsewhere_is_refused() {
    let fixture = Fixture::new();
    let other = Server::json("[]");
    let port = other.url().rsplit_once(':').expect("a port").1.to_owned();
    for api in [
        format!("http://localhost:{port}/api"),
        format!("https://127.0.0.1:{port}/api"),
        "https://online3.superoffice.com/Cust12345/api".to_owned(),
        "https://127.0.0.1.evil.example/api".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        fixture.online.state().tenant.say(&api);
        let (run, steps) = fixture.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (5, "", vec!["state"]), "{api}: {run}");
        assert!(run.stderr.contains("is outside 127.0.0.1; nothing was sent there"), "{run}");
    }
    // A login in the address is the reason, encoded or not.
    for api in [
        format!("http://tim:canary2@127.0.0.1:{port}/api"),
        format!("http://canary2@127.0.0.1:{port}/api"),
    ] {
        fixture.online.state().tenant.say(&api);
        let (run, steps) = fixture.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (5, "", vec!["state"]), "{api}: {run}");
        let message = format!(
            "about Cust12345: the address 'http://***@127.0.0.1:{port}/api' holds a login; nothing was sent there\n"
        );
        assert!(run.stderr.contains(&message), "{run}");
    }
    fixture.online.state().tenant.say(&format!("http://tim%3Acanary2%40127.0.0.1:{port}/api"));
    let (run, steps) = fixture.run(&[]);
    assert_eq!((run.code, run.stdout.as_str(), steps), (7, "", vec!["state"]), "{run}");
    let message = format!("about Cust12345: 'http://***@127.0.0.1:{port}/api' is not an address\n");
    assert!(run.stderr.contains(&message), "{run}");
    assert_eq!(other.calls(), 0);
    // Another port of the same host is allowed.
    fixture.online.state().tenant.say(&format!("{}/api", other.url()));
    assert_eq!(fixture.run(&[]).1, ["state"]);
    assert_eq!(other.calls(), 1);
}

#[test]
fn url_of_an_environment_itself_is_refused_and_nothing_is_sent() {
    let folder = configuration("[profiles.x]\nurl = \"https://online.superoffice.com/\"\n");
    let refused = |arguments: &[&str], variable: &str| {
        let mut command = configured(&folder, arguments);
        command.env("SOTICKETS_TOKEN", "8A:canary").env("SOTICKETS_URL", variable);
        // A call would end here with another code.
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
    // Hosts of tenants are not environments.
    let run = refused(&["839", "--url", "https://sod2.superoffice.com/Cust1", "--bom"], "");
    assert!(run.contains("--bom"), "{run}");
}
