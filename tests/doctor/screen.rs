//! The screen of a person: both streams of `doctor` at one terminal.

use assert_cmd::Command;

use crate::support::demo::Demo;
use crate::support::site::{Conduct, Site};
use crate::support::{configuration, plain, pty, sotickets, tcp_server};

/// The lines of a terminal that nobody has made larger.
const LINES: usize = 24;

/// Returns the screen of `command`, without colors, and the exit code. Each line is one of the
/// terminal, which breaks long ones of standard error.
fn screen(command: &Command, columns: u16) -> Option<String> {
    let (text, code) = pty::both(command, columns)?;
    let text = plain(&text);
    let mut lines = Vec::new();
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        if chars.is_empty() {
            lines.push(String::new());
        }
        lines.extend(chars.chunks(columns.into()).map(|part| part.iter().collect::<String>()));
    }
    Some(format!("{}\n--- exit code {code}", lines.join("\n")))
}

fn doctor(url: &str, token: &str, arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.arg("doctor").args(arguments);
    command.env("SOTICKETS_URL", url).env("SOTICKETS_TOKEN", token);
    command
}

/// An installation whose port has five digits, as most have, so that lines break the same.
fn site(conduct: &Conduct) -> Site {
    loop {
        let site = Site::start(conduct.clone());
        if site.url.len() == "http://127.0.0.1:12345".len() {
            return site;
        }
    }
}

fn refusing() -> Site {
    let refusal = r#"{"Message":"The token has expired."}"#;
    site(&Conduct { tickets: (401, refusal.to_owned()), ..Conduct::good() })
}

