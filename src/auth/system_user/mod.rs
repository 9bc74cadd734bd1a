//! The session of a system user: a ticket for unattended calls, stored while it is valid.

mod authenticate;
pub(crate) mod private_key;

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::api::credential::SO_TICKET;
use crate::auth::lock::{self, LockError};
use crate::auth::oauth::store::WRITABLE_HINT;
use crate::auth::session::Session;
use crate::auth::token;
use crate::clock::CLOCK_SKEW;
use crate::context::{Context, Variables};
use crate::error::Result;
use crate::fs::dirs;
use crate::fs::state_file::{self, Reservation};
use crate::http::transport::Transport;
use crate::secret::Secret;
use crate::tenant::Tenant;

pub(crate) use authenticate::SystemUser;

/// A system user at a tenant.
pub(crate) struct SystemUserSession {
    user: SystemUser,
    pub(crate) tenant: Tenant,
    file: Option<PathBuf>,
    now: DateTime<Utc>,
    /// The ticket of this command; many requests may share it.
    ticket: Mutex<Option<SessionTicket>>,
}

struct SessionTicket {
    value: Secret,
    /// True if this command has signed in for it.
    is_new: bool,
}

impl SessionTicket {
    fn is(&self, refused: Option<&Secret>) -> bool {
        refused.is_some_and(|refused| refused.expose() == self.value.expose())
    }
}

#[derive(Deserialize, Serialize)]
struct StoredTicket {
    ticket: String,
    used: DateTime<Utc>,
}

/// The time after its last use at which a ticket is renewed. It ends after six hours.
const LIFETIME: TimeDelta = TimeDelta::minutes(355);
/// The time between two notes that a ticket was used.
const NOTE_INTERVAL: TimeDelta = TimeDelta::minutes(10);

impl SystemUserSession {
    pub(crate) fn new(user: SystemUser, tenant: &Tenant, context: &Context<'_>) -> Self {
        let (token, application) = (&user.token.value, &user.application_token.value);
        let file = ticket_file(tenant, token, application, &context.variables);
        Self { user, tenant: tenant.clone(), file, now: context.now, ticket: Mutex::default() }
    }

    /// Returns the stored ticket, if it is valid at `now`.
    fn stored_ticket(&self, now: DateTime<Utc>) -> Option<SessionTicket> {
        let StoredTicket { ticket, used } = state_file::read(self.file.as_deref()?).ok()?;
        let is_valid =
            used <= now + CLOCK_SKEW && now - LIFETIME < used && token::check(&ticket).is_ok();
        is_valid.then(|| SessionTicket { value: Secret::new(ticket), is_new: false })
    }

    /// Returns a new ticket, and never `refused`, which the server did not accept. Of many
    /// calls at once one signs in, and the others take the ticket that it stores. Without a
    /// lock each signs in by itself.
    ///
    /// # Errors
    /// An error of [`crate::error::Kind::Authentication`] if the user is refused, or the answer
    /// is not trustworthy; those of any request.
    fn sign_in(
        &self,
        refused: Option<&Secret>,
        transport: &Transport<'_>,
    ) -> Result<SessionTicket> {
        let Some(file) = &self.file else {
            transport.note("the ticket is not stored: there is no folder for it");
            return self.request_ticket(None, transport);
        };
        let (path, subject) = (file.with_extension("lock"), "the system user's sign-in");
        let _lock = match lock::acquire(&path, subject, transport) {
            Ok(lock) => Some(lock),
            Err(LockError::TimedOut(error)) => return Err(error),
            Err(LockError::Busy) => None,
            Err(LockError::Io(error)) => {
                transport.note(&format!("signing in without a lock: {error}"));
                None
            }
        };
        if let Some(ticket) = self.stored_ticket(transport.now()) {
            if !ticket.is(refused) {
                transport.note("another call has signed the system user in");
                return Ok(ticket);
            }
            state_file::remove(file);
        }
        self.request_ticket(Some(file), transport)
    }

