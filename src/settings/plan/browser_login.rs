//! The plan of `auth login` with the browser, and the profile that it writes.

use std::path::PathBuf;
use std::time::Duration;

use crate::api::endpoint;
use crate::api::get_tickets::Locale;
use crate::auth::oauth::client::Application;
use crate::auth::oauth::redirect_uri::RedirectUri;
use crate::auth::oauth::session::OAuthSession;
use crate::auth::oauth::store::SessionStore;
use crate::auth::oauth::stored_session::StoredSession;
use crate::cli::auth::LoginArgs;
use crate::context::{Context, Variables};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::fs::dirs;
use crate::http::address::Address;
use crate::http::network::Network;
use crate::secret::Secret;
use crate::secret::profile_ref::{ConfigFileId, ProfileRef};
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;
use crate::secret::secret_store::SecretStore;
use crate::source::{Source, Sourced};
use crate::tenant::Tenant;
use crate::tenant::environment::OnlineEnvironment;

use crate::settings::config::PROFILE_OPTION;
use crate::settings::plan::profile_target::{
    Keys, ProfileTarget, Profiles, environment_key, is_same_tenant, optional_keys, source_text,
    values_that_stay,
};
use crate::settings::plan::{login, profile_login};
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::header::check_header_value;
use crate::settings::resolve::target::Target;
use crate::settings::resolve::{locale, network, target, zone};
use crate::settings::{Layer, Settings};

/// A sign-in, checked.
pub(crate) struct LoginPlan {
    /// The environment to sign in at.
    pub(crate) environment: OnlineEnvironment,
    /// The tenant to sign in to, where one is named.
    pub(crate) tenant: Option<String>,
    /// The application.
    pub(crate) application: Application,
    /// The redirect address.
    pub(crate) redirect: RedirectUri,
    /// The time limit for the browser.
    pub(crate) browser_timeout: Option<Duration>,
    pub(crate) connection: Network,
    /// The store that is checked before the sign-in: that of the profile, if its name is known.
    pub(crate) provisional_store: SessionStore,
    /// The place of the tokens.
    pub(crate) store_choice: SecretStore,
    profile: ProfilePlan,
}

/// The parts of the profile that do not depend on the sign-in.
struct ProfilePlan {
    /// The name; `None` if it comes from the tenant.
    name: Option<String>,
    /// The keys, without that of the tenant.
    keys: Keys,
    /// The tenant's address, if `keys` have it.
    address: Option<Address>,
    /// The language and the time zone of calls.
    locale: Locale,
    /// True if the client secret is stored with the tokens alone.
    is_secret_typed: bool,
    environment: Option<String>,
    /// The folder of the stored sign-ins.
    folder: PathBuf,
    /// The part of their names that is the configuration file's.
    file_id: ConfigFileId,
}

