//! Basic authentication: its encoding, and the messages after a 401.

use assert_cmd::Command;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Run, Server, configuration, configured};

const USER: &str = "J\u{f8}rgen";
const PASSWORD: &str = "can\u{e4}ry \"p\\$x";

/// Returns `get 839` as a user, with the password in a variable.
fn get(server: &Server, user: &str, password: &str, arguments: &[&str]) -> Command {
    let mut command = server.get_bare(&["839", "-o", "json", "--user", user]);
    command.args(arguments).env("SOTICKETS_PASSWORD", password);
    command
}

fn encoded(pair: &[u8]) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).expect("a character of Latin-1")).collect()
}

#[test]
fn user_and_password_are_sent_in_their_encoding() {
    let pair = format!("{USER}:{PASSWORD}");
    for (charset, bytes) in [
        (None, pair.clone().into_bytes()),
        (Some("utf-8"), pair.clone().into_bytes()),
        (Some("latin1"), latin1(&pair)),
        (Some("ISO-8859-1"), latin1(&pair)),
    ] {
        let server = Server::json("[]");
        let arguments = charset.map_or_else(Vec::new, |charset| vec!["--basic-charset", charset]);
        let run = Run::of(get(&server, USER, PASSWORD, &arguments).arg("--allow-missing"));
        assert_eq!((run.code, server.calls()), (0, 1), "{run}");
        assert_eq!(server.seen().header("authorization"), Some(encoded(&bytes).as_str()));
        // By a variable, and by a profile.
        let Some(charset) = charset else { continue };
        let mut command = get(&server, USER, PASSWORD, &["--allow-missing"]);
        let run = Run::of(command.env("SOTICKETS_BASIC_CHARSET", charset));
        assert_eq!((run.code, server.calls()), (0, 2), "{run}");
        assert_eq!(server.seen().header("authorization"), Some(encoded(&bytes).as_str()));
        let folder = configuration(format!(
            "default_profile = \"p\"\n[profiles.p]\nurl = \"{}\"\nuser = \"{USER}\"\npassword = \"env:MINE\"\nbasic_charset = \"{charset}\"\n",
            server.url()
        ));
        let mut command = configured(&folder, &["839", "-o", "json", "--allow-missing"]);
        let run = Run::of(command.env("MINE", PASSWORD));
        assert_eq!((run.code, server.calls()), (0, 3), "{run}");
        assert_eq!(server.seen().header("authorization"), Some(encoded(&bytes).as_str()));
    }
}

#[test]
fn character_that_latin1_lacks_is_a_usage_error() {
    let server = Server::json("[]");
    let charset = ["--basic-charset", "latin1"];
    let run = server.refused(&mut get(&server, USER, "can\u{159}ary", &charset));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: the password from SOTICKETS_PASSWORD holds a character that Latin-1 lacks (--basic-charset)
    hint: --basic-charset utf-8 sends every character
    --- exit code 2
    ");
    for more in [&[][..], &["--dry-run"]] {
        let run = server.refused(&mut get(&server, "\u{160}imon", "x", &[&charset, more].concat()));
        assert!(
            run.stderr.starts_with(
                "error: --user: the user holds a character that Latin-1 lacks (--basic-charset)\n"
            ),
            "{run}"
        );
    }
    // The euro sign is one of Windows-1252 alone.
    let mut command = get(&server, USER, "\u{20ac}", &[]);
    let run = server.refused(command.env("SOTICKETS_BASIC_CHARSET", "latin1"));
    assert!(run.stderr.contains(" lacks (SOTICKETS_BASIC_CHARSET)\n"), "{run}");
}

#[test]
fn encoding_that_does_nothing_or_is_not_known_is_a_usage_error() {
    let server = Server::json("[]");
    let run = server.refused(&mut get(&server, USER, PASSWORD, &["--basic-charset", "cp1252"]));
    assert_eq!(
        run.stderr,
        "error: --basic-charset: 'cp1252' is no encoding of Basic\nhint: it is utf-8 or latin1\n"
    );
    for arguments in [&["--token", "env:T"][..], &["--no-auth"]] {
        let mut command =
            server.get_bare(&[&["839", "--basic-charset", "latin1"], arguments].concat());
        let run = server.refused(command.env("T", "t"));
        let message = "error: --basic-charset goes with --user and --password\n";
        assert!(run.stderr.starts_with(message), "{run}");
    }
    // A variable is for calls with Basic, and another call does not read it.
    let mut command = server.get(&["839", "-o", "json", "--allow-missing"]);
    let run = Run::of(command.env("SOTICKETS_BASIC_CHARSET", "cp1252"));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}

