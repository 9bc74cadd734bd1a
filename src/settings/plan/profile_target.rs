//! The profile that `auth login` writes: its name, its keys, and what it replaces.

use std::collections::BTreeMap;
use std::path::{self, Path, PathBuf};

use crate::api::endpoint;
use crate::auth::stored_secret::StoredSecret;
use crate::cli::auth::LoginArgs;
use crate::context::Variables;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::platform::Platform;
use crate::secret::profile_ref::{ConfigFileId, ProfileRef};
use crate::secret::secret_ref::{SecretRef, SecretSource};
use crate::secret::secret_store::SecretStore;
use crate::settings::config_edit::ConfigEdit;
use crate::settings::config_file::ConfigFile;
use crate::settings::plan::overriding::{IDENTITY, is_same_environment, overriding};
use crate::settings::profile::{self, Profile};
use crate::settings::registry::{self, Setting, ValueType};
use crate::settings::resolve::proxy;
use crate::settings::{Settings, config};
use crate::source::Sourced;

/// The profiles of the configuration file, of which `auth login` writes one.
pub(crate) struct Profiles {
    /// The configuration file; it may not exist yet.
    pub(crate) file: PathBuf,
    /// The part of the names of stored secrets that is the file's.
    pub(crate) file_id: ConfigFileId,
    list: Vec<Profile>,
    default: Option<Sourced<String>>,
}

/// The keys of a profile, each with its text.
pub(crate) type Keys = Vec<(&'static str, String)>;

/// A profile that is written.
pub(crate) struct ProfileTarget {
    /// The configuration file; it may not exist yet.
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    /// The keys to write.
    pub(crate) keys: Keys,
    /// The keys to remove.
    pub(crate) obsolete: Vec<&'static str>,
    /// True if it is the default profile from then on.
    pub(crate) becomes_default: bool,
    /// The stored secrets of the profile before, which the new one does not use.
    pub(crate) leftovers: Vec<StoredSecret>,
    /// The variables that override the profile.
    pub(crate) overriding: Vec<&'static str>,
}

/// Returns the settings of address, credential and application: those that are not typed are
/// removed.
pub(crate) fn replaced() -> impl Iterator<Item = &'static Setting> {
    use registry::{ALLOW_PLAIN_HTTP, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI};
    IDENTITY.into_iter().chain([&CLIENT_ID, &CLIENT_SECRET, &REDIRECT_URI, &ALLOW_PLAIN_HTTP])
}

/// The other settings that are written if they are typed.
const OPTIONAL: [&Setting; 8] = [
    &registry::TICKET_URL,
    &registry::BASIC_CHARSET,
    &registry::LANGUAGE,
    &registry::TIMEZONE,
    &registry::PROXY,
    &registry::CACERT,
    &registry::CLIENT_CERT,
    &registry::CLIENT_KEY,
];

impl Profiles {
    /// Creates the list of the profiles in `configured`, the content of the file of `settings`.
    ///
    /// # Errors
    /// A usage error if there is no folder for a file.
    pub(crate) fn new(settings: &Settings<'_>, configured: Option<ConfigFile>) -> Result<Self> {
        let file = match &settings.file {
            Some(file) => file.value.clone(),
            None => config::default_path(&settings.variables)
                .ok_or_else(|| no_folder(&settings.variables))?,
        };
        let (list, default) =
            configured.map_or((Vec::new(), None), |file| (file.profiles, file.default_profile));
        Ok(Self { file, file_id: settings.file_id.clone(), list, default })
    }

    /// Returns the profile `name`.
    pub(crate) fn find(&self, name: &str) -> Option<&Profile> {
        self.list.iter().find(|profile| profile.name == name)
    }

    /// Returns the profile `name`, which may be new, as its stored secrets are named after it.
    pub(crate) fn reference(&self, name: &str) -> ProfileRef {
        ProfileRef::new(name, &self.file_id)
    }

    /// Returns the name of the default profile.
    pub(crate) fn default_name(&self) -> Option<&str> {
        self.default().map(|name| name.value.as_str())
    }

