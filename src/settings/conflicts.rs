//! Combinations of typed options in which one would do nothing, or would
//! contradict another.

use crate::cli::get::{CallArgs, DateStyle, GetArgs};
use crate::error::{Error, Result};
use crate::output::OutputFormat;

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
    let separated_options = [
        (args.no_header, "--no-header"),
        (args.delimiter.is_some(), "--delimiter"),
        (args.bom, "--bom"),
        (args.guard_formulas, "--guard-formulas"),
    ];
    let separated_option = separated_options.iter().find(|(is_set, _)| *is_set);
    let refusal = if let Some((_, option)) = separated_option.filter(|_| !format.is_separated()) {
        Some(format!("{option} is for {}", OutputFormat::list(OutputFormat::is_separated)))
    } else if args.dates.is_some() && format.is_raw() {
        let formats = OutputFormat::list(OutputFormat::is_raw);
        Some(format!("--dates does nothing with {formats}, which are never rewritten"))
    } else if args.dates == Some(DateStyle::Relative) && !format.is_for_people() {
        let formats = OutputFormat::list(OutputFormat::is_for_people);
        Some(format!("--dates relative is for {formats}"))
    } else {
        None
    };
    if let Some(refusal) = refusal {
        return Err(Error::usage(refusal + &chosen_elsewhere(args, chosen)));
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

/// What chose the format, where that was not typed.
fn chosen_elsewhere(args: &GetArgs, chosen: &Sourced<OutputFormat>) -> String {
    if args.output.is_some() || chosen.source == Source::Default {
        return String::new();
    }
    format!("; {} chose {}", chosen.source, chosen.value.name())
}
