//! Every header and every byte of the request.

use crate::support::portable::FALSE;
use crate::support::{Run, Server, TOKEN};

/// The headers of the one call for `arguments`, without those of the connection.
fn headers(arguments: &[&str]) -> Vec<String> {
    let server = Server::json(r#"[{"TicketId":839}]"#);
    server.run(&[&["839"], arguments].concat());
    let mut headers = server.seen().headers;
    headers.retain(|line| !line.starts_with("host: ") && !line.starts_with("content-length: "));
    headers
}

/// Returns the headers that `arguments` add to those of the plain call, and those that they remove.
fn change(arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let (plain, changed) = (headers(&[]), headers(arguments));
    let without = |these: &[String], those: &[String]| {
        these.iter().filter(|line| !those.contains(line)).cloned().collect()
    };
    (without(&changed, &plain), without(&plain, &changed))
}

#[test]
fn plain_call_sends_exactly_these_headers() {
    let expected = [
        "accept-encoding: gzip, deflate, br",
        "accept-language: en",
        "accept: application/json",
        &format!("authorization: Bearer {TOKEN}"),
        "content-type: application/json; charset=utf-8",
        "so-language: en",
        concat!("user-agent: sotickets/", env!("CARGO_PKG_VERSION")),
    ];
    assert_eq!(headers(&[]), expected);
}

#[test]
fn body_is_exact() {
    let server = Server::json(r#"[{"TicketId":839},{"TicketId":249}]"#);
    server.run(&["839", "249"]);
    let seen = server.seen();
    assert_eq!(seen.body, r#"{"TicketIds":[839,249]}"#);
    assert_eq!(seen.header("content-length"), Some("23"));
    assert_eq!(seen.header("host").map(|host| format!("http://{host}")), Some(server.url()));
}

#[test]
fn unusual_language_tag_is_sent_with_a_warning() {
    let server = Server::json(r#"[{"TicketId":839,"Title":"Printer"}]"#);
    let get = |arguments: &[&str]| {
        let options = ["839", "-s", "Title", "-o", "csv"];
        Run::of(&mut server.get(&[&options, arguments].concat()))
    };
    let run = get(&["--language", "plattdeutsch", "--culture", "nb_NO"]);
    assert_eq!(server.seen().header("so-language"), Some("plattdeutsch"));
    insta::assert_snapshot!(run, @"
    Title
    Printer
    --- stderr
    warning: --language: 'plattdeutsch' does not have the form of a language code
    hint: a code is en, nb-NO or zh-Hans, or * for untranslated text; the server may not know this one
    warning: --culture: 'nb_NO' does not have the form of a language code
    hint: did you mean nb-NO?
    --- exit code 0
    ");
    for language in ["no", "nb-NO", "*", "x"] {
        let run = get(&["--language", language]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    }
    assert_eq!(server.calls(), 5);
}

#[test]
fn each_option_adds_its_header_alone() {
    let cases: [(&[&str], &[&str]); 13] = [
        (&["-o", "xml"], &["accept: application/xml"]),
        (&["-o", "json"], &[]),
        (&["-o", "csv"], &[]),
        (&["--language", "nb-no"], &["accept-language: nb-no", "so-language: nb-no"]),
        (&["--language", "*"], &["accept-language: *", "so-language: *"]),
        (&["--language", "en"], &[]),
        (&["--culture", "en-GB"], &["so-culture: en-GB"]),
        (&["--timezone", "NO"], &["so-timezone: NO"]),
        (&["--timezone", "261"], &["so-timezone: 261"]),
        (&["--timezone", "US-NY,includeTZOffset"], &["so-timezone: US-NY,includeTZOffset"]),
        (&["--timezone", "Europe/Oslo"], &["so-timezone: UTC,includeTZOffset"]),
        (&["-H", "X-Trace: a b:c", "--header", "X-B:1"], &["x-b: 1", "x-trace: a b:c"]),
        (&["-H", "X-Twice: 1", "-H", "X-Twice: 2"], &["x-twice: 1", "x-twice: 2"]),
    ];
    for (arguments, added) in cases {
        let (more, less) = change(arguments);
        assert_eq!(more, added, "{arguments:?}");
        // Nothing goes missing but what was replaced.
        let replaced = |line: &String| {
            let name = line.split(':').next().unwrap_or_default();
            added.iter().any(|line| line.split(':').next() == Some(name))
        };
        assert!(less.iter().all(replaced), "{arguments:?}: {less:?}");
    }
}

#[test]
fn option_overrides_its_variable() {
    let variables = [
        ("SOTICKETS_LANGUAGE", "de"),
        ("SOTICKETS_CULTURE", "de-CH"),
        ("SOTICKETS_TIMEZONE", "DK"),
    ];
    let server = Server::json(r#"[{"TicketId":839}]"#);
    Run::of(server.get(&["839"]).envs(variables));
    let value = |name: &str| server.seen().header(name).map(str::to_owned);
    assert_eq!(value("so-language").as_deref(), Some("de"));
    assert_eq!(value("so-culture").as_deref(), Some("de-CH"));
    assert_eq!(value("so-timezone").as_deref(), Some("DK"));

    let options = ["839", "--language", "sv", "--culture", "sv-SE", "--timezone", "NO"];
    Run::of(server.get(&options).envs(variables));
    assert_eq!(value("accept-language").as_deref(), Some("sv"));
    assert_eq!(value("so-culture").as_deref(), Some("sv-SE"));
    assert_eq!(value("so-timezone").as_deref(), Some("NO"));
}

#[cfg(unix)]
#[test]
fn variable_that_is_not_text_is_rejected() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = std::ffi::OsStr::from_bytes(b"t\xffm");
    for name in ["SOTICKETS_USER", "SOTICKETS_LANGUAGE", "SOTICKETS_URL", "SOTICKETS_SELECT"] {
        let server = Server::json("[]");
        let run = server.refused(server.get(&["839"]).env(name, bytes));
        let message = format!("error: the variable {name} is not valid UTF-8\n");
        assert!(run.stderr.starts_with(&message), "{run}");
    }
}

#[test]
fn secret_header_is_read_from_its_source() {
    let server = Server::json(r#"[{"TicketId":839}]"#);
    let mut command = server.get(&["839", "-v", "-H", "X-Api-Key: @env:KEY"]);
    let run = Run::of(command.env("KEY", "canary-key"));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(server.seen().header("x-api-key"), Some("canary-key"));
    assert!(run.stderr.contains("> X-Api-Key: ***\n") && !run.stderr.contains("canary"), "{run}");

    let run = Server::json("[]").refuses(&["839", "-H", "X-Api-Key: @canary"]);
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: -H 'X-Api-Key: @SRC' takes the place where the secret is kept, not the secret itself
    hint: arguments can be read by every user of this machine
    hint: name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…
    --- exit code 2
    ");
}

#[test]
fn missing_secret_header_is_named_as_typed() {
    let (program, failed) = FALSE;
    let program = format!("command:{program} canary");
    let failed = format!("-H 'X-Api-Key: @command:…': {failed}");
    for (place, message) in [
        ("stdin", "the header X-Api-Key from -H 'X-Api-Key: @stdin' is empty"),
        ("file:/nowhere/key", "-H 'X-Api-Key: @file:/…': No such file or directory"),
        (&program, &failed),
    ] {
        let run = Server::json("[]").refuses(&["839", "-H", &format!("X-Api-Key: @{place}")]);
        assert!(run.stderr.starts_with(&format!("error: {message}")), "{run}");
    }
}

#[test]
fn control_character_never_reaches_a_header() {
    let cases: [(&str, &str, &str); 9] = [
        ("--language", "en\r\nX: y", "--language: 'en\\r\\nX: y' holds a control character"),
        ("--language", "e\u{7f}n", "--language: 'e\\x7fn' holds a control character"),
        ("--language", "", "--language is empty"),
        ("--culture", "en\nX: y", "--culture: 'en\\nX: y' holds a control character"),
        ("--culture", "a\u{85}b", "--culture: 'a\\u{85}b' holds a control character"),
        ("--timezone", "NO\r\nX: y", "--timezone: 'NO\\r\\nX: y' is no time zone"),
        ("-H", "X-Trace: a\r\nY: b", "-H X-Trace: 'a\\r\\nY: b' holds a control character"),
        ("-H", "X\r\nY: b", "-H: 'X\\r\\nY' is not the name of a header"),
        ("-H", "X-Trace: a\u{1b}b", "-H X-Trace: 'a\\x1bb' holds a control character"),
    ];
    for (option, value, message) in cases {
        let run = Server::json("[]").refuses(&["839", option, value]);
        assert!(run.stderr.starts_with(&format!("error: {message}\n")), "{message}: {run}");
    }
    let server = Server::json("[]");
    let run = server.refused(server.get(&["839"]).env("SOTICKETS_CULTURE", "a\tb"));
    assert!(run.stderr.starts_with("error: SOTICKETS_CULTURE: 'a\\tb' holds"), "{run}");
    let run = server.refused(
        server.get_bare(&["839", "--user", "t\nm", "--password", "stdin"]).write_stdin("p"),
    );
    assert!(run.stderr.starts_with("error: --user: 't\\nm' holds a control"), "{run}");
}

#[test]
fn header_that_an_option_sets_is_refused() {
    let reserved = [
        ("Accept", "-o"),
        ("accept-encoding", "compressed"),
        ("ACCEPT-LANGUAGE", "--language"),
        ("Authorization", "--token"),
        ("Connection", "connection"),
        ("Content-Encoding", "as it is"),
        ("Content-Length", "connection"),
        ("Content-Type", "JSON"),
        ("Cookie", "--cookie"),
        ("Expect", "at once"),
        ("Host", "--url"),
        ("Proxy-Authorization", "belongs to the proxy"),
        ("SO-AppToken", "--app-token"),
        ("SO-Culture", "--culture"),
        ("SO-Language", "--language"),
        ("SO-TimeZone", "--timezone"),
        ("TE", "connection"),
        ("Trailer", "connection"),
        ("Transfer-Encoding", "connection"),
        ("Upgrade", "connection"),
        ("User-Agent", "program"),
        ("X-XSRF-TOKEN", "--xsrf-token"),
    ];
    for (name, instead) in reserved {
        for value in ["canary", "@env:CANARY"] {
            let server = Server::json("[]");
            let run = server.refuses(&["839", "-H", &format!("{name}: {value}")]);
            assert!(run.stderr.starts_with(&format!("error: -H cannot set {name}: ")), "{run}");
            assert!(run.stderr.contains(instead) && !run.stderr.contains("canary"), "{run}");
        }
    }
    let run = Server::json("[]").refuses(&["839", "-H", "X-Api-Key canary"]);
    assert!(run.stderr.contains("no colon") && !run.stderr.contains("canary"), "{run}");
}
