//! What goes before a call of a tenant of Online: where it is, and a ticket.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::get::dry_run::Lookup;
use crate::api::credential::{Credential, ResolvedSecret};
use crate::api::query::Query;
use crate::auth::system_user::{SystemUser, Ticket};
use crate::cli::get::CallArgs;
use crate::context::{Context, Environment, Terminal};
use crate::deadline::Deadline;
use crate::error::{Error, Kind, Result};
use crate::fs::dirs;
use crate::http::address::Address;
use crate::http::client::Connection;
use crate::http::trace::Trace;
use crate::secret::Secret;
use crate::settings::config::Config;
use crate::settings::plan::resolved_call::ReadyCall;
use crate::settings::resolve::network;
use crate::settings::resolve::target::Target;
use crate::settings::secret_ref::SecretRef;
use crate::tenant::locator::{Place, Tenant};

/// A call of a tenant, which is looked up and signed in at as the answers ask for.
pub struct Online<'a> {
    tenant: &'a Tenant,
    system_user: Option<&'a SystemUser>,
    call: &'a CallArgs,
    configuration: &'a Config,
    host: Surroundings,
    /// The ticket in the request, where it came from the system user.
    ticket: Option<Ticket>,
    /// Whether the call was repeated for a tenant that had moved.
    has_moved: bool,
    /// Whether it was repeated with a new ticket.
    is_renewed: bool,
}

/// What a call needs of the process, apart from the streams, which are in use meanwhile.
pub(super) struct Surroundings {
    environment: Environment,
    cache: Option<PathBuf>,
    state: Option<PathBuf>,
    now: DateTime<Utc>,
}

impl<'a> Online<'a> {
    /// The tenant of `ready`; nothing where the address is known.
    #[must_use]
    pub fn of(
        ready: &'a ReadyCall,
        call: &'a CallArgs,
        configuration: &'a Config,
        host: &Context<'_>,
    ) -> Option<Self> {
        let Some(Target::Tenant(tenant)) = &ready.target else { return None };
        Some(Self {
            tenant,
            system_user: ready.system_user.as_ref(),
            call,
            configuration,
            host: Surroundings::of(host),
            ticket: None,
            has_moved: false,
            is_renewed: false,
        })
    }

    /// Gives `request` the tenant's address.
    ///
    /// # Errors
    /// Of the service, and as any call.
    pub fn locate(&mut self, request: &mut Query, watch: &mut Trace<'_>) -> Result<()> {
        let name = &self.tenant.name;
        let cache = self.host.cache.as_deref();
        let place = match self.tenant.kept(cache, self.host.now) {
            Some(place) => {
                let site = place.address.site();
                watch.trace(&format!("* {name} is at {site}, as is known from before"));
                place
            }
            None => self.look_up(request, watch)?,
        };
        self.lead(request, place)
    }

    /// Gives `request` the tenant's address, asked for anew, and gives what was said.
    ///
    /// # Errors
    /// As [`Online::locate`].
    pub fn ask(&mut self, request: &mut Query, watch: &mut Trace<'_>) -> Result<Place> {
        let place = self.look_up(request, watch)?;
        self.lead(request, place.clone())?;
        Ok(place)
    }

    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> &Tenant {
        self.tenant
    }

    /// Gives `request` the ticket of the system user, where there is one.
    ///
    /// # Errors
    /// As [`Online::locate`].
    pub fn sign_in(&mut self, request: &mut Query, watch: &mut Trace<'_>) -> Result<()> {
        let Some(user) = self.system_user else { return Ok(()) };
        let ticket = match user.kept(self.tenant, self.host.state.as_deref(), self.host.now) {
            Some(ticket) => {
                watch.trace("* the system user's ticket is known from before");
                ticket
            }
            None => self.exchange(user, None, request, watch)?,
        };
        self.carry(request, ticket);
        Ok(())
    }

