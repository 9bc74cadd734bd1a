//! `sotickets doctor`: what is tried, and what is said of it.

mod support;

use serde_json::Value;
use support::site::{Conduct, Site, TICKET};
use support::tls::{Authority, Folder};
use support::{Run, raw, sotickets};

const TOKEN: &str = "8A:canary";

/// `doctor` of `url`, without the settings that it begins with, which tests/doctor.rs is
/// about.
fn doctor(url: &str, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["doctor", "--url", url]).args(arguments).env("SOTICKETS_TOKEN", TOKEN);
    checks(Run::of(&mut command))
}

/// The same for a tenant of `service`.
fn of_tenant(service: &Site, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["doctor", "--tenant", "Cust12345", "--environment", &service.url]);
    checks(Run::of(command.args(arguments).env("SOTICKETS_TOKEN", TOKEN)))
}

fn checks(run: Run) -> Run {
    assert!(!format!("{run}").contains("canary"), "{run}");
    match run.stdout.split_once("\n\n") {
        Some((_, checks)) => Run { stdout: checks.to_owned(), ..run },
        None => run,
    }
}

/// A TLS server with a certificate of an authority that `--cacert` names.
struct Trusted {
    site: Site,
    bundle: String,
    _folder: Folder,
}

impl Trusted {
    fn new(conduct: Conduct, change: impl FnOnce(&mut rcgen::CertificateParams)) -> Self {
        let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
        let bundle = folder.file("ca.pem", &authority.pem);
        let site = Site::start_tls(authority.issue(&["localhost"], change).config(None), conduct);
        Self { site, bundle, _folder: folder }
    }

    fn doctor(&self, arguments: &[&str]) -> Run {
        doctor(&self.site.url, &[&["--cacert", &self.bundle], arguments].concat())
    }

    /// `run` with what changes from machine to machine and from day to day left out.
    fn shown(&self, run: &Run) -> String {
        let text = self.site.shown(run);
        let text = text.replace("localhost is 127.0.0.1, ::1", "localhost is 127.0.0.1");
        let text = text.replace("localhost is ::1, 127.0.0.1", "localhost is 127.0.0.1");
        let Some((start, rest)) = text.split_once("4096-01-01, in ") else { return text };
        let (_, end) = rest.split_once(" days").expect("a number of days");
        format!("{start}4096-01-01, in DAYS days{end}")
    }
}

fn days(days: i64) -> impl FnOnce(&mut rcgen::CertificateParams) {
    move |params| {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        let now = std::time::SystemTime::now();
        let passed = now.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let since = i64::try_from(passed).expect("seconds") / 86_400 + days + 1;
        let date = chrono::DateTime::from_timestamp(since * 86_400, 0).expect("a date");
        let part = |format: &str| date.format(format).to_string().parse::<i32>().expect("a number");
        let part8 = |format: &str| u8::try_from(part(format)).expect("a small number");
        params.not_after = rcgen::date_time_ymd(part("%Y"), part8("%m"), part8("%d"));
    }
}

#[test]
fn a_good_set_up_passes_every_check() {
    let trusted = Trusted::new(Conduct::good(), |_| ());
    let run = trusted.doctor(&["839", "--timezone", "Europe/Oslo"]);
    insta::assert_snapshot!(trusted.shown(&run), @"
    ok       address     https://localhost:PORT
    ok       settings    all can be used; one secret was read
    ok       name        localhost is 127.0.0.1
    ok       connection  made to 127.0.0.1:PORT
    ok       tls         TLS 1.3; the certificate by 'Acme Root' ends on 4096-01-01, in DAYS days
    skipped  tenant      none is named
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the token from SOTICKETS_TOKEN (Bearer) is accepted
    ok       ticket      ticket 839 came back
    ok       language    en is asked for; TicketStatusDisplayValue is 'Active'
    ok       timezone    dates carry their offset, as is asked for (UTC,includeTZOffset); LastChanged is 2026-03-29T14:52:00Z
    ok       clock       that of localhost:PORT differs by 5 s at most
    --- stderr
    sending GetTickets for ticket 839 to https://localhost:PORT; the credential is the token from SOTICKETS_TOKEN (Bearer)
    --- exit code 0
    ");
    let asked = trusted.site.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "get /api http/1.1",
            "post /api/v1/agents/ticket/gettickets?$select=ticketid,ticketstatusdisplayvalue,priorityname,categoryname,lastchanged,createdat http/1.1"
        ]
    );
    let carries = |at: usize| {
        asked[at].headers.iter().any(|header| header == "authorization: bearer 8a:canary")
    };
    assert_eq!((carries(0), carries(1)), (false, true));
    assert_eq!(asked[1].body, r#"{"TicketIds":[839]}"#);
}

