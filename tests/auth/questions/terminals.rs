//! Questions at a narrow terminal, and in a locale without UTF-8.

use super::{Person, TERMINALS};
use crate::support::Server;

#[test]
fn answer_that_is_not_utf_8_is_asked_for_again() {
    let server = Server::json("[]");
    let person = Person::new("dumb");
    let Some(mut dialog) = person.login(&["--url", &server.url(), "--profile", "a"]) else {
        return;
    };
    dialog.wait_for("User: ");
    // `Åse` in ISO-8859-1.
    dialog.0.send_bytes(b"\xc5se\r");
    dialog.wait_for("This is not UTF-8.");
    dialog.answer("User: ", "Åse\r");
    dialog.answer("Password: ", "pw\r");
    for question in ["Language", "Time zone", "default profile?"] {
        dialog.answer(question, "\r");
    }
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert_eq!(server.calls(), 1);
    assert!(person.configuration().contains("user = \"Åse\"\n"), "{}", person.configuration());
}

#[test]
fn questions_fit_40_columns_and_ascii() {
    let server = Server::json("[]");
    for term in TERMINALS {
        let person = Person::new(term).columns(40).variable("LANG", "C");
        let Some(mut dialog) = person.login(&[]) else { return };
        let is_dumb = term == "dumb";
        let end = if is_dumb { "1 to 2 [1]: " } else { "Enter chooses" };
        dialog.answer(end, "\r");
        // The end of what is shown: only the second question shows it again, and not each key.
        let address = if is_dumb { "Address: " } else { "browser shows it]" };
        dialog.answer(address, "crm\r");
        dialog.wait_for("hint: give the installation's address");
        dialog.answer(address, &format!("{}\r", server.url()));
        dialog.wait_for("User:");
        let screen = dialog.screen().replace(&server.url(), "URL");
        assert!(screen.is_ascii(), "{screen}");
        if is_dumb {
            insta::assert_snapshot!(screen, @r"
            Where is SuperOffice installed?
              1) Onsite: on a server of your own
              2) Online: in the vendor's cloud
            1 to 2 [1]:
            (that of SuperOffice, or of a ticket, as the browser shows it)
            Address: crm
            warning: the address: 'crm' is no address: it does not begin with https://
            hint: give the installation's address, for example https://crm.example.com/SuperOffice
            (that of SuperOffice, or of a ticket, as the browser shows it)
            Address: URL
            User:
            ");
        } else {
            insta::assert_snapshot!(screen, @r"
            ? Where is SuperOffice installed? Onsite
            : on a server of your own
            ? Address: crm
            warning: the address: 'crm' is no address: it does not begin with https://
            hint: give the installation's address, for example https://crm.example.com/SuperOffice
            ? Address: URL
            ? User:
            ");
        }
        dialog.0.send("\u{3}");
        dialog.end();
        person.assert_unchanged();
    }
}