/// Resolves and checks `args`. `settings` are those without a profile; with `existing`, a profile
/// that is signed in again, its keys complete them. Secrets are read last.
pub(crate) fn plan(
    args: &LoginArgs,
    mut settings: Settings<'_>,
    profiles: &Profiles,
    existing: Option<&Profile>,
    context: &mut Context<'_>,
) -> Result<LoginPlan> {
    check_options(args)?;
    let name = existing.map(|existing| &existing.name).or(args.profile.profile.as_ref());
    if let Some(name) = name {
        profiles.check_name(name, PROFILE_OPTION)?;
    }
    let old = match name {
        Some(name) => profiles.find(name).cloned(),
        None => old_profile(args, &settings, profiles),
    };
    let base = old.as_ref().map(|old| match existing {
        Some(existing) => existing.clone(),
        None => base(args, old),
    });
    settings.profile = base.map(|base| Sourced::new(base, Source::Option(PROFILE_OPTION)));
    let service = target::environment(settings.find(&registry::ENVIRONMENT))?;
    let tenant = requested_tenant(&settings, &service)?;
    let client_id = client_id(args, &settings).ok_or_else(no_client_id)?;
    check_header_value(&client_id.value, &client_id.source)?;
    let redirect = redirect(args, &settings)?;
    let client_secret = client_secret(args, &settings)?;
    let browser_timeout = login::browser_timeout(args)?;
    let network = network::plan(&settings, Some(&service.address()))?;
    let mut profile = ProfilePlan {
        name: name.cloned(),
        keys: keys(args, &settings, &client_id.value, client_secret.as_ref())?,
        address: profile_address(&settings, &service)?,
        locale: call_locale(&settings)?,
        is_secret_typed: false,
        environment: environment_key(&settings).map(|(_, text)| text),
        folder: dirs::require_state(&settings.variables)?,
        file_id: profiles.file_id.clone(),
    };
    let known = old.map(|old| old.name).or(profile.name.clone());
    let provisional_store =
        SessionStore::new(&profile.folder, known.as_deref().map(|it| profiles.reference(it)));
    let old_session = known.and_then(|_| provisional_store.load().ok().flatten());
    let store_choice = match &old_session {
        Some(old) if !old.uses_keyring() => args.store.unwrap_or(SecretStore::File),
        _ => args.store.unwrap_or_default(),
    };
    let reader = &mut SecretReader::new(context, Deadline::never());
    let connection = network.read(reader)?;
    let secret;
    (secret, profile.is_secret_typed) = read_client_secret(client_secret, &settings, reader)?;
    // Without another one, that of the same application is used again.
    let stored_secret = || {
        let old = old_session.as_ref().filter(|old| old.client_id == client_id.value)?;
        provisional_store.tokens(old).ok()?.client_secret
    };
    let application = Application { secret: secret.or_else(stored_secret), id: client_id.value };
    Ok(LoginPlan {
        environment: service,
        tenant,
        application,
        redirect,
        browser_timeout,
        connection,
        provisional_store,
        store_choice,
        profile,
    })
}

impl LoginPlan {
    /// Returns the language and the time zone of calls.
    pub(crate) const fn locale(&self) -> &Locale {
        &self.profile.locale
    }

    /// Returns the target of calls with `session` and its profile, if it is known.
    ///
    /// # Errors
    /// A usage error for a tenant or an address that is none.
    pub(crate) fn target(&self, session: &StoredSession) -> Result<Option<Target>> {
        if let Some(address) = &self.profile.address {
            return Ok(Some(Target::Address(address.clone())));
        }
        let (store, session) = (self.provisional_store.clone(), session.clone());
        let target = target::from_sign_in(&OAuthSession { store, session })?;
        Ok(target.map(|target| target.value))
    }

    /// Returns the store for the sign-in of `profile`.
    pub(crate) fn store(&self, profile: &ProfileTarget) -> SessionStore {
        let reference = ProfileRef::new(&profile.name, &self.profile.file_id);
        SessionStore::new(&self.profile.folder, Some(reference))
    }

    /// Plans the profile for a sign-in to `tenant` as `user`, each if it is known.
    ///
    /// # Errors
    /// A usage error for a profile of that name with other keys, unless it may be replaced.
    pub(crate) fn profile(
        &self,
        tenant: Option<&str>,
        user: Option<&str>,
        profiles: &Profiles,
        args: &LoginArgs,
        variables: &Variables,
    ) -> Result<ProfileTarget> {
        let known = &self.profile;
        let answered = args.profile.profile.clone();
        let name = known.name.clone().or(answered).unwrap_or_else(|| {
            profiles.name_after(tenant.unwrap_or(UNKNOWN_TENANT), |profile| {
                let client_id = profile.find(&registry::CLIENT_ID).map(|id| id.value);
                let environment = known.environment.as_deref();
                tenant.is_some_and(|tenant| is_same_tenant(profile, tenant, environment))
                    && client_id.as_ref() == Some(&self.application.id)
                    && self.has_user(profile, user)
            })
        });
        profiles.check_name(&name, PROFILE_OPTION)?;
        let mut keys = known.keys.clone();
        // They may have been asked for since.
        let locale = [(&registry::LANGUAGE, &args.language), (&registry::TIMEZONE, &args.timezone)];
        for (setting, text) in locale {
            let is_there = keys.iter().any(|(key, _)| *key == setting.key);
            keys.extend(text.clone().filter(|_| !is_there).map(|text| (setting.key, text)));
        }
        if known.address.is_none() {
            let tenant = tenant.map(|tenant| (registry::TENANT.key, tenant.to_owned()));
            keys.splice(0..0, tenant);
        }
        if let Some(old) = profiles.find(&name) {
            self.keep_others(&mut keys, old);
        }
        profiles.target(name, keys, args, variables)
    }

