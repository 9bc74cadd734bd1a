//! The questions as docs/first-ticket.md shows them.

use super::Person;
use crate::support::demo::Demo;

/// Returns the block of the page that begins with the command.
fn shown() -> String {
    let page = std::fs::read_to_string("docs/first-ticket.md").expect("the page");
    let (_, block) = page.split_once("```text\n$ sotickets auth login\n").expect("the block");
    block.split_once("\n```").expect("its end").0.to_owned()
}

#[test]
fn page_shows_what_a_terminal_of_80_columns_shows() {
    let demo = Demo::start();
    let port = demo.authority().rsplit(':').next().expect("a port").to_owned();
    let person = Person::new("xterm").variable("LANG", "en_GB.UTF-8");
    let Some(mut dialog) = person.login(&[]) else { return };
    dialog.answer("Where is SuperOffice installed?", "\r");
    dialog.answer("Address", &format!("{}\r", demo.url()));
    dialog.answer("User", "demo\r");
    dialog.answer("Password: ", &format!("{}\r", demo.value("SOTICKETS_PASSWORD")));
    dialog.finish_profile();
    assert!(dialog.end().success(), "{}", dialog.screen());
    let home = person.home.path().to_str().expect("UTF-8");
    let screen = dialog.screen().replace(&port, "8080");
    // The page has a sign for the paths of this machine.
    let line = |line: &str| {
        line.split_once(home).map_or(line.to_owned(), |(start, _)| format!("{start}…"))
    };
    let lines: Vec<String> = screen.lines().map(line).collect();
    assert_eq!(lines.join("\n"), shown());
}
