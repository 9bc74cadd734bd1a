//! The address and the state of a tenant.

use super::set_up::of_tenant;
use crate::support::site::{Conduct, Site};

#[test]
fn tenant_is_looked_up_again_and_its_state_reported() {
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
    skipped  language    en is asked for; TicketStatusDisplayValue is 'Active': only a reader can tell whether that is en
    skipped  timezone    no time zone is requested; LastChanged is 2026-03-29T14:52:00Z
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    --- stderr
    sending GetTickets for ticket 839 to http://127.0.0.1:PORT/Cust12345 with the token from SOTICKETS_TOKEN (Bearer)
    --- exit code 0
    ");
    let lines: Vec<String> =
        site.requests().into_iter().map(|it| it.line.to_ascii_lowercase()).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].starts_with("get /api/state/cust12345 ")
            && lines[1].starts_with("get /cust12345/api ")
    );
}

#[test]
fn closed_tenant_is_reported() {
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
    failed   tenant      Cust12345 is closed for maintenance
    skipped  version     not tried, since tenant failed
    skipped  credential  not tried, since tenant failed
    skipped  ticket      not tried, since tenant failed
    skipped  language    not tried, since tenant failed
    skipped  timezone    not tried, since tenant failed
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    --- stderr
    error: Cust12345 is closed for maintenance
    hint: try again when it is over; SuperOffice's status page may say when
    --- exit code 5
    ");
    assert_eq!(site.requests().len(), 1);

    let good = Conduct::good();
    let state = good.state.replace("Running", "OnlineMaintenance");
    let site = Site::start(Conduct { state, ..good });
    let run = of_tenant(&site, &["839"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("\nwarning  tenant      Cust12345 is at http://"), "{run}");
}

#[test]
fn tenant_on_another_host_is_connected_to_again() {
    let good = Conduct::good();
    let other = Site::start(good.clone());
    let state = good.state.replace("URL", &other.url);
    let service = Site::start(Conduct { state, ..good });
    let run = of_tenant(&service, &["839"]);
    assert_eq!((run.code, service.requests().len(), other.requests().len()), (0, 1, 2), "{run}");
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
