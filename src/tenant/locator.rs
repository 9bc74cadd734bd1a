//! Where a tenant is, and whether it can be asked.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::http::address::{self, Address};
use crate::http::client::Connection;
use crate::http::request::Request;
use crate::http::trace::Trace;

use super::environment::Service;
use super::service_error::{parse, unanswered};
use crate::fs::state_file;

/// A tenant of a service.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    /// Its name: `Cust12345`.
    pub(crate) name: String,
    /// The service that knows where it is.
    pub(crate) service: Service,
}

/// Where a tenant is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The address of its endpoint.
    pub(crate) address: Address,
    /// Whether it was known from before.
    pub(crate) is_kept: bool,
    /// The state that it is in, where that was asked for.
    pub(crate) state: Option<String>,
}

impl Place {
    /// Whether it can be asked while work is done on it.
    pub(crate) fn is_under_maintenance(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.eq_ignore_ascii_case(MAINTENANCE))
    }
}

/// The longest that an answer is believed, whatever it says of itself.
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// By this much clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(2);
/// The longest name.
const LONGEST_NAME: usize = 64;

impl Tenant {
    /// Checks `name`; `origin` says where it came from.
    ///
    /// # Errors
    /// A usage error that quotes it.
    pub(crate) fn new(name: &str, origin: &str, service: Service) -> Result<Self> {
        let name = name.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_name) {
            let shown = escape::excerpt(name, 60);
            return Err(Error::usage(format!("{origin}: '{shown}' is no name of a tenant"))
                .hint("a tenant is named like Cust12345; --url takes an address"));
        }
        Ok(Self { name: name.to_owned(), service })
    }

    /// The address that says where it is.
    pub(crate) fn state_url(&self) -> Url {
        self.service.at(&format!("/api/state/{}", self.name))
    }

    /// Where it is, as far as that was kept in `folder` and still holds at `now`.
    pub(crate) fn kept(&self, folder: Option<&Path>, now: DateTime<Utc>) -> Option<Place> {
        let Kept { api, asked, until } = state_file::read(&self.file(folder?)).ok()?;
        // Nothing is added to what a file holds: it may be the last of the calendar.
        let holds = now < until && now - LONGEST < asked && asked <= now + SKEW;
        let address = self.address(&api).ok().filter(|_| holds)?;
        Some(Place { address, is_kept: true, state: None })
    }

    /// Asks where it is, and keeps the answer in `folder` for as long as it says.
    ///
    /// # Errors
    /// Of [`Kind::Server`] where it is not known or cannot be asked for tickets, and as
    /// any other call.
    pub(crate) fn ask(
        &self,
        folder: Option<&Path>,
        now: DateTime<Utc>,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Place> {
        let message = Request::get(self.state_url(), connection);
        let response = message.send(connection, watch)?;
        match response.status {
            200 => {}
            404 => return Err(self.unknown()),
            _ => {
                let what = format!("{} does not say where {} is", self.service, self.name);
                return Err(unanswered(&response, &what, &message.mask));
            }
        }
        let what = format!("the answer of {} about {}", self.service, self.name);
        let answer: Option<Answer> = parse(&response, &what, &message.mask)?;
        let answer = answer.ok_or_else(|| self.unknown())?;
        let state = answer.state.as_deref().unwrap_or_default();
        self.check(state, answer.is_running)?;
        if state.eq_ignore_ascii_case(MAINTENANCE) {
            watch.trace(&format!("* {} is under maintenance, and can be asked", self.name));
        }
        let address = self.address(&answer.api()?)?;
        let until = answer.valid_until().filter(|until| *until > now);
        if let (Some(folder), Some(until)) = (folder, until) {
            let api = address.to_string();
            let kept = Kept { api, asked: now, until: until.min(now + LONGEST) };
            // That it cannot be kept costs another question, and no more.
            let _ = state_file::write(&self.file(folder), &kept);
        }
        Ok(Place { address, is_kept: false, state: answer.state })
    }

    /// Forgets where it was.
    pub(crate) fn forget(&self, folder: Option<&Path>) {
        if let Some(folder) = folder {
            state_file::remove(&self.file(folder));
        }
    }

    fn file(&self, folder: &Path) -> PathBuf {
        let key = format!("{} {}", self.service, self.name.to_ascii_lowercase());
        folder.join(format!("tenant-{}.json", state_file::digest(&[&key])))
    }

    /// The endpoint below `api`, where that is an address of the service.
    fn address(&self, api: &str) -> Result<Address> {
        let said = format!("{} about {}", self.service, self.name);
        let shown = address::quoted(api);
        let url = Url::parse(api)
            .map_err(|_| Error::new(Kind::Answer, format!("{said}: '{shown}' is no address")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::new(
                Kind::Server,
                format!("{said}: the address '{shown}' holds a login; nothing was sent there"),
            )
            .hint("a credential goes to the service's own hosts alone; where that address is right, give it as --url, without the login"));
        }
        if !self.service.owns(&url) {
            return Err(Error::new(
                Kind::Server,
                format!(
                    "{said}: it is said to be at {shown}, which is outside {}; nothing was sent there",
                    self.service.realm()
                ),
            )
            .hint("a credential goes to the service's own hosts alone; where that address is right, give it as --url"));
        }
        Address::parse(api, &said).map_err(|error| Error::new(Kind::Answer, error.to_string()))
    }

    fn unknown(&self) -> Error {
        Error::new(Kind::Server, format!("{} knows no tenant {}", self.service, self.name))
            .hint("a tenant is named like Cust12345; sod and stage know others: --environment")
    }

    /// Whether it can be asked for tickets while it is in `state`.
    fn check(&self, state: &str, is_running: Option<bool>) -> Result<()> {
        let name = &self.name;
        let (message, hint) = match state.to_ascii_lowercase().as_str() {
            "running" | "onlinemaintenance" => return Ok(()),
            "offlinemaintenance" => (
                format!("{name} is shut for maintenance"),
                "try again when it is over; the service's status page may say when",
            ),
            "suspended" => (
                format!("{name} is suspended"),
                "the customer's agreement with SuperOffice knows why; nothing can be fetched until it is lifted",
            ),
            "deleted" => (
                format!("{name} was deleted"),
                "check the tenant's name; what was there cannot be fetched any more",
            ),
            "deleting" => (
                format!("{name} is being deleted"),
                "check the tenant's name; what was there cannot be fetched any more",
            ),
            // The service's own summary of a state that does not say it.
            _ if is_running == Some(true) => return Ok(()),
            "provisioning" => (format!("{name} is being set up"), "try again when that is done"),
            "provisioningfailed" => (
                format!("{name} could not be set up"),
                "SuperOffice has to finish it; ask whoever ordered the tenant",
            ),
            "deletefailed" => (
                format!("{name} was to be deleted, which failed"),
                "check the tenant's name; nothing can be fetched from it",
            ),
            "migrationpending" => {
                (format!("{name} is about to move to another host"), "try again when that is done")
            }
            "" | "unknown" => (
                format!("{} does not say that {name} can be asked", self.service),
                "wait, then try again",
            ),
            _ => (
                format!("{name} is not available: its state is {}", escape::excerpt(state, 60)),
                "wait, then try again",
            ),
        };
        Err(Error::new(Kind::Server, message).hint(hint))
    }
}

const MAINTENANCE: &str = "OnlineMaintenance";

/// What the service says of a tenant.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    state: Option<String>,
    is_running: Option<bool>,
    api: Option<String>,
    endpoint: Option<String>,
    valid_until: Option<String>,
}

impl Answer {
    fn api(&self) -> Result<String> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        given(&self.api).or_else(|| given(&self.endpoint)).ok_or_else(|| {
            Error::new(Kind::Answer, "the state of the tenant holds no address")
                .hint("-v shows the request; with --url the address can be given")
        })
    }

    fn valid_until(&self) -> Option<DateTime<Utc>> {
        let text = self.valid_until.as_deref()?;
        // Without an offset it is taken for UTC, which the service sends.
        let with_offset = DateTime::parse_from_rfc3339(text).map(Into::into);
        with_offset
            .ok()
            .or_else(|| text.parse::<chrono::NaiveDateTime>().ok().map(|at| at.and_utc()))
    }
}

/// What is kept of an answer.
#[derive(Deserialize, Serialize)]
struct Kept {
    api: String,
    asked: DateTime<Utc>,
    until: DateTime<Utc>,
}