    /// Returns true if the sign-in of `profile` is that of `user`, as far as both are known.
    fn has_user(&self, profile: &Profile, user: Option<&str>) -> bool {
        let store = SessionStore::new(&self.profile.folder, Some(profile.reference()));
        let old = store.load().ok().flatten().and_then(|session| session.user);
        match (old, user) {
            (Some(old), Some(user)) => old.eq_ignore_ascii_case(user),
            _ => true,
        }
    }

    /// Adds the keys of `old` that stay with the same application.
    fn keep_others(&self, keys: &mut Keys, old: &Profile) {
        let client_id = old.find(&registry::CLIENT_ID).map(|id| id.value);
        if client_id.as_ref() != Some(&self.application.id) {
            return;
        }
        for setting in [&registry::CLIENT_SECRET, &registry::REDIRECT_URI] {
            let is_dropped =
                self.profile.is_secret_typed && setting.key == registry::CLIENT_SECRET.key;
            let is_there = keys.iter().any(|(key, _)| *key == setting.key);
            let old = old.find(setting).filter(|_| !is_there && !is_dropped);
            keys.extend(old.map(|old| (setting.key, old.value)));
        }
    }
}

/// The name of a profile whose tenant the service does not name.
const UNKNOWN_TENANT: &str = "online";
const REDIRECT_OPTION: &str = registry::REDIRECT_URI.option;

/// Returns the client id that is typed, or set elsewhere.
fn client_id(args: &LoginArgs, settings: &Settings<'_>) -> Option<Sourced<String>> {
    let typed = args.client_id.clone();
    typed
        .map(|id| Sourced::new(id, Source::Option(registry::CLIENT_ID.option)))
        .or_else(|| settings.find(&registry::CLIENT_ID))
}

/// Returns the redirect address that is typed, or set elsewhere, or the default.
fn redirect(args: &LoginArgs, settings: &Settings<'_>) -> Result<RedirectUri> {
    let typed = args.redirect_uri.clone();
    let typed = typed.map(|text| Sourced::new(text, Source::Option(REDIRECT_OPTION)));
    login::redirect(typed, settings)
}

/// Returns the client secret that is typed, or set elsewhere.
fn client_secret(args: &LoginArgs, settings: &Settings<'_>) -> Result<Option<SecretRef>> {
    match &args.client_secret {
        Some(text) => settings.secret_option(&registry::CLIENT_SECRET, text).map(Some),
        None => settings.find_secret(&registry::CLIENT_SECRET),
    }
}

/// Reads the client secret, and returns true with it if it was typed. After Enter alone it is that of
/// the profile in `settings`, which keeps it.
fn read_client_secret(
    client_secret: Option<SecretRef>,
    settings: &Settings<'_>,
    reader: &mut SecretReader<'_, '_>,
) -> Result<(Option<Secret>, bool)> {
    let Some(given) = client_secret else { return Ok((None, false)) };
    if let Some(secret) = reader.read_optional(&given)? {
        return Ok((Some(secret.value), given.is_typed()));
    }
    let own = settings.secret(Layer::Profile, &registry::CLIENT_SECRET)?;
    let own = own.filter(|_| given.profile.is_none());
    let own = own.map(|own| reader.read_optional(&own)).transpose()?.flatten();
    Ok((own.map(|own| own.value), false))
}

/// Returns the profile of the tenant and the application that options or variables name.
fn old_profile(args: &LoginArgs, settings: &Settings<'_>, profiles: &Profiles) -> Option<Profile> {
    let tenant = settings.find(&registry::TENANT)?.value;
    let client_id = client_id(args, settings)?.value;
    let environment = environment_key(settings).map(|(_, text)| text);
    let is_it = |profile: &Profile| {
        is_same_tenant(profile, tenant.trim(), environment.as_deref())
            && profile.find(&registry::CLIENT_ID).is_some_and(|id| id.value == client_id)
    };
    profiles.find(&profiles.name_after(tenant.trim(), is_it)).cloned()
}

