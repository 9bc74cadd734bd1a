//! `sotickets open`: its addresses.

use assert_cmd::Command;

use crate::support::online_server::{OnlineServer, TENANT};
use crate::support::{Run, configuration, portable, sotickets, without_folder};

pub(super) fn open(arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.arg("open").args(arguments);
    command
}

/// The address of tickets in an installation of the user's own.
pub(super) const TEMPLATE: &str =
    "https://crm.example.com/CS/scripts/ticket.fcgi?ticketId={id}&x=a;b";

#[test]
fn addresses_of_an_installation_come_from_its_template() {
    let run = Run::of(open(&["839", "#249", "--print"]).env("SOTICKETS_TICKET_URL", TEMPLATE));
    insta::assert_snapshot!(run, @"
    https://crm.example.com/CS/scripts/ticket.fcgi?ticketId=839&x=a%3Bb
    https://crm.example.com/CS/scripts/ticket.fcgi?ticketId=249&x=a%3Bb
    --- exit code 0
    ");
    let folder = configuration(format!("[profiles.work]\nticket_url = \"{TEMPLATE}\"\n"));
    let mut command = open(&["839", "--print", "--profile", "work"]);
    let of_profile = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    assert_eq!(run.stdout.lines().next(), of_profile.stdout.lines().next());
}

#[test]
fn template_of_a_profile_is_for_its_server_alone() {
    let folder = configuration(format!("[profiles.work]\nticket_url = \"{TEMPLATE}\"\n"));
    let mut command =
        open(&["839", "--print", "--profile", "work", "--url", "https://other.example.com/SO"]);
    let run = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    insta::assert_snapshot!(run, @r#"
    --- stderr
    error: the address of tickets in the web client of https://other.example.com/SO is not known
    hint: set it in the profile: ticket_url = "https://crm.example.com/CS/scripts/ticket.fcgi?action=listTicket&ticketId={id}"
    hint: or in the variable SOTICKETS_TICKET_URL
    --- exit code 2
    "#);
}

#[test]
fn template_that_is_no_address_is_refused() {
    for (template, why) in [
        ("https://crm.example.com/", "it has to have {id} once, in place of the id"),
        ("crm.example.com/{id}", "relative URL without a base"),
    ] {
        let run = Run::of(open(&["839", "--print"]).args(["--ticket-url", template]));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.contains(why), "{run}");
    }
}

#[test]
fn addresses_in_online_are_those_of_the_tenant() {
    let url = "https://online3.superoffice.com/Cust12345";
    let run = Run::of(&mut open(&["839", "--print", "--url", url]));
    insta::assert_snapshot!(run, @"
    https://online3.superoffice.com/Cust12345/CS/scripts/ticket.fcgi?action=listTicket&ticketId=839
    --- exit code 0
    ");

    let (online, home) = (OnlineServer::plain(), tempfile::tempdir().expect("a folder"));
    let arguments = ["839", "--print", "--tenant", TENANT, "--environment", &online.url];
    for lookups in [1, 1] {
        let run = Run::of(open(&arguments).envs(portable::home(home.path())));
        let page = "CS/scripts/ticket.fcgi?action=listTicket&ticketId=839";
        let site = online.site();
        assert_eq!(run.stdout, format!("{}/{page}\n", site.trim_end_matches('/')), "{run}");
        assert_eq!((run.code, online.requests().len()), (0, lookups), "{run}");
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let run = Run::of(&mut open(&["abc", "x"]));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: 'abc' is not a ticket id: it is not a whole number
    error: 'x' is not a ticket id: it is not a whole number
    error: no address is given
    hint: an id is 839, '#839', a range 840..860 or a ticket's URL
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    --- exit code 2
    ");
}

#[test]
fn addresses_are_those_that_get_takes_for_ids() {
    let mut command = open(&["839", "--print"]);
    let printed = Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE)).stdout;
    let mut command = open(&["-", "--print"]);
    let again = Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE).write_stdin(printed.clone()));
    assert_eq!(again.stdout, printed);
}

#[test]
fn error_for_an_installation_without_a_template_says_how_to_set_it() {
    let folder = configuration("[profiles.work]\nurl = \"https://crm.example.com/SO\"\n");
    let mut command = open(&["839", "--profile", "work"]);
    let run = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    insta::assert_snapshot!(without_folder(&run.to_string(), &folder), @r#"
    --- stderr
    error: the address of tickets in the web client of https://crm.example.com/SO is not known
    hint: set it in the profile: ticket_url = "https://crm.example.com/CS/scripts/ticket.fcgi?action=listTicket&ticketId={id}"
    hint: or in the variable SOTICKETS_TICKET_URL
    --- exit code 2
    "#);
}