#[test]
fn failed_report_ends_with_the_hint() {
    let site = refusing();
    let command = doctor(&site.url, "8A:canary", &["839"]);
    let Some(wide) = screen(&command, 80) else { return };
    insta::assert_snapshot!(site.shown(&wide), @"
    url    http://127.0.0.1:PORT, from SOTICKETS_URL
    token  set, from SOTICKETS_TOKEN
    38 settings are at their defaults (--all lists them)

    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    sending  GetTickets for ticket 839 to http://127.0.0.1:PORT with the token from
             SOTICKETS_TOKEN (Bearer)
    failed   credential  HTTP 401: the server does not accept the token from SOTICK…
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    skipped  3 checks    not tried, since credential failed
    error: HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bear
    er): The token has expired.
    hint: access tokens live 20 to 60 minutes: sotickets auth login --token prompt k
    eeps a new one; Onsite does not know Bearer, use --user there
    --- exit code 4
    ");
    let narrow = screen(&command, 40).expect("a terminal");
    insta::assert_snapshot!(site.shown(&narrow), @"
    url    http://127.0.0.1:PORT, from
           SOTICKETS_URL
    token  set, from SOTICKETS_TOKEN
    38 settings are at their defaults (--all
    lists them)

    ok       connection  made to
                         127.0.0.1:PORT
    skipped  tls         http:// is not
                         encrypted
    ok       version     NetServer
                         10.3.1.512 of
                         2024-08-10, API v1
    sending  GetTickets for ticket 839 to
             http://127.0.0.1:PORT with the
             token from SOTICKETS_TOKEN
             (Bearer)
    failed   credential  HTTP 401: the serv…
    ok       clock       the clock of
                         127.0.0.1:PORT
                         differs by at most
                         5 s
    skipped  3 checks    not tried, since
                         credential failed
    error: HTTP 401: the server does not acc
    ept the token from SOTICKETS_TOKEN (Bear
    er): The token has expired.
    hint: access tokens live 20 to 60 minute
    s: sotickets auth login --token prompt k
    eeps a new one; Onsite does not know Bea
    rer, use --user there
    --- exit code 4
    ");
}

#[test]
fn passed_report_is_as_short() {
    let site = site(&Conduct::good());
    let Some(wide) = screen(&doctor(&site.url, "8A:canary", &["839"]), 80) else { return };
    insta::assert_snapshot!(site.shown(&wide), @"
    url    http://127.0.0.1:PORT, from SOTICKETS_URL
    token  set, from SOTICKETS_TOKEN
    38 settings are at their defaults (--all lists them)

    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    sending  GetTickets for ticket 839 to http://127.0.0.1:PORT with the token from
             SOTICKETS_TOKEN (Bearer)
    ok       credential  the token from SOTICKETS_TOKEN (Bearer) is accepted
    ok       ticket      ticket 839 came back
    skipped  language    en is asked for; TicketStatusDisplayValue is 'Active': only
                         a reader can tell whether that is en
    skipped  timezone    no time zone is requested; LastChanged is
                         2026-03-29T14:52:00Z
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    --- exit code 0
    ");
}

#[test]
fn passed_report_fits_a_narrow_terminal() {
    let site = site(&Conduct::good());
    let Some(narrow) = screen(&doctor(&site.url, "8A:canary", &["839"]), 40) else { return };
    insta::assert_snapshot!(site.shown(&narrow), @"
    url    http://127.0.0.1:PORT, from
           SOTICKETS_URL
    token  set, from SOTICKETS_TOKEN
    38 settings are at their defaults (--all
    lists them)

    ok       connection  made to
                         127.0.0.1:PORT
    skipped  tls         http:// is not
                         encrypted
    ok       version     NetServer
                         10.3.1.512 of
                         2024-08-10, API v1
    sending  GetTickets for ticket 839 to
             http://127.0.0.1:PORT with the
             token from SOTICKETS_TOKEN
             (Bearer)
    ok       credential  the token from
                         SOTICKETS_TOKEN
                         (Bearer) is
                         accepted
    ok       ticket      ticket 839 came
                         back
    skipped  language
      en is asked for;
      TicketStatusDisplayValue is 'Active':
      only a reader can tell whether that is
      en
    skipped  timezone
      no time zone is requested; LastChanged
      is 2026-03-29T14:52:00Z
    ok       clock       the clock of
                         127.0.0.1:PORT
                         differs by at most
                         5 s
    --- exit code 0
    ");
}

#[test]
fn checks_that_need_an_id_have_one_line() {
    let site = site(&Conduct::good());
    let Some(without_id) = screen(&doctor(&site.url, "8A:canary", &[]), 80) else { return };
    insta::assert_snapshot!(site.shown(&without_id), @"
    url    http://127.0.0.1:PORT, from SOTICKETS_URL
    token  set, from SOTICKETS_TOKEN
    38 settings are at their defaults (--all lists them)

    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    sending  GetTickets for no ticket to http://127.0.0.1:PORT with the token from
             SOTICKETS_TOKEN (Bearer)
    ok       credential  the token from SOTICKETS_TOKEN (Bearer) is accepted
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    skipped  3 checks    no ticket is named: sotickets doctor ID
    --- exit code 0
    ");
}

#[test]
fn all_lists_every_setting_and_check() {
    let site = refusing();
    let command = doctor(&site.url, "8A:canary", &["839", "--all"]);
    let Some(text) = screen(&command, 80) else { return };
    let (settings, checks) = text.split_once("\n\n").expect("settings, then checks");
    assert_eq!(settings.lines().count(), 40, "{settings}");
    insta::assert_snapshot!(site.shown(&checks), @"
    ok       address     http://127.0.0.1:PORT
    ok       settings    all can be used; one secret was read
    skipped  name        127.0.0.1 is an address already
    ok       connection  made to 127.0.0.1:PORT
    skipped  tls         http:// is not encrypted
    skipped  tenant      none is named
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    sending  GetTickets for ticket 839 to http://127.0.0.1:PORT with the token from
             SOTICKETS_TOKEN (Bearer)
    failed   credential  HTTP 401: the server does not accept the token from
                         SOTICKETS_TOKEN (Bearer): The token has expired.
    skipped  ticket      not tried, since credential failed
    skipped  language    not tried, since credential failed
    skipped  timezone    not tried, since credential failed
    ok       clock       the clock of 127.0.0.1:PORT differs by at most 5 s
    error: HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bear
    er): The token has expired.
    hint: access tokens live 20 to 60 minutes: sotickets auth login --token prompt k
    eeps a new one; Onsite does not know Bearer, use --user there
    --- exit code 4
    ");
}

#[test]
fn profile_with_a_password_fits_the_screen() {
    let site = refusing();
    let folder = configuration(format!(
        "default_profile = 'work'\n[profiles.work]\nurl = '{}/SuperOffice'\nuser = 'tim'\n\
         password = 'env:CRM_PASSWORD'\n",
        site.url
    ));
    let mut command = sotickets();
    command.args(["doctor", "839"]).env("XDG_CONFIG_HOME", folder.path());
    command.env("CRM_PASSWORD", "canary");
    let Some(text) = screen(&command, 80) else { return };
    assert!(text.lines().count() <= LINES, "{text}");
    assert!(
        text.contains("\npassword  set, from env:CRM_PASSWORD of profile 'work' (line 5)\n"),
        "{text}"
    );
    assert!(text.contains("\nerror: HTTP 401: "), "{text}");
    // The path is in the first line alone.
    assert_eq!(text.matches("config.toml").count(), 1, "{text}");
}

#[test]
fn failures_of_a_first_hour_fit_the_screen_and_say_what_to_do() {
    let demo = Demo::start();
    let wrong_path = format!("http://{}/SuperOffice", demo.authority());
    let nobody = tcp_server::dead();
    // musl's lookup has a hint of its own.
    let unknown_name = if cfg!(target_env = "musl") { "the build for glibc" } else { "--proxy" };
    let commands = [
        (doctor("", "", &[]), 2, "sotickets get 839 --demo"),
        (doctor(&wrong_path, demo.token(), &[]), 5, "as far as the part before /api/v1"),
        (doctor(&wrong_path, demo.token(), &["839"]), 5, "before /api/v1"),
        (doctor(demo.url(), "ended", &["839"]), 4, "use --user there"),
        (doctor(&nobody, "8A:canary", &["839"]), 6, "runs"),
        (doctor("https://crm.invalid/site", "8A:canary", &["839"]), 6, unknown_name),
        (doctor(demo.url(), "", &["839", "--token", "env:CRM_TOKEN"]), 2, "stty echo"),
    ];
    for (command, code, hint) in commands {
        let Some(text) = screen(&command, 80) else { return };
        let end = format!("{hint}\n--- exit code {code}");
        assert!(text.ends_with(&end) && text.lines().count() <= LINES, "{text}");
    }
}
