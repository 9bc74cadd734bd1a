//! The questions about an installation.

use super::{Person, TERMINALS};
use crate::support::Server;

#[test]
fn answers_lead_to_a_profile_and_wrong_ones_are_explained() {
    for term in TERMINALS {
        let server = Server::json(r#"[{"TicketId":839}]"#);
        let person = Person::new(term).variable("LANG", "nb_NO.UTF-8");
        let Some(mut dialog) = person.login(&[]) else { return };
        dialog.answer("Where is SuperOffice installed?", "\r");
        dialog.answer("Address", "crm.example.com\r");
        dialog.wait_for("warning: the address: 'crm.example.com' is no address");
        let page = "/CS/scripts/ticket.fcgi?action=listTicket&ticketId=839";
        dialog.answer("Address", &format!("{}{page}\r", server.url()));
        dialog.answer("User", "tim:x\r");
        dialog.wait_for("warning: the user: a user name of Basic has no colon");
        // Backspace removes a whole letter.
        dialog.answer("User", "bl\u{e5}\u{7f}\u{7f}\u{7f}tim\r");
        dialog.answer("Password: ", " c\u{e5}nary@{ \r");
        dialog.finish_profile();
        assert!(dialog.end().success(), "{}", dialog.screen());
        assert_eq!(server.calls(), 1);
        let text = person.configuration().replace(&server.url(), "URL");
        insta::allow_duplicates! {
            insta::assert_snapshot!(text, @r#"
            default_profile = "127-0-0-1"

            [profiles.127-0-0-1]
            url = "URL"
            user = "tim"
            password = "stored"
            ticket_url = "URL/CS/scripts/ticket.fcgi?action=listTicket&ticketId={id}"
            language = "nb-NO"
            timezone = "Europe/Oslo"
            "#);
        }
        let stored = person.stored("secret-127-0-0-1%2Fpassword");
        assert_eq!(stored.as_deref(), Some(" c\u{e5}nary@{ "));
        assert!(dialog.screen().contains("its tickets are at http://127."), "{}", dialog.screen());
        assert!(!dialog.screen().contains("nary"), "{}", dialog.screen());
    }
}

#[test]
fn options_and_variables_are_not_asked() {
    let server = Server::json("[]");
    let person = Person::new("dumb")
        .variable("SOTICKETS_URL", &server.url())
        .variable("SOTICKETS_PASSWORD", "canary");
    let Some(mut dialog) = person.login(&["--user", "tim"]) else { return };
    dialog.finish_profile();
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert!(!dialog.screen().contains("Address"), "{}", dialog.screen());
    assert!(!dialog.screen().contains("User"), "{}", dialog.screen());
    let text = person.configuration();
    assert!(text.contains("password = \"env:SOTICKETS_PASSWORD\"\n"), "{text}");
}

#[test]
fn token_of_a_variable_needs_no_user() {
    let server = Server::json("[]");
    let person = Person::new("dumb").variable("SOTICKETS_TOKEN", "8A:canary");
    let Some(mut dialog) = person.login(&[]) else { return };
    dialog.answer("Where is SuperOffice installed?", "1\r");
    dialog.answer("Address", &format!("{}\r", server.url()));
    let question = format!("Use the token of SOTICKETS_TOKEN for {}? (Y/n)", server.url());
    dialog.answer(&question, "\r");
    dialog.wait_for(&format!("the token of SOTICKETS_TOKEN is used for {}", server.url()));
    dialog.finish_profile();
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert!(person.configuration().contains("token = \"env:SOTICKETS_TOKEN\"\n"));
}

#[test]
fn secret_of_a_variable_is_not_sent_after_a_no() {
    for (name, label) in [("SOTICKETS_TOKEN", "token"), ("SOTICKETS_PASSWORD", "password")] {
        let server = Server::json("[]");
        let person = Person::new("dumb").variable(name, "canary-of-a-variable");
        let Some(mut dialog) = person.login(&[]) else { return };
        dialog.answer("Where is SuperOffice installed?", "1\r");
        dialog.answer("Address", &format!("{}\r", server.url()));
        if label == "password" {
            dialog.answer("User", "tim\r");
        }
        dialog.answer(&format!("Use the {label} of {name}"), "n\r");
        if label == "token" {
            dialog.answer("User", "tim\r");
        }
        dialog.answer("Password: ", "pw\r");
        dialog.finish_profile();
        assert!(dialog.end().success(), "{}", dialog.screen());
        assert_eq!(server.calls(), 1);
        // tim:pw
        assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnB3"));
        assert!(!dialog.screen().contains(" is used for "), "{}", dialog.screen());
    }
}

#[test]
fn refusal_of_plain_http_for_an_option_ends_the_questions() {
    let person = Person::new("dumb");
    let Some(mut dialog) = person.login(&["--url", "http://crm.invalid"]) else { return };
    dialog.answer("Send it all the same? (y/N)", "\r");
    dialog.wait_for("would travel unencrypted to crm.invalid");
    assert_eq!(dialog.end().code(), Some(2), "{}", dialog.screen());
    assert!(!dialog.screen().contains("User"), "{}", dialog.screen());
    person.assert_unchanged();
}

#[test]
fn plain_http_is_used_after_a_yes() {
    let person = Person::new("dumb");
    // A name that does not resolve: nothing is sent.
    let Some(mut dialog) = person.login(&["--user", "tim"]) else { return };
    dialog.answer("Address", "http://crm.invalid\r");
    dialog.wait_for("warning: http:// does not encrypt");
    dialog.answer("Send it all the same? (y/N)", "maybe\r");
    dialog.answer("Send it all the same? (y/N)", "\r");
    dialog.answer("Address", "http://crm.invalid\r");
    dialog.answer("Send it all the same? (y/N)", "y\r");
    dialog.answer("Password: ", "canary\r");
    assert_eq!(dialog.end().code(), Some(6), "{}", dialog.screen());
    person.assert_unchanged();
}
