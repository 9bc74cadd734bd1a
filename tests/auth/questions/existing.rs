//! Questions of a person who has profiles, or no keyring.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::{Person, TERMINALS};
use crate::support::Server;

const OTHER: &str = "# mine\ndefault_profile = \"work\"\n\n[profiles.work] # old\n";

#[test]
fn default_profile_is_signed_in_again_by_enter() {
    for term in TERMINALS {
        let server = Server::json("[]");
        let url = server.url();
        let text = format!("{OTHER}url = \"{url}\"\nuser = \"tim\"\npassword = \"stored\"\n");
        let person = Person::new(term).configure(&text);
        let Some(mut dialog) = person.login(&[]) else { return };
        dialog.answer("Which profile?", "\r");
        dialog.answer("Password: ", "canary\r");
        // Only the secret changes, so nothing else is asked.
        assert!(dialog.end().success(), "{}", dialog.screen());
        let accepted = dialog.screen().replace('\n', " ").replace("         ", " ");
        assert!(accepted.contains("password from the prompt"), "{}", dialog.screen());
        assert_eq!(person.configuration(), text);
        assert_eq!(person.stored("secret-work%2Fpassword").as_deref(), Some("canary"));
        assert_eq!(server.calls(), 1);
    }
}

#[test]
fn profile_with_an_address_alone_gets_a_user_and_a_password() {
    for arguments in [&[][..], &["--profile", "bare"], &["--profile", "bare", "--user", "tim"]] {
        let server = Server::json("[]");
        let text = format!("[profiles.bare]\nurl = \"{}\"\n", server.url());
        let person = Person::new("dumb").configure(&text);
        let Some(mut dialog) = person.login(arguments) else { return };
        if arguments.is_empty() {
            dialog.answer("Which profile?", "\r");
        }
        if arguments.len() < 4 {
            dialog.answer("User", "tim\r");
        }
        dialog.answer("Password: ", "canary\r");
        assert!(dialog.end().success(), "{}", dialog.screen());
        let after = person.configuration();
        assert!(after.ends_with("user = \"tim\"\npassword = \"stored\"\n"), "{after}");
        assert_eq!(person.stored("secret-bare%2Fpassword").as_deref(), Some("canary"));
        assert_eq!(server.calls(), 1);
    }
}

#[test]
fn first_password_of_a_profile_is_kept_without_a_question() {
    let server = Server::json("[]");
    let text = format!("[profiles.office]\nurl = \"{}\"\nuser = \"tim\"\n", server.url());
    let person = Person::new("dumb").configure(&text);
    let Some(mut dialog) = person.login(&["--profile", "office"]) else { return };
    dialog.answer("Password: ", "canary\r");
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert!(!dialog.screen().contains("Replace it?"), "{}", dialog.screen());
    let after = person.configuration();
    assert!(after.ends_with(&format!("{text}password = \"stored\"\n")), "{after}");
}

#[test]
fn every_kept_secret_that_is_missing_is_asked_for() {
    let server = Server::json("[]");
    let text = format!(
        "[profiles.m]\nurl = \"{}\"\nticket = \"stored\"\napp_token = \"stored\"\n",
        server.url()
    );
    let person = Person::new("dumb").configure(&text);
    let Some(mut dialog) = person.login(&["--profile", "m"]) else { return };
    dialog.answer("Ticket: ", "7T:canary\r");
    dialog.answer("Application token: ", "canary\r");
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert_eq!(person.stored("secret-m%2Fticket").as_deref(), Some("7T:canary"));
    assert_eq!(person.stored("secret-m%2Fapp_token").as_deref(), Some("canary"));
    assert_eq!(server.seen().header("so-apptoken"), Some("canary"));
    // The application token that is there is not asked for.
    let Some(mut dialog) = person.login(&["--profile", "m"]) else { return };
    dialog.answer("Ticket: ", "7T:second\r");
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert_eq!(server.seen().header("so-apptoken"), Some("canary"));
}

