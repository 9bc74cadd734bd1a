//! Settings that name a proxy: wrong ones, and those in a dry run.

use crate::support::proxy::{PASSWORD, USER, tinyproxy};
use crate::support::tls::{Folder, TICKET};
use crate::support::{Run, Server, configuration, programs, sotickets};

use super::{elsewhere, get, locked, run, tls};

#[test]
fn invalid_proxy_variable_is_an_error_before_anything_is_sent() {
    let server = Server::json(TICKET);
    let url = elsewhere(&server.url());
    for value in [
        "http://tim:canary@p:99999",
        "ftp://tim:canary@p",
        "http://canary@",
        "tim:canary",
        "http://p/canary",
    ] {
        let run = run(get(&url, &["--allow-plain-http"]).env("HTTP_PROXY", value));
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{value}: {run}");
        assert!(run.stderr.starts_with("error: HTTP_PROXY: '"), "{run}");
        // It is another's where it is not for this call.
        let mut command = get(&url, &["--allow-plain-http", "--dry-run"]);
        assert_eq!(Run::of(command.env("HTTPS_PROXY", value)).code, 0);
        let mut command = get(&server.url(), &["--dry-run"]);
        assert_eq!(Run::of(command.env("HTTP_PROXY", value)).code, 0);
    }
    let run =
        run(get(&url, &["--allow-plain-http"]).env("HTTP_PROXY", "http://tim:canary@p:99999"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: HTTP_PROXY: 'http://***@p:99999' is no proxy: invalid port number
    hint: a proxy is http://HOST:PORT, or https, socks5 or socks5h
    --- exit code 2
    ");
}

#[test]
fn invalid_proxy_option_sends_nothing() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["--proxy", "http://tim:canary@p:1"],
            "error: --proxy: the address holds a password\nhint: arguments can be read by every user of this machine\n",
        ),
        (
            &["--proxy", "gopher://p"],
            "error: --proxy: 'gopher://p' is no proxy: its scheme is none of http, https, socks5 and socks5h\n",
        ),
        (
            &["--proxy-password", "env:MINE"],
            "error: --proxy-password goes with a proxy that names its user, and none does\n",
        ),
        (
            &["--proxy", "http://127.0.0.1:1", "--proxy-password", "env:MINE"],
            "error: --proxy-password goes with a proxy that names its user",
        ),
        (
            &["--proxy", "", "--proxy-password", "env:MINE"],
            "error: --proxy-password goes with a proxy that names its user",
        ),
        (
            &["--proxy", "http://tim@127.0.0.1:1", "--proxy-password", "canary"],
            "error: --proxy-password takes the place where the secret is kept",
        ),
        (
            &["--proxy", "http://tim@127.0.0.1:1", "--proxy-password", "env:NO_WHERE"],
            "the variable NO_WHERE is not set",
        ),
        (
            &["--proxy", "http://tim@127.0.0.1:1", "--proxy-password", "stdin", "-"],
            "error: standard input is asked for twice",
        ),
        // The token of this call would go to another machine as it is.
        (
            &["--proxy", "http://10.0.0.1:3128"],
            "would travel unencrypted to the proxy 10.0.0.1:3128\n",
        ),
        (
            &["--proxy", "socks5://10.0.0.1"],
            "would travel unencrypted to the proxy 10.0.0.1:1080\n",
        ),
    ];
    for (arguments, message) in cases {
        let server = Server::json(TICKET);
        let run = run(get(&server.url(), arguments).env("MINE", "canary"));
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
        assert!(run.stderr.contains(message), "{arguments:?}: {run}");
    }
    let run = run(sotickets().args(["get", "839", "--demo", "--proxy", "http://p:1"]));
    assert_eq!(run.code, 2, "{run}");
}

/// A configuration file with the profile `work`, whose proxy is `proxy`.
fn profile(proxy: &str) -> tempfile::TempDir {
    let text = format!("default_profile = \"work\"\n[profiles.work]\nproxy = \"{proxy}\"\n");
    configuration(text)
}

