//! `sotickets auth logout`: removes what is kept for a profile, its secrets, its sign-in and the
//! ticket of its system user, and revokes the tokens of the sign-in.

use crate::auth::oauth::client::{Application, OAuthClient};
use crate::auth::oauth::session_removal::RemovedSession;
use crate::auth::oauth::store::SessionStore;
use crate::auth::stored_secret::StoredSecret;
use crate::auth::system_user;
use crate::cli::auth::LogoutArgs;
use crate::cli::get::CallArgs;
use crate::commands::messages;
use crate::commands::transport::with_transport;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::escape::display_path;
use crate::http::network::Network;
use crate::settings::config::PROFILE_OPTION;
use crate::settings::config_edit::ConfigEdit;
use crate::settings::config_writer::ConfigWriter;
use crate::settings::plan::login;
use crate::settings::profile::Profile;
use crate::settings::resolve::target;
use crate::settings::{Settings, registry};
use crate::source::{Source, Sourced};
use crate::tenant::Tenant;

/// Signs out.
///
/// # Errors
/// If the sign-in or the profile cannot be removed, or the service does not revoke the tokens.
pub(super) fn run(args: &LogoutArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let call = login::call(&args.profile, Some(&args.network));
    if args.all {
        return Ok(run_all(args, &call, context)?);
    }
    let (settings, store) = load(&call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let removal = if args.forget { Some(plan_removal(&settings)?) } else { None };
    Ok(sign_out(&store, &settings, removal, args, context)?)
}

/// Loads the settings, and the store of the sign-in. There may be a sign-in of a profile that the
/// file has no more.
fn load<'a>(call: &'a CallArgs, context: &Context<'_>) -> Result<(Settings<'a>, SessionStore)> {
    let error = match Settings::load(call, context) {
        Ok(settings) => {
            let store = login::store(&settings)?;
            return Ok((settings, store));
        }
        Err(error) => error,
    };
    let Some(name) = &call.profile else { return Err(error) };
    let (settings, _) = Settings::load_each(call, context)?;
    let store = login::store_of(&settings, Some(name))?;
    if settings.profile_names.contains(name) || !store.exists() {
        return Err(error);
    }
    Ok((settings, store))
}

