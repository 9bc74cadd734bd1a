//! Token responses: equivalent spellings, and tokens that cannot be used.

use crate::support::fault::documented;
use crate::support::online_server::test_user::{SIGN_IN, TestUser};
use crate::support::online_server::{OnlineServer, Reply};
use crate::support::portable::CACHE;

const TICKET: &str = "TicketId,Title\n839,Printer\n";

/// Sets `body` as the next token response.
fn answer(service: &OnlineServer, body: &str) {
    service.state().sign_in.odd_tokens = Some(Reply::new(200, "application/json", body));
}

/// Returns the stored tokens.
fn kept(test_user: &TestUser<'_>) -> serde_json::Value {
    let text = test_user.kept(SIGN_IN).expect("a sign-in");
    let kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"].clone()
}

#[test]
fn every_spelling_of_a_life_is_understood_or_left_out() {
    let service = OnlineServer::plain();
    service.state().tenant.is_open = true;
    let test_user = TestUser::new(&service);
    for (life, seconds) in [
        ("3600", Some(3600)),
        ("\"3600\"", Some(3600)),
        ("3600.0", Some(3600)),
        ("\" 3600.9 \"", Some(3600)),
        ("3.6e3", Some(3600)),
        ("null", None),
        ("\"soon\"", None),
        ("-1", None),
        ("1e300", None),
        ("[3600]", None),
    ] {
        let body = format!(
            r#"{{"access_token":"8A:Cust12345.a","refresh_token":"r","expires_in":{life}}}"#
        );
        answer(&service, &body);
        let start = crate::support::online_server::now();
        let (run, _) = test_user.sign_in(&[]);
        let stop = crate::support::online_server::now();
        assert_eq!(run.code, 0, "{life}: {run}");
        let end = kept(&test_user)["expires"]
            .as_str()
            .map(|text| chrono::DateTime::parse_from_rfc3339(text).expect("a time").to_utc());
        let life_after = |start| seconds.map(|seconds| start + chrono::TimeDelta::seconds(seconds));
        let expected = (life_after(start), life_after(stop));
        assert!(expected.0 <= end && end <= expected.1, "{life}: {end:?}, {expected:?}");
    }
    documented("`expires_in` as a text or a fraction, or as anything else", 0, "signed in");
}

#[test]
fn bearer_in_any_case_and_no_type_at_all_are_bearer() {
    let service = OnlineServer::plain();
    service.state().tenant.is_open = true;
    let test_user = TestUser::new(&service);
    for kind in [
        "",
        r#""token_type":"bearer","#,
        r#""token_type":"BEARER","#,
        r#""token_type":null,"#,
        r#""token_type":"","#,
    ] {
        answer(
            &service,
            &format!(r#"{{{kind}"access_token":"8A:Cust12345.a","refresh_token":"r"}}"#),
        );
        let (run, _) = test_user.sign_in(&[]);
        assert_eq!(run.code, 0, "{kind}: {run}");
        assert_eq!(test_user.get(&[]).stdout, TICKET);
        let asked = service.requests();
        let sent = asked.last().expect("a call").header("authorization");
        assert_eq!(sent, Some("Bearer 8A:Cust12345.a"));
    }
}

/// Responses without a usable token: the row of the fault matrix, the body, and the reason.
const UNUSABLE: [(&str, &str, &str); 9] = [
    (
        "an empty access token",
        r#"{"access_token":""}"#,
        "an access token that cannot be used: it is empty",
    ),
    (
        "null as access token",
        r#"{"access_token":null}"#,
        "an access token that cannot be used: it is empty",
    ),
    (
        "no access token",
        r#"{"expires_in":3600}"#,
        "an access token that cannot be used: it is empty",
    ),
    (
        "blanks as access token",
        r#"{"access_token":"  "}"#,
        "an access token that cannot be used: it is empty",
    ),
    (
        "an access token with CR LF",
        r#"{"access_token":"8A:canary\r\nX-Evil: 1"}"#,
        "an access token that cannot be used: it holds a line break or another control character",
    ),
    (
        "an access token that is not ASCII",
        r#"{"access_token":"8A:canaryæ"}"#,
        "an access token that cannot be used: it holds a character that is not ASCII",
    ),
    (
        "a refresh token with a line feed",
        r#"{"access_token":"8A:canary","refresh_token":"canary\n"}"#,
        "a refresh token that cannot be used: it holds a line break or another control character",
    ),
    (
        "a token of another type",
        r#"{"access_token":"8A:canary","token_type":"mac"}"#,
        "a token of the type 'mac', which is not Bearer",
    ),
    (
        "a type with an escape sequence",
        r#"{"access_token":"8A:canary","token_type":"Bearer\u001b[31m"}"#,
        r"a token of the type 'Bearer\x1b[31m', which is not Bearer",
    ),
];

#[test]
fn unusable_token_is_rejected_and_nothing_stored() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    for (name, body, why) in UNUSABLE {
        answer(&service, body);
        let (run, page) = test_user.sign_in(&["-v"]);
        assert_eq!(run.code, 7, "{body}: {run}");
        assert!(
            run.stderr
                .contains(&format!("error: {} gave {why}\nhint: nothing was kept", service.url)),
            "{run}"
        );
        assert!(!run.stderr.contains("canary"), "{run}");
        assert!(page.body.contains("did not work"), "{}", page.body);
        assert_eq!(test_user.kept(SIGN_IN), None);
        documented(name, 7, &format!("SERVICE gave {why}"));
    }
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(64 * 1024 + 1));
    answer(&service, &long);
    let (run, _) = test_user.sign_in(&[]);
    assert!(run.code == 7 && run.stderr.contains("it is longer than 64 KiB"), "{run}");
}

