//! Tenants of SuperOffice Online: their environment, their state and their location.

pub(crate) mod environment;
pub(crate) mod locator;
pub(crate) mod service_response;
mod state;

use crate::error::{Error, Result};
use crate::escape;

use environment::OnlineEnvironment;

/// A tenant of an environment.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    /// The name: `Cust12345`.
    pub(crate) name: String,
    /// The environment, which knows where the tenant is.
    pub(crate) environment: OnlineEnvironment,
}

/// The longest name, in bytes.
const MAX_NAME_LENGTH: usize = 64;

impl Tenant {
    /// Checks `name`, which `origin` gave.
    ///
    /// # Errors
    /// A usage error that quotes it.
    pub(crate) fn new(name: &str, origin: &str, environment: OnlineEnvironment) -> Result<Self> {
        let name = name.trim();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > MAX_NAME_LENGTH || !name.chars().all(is_allowed) {
            let shown = escape::excerpt(name, 60);
            return Err(Error::usage(format!("{origin}: '{shown}' is not the name of a tenant"))
                .hint("a tenant is named like Cust12345; --url takes an address"));
        }
        Ok(Self { name: name.to_owned(), environment })
    }
}
