//! Combinations of typed options in which one would do nothing, or would
//! contradict another.

use clap::ValueEnum as _;

use crate::cli::get::{CallArgs, DateStyle, GetArgs, OutputFormat};
use crate::error::{Error, Result};

use crate::settings::layers::ConfigLayers;
use crate::settings::registry::SELECT;
use crate::source::{Source, Sourced};

/// Refuses a combination in which an option would do nothing.
pub(crate) fn check(
    args: &GetArgs,
    chosen: &Sourced<OutputFormat>,
    levels: &ConfigLayers<'_>,
) -> Result<()> {
    let format = chosen.value;
    let not_separated = !format.is_separated();
    let refused_by_format = [
        (args.no_header && not_separated, "--no-header", SEPARATED),
        (args.delimiter.is_some() && not_separated, "--delimiter", SEPARATED),
        (args.bom && not_separated, "--bom", SEPARATED),
        (args.guard_formulas && not_separated, "--guard-formulas", SEPARATED),
        (
            args.dates.is_some() && format.is_raw(),
            "--dates",
            "does nothing with -o json and -o xml, which are never rewritten",
        ),
        (
            args.dates == Some(DateStyle::Relative) && !format.is_for_people(),
            "--dates relative",
            "is for -o table, -o record and -o markdown",
        ),
    ];
    if let Some((_, option, why)) = refused_by_format.iter().find(|(refused, ..)| *refused) {
        return Err(Error::usage(format!("{option} {why}{}", chosen_elsewhere(args, chosen))));
    }
    let selects = !args.select.is_empty() || levels.find(&SELECT).is_some();
    if args.any_field && !selects {
        return Err(Error::usage("--any-field goes with --select"));
    }
    check_call(&args.call).and_then(|()| check_demo(args)).and_then(|()| check_network(args))
}

/// The same for the options that every call has, as far as they concern each other.
pub(crate) fn check_call(call: &CallArgs) -> Result<()> {
    let secret_typed = [&call.user, &call.password, &call.ticket, &call.token, &call.xsrf_token]
        .into_iter()
        .chain([&call.cookie, &call.app_token])
        .any(Option::is_some);
    let trusts = call.network.insecure && call.network.cacert.is_some();
    let refused = [
        (call.no_auth && secret_typed, "--no-auth", "sends no credential, and one is given"),
        (trusts, "--cacert", "does nothing with --insecure, which trusts anyone"),
    ];
    match refused.iter().find(|(refused, ..)| *refused) {
        Some((_, option, why)) => Err(Error::usage(format!("{option} {why}"))),
        None => Ok(()),
    }
}

/// The same for what another server would be for.
fn check_demo(args: &GetArgs) -> Result<()> {
    let call = &args.call;
    let refused = [
        (call.url.is_some(), "--demo", "asks the built-in server, and --url names another"),
        (call.tenant.is_some(), "--demo", "asks the built-in server, and --tenant names another"),
        (
            call.environment.is_some(),
            "--environment",
            "does nothing with --demo, which stays on this machine",
        ),
        (
            call.allow_plain_http,
            "--allow-plain-http",
            "does nothing with --demo, which stays on this machine",
        ),
        (
            args.dry_run,
            "--dry-run",
            "would show a server that --demo ends with the call; start `sotickets demo` and give its --url",
        ),
    ];
    match refused.iter().find(|(refused, ..)| args.demo && *refused) {
        Some((_, option, why)) => Err(Error::usage(format!("{option} {why}"))),
        None => Ok(()),
    }
}

/// The same for proxy and TLS, as far as the address does not matter.
fn check_network(args: &GetArgs) -> Result<()> {
    let network = &args.call.network;
    let typed = [
        (network.proxy.is_some(), "--proxy"),
        (network.proxy_password.is_some(), "--proxy-password"),
        (network.cacert.is_some(), "--cacert"),
        (network.client_cert.is_some(), "--client-cert"),
        (network.client_key.is_some(), "--client-key"),
        (network.insecure, "--insecure"),
    ];
    if let Some((_, option)) = typed.iter().find(|(typed, _)| args.demo && *typed) {
        return Err(Error::usage(format!(
            "{option} does nothing with --demo, which knows no proxy and no TLS"
        )));
    }
    Ok(())
}

const SEPARATED: &str = "is for -o csv and -o tsv";

/// What chose the format, where that was not typed.
fn chosen_elsewhere(args: &GetArgs, chosen: &Sourced<OutputFormat>) -> String {
    let unsaid = args.output.is_some() || chosen.source == Source::Default;
    let name = chosen.value.to_possible_value().filter(|_| !unsaid);
    name.map_or_else(String::new, |name| format!("; {} chose {}", chosen.source, name.get_name()))
}
