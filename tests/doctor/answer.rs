//! Checks of the server's answers: version, credential, ticket, language, time zone, clock.

use super::set_up::doctor;
use crate::support::site::{Conduct, Site, TICKET};
use crate::support::{Run, sotickets};

#[test]
fn wrong_credential_is_reported_after_successful_checks() {
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
    sending GetTickets for ticket 839 to http://127.0.0.1:PORT with the token from SOTICKETS_TOKEN (Bearer)
    warning: the clock of 127.0.0.1:PORT is 10m behind this machine's
    hint: set the one that is wrong: certificates, tokens and sign-ins depend on it
    error: HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer): The token *** has expired.
    hint: access tokens live 20 to 60 minutes: sotickets auth login --token prompt keeps a new one; Onsite does not know Bearer, use --user there
    --- exit code 4
    ");
}

#[test]
fn missing_credential_does_not_stop_the_other_checks() {
    let site = Site::start(Conduct::good());
    let run = Run::of(sotickets().args(["doctor", "--url", &site.url]));
    assert_eq!((run.code, site.requests().len()), (4, 1), "{run}");
    assert!(run.stdout.contains("\nfailed   credential  no credential is configured\n"), "{run}");
    let run = Run::of(sotickets().args(["doctor", "839", "--no-auth", "--url", &site.url]));
    assert_eq!((run.code, site.requests().len()), (0, 3), "{run}");
    assert!(run.stdout.contains("\nok       credential  none is sent (--no-auth), "), "{run}");
}