#[test]
fn missing_secrets_of_a_system_user_are_asked_for() {
    let text = "[profiles.su]\ntenant = \"Cust12345\"\nsystem_user = { token = \"stored\", private_key = \"env:KEY\", application_token = \"stored\" }\n";
    let person = Person::new("dumb").configure(text).variable("KEY", "no key");
    let Some(mut dialog) = person.login(&["--profile", "su"]) else { return };
    dialog.answer("System user token: ", "canary\r");
    dialog.answer("Application token: ", "canary\r");
    assert_eq!(dialog.end().code(), Some(2), "{}", dialog.screen());
    assert!(dialog.screen().contains("private key"), "{}", dialog.screen());
    assert_eq!(person.configuration(), text);
}

#[test]
fn variable_with_another_address_is_not_asked() {
    let (server, old) = (Server::json("[]"), Server::json("[]"));
    let text = format!("{OTHER}url = \"{}\"\nuser = \"tim\"\npassword = \"stored\"\n", old.url());
    let person = Person::new("dumb").configure(&text).variable("SOTICKETS_URL", &server.url());
    let Some(mut dialog) = person.login(&[]) else { return };
    dialog.answer("User", "tim\r");
    dialog.answer("Password: ", "canary\r");
    dialog.finish_profile();
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert_eq!((server.calls(), old.calls()), (1, 0));
    assert!(!dialog.screen().contains("Which profile?"), "{}", dialog.screen());
}

#[test]
fn profile_that_would_change_is_replaced_after_a_yes() {
    for (answer, is_replaced) in [("\r", false), ("y\r", true)] {
        let server = Server::json("[]");
        let url = server.url();
        let text =
            format!("{OTHER}url = \"https://a.example\"\nuser = \"tom\"\npassword = \"env:X\"\n");
        let person = Person::new("dumb").configure(&text);
        let Some(mut dialog) = person.login(&["--url", &url, "--user", "tim"]) else { return };
        dialog.answer("Password: ", "canary\r");
        dialog.answer("Name of the profile", "a b\r");
        dialog.wait_for("warning: the name: 'a b' is no name for a profile");
        dialog.answer("Name of the profile", "work\r");
        dialog.wait_for("profile 'work' exists, and would change:");
        dialog.wait_for("- profiles.work.url = \"https://a.example\"");
        dialog.wait_for(&format!("+ profiles.work.url = \"{url}\""));
        dialog.answer("Replace it? (y/N)", answer);
        // A profile that is replaced changes as it was shown.
        if !is_replaced {
            dialog.answer("Name of the profile", "new\r");
            dialog.answer("Language", "norsk\r");
            dialog.wait_for("warning: the language: 'norsk' is not a language code");
            dialog.answer("Language", "zz zz\r");
            dialog.wait_for(
                "warning: the language: 'zz zz' does not have the form of a language code",
            );
            dialog.answer("Use it all the same? (y/N)", "\r");
            dialog.answer("Language", "no\r");
            dialog.answer("Time zone", "Europe/Olso\r");
            dialog.wait_for("warning: the time zone: unknown time zone 'Europe/Olso'");
            dialog.answer("Time zone", "\r");
            dialog.answer("Make it the default profile? (y/N)", "\r");
        }
        assert!(dialog.end().success(), "{}", dialog.screen());
        // The changes were shown before the answer.
        assert_eq!(
            dialog.screen().matches("- profiles.work.url").count(),
            1,
            "{}",
            dialog.screen()
        );
        let after = person.configuration();
        assert_eq!(after.contains("https://a.example"), !is_replaced, "{after}");
        assert!(after.starts_with("# mine\ndefault_profile = \"work\"\n"), "{after}");
        let asked = "language = \"no\"\ntimezone = \"Europe/Oslo\"\n";
        assert_eq!(after.contains(asked), !is_replaced, "{after}");
    }
}