/// Removes what is kept for every profile, and every stored sign-in. An error of one does not keep the others.
fn run_all(args: &LogoutArgs, call: &CallArgs, context: &mut Context<'_>) -> Result<()> {
    let (settings, file) = Settings::load_without_profile(call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let profiles = file.map_or(Vec::new(), |file| file.profiles);
    let mut sign_ins = Vec::new();
    let mut stores = login::all_stores(&settings)?;
    for profile in &profiles {
        let has_store = stores.iter().any(|store| store.profile() == Some(&profile.name));
        let secrets = if has_store { Vec::new() } else { profile.credential_secrets()? };
        let has_stored = secrets.iter().any(|secret| StoredSecret::of_profile(secret).is_some());
        if has_stored || (args.forget && !has_store) {
            stores.push(login::store_of(&settings, Some(&profile.name))?);
        }
    }
    for store in stores {
        let profile = profiles.iter().find(|profile| store.profile() == Some(&profile.name));
        let profile = profile.map(|profile| Sourced::new(profile.clone(), Source::Option("--all")));
        let settings = Settings { profile, ..settings.clone() };
        let is_removed = args.forget && settings.profile.is_some();
        // Before any sign-in is removed.
        let removal = if is_removed { Some(plan_removal(&settings)?) } else { None };
        sign_ins.push((store, settings, removal));
    }
    let had_ticket = system_user::remove_all_tickets(&context.variables);
    if had_ticket {
        messages::line(context, "the tickets of system users are forgotten");
    } else if sign_ins.is_empty() {
        messages::line(context, NOTHING_KEPT);
    }
    let mut errors = Vec::new();
    for (store, settings, removal) in sign_ins {
        errors.extend(sign_out(&store, &settings, removal, args, context).err());
    }
    Error::join(errors).map_or(Ok(()), Err)
}

const NOTHING_KEPT: &str = "nothing was kept";

/// The hint for a keyring that does not answer.
const FORGET_HINT: &str = "--forget removes the profile with its sign-in, and leaves the keyring";

/// The removal of a profile from its file, which has been checked.
struct ProfileRemoval {
    profile: Profile,
    writer: ConfigWriter,
    edit: ConfigEdit,
}

/// Prepares the removal of the profile in use.
fn plan_removal(settings: &Settings<'_>) -> Result<ProfileRemoval> {
    let Some(profile) = settings.profile() else {
        return Err(Error::usage("--forget: no profile is in use")
            .hint(format!("name the profile with {PROFILE_OPTION} NAME")));
    };
    let (writer, mut edit) = (ConfigWriter::new(&profile.file), ConfigEdit::default());
    edit.remove_profile(&profile.name);
    writer.preview(&edit)?;
    Ok(ProfileRemoval { profile: profile.clone(), writer, edit })
}

impl ProfileRemoval {
    /// Removes the profile.
    fn apply(&self, context: &mut Context<'_>) -> Result<()> {
        let changes = self.writer.apply(&self.edit)?;
        let was_default = changes.iter().any(|change| change.path.len() == 1);
        let then = if was_default { "; there is no default profile now" } else { "" };
        let (name, file) = (self.profile.display_name(), display_path(&self.profile.file));
        messages::line(context, &format!("{name} is removed from {file}{then}"));
        Ok(())
    }
}

/// Removes the sign-in of `store`, then the profile, and revokes the tokens.
fn sign_out(
    store: &SessionStore,
    settings: &Settings<'_>,
    removal: Option<ProfileRemoval>,
    args: &LogoutArgs,
    context: &mut Context<'_>,
) -> Result<()> {
    let has_own_credential = forget_secrets(settings, removal.is_some(), context)?;
    let hint = settings.profile().map(|_| FORGET_HINT);
    let removed = remove(store, removal.is_some(), hint, args.verbose, context)?;
    match (&removed, &removal) {
        (Some(_), _) => messages::line(context, &format!("{} is forgotten", store.label())),
        (None, _) if has_own_credential => {}
        (None, _) => match settings.profile() {
            Some(profile) => {
                let text = format!("{NOTHING_KEPT} for {}", profile.display_name());
                messages::line(context, &text);
            }
            None => messages::line(context, NOTHING_KEPT),
        },
    }
    let profile_removed = removal.map_or(Ok(()), |removal| removal.apply(context));
    let revoked = match removed {
        None => Ok(()),
        Some(removed) => revoke_removed(&removed, settings, args.verbose, context),
    };
    Error::join([profile_removed.err(), revoked.err()].into_iter().flatten()).map_or(Ok(()), Err)
}

/// Removes the sign-in of `store`, if there is one, and revokes its tokens.
///
/// # Errors
/// If it cannot be removed, or the service does not revoke the tokens.
pub(super) fn forget_sign_in(
    store: &SessionStore,
    settings: &Settings<'_>,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<()> {
    let Some(removed) = remove(store, true, None, verbose, context)? else { return Ok(()) };
    messages::line(context, &format!("{} is forgotten", store.label()));
    revoke_removed(&removed, settings, verbose, context)
}

/// Removes the sign-in of `store` by [`SessionStore::remove`].
fn remove(
    store: &SessionStore,
    ignores_keyring_errors: bool,
    hint: Option<&'static str>,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<Option<RemovedSession>> {
    with_transport(context, &Network::default(), verbose, |transport| {
        if !store.exists() {
            return Ok(None);
        }
        let _lock = store.lock(transport)?;
        store.remove(ignores_keyring_errors, hint)
    })
}

/// Removes the secrets that this program keeps for the profile, and reports each. Returns false if
/// the profile has no secret.
///
/// # Errors
/// If a secret is kept, and cannot be removed. For a profile that `is_removed` that is a warning: a
/// keyring may be gone for good.
fn forget_secrets(
    settings: &Settings<'_>,
    is_removed: bool,
    context: &mut Context<'_>,
) -> Result<bool> {
    let Some(profile) = settings.profile() else { return Ok(false) };
    if forget_ticket(profile, context) {
        let text = format!("the system user's ticket of {} is forgotten", profile.display_name());
        messages::line(context, &text);
    }
    let secrets = profile.credential_secrets()?;
    for secret in &secrets {
        let (label, name) = (&secret.label, profile.display_name());
        let Some(stored) = StoredSecret::of_profile(secret) else {
            let origin = secret.safe_origin(&context.variables);
            messages::line(context, &format!("nothing was kept for {origin}, which is your own"));
            continue;
        };
        let removed = stored.find(&context.variables).and_then(|found| {
            stored.remove(&context.variables)?;
            Ok(found.is_some())
        });
        match removed {
            Ok(true) => messages::line(context, &format!("the {label} of {name} is forgotten")),
            Ok(false) => messages::line(context, &format!("no {label} of {name} was kept")),
            Err(error) if is_removed => {
                let text = format!("the {label} of {name} may still be kept: {error}");
                messages::warning(context, &text);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(!secrets.is_empty())
}

/// Removes the stored ticket of the profile's system user. Returns true if there was one. It ends
/// by itself, so that a token that only a program or a person knows is no reason to ask for it.
fn forget_ticket(profile: &Profile, context: &Context<'_>) -> bool {
    let variables = &context.variables;
    let secret = |setting| StoredSecret::peek(&profile.secret(setting).ok()??, variables);
    let tenant = || {
        let environment = target::environment(profile.find(&registry::ENVIRONMENT)).ok()?;
        let tenant = profile.find(&registry::TENANT)?;
        Tenant::new(&tenant.value, registry::TENANT.key, environment).ok()
    };
    let token = secret(&registry::SYSTEM_USER_TOKEN);
    let application = secret(&registry::SYSTEM_USER_APPLICATION_TOKEN);
    match (tenant(), token, application) {
        (Some(tenant), Some(token), Some(application)) => {
            system_user::remove_ticket(&tenant, &token, &application, variables)
        }
        _ => false,
    }
}

/// Revokes the tokens of a sign-in that is removed.
fn revoke_removed(
    removed: &RemovedSession,
    settings: &Settings<'_>,
    verbose: bool,
    context: &mut Context<'_>,
) -> Result<()> {
    let (tokens, leftover) = (removed.tokens.as_ref(), removed.leftover.as_ref());
    if let Some(error) = leftover {
        let place = "may still be in the keyring";
        let text = match tokens {
            Some(_) => format!("its tokens {place}: {error}"),
            None => format!("its tokens are not revoked, and {place}: {error}"),
        };
        messages::warning(context, &text);
    }
    let Some((session, tokens)) = removed.session.as_ref().zip(tokens) else {
        if leftover.is_none() {
            messages::warning(context, "it was damaged, and so could not be revoked");
        }
        return Ok(());
    };
    let revoked = session.environment().and_then(|environment| {
        let connection = login::connection(settings, &environment, context)?;
        messages::warn_if_unchecked(context, &connection, &environment.address());
        let application =
            Application { id: session.client_id.clone(), secret: tokens.client_secret.clone() };
        with_transport(context, &connection, verbose, |transport| {
            let client = OAuthClient::discover(&environment, &application, transport)?;
            match &tokens.refresh {
                Some(refresh) => client.revoke(refresh, "refresh_token", transport),
                None => client.revoke(&tokens.access, "access_token", transport),
            }
        })
    });
    match revoked {
        Ok(true) => messages::line(context, "its tokens are revoked"),
        Ok(false) => messages::line(
            context,
            "the service has no address to revoke tokens: the last one is valid until it ends",
        ),
        Err(error) => return Err(error.hint("the tokens may be valid until they end")),
    }
    Ok(())
}