#[test]
fn without_an_id_an_empty_list_is_sent() {
    let site = Site::start(Conduct { tickets: (200, "[]".to_owned()), ..Conduct::good() });
    let run = doctor(&format!("{}/SuperOffice", site.url), &["-H", "X-Gateway: 7"]);
    insta::assert_snapshot!(site.shown(&run), @"
    ok       address     http://127.0.0.1:PORT/SuperOffice
    ok       settings    all can be used; one secret was read
    skipped  name        127.0.0.1 is an address already
    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    skipped  tenant      none is named
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the token from SOTICKETS_TOKEN (Bearer) is accepted
    skipped  ticket      no ticket is named: sotickets doctor ID
    skipped  language    no ticket is named: sotickets doctor ID
    skipped  timezone    no ticket is named: sotickets doctor ID
    ok       clock       that of 127.0.0.1:PORT differs by 5 s at most
    --- stderr
    sending GetTickets for no ticket to http://127.0.0.1:PORT/SuperOffice; the credential is the token from SOTICKETS_TOKEN (Bearer)
    --- exit code 0
    ");
    let asked = site.asked();
    assert_eq!((asked.len(), asked[1].body.as_str()), (2, r#"{"TicketIds":[]}"#));
    // A gateway before the server gets what it asks for.
    assert!(asked.iter().all(|asked| asked.headers.contains(&"x-gateway: 7".to_owned())));

    let site = Site::start(Conduct { tickets: (500, String::new()), ..Conduct::good() });
    let run = doctor(&site.url, &[]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.ends_with("sotickets doctor ID\n"), "{run}");
}

#[test]
fn a_name_that_is_not_known_is_found_first() {
    let run = doctor("https://crm.invalid/SuperOffice", &["839"]);
    let mut shown = run.to_string();
    // The system's own words.
    let words = "failed to lookup address information: ";
    while let Some(start) = shown.find(words) {
        let end = start + shown[start..].find('\n').expect("a line");
        shown.replace_range(start..end, "(why)");
    }
    insta::assert_snapshot!(shown, @"
    ok       address     https://crm.invalid/SuperOffice
    ok       settings    all can be used; one secret was read
    failed   name        could not connect to crm.invalid: (why)
    skipped  connection  not tried, since name failed
    skipped  tls         not tried, since name failed
    skipped  tenant      none is named
    skipped  version     not tried, since name failed
    skipped  credential  not tried, since name failed
    skipped  ticket      not tried, since name failed
    skipped  language    not tried, since name failed
    skipped  timezone    not tried, since name failed
    skipped  clock       not tried, since name failed
    --- stderr
    warning: could not connect to crm.invalid: (why)
    hint: check the address and the network; where only a proxy leads out, --proxy
    --- exit code 6
    ");
}

#[test]
fn a_connection_that_is_refused_ends_the_round() {
    let url = raw::dead();
    let run = doctor(&url, &[]);
    let place = url.trim_start_matches("http://");
    let shown = run.to_string().replace(place, "HOST:PORT");
    // The number is the system's.
    let shown =
        shown.replace("(os error 61)", "(os error N)").replace("(os error 111)", "(os error N)");
    insta::assert_snapshot!(shown, @"
    ok       address     http://HOST:PORT
    ok       settings    all can be used; one secret was read
    skipped  name        127.0.0.1 is an address already
    failed   connection  could not connect to HOST:PORT: Connection refused (os error N)
    skipped  tls         not tried, since connection failed
    skipped  tenant      none is named
    skipped  version     not tried, since connection failed
    skipped  credential  not tried, since connection failed
    skipped  ticket      not tried, since connection failed
    skipped  language    not tried, since connection failed
    skipped  timezone    not tried, since connection failed
    skipped  clock       not tried, since connection failed
    --- stderr
    warning: could not connect to HOST:PORT: Connection refused (os error N)
    hint: check the port, and that the server on this machine runs
    --- exit code 6
    ");
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_with_its_issuer() {
    let authority = Authority::new("Acme Root");
    let config = authority.issue(&["localhost"], |_| ()).config(None);
    let site = Site::start_tls(config, Conduct::good());
    let run = doctor(&site.url, &[]);
    assert_eq!((run.code, site.asked().len()), (6, 0), "{run}");
    let lines: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| !line.contains("skipped") && !line.contains(" name "))
        .collect();
    insta::assert_snapshot!(site.shown(&format!("{}\n{}", lines.join("\n"), run.stderr)), @"
    ok       address     https://localhost:PORT
    ok       settings    all can be used; one secret was read
    ok       connection  made to localhost:PORT
    failed   tls         the issuer of the certificate of localhost:PORT, 'Acme Root', is not among those that this system trusts
    warning: the issuer of the certificate of localhost:PORT, 'Acme Root', is not among those that this system trusts
    hint: --cacert FILE names the authority's certificate, in PEM; ask whoever runs the server
    hint: a server may also have been set up without the certificates between; they can stand in that file, too
    ");
}

#[test]
fn a_certificate_that_ends_soon_or_has_ended_is_told() {
    let trusted = Trusted::new(Conduct::good(), days(3));
    let run = trusted.doctor(&["839"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout
            .contains("\nwarning  tls         TLS 1.3; the certificate by 'Acme Root' ends on "),
        "{run}"
    );
    assert!(run.stdout.contains(", in 3 days\n"), "{run}");
    assert!(
        run.stderr.contains("\nhint: whoever runs the server has to renew it in time\n"),
        "{run}"
    );

    let trusted = Trusted::new(Conduct::good(), days(-9));
    let run = trusted.doctor(&["839"]);
    assert_eq!((run.code, trusted.site.asked().len()), (6, 0), "{run}");
    assert!(run.stdout.contains("\nfailed   tls         the certificate of localhost:"), "{run}");
    assert!(run.stdout.contains(" expired on "), "{run}");

    // Who trusts anyone is told so, and how long ago it ended.
    let run = doctor(&trusted.site.url, &["--insecure"]);
    assert_eq!((run.code, trusted.site.asked().len()), (0, 2), "{run}");
    assert!(
        run.stdout.contains(
            "\nwarning  tls         the certificate is not checked (--insecure): TLS 1.3; "
        ),
        "{run}"
    );
    assert!(run.stdout.contains(", which was 8 days ago\n"), "{run}");
}

#[test]
fn a_server_with_the_older_tls_is_told_by_its_version() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", &authority.pem);
    let pair = authority.issue(&["localhost"], |_| ());
    let site = Site::start_tls(pair.config_of(&[&rustls::version::TLS12]), Conduct::good());
    let run = doctor(&site.url, &["--cacert", &bundle]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout.contains("\nok       tls         TLS 1.2; the certificate by 'Acme Root' "),
        "{run}"
    );
}

#[test]
fn a_tenant_is_asked_for_anew_and_its_state_told() {
    let site = Site::start(Conduct::good());
    let run = of_tenant(&site, &["839"]);
    insta::assert_snapshot!(site.shown(&run), @"
    ok       address     Cust12345 of http://127.0.0.1:PORT
    ok       settings    all can be used; one secret was read
    skipped  name        127.0.0.1 is an address already
    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    ok       tenant      Cust12345 is at http://127.0.0.1:PORT/Cust12345; its state is Running
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the token from SOTICKETS_TOKEN (Bearer) is accepted
    ok       ticket      ticket 839 came back
    ok       language    en is asked for; TicketStatusDisplayValue is 'Active'
    ok       timezone    none is asked for; LastChanged is 2026-03-29T14:52:00Z
    ok       clock       that of 127.0.0.1:PORT differs by 5 s at most
    --- stderr
    sending GetTickets for ticket 839 to http://127.0.0.1:PORT/Cust12345; the credential is the token from SOTICKETS_TOKEN (Bearer)
    --- exit code 0
    ");
    let lines: Vec<String> = site.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].starts_with("get /api/state/cust12345 ")
            && lines[1].starts_with("get /cust12345/api ")
    );
}

#[test]
fn a_tenant_that_is_shut_is_told_so() {
    let good = Conduct::good();
    let state = good.state.replace("Running", "OfflineMaintenance");
    let site = Site::start(Conduct { state, ..good });
    let run = of_tenant(&site, &["839"]);
    insta::assert_snapshot!(site.shown(&run), @"
    ok       address     Cust12345 of http://127.0.0.1:PORT
    ok       settings    all can be used; one secret was read
    skipped  name        127.0.0.1 is an address already
    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    failed   tenant      Cust12345 is shut for maintenance
    skipped  version     not tried, since tenant failed
    skipped  credential  not tried, since tenant failed
    skipped  ticket      not tried, since tenant failed
    skipped  language    not tried, since tenant failed
    skipped  timezone    not tried, since tenant failed
    ok       clock       that of 127.0.0.1:PORT differs by 5 s at most
    --- stderr
    warning: Cust12345 is shut for maintenance
    hint: try again when it is over; the service's status page may say when
    --- exit code 5
    ");
    assert_eq!(site.asked().len(), 1);

    let good = Conduct::good();
    let state = good.state.replace("Running", "OnlineMaintenance");
    let site = Site::start(Conduct { state, ..good });
    let run = of_tenant(&site, &["839"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("\nwarning  tenant      Cust12345 is at http://"), "{run}");
}

#[test]
fn a_tenant_on_another_host_is_reached_anew() {
    let good = Conduct::good();
    let other = Site::start(good.clone());
    let state = good.state.replace("URL", &other.url);
    let service = Site::start(Conduct { state, ..good });
    let run = of_tenant(&service, &["839"]);
    assert_eq!((run.code, service.asked().len(), other.asked().len()), (0, 1, 2), "{run}");
    let names: Vec<&str> =
        run.stdout.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(
        names,
        [
            "address",
            "settings",
            "name",
            "connection",
            "tls",
            "tenant",
            "name",
            "connection",
            "tls",
            "version",
            "credential",
            "ticket",
            "language",
            "timezone",
            "clock"
        ]
    );
}

#[test]
fn a_wrong_credential_is_told_after_all_that_works() {
    let refusal = r#"{"Message":"The token 8A:canary has expired."}"#;
    let site =
        Site::start(Conduct { tickets: (401, refusal.to_owned()), ahead: -600, ..Conduct::good() });
    let run = doctor(&site.url, &["839"]);
    insta::assert_snapshot!(site.shown(&run), @"
    ok       address     http://127.0.0.1:PORT
    ok       settings    all can be used; one secret was read
    skipped  name        127.0.0.1 is an address already
    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    skipped  tenant      none is named
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    failed   credential  HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer): The token *** has expired.
    skipped  ticket      not tried, since credential failed
    skipped  language    not tried, since credential failed
    skipped  timezone    not tried, since credential failed
    warning  clock       the clock of 127.0.0.1:PORT is 10m behind this machine's
    --- stderr
    sending GetTickets for ticket 839 to http://127.0.0.1:PORT; the credential is the token from SOTICKETS_TOKEN (Bearer)
    warning: the clock of 127.0.0.1:PORT is 10m behind this machine's
    hint: set the one that is wrong: certificates, tokens and sign-ins go by it
    warning: HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer): The token *** has expired.
    hint: access tokens live 20 to 60 minutes: get a new one; Onsite does not know Bearer, use --user there
    --- exit code 4
    ");
}

#[test]
fn no_credential_is_no_reason_not_to_try_the_rest() {
    let site = Site::start(Conduct::good());
    let run = Run::of(sotickets().args(["doctor", "--url", &site.url]));
    assert_eq!((run.code, site.asked().len()), (4, 1), "{run}");
    assert!(run.stdout.contains("\nfailed   credential  no credential is configured\n"), "{run}");
    let run = Run::of(sotickets().args(["doctor", "839", "--no-auth", "--url", &site.url]));
    assert_eq!((run.code, site.asked().len()), (0, 3), "{run}");
    assert!(run.stdout.contains("\nok       credential  none is sent (--no-auth), "), "{run}");
}

/// What is said of the answer `ticket`: its three checks, warnings, and exit code.
fn told(ticket: &str, arguments: &[&str]) -> String {
    let site = Site::start(Conduct { tickets: (200, ticket.to_owned()), ..Conduct::good() });
    let run = doctor(&site.url, &[&["839"], arguments].concat());
    let lines = run.stdout.lines().skip_while(|line| !line.contains("  ticket  "));
    let lines: Vec<&str> = lines.take(3).collect();
    let warnings: Vec<&str> =
        run.stderr.lines().filter(|line| !line.starts_with("sending ")).collect();
    format!("{}\n{}\nexit code {}", lines.join("\n"), warnings.join("\n"), run.code)
}

const OSLO: [&str; 2] = ["--timezone", "Europe/Oslo"];

#[test]
fn a_date_without_an_offset_is_told_where_one_is_asked_for() {
    let without = TICKET.replace("00Z", "00");
    insta::assert_snapshot!(told(&without, &OSLO), @"
    ok       ticket      ticket 839 came back
    ok       language    en is asked for; TicketStatusDisplayValue is 'Active'
    warning  timezone    an offset is asked for (UTC,includeTZOffset), and a date has none: LastChanged is 2026-03-29T14:52:00
    warning: an offset is asked for (UTC,includeTZOffset), and a date has none: LastChanged is 2026-03-29T14:52:00
    hint: a server that sends none may have time zones switched off; such dates are printed as they are
    exit code 0
    ");
    insta::assert_snapshot!(told(&without, &["--timezone", "NO"]), @"
    ok       ticket      ticket 839 came back
    ok       language    en is asked for; TicketStatusDisplayValue is 'Active'
    ok       timezone    NO is asked for, without the offset; LastChanged is 2026-03-29T14:52:00

    exit code 0
    ");
    insta::assert_snapshot!(told(&without, &[]), @"
    ok       ticket      ticket 839 came back
    ok       language    en is asked for; TicketStatusDisplayValue is 'Active'
    ok       timezone    none is asked for; LastChanged is 2026-03-29T14:52:00

    exit code 0
    ");
}

#[test]
fn a_text_that_is_not_translated_is_told_unless_that_is_asked_for() {
    let raw = TICKET.replace("Active", r#"NO:\"Aktiv\u001b[31m\";US:\"Active\""#);
    insta::assert_snapshot!(told(&raw, &["--language", "xx"]), @r#"
    ok       ticket      ticket 839 came back
    warning  language    xx is asked for, and TicketStatusDisplayValue is not translated: 'NO:"Aktiv\x1b[31m";US:"Active"'
    ok       timezone    none is asked for; LastChanged is 2026-03-29T14:52:00Z
    warning: xx is asked for, and TicketStatusDisplayValue is not translated: 'NO:"Aktiv\x1b[31m";US:"Active"'
    hint: the server may not have this language: --language en, or nb-no, …
    exit code 0
    "#);
    insta::assert_snapshot!(told(&raw, &["--language", "*"]), @r#"
    ok       ticket      ticket 839 came back
    ok       language    TicketStatusDisplayValue is not translated, as is asked for: 'NO:"Aktiv\x1b[31m";US:"Active"'
    ok       timezone    none is asked for; LastChanged is 2026-03-29T14:52:00Z

    exit code 0
    "#);
}

#[test]
fn a_ticket_that_shows_nothing_or_does_not_come_is_told() {
    insta::assert_snapshot!(told(r#"[{"TicketId":839,"LastChanged":"0001-01-01T00:00:00"}]"#, &OSLO), @"
    ok       ticket      ticket 839 came back
    skipped  language    the ticket has no text to see it by
    skipped  timezone    the ticket has no date to see it by

    exit code 0
    ");
    insta::assert_snapshot!(told("[null]", &[]), @"
    failed   ticket      ticket 839 did not come back
    skipped  language    not tried, since ticket failed
    skipped  timezone    not tried, since ticket failed
    warning: ticket 839 did not come back
    hint: it does not exist, or this user may not read it
    exit code 3
    ");
    insta::assert_snapshot!(told(r#"{"Error":true,"ErrorMessage":"no"}"#, &[]), @"
    skipped  ticket      not tried, since credential failed
    skipped  language    not tried, since credential failed
    skipped  timezone    not tried, since credential failed
    warning: the server refused the call: no
    hint: -v shows the request; the server's own log knows more
    exit code 5
    ");
}

#[test]
fn a_server_that_does_not_tell_its_version_may_have_tickets() {
    for (answer, told) in [
        ((401, String::new()), "HTTP 401: GET …/api tells it to nobody without a credential\n"),
        ((404, "{}".to_owned()), "HTTP 404: there is no …/api: {}\n"),
        ((302, String::new()), "HTTP 302: GET …/api was not answered\n"),
        (
            (200, "<html><title>Sign in</title>".to_owned()),
            "GET …/api names no version of NetServer, with the web page 'Sign in'\n",
        ),
    ] {
        let site = Site::start(Conduct { version: answer, ..Conduct::good() });
        let run = doctor(&site.url, &["839"]);
        assert_eq!((run.code, site.asked().len()), (0, 2), "{run}");
        assert!(run.stdout.contains(&format!("\nwarning  version     {told}")), "{run}");
    }
}

#[test]
fn limits_hold_for_each_step() {
    let url = raw::silent_after(b"");
    let run = doctor(&url, &["--read-timeout", "300ms"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stdout.contains("\nfailed   version     127.0.0.1:"), "{run}");
    assert!(run.stdout.contains(": silent for 300ms (--read-timeout)\n"), "{run}");
    let run = doctor(&url, &["--timeout", "300ms"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stdout.contains(": not done within 300ms (--timeout)\n"), "{run}");
}

#[test]
fn what_cannot_be_is_found_before_anything_is_sent() {
    let site = Site::start(Conduct::good());
    let run = doctor(&site.url, &["--proxy-password", "env:NOWHERE"]);
    assert_eq!((run.code, site.asked().len()), (2, 0), "{run}");
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
    assert_eq!((run.code, site.asked().len()), (2, 0), "{run}");
}

#[cfg(unix)]
#[test]
fn a_proxy_is_gone_through() {
    let Some(proxy) = support::proxy::tinyproxy("") else { return };
    let trusted = Trusted::new(Conduct::good(), |_| ());
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let run = trusted.doctor(&["839", "--proxy", &address]);
    assert_eq!((run.code, trusted.site.asked().len()), (0, 2), "{run}");
    let port = format!(":{}", proxy.port);
    let shown = trusted.shown(&run).replace(&port, ":PROXY");
    let lines: Vec<&str> = shown.lines().skip(2).take(3).collect();
    let lines = lines.join("\n");
    assert!(
        lines.contains(
            "\nok       tls         TLS 1.3; the certificate by 'Acme Root' ends on 4096-01-01"
        ),
        "{run}"
    );
    insta::assert_snapshot!(lines.split("\nok       tls").next().expect("lines"), @"
    skipped  name        the proxy 127.0.0.1:PROXY looks localhost up
    ok       connection  made through the proxy 127.0.0.1:PROXY (--proxy)
    ");
}

#[test]
fn machines_get_the_same_in_a_shape_that_stays() {
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
    // It may be a second later by the time that it is read.
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
    {"details":{},"hints":["access tokens live 20 to 60 minutes: get a new one; Onsite does not know Bearer, use --user there"],"host":null,"message":"HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer)","name":"credential","result":"failed"}
    {"details":{},"hints":[],"host":null,"message":"not tried, since credential failed","name":"ticket","result":"skipped"}
    {"details":{},"hints":[],"host":null,"message":"not tried, since credential failed","name":"language","result":"skipped"}
    {"details":{},"hints":[],"host":null,"message":"not tried, since credential failed","name":"timezone","result":"skipped"}
    {"details":{"seconds_ahead":N},"hints":[],"host":"localhost:PORT","message":"that of localhost:PORT differs by 5 s at most","name":"clock","result":"ok"}
    {"check":"credential","exit_code":4,"hints":["access tokens live 20 to 60 minutes: get a new one; Onsite does not know Bearer, use --user there"],"kind":"authentication","message":"HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer)"}--- exit code 4
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
    let documented: Vec<&str> = include_str!("../docs/doctor.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .take(names.len())
        .collect();
    assert_eq!(names, documented);
}