/// Returns the keys of `old` that count for a sign-in to a target that is typed.
fn base(args: &LoginArgs, old: &Profile) -> Profile {
    use registry::{CLIENT_ID, CLIENT_SECRET, ENVIRONMENT, REDIRECT_URI, TENANT};
    let id = old.find(&CLIENT_ID).map(|id| id.value);
    let is_same_application = args.client_id.is_none() || args.client_id == id;
    let values = values_that_stay(old, |setting| {
        let is_of = |settings: &[&Setting]| settings.iter().any(|it| it.key == setting.key);
        is_of(&[&CLIENT_ID, &TENANT, &ENVIRONMENT])
            || (is_same_application && is_of(&[&CLIENT_SECRET, &REDIRECT_URI]))
    });
    Profile { values, ..old.clone() }
}

/// Returns the address that the profile names, which is one of `service`.
fn profile_address(
    settings: &Settings<'_>,
    service: &OnlineEnvironment,
) -> Result<Option<Address>> {
    let url = settings.get(Layer::Profile, &registry::URL);
    url.map(|url| login::profile_address(&url, service)).transpose()
}

/// Returns the language and the time zone of calls.
fn call_locale(settings: &Settings<'_>) -> Result<Locale> {
    let zone = settings.find(&registry::TIMEZONE);
    let zone = zone.map(|zone| zone::parse(&zone, &settings.variables)).transpose()?;
    Ok(locale::resolve(settings, zone.as_ref())?.0)
}

/// Returns the tenant that the settings name, or the one in their address.
fn requested_tenant(
    settings: &Settings<'_>,
    service: &OnlineEnvironment,
) -> Result<Option<String>> {
    let url = settings.find(&registry::URL);
    let url = url.map(|setting| login::profile_address(&setting, service)).transpose()?;
    let tenant = settings.find(&registry::TENANT);
    let tenant = tenant
        .map(|it| Tenant::new(&it.value, &it.source.to_string(), service.clone()))
        .transpose()?;
    let of_url = || url.as_ref().and_then(endpoint::tenant).map(str::to_owned);
    Ok(tenant.map(|tenant| tenant.name).or_else(of_url))
}

/// Returns the keys of the profile, without that of the tenant.
fn keys(
    args: &LoginArgs,
    settings: &Settings<'_>,
    client_id: &str,
    client_secret: Option<&SecretRef>,
) -> Result<Keys> {
    let of_profile =
        |setting: &Setting| settings.get(Layer::Profile, setting).map(|it| (setting.key, it.value));
    let mut keys = Keys::new();
    keys.extend(of_profile(&registry::URL));
    keys.extend(environment_key(settings));
    keys.push((registry::CLIENT_ID.key, client_id.to_owned()));
    if let Some(secret) = client_secret {
        let key = registry::CLIENT_SECRET.key;
        keys.extend(match secret.profile.is_some() && args.client_secret.is_none() {
            true => of_profile(&registry::CLIENT_SECRET),
            false => {
                let text = source_text(secret, args.client_secret.as_deref())?;
                text.map(|text| (key, text))
            }
        });
    }
    let redirect = args.redirect_uri.clone().map(|text| (registry::REDIRECT_URI.key, text));
    keys.extend(redirect.or_else(|| of_profile(&registry::REDIRECT_URI)));
    keys.extend(optional_keys(settings)?);
    Ok(keys)
}

/// Checks that no option is given that goes with a credential.
fn check_options(args: &LoginArgs) -> Result<()> {
    let given = [
        (profile_login::given_credential(args).is_some(), "a credential"),
        (args.app_token.is_some(), "--app-token"),
        (args.basic_charset.is_some(), "--basic-charset"),
        (args.allow_plain_http, "--allow-plain-http"),
    ];
    match given.iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) => {
            Err(Error::usage(format!("{option} goes with --url, and none is given"))
                .hint("name the installation: --url https://crm.example.com/SuperOffice"))
        }
        None => Ok(()),
    }
}

fn no_client_id() -> Error {
    Error::usage("no client id is given")
        .hint("--client-id ID, or SOTICKETS_CLIENT_ID, or client_id in a profile")
        .hint("Onsite: sotickets auth login --url URL --user NAME --password prompt")
        .hint("it is the id that SuperOffice gives an application at its registration")
}
