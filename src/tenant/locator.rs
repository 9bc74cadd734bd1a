//! The tenant locator: finds the host of a tenant, from the cache or by a request.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::api::endpoint;
use crate::clock::CLOCK_SKEW;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::fs::{dirs, state_file};
use crate::http::address::{self, Address};
use crate::http::middleware::{Middleware, Resend};
use crate::http::request::Request;
use crate::http::transport::Transport;

use super::Tenant;
use super::service_response::{parse_json, unexpected_status};
use super::state::{self, TenantState};

/// A tenant with the cache of its location.
pub(crate) struct Locator {
    pub(crate) tenant: Tenant,
    cache_file: Option<PathBuf>,
    now: DateTime<Utc>,
    /// The address that this command has found; many requests may share it.
    address: Mutex<Option<Address>>,
    /// Held during a look-up by a request: others at the same time wait for its result.
    lookup: Mutex<()>,
}

/// The location of a tenant.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// The address of the endpoint.
    pub(crate) address: Address,
    /// The state of the tenant; `None` from the cache.
    pub(crate) state: Option<String>,
}

impl Location {
    /// Returns true if the tenant answers while it is worked on.
    pub(crate) fn is_under_maintenance(&self) -> bool {
        state::is_maintenance(self.state.as_deref())
    }
}

/// A location in the cache.
#[derive(Deserialize, Serialize)]
struct CachedLocation {
    api: String,
    asked: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// The longest time that a location stays in the cache.
const MAX_AGE: TimeDelta = TimeDelta::hours(24);

impl Locator {
    pub(crate) fn new(tenant: &Tenant, context: &Context<'_>) -> Self {
        let key = format!("{} {}", tenant.environment, tenant.name.to_ascii_lowercase());
        let name = format!("tenant-{}.json", state_file::digest(&[&key]));
        let cache_file = dirs::cache(&context.variables).map(|dir| dir.join(name));
        Self {
            tenant: tenant.clone(),
            cache_file,
            now: context.now,
            address: Mutex::default(),
            lookup: Mutex::default(),
        }
    }

    /// Returns the location from the cache, or else requests it.
    ///
    /// # Errors
    /// As [`Locator::request`].
    pub(crate) fn locate(&self, transport: &Transport<'_>) -> Result<Location> {
        let Some(location) = self.cached() else { return self.request(transport) };
        let (name, site) = (&self.tenant.name, endpoint::site(&location.address));
        transport.note(&format!("{name} is at {site}, from the cache"));
        self.set_address(&location.address);
        Ok(location)
    }

    /// Returns the location from the cache, if it is still valid.
    pub(crate) fn cached(&self) -> Option<Location> {
        let CachedLocation { api, asked, until } =
            state_file::read(self.cache_file.as_deref()?).ok()?;
        // The file's times are not added to: they may be the last of the calendar.
        let is_valid =
            self.now < until && self.now - MAX_AGE < asked && asked <= self.now + CLOCK_SKEW;
        let address = self.parse_address(&api).ok().filter(|_| is_valid)?;
        Some(Location { address, state: None })
    }

    /// Requests the location, and stores it in the cache for as long as the answer allows.
    ///
    /// # Errors
    /// An error of [`Kind::Server`] if the tenant is unknown or not available; those of any
    /// request.
    pub(crate) fn request(&self, transport: &Transport<'_>) -> Result<Location> {
        let Tenant { name, environment } = &self.tenant;
        let mut request = Request::get(self.state_url());
        request.activity = Some(("looking up", name.clone()));
        let response = transport.fetch(&request)?;
        let state: Option<TenantState> = match response.status {
            200 => {
                let subject = format!("the answer of {environment} about {name}");
                parse_json(&response, &subject)?
            }
            404 => None,
            _ => {
                let failure = format!("{environment} does not say where {name} is");
                return Err(unexpected_status(&response, &failure));
            }
        };
        let state = state.ok_or_else(|| {
            Error::new(Kind::Server, format!("{environment} knows no tenant {name}"))
                .hint("a tenant is named like Cust12345; sod and stage know others: --environment")
        })?;
        state.check(&self.tenant)?;
        let location =
            Location { address: self.parse_address(state.api()?)?, state: state.state.clone() };
        if location.is_under_maintenance() {
            transport.note(&format!("{name} is under maintenance, and can be asked"));
        }
        self.store(&location.address, state.valid_until());
        self.set_address(&location.address);
        transport.note(&format!("{name} is at {}", endpoint::site(&location.address)));
        Ok(location)
    }

