//! The plan of `sotickets auth login --url`: the profile to write, and the call that checks it.

use std::collections::BTreeMap;
use std::path::{self, Path, PathBuf};

use crate::api::endpoint;
use crate::auth::kept_secret::{KeptPlace, KeptSecret};
use crate::cli::auth::{LoginArgs, StoreChoice};
use crate::cli::get::CallArgs;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::secret::secret_ref::{SecretRef, SecretSource};
use crate::source::{Source, Sourced};

use crate::settings::config_file::ConfigFile;
use crate::settings::plan::call::{self, CallPlan};
use crate::settings::plan::login;
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting, ValueType};
use crate::settings::resolve::credential::{self, CredentialPlan};
use crate::settings::{Settings, config};

/// A profile that is checked, and then written.
pub(crate) struct ProfileLogin {
    /// The configuration file; it may not exist yet.
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    /// The keys to write, each with its text.
    pub(crate) keys: Vec<(&'static str, String)>,
    /// The keys to remove.
    pub(crate) obsolete: Vec<&'static str>,
    /// True if it is the default profile from then on.
    pub(crate) becomes_default: bool,
    /// The call that checks the credential.
    pub(crate) call: CallPlan,
    /// The secrets that this program keeps after the check, each with its place.
    pub(crate) kept: Vec<(&'static Setting, KeptSecret)>,
    /// The kept secrets of the profile before, which the new one does not use.
    pub(crate) leftovers: Vec<KeptSecret>,
    /// The variables that override the profile.
    pub(crate) overriding: Vec<&'static str>,
}

/// The settings of address and credential: those that are not typed are removed.
const REPLACED: [&Setting; 14] = [
    &registry::URL,
    &registry::TENANT,
    &registry::ENVIRONMENT,
    &registry::USER,
    &registry::PASSWORD,
    &registry::TICKET,
    &registry::TOKEN,
    &registry::XSRF_TOKEN,
    &registry::COOKIE,
    &registry::APP_TOKEN,
    &registry::CLIENT_ID,
    &registry::CLIENT_SECRET,
    &registry::REDIRECT_URI,
    &registry::ALLOW_PLAIN_HTTP,
];

/// The other settings that are written if they are typed.
const OPTIONAL: [&Setting; 6] = [
    &registry::BASIC_CHARSET,
    &registry::LANGUAGE,
    &registry::TIMEZONE,
    &registry::CACERT,
    &registry::CLIENT_CERT,
    &registry::CLIENT_KEY,
];

/// Returns the options of `auth login --url` that every call has.
pub(crate) fn call(args: &LoginArgs) -> CallArgs {
    CallArgs {
        url: args.url.clone(),
        user: args.user.clone(),
        password: args.password.clone(),
        ticket: args.ticket.clone(),
        token: args.token.clone(),
        app_token: args.app_token.clone(),
        basic_charset: args.basic_charset.clone(),
        language: args.language.clone(),
        timezone: args.timezone.clone(),
        timeout: args.timeout.clone(),
        allow_plain_http: args.allow_plain_http,
        ..login::call(&args.profile, Some(&args.network))
    }
}

/// Resolves and checks `args`. `settings` are those without a profile, and `configured` is the
/// content of their file. Reads no secret.
pub(crate) fn plan(
    args: &LoginArgs,
    mut settings: Settings<'_>,
    configured: Option<ConfigFile>,
) -> Result<ProfileLogin> {
    check_options(args)?;
    let address = endpoint::parse(args.url.as_deref().unwrap_or_default(), "--url")?;
    let file = match &settings.file {
        Some(file) => file.value.clone(),
        None => config::default_path(&settings.variables).ok_or_else(no_folder)?,
    };
    let user = match credential::plan(&settings)?.ok_or_else(no_credential)? {
        CredentialPlan::Basic { user, .. } => Some(user),
        _ => None,
    };
    let (profiles, default) =
        configured.map_or((Vec::new(), None), |file| (file.profiles, file.default_profile));
    let name = name(args, &address, user.as_deref(), &profiles)?;
    let old = profiles.into_iter().find(|profile| profile.name == name);
    settings.profile = Some(Sourced::new(
        base(&name, &file, old.as_ref(), &address),
        Source::Option(config::PROFILE_OPTION),
    ));
    let call = call::plan(&settings, false)?;
    call::check_stdin(std::iter::empty(), &call.all_secrets())?;
    let keys = keys(args, &address, user, &call, &settings)?;
    let (mut obsolete, mut leftovers) = (Vec::new(), Vec::new());
    if let Some(old) = &old {
        check_replacement(old, &keys, args)?;
        obsolete = obsolete_keys(old, &keys);
        leftovers = self::leftovers(old, &keys)?;
    }
    let is_default = default.is_none_or(|it| it.value == name);
    Ok(ProfileLogin {
        becomes_default: args.default || is_default,
        overriding: overriding(&settings, &keys),
        kept: kept(args, &call, &name),
        file,
        name,
        keys,
        obsolete,
        call,
        leftovers,
    })
}

const fn place(args: &LoginArgs) -> (KeptPlace, &'static str) {
    match args.store {
        StoreChoice::Keyring => (KeptPlace::Keyring, "--store keyring"),
        StoreChoice::File => (KeptPlace::File, "--store file"),
    }
}

/// Returns the places of the secrets of `call` that a person types, or that come once.
fn kept(args: &LoginArgs, call: &CallPlan, name: &str) -> Vec<(&'static Setting, KeptSecret)> {
    let (place, option) = place(args);
    let secrets = call.secrets().into_iter();
    let typed =
        secrets.filter(|it| matches!(it.source, SecretSource::Prompt | SecretSource::Stdin));
    let kept = |secret: &SecretRef| {
        Some((setting_of(secret)?, KeptSecret::new(secret, name, place, option.to_owned())))
    };
    typed.filter_map(kept).collect()
}

/// Returns the keys of the profile, each with its text.
fn keys(
    args: &LoginArgs,
    address: &Address,
    user: Option<String>,
    call: &CallPlan,
    settings: &Settings<'_>,
) -> Result<Vec<(&'static str, String)>> {
    let mut keys = vec![(registry::URL.key, endpoint::site(address).to_owned())];
    keys.extend(user.map(|user| (registry::USER.key, user)));
    for secret in call.secrets() {
        if let Some(setting) = setting_of(secret) {
            keys.push((setting.key, source_text(secret, setting, place(args).0, settings)?));
        }
    }
    for setting in OPTIONAL {
        let Some(text) = (setting.option_value)(settings.call) else { continue };
        let text = match setting.value_type {
            ValueType::Path => absolute(Path::new(text))?,
            _ => text.to_owned(),
        };
        keys.push((setting.key, text));
    }
    if address.is_plain_http()
        && !address.is_loopback()
        && (args.allow_plain_http || is_allowed_before(settings))
    {
        keys.push((registry::ALLOW_PLAIN_HTTP.key, true.to_string()));
    }
    Ok(keys)
}

/// Checks that `old` changes in its secret only, or may be replaced.
fn check_replacement(
    old: &Profile,
    keys: &[(&'static str, String)],
    args: &LoginArgs,
) -> Result<()> {
    let changed = changed_keys(old, keys);
    if changed.is_empty() || args.replace {
        return Ok(());
    }
    let (name, changed) = (old.display_name(), changed.join(", "));
    Err(Error::usage(format!("{name} exists, and would change in {changed}"))
        .hint("--replace replaces it, or name another: --profile NAME"))
}

/// Checks that each option has an effect.
fn check_options(args: &LoginArgs) -> Result<()> {
    let reason = "does nothing with --url; it is for the sign-in to Online with the browser";
    call::refuse(&[
        (args.tenant.is_some(), "--tenant", reason),
        (args.environment.is_some(), "--environment", reason),
        (args.client_id.is_some(), "--client-id", reason),
        (args.client_secret.is_some(), "--client-secret", reason),
        (args.redirect_uri.is_some(), "--redirect-uri", reason),
        (args.no_browser, "--no-browser", reason),
    ])
}

/// Returns the name of the profile: that of `args`, or the first one after the host that is free
/// or belongs to the same address and user.
fn name(
    args: &LoginArgs,
    address: &Address,
    user: Option<&str>,
    profiles: &[Profile],
) -> Result<String> {
    let existing = |name: &str| profiles.iter().find(|profile| profile.name == name);
    if let Some(name) = &args.profile.profile {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if existing(name).is_none() && (name.is_empty() || !name.chars().all(is_plain)) {
            let shown = escape::excerpt(name, 60);
            return Err(Error::usage(format!("--profile: '{shown}' is no name for a profile"))
                .hint("a name has letters, digits, - and _"));
        }
        return Ok(name.clone());
    }
    let host = address.url().host_str().unwrap_or_default();
    let host = host.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-");
    let host = host.trim_matches('-');
    let is_same = |profile: &Profile| {
        is_same_site(profile, address)
            && profile.find(&registry::USER).map(|user| user.value).as_deref() == user
    };
    let names = (1..).map(|number| match number {
        1 => host.to_owned(),
        _ => format!("{host}-{number}"),
    });
    Ok(names.into_iter().find(|name| existing(name).is_none_or(is_same)).unwrap_or_default())
}

fn is_same_site(profile: &Profile, address: &Address) -> bool {
    let url = profile.find(&registry::URL);
    let url = url.and_then(|url| endpoint::parse(&url.value, "").ok());
    url.is_some_and(|url| endpoint::site(&url) == endpoint::site(address))
}

/// Returns the profile for the check: the address with the keys of the `old` profile that stay.
fn base(name: &str, file: &Path, old: Option<&Profile>, address: &Address) -> Profile {
    let mut values = old.map_or_else(BTreeMap::new, |old| old.values.clone());
    let stays = |setting: &Setting| {
        setting.key == registry::ALLOW_PLAIN_HTTP.key
            && old.is_some_and(|old| is_same_site(old, address))
    };
    for setting in REPLACED.iter().chain(&registry::SYSTEM_USER).filter(|it| !stays(it)) {
        values.remove(setting.key);
    }
    let url = endpoint::site(address).to_owned();
    values.insert(registry::URL.key, Sourced::new(url, Source::Option(registry::URL.option)));
    Profile { name: name.to_owned(), file: file.to_owned(), values }
}

fn is_allowed_before(settings: &Settings<'_>) -> bool {
    settings.profile().is_some_and(|profile| profile.find(&registry::ALLOW_PLAIN_HTTP).is_some())
}

/// Returns the setting that `secret` is the value of.
fn setting_of(secret: &SecretRef) -> Option<&'static Setting> {
    registry::ALL.into_iter().find(|setting| setting.variable == secret.variable)
}

/// Returns the source of `secret` as the profile names it.
fn source_text(
    secret: &SecretRef,
    setting: &Setting,
    place: KeptPlace,
    settings: &Settings<'_>,
) -> Result<String> {
    let typed = || (setting.option_value)(settings.call).unwrap_or_default().to_owned();
    Ok(match &secret.source {
        SecretSource::Prompt | SecretSource::Stdin => place.source().to_owned(),
        SecretSource::Variable(name) => format!("env:{name}"),
        SecretSource::File(path) if !path.starts_with("~") => format!("file:{}", absolute(path)?),
        _ => typed(),
    })
}

/// Returns `path`, which starts at the current folder, for a file that may be elsewhere.
fn absolute(path: &Path) -> Result<String> {
    let absolute = path::absolute(path).ok().and_then(|path| path.to_str().map(str::to_owned));
    absolute.ok_or_else(|| {
        let shown = escape::display_path(path);
        Error::usage(format!("the path {shown} cannot be written into a profile"))
            .hint("a path in a profile is absolute and UTF-8")
    })
}

/// Returns the keys that `old` has and the new one does not.
fn obsolete_keys(old: &Profile, keys: &[(&'static str, String)]) -> Vec<&'static str> {
    let mut obsolete: Vec<&str> = REPLACED
        .iter()
        .map(|setting| setting.key)
        .filter(|key| old.values.contains_key(key) && keys.iter().all(|(new, _)| new != key))
        .collect();
    if old.values.contains_key(registry::SYSTEM_USER_TOKEN.key) {
        obsolete.push(registry::SYSTEM_USER_TABLE);
    }
    obsolete
}

/// Returns the keys that are not the same in `old`; another source of the same secret is no
/// change.
fn changed_keys(old: &Profile, keys: &[(&'static str, String)]) -> Vec<&'static str> {
    let mut changed = obsolete_keys(old, keys);
    for (key, new) in keys {
        let setting = registry::ALL.into_iter().find(|setting| setting.key == *key);
        let is_same = old.values.get(key).is_some_and(|old_value| match setting {
            Some(setting) if setting.secret().is_some() => true,
            Some(setting) if setting.value_type == ValueType::Path => {
                old.file.with_file_name(&old_value.value) == Path::new(new)
            }
            Some(setting) if setting.key == registry::URL.key => {
                endpoint::parse(new, "").is_ok_and(|address| is_same_site(old, &address))
            }
            _ => old_value.value == *new,
        });
        if !is_same {
            changed.push(key);
        }
    }
    changed
}

/// Returns the kept secrets of `old` that the new profile does not read any more.
fn leftovers(old: &Profile, keys: &[(&'static str, String)]) -> Result<Vec<KeptSecret>> {
    let mut leftovers = Vec::new();
    for setting in REPLACED {
        let Some(secret) = old.secret(setting)? else { continue };
        let source = old.find(setting).map(|source| source.value);
        let is_read =
            keys.iter().any(|(key, new)| *key == setting.key && Some(new) == source.as_ref());
        leftovers.extend(KeptSecret::of_profile(&secret).filter(|_| !is_read));
    }
    Ok(leftovers)
}

/// Returns the variables that a call uses in place of what is written.
fn overriding(settings: &Settings<'_>, keys: &[(&'static str, String)]) -> Vec<&'static str> {
    let is_overriding = |setting: &&&Setting| {
        let Some(value) = settings.variables.get(setting.variable) else { return false };
        let is_unset = setting.secret().is_some_and(|(_, kind)| kind.is_unset(&value));
        let source = format!("env:{}", setting.variable);
        let is_written =
            |(key, new): &(&str, String)| *key == setting.key && (*new == value || *new == source);
        !is_unset && !keys.iter().any(is_written)
    };
    REPLACED[..10].iter().filter(is_overriding).map(|setting| setting.variable).collect()
}

fn no_credential() -> Error {
    Error::usage("no credential is given")
        .hint("add --user NAME --password prompt, --ticket SRC, or --token SRC")
}

fn no_folder() -> Error {
    let variable = if cfg!(windows) { "APPDATA" } else { "HOME" };
    Error::usage(format!("there is no folder for the configuration file: {variable} is not set"))
        .hint(format!("{} PATH names the file", config::FILE_OPTION))
}
