//! The questions about a tenant of Online.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::sync::mpsc::channel;

use super::{Dialog, Person, TERMINALS};
use crate::support::PATIENCE;
use crate::support::online_server::sign_in::SECRET;
use crate::support::online_server::test_user::TestUser;
use crate::support::online_server::{CLIENT_ID, OnlineServer, TENANT};

/// A person whose browser is this test.
fn person(term: &'static str, service: &OnlineServer) -> Person {
    let person = Person::new(term).variable("SOTICKETS_ENVIRONMENT", &service.url);
    person.variable("BROWSER", "true")
}

#[test]
fn answers_lead_to_a_profile() {
    for term in TERMINALS {
        let service = OnlineServer::plain();
        let browser = TestUser::new(&service);
        let person = person(term, &service);
        let Some(mut dialog) = person.login(&[]) else { return };
        let second = if term == "dumb" { "2\r" } else { "\u{1b}[B\r" };
        dialog.answer("Where is SuperOffice installed?", second);
        dialog.answer("Tenant", "no tenant\r");
        dialog.wait_for("warning: the tenant: 'no tenant' is not the name of a tenant");
        dialog.answer("Tenant", &format!("{TENANT}\r"));
        dialog.answer("Client id", &format!("{CLIENT_ID}\r"));
        dialog.answer("Client secret: ", &format!("{SECRET}\r"));
        dialog.wait_for("this is the address:\r\n");
        let address = dialog.0.line();
        // The browser does not wait for the next questions.
        assert!(browser.browse(address.trim()).body.contains("You are signed in"));
        dialog.finish_profile();
        assert!(dialog.end().success(), "{}", dialog.screen());
        let text = person.configuration().replace(&service.url, "SERVICE");
        insta::allow_duplicates! {
            insta::assert_snapshot!(text, @r#"
            default_profile = "Cust12345"

            [profiles.Cust12345]
            tenant = "Cust12345"
            environment = "SERVICE"
            client_id = "4ref5376616343b38d14ddcd804f2654"
            language = "en"
            timezone = "Europe/Oslo"
            "#);
        }
        let Some(mut get) = person.start(&["get", "839", "-o", "csv", "-s", "TicketId"]) else {
            return;
        };
        assert!(get.end().success(), "{}", get.screen());
    }
}

/// Starts a sign-in whose address is printed, and returns that address.
fn login_without_browser(person: &Person, arguments: &[&str]) -> Option<(Dialog, String)> {
    let mut dialog = person.login(&[&["--no-browser"], arguments].concat())?;
    dialog.wait_for("Open this address in a browser");
    dialog.wait_for("\r\n");
    let address = dialog.0.line().trim().to_owned();
    dialog.wait_for("paste the address that it ends at here");
    Some((dialog, address))
}

#[test]
fn questions_follow_the_browser_or_a_pasted_address() {
    let kinds = TERMINALS.into_iter().flat_map(|term| [(term, false), (term, true)]);
    for (term, is_pasted) in kinds {
        let service = OnlineServer::plain();
        let browser = TestUser::new(&service);
        let person = person(term, &service).variable("SOTICKETS_CLIENT_SECRET", SECRET);
        let arguments = ["--client-id", CLIENT_ID, "--tenant", TENANT];
        let Some((mut dialog, address)) = login_without_browser(&person, &arguments) else {
            return;
        };
        if is_pasted {
            let callback = browser.allow(&address).location.expect("a redirect");
            dialog.0.send("not this\r");
            dialog.wait_for("warning: this is not the end of this sign-in");
            dialog.0.send(&format!("{callback}\r"));
        } else {
            // The page comes before the key.
            assert!(browser.browse(&address).body.contains("You are signed in"));
            dialog.answer("Press Enter to go on here.", "half a line\r");
        }
        dialog.finish_profile();
        assert!(dialog.end().success(), "{}", dialog.screen());
        let has_waited = dialog.screen().contains("Press Enter");
        assert_eq!(has_waited, !is_pasted, "{}", dialog.screen());
        let text = person.configuration();
        assert!(text.contains("timezone = \"Europe/Oslo\""), "{text}");
        assert_eq!(service.calls("tickets"), 1);
    }
}

#[test]
fn no_key_is_needed_without_a_question() {
    let service = OnlineServer::plain();
    let browser = TestUser::new(&service);
    let person = person("xterm", &service).variable("SOTICKETS_CLIENT_SECRET", SECRET);
    let answers = ["--profile", "work", "--language", "en", "--timezone", "UTC", "--default"];
    let arguments = [&["--client-id", CLIENT_ID, "--tenant", TENANT], &answers[..]].concat();
    for arguments in [&arguments[..], &["--profile", "work"]] {
        let Some((mut dialog, address)) = login_without_browser(&person, arguments) else { return };
        browser.browse(&address);
        assert!(dialog.end().success(), "{}", dialog.screen());
        assert!(!dialog.screen().contains("Press Enter"), "{}", dialog.screen());
    }
    assert_eq!(service.calls("tickets"), 2);
}

#[test]
fn tenant_and_client_secret_may_be_empty() {
    let service = OnlineServer::plain();
    let browser = TestUser::new(&service);
    // A token of a variable is for other commands, and does not replace the sign-in.
    let person = person("dumb", &service).variable("SOTICKETS_TOKEN", "8A:other");
    let Some(mut dialog) = person.login(&["--client-id", CLIENT_ID]) else { return };
    dialog.answer("Tenant", "\r");
    dialog.wait_for("Enter alone: none");
    dialog.answer("Client secret: ", "\r");
    dialog.wait_for("this is the address:\r\n");
    let address = dialog.0.line();
    browser.browse(address.trim());
    dialog.finish_profile();
    dialog.wait_for("warning: calls use SOTICKETS_TOKEN in place of the profile");
    dialog.wait_for("warning: the sign-in lasts until");
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert!(person.configuration().contains("tenant = \"Cust12345\"\n"));
}

#[test]
fn end_of_input_after_the_browser_keeps_nothing() {
    for key in ["\u{3}", "\u{4}"] {
        let service = OnlineServer::plain();
        let browser = TestUser::new(&service);
        let person = person("xterm", &service).variable("SOTICKETS_CLIENT_SECRET", SECRET);
        let arguments = ["--client-id", CLIENT_ID, "--tenant", TENANT];
        let Some(mut dialog) = person.login(&arguments) else { return };
        dialog.wait_for("this is the address:\r\n");
        let address = dialog.0.line();
        browser.browse(address.trim());
        dialog.answer("Name of the profile", key);
        assert!(!dialog.end().success(), "{}", dialog.screen());
        assert_eq!(person.configuration(), "");
        let folder = person.home.path().join("sotickets");
        let files = std::fs::read_dir(folder).expect("a folder");
        let names: Vec<_> = files.map(|file| file.expect("a file").file_name()).collect();
        assert!(names.iter().all(|name| name.to_string_lossy().ends_with(".lock")), "{names:?}");
    }
}

#[test]
fn refused_sign_in_ends_before_the_questions_about_the_profile() {
    let service = OnlineServer::plain();
    service.state().sign_in.life = Some(0);
    let browser = TestUser::new(&service);
    let person = person("xterm", &service).variable("SOTICKETS_CLIENT_SECRET", SECRET);
    let arguments = ["--client-id", CLIENT_ID, "--tenant", TENANT];
    let Some(mut dialog) = person.login(&arguments) else { return };
    dialog.wait_for("this is the address:\r\n");
    let address = dialog.0.line();
    assert!(browser.browse(address.trim()).body.contains("did not work"));
    dialog.wait_for("hint: nothing was kept; the same command signs in again");
    assert_eq!((dialog.end().code(), service.calls("tickets")), (Some(4), 1));
    assert_eq!(person.configuration(), "");
}

#[test]
fn address_of_online_leads_to_its_tenant() {
    let person = Person::new("dumb");
    let Some(mut dialog) = person.login(&[]) else { return };
    dialog.answer("Where is SuperOffice installed?", "\r");
    let page = "https://online3.superoffice.com/Cust12345/CS/scripts/ticket.fcgi?ticketId=839\r";
    dialog.answer("Address", page);
    dialog.wait_for("This is tenant Cust12345 of Online.");
    dialog.answer("Client id", "\u{4}");
    assert_eq!(dialog.end().code(), Some(2), "{}", dialog.screen());
    person.assert_unchanged();
}

#[test]
fn address_of_another_environment_leads_to_that_environment() {
    for (host, service) in [("sod3", "sod"), ("qaonline2", "qaonline"), ("app", "sod")] {
        let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", proxy.local_addr().expect("an address"));
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let (connection, _) = proxy.accept().expect("a connection");
            let mut line = String::new();
            BufReader::new(connection).read_line(&mut line).expect("a line");
            sender.send(line).expect("a test");
        });
        let person = Person::new("dumb").variable("SOTICKETS_PROXY", &address);
        let Some(mut dialog) = person.login(&[]) else { return };
        dialog.answer("Where is SuperOffice installed?", "\r");
        dialog.answer("Address", &format!("https://{host}.superoffice.com/Cust12345\r"));
        if host == "app" {
            dialog.answer("Which environment?", "2\r");
        }
        dialog.wait_for("This is tenant Cust12345 of Online (s");
        dialog.answer("Client id", &format!("{CLIENT_ID}\r"));
        dialog.answer("Client secret: ", &format!("{SECRET}\r"));
        assert!(!dialog.end().success(), "{}", dialog.screen());
        let line = receiver.recv_timeout(PATIENCE).expect("a request");
        assert!(line.starts_with(&format!("CONNECT {service}.superoffice.com:443 ")), "{line}");
    }
}