#[test]
fn option_overrides_variable_and_profile_and_that_the_usual_variables() {
    let offline = |proxy: Option<&str>, variables: &[(&str, &str)], option: Option<&str>| {
        let folder = proxy.map_or_else(|| configuration(""), profile);
        let mut command = sotickets();
        command.args(["doctor", "--offline", "--no-auth", "--url", "https://127.0.0.1:9"]);
        command.args(option.map(|option| ["--proxy", option]).into_iter().flatten());
        command.env("XDG_CONFIG_HOME", folder.path()).envs(variables.iter().copied());
        let run = Run::of(&mut command);
        let line = run.stdout.lines().find(|line| line.starts_with("proxy "));
        let line = line.unwrap_or("none").split_whitespace().collect::<Vec<_>>().join(" ");
        line.replace(&*folder.path().to_string_lossy(), "HOME")
    };
    let (usual, own) = (("HTTPS_PROXY", "http://u:1"), ("SOTICKETS_PROXY", "http://v:1"));
    let mine = Some("http://p:1");
    assert_eq!(offline(mine, &[usual, own], Some("o:1")), "proxy o:1, from --proxy");
    assert_eq!(offline(mine, &[usual, own], None), "proxy http://v:1, from SOTICKETS_PROXY");
    assert_eq!(offline(mine, &[usual], None), "proxy http://p:1, from profile 'work' (line 3)");
    let none = offline(Some(""), &[usual], None);
    assert!(none.starts_with("proxy not set; proxy of profile 'work' ("), "{none}");
    let here =
        "proxy http://u:1, from HTTPS_PROXY; not used: HTTPS_PROXY does not count for this machine";
    assert_eq!(offline(None, &[usual], None), here);
    let excepted = offline(mine, &[("NO_PROXY", "127.0.0.1")], None);
    assert!(excepted.ends_with("not used: NO_PROXY excepts 127.0.0.1:9"), "{excepted}");
}

#[test]
fn proxy_of_a_profile_carries_the_call_and_holds_no_login() {
    let server = Server::json(TICKET);
    let proxy = Server::json(TICKET);
    let folder = profile(&proxy.url());
    let get = |folder: &tempfile::TempDir| {
        let mut command = get("http://crm.invalid", &["--allow-plain-http"]);
        Run::of(command.env("XDG_CONFIG_HOME", folder.path()))
    };
    let run = get(&folder);
    assert_eq!((run.code, proxy.calls(), server.calls()), (0, 1, 0), "{run}");
    for login in ["tim@", "tim:canary@", ":canary@", "tim%3Acanary@"] {
        let folder = profile(&format!("http://{login}127.0.0.1:1"));
        let run = get(&folder);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("the address holds a login\nhint: "), "{run}");
        assert!(!run.to_string().contains("canary"), "{run}");
        // Wherever the call goes.
        let mut excepted = super::get(&server.url(), &[]);
        excepted.env("XDG_CONFIG_HOME", folder.path()).env("NO_PROXY", "127.0.0.1");
        assert_eq!((Run::of(&mut excepted).code, server.calls()), (2, 0));
    }
}

#[test]
fn script_of_a_dry_run_uses_the_same_proxy() {
    if !programs::all_needed(&programs::DRY_RUN) {
        return;
    }
    let Some(proxy) = tinyproxy(&locked()) else { return };
    let folder = Folder::new();
    let (server, bundle) = tls(&folder);
    let whole = format!("http://{USER}:canary%2Dpass@127.0.0.1:{}", proxy.port);
    let named = format!("http://{USER}@127.0.0.1:{}", proxy.port);
    let here = server.url();
    let away = elsewhere(&here);
    type Variables<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, &[&str], Variables<'_>, usize); 5] = [
        (&here, &["--proxy", &named, "--proxy-password", "env:MINE"], &[("MINE", PASSWORD)], 1),
        (&away, &[], &[("HTTPS_PROXY", &whole)], 1),
        (&here, &[], &[("HTTPS_PROXY", &whole)], 0),
        (&away, &["--proxy", ""], &[("HTTPS_PROXY", &whole)], 0),
        (
            &away,
            &["--proxy", &named],
            &[("NO_PROXY", "0.0.0.0"), ("SOTICKETS_PROXY_PASSWORD", PASSWORD)],
            0,
        ),
    ];
    let (mut calls, mut connects) = (0, 0);
    for (url, arguments, variables, by_proxy) in cases {
        let arguments = [arguments, &["--cacert", &bundle, "--dry-run"]].concat();
        let script = run(get(url, &arguments).envs(variables.iter().copied()));
        assert_eq!((script.code, script.stderr.as_str()), (0, ""), "{script}");
        let output = programs::sh()
            .args(["-c", &script.stdout])
            .env("SOTICKETS_TOKEN", "t")
            .envs(variables.iter().copied())
            .output()
            .expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stdout), TICKET, "{script}{output:?}");
        calls += 1;
        connects += by_proxy;
        assert_eq!((server.calls(), proxy.requests("CONNECT")), (calls, connects), "{script}");
    }
}
