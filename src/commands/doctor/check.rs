//! A check of `doctor` and its result.

use serde_json::{Map, Value};

use crate::error::Error;

/// The checks, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Address,
    Settings,
    Name,
    Connection,
    Tls,
    Tenant,
    Version,
    Credential,
    Ticket,
    Language,
    TimeZone,
    Clock,
}

impl Step {
    /// The checks with their names, which are documented, and so must not change.
    pub(super) const ALL: [(Self, &'static str); 12] = [
        (Self::Address, "address"),
        (Self::Settings, "settings"),
        (Self::Name, "name"),
        (Self::Connection, "connection"),
        (Self::Tls, "tls"),
        (Self::Tenant, "tenant"),
        (Self::Version, "version"),
        (Self::Credential, "credential"),
        (Self::Ticket, "ticket"),
        (Self::Language, "language"),
        (Self::TimeZone, "timezone"),
        (Self::Clock, "clock"),
    ];

    /// Returns the name of the check.
    pub(super) const fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The result of a check.
#[derive(Debug)]
pub(super) enum Outcome {
    Passed,
    /// A call works, but something should be known.
    Warned,
    Failed(Error),
    /// The check could not be run, or there is nothing to check.
    Skipped,
}

impl Outcome {
    /// Returns the word for it; it is documented, and so must not change.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Warned => "warning",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The detail that holds the HTTP status of an answer.
const STATUS: &str = "status";

/// A completed check. Its texts are safe for a terminal, without secrets.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) step: Step,
    /// The host that it is about.
    pub(super) host: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) message: String,
    /// The next steps for a person.
    pub(super) hints: Vec<String>,
    /// The results, for machines.
    pub(super) details: Map<String, Value>,
}

impl Check {
    pub(super) fn passed(step: Step, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Passed, message)
    }

    pub(super) fn warned(step: Step, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Warned, message)
    }

    pub(super) fn skipped(step: Step, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Skipped, message)
    }

    pub(super) fn failed(step: Step, error: Error) -> Self {
        let (message, hints) = (error.to_string(), error.hints().to_vec());
        Self { hints, ..Self::new(step, Outcome::Failed(error), message) }
    }

    fn new(step: Step, outcome: Outcome, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { step, host: None, outcome, message, hints: Vec::new(), details: Map::new() }
    }

    pub(super) fn with_host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the HTTP status of the answer that the check is about.
    pub(super) fn status(self, status: u16) -> Self {
        self.detail(STATUS, status)
    }

    /// Returns whether both checks are about answers with the same HTTP status, so that
    /// they probably have the same cause.
    pub(super) fn has_status_of(&self, other: &Self) -> bool {
        let status = self.details.get(STATUS);
        status.is_some() && status == other.details.get(STATUS)
    }

    pub(super) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}
