//! Questions that end without an answer: nothing is kept, and the terminal is as before.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use rustix::process::Signal;

use super::{Dialog, Person, TERMINALS};
use crate::support::Server;

/// The questions, with an answer to each.
const QUESTIONS: [(&str, &str); 7] = [
    ("Where is SuperOffice installed?", "\r"),
    ("Address", "URL\r"),
    ("User", "tim\r"),
    ("Password: ", "canary\r"),
    ("Name of the profile", "work\r"),
    ("Language", "\r"),
    ("Time zone", "\r"),
];

/// Starts a sign-in, and answers the first `count` questions.
fn answered(person: &Person, url: &str, count: usize) -> Option<Dialog> {
    let mut dialog = person.login(&[])?;
    for (question, answer) in &QUESTIONS[..count] {
        dialog.answer(question, &answer.replace("URL", url));
    }
    Some(dialog)
}

/// The question behind the first `count` ones.
fn question(count: usize) -> &'static str {
    QUESTIONS.get(count).map_or("Make it the default profile?", |(question, _)| question)
}

#[test]
fn interrupt_ends_every_question_by_the_signal() {
    let server = Server::json("[]");
    for term in TERMINALS {
        for count in 0..=QUESTIONS.len() {
            let person = Person::new(term);
            let Some(mut dialog) = answered(&person, &server.url(), count) else { return };
            dialog.answer(question(count), "half");
            dialog.0.send("\u{3}");
            let status = dialog.end();
            assert_eq!(status.signal(), Some(Signal::INT.as_raw()), "{count} {}", dialog.screen());
            person.assert_unchanged();
        }
    }
    // The check is made before the questions about the profile.
    assert_eq!(server.calls(), 8);
}

#[test]
fn signal_from_elsewhere_restores_the_terminal() {
    for term in TERMINALS {
        let person = Person::new(term);
        let Some(mut dialog) = person.login(&[]) else { return };
        dialog.wait_for("Where is SuperOffice installed?");
        dialog.0.kill(Signal::TERM);
        assert_eq!(dialog.end().signal(), Some(Signal::TERM.as_raw()));
        person.assert_unchanged();
    }
}

#[test]
fn end_of_input_changes_nothing() {
    let server = Server::json("[]");
    for term in TERMINALS {
        for count in 0..=QUESTIONS.len() {
            let person = Person::new(term);
            let Some(mut dialog) = answered(&person, &server.url(), count) else { return };
            dialog.answer(question(count), "\u{4}");
            assert_eq!(dialog.end().code(), Some(2), "{count} {}", dialog.screen());
            person.assert_unchanged();
        }
    }
    // The check is made before the questions about the profile.
    assert_eq!(server.calls(), 8);
}

#[test]
fn keys_for_a_hidden_question_are_no_answer_to_a_later_one() {
    for term in TERMINALS {
        let server = Server::answering(|_, then| {
            then.status(200).delay(Duration::from_millis(500)).body("[]");
        });
        let person = Person::new(term);
        let Some(mut dialog) = answered(&person, &server.url(), 2) else { return };
        // Typed before the password is asked for: the terminal may have shown it.
        dialog.answer("User", "tim\rearly\rearly\r");
        dialog.answer("Password: ", "canary\r");
        // And once more during the check.
        dialog.answer("ok       version", "early\r");
        dialog.finish_profile();
        assert!(dialog.end().success(), "{}", dialog.screen());
        assert_eq!(person.stored("secret-127-0-0-1%2Fpassword").as_deref(), Some("canary"));
        assert!(!person.configuration().contains("early"), "{}", person.configuration());
    }
}
