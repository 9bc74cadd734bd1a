//! The settings of a system user, and its secrets in traces, dry runs and `doctor`.

use crate::support::online_server::system_user::{APPLICATION, TOKEN};
use crate::support::{self, Run, portable};

use super::{Fixture, USER, key};

#[test]
fn verbose_shows_no_secret_of_the_system_user() {
    let fixture = Fixture::new();
    let (run, _) = fixture.run(&["-v"]);
    assert_eq!(run.code, 0, "{run}");
    for secret in ["MII", &key().0[100..160], "7T:"] {
        assert!(!run.stderr.contains(secret), "{run}");
    }
    let lines = run.stderr.lines().filter(|line| {
        ["* ", "> GET", "> POST", "> Auth", "> SO-App"].iter().any(|start| line.starts_with(start))
    });
    insta::assert_snapshot!(fixture.redacted(&lines.collect::<Vec<_>>().join("\n")), @"
    > GET http://HOST:PORT/api/state/Cust12345
    * Cust12345 is at http://HOST:PORT/online3/Cust12345
    > POST http://HOST:PORT/Login/api/PartnerSystemUser/Authenticate
    > GET http://HOST:PORT/login/.well-known/openid-configuration
    > GET http://HOST:PORT/login/.well-known/jwks
    * the system user has a new ticket
    > POST http://HOST:PORT/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    > SO-AppToken: ***
    > Authorization: SOTicket ***
    ");
    let (run, _) = fixture.run(&["-v"]);
    assert!(run.stderr.contains("* the system user's ticket is stored\n"), "{run}");
}

#[test]
fn table_that_is_not_whole_is_refused() {
    let mut messages = String::new();
    for lines in [
        "system_user = \"env:X\"",
        "system_user = { token = \"env:X\", private_key = \"file:key\" }",
        "system_user = { token = \"env:X\", privat_key = \"file:key\" }",
        "system_user = { token = \"canary\", private_key = \"file:key\", application_token = \"env:X\" }",
        &format!("{USER}\ntoken = \"env:X\""),
        &format!("{USER}\napp_token = \"env:X\""),
        "system_user.token = \"stdin\"\nsystem_user.private_key = \"stdin\"\nsystem_user.application_token = \"env:X\"",
    ] {
        messages += &Fixture::with(lines).usage_error();
    }
    let fixture = Fixture::new();
    let run = Run::of(&mut fixture.get(&["--url", &fixture.online.url]));
    assert_eq!((run.code, fixture.online.steps()), (2, vec![]), "{run}");
    messages += &fixture.redacted(&run.stderr);
    insta::assert_snapshot!(messages, @r#"
    error: CONFIG/sotickets/config.toml, line 6, column 15: system_user is a table: { token = SRC, private_key = SRC, application_token = SRC }, not a text
    error: CONFIG/sotickets/config.toml, line 6, column 1: system_user has no application_token
    hint: it needs token, private_key, application_token, each with a SRC
    error: CONFIG/sotickets/config.toml, line 6, column 34: unknown key 'privat_key' in system_user
    hint: did you mean private_key?
    error: CONFIG/sotickets/config.toml, line 6, column 25: system_user.token takes the place where the secret is kept, not the secret itself
    hint: files are copied, backed up and committed
    hint: name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…
    error: two credentials are given in profile 'ci': token, and system_user
    hint: a call carries one of them; leave the other out
    error: two application tokens are given in profile 'ci': app_token env:X of profile 'ci' (CONFIG/sotickets/config.toml, line 7), and application_token of system_user
    hint: a system user's own is sent with its ticket; leave app_token out
    error: standard input is asked for twice: by system_user.token stdin of profile 'ci' (CONFIG/sotickets/config.toml, line 6) and by system_user.private_key stdin of profile 'ci' (CONFIG/sotickets/config.toml, line 7)
    hint: take one of them from somewhere else, such as file:PATH or env:NAME
    error: a system user signs in at a tenant, and --url is an address (system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6))
    hint: write tenant = "Cust12345" into the profile in place of url, or give --tenant
    "#);
}

#[test]
fn credential_of_a_higher_level_overrides_the_system_user() {
    let fixture = Fixture::new();
    fixture.online.state().tenant.is_open = true;
    let run = Run::of(fixture.get(&[]).env("SOTICKETS_TOKEN", "8A:canary"));
    assert_eq!((run.code, fixture.online.steps()), (0, vec!["state", "tickets"]), "{run}");
    let run = Run::of(&mut fixture.get(&["--no-auth"]));
    assert_eq!((run.code, fixture.online.steps()), (0, vec!["tickets"]), "{run}");
}

#[test]
fn dry_run_asks_for_no_ticket() {
    let fixture = Fixture::new();
    let (run, steps) = fixture.run(&["--dry-run"]);
    assert_eq!(steps, [""; 0]);
    insta::assert_snapshot!(fixture.redacted(&run.to_string()), @r#"
    # first: SOTICKETS_API="$(curl --silent http://HOST:PORT/api/state/Cust12345 | sed -n 's/.*"Api" *: *"\([^"]*\)".*/\1/p')"
    # first: SOTICKETS_TICKET=...  # the ticket that the system user's signed token is exchanged for
    curl --config - <<END
    url = "$SOTICKETS_API/v1/Agents/Ticket/GetTickets?\$select=TicketId,Title"
    data = "{\\"TicketIds\\":[839]}"
    header = "Content-Type: application/json; charset=utf-8"
    header = "Accept: application/json"
    header = "User-Agent: sotickets/0.1.0"
    header = "Accept-Language: en"
    header = "SO-Language: en"
    header = "Authorization: SOTicket $(printf %s "$SOTICKETS_TICKET" | sed 's/[\\"]/\\&/g')"
    header = "SO-AppToken: $(printf %s "$SU_APPLICATION" | sed 's/[\\"]/\\&/g')"
    globoff
    compressed
    silent
    show-error
    END
    --- exit code 0
    "#);
}

