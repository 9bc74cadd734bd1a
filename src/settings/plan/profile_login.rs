//! The plan of `auth login` with a credential: the profile to write, and the call that checks it.

use crate::api::endpoint;
use crate::auth::oauth::store::SessionStore;
use crate::auth::stored_secret::StoredSecret;
use crate::cli::auth::LoginArgs;
use crate::context::Variables;
use crate::error::{Error, Result};
use crate::fs::dirs;
use crate::secret::secret_origin::SecretOrigin;
use crate::secret::secret_ref::{SecretRef, SecretSource};
use crate::secret::secret_store::SecretStore;
use crate::source::{Source, Sourced};

use crate::settings::Settings;
use crate::settings::config::PROFILE_OPTION;
use crate::settings::plan::call::{self, CallPlan};
use crate::settings::plan::login;
use crate::settings::plan::profile_target::{
    self, Keys, ProfileTarget, Profiles, environment_key, is_same_site, is_same_tenant,
    optional_keys, replaced, setting_of, source_text,
};
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::credential::{self, CredentialPlan};
use crate::settings::resolve::target::{self, Target};

/// A profile that is checked, and then written.
pub(crate) struct ProfileLogin {
    pub(crate) profile: ProfileTarget,
    /// The call that checks the credential.
    pub(crate) call: CallPlan,
    /// The secrets that this program keeps after the check, each with its place.
    pub(crate) stored_secrets: Vec<(&'static Setting, StoredSecret)>,
    /// The sign-in with the browser that the credential replaces: no call would use it any more.
    pub(crate) former_sign_in: Option<SessionStore>,
}

/// Resolves and checks `args`. `settings` are those without a profile; with `existing`, a profile
/// that is signed in again, its keys complete them. `variables` may override the profile. Reads no
/// secret, except to find out which stored one is missing.
pub(crate) fn plan(
    args: &LoginArgs,
    mut settings: Settings<'_>,
    profiles: &Profiles,
    existing: Option<&Profile>,
    variables: &Variables,
) -> Result<ProfileLogin> {
    check_options(args)?;
    settings.profile = existing.map(|existing| sourced(existing.clone()));
    if find_target(&settings).is_none() {
        return Err(no_target(args));
    }
    let target = target::find(&settings, None)?.value;
    let (name, base) = match existing {
        Some(existing) => (existing.name.clone(), base_of_existing(args, existing, variables)?),
        None => {
            let credential = credential::plan(&settings)?.ok_or_else(no_credential)?;
            let environment = environment_key(&settings).map(|(_, text)| text);
            let name = name(args, &target, user(&credential), environment.as_deref(), profiles)?;
            let base = base(&name, profiles, &target, environment);
            (name, base)
        }
    };
    settings.profile = Some(sourced(base));
    let mut call = call::plan(&settings, false)?;
    name_prompts(&mut call, args, existing);
    let credential = call.credential.as_ref().filter(|it| it.sign_in().is_none());
    let user = user(credential.ok_or_else(no_credential)?);
    call::check_stdin(std::iter::empty(), &call.all_secrets())?;
    let mut keys = target_keys(&target, &settings);
    keys.extend(user.map(|user| (registry::USER.key, user.to_owned())));
    let stored = add_secrets(&mut keys, args, &call, &settings, existing)?;
    keys.extend(optional_keys(&settings)?);
    if is_plain_http_allowed(args, &target, &settings) {
        keys.push((registry::ALLOW_PLAIN_HTTP.key, true.to_string()));
    }
    if let Some(existing) = existing {
        keep_others(&mut keys, existing);
    }
    let former_sign_in = former_sign_in(&name, &keys, profiles, variables)?;
    let profile = profiles.target(name, keys, args, variables)?;
    let reference = profiles.reference(&profile.name);
    let stored = stored.into_iter().map(|(setting, secret)| {
        let store = store_for(args, existing, setting);
        let origin = login::store_origin(args).to_owned();
        (setting, StoredSecret::new(&secret, &reference, store, origin))
    });
    Ok(ProfileLogin { stored_secrets: stored.collect(), profile, call, former_sign_in })
}

fn sourced(profile: Profile) -> Sourced<Profile> {
    Sourced::new(profile, Source::Option(PROFILE_OPTION))
}

fn user(credential: &CredentialPlan) -> Option<&str> {
    match credential {
        CredentialPlan::Basic { user, .. } => Some(user),
        _ => None,
    }
}

/// Returns the address or the tenant that the settings name.
fn find_target(settings: &Settings<'_>) -> Option<Sourced<String>> {
    settings.find(&registry::URL).or_else(|| settings.find(&registry::TENANT))
}

/// Returns the store for `setting` if a person types it. A secret that is stored for `existing`
/// stays in its store.
fn store_for(args: &LoginArgs, existing: Option<&Profile>, setting: &Setting) -> SecretStore {
    let old = existing.and_then(|existing| existing.values.get(setting.key));
    let stored = old.and_then(|old| SecretStore::from_source(&old.value));
    args.store.or(stored).unwrap_or_default()
}

/// Adds the keys of the secrets of `call`. Returns those that this program keeps.
fn add_secrets(
    keys: &mut Keys,
    args: &LoginArgs,
    call: &CallPlan,
    settings: &Settings<'_>,
    existing: Option<&Profile>,
) -> Result<Vec<(&'static Setting, SecretRef)>> {
    let mut stored = Vec::new();
    for secret in call.secrets() {
        let Some(setting) = setting_of(secret) else { continue };
        let typed = setting.option_text(settings.call);
        let is_variable = matches!(secret.source, SecretSource::Variable(_));
        let old = existing.and_then(|existing| existing.values.get(setting.key));
        let old = old.map(|old| old.value.as_str()).filter(|_| typed.is_none() && !is_variable);
        let text = match old {
            // The user's own source stays.
            Some(old) if !is_stored(old) || !secret.is_typed() => Some(old.to_owned()),
            _ => source_text(secret, typed.as_deref())?,
        };
        keys.push(match text {
            Some(text) => (setting.key, text),
            None => {
                stored.push((setting, secret.clone()));
                (setting.key, store_for(args, existing, setting).source().to_owned())
            }
        });
    }
    Ok(stored)
}

/// Returns true for the source of a secret that this program keeps.
fn is_stored(source: &str) -> bool {
    SecretStore::from_source(source).is_some()
}

/// Returns the keys of the address, or of the tenant with its environment.
fn target_keys(target: &Target, settings: &Settings<'_>) -> Keys {
    match target {
        Target::Address(address) => {
            let own = settings.get(crate::settings::Layer::Profile, &registry::URL);
            let own = own.map(|own| own.value).filter(|_| settings.call.url.is_none());
            vec![(registry::URL.key, own.unwrap_or_else(|| endpoint::site(address).to_owned()))]
        }
        Target::Tenant(tenant) => {
            let tenant = (registry::TENANT.key, tenant.name.clone());
            std::iter::once(tenant).chain(environment_key(settings)).collect()
        }
    }
}

/// Returns the sign-in with the browser that a credential in `keys` replaces. It stays in a profile
/// that had both.
fn former_sign_in(
    name: &str,
    keys: &Keys,
    profiles: &Profiles,
    variables: &Variables,
) -> Result<Option<SessionStore>> {
    let is_dropped = keys.iter().all(|(key, _)| *key != registry::CLIENT_ID.key);
    let had_credential = match profiles.find(name) {
        Some(old) => !old.credential_secrets()?.is_empty(),
        None => false,
    };
    let reference = Some(profiles.reference(name));
    let store = dirs::state(variables).map(|folder| SessionStore::new(&folder, reference));
    Ok(store.filter(|store| (is_dropped || !had_credential) && store.exists()))
}

/// Adds the keys of a profile that is signed in `existing` which belong to no credential of a call.
fn keep_others(keys: &mut Keys, existing: &Profile) {
    use registry::{ALLOW_PLAIN_HTTP, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, USER};
    for setting in [&USER, &CLIENT_ID, &CLIENT_SECRET, &REDIRECT_URI, &ALLOW_PLAIN_HTTP] {
        let is_there = keys.iter().any(|(key, _)| *key == setting.key);
        let old = existing.find(setting).filter(|_| !is_there);
        keys.extend(old.map(|old| (setting.key, old.value)));
    }
}

/// Checks that each option has an effect.
fn check_options(args: &LoginArgs) -> Result<()> {
    let of_browser = [
        (args.client_id.is_some(), "--client-id"),
        (args.client_secret.is_some(), "--client-secret"),
        (args.redirect_uri.is_some(), "--redirect-uri"),
        (args.no_browser, "--no-browser"),
    ];
    let of_tenant =
        [(args.tenant.is_some(), "--tenant"), (args.environment.is_some(), "--environment")];
    let of_tenant = of_tenant.into_iter().filter(|_| args.url.is_some());
    let mut refused = of_tenant.chain(of_browser).filter(|(is_given, _)| *is_given);
    let Some((_, option)) = refused.next() else { return Ok(()) };
    let with = match args.url {
        Some(_) => "--url",
        None => given_credential(args).unwrap_or("the credential of the profile"),
    };
    Err(Error::usage(format!(
        "{option} does nothing with {with}; it is for the sign-in to Online with the browser"
    )))
}

/// Returns the first option for a part of a credential that is given.
pub(crate) fn given_credential(args: &LoginArgs) -> Option<&'static str> {
    let given = [
        (args.user.is_some(), "--user"),
        (args.password.is_some(), "--password"),
        (args.ticket.is_some(), "--ticket"),
        (args.token.is_some(), "--token"),
        (args.system_user_token.is_some(), "--system-user-token"),
        (args.private_key.is_some(), "--private-key"),
    ];
    given.into_iter().find(|(is_given, _)| *is_given).map(|(_, option)| option)
}

