//! Signing in unattended: a signed token is exchanged for a ticket.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::api::credential::ResolvedSecret;
use crate::api::error_body;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::http::client::{Connection, Response};
use crate::http::request::Request;
use crate::http::trace::Trace;
use crate::secret::{Mask, Secret};

use super::jwt::{self, Claims, Fault};
use super::lock::{self, LockError};
use super::oauth::discovery::Discovery;
use super::oauth::store::WRITABLE;
use super::private_key::PrivateKey;
use crate::fs::state_file;
use crate::fs::state_file::Reservation;
use crate::tenant::locator::Tenant;
use crate::tenant::service_error::{token_fault, unanswered};

/// A system user of an application. Has no way to be printed.
pub(crate) struct SystemUser {
    /// What SuperOffice gave the application for the tenant.
    pub(crate) token: ResolvedSecret,
    /// What the application signs with.
    pub(crate) private_key: PrivateKey,
    /// The application's own secret.
    pub(crate) application_token: ResolvedSecret,
}

/// A ticket with whether it was had before.
pub(crate) struct Ticket {
    /// The ticket.
    pub(crate) value: Secret,
    /// Whether it was known from before.
    pub(crate) is_kept: bool,
}

/// A ticket ends when it was not used for six hours; a little earlier it is not begun with.
const LIFE: TimeDelta = TimeDelta::minutes(355);
/// By this much clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(2);
/// How often it is noted that a ticket was used.
const NOTED: TimeDelta = TimeDelta::minutes(10);

/// Who issues the tokens of system users, by the vendor's own library.
const ISSUER: &str = "SuperOffice AS";
/// Claims have such a name before their own.
const CLAIMS: &str = "http://schemes.superoffice.net/identity/";

/// A ticket as it is kept.
#[derive(Deserialize, Serialize)]
struct Kept {
    ticket: String,
    used: DateTime<Utc>,
}

impl SystemUser {
    /// The ticket at `tenant` that was kept in `folder` and still lives at `now`.
    pub(crate) fn kept(
        &self,
        tenant: &Tenant,
        folder: Option<&Path>,
        now: DateTime<Utc>,
    ) -> Option<Ticket> {
        let Kept { ticket, used } = state_file::read(&self.file(tenant, folder?)).ok()?;
        let value = Secret::new(ticket);
        let lives =
            used <= now + SKEW && now - LIFE < used && token_fault(value.expose()).is_none();
        lives.then_some(Ticket { value, is_kept: true })
    }