    /// Returns the names, that of the default profile first.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.list.iter().map(|profile| profile.name.as_str()).collect();
        names.sort_by_key(|name| Some(*name) != self.default_name());
        names
    }

    /// Returns the name of the default profile with its place in the file.
    pub(crate) const fn default(&self) -> Option<&Sourced<String>> {
        self.default.as_ref()
    }

    /// Checks a name that `origin` gives.
    ///
    /// # Errors
    /// A usage error if a new profile cannot have it.
    pub(crate) fn check_name(&self, name: &str, origin: &str) -> Result<()> {
        if self.find(name).is_none() && !profile::is_plain_name(name) {
            let shown = escape::excerpt(name, 60);
            return Err(Error::usage(format!("{origin}: '{shown}' is no name for a profile"))
                .hint(profile::NAME_HINT));
        }
        Ok(())
    }

    /// Returns the first name after `text` that is free, or whose profile is the same.
    pub(crate) fn name_after(&self, text: &str, is_same: impl Fn(&Profile) -> bool) -> String {
        let plain = text.replace(|c: char| !profile::is_plain_character(c), "-");
        let whole = plain.trim_matches('-');
        if self.find(whole).is_some_and(&is_same) {
            return whole.to_owned();
        }
        // Room for a number.
        let length = whole.len().min(profile::MAX_NAME_LENGTH - 4);
        let plain = match whole[..length].trim_end_matches('-') {
            "" => "work",
            plain => plain,
        };
        let names = (1..).map(|number| match number {
            1 => plain.to_owned(),
            _ => format!("{plain}-{number}"),
        });
        let mut free = names.filter(|name| self.find(name).is_none_or(&is_same));
        free.next().unwrap_or_default()
    }

    /// Plans to write the profile `name` with `keys`.
    ///
    /// # Errors
    /// A usage error for a profile of that name with other keys, unless it may be replaced.
    pub(crate) fn target(
        &self,
        name: String,
        keys: Keys,
        args: &LoginArgs,
        variables: &Variables,
    ) -> Result<ProfileTarget> {
        let (mut obsolete, mut leftovers) = (Vec::new(), Vec::new());
        if let Some(old) = self.find(&name) {
            check_replacement(old, &keys, args)?;
            obsolete = obsolete_keys(old, &keys);
            leftovers = self::leftovers(old, &keys)?;
        }
        let is_default = self.default.as_ref().is_none_or(|it| it.value == name);
        let becomes_default = args.default || (is_default && !args.is_not_default);
        let value = |setting: &Setting| {
            keys.iter().find(|(key, _)| *key == setting.key).map(|(_, text)| text.clone())
        };
        Ok(ProfileTarget {
            file: self.file.clone(),
            becomes_default,
            overriding: overriding(Some(&name), becomes_default, value, variables),
            name,
            keys,
            obsolete,
            leftovers,
        })
    }
}

impl ProfileTarget {
    /// Returns the change of the configuration file.
    pub(crate) fn edit(&self) -> ConfigEdit {
        let mut edit = ConfigEdit::default();
        for key in &self.obsolete {
            edit.remove_key(&self.name, key);
        }
        for (key, text) in &self.keys {
            match *key == registry::ALLOW_PLAIN_HTTP.key {
                true => edit.set(&self.name, key, text == "true"),
                false => edit.set(&self.name, key, text.as_str()),
            };
        }
        if self.becomes_default {
            edit.set_default_profile(&self.name);
        }
        edit
    }
}

/// Returns the keys that are written because they are typed.
pub(crate) fn optional_keys(settings: &Settings<'_>) -> Result<Keys> {
    let mut keys = Vec::new();
    for setting in OPTIONAL {
        let Some(value) = (setting.option_value)(settings.call) else { continue };
        let text = value.to_string_lossy();
        let text = match setting.value_type {
            ValueType::Path => absolute(Path::new(value))?,
            _ if setting.key == registry::PROXY.key => proxy::without_login(&text)?,
            _ => text.into_owned(),
        };
        keys.push((setting.key, text));
    }
    Ok(keys)
}

