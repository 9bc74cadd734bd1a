//! The connection to the server: name, connection, TLS, proxy, and their limits.

use super::set_up::{Trusted, days, doctor};
use crate::support::site::{Conduct, Site};
use crate::support::tcp_server;
use crate::support::tls::{Authority, Folder};

#[test]
fn valid_set_up_passes_every_check() {
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
    skipped  language    en is asked for; TicketStatusDisplayValue is 'Active': only a reader can tell whether that is en
    ok       timezone    dates carry their offset, as requested (UTC,includeTZOffset); LastChanged is 2026-03-29T14:52:00Z
    ok       clock       the clock of localhost:PORT differs by at most 5 s
    --- stderr
    sending GetTickets for ticket 839 to https://localhost:PORT with the token from SOTICKETS_TOKEN (Bearer)
    --- exit code 0
    ");
    let asked = trusted.site.requests();
    let lines: Vec<String> = asked.iter().map(|it| it.line.to_ascii_lowercase()).collect();
    assert_eq!(
        lines,
        [
            "get /api http/1.1",
            "post /api/v1/agents/ticket/gettickets?$select=ticketid,ticketstatusdisplayvalue,priorityname,categoryname,lastchanged,createdat,firstreadbyuser,deadline http/1.1"
        ]
    );
    let carries = |at: usize| asked[at].header("authorization") == Some("Bearer 8A:canary");
    assert_eq!((carries(0), carries(1)), (false, true));
    assert_eq!(asked[1].body, r#"{"TicketIds":[839]}"#);
}

#[test]
fn doctor_without_an_id_sends_an_empty_list() {
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
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    --- stderr
    sending GetTickets for no ticket to http://127.0.0.1:PORT/SuperOffice with the token from SOTICKETS_TOKEN (Bearer)
    --- exit code 0
    ");
    let asked = site.requests();
    assert_eq!((asked.len(), asked[1].body.as_str()), (2, r#"{"TicketIds":[]}"#));
    // A gateway before the server gets the headers that it needs.
    assert!(asked.iter().all(|asked| asked.header("x-gateway") == Some("7")));

    let site = Site::start(Conduct { tickets: (500, String::new()), ..Conduct::good() });
    let run = doctor(&site.url, &[]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.ends_with("sotickets doctor ID\n"), "{run}");
}

#[test]
fn name_that_is_not_known_is_found_first() {
    let run = doctor("https://crm.invalid/SuperOffice", &["839"]);
    let mut shown = run.to_string();
    // The message of the operating system.
    let words = "failed to lookup address information: ";
    while let Some(start) = shown.find(words) {
        let end = start + shown[start..].find('\n').expect("a line");
        shown.replace_range(start..end, "(why)");
    }
    // musl's lookup has a hint of its own.
    if cfg!(target_env = "musl") {
        let start = shown.find("hint: this build takes the first answer").expect("musl's hint");
        let end = start + shown[start..].find('\n').expect("a line") + 1;
        shown.replace_range(start..end, "");
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
    error: could not connect to crm.invalid: (why)
    hint: check the address and the network; where only a proxy leads out, --proxy
    --- exit code 6
    ");
}

#[test]
fn connection_that_is_refused_ends_the_round() {
    let url = tcp_server::dead();
    let run = doctor(&url, &[]);
    let place = url.trim_start_matches("http://");
    let shown = run.to_string().replace(place, "HOST:PORT");
    // The error number of the operating system.
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
    error: could not connect to HOST:PORT: Connection refused (os error N)
    hint: check the port, and that the server on this machine runs
    --- exit code 6
    ");
}

#[test]
fn untrusted_certificate_is_reported_with_its_issuer() {
    let authority = Authority::new("Acme Root");
    let config = authority.issue(&["localhost"], |_| ()).config(None);
    let site = Site::start_tls(config, Conduct::good());
    let run = doctor(&site.url, &[]);
    assert_eq!((run.code, site.requests().len()), (6, 0), "{run}");
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
    error: the issuer of the certificate of localhost:PORT, 'Acme Root', is not among those that this system trusts
    hint: --cacert FILE names the authority's certificate, in PEM; ask whoever runs the server
    hint: a server may also have been set up without the certificates between; they can be in that file, too
    ");
}

#[test]
fn certificate_that_ends_soon_or_has_ended_is_reported() {
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
    assert_eq!((run.code, trusted.site.requests().len()), (6, 0), "{run}");
    assert!(run.stdout.contains("\nfailed   tls         the certificate of localhost:"), "{run}");
    assert!(run.stdout.contains(" expired on "), "{run}");

    // With --insecure the report still says how long ago it ended.
    let run = doctor(&trusted.site.url, &["--insecure"]);
    assert_eq!((run.code, trusted.site.requests().len()), (0, 2), "{run}");
    assert!(
        run.stdout.contains(
            "\nwarning  tls         the certificate is not checked (--insecure): TLS 1.3; "
        ),
        "{run}"
    );
    assert!(run.stdout.contains(", which was 8 days ago\n"), "{run}");
}

#[test]
fn server_with_tls_1_2_is_reported_by_its_version() {
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
fn time_limits_apply_to_each_step() {
    let url = tcp_server::silent_after(b"");
    let run = doctor(&url, &["--read-timeout", "300ms"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stdout.contains("\nfailed   version     127.0.0.1:"), "{run}");
    assert!(run.stdout.contains(": silent for 300ms (--read-timeout)\n"), "{run}");
    let run = doctor(&url, &["--timeout", "300ms"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stdout.contains(": not done within 300ms (--timeout)\n"), "{run}");
}

#[test]
fn proxy_is_used_and_reported() {
    let Some(proxy) = crate::support::proxy::tinyproxy("") else { return };
    let trusted = Trusted::new(Conduct::good(), |_| ());
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let run = trusted.doctor(&["839", "--proxy", &address]);
    assert_eq!((run.code, trusted.site.requests().len()), (0, 2), "{run}");
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