/// Returns the three checks of the answer `ticket`, the warnings, and the exit code.
fn ticket_checks(ticket: &str, arguments: &[&str]) -> String {
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
fn date_without_a_requested_offset_is_reported() {
    let without = TICKET.replace("00Z", "00");
    insta::assert_snapshot!(ticket_checks(&without, &OSLO), @"
    ok       ticket      ticket 839 came back
    skipped  language    en is asked for; TicketStatusDisplayValue is 'Active': only a reader can tell whether that is en
    warning  timezone    UTC,includeTZOffset is requested, and a date has no offset: LastChanged is 2026-03-29T14:52:00
    warning: UTC,includeTZOffset is requested, and a date has no offset: LastChanged is 2026-03-29T14:52:00
    hint: a server that sends none may have time zones switched off; such dates are printed as they are
    exit code 0
    ");
    insta::assert_snapshot!(ticket_checks(&without, &["--timezone", "NO"]), @"
    ok       ticket      ticket 839 came back
    skipped  language    en is asked for; TicketStatusDisplayValue is 'Active': only a reader can tell whether that is en
    warning  timezone    NO is requested, and the server probably neither moves nor marks dates: LastChanged is 2026-03-29T14:52:00
    warning: NO is requested, and the server probably neither moves nor marks dates: LastChanged is 2026-03-29T14:52:00
    hint: an IANA zone has them converted here: --timezone Europe/Oslo
    exit code 0
    ");
    insta::assert_snapshot!(ticket_checks(&without, &[]), @"
    ok       ticket      ticket 839 came back
    skipped  language    en is asked for; TicketStatusDisplayValue is 'Active': only a reader can tell whether that is en
    skipped  timezone    no time zone is requested; LastChanged is 2026-03-29T14:52:00

    exit code 0
    ");
}

#[test]
fn untranslated_text_is_reported_unless_requested() {
    let raw = TICKET.replace("Active", r#"NO:\"Aktiv\u001b[31m\";US:\"Active\""#);
    insta::assert_snapshot!(ticket_checks(&raw, &["--language", "xx"]), @r#"
    ok       ticket      ticket 839 came back
    warning  language    xx is asked for, and TicketStatusDisplayValue is not translated: 'NO:"Aktiv\x1b[31m";US:"Active"'
    skipped  timezone    no time zone is requested; LastChanged is 2026-03-29T14:52:00Z
    warning: xx is asked for, and TicketStatusDisplayValue is not translated: 'NO:"Aktiv\x1b[31m";US:"Active"'
    hint: the server may not have this language: --language en, or nb-no, …
    exit code 0
    "#);
    insta::assert_snapshot!(ticket_checks(&raw, &["--language", "*"]), @r#"
    ok       ticket      ticket 839 came back
    ok       language    TicketStatusDisplayValue is not translated, as is asked for: 'NO:"Aktiv\x1b[31m";US:"Active"'
    skipped  timezone    no time zone is requested; LastChanged is 2026-03-29T14:52:00Z

    exit code 0
    "#);
}

#[test]
fn language_without_the_shape_of_a_tag_is_a_warning() {
    let site = Site::start(Conduct::good());
    let run = doctor(&site.url, &["839", "--language", "plattdeutsch", "--culture", "nb_NO"]);
    assert_eq!((run.code, site.requests().len()), (0, 2), "{run}");
    let lines: Vec<&str> = run
        .stdout
        .lines()
        .chain(run.stderr.lines())
        .filter(|line| ["settings", "language", "culture"].iter().any(|it| line.contains(it)))
        .chain(run.stderr.lines().filter(|line| line.starts_with("hint: ")))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    warning  settings    --language: 'plattdeutsch' does not have the form of a language code; --culture: 'nb_NO' does not have the form of a language code
    skipped  language    plattdeutsch is asked for; TicketStatusDisplayValue is 'Active': only a reader can tell whether that is plattdeutsch
    warning: --language: 'plattdeutsch' does not have the form of a language code; --culture: 'nb_NO' does not have the form of a language code
    hint: a code is en, nb-NO or zh-Hans, or * for untranslated text; the server may not know this one
    hint: did you mean nb-NO?
    ");

    let mut command = sotickets();
    command.args(["doctor", "--offline", "--no-auth", "--url", &site.url]);
    let run = Run::of(command.env("SOTICKETS_LANGUAGE", "plattdeutsch"));
    assert_eq!(run.code, 0, "{run}");
    insta::assert_snapshot!(run.stderr, @"
    warning: SOTICKETS_LANGUAGE: 'plattdeutsch' does not have the form of a language code
    hint: a code is en, nb-NO or zh-Hans, or * for untranslated text; the server may not know this one
    ");
}

#[test]
fn one_status_is_reported_once() {
    for status in [401, 404, 503] {
        let answer = (status, String::new());
        let conduct = Conduct { version: answer.clone(), tickets: answer, ..Conduct::good() };
        let site = Site::start(conduct);
        let run = doctor(&site.url, &["839"]);
        assert_eq!(site.requests().len(), 2, "{run}");
        assert_eq!(run.stderr.matches("HTTP ").count(), 1, "{run}");
        assert!(run.stderr.contains(&format!("\nerror: HTTP {status}: ")), "{run}");
    }
    // Another status has another cause.
    let (version, tickets) = ((404, String::new()), (503, String::new()));
    let site = Site::start(Conduct { version, tickets, ..Conduct::good() });
    let run = doctor(&site.url, &["839"]);
    assert_eq!((run.code, site.requests().len()), (5, 2), "{run}");
    assert!(run.stderr.contains("\nwarning: HTTP 404: there is no …/api\n"), "{run}");
    assert!(run.stderr.contains("\nerror: HTTP 503: "), "{run}");
}

#[test]
fn empty_or_missing_ticket_is_reported() {
    insta::assert_snapshot!(ticket_checks(r#"[{"TicketId":839,"LastChanged":"0001-01-01T00:00:00"}]"#, &OSLO), @"
    ok       ticket      ticket 839 came back
    skipped  language    the ticket has no text to see it by
    skipped  timezone    the ticket has no date to see it by

    exit code 0
    ");
    insta::assert_snapshot!(ticket_checks("[null]", &[]), @"
    failed   ticket      ticket 839 did not come back
    skipped  language    not tried, since ticket failed
    skipped  timezone    not tried, since ticket failed
    error: ticket 839 did not come back
    hint: it does not exist, or this user may not read it
    exit code 3
    ");
    insta::assert_snapshot!(ticket_checks(r#"{"Error":true,"ErrorMessage":"no"}"#, &[]), @"
    skipped  ticket      not tried, since credential failed
    skipped  language    not tried, since credential failed
    skipped  timezone    not tried, since credential failed
    error: the server refused the call: no
    hint: -v shows the request; the server's own log knows more
    exit code 5
    ");
}

#[test]
fn unknown_version_is_a_warning() {
    for (answer, expected) in [
        ((401, String::new()), "HTTP 401: GET …/api wants a credential\n"),
        ((404, "{}".to_owned()), "HTTP 404: there is no …/api: {}\n"),
        ((302, String::new()), "HTTP 302: GET …/api was not answered\n"),
        (
            (200, "<html><title>Sign in</title>".to_owned()),
            "GET …/api names no version of NetServer, with the web page 'Sign in'\n",
        ),
    ] {
        let site = Site::start(Conduct { version: answer, ..Conduct::good() });
        let run = doctor(&site.url, &["839"]);
        assert_eq!((run.code, site.requests().len()), (0, 2), "{run}");
        assert!(run.stdout.contains(&format!("\nwarning  version     {expected}")), "{run}");
    }
}