/// Returns the key of the environment, if it is not the default one.
pub(crate) fn environment_key(settings: &Settings<'_>) -> Option<(&'static str, String)> {
    let setting = &registry::ENVIRONMENT;
    let text = settings.find(setting)?.value;
    let is_default = setting.default.is_some_and(|it| it.eq_ignore_ascii_case(text.trim()));
    (!is_default).then_some((setting.key, text))
}

/// Returns true if `profile` is for the installation at `address`.
pub(crate) fn is_same_site(profile: &Profile, address: &Address) -> bool {
    let url = profile.find(&registry::URL);
    let url = url.and_then(|url| endpoint::parse(&url.value, "").ok());
    url.is_some_and(|url| endpoint::site(&url) == endpoint::site(address))
}

/// Returns true if `profile` is for `tenant` in the environment of the key `environment`.
pub(crate) fn is_same_tenant(profile: &Profile, tenant: &str, environment: Option<&str>) -> bool {
    let url = profile.find(&registry::URL);
    let url = url.and_then(|url| endpoint::parse(&url.value, "").ok());
    let named = match (profile.find(&registry::TENANT), &url) {
        (Some(named), _) => Some(named.value),
        (None, Some(url)) => endpoint::tenant(url).map(str::to_owned),
        (None, None) => None,
    };
    let own_environment = profile.find(&registry::ENVIRONMENT).map(|it| it.value);
    named.is_some_and(|named| named.trim().eq_ignore_ascii_case(tenant))
        && is_same_environment(own_environment.as_deref(), environment)
}

/// Returns the values of `old` without those that are [`replaced`], except those that stay.
pub(crate) fn values_that_stay(
    old: &Profile,
    stays: impl Fn(&Setting) -> bool,
) -> BTreeMap<&'static str, Sourced<String>> {
    let mut values = old.values.clone();
    let replaced = replaced().chain(registry::SYSTEM_USER);
    for setting in replaced.filter(|setting| !stays(setting)) {
        values.remove(setting.key);
    }
    values
}

/// Returns the setting that `secret` is the value of.
pub(crate) fn setting_of(secret: &SecretRef) -> Option<&'static Setting> {
    let mut all = registry::ALL.into_iter().chain(registry::SYSTEM_USER);
    all.find(|setting| setting.variable == secret.variable)
}

