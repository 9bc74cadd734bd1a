//! A check of `doctor` and its result.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;

/// The checks, in their order. Their names are documented, and so must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
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
    pub(super) const ALL: [Self; 12] = [
        Self::Address,
        Self::Settings,
        Self::Name,
        Self::Connection,
        Self::Tls,
        Self::Tenant,
        Self::Version,
        Self::Credential,
        Self::Ticket,
        Self::Language,
        Self::TimeZone,
        Self::Clock,
    ];
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The result of a check. The words for it are documented, and so must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    #[serde(rename = "ok")]
    Passed,
    /// A call works, but something should be known.
    Warning,
    Failed,
    /// The check could not be run, or there is nothing to check.
    Skipped,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The detail that holds the HTTP status of an answer.
const STATUS: &str = "status";

/// A completed check. Its texts are safe for a terminal, without secrets. The order of the
/// fields is the order of the keys in `json`.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    #[serde(rename = "name")]
    pub(super) step: Step,
    #[serde(rename = "result")]
    pub(super) outcome: Outcome,
    /// The host that it is about.
    host: Option<String>,
    pub(super) message: String,
    /// The next steps for a person.
    pub(super) hints: Vec<String>,
    /// The results, for machines.
    pub(super) details: Map<String, Value>,
    /// The error of a check that failed.
    #[serde(skip)]
    pub(super) error: Option<Error>,
    #[serde(skip)]
    pub(super) listing: Listing,
}

/// The place of a check in the table without `--all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Line,
    /// One line for all checks that were not tried; they have the same reason.
    SharedLine,
    /// None, because a line would say nothing new.
    Omitted,
}

impl Check {
    pub(super) fn passed(step: Step, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Passed, message)
    }

    pub(super) fn warning(step: Step, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Warning, message)
    }

    pub(super) fn skipped(step: Step, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Skipped, message)
    }

    pub(super) fn untried(step: Step, message: impl Into<String>) -> Self {
        Self { listing: Listing::SharedLine, ..Self::skipped(step, message) }
    }

    pub(super) fn failed(step: Step, error: Error) -> Self {
        let hints = error.hints().to_vec();
        let check = Self::new(step, Outcome::Failed, error.to_string());
        Self { hints, error: Some(error), ..check }
    }

    fn new(step: Step, outcome: Outcome, message: impl Into<String>) -> Self {
        Self {
            step,
            outcome,
            host: None,
            message: message.into(),
            hints: Vec::new(),
            details: Map::new(),
            error: None,
            listing: Listing::Line,
        }
    }

    /// Leaves the check out of the table without `--all`.
    pub(super) fn omitted(self) -> Self {
        Self { listing: Listing::Omitted, ..self }
    }

    pub(super) fn with_host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(super) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
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
}