/// Returns the name of the profile: that of `args`, or the first one after the host or the tenant
/// that is free, or belongs to the same target and user.
fn name(
    args: &LoginArgs,
    target: &Target,
    user: Option<&str>,
    environment: Option<&str>,
    profiles: &Profiles,
) -> Result<String> {
    if let Some(name) = &args.profile.profile {
        profiles.check_name(name, PROFILE_OPTION)?;
        return Ok(name.clone());
    }
    let has_user =
        |profile: &Profile| profile.find(&registry::USER).map(|it| it.value).as_deref() == user;
    Ok(match target {
        Target::Address(address) => {
            let host = address.url().host_str().unwrap_or_default().replace('_', "-");
            profiles.name_after(&host, |it| is_same_site(it, address) && has_user(it))
        }
        Target::Tenant(tenant) => profiles.name_after(&tenant.name, |it| {
            is_same_tenant(it, &tenant.name, environment)
                && has_user(it)
                && it.find(&registry::CLIENT_ID).is_none()
        }),
    })
}

/// Returns the profile for the check: the target with the keys of the old profile that stay.
fn base(name: &str, profiles: &Profiles, target: &Target, environment: Option<String>) -> Profile {
    let stays = |old: &Profile, setting: &Setting| {
        let Target::Address(address) = target else { return false };
        setting.key == registry::ALLOW_PLAIN_HTTP.key && is_same_site(old, address)
    };
    let values = profiles
        .find(name)
        .map(|old| profile_target::values_that_stay(old, |setting| stays(old, setting)));
    let mut values = values.unwrap_or_default();
    let mut insert = |setting: &Setting, text: String| {
        values.insert(setting.key, Sourced::new(text, Source::Option(setting.option)));
    };
    match target {
        Target::Address(address) => insert(&registry::URL, endpoint::site(address).to_owned()),
        Target::Tenant(tenant) => {
            insert(&registry::TENANT, tenant.name.clone());
            if let Some(environment) = environment {
                insert(&registry::ENVIRONMENT, environment);
            }
        }
    }
    let (file, file_id) = (profiles.file.clone(), profiles.file_id.clone());
    Profile { name: name.to_owned(), file, file_id, values }
}

