//! Combinations of typed options in which one would do nothing, or would
//! contradict another.

use crate::cli::get::{DateStyle, GetArgs, OutputFormat};
use crate::error::{Error, Result};
use crate::host::Environment;

use super::display::SELECT;

/// Refuses a combination in which an option would do nothing.
///
/// # Errors
/// A usage error that names both options.
pub fn check(args: &GetArgs, format: OutputFormat, environment: &Environment) -> Result<()> {
    let separated = matches!(format, OutputFormat::Csv | OutputFormat::Tsv);
    let raw = matches!(format, OutputFormat::Json | OutputFormat::Xml);
    let for_people =
        matches!(format, OutputFormat::Table | OutputFormat::Record | OutputFormat::Markdown);
    let secret_typed = [&args.user, &args.password, &args.ticket, &args.token, &args.xsrf_token]
        .into_iter()
        .chain([&args.cookie, &args.app_token])
        .any(Option::is_some);
    let selects = !args.select.is_empty() || environment.get(SELECT).is_some();
    let refused = [
        (args.no_header && !separated, "--no-header", "is for -o csv and -o tsv"),
        (args.delimiter.is_some() && !separated, "--delimiter", "is for -o csv and -o tsv"),
        (args.bom && !separated, "--bom", "is for -o csv and -o tsv"),
        (args.guard_formulas && !separated, "--guard-formulas", "is for -o csv and -o tsv"),
        (
            args.dates.is_some() && raw,
            "--dates",
            "does nothing with -o json and -o xml, which are never rewritten",
        ),
        (
            args.dates == Some(DateStyle::Relative) && !for_people && !raw,
            "--dates relative",
            "is for -o table, -o record and -o markdown",
        ),
        (args.any_field && !selects, "--any-field", "goes with --select"),
        (
            args.allow_missing && format == OutputFormat::Xml,
            "--allow-missing",
            "does nothing with -o xml, whose tickets are not counted",
        ),
        (args.no_auth && secret_typed, "--no-auth", "sends no credential, and one is given"),
        (
            args.demo && args.url.is_some(),
            "--demo",
            "asks the built-in server, and --url names another",
        ),
        (
            args.demo && args.allow_plain_http,
            "--allow-plain-http",
            "does nothing with --demo, which stays on this machine",
        ),
        (
            args.demo && args.dry_run,
            "--dry-run",
            "would show a server that --demo ends with the call; start `sotickets demo` and give its --url",
        ),
    ];
    match refused.iter().find(|(refused, ..)| *refused) {
        Some((_, option, why)) => Err(Error::usage(format!("{option} {why}"))),
        None => Ok(()),
    }
}