    fn address(&self) -> Option<Address> {
        self.address.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_address(&self, address: &Address) {
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = Some(address.clone());
    }

    /// Stores the location. Without it the next call only makes another request.
    fn store(&self, address: &Address, valid_until: Option<DateTime<Utc>>) {
        let until = valid_until.filter(|until| *until > self.now);
        if let (Some(file), Some(until)) = (&self.cache_file, until) {
            let until = until.min(self.now + MAX_AGE);
            let cached = CachedLocation { api: address.to_string(), asked: self.now, until };
            let _ = state_file::write(file, &cached);
        }
    }

    /// Removes the location from the cache.
    pub(crate) fn forget(&self) {
        if let Some(file) = &self.cache_file {
            state_file::remove(file);
        }
    }

    /// Returns the address of the state service.
    pub(crate) fn state_url(&self) -> Url {
        self.tenant.environment.url(&format!("/api/state/{}", self.tenant.name))
    }

    /// Parses the address `api` of the tenant, which must belong to the environment.
    fn parse_address(&self, api: &str) -> Result<Address> {
        let Tenant { name, environment } = &self.tenant;
        let origin = format!("{environment} about {name}");
        let shown = address::quote_without_login(api);
        let url = Url::parse(api).map_err(|_| {
            Error::new(Kind::Answer, format!("{origin}: '{shown}' is not an address"))
        })?;
        let domain = environment.domain();
        if environment.owns(&url) {
            let address = endpoint::parse(api, &origin);
            return address.map_err(|error| Error::new(Kind::Answer, error.to_string()));
        }
        let has_login = !url.username().is_empty() || url.password().is_some();
        let (why, without_login) = match has_login {
            true => ("holds a login".to_owned(), ", without the login"),
            false => (format!("is outside {domain}"), ""),
        };
        let message = format!("{origin}: the address '{shown}' {why}; nothing was sent there");
        Err(Error::new(Kind::Server, message).hint(format!(
            "a credential goes to the service's own hosts alone; where that address is right, give it as --url{without_login}"
        )))
    }
}

/// Directs requests to the tenant's host, and finds that again after a 421.
impl Middleware for Locator {
    fn before_send(&self, request: &mut Request, transport: &Transport<'_>) -> Result<()> {
        let _lookup = self.lookup.lock().unwrap_or_else(PoisonError::into_inner);
        let address = match self.address() {
            Some(address) => address,
            None => self.locate(transport)?.address,
        };
        request.set_address(&address);
        Ok(())
    }

    fn after_response(
        &self,
        request: &mut Request,
        status: u16,
        was_resent: bool,
        transport: &Transport<'_>,
    ) -> Result<Resend> {
        let Tenant { name, environment } = &self.tenant;
        match status {
            421 if !was_resent => {
                let _lookup = self.lookup.lock().unwrap_or_else(PoisonError::into_inner);
                let asked = request.address();
                let address = match self.address() {
                    // Another request has found the new host meanwhile.
                    Some(address) if address.url() != asked.url() => address,
                    _ => {
                        let note = format!("{name} is not there any more; asking where it is now");
                        transport.note(&note);
                        self.forget();
                        self.request(transport)?.address
                    }
                };
                request.set_address(&address);
                Ok(Resend::Yes)
            }
            // A hint to look it up would not help.
            421 => {
                let address = request.address();
                let site = endpoint::site(&address);
                let message =
                    format!("HTTP 421: {name} is not at {site}, and {environment} says that it is");
                Err(Error::new(Kind::Server, message)
                    .hint("it may be moving: wait, then try again"))
            }
            _ => Ok(Resend::No),
        }
    }
}