#[test]
fn variables_complete_another_sign_in_and_not_the_default_profile() {
    let (service, old) = (OnlineServer::plain(), OnlineServer::plain());
    let browser = TestUser::new(&service);
    let text = format!(
        "default_profile = \"prod\"\n\n[profiles.prod]\ntenant = \"Cust1\"\nenvironment = \"{}\"\nclient_id = \"old\"\n",
        old.url
    );
    let person = person("dumb", &service).variable("SOTICKETS_CLIENT_ID", CLIENT_ID);
    let person = person.configure(&text);
    let Some(mut dialog) = person.login(&[]) else { return };
    dialog.answer("Which profile?", "2\r");
    dialog.answer("Tenant", "\r");
    dialog.answer("Client secret: ", &format!("{SECRET}\r"));
    dialog.wait_for("this is the address:\r\n");
    let address = dialog.0.line();
    browser.browse(address.trim());
    dialog.finish_profile();
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert!(old.requests().is_empty());
    let after = person.configuration();
    assert!(after.starts_with(&text) && after.contains("[profiles.Cust12345]\n"), "{after}");
}

#[test]
fn token_of_an_option_needs_a_tenant_alone() {
    let service = OnlineServer::plain();
    let person = person("dumb", &service).variable("T", "8A:refused");
    let Some(mut dialog) = person.login(&["--token", "env:T"]) else { return };
    dialog.answer("Where is SuperOffice installed?", "2\r");
    dialog.answer("Tenant", "\r");
    dialog.wait_for("warning: the tenant: '' is not the name of a tenant");
    dialog.answer("Tenant", &format!("{TENANT}\r"));
    assert_eq!(dialog.end().code(), Some(4), "{}", dialog.screen());
    assert!(!dialog.screen().contains("Client id"), "{}", dialog.screen());
    assert_eq!(person.configuration(), "");
}