/// Returns the source of `secret`, which an option or a variable names, as a profile names it;
/// `None` for a secret that a person types, or that comes once.
pub(crate) fn source_text(secret: &SecretRef, typed: Option<&str>) -> Result<Option<String>> {
    Ok(match &secret.source {
        SecretSource::Prompt | SecretSource::Stdin => None,
        SecretSource::Variable(name) => Some(format!("env:{name}")),
        SecretSource::File(path) if !path.starts_with("~") => {
            Some(format!("file:{}", absolute(path)?))
        }
        _ => typed.map(str::to_owned),
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

/// Checks that `old` changes in its secret only, or may be replaced.
fn check_replacement(old: &Profile, keys: &Keys, args: &LoginArgs) -> Result<()> {
    let changed = changed_keys(old, keys);
    if changed.is_empty() || args.replace {
        return Ok(());
    }
    let (name, changed) = (old.display_name(), changed.join(", "));
    Err(Error::usage(format!("{name} exists, and would change in {changed}"))
        .hint("--replace replaces it, or name another: --profile NAME"))
}

/// Returns the keys that `old` has and the new one does not.
fn obsolete_keys(old: &Profile, keys: &Keys) -> Vec<&'static str> {
    let mut obsolete: Vec<&str> = replaced()
        .map(|setting| setting.key)
        .filter(|key| old.values.contains_key(key) && keys.iter().all(|(new, _)| new != key))
        .collect();
    let has_system_user = keys.iter().any(|(key, _)| *key == registry::SYSTEM_USER_TOKEN.key);
    if old.values.contains_key(registry::SYSTEM_USER_TOKEN.key) && !has_system_user {
        obsolete.push(registry::SYSTEM_USER_TABLE);
    }
    obsolete
}

/// Returns the keys that are not the same in `old`. Another source of the same secret is no change,
/// unless a stored secret replaces a source that is the user's own.
fn changed_keys(old: &Profile, keys: &Keys) -> Vec<&'static str> {
    let mut changed = obsolete_keys(old, keys);
    // Without its key, the client secret is stored with the tokens.
    changed.retain(|key| *key != registry::CLIENT_SECRET.key || has_own_source(old, key));
    for (key, new) in keys {
        let mut all = registry::ALL.into_iter().chain(registry::SYSTEM_USER);
        let setting = all.find(|setting| setting.key == *key);
        let is_same = old.values.get(key).is_some_and(|old_value| match setting {
            Some(setting) if setting.secret().is_some() => {
                !has_own_source(old, key) || SecretStore::from_source(new).is_none()
            }
            Some(setting) if setting.value_type == ValueType::Path => {
                old.file.with_file_name(&old_value.value) == Path::new(new)
            }
            Some(setting) if setting.key == registry::URL.key => {
                endpoint::parse(new, "").is_ok_and(|address| is_same_site(old, &address))
            }
            Some(setting) if setting.key == registry::TENANT.key => {
                old_value.value.trim().eq_ignore_ascii_case(new)
            }
            Some(setting) if setting.key == registry::ENVIRONMENT.key => {
                is_same_environment(Some(&old_value.value), Some(new))
            }
            _ => old_value.value == *new,
        });
        if !is_same && !is_addition(old, key) {
            changed.push(key);
        }
    }
    changed
}

/// Returns true if the secret `key` of `old` comes from a variable, a file or a program.
fn has_own_source(old: &Profile, key: &str) -> bool {
    let source = old.values.get(key).and_then(|old| old.value.parse().ok());
    let source = source.filter(|source: &SecretSource| !source.is_typed());
    source.is_some_and(|source| !source.is_stored())
}

/// Returns true if `key` names the application of a profile that had none, the tenant of one that
/// had no target, or the credential of one that had an address, and at most a user.
fn is_addition(old: &Profile, key: &str) -> bool {
    use registry::{APP_TOKEN, CLIENT_ID, CLIENT_SECRET, ENVIRONMENT, PASSWORD, REDIRECT_URI};
    use registry::{TENANT, TICKET, TOKEN, URL, USER};
    let is_one_of = |settings: &[&Setting]| settings.iter().any(|setting| setting.key == key);
    let has_target = old.find(&URL).is_some() || old.find(&TENANT).is_some();
    let is_of_target = !has_target && is_one_of(&[&TENANT, &ENVIRONMENT]);
    let is_of_application = is_one_of(&[&CLIENT_ID, &CLIENT_SECRET, &REDIRECT_URI]);
    let is_of_sign_in =
        |setting: &Setting| setting.secret().is_some() || setting.key == CLIENT_ID.key;
    let had_sign_in = replaced()
        .chain(registry::SYSTEM_USER)
        .any(|setting| is_of_sign_in(setting) && old.values.contains_key(setting.key));
    let is_of_credential = old.find(&URL).is_some()
        && !had_sign_in
        && is_one_of(&[&USER, &PASSWORD, &TICKET, &TOKEN, &APP_TOKEN]);
    (is_of_target || is_of_application || is_of_credential) && !old.values.contains_key(key)
}

/// Returns the stored secrets of `old` that the new profile does not read any more.
fn leftovers(old: &Profile, keys: &Keys) -> Result<Vec<StoredSecret>> {
    let mut leftovers = Vec::new();
    for setting in replaced().chain(registry::SYSTEM_USER) {
        let Some(secret) = old.secret(setting)? else { continue };
        let source = old.find(setting).map(|source| source.value);
        let is_read =
            keys.iter().any(|(key, new)| *key == setting.key && Some(new) == source.as_ref());
        leftovers.extend(StoredSecret::of_profile(&secret).filter(|_| !is_read));
    }
    Ok(leftovers)
}

fn no_folder(variables: &Variables) -> Error {
    let variable = match variables.platform() {
        Platform::Windows => "APPDATA",
        Platform::Linux | Platform::Apple => "HOME",
    };
    Error::usage(format!("there is no folder for the configuration file: {variable} is not set"))
        .hint(format!("{} PATH names the file", config::FILE_OPTION))
}