    /// Requests a ticket and stores it in `file`, in space that is reserved before.
    fn request_ticket(
        &self,
        file: Option<&PathBuf>,
        transport: &Transport<'_>,
    ) -> Result<SessionTicket> {
        let reservation = file.map(|file| (file, Reservation::new(file)));
        let ticket = self.user.request_ticket(&self.tenant, transport)?;
        if let Some((file, reservation)) = reservation {
            let stored = StoredTicket { ticket: ticket.expose().to_owned(), used: transport.now() };
            if let Err(error) = reservation.and_then(|reservation| reservation.write(&stored)) {
                warn_not_stored(file, &error, transport);
            }
        }
        transport.note("the system user has a new ticket");
        Ok(SessionTicket { value: ticket, is_new: true })
    }
}

impl Session for SystemUserSession {
    const SCHEME: &'static str = SO_TICKET;

    fn token(&self, refused: Option<&Secret>, transport: &Transport<'_>) -> Result<Option<Secret>> {
        let mut current = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = if current.is_none() { self.stored_ticket(self.now) } else { None };
        if stored.is_some() {
            transport.note("the system user's ticket is stored");
            *current = stored;
        }
        match current.as_ref() {
            // Another request may have a new ticket meanwhile.
            Some(ticket) if !ticket.is(refused) => {}
            // Another sign-in would not help.
            Some(ticket) if ticket.is_new => return Ok(None),
            _ => *current = Some(self.sign_in(refused, transport)?),
        }
        Ok(current.as_ref().map(|ticket| ticket.value.clone()))
    }

    /// Stores the time, which extends the life of the ticket. Without that the next call only
    /// signs in sooner.
    fn record_use(&self, ticket: &Secret) {
        let Some(file) = &self.file else { return };
        let Ok(StoredTicket { ticket: stored, used }) = state_file::read(file) else { return };
        if stored == ticket.expose() && used < self.now - NOTE_INTERVAL {
            let _ = state_file::write(file, &StoredTicket { ticket: stored, used: self.now });
        }
    }
}

/// The start of the name of a file with a ticket.
const TICKET_FILE: &str = "system-user-";

/// Returns the file of the ticket of a system user; `None` without a state folder. Another token,
/// application or tenant has another file.
fn ticket_file(
    tenant: &Tenant,
    token: &Secret,
    application: &Secret,
    variables: &Variables,
) -> Option<PathBuf> {
    let (environment, name) = (tenant.environment.to_string(), tenant.name.to_ascii_lowercase());
    let digest = state_file::digest(&[&environment, &name, token.expose(), application.expose()]);
    dirs::state(variables).map(|dir| dir.join(format!("{TICKET_FILE}{digest}.json")))
}

/// Removes the stored ticket of a system user. Returns true if there was one.
pub(crate) fn remove_ticket(
    tenant: &Tenant,
    token: &Secret,
    application: &Secret,
    variables: &Variables,
) -> bool {
    let file = ticket_file(tenant, token, application, variables);
    file.is_some_and(|file| fs::remove_file(file).is_ok())
}

/// Removes the stored tickets of all system users. Returns true if there was one.
pub(crate) fn remove_all_tickets(variables: &Variables) -> bool {
    let files = dirs::state(variables).and_then(|dir| fs::read_dir(dir).ok());
    let is_ticket = |file: &fs::DirEntry| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with(TICKET_FILE) && name.ends_with(".json")
    };
    let tickets = files.into_iter().flatten().flatten().filter(is_ticket);
    tickets.filter(|file| fs::remove_file(file.path()).is_ok()).count() > 0
}

fn warn_not_stored(file: &Path, error: &dyn Display, transport: &Transport<'_>) {
    let reason = state_file::describe(file, error);
    transport.warn(
        &format!("the system user's ticket could not be kept: {reason}"),
        &format!("until it can, each call signs in: {WRITABLE_HINT}"),
    );
}
