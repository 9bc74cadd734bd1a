//! What goes before a call of a tenant of Online: where it is, and a ticket.

use std::io;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::api::credential::{Credential, ResolvedSecret};
use crate::api::query::Query;
use crate::auth::system_user::{SystemUserSession, Ticket};
use crate::cli::get::CallArgs;
use crate::commands::get::dry_run::Lookup;
use crate::context::{Context, Environment, Terminal};
use crate::deadline::Deadline;
use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::client::Connection;
use crate::http::trace::Trace;
use crate::secret::secret_ref::SecretRef;
use crate::settings::config::Config;
use crate::settings::plan::resolved_call::ReadyCall;
use crate::settings::resolve::network;
use crate::settings::resolve::target::Target;
use crate::tenant::Tenant;
use crate::tenant::locator::{Location, Locator};

/// A call of a tenant, which is looked up and signed in at as the answers ask for.
pub struct Online<'a> {
    locator: Locator<'a>,
    system_user: Option<SystemUserSession<'a>>,
    call: &'a CallArgs,
    configuration: &'a Config,
    host: CallContext,
    /// The ticket in the request, if it came from the system user.
    ticket: Option<Ticket>,
    has_moved: bool,
    is_renewed: bool,
}

/// The parts of the process that a call needs, without the streams, which are in use meanwhile.
pub(super) struct CallContext {
    environment: Environment,
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
        let user = ready.system_user.as_ref();
        Some(Self {
            locator: Locator::new(tenant, host),
            system_user: user.map(|user| SystemUserSession::new(user, tenant, host)),
            call,
            configuration,
            host: CallContext::of(host),
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
        let connection = self.service_connection(request)?;
        let location = self.locator.locate(&connection, watch)?;
        self.set_endpoint(request, location)
    }

    /// Gives `request` the tenant's address, asked for again, and returns the location.
    ///
    /// # Errors
    /// As [`Online::locate`].
    pub(crate) fn ask(&mut self, request: &mut Query, watch: &mut Trace<'_>) -> Result<Location> {
        let connection = self.service_connection(request)?;
        let location = self.locator.request(&connection, watch)?;
        self.set_endpoint(request, location.clone())?;
        Ok(location)
    }

    pub(crate) const fn tenant(&self) -> &Tenant {
        self.locator.tenant
    }

    /// Gives `request` the ticket of the system user, if there is one.
    ///
    /// # Errors
    /// As [`Online::locate`].
    pub fn sign_in(&mut self, request: &mut Query, watch: &mut Trace<'_>) -> Result<()> {
        let Some(session) = &self.system_user else { return Ok(()) };
        let ticket = match session.stored_ticket() {
            Some(ticket) => {
                watch.trace("* the system user's ticket is stored");
                ticket
            }
            None => session.sign_in(None, &self.service_connection(request)?, watch)?,
        };
        self.set_ticket(request, ticket);
        Ok(())
    }

    /// Changes `request` for an answer of `status`, if it is to be sent once more: to
    /// the tenant's new host, or with a new ticket.
    ///
    /// # Errors
    /// As [`Online::locate`].
    pub fn changes_for(
        &mut self,
        status: u16,
        request: &mut Query,
        watch: &mut Trace<'_>,
    ) -> Result<bool> {
        match (status, &self.system_user, &self.ticket) {
            (421, ..) if !self.has_moved => {
                self.has_moved = true;
                let name = &self.locator.tenant.name;
                watch.trace(&format!("* {name} is not there any more; asking where it is now"));
                self.locator.forget();
                let connection = self.service_connection(request)?;
                let location = self.locator.request(&connection, watch)?;
                self.set_endpoint(request, location)?;
                Ok(true)
            }
            // A hint to look it up would be of no use.
            (421, ..) => Err(self.is_elsewhere(request)),
            (401 | 403, Some(session), Some(ticket)) if ticket.is_stored && !self.is_renewed => {
                self.is_renewed = true;
                watch.trace(
                    "* the system user's ticket is not accepted any more; asking for a new one",
                );
                let connection = self.service_connection(request)?;
                let ticket = session.sign_in(Some(&ticket.value), &connection, watch)?;
                self.set_ticket(request, ticket);
                Ok(true)
            }
            (200, Some(session), Some(ticket)) => {
                session.note_use(&ticket.value);
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn is_elsewhere(&self, request: &Query) -> Error {
        let Tenant { name, environment } = self.locator.tenant;
        let site = request.address.site();
        let message =
            format!("HTTP 421: {name} is not at {site}, and {environment} says that it is");
        Error::new(Kind::Server, message).hint("it may be moving: wait, then try again")
    }

    fn set_endpoint(&self, request: &mut Query, location: Location) -> Result<()> {
        request.connection = self.connection_to(&location.address, request)?;
        request.address = location.address;
        Ok(())
    }

    fn set_ticket(&mut self, request: &mut Query, ticket: Ticket) {
        if let Some(Credential::SystemUser(held)) = &mut request.credential {
            held.value = ticket.value.clone();
        }
        self.ticket = Some(ticket);
    }

    fn service_connection(&self, request: &Query) -> Result<Connection> {
        self.connection_to(&self.locator.tenant.environment.address(), request)
    }

    /// The way to another host may lead through another proxy.
    fn connection_to(&self, address: &Address, request: &Query) -> Result<Connection> {
        self.host.connection_to(address, &request.connection, (self.call, self.configuration))
    }
}

impl CallContext {
    pub(super) fn of(host: &Context<'_>) -> Self {
        let environment = host.environment.clone();
        Self { environment, now: host.now }
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
    let locator = Locator::new(tenant, host);
    if let Some(location) = locator.cached() {
        request.address = location.address;
        return Ok(None);
    }
    let stands_for = tenant.environment.url(&format!("/{}/api", tenant.name));
    request.address = Address::parse(stands_for.as_str(), "--tenant")?;
    Ok(Some(Lookup { stands_for: stands_for.to_string(), state: locator.state_url().to_string() }))
}