/// Names the prompt as the origin of the secrets that are asked for, but that neither an option nor
/// the profile has as `prompt`.
fn name_prompts(call: &mut CallPlan, args: &LoginArgs, existing: Option<&Profile>) {
    let is_own = |secret: &SecretRef| {
        let own = existing.zip(setting_of(secret)).and_then(|(it, setting)| it.find(setting));
        own.is_some_and(|own| own.value == PROMPT)
    };
    let credential = call.credential.iter_mut().flat_map(CredentialPlan::secrets_mut);
    for secret in credential.chain(&mut call.app_token) {
        let is_asked = if secret.profile.is_some() { !is_own(secret) } else { args.asks_secret };
        if secret.source == SecretSource::Prompt && is_asked {
            secret.origin = SecretOrigin::new("", "the prompt", "");
        }
    }
}

/// Returns the profile for the check of a profile that is signed in `existing`: without its secrets
/// where others are given; else with a prompt in place of the stored secret. A stored secret
/// that is missing is asked for, too.
fn base_of_existing(
    args: &LoginArgs,
    existing: &Profile,
    variables: &Variables,
) -> Result<Profile> {
    use registry::{ALLOW_PLAIN_HTTP, APP_TOKEN, ENVIRONMENT, PASSWORD, TENANT, TICKET, TOKEN};
    use registry::{URL, USER};
    if given_credential(args).is_some() {
        let of_target = [&URL, &TENANT, &ENVIRONMENT, &USER, &ALLOW_PLAIN_HTTP];
        let stays = |setting: &Setting| {
            let is_app_token = setting.key == APP_TOKEN.key && args.system_user_token.is_none();
            is_app_token || of_target.iter().any(|it| it.key == setting.key)
        };
        let values = profile_target::values_that_stay(existing, stays);
        return with_prompts(Profile { values, ..existing.clone() }, variables);
    }
    let mut values = existing.values.clone();
    for setting in [&PASSWORD, &TICKET, &TOKEN] {
        if let Some(source) = values.get_mut(setting.key).filter(|it| is_stored(&it.value)) {
            PROMPT.clone_into(&mut source.value);
        }
    }
    let has_secret = registry::ALL.into_iter().chain(registry::SYSTEM_USER).any(|setting| {
        setting.secret().is_some()
            && setting.key != registry::CLIENT_SECRET.key
            && values.contains_key(setting.key)
    });
    if let Some(Source::File { line, .. }) = values.get(USER.key).map(|user| &user.source)
        && !has_secret
    {
        let source = Source::File { key: PASSWORD.key, line: line.clone() };
        values.insert(PASSWORD.key, Sourced::new(PROMPT.to_owned(), source));
    }
    with_prompts(Profile { values, ..existing.clone() }, variables)
}

