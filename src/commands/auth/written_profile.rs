//! The profile that `auth login` writes: previewed, written and reported.

use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::context::{Context, Variables};
use crate::error::Result;
use crate::escape;
use crate::secret::keyring;
use crate::secret::profile_ref::config_option;
use crate::settings::config_edit::KeyChange;
use crate::settings::config_writer::ConfigWriter;
use crate::settings::plan::profile_target::ProfileTarget;
use crate::shell_words;

/// Returns the warning about a secret of `size` bytes that goes to a file in place of the keyring.
pub(super) fn oversize(label: &str, size: usize) -> String {
    let limit = keyring::MAX_SIZE.unwrap_or_default();
    format!(
        "{size} bytes of the {label} are more than the {limit} that the keyring takes; a file keeps them"
    )
}

/// Checks that `profile` can be written, before a person types something for nothing. Returns what
/// would change.
///
/// # Errors
/// Those of the configuration file.
pub(super) fn preview(profile: &ProfileTarget) -> Result<Vec<KeyChange>> {
    ConfigWriter::new(&profile.file).preview(&profile.edit())
}

/// Writes `profile`. Returns what changed.
///
/// # Errors
/// Those of the configuration file, which is unchanged then.
pub(super) fn write(profile: &ProfileTarget) -> Result<Vec<KeyChange>> {
    ConfigWriter::new(&profile.file).apply(&profile.edit())
}

/// Removes the stored secrets of the profile before that `profile` does not use.
pub(super) fn remove_leftovers(profile: &ProfileTarget, variables: &Variables) {
    for leftover in &profile.leftovers {
        // It is never read: it is no reason to fail.
        let _ = leftover.remove(variables);
    }
}

/// Reports the `changes` of a profile that was there before.
pub(super) fn report_changes(changes: &[KeyChange], context: &mut Context<'_>) {
    if changes.iter().any(|change| change.before.is_some()) {
        changes.iter().flat_map(KeyChange::lines).for_each(|it| messages::line(context, &it));
    }
}

/// Reports what was written, and what a call uses in its place.
pub(super) fn report(profile: &ProfileTarget, args: &LoginArgs, context: &mut Context<'_>) {
    let name = escape::excerpt(&profile.name, 60);
    let file = escape::display_path(&profile.file);
    let default = if profile.becomes_default { ", the default," } else { "" };
    messages::line(context, &format!("profile '{name}'{default} is in {file}"));
    if let Some(url) = &args.ticket_url {
        let url = escape::visible(url);
        messages::line(context, &format!("its tickets are at {url}, for links and sotickets open"));
    }
    if !profile.becomes_default {
        let name = escape::visible(&profile.name);
        let name = shell_words::quote(&name);
        let config = config_option(args.profile.config.as_deref());
        messages::hint(
            context,
            &format!(
                "sotickets get 839 --profile {name}{config} uses it; sotickets auth switch {name}{config} makes it the default"
            ),
        );
    }
    if args.network.insecure {
        messages::warning(context, "--insecure is not kept: calls check the certificate");
        messages::hint(context, "--cacert FILE trusts one authority, and is kept");
    }
    if args.network.proxy.as_ref().is_some_and(|proxy| proxy.contains('@')) {
        messages::warning(context, "the user of the proxy is not kept");
        messages::hint(
            context,
            "SOTICKETS_PROXY may hold user and password; or give --proxy to each command",
        );
    }
    if let [_, ..] = profile.overriding.as_slice() {
        let names = profile.overriding.join(", ");
        messages::warning(context, &format!("calls use {names} in place of the profile"));
        messages::hint(context, "a variable overrides a profile; unset it to use the profile");
    }
}