#[test]
fn interrupt_or_end_of_input_at_a_question_changes_nothing() {
    let questions = [("Tenant", TENANT), ("Client id", CLIENT_ID), ("Client secret: ", SECRET)];
    let service = OnlineServer::plain();
    for term in TERMINALS {
        for (count, (question, _)) in questions.iter().enumerate() {
            for (key, code) in [("\u{3}", None), ("\u{4}", Some(2))] {
                let person = person(term, &service);
                let Some(mut dialog) = person.login(&["--redirect-uri", REDIRECT]) else { return };
                for (question, answer) in &questions[..count] {
                    dialog.answer(question, &format!("{answer}\r"));
                }
                dialog.answer(question, key);
                assert_eq!(dialog.end().code(), code, "{question}: {}", dialog.screen());
                person.assert_unchanged();
            }
        }
    }
    assert!(service.requests().is_empty());
}

/// An option of Online, so that this is not asked.
const REDIRECT: &str = "http://127.0.0.1";

#[test]
fn file_is_offered_before_the_terminal_waits_for_an_address() {
    let service = OnlineServer::plain();
    let person = person("dumb", &service).variable("SOTICKETS_CLIENT_SECRET", SECRET);
    let arguments = ["auth", "login", "--no-browser", "--client-id", CLIENT_ID, "--tenant", TENANT];
    let Some(mut dialog) = person.start(&arguments) else { return };
    dialog.wait_for("no keyring is available");
    dialog.answer("Keep the secret in a file that only you can read? (Y/n)", "n\r");
    assert_eq!(dialog.end().code(), Some(2), "{}", dialog.screen());
    person.assert_unchanged();
    assert!(service.requests().is_empty());
}

#[test]
fn client_secret_that_is_not_typed_leaves_that_of_the_same_application() {
    let service = OnlineServer::plain();
    let browser = TestUser::new(&service);
    let text = format!(
        "default_profile = \"Cust12345\"\n\n[profiles.Cust12345]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\nclient_id = \"{CLIENT_ID}\"\nclient_secret = \"env:MINE\"\n",
        service.url
    );
    let person = person("dumb", &service).variable("MINE", SECRET).configure(&text);
    let arguments = ["--client-id", CLIENT_ID, "--tenant", TENANT];
    let Some(mut dialog) = person.login(&arguments) else { return };
    dialog.wait_for("or that of the profile that this tenant and application have");
    dialog.answer("Client secret: ", "\r");
    dialog.wait_for("this is the address:\r\n");
    let address = dialog.0.line();
    browser.browse(address.trim());
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert_eq!(person.configuration(), text);
    let requests = service.requests();
    let form = requests.iter().find(|it| it.path().ends_with("tokens")).expect("a form");
    assert_eq!(form.form("client_secret").as_deref(), Some(SECRET));
    let stored = person.stored("sign-in-%43ust12345.json");
    assert!(stored.is_some_and(|stored| stored.contains(SECRET)));
}