    /// Changes `request` for an answer of `status`, where it is to be sent once more: to
    /// where the tenant is now, or with a new ticket.
    ///
    /// # Errors
    /// As [`Online::locate`].
    pub fn changes_for(
        &mut self,
        status: u16,
        request: &mut Query,
        watch: &mut Trace<'_>,
    ) -> Result<bool> {
        match (status, self.system_user, &self.ticket) {
            (421, ..) if !self.has_moved => {
                self.has_moved = true;
                let name = &self.tenant.name;
                watch.trace(&format!("* {name} is not there any more; asking where it is now"));
                self.tenant.forget(self.host.cache.as_deref());
                let place = self.look_up(request, watch)?;
                self.lead(request, place)?;
                Ok(true)
            }
            // A hint to look it up would be of no use.
            (421, ..) => Err(self.is_elsewhere(request)),
            (401 | 403, Some(user), Some(ticket)) if ticket.is_kept && !self.is_renewed => {
                self.is_renewed = true;
                watch.trace(
                    "* the system user's ticket is not taken any more; asking for a new one",
                );
                let ticket = self.exchange(user, Some(&ticket.value), request, watch)?;
                self.carry(request, ticket);
                Ok(true)
            }
            (200, Some(user), Some(ticket)) => {
                user.note_use(
                    self.tenant,
                    self.host.state.as_deref(),
                    &ticket.value,
                    self.host.now,
                );
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn is_elsewhere(&self, request: &Query) -> Error {
        let (name, service) = (&self.tenant.name, &self.tenant.service);
        let site = request.address.site();
        let message = format!("HTTP 421: {name} is not at {site}, and {service} says that it is");
        Error::new(Kind::Server, message).hint("it may be on the move: wait, then try again")
    }

    fn look_up(&self, request: &Query, watch: &mut Trace<'_>) -> Result<Place> {
        let connection = self.service_connection(request)?;
        let cache = self.host.cache.as_deref();
        let place = self.tenant.ask(cache, self.host.now, &connection, watch)?;
        watch.trace(&format!("* {} is at {}", self.tenant.name, place.address.site()));
        Ok(place)
    }

    fn exchange(
        &self,
        user: &SystemUser,
        refused: Option<&Secret>,
        request: &Query,
        watch: &mut Trace<'_>,
    ) -> Result<Ticket> {
        let connection = self.service_connection(request)?;
        user.sign_in(self.tenant, self.host.state.as_deref(), refused, &connection, watch)
    }

    /// Has `request` go to `place`.
    fn lead(&self, request: &mut Query, place: Place) -> Result<()> {
        request.connection = self.connection_to(&place.address, request)?;
        request.address = place.address;
        Ok(())
    }

    fn carry(&mut self, request: &mut Query, ticket: Ticket) {
        if let Some(Credential::SystemUser(held)) = &mut request.credential {
            held.value = ticket.value.clone();
        }
        self.ticket = Some(ticket);
    }

    fn service_connection(&self, request: &Query) -> Result<Connection> {
        self.connection_to(&self.tenant.service.address(), request)
    }

    /// The way to another host may lead through another proxy.
    fn connection_to(&self, address: &Address, request: &Query) -> Result<Connection> {
        self.host.connection_to(address, &request.connection, (self.call, self.configuration))
    }
}

impl Surroundings {
    pub(super) fn of(host: &Context<'_>) -> Self {
        let environment = host.environment.clone();
        Self {
            cache: dirs::cache(&environment),
            state: dirs::state(&environment),
            environment,
            now: host.now,
        }
    }

    /// The way to `address`, where `connection` leads elsewhere.
    pub(super) fn connection_to(
        &self,
        address: &Address,
        connection: &Connection,
        (call, configuration): (&CallArgs, &Config),
    ) -> Result<Connection> {
        let levels = configuration.levels(call, &self.environment);
        network::toward(&levels, address, connection, |unread| {
            self.read(unread, connection.limits.left())
        })
    }

    /// Reads a secret while the streams are in use.
    fn read(&self, unread: &SecretRef, limit: Option<Duration>) -> Result<ResolvedSecret> {
        let mut host = Context {
            environment: self.environment.clone(),
            stdin: Box::new(io::empty()),
            stdout: &mut io::sink(),
            stderr: &mut io::sink(),
            terminal: Terminal::default(),
            now: self.now,
            started: Instant::now(),
        };
        let deadline = Deadline::new(host.started, limit);
        unread.read(&mut host, &deadline)
    }
}

/// For a dry run: the address, as far as it is known from before, or else what would
/// look it up.
pub fn stand_in(
    ready: &ReadyCall,
    request: &mut Query,
    host: &Context<'_>,
) -> Result<Option<Lookup>> {
    let Some(Target::Tenant(tenant)) = &ready.target else { return Ok(None) };
    let cache = dirs::cache(&host.environment);
    if let Some(place) = tenant.kept(cache.as_deref(), host.now) {
        request.address = place.address;
        return Ok(None);
    }
    let stands_for = tenant.service.at(&format!("/{}/api", tenant.name));
    request.address = Address::parse(stands_for.as_str(), "--tenant")?;
    Ok(Some(Lookup { stands_for: stands_for.to_string(), state: tenant.state_url().to_string() }))
}
