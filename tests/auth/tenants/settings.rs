//! Tenant, address and environment as options, variables and lines of a profile.

use crate::support::online_server::{TENANT, TICKETS};
use crate::support::{self, Run, Server, configuration, configured, programs, sotickets};

use super::Fixture;

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
    let (fixture, server) = (Fixture::new(), Server::json(TICKETS));
    let of_tenant = format!(
        "default_profile = \"x\"\n[profiles.x]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\n",
        fixture.online.url
    );
    let of_address = format!("default_profile = \"x\"\n[profiles.x]\nurl = \"{}\"\n", server.url());
    let run = |text: &str, arguments: &[&str], variables: &[(&str, &str)]| {
        let folder = configuration(text);
        let arguments = [&["839", "--no-auth"], arguments].concat();
        let run = Run::of(configured(&folder, &arguments).envs(variables.iter().copied()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        (fixture.online.steps(), server.calls())
    };
    let environment = ["--environment", &fixture.online.url];
    assert_eq!(run(&of_tenant, &[], &[]), (vec!["state", "tickets"], 0));
    assert_eq!(run(&of_tenant, &["--url", &server.url()], &[]), (vec![], 1));
    assert_eq!(run(&of_tenant, &[], &[("SOTICKETS_URL", &server.url())]), (vec![], 2));
    assert_eq!(run(&of_address, &[], &[]), (vec![], 3));
    let typed = [&["--tenant", TENANT][..], &environment].concat();
    assert_eq!(run(&of_address, &typed, &[]), (vec!["state", "tickets"], 3));
    let variables =
        [("SOTICKETS_TENANT", TENANT), ("SOTICKETS_ENVIRONMENT", fixture.online.url.as_str())];
    assert_eq!(run(&of_address, &[], &variables), (vec!["state", "tickets"], 3));
    assert_eq!(run(&of_address, &["--url", &server.url()], &variables), (vec![], 4));
    // An option overrides both variables.
    let both = [("SOTICKETS_URL", "https://crm.invalid"), ("SOTICKETS_TENANT", TENANT)];
    assert_eq!(run(&of_tenant, &["--url", &server.url()], &both), (vec![], 5));
    // An environment without a tenant is refused only as an option.
    assert_eq!(run(&of_address, &[], &variables[1..]), (vec![], 6));
}

#[test]
fn secret_of_the_profile_stays_with_its_service() {
    let (fixture, server) = (Fixture::new(), Server::json(TICKETS));
    let text = format!(
        "default_profile = \"x\"\n[profiles.x]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\ntoken = \"env:MY_TOKEN\"\n",
        fixture.online.url
    );
    let folder = configuration(text);
    let get = |arguments: &[&str]| {
        let arguments = [&["839"], arguments].concat();
        Run::of(configured(&folder, &arguments).env("MY_TOKEN", "8A:canary"))
    };
    let run = get(&[]);
    assert_eq!((run.code, fixture.online.steps()), (0, vec!["state", "tickets"]), "{run}");
    // The secret may go to another address of the profile's host.
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
    let other = fixture.online.url.replace("127.0.0.1", "localhost");
    let run = get(&["--environment", &other]);
    insta::assert_snapshot!(support::without_folder(&run.to_string(), &folder).replace(&other, "URL"), @"
    --- stderr
    error: --environment leads to URL, and the token of profile 'x' is for 127.0.0.1 alone
    hint: leave the address to the profile, name another --profile, or give a credential for this server
    --- exit code 2
    ");
    let run = get(&["--environment", "sod"]);
    assert_eq!(run.code, 2, "{run}");
    assert_eq!((fixture.online.steps(), server.calls()), (vec![], 1));
    // The secret of a profile with an address goes to no tenant.
    let text = format!(
        "default_profile = \"x\"\n[profiles.x]\nurl = \"{}\"\ntoken = \"env:MY_TOKEN\"\n",
        server.url()
    );
    let folder = configuration(text);
    let arguments = ["839", "--tenant", TENANT, "--environment", &fixture.online.url];
    let run = Run::of(configured(&folder, &arguments).env("MY_TOKEN", "8A:canary"));
    assert_eq!((run.code, fixture.online.steps()), (2, vec![]), "{run}");
}

#[test]
fn invalid_tenant_or_environment_is_rejected() {
    let server = Server::json("[]");
    let mut messages = String::new();
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
        messages += &run.stderr;
    }
    let run = server.refuses(&["839", "--environment", "sod"]);
    messages += &run.stderr;
    insta::assert_snapshot!(messages, @"
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
    let fixture = Fixture::new();
    let (run, steps) = fixture.run(&["--dry-run"]);
    assert_eq!(steps, [""; 0]);
    insta::assert_snapshot!(fixture.redacted(&run.to_string()), @r#"
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
    // The printed look-up finds the address.
    let (first, _) = run.stdout.split_once('\n').expect("a line");
    let line = first.strip_prefix("# first: ").expect("what is first");
    let script = format!("{line}\necho \"$SOTICKETS_API\"\n");
    let output = programs::sh().args(["-c", &script]).output().expect("a shell");
    let address = format!("{}/online3/Cust12345/api\n", fixture.online.url);
    assert_eq!(String::from_utf8_lossy(&output.stdout), address);
    let script = format!("{line}\nSOTICKETS_TOKEN=8A:canary\n{}", run.stdout);
    let output = programs::sh().args(["-c", &script]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), TICKETS);
    fixture.online.steps();
    // A cached address is printed.
    fixture.steps();
    let (run, steps) = fixture.run(&["--dry-run"]);
    assert_eq!(steps, [""; 0]);
    assert!(!run.stdout.contains("SOTICKETS_API"), "{run}");
    assert!(run.stdout.contains("/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?"), "{run}");
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
    tenant       Cust12345, from profile 'x' (line 2)
    environment  sod, from profile 'x' (line 3)
    ");
}