#[test]
fn doctor_names_the_places_of_its_secrets() {
    let fixture = Fixture::new();
    let mut command = support::sotickets();
    command.args(["doctor", "--offline"]).env("XDG_CONFIG_HOME", fixture.folder.path());
    let run = Run::of(command.env("SU_TOKEN", TOKEN).env("SU_APPLICATION", APPLICATION));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert_eq!(fixture.online.steps(), [""; 0]);
    let lines = run.stdout.lines().filter(|line| line.starts_with("system_user"));
    insta::assert_snapshot!(fixture.redacted(&lines.collect::<Vec<_>>().join("\n")), @"
    system_user.token              set, from env:SU_TOKEN of profile 'ci' (line 6)
    system_user.private_key        set, from file:key of profile 'ci' (line 6)
    system_user.application_token  set, from env:SU_APPLICATION of profile 'ci' (line 6)
    ");
}

#[test]
fn doctor_signs_in_and_announces_it() {
    let fixture = Fixture::new();
    let mut command = support::sotickets();
    command.args(["doctor", "839"]).env("XDG_CONFIG_HOME", fixture.folder.path());
    command.envs(portable::home(fixture.folder.path())).env("SU_TOKEN", TOKEN);
    command.env("SU_APPLICATION", APPLICATION);
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.to_string().contains("canary") && !run.to_string().contains("eyJ"), "{run}");
    let steps = fixture.online.steps();
    assert_eq!((steps[0], steps[steps.len() - 1]), ("state", "tickets"), "{steps:?}");
    assert!(steps.contains(&"exchange"), "{steps:?}");
    let messages = run.stderr.lines().filter(|line| line.starts_with("sending "));
    insta::assert_snapshot!(fixture.redacted(&messages.collect::<Vec<_>>().join("\n")), @"
    sending the system user's signed token to http://HOST:PORT, unless its ticket is kept
    sending GetTickets for ticket 839 to http://HOST:PORT/online3/Cust12345 with the ticket of the system user from system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6) (SOTicket) and the application token from system_user.application_token env:SU_APPLICATION of profile 'ci' (CONFIG/sotickets/config.toml, line 6)
    ");
    // `doctor` looks the tenant up again and uses the stored ticket.
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    let steps = fixture.online.steps();
    assert_eq!((steps[0], steps.contains(&"exchange")), ("state", false), "{steps:?}");
}
