//! Conflicts between options: combinations in which one would do nothing.

use crate::cli::get::{CallArgs, DateStyle, GetArgs};
use crate::error::{Error, Result};
use crate::output::OutputFormat;

use crate::settings::Settings;
use crate::settings::registry::SELECT;
use crate::source::{Source, Sourced};

/// Checks the options of `get`.
pub(crate) fn check(
    args: &GetArgs,
    chosen: &Sourced<OutputFormat>,
    settings: &Settings<'_>,
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
    let selects = !args.select.is_empty() || settings.find(&SELECT).is_some();
    if args.any_field && !selects {
        return Err(Error::usage("--any-field goes with --select"));
    }
    check_call(&args.call)?;
    check_demo(args)
}

/// Checks the options that every call has.
pub(crate) fn check_call(call: &CallArgs) -> Result<()> {
    let has_credential = [&call.user, &call.password, &call.ticket, &call.token, &call.xsrf_token]
        .into_iter()
        .chain([&call.cookie, &call.app_token])
        .any(Option::is_some);
    let has_no_trust = call.network.insecure && call.network.cacert.is_some();
    refuse(&[
        (call.no_auth && has_credential, "--no-auth", "sends no credential, and one is given"),
        (has_no_trust, "--cacert", "does nothing with --insecure, which trusts anyone"),
    ])
}

/// Checks `--demo`: options for another server and for a connection do nothing with it.
fn check_demo(args: &GetArgs) -> Result<()> {
    const LOCAL: &str = "does nothing with --demo, which stays on this machine";
    const PLAIN: &str = "does nothing with --demo, which knows no proxy and no TLS";
    if !args.demo {
        return Ok(());
    }
    let (call, network) = (&args.call, &args.call.network);
    refuse(&[
        (call.url.is_some(), "--demo", "asks the built-in server, and --url names another"),
        (call.tenant.is_some(), "--demo", "asks the built-in server, and --tenant names another"),
        (call.environment.is_some(), "--environment", LOCAL),
        (call.allow_plain_http, "--allow-plain-http", LOCAL),
        (
            args.dry_run,
            "--dry-run",
            "would show a server that --demo ends with the call; start `sotickets demo` and give its --url",
        ),
        (network.proxy.is_some(), "--proxy", PLAIN),
        (network.proxy_password.is_some(), "--proxy-password", PLAIN),
        (network.cacert.is_some(), "--cacert", PLAIN),
        (network.client_cert.is_some(), "--client-cert", PLAIN),
        (network.client_key.is_some(), "--client-key", PLAIN),
        (network.insecure, "--insecure", PLAIN),
    ])
}

/// Returns an error for the first option that is given, with its reason.
fn refuse(options: &[(bool, &str, &str)]) -> Result<()> {
    match options.iter().find(|(is_given, ..)| *is_given) {
        Some((_, option, reason)) => Err(Error::usage(format!("{option} {reason}"))),
        None => Ok(()),
    }
}

/// Names what chose the format, if that was no option.
fn chosen_elsewhere(args: &GetArgs, chosen: &Sourced<OutputFormat>) -> String {
    if args.output.is_some() || chosen.source == Source::Default {
        return String::new();
    }
    format!("; {} chose {}", chosen.source, chosen.value.name())
}
