//! `--links`: a TicketId that leads to its ticket.
#![cfg(unix)]

use assert_cmd::Command;

use crate::support::{Run, Server, formats, pty};

const TEMPLATE: &str = "https://crm.example.com/?id={id}";

/// What is printed for the ticket `id` as a link.
fn link(id: u32) -> String {
    format!("\u{1b}]8;;https://crm.example.com/?id={id}\u{1b}\\{id}\u{1b}]8;;\u{1b}\\")
}

fn get(server: &Server, arguments: &[&str]) -> Command {
    let mut command = server.get(&[&["839", "249", "--color", "never"], arguments].concat());
    command.env("SOTICKETS_TICKET_URL", TEMPLATE);
    command
}

/// `text` without links.
fn without_links(text: &str) -> String {
    let text = [839, 249]
        .iter()
        .fold(text.to_owned(), |text, id| text.replace(&link(*id), &id.to_string()));
    assert!(!text.contains("\u{1b}]8"), "{text:?}");
    text
}

#[test]
fn ids_in_table_and_record_are_links_where_that_is_asked() {
    for arguments in [
        &["-o", "table"][..],
        &["-o", "record"],
        &["-s", "Title,TicketId,CreatedAt"],
        &["-s", "Title,TicketId", "-o", "record"],
    ] {
        let server = Server::awkward();
        let plain = Run::of(&mut get(&server, &[arguments, &["--links", "never"]].concat()));
        let linked = Run::of(&mut get(&server, &[arguments, &["--links", "always"]].concat()));
        assert_eq!((linked.code, server.calls()), (0, 2), "{linked}");
        assert!(linked.stdout.contains(&link(839)), "{linked}");
        assert!(linked.stdout.contains(&link(249)), "{linked}");
        assert_eq!(without_links(&linked.stdout), plain.stdout, "{arguments:?}");
    }
}

#[test]
fn links_and_colors_are_combined() {
    let server = Server::json(r#"[{"TicketId":839,"BaseStatus":"Active","Title":"世界"}]"#);
    let mut command = server.get(&["839", "-s", "BaseStatus,Title,TicketId", "--links", "always"]);
    command.args(["--color", "always"]).env("SOTICKETS_TICKET_URL", TEMPLATE);
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    assert!(
        run.stdout.ends_with(&format!("\u{4e16}\u{754c}        {}\n", link(839))),
        "{run:?}",
        run = run.stdout
    );
}

#[test]
fn links_are_made_by_themselves_only_in_a_terminal_that_is_known() {
    let server = Server::awkward();
    let run = Run::of(get(&server, &[]).env("VTE_VERSION", "7600"));
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
    let at_terminal = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = get(&server, arguments);
        command.env("TERM", "xterm-256color").envs(variables.iter().copied());
        pty::run(&command, 200).map(|run| run.stdout.contains("\u{1b}]8"))
    };
    let Some(unknown) = at_terminal(&[], &[]) else { return };
    assert!(!unknown);
    let vte = ("VTE_VERSION", "7600");
    assert_eq!(at_terminal(&[vte], &[]), Some(true));
    assert_eq!(at_terminal(&[vte], &["-o", "record"]), Some(true));
    assert_eq!(at_terminal(&[vte], &["-o", "markdown"]), Some(false));
    assert_eq!(at_terminal(&[vte], &["--links", "never"]), Some(false));
    assert_eq!(at_terminal(&[vte, ("SOTICKETS_LINKS", "never")], &[]), Some(false));
    assert_eq!(at_terminal(&[vte, ("TMUX", "x")], &[]), Some(false));
    assert_eq!(at_terminal(&[vte, ("STY", "x")], &[]), Some(false));
    assert_eq!(at_terminal(&[("SOTICKETS_LINKS", "always")], &[]), Some(true));
}

#[test]
fn markdown_has_links_where_that_is_asked() {
    let server = Server::json(r#"[{"TicketId":839,"Title":"a"},{"TicketId":249,"Title":"b"}]"#);
    let mut command =
        get(&server, &["-o", "markdown", "-s", "TicketId,Title", "--links", "always"]);
    insta::assert_snapshot!(Run::of(&mut command), @"
    |                               TicketId | Title |
    | -------------------------------------: | ----- |
    | [839](https://crm.example.com/?id=839) | a     |
    | [249](https://crm.example.com/?id=249) | b     |
    --- exit code 0
    ");
    assert_eq!(server.calls(), 1);
}

#[test]
fn formats_for_machines_never_have_links() {
    for format in formats(|format| !format.is_for_people() && !format.is_workbook()) {
        if format == "xml" {
            continue;
        }
        let server = Server::awkward();
        let run = Run::of(get(&server, &["-o", &format]).env("SOTICKETS_LINKS", "always"));
        assert!(!run.stdout.contains("crm.example.com"), "{run}");
        assert_eq!(server.calls(), 1, "{run}");
        let server = Server::json("[]");
        let run = server.refused(&mut get(&server, &["-o", &format, "--links", "always"]));
        assert!(run.stderr.contains("--links always is for -o table"), "{run}");
    }
}

#[test]
fn links_without_a_known_address_are_refused_where_they_are_asked_for() {
    let server = Server::json("[]");
    let run = server.refuses(&["839", "--links", "always"]);
    assert!(run.stderr.contains("hint: set it in the profile: ticket_url = "), "{run}");
    let run = server.refused(server.get(&["839"]).env("SOTICKETS_LINKS", "sometimes"));
    assert!(
        run.stderr.contains("SOTICKETS_LINKS: 'sometimes' is not auto, always or never"),
        "{run}"
    );
}