#[test]
fn refresh_that_brings_an_unusable_token_keeps_the_sign_in_as_it_was() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    let text = test_user.kept(SIGN_IN).expect("a sign-in");
    let mut old: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    old["place"]["file"]["expires"] = "2020-01-01T00:00:00Z".into();
    std::fs::write(test_user.file(SIGN_IN), old.to_string()).expect("a file");
    let before = kept(&test_user);
    service.steps();
    for (_, body, why) in UNUSABLE {
        answer(&service, body);
        let run = test_user.get(&[]);
        assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{body}: {run}");
        assert!(run.stderr.contains(why) && !run.stderr.contains("canary"), "{run}");
        assert_eq!(kept(&test_user), before);
    }
    assert_eq!(service.calls("tickets"), 0);
}

#[test]
fn unusable_stored_token_is_neither_sent_nor_revoked() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    for (name, value) in [
        ("access_token", ""),
        ("access_token", "8A:canary\r\nX-Evil: 1"),
        ("refresh_token", "canary\r\n"),
    ] {
        assert_eq!(test_user.sign_in(&[]).0.code, 0);
        service.steps();
        let text = test_user.kept(SIGN_IN).expect("a sign-in");
        let mut changed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        changed["place"]["file"][name] = value.into();
        std::fs::write(test_user.file(SIGN_IN), changed.to_string()).expect("a file");
        let run = test_user.get(&[]);
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stderr.contains("it is damaged\nhint: sign in again"), "{run}");
        let run = test_user.run(&["auth", "logout"]);
        assert!(run.stderr.contains("it was damaged, and so could not be revoked"), "{run}");
        assert!(!run.to_string().contains("canary"), "{run}");
        assert_eq!((service.calls("tickets"), service.calls("revoke")), (0, 0));
    }
}

#[test]
fn answer_that_does_not_end_is_cut_off_at_a_mebibyte() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    let too_large = "error: the answer is larger than 1.0 MiB\nhint: no such answer is so long: a proxy may have answered in its place; -v shows the request\n";
    service.state().huge = Some("discovery");
    let run = test_user.run(&["auth", "login", "--no-browser", "--store", "file"]);
    assert_eq!((run.code, run.stderr.as_str()), (7, too_large), "{run}");
    for word in ["tokens", "keys"] {
        service.state().huge = Some(word);
        let (run, _) = test_user.sign_in(&[]);
        assert!(run.code == 7 && run.stderr.ends_with(too_large), "{word}: {run}");
        assert_eq!(test_user.kept(SIGN_IN), None);
    }
    service.state().huge = None;
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    std::fs::remove_dir_all(test_user.home.path().join(CACHE)).expect("a cache");
    service.steps();
    service.state().huge = Some("state");
    let run = test_user.get(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (7, too_large), "{run}");
    assert_eq!(service.calls("tickets"), 0);
    documented("an answer of 2 MiB before the call", 7, "the answer is larger than 1.0 MiB");
}

#[cfg(unix)]
#[test]
fn stored_file_has_a_size_limit() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    let cache = test_user.home.path().join(CACHE);
    let tenant =
        std::fs::read_dir(cache).expect("a folder").next().expect("a file").expect("a file");
    // With less memory than the file has bytes.
    let get = || {
        let get = test_user.command(&["get", "839", "-s", "TicketId,Title", "-o", "csv"]);
        let run = crate::support::limits::limited("-v 4000000", &get).output();
        crate::support::Run::from(run.expect("a shell"))
    };
    grow(&tenant.path());
    service.steps();
    assert_eq!(get().stdout, TICKET);
    assert_eq!(service.steps(), ["state", "tickets"]);
    grow(&test_user.file(SIGN_IN));
    let run = get();
    assert!(run.code == 4 && run.stderr.contains("there is more than 256 KiB of it"), "{run}");
}

/// Extends the file at `path` to 8 GiB, without using the disk.
#[cfg(unix)]
fn grow(path: &std::path::Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).expect("a file");
    file.set_len(8 << 30).expect("a size");
}