#[cfg(unix)]
#[test]
fn script_of_a_dry_run_sends_the_same_bytes() {
    use crate::support::programs::{DRY_RUN, all_needed, needed, sh};
    if !all_needed(&DRY_RUN) || !needed("iconv") {
        return;
    }
    let pair = format!("{USER}:{PASSWORD}");
    for (charset, bytes) in [("utf-8", pair.clone().into_bytes()), ("latin1", latin1(&pair))] {
        let server = Server::json("[]");
        let run =
            Run::of(&mut get(&server, USER, PASSWORD, &["--basic-charset", charset, "--dry-run"]));
        assert_eq!((run.code, server.calls()), (0, 0), "{run}");
        assert!(!run.stdout.contains(PASSWORD), "{run}");
        let output = sh()
            .args(["-c", &run.stdout])
            .env("SOTICKETS_PASSWORD", PASSWORD)
            .output()
            .expect("a shell");
        assert_eq!(server.calls(), 1, "{run}{output:?}");
        assert_eq!(server.seen().header("authorization"), Some(encoded(&bytes).as_str()));
    }
}

/// Returns a server that refuses every credential, and offers `schemes`.
fn refusing(schemes: &'static [&'static str]) -> Server {
    Server::answering(move |_, then| {
        let then = then.status(401);
        schemes.iter().fold(then, |then, scheme| then.header("www-authenticate", *scheme));
    })
}

/// Returns the messages of `get` for a server that refuses it.
fn refusal(server: &Server, command: &mut Command) -> String {
    let run = Run::of(command);
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (4, "", 1), "{run}");
    assert!(!run.stderr.contains("can\u{e4}ry"), "{run}");
    run.stderr
}

#[test]
fn windows_authentication_is_named() {
    let server = refusing(&["Negotiate, NTLM"]);
    insta::assert_snapshot!(refusal(&server, &mut server.get(&["839"])), @"
    error: HTTP 401: the server does not accept the token from SOTICKETS_TOKEN (Bearer)
    hint: access tokens live 20 to 60 minutes: sotickets auth login --token prompt keeps a new one; Onsite does not know Bearer, use --user there
    hint: the server offers Negotiate and NTLM: Windows authentication is switched on there, which this program does not speak
    hint: have Anonymous Authentication switched on in IIS for the API, so that SuperOffice itself checks the credential; or call it through a gateway that signs in to Windows
    ");
    let server = refusing(&["Negotiate", "NTLM"]);
    let stderr = refusal(&server, &mut server.get_bare(&["839", "--no-auth"]));
    assert!(stderr.contains("\nhint: the server offers Negotiate"), "{stderr}");
}

#[test]
fn basic_that_is_refused_may_be_windows_own() {
    let server = refusing(&["Basic realm=\"crm\""]);
    insta::assert_snapshot!(refusal(&server, &mut get(&server, "tim", "secret", &[])), @"
    error: HTTP 401: the server does not accept the user tim with the password from SOTICKETS_PASSWORD (Basic)
    hint: the server offers Basic
    hint: IIS's own Basic authentication may check Windows accounts there, and refuse SuperOffice's users: have it switched off for the API
    hint: sotickets auth login --password prompt keeps a new password; or check --user and --password; Online does not know Basic: --token there
    ");
}

#[test]
fn non_ascii_characters_add_a_hint_about_the_encoding() {
    let latin1 = "\nhint: user or password is not ASCII, and the server may expect it in ISO-8859-1: --basic-charset latin1\n";
    let utf8 = "\nhint: user or password is not ASCII, and the server may expect it in UTF-8: --basic-charset utf-8\n";
    let cases: [(&str, &str, &[&str], Option<&str>); 5] = [
        (USER, "x", &[], Some(latin1)),
        ("tim", PASSWORD, &[], Some(latin1)),
        ("tim", PASSWORD, &["--basic-charset", "latin1"], Some(utf8)),
        ("tim", "\u{159}", &[], None),
        ("tim", "x", &["--basic-charset", "latin1"], None),
    ];
    for (user, password, arguments, hint) in cases {
        let server = refusing(&[]);
        let stderr = refusal(&server, &mut get(&server, user, password, arguments));
        assert_eq!(stderr.contains(latin1), hint == Some(latin1), "{stderr}");
        assert_eq!(stderr.contains(utf8), hint == Some(utf8), "{stderr}");
    }
    // 403 is about rights.
    let server = Server::status(403, "");
    let stderr = refusal(&server, &mut get(&server, USER, PASSWORD, &[]));
    assert!(!stderr.contains("charset") && !stderr.contains("IIS"), "{stderr}");
}

#[test]
fn verbose_shows_the_schemes_without_their_parameters() {
    let server = refusing(&["Basic realm=\"canary\"", "Negotiate"]);
    let stderr = refusal(&server, server.get(&["839", "-v"]).env("SOTICKETS_TOKEN", "t"));
    assert!(stderr.contains("< www-authenticate: Basic ***"), "{stderr}");
    assert!(!stderr.contains("canary"), "{stderr}");
}