/// Returns `profile` with a prompt in place of each stored secret of its credential that is
/// missing.
fn with_prompts(mut profile: Profile, variables: &Variables) -> Result<Profile> {
    let settings = replaced().chain(registry::SYSTEM_USER);
    for setting in settings.filter(|setting| setting.key != registry::CLIENT_SECRET.key) {
        let Some(secret) = profile.secret(setting)? else { continue };
        let stored = StoredSecret::of_profile(&secret);
        if stored.is_some_and(|stored| matches!(stored.find(variables), Ok(None)))
            && let Some(source) = profile.values.get_mut(setting.key)
        {
            PROMPT.clone_into(&mut source.value);
        }
    }
    Ok(profile)
}

/// The source of a secret that a person types.
pub(crate) const PROMPT: &str = "prompt";

fn is_plain_http_allowed(args: &LoginArgs, target: &Target, settings: &Settings<'_>) -> bool {
    let Target::Address(address) = target else { return false };
    let before = settings.profile().and_then(|profile| profile.find(&registry::ALLOW_PLAIN_HTTP));
    let is_allowed_before = before.is_some_and(|before| before.value == "true");
    address.is_plain_http()
        && !address.is_loopback()
        && (args.allow_plain_http || is_allowed_before)
}

fn no_target(args: &LoginArgs) -> Error {
    let option = given_credential(args).unwrap_or("a credential");
    Error::usage(format!("{option} goes with --url or --tenant, and neither is given"))
        .hint("name the installation: --url https://crm.example.com/SuperOffice")
        .hint("or the tenant of Online: --tenant Cust12345")
}

fn no_credential() -> Error {
    Error::usage("no credential is given")
        .hint("add --user NAME --password prompt, --ticket SRC, or --token SRC")
}
