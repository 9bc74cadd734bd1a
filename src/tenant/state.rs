//! The state of a tenant, as the environment's state service returns it.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;

use crate::error::{Error, Kind, Result};
use crate::escape;

use super::Tenant;

/// The answer of the state service.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TenantState {
    pub(super) state: Option<String>,
    is_running: Option<bool>,
    api: Option<String>,
    endpoint: Option<String>,
    valid_until: Option<String>,
}

impl TenantState {
    /// Returns the address of the tenant's API.
    ///
    /// # Errors
    /// An error of [`Kind::Answer`] if there is none.
    pub(super) fn api(&self) -> Result<&str> {
        let mut texts = [&self.api, &self.endpoint].into_iter().flatten();
        let text = texts.find(|text| !text.trim().is_empty()).ok_or_else(|| {
            Error::new(Kind::Answer, "the state of the tenant holds no address")
                .hint("-v shows the request; with --url the address can be given")
        })?;
        Ok(text)
    }

    /// Returns the time until which the answer may be stored. Without an offset it is UTC.
    pub(super) fn valid_until(&self) -> Option<DateTime<Utc>> {
        let text = self.valid_until.as_deref()?;
        let with_offset = DateTime::parse_from_rfc3339(text).map(Into::into);
        with_offset.ok().or_else(|| text.parse::<NaiveDateTime>().ok().map(|at| at.and_utc()))
    }

    /// Checks that `tenant` can be asked for tickets.
    ///
    /// # Errors
    /// An error of [`Kind::Server`], with the state in words.
    pub(super) fn check(&self, tenant: &Tenant) -> Result<()> {
        let state = self.state.as_deref().unwrap_or_default();
        let (name, environment) = (&tenant.name, &tenant.environment);
        let (message, hint) = match state.to_ascii_lowercase().as_str() {
            "running" | "onlinemaintenance" => return Ok(()),
            "offlinemaintenance" => (
                format!("{name} is closed for maintenance"),
                "try again when it is over; SuperOffice's status page may say when",
            ),
            "suspended" => (
                format!("{name} is suspended"),
                "ask whoever manages the agreement with SuperOffice; until then nothing can be fetched",
            ),
            "deleted" => (
                format!("{name} was deleted"),
                "check the tenant's name; its data cannot be fetched any more",
            ),
            "deleting" => (
                format!("{name} is being deleted"),
                "check the tenant's name; its data cannot be fetched any more",
            ),
            // The service's own summary of a state with another name.
            _ if self.is_running == Some(true) => return Ok(()),
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
                format!("{environment} does not say that {name} can be asked"),
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

/// Returns true for the state of a tenant that answers while it is worked on.
pub(super) fn is_maintenance(state: Option<&str>) -> bool {
    state.is_some_and(|state| state.eq_ignore_ascii_case("OnlineMaintenance"))
}