    /// A new ticket, and not `refused`, which the server did not take: kept in `folder`,
    /// or else had for a signed token and kept there. Of many who ask at once one signs
    /// in, and the others take what it kept. Without a lock each signs in by itself.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where it is refused or not to be trusted, and as any
    /// other call.
    pub(crate) fn sign_in(
        &self,
        tenant: &Tenant,
        folder: Option<&Path>,
        refused: Option<&Secret>,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Ticket> {
        let Some(place) = folder else {
            return self.exchange_and_keep(tenant, None, connection, watch);
        };
        let path = self.file(tenant, place).with_extension("lock");
        let what = "the system user's sign-in";
        let _lock = match lock::acquire(&path, what, &connection.limits, watch) {
            Ok(lock) => Some(lock),
            Err(LockError::TimedOut(error)) => return Err(error),
            Err(LockError::Busy) => None,
            Err(LockError::Io(error)) => {
                watch.trace(&format!("* signing in without a lock: {error}"));
                None
            }
        };
        if let Some(ticket) = self.kept(tenant, folder, (watch.now)().into()) {
            if refused.is_none_or(|refused| refused.expose() != ticket.value.expose()) {
                watch.trace("* another call has signed the system user in");
                return Ok(ticket);
            }
            self.forget(tenant, folder);
        }
        self.exchange_and_keep(tenant, folder, connection, watch)
    }

    /// Exchanges a signed token for a ticket, and keeps it in `folder`.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where it is refused or not to be trusted, and as any
    /// other call.
    fn exchange_and_keep(
        &self,
        tenant: &Tenant,
        folder: Option<&Path>,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Ticket> {
        let now = |watch: &Trace<'_>| DateTime::<Utc>::from((watch.now)());
        let room = folder.map(|folder| Reservation::new(&self.file(tenant, folder)));
        let token = self.exchange(tenant, now(watch), connection, watch)?;
        let service = &tenant.service;
        let discovery = Discovery::ask(service, connection, watch)?;
        let keys = discovery.keys(service, connection, watch)?;
        let now = now(watch);
        let claims = jwt::verify(token.expose(), &keys, now)
            .and_then(|claims| check(claims, &discovery.issuer))
            .map_err(|fault| untrusted(&fault, tenant))?;
        let named = format!("{CLAIMS}ticket");
        let ticket = claims.text(&named).or_else(|| claims.text("ticket"));
        let unusable = |what: &str| {
            let message = format!("{service} let the system user in, and gave it {what}");
            Error::new(Kind::Answer, message).hint("-v shows the requests")
        };
        let ticket = ticket.ok_or_else(|| unusable("no ticket"))?;
        if let Some(fault) = token_fault(ticket) {
            return Err(unusable(&format!("a ticket that cannot be used: {fault}")));
        }
        let value = Secret::new(ticket.to_owned());
        match (room, folder) {
            (Some(room), Some(folder)) => {
                let kept = Kept { ticket: ticket.to_owned(), used: now };
                if let Err(error) = room.and_then(|room| room.write(&kept)) {
                    warn_unkept(folder, &error, watch);
                }
            }
            _ => watch.trace("* the ticket is not kept: there is no folder for it"),
        }
        watch.trace("* the system user has a new ticket");
        Ok(Ticket { value, is_kept: false })
    }

    /// Notes that `ticket` was used, which prolongs its life.
    pub(crate) fn note_use(
        &self,
        tenant: &Tenant,
        folder: Option<&Path>,
        ticket: &Secret,
        now: DateTime<Utc>,
    ) {
        let Some(folder) = folder else { return };
        let kept: Option<Kept> = state_file::read(&self.file(tenant, folder)).ok();
        if kept.is_some_and(|kept| kept.ticket == ticket.expose() && kept.used < now - NOTED) {
            // That it is not noted costs a new ticket, and no more.
            let _ = self.keep(tenant, folder, ticket, now);
        }
    }

    /// Forgets the ticket that was kept.
    fn forget(&self, tenant: &Tenant, folder: Option<&Path>) {
        if let Some(folder) = folder {
            state_file::remove(&self.file(tenant, folder));
        }
    }

    fn keep(
        &self,
        tenant: &Tenant,
        folder: &Path,
        ticket: &Secret,
        used: DateTime<Utc>,
    ) -> std::io::Result<()> {
        let kept = Kept { ticket: ticket.expose().to_owned(), used };
        state_file::write(&self.file(tenant, folder), &kept)
    }

    /// Another token, application or tenant has another file.
    fn file(&self, tenant: &Tenant, folder: &Path) -> PathBuf {
        let service = tenant.service.to_string();
        let name = tenant.name.to_ascii_lowercase();
        let (token, application) = (&self.token.value, &self.application_token.value);
        let digest = state_file::digest(&[&service, &name, token.expose(), application.expose()]);
        folder.join(format!("system-user-{digest}.json"))
    }

    /// The JWT that a signed token is exchanged for.
    fn exchange(
        &self,
        tenant: &Tenant,
        now: DateTime<Utc>,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Secret> {
        let signed = Secret::new(self.signed(now)?);
        let body = serde_json::json!({
            "SignedSystemToken": signed.expose(),
            "ApplicationToken": self.application_token.value.expose(),
            "ContextIdentifier": tenant.name,
            "ReturnTokenType": "JWT",
        });
        let message = Request::post(
            tenant.service.at("/Login/api/PartnerSystemUser/Authenticate"),
            "application/json; charset=utf-8",
            body.to_string(),
            [signed, self.token.value.clone(), self.application_token.value.clone()],
            connection,
        );
        let response = message.send(connection, watch)?;
        match response.status {
            200 => token(&response, tenant, &message.mask),
            400 | 401 | 403 => {
                let words = error_body::words(&response.body, &message.mask).tail();
                Err(refused(tenant, &format!(": HTTP {}{words}", response.status)))
            }
            _ => {
                let what = format!("{} did not take the system user's token", tenant.service);
                Err(unanswered(&response, &what, &message.mask))
            }
        }
    }

    /// `TOKEN.yyyyMMddHHmm.SIGNATURE`.
    fn signed(&self, now: DateTime<Utc>) -> Result<String> {
        let text = format!("{}.{}", self.token.value.expose(), now.format("%Y%m%d%H%M"));
        let signature = self.private_key.sign(&text);
        let signature = signature
            .ok_or_else(|| Error::new(Kind::Output, "the system user's token cannot be signed"))?;
        Ok(format!("{text}.{signature}"))
    }
}

/// What the exchange answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    is_successful: Option<bool>,
    token: Option<String>,
    error_message: Option<String>,
}

/// The JWT in an answer of 200: in an object, or by itself. Nothing of it is quoted but
/// the words of a refusal.
fn token(response: &Response, tenant: &Tenant, mask: &Mask) -> Result<Secret> {
    let body = String::from_utf8_lossy(&response.body);
    let body = body.trim_start_matches('\u{feff}').trim();
    if let Ok(answer) = serde_json::from_str::<Answer>(body) {
        if let Some(token) = answer.token.filter(|_| answer.is_successful != Some(false)) {
            return Ok(Secret::new(token));
        }
        let words = answer.error_message.filter(|words| !words.trim().is_empty());
        if words.is_some() || answer.is_successful == Some(false) {
            let words = words.map(|words| format!(": {}", error_body::quote(&words, 300, mask)));
            return Err(refused(tenant, &words.unwrap_or_default()));
        }
    } else if let Ok(token) = serde_json::from_str::<String>(body) {
        return Ok(Secret::new(token));
    } else if body.split('.').count() == 3 && !body.contains(char::is_whitespace) {
        return Ok(Secret::new(body.to_owned()));
    }
    let message = format!("the answer of {} to the system user was not understood", tenant.service);
    Err(Error::new(Kind::Answer, message).hint("a proxy may have answered in its place"))
}

/// Checks who issued the token, and that it is for the tenant's own database, which the
/// token names.
fn check(claims: Claims, issuer: &str) -> std::result::Result<Claims, Fault> {
    claims.check_issuer(&[ISSUER, issuer])?;
    if let Some(serial) = claims.text(&format!("{CLAIMS}serial")) {
        claims.check_audience(&format!("spn:{serial}"))?;
    }
    Ok(claims)
}

fn refused(tenant: &Tenant, words: &str) -> Error {
    let message = format!("{} refused the system user of {}{words}", tenant.service, tenant.name);
    Error::new(Kind::Authentication, message)
        .hint("check token, private_key and application_token of system_user: they belong to one application, and the token to this tenant")
        .hint("the signed token holds the time: check the clock of this machine, too")
}

fn untrusted(fault: &Fault, tenant: &Tenant) -> Error {
    let service = &tenant.service;
    let message =
        format!("the token that {service} gave the system user is not to be trusted: {fault}");
    Error::new(Kind::Authentication, message).hint(if fault.is_about_time() {
        "check the clock of this machine"
    } else {
        "something between here and the service may have changed it; the ticket was not used"
    })
}

/// Warns that a ticket is for this call alone.
fn warn_unkept(folder: &Path, why: &dyn Display, watch: &mut Trace<'_>) {
    let folder = escape::excerpt(&folder.to_string_lossy(), 200);
    watch.warn(
        &format!("the system user's ticket could not be kept: {folder}: {why}"),
        &format!("until it can, each call signs in: {WRITABLE}"),
    );
}
