//! Every setting that changes a call is listed, with its source and without a secret.

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use serde_json::Value;
use sotickets::cli::Cli;
use sotickets::settings::registry;

use crate::support::{Run, configuration, sotickets, tls};

/// The settings that `doctor --offline` lists for machines.
fn settings(arguments: &[&str], variables: &[(&str, &str)]) -> Vec<Value> {
    let mut command = sotickets();
    command.args(["doctor", "--offline", "-o", "json"]).args(arguments);
    let run = Run::of(command.envs(variables.iter().copied()));
    assert!(!run.to_string().contains("canary"), "{run}");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    report["settings"].as_array().expect("an array").clone()
}

/// The sources of those that are set.
fn sources(settings: &[Value]) -> BTreeSet<String> {
    let sources = settings.iter().filter_map(|setting| setting["from"].as_str());
    sources.map(|source| source.split(' ').next().unwrap_or_default().to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn path_of_an_option_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::OsStr::from_bytes(b"c\xe5.pem");
    for (key, option) in
        [("cacert", "--cacert"), ("client_cert", "--client-cert"), ("client_key", "--client-key")]
    {
        let mut command = sotickets();
        let run = Run::of(command.args(["doctor", "--offline", "--all", option]).arg(path));
        let line = format!("c\u{fffd}.pem, from {option}");
        let found = run.stdout.lines().find(|line| line.starts_with(&format!("{key} ")));
        assert!(found.is_some_and(|found| found.ends_with(&line)), "{run}");
    }
}

#[test]
fn every_option_of_a_call_is_listed_as_a_source() {
    let folder = configuration("[profiles.work]\nurl = \"https://crm.example.com\"\n");
    let config = folder.path().join("sotickets/config.toml").to_string_lossy().into_owned();
    let mut command = Cli::command();
    command.build();
    let doctor = command.find_subcommand("doctor").expect("a command");
    let own = ["all", "offline", "verbose", "output", "help"];
    let mut count = 0;
    for option in doctor.get_opts().filter(|option| option.get_long().is_some()) {
        let long = option.get_long().expect("a name");
        if own.contains(&long) {
            continue;
        }
        let name = format!("--{long}");
        let value_name =
            option.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
        let arguments = match (long, value_name.as_deref()) {
            ("config", _) => vec![name.as_str(), &config],
            ("profile", _) => vec![&name, "work", "--config", &config],
            _ if !option.get_action().takes_values() => vec![name.as_str()],
            (_, Some("SRC")) => vec![&name, "env:CRM_SECRET"],
            (_, Some("HEADER")) => vec![&name, "X-Trace: canary"],
            _ => vec![&name, "1"],
        };
        let source = if long == "header" { "-H" } else { &name };
        let sources = sources(&settings(&arguments, &[("CRM_SECRET", "canary")]));
        assert!(sources.contains(source), "{name}: {sources:?}");
        count += 1;
    }
    assert!(count > 25, "{count}");
}

#[test]
fn every_variable_of_a_call_is_listed_as_a_source() {
    let of_profiles = registry::ALL.iter().map(|setting| setting.variable);
    let others = registry::OTHER_VARIABLES.iter().flat_map(|(names, _)| names.split(", "));
    let variables = of_profiles.chain(others);
    for variable in variables {
        let shown = if cfg!(windows) { variable.to_uppercase() } else { variable.to_owned() };
        // Which proxy counts is by the address; for the others it does not matter.
        let listed = ["https://crm.example.com", "http://crm.example.com"].into_iter().any(|url| {
            let arguments = if variable == "SOTICKETS_URL" { &[][..] } else { &["--url", url] };
            sources(&settings(arguments, &[(variable, "1")])).contains(&*shown)
        });
        assert!(listed, "{variable}");
    }
}

#[test]
fn connection_settings_are_listed_with_reasons_and_without_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = tls::self_signed(&["localhost"], |_| ()).certificate;
    std::fs::write(folder.path().join("ca.pem"), certificate).expect("a file");
    let certificates = folder.path().to_string_lossy();
    let list = |arguments: &[&str], variables: &[(&str, &str)]| {
        let names = ["header", "proxy", "proxy_password", "no_proxy", "ssl_cert_file"];
        let names = [&names[..], &["ssl_cert_dir", "insecure", "no_auth"]].concat();
        let mut command = sotickets();
        command.args(["doctor", "--all", "--offline", "--url", "https://crm.example.com"]);
        command.args(arguments);
        let run = Run::of(command.env("CRM_KEY", "canary").envs(variables.iter().copied()));
        assert!(!run.to_string().contains("canary"), "{run}");
        assert_eq!(run.code, 0, "{run}");
        let is_named = |line: &&str| names.contains(&line.split(' ').next().unwrap_or_default());
        let lines: Vec<&str> = run.stdout.lines().filter(is_named).collect();
        lines.join("\n").replace(&*certificates, "/certs")
    };
    let headers = ["-H", "X-Api-Key: canary", "-H", "X-Gateway: @env:CRM_KEY"];
    let proxy = ["--proxy", "http://tim@proxy.example.com", "--proxy-password", "env:CRM_KEY"];
    let arguments = [&headers[..], &proxy, &["--insecure", "--no-auth"]].concat();
    insta::assert_snapshot!(list(&arguments, &[("SSL_CERT_FILE", "/ca.pem")]), @"
    header            X-Api-Key: ***, from -H
    header            set, from -H 'X-Gateway: @env:CRM_KEY'
    proxy             http://***@proxy.example.com, from --proxy
    proxy_password    set, from --proxy-password env:CRM_KEY
    no_proxy          not set
    ssl_cert_file     /ca.pem, from SSL_CERT_FILE; not used: --insecure trusts any certificate
    ssl_cert_dir      not set
    insecure          true, from --insecure
    no_auth           true, from --no-auth
    ");

    let variables = [
        ("HTTPS_PROXY", "http://tim:canary@proxy.example.com:3128"),
        ("NO_PROXY", "example.com"),
        ("SOTICKETS_PROXY_PASSWORD", "canary"),
        ("SSL_CERT_DIR", &*certificates),
    ];
    insta::assert_snapshot!(list(&["--no-auth"], &variables), @"
    header            not set
    proxy             http://***@proxy.example.com:3128, from HTTPS_PROXY; not used: NO_PROXY excepts crm.example.com
    proxy_password    set, from SOTICKETS_PROXY_PASSWORD; not sent
    no_proxy          example.com, from NO_PROXY
    ssl_cert_file     not set
    ssl_cert_dir      /certs, from SSL_CERT_DIR
    insecure          not set
    no_auth           true, from --no-auth
    ");
    insta::assert_snapshot!(list(&["--no-auth", "--proxy", ""], &variables), @"
    header            not set
    proxy             not set; --proxy ''
    proxy_password    set, from SOTICKETS_PROXY_PASSWORD; not sent
    no_proxy          example.com, from NO_PROXY
    ssl_cert_file     not set
    ssl_cert_dir      /certs, from SSL_CERT_DIR
    insecure          not set
    no_auth           true, from --no-auth
    ");
}

#[test]
fn proxy_with_an_encoded_login_is_hidden() {
    let mut command = sotickets();
    command.args(["doctor", "--offline", "--no-auth", "--url", "https://crm.example.com"]);
    command.env("HTTPS_PROXY", "socks5://tim%3Acanary%40proxy.example.com");
    let run = Run::of(&mut command);
    assert_eq!(run.code, 2, "{run}");
    assert!(!run.to_string().contains("canary"), "{run}");
    let line = "\nproxy    hidden, since it may hold a password, from HTTPS_PROXY\n";
    assert!(run.stdout.contains(line), "{run}");
}