#[test]
fn first_profile_need_not_be_the_default() {
    let server = Server::json("[]");
    let person = Person::new("dumb");
    let Some(mut dialog) = person.login(&["--url", &server.url(), "--user", "tim"]) else { return };
    dialog.answer("Password: ", "canary\r");
    dialog.answer("Name of the profile", "\r");
    dialog.answer("Language", "\r");
    dialog.answer("Time zone", "\r");
    dialog.answer("Make it the default profile? (Y/n)", "n\r");
    assert!(dialog.end().success(), "{}", dialog.screen());
    assert!(!person.configuration().contains("default_profile"), "{}", person.configuration());
}

#[test]
fn file_is_offered_without_a_keyring() {
    for (answer, code) in [("n\r", 2), ("\r", 0)] {
        let server = Server::json("[]");
        let person = Person::new("dumb");
        let arguments = ["auth", "login", "--url", &server.url(), "--user", "tim"];
        let Some(mut dialog) = person.start(&arguments) else { return };
        dialog.wait_for("no keyring is available");
        dialog.answer("Keep the secret in a file that only you can read? (Y/n)", answer);
        if code == 0 {
            dialog.answer("Password: ", "canary\r");
            dialog.finish_profile();
        }
        assert_eq!(dialog.end().code(), Some(code), "{}", dialog.screen());
        assert_eq!(server.calls(), usize::from(code == 0));
        if code != 0 {
            person.assert_unchanged();
            continue;
        }
        let stored = person.stored("secret-127-0-0-1%2Fpassword");
        assert_eq!(stored.as_deref(), Some("canary"));
    }
}

#[test]
fn profile_that_is_signed_in_again_is_replaced_after_a_yes() {
    for (answer, code) in [("\r", 2), ("y\r", 0)] {
        let server = Server::json("[]");
        let url = server.url();
        let text = format!("{OTHER}url = \"{url}\"\nuser = \"tim\"\npassword = \"stored\"\n");
        let person = Person::new("dumb").configure(&text);
        let Some(mut dialog) = person.login(&["--profile", "work", "--user", "demo"]) else {
            return;
        };
        dialog.answer("Password: ", "canary\r");
        dialog.wait_for("profile 'work' exists, and would change:");
        dialog.wait_for("+ profiles.work.user = \"demo\"");
        dialog.answer("Replace it? (y/N)", answer);
        assert_eq!(dialog.end().code(), Some(code), "{}", dialog.screen());
        let stored = person.stored("secret-work%2Fpassword");
        assert_eq!(stored.as_deref(), (code == 0).then_some("canary"));
        let expected = if code == 0 { text.replace("\"tim\"", "\"demo\"") } else { text };
        assert_eq!(person.configuration(), expected);
    }
}

#[test]
fn file_is_not_offered_in_place_of_a_file() {
    let server = Server::json("[]");
    let text =
        format!("{OTHER}url = \"{}\"\nuser = \"tim\"\npassword = \"stored\"\n", server.url());
    let person = Person::new("dumb").configure(&text);
    let folder = person.home.path().join("sotickets");
    let entry = folder.join("secret-work%2Fpassword");
    std::fs::write(&entry, "old").expect("a file");
    std::fs::set_permissions(&folder, Permissions::from_mode(0o777)).expect("a mode");
    let Some(mut dialog) = person.start(&["auth", "login", "--profile", "work"]) else { return };
    dialog.wait_for("other users can write to it");
    assert_eq!(dialog.end().code(), Some(2), "{}", dialog.screen());
    assert!(!dialog.screen().contains("Keep the secret in a file"), "{}", dialog.screen());
    assert_eq!(server.calls(), 0);
}

#[test]
fn password_that_is_not_typed_after_a_refusal_keeps_nothing() {
    let server = Server::status(401, "");
    let person = Person::new("dumb");
    let Some(mut dialog) = person.login(&["--url", &server.url(), "--user", "tim"]) else { return };
    dialog.answer("Password: ", "wrong\r");
    for _ in 0..3 {
        dialog.answer("Password: ", "\r");
    }
    dialog.wait_for("hint: nothing was kept");
    assert_eq!(dialog.end().code(), Some(2), "{}", dialog.screen());
    assert!(!dialog.screen().contains("nothing was sent"), "{}", dialog.screen());
    assert_eq!(server.calls(), 1);
    person.assert_unchanged();
}
