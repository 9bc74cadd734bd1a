//! The address of a ticket in place of that of the installation.

use super::{Person, USER, server};

#[test]
fn address_of_a_ticket_leads_to_the_installation_and_to_all_tickets() {
    let (server, person) = (server(), Person::new());
    let page = "/CS/scripts/ticket.fcgi?_sf=0&session=canary&action=listTicket&ticketId=";
    let url = server.url() + page + "839";
    let run = person.login(&url, &[&USER[..], &["--profile", "a"]].concat(), "pw");
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    assert!(!run.to_string().contains("canary"), "{run}");
    insta::assert_snapshot!(person.configuration().replace(&server.url(), "URL"), @r#"
    default_profile = "a"

    [profiles.a]
    url = "URL"
    user = "tim"
    password = "stored"
    ticket_url = "URL/CS/scripts/ticket.fcgi?_sf=0&action=listTicket&ticketId={id}"
    "#);
    let open = person.run(&["open", "249", "--print"]);
    let opened = server.url() + &page.replace("session=canary&", "") + "249\n";
    assert_eq!((open.code, open.stdout), (0, opened));

    // The address is the person's own then, which only --replace changes.
    let own = person.configuration().replace("/CS/", "/service/");
    std::fs::write(person.configuration_file(), &own).expect("a file");
    let login = |url: &str, arguments: &[&str]| {
        let words = [&USER[..], &["--profile", "a"], arguments].concat();
        person.login(url, &words, "pw").to_string()
    };
    let refused = login(&url, &[]);
    assert!(refused.contains("would change in ticket_url\n"), "{refused}");
    assert!(login(&server.url(), &[]).contains("--- exit code 0"));
    assert_eq!(person.configuration(), own);
    assert!(login(&url, &["--replace"]).contains("--- exit code 0"));
    assert_eq!(person.configuration(), own.replace("/service/", "/CS/"));
    assert_eq!(server.calls(), 3);
}
