//! The report of `doctor`: settings and checks, for people or for machines.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::doctor::DoctorFormat;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::TextStyle;
use crate::output::text::color::{BOLD, DIM, GREEN, PLAIN, RED, YELLOW};
use crate::output::text::definition_list::DefinitionList;
use crate::output::text::style::in_charset;
use crate::settings::effective::effective_setting::{EffectiveSetting, EffectiveValue};

use super::check::{Check, Outcome, Step};
use crate::commands::{messages, write};

/// The results so far. People see each line at once, because a check may take time; machines
/// get everything at the end.
pub(super) struct Report {
    format: DoctorFormat,
    facts: Vec<EffectiveSetting>,
    checks: Vec<Check>,
    /// The first failure, with what failed.
    failure: Option<(Step, Error)>,
}

/// The longest word for an outcome, and the longest name of a check.
const WORD: usize = 7;
const NAME: usize = 10;

impl Report {
    /// Starts a report with the settings.
    pub(super) fn begin(
        format: DoctorFormat,
        facts: Vec<EffectiveSetting>,
        context: &mut Context<'_>,
    ) -> Result<Self> {
        if format == DoctorFormat::Table {
            let table =
                table(&facts, TextStyle::for_terminal(context.terminal, &context.environment));
            write(context.stdout, &table)?;
        }
        Ok(Self { format, facts, checks: Vec::new(), failure: None })
    }

    pub(super) fn add(&mut self, mut check: Check, context: &mut Context<'_>) -> Result<()> {
        if self.format == DoctorFormat::Table {
            let gap = if self.checks.is_empty() { "\n" } else { "" };
            let lines =
                lines(&check, TextStyle::for_terminal(context.terminal, &context.environment));
            write(context.stdout, &[gap.as_bytes(), &lines].concat())?;
        }
        if let Outcome::Failed(error) = &mut check.outcome
            && self.failure.is_none()
        {
            let error = std::mem::replace(error, Error::usage(""));
            self.failure = Some((check.step, error));
        }
        self.checks.push(check);
        Ok(())
    }

    /// Adds `step` as skipped, because an earlier check failed.
    pub(super) fn skip(&mut self, step: Step, context: &mut Context<'_>) -> Result<()> {
        let failed = self.failure.as_ref().map_or("", |(step, _)| step.name());
        self.add(Check::skipped(step, format!("not tried, since {failed} failed")), context)
    }

    /// Returns true if a check has failed.
    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Sets the failure of a report without checks.
    pub(super) fn set_failure(&mut self, step: Step, error: Error) {
        self.failure = Some((step, error));
    }

    /// Prints the warnings with their hints, and for machines the whole report.
    ///
    /// # Errors
    /// The first failure.
    pub(super) fn finish(self, context: &mut Context<'_>) -> anyhow::Result<()> {
        if self.format == DoctorFormat::Json {
            write(context.stdout, self.json()?.as_bytes())?;
        }
        let failed = self.checks.iter().find(|check| matches!(check.outcome, Outcome::Failed(_)));
        for check in &self.checks {
            let has_same_cause = failed.is_some_and(|failed| check.has_status_of(failed));
            if matches!(check.outcome, Outcome::Warned) && !has_same_cause {
                messages::warning(context, &check.message);
                check.hints.iter().for_each(|hint| messages::hint(context, hint));
            }
        }
        match self.failure {
            Some((_, error)) => Err(error.into()),
            None => Ok(()),
        }
    }

    fn json(&self) -> serde_json::Result<String> {
        let document = Document {
            settings: self.facts.iter().map(Setting::from).collect(),
            checks: self.checks.iter().map(Record::from).collect(),
            failure: self.failure.as_ref().map(|(step, error)| Failure {
                check: step.name(),
                kind: error.kind().name(),
                exit_code: error.kind().exit_code(),
                message: error.to_string(),
                hints: error.hints(),
            }),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}

/// Formats the settings; those that are not set are dimmed.
fn table(facts: &[EffectiveSetting], style: TextStyle) -> Vec<u8> {
    let width = facts.iter().map(|fact| fact.name.len()).max().unwrap_or_default();
    let list = DefinitionList::new(width, style).keeping_words();
    let mut table = Vec::new();
    for fact in facts {
        let is_set = !matches!(fact.value, EffectiveValue::Unset);
        let (name_style, value_style) = if is_set { (BOLD, PLAIN) } else { (DIM, DIM) };
        table.extend_from_slice(style.paint(fact.name, name_style).as_bytes());
        let text = sentence(fact);
        let text = in_charset(&text, style.charset);
        list.write(fact.name.len(), &text, value_style, &mut table);
    }
    table
}

/// Formats a check with its result.
fn lines(check: &Check, style: TextStyle) -> Vec<u8> {
    let (word, name) = (check.outcome.word(), check.step.name());
    let (word_style, text_style) = match check.outcome {
        Outcome::Passed => (GREEN, PLAIN),
        Outcome::Warned => (YELLOW, PLAIN),
        Outcome::Failed(_) => (RED, PLAIN),
        Outcome::Skipped => (DIM, DIM),
    };
    let fill = " ".repeat(WORD - word.len());
    let mut lines = format!("{}{fill}  {name:NAME$}", style.paint(word, word_style)).into_bytes();
    let width = WORD + 2 + NAME;
    let text = in_charset(&check.message, style.charset);
    let list = DefinitionList::new(width, style).keeping_words();
    list.write(width, &text, text_style, &mut lines);
    lines
}

fn sentence(fact: &EffectiveSetting) -> String {
    let held = match &fact.value {
        EffectiveValue::Unset => "not set",
        EffectiveValue::Text(value) => value,
        EffectiveValue::Hidden => "hidden, since it may hold a password",
        EffectiveValue::Secret { .. } => "set",
        EffectiveValue::Unreadable { reason, .. } => &format!("cannot be read: {reason}"),
    };
    let mut text = held.to_owned();
    match (&fact.value, fact.origin.as_deref()) {
        (_, None) | (EffectiveValue::Unreadable { .. }, _) => {}
        (EffectiveValue::Unset, Some(why)) => text = format!("{text}; {why}"),
        (_, Some(_)) if fact.is_default => text.push_str(", the default"),
        (_, Some(origin)) => text = format!("{text}, from {origin}"),
    }
    if matches!(
        fact.value,
        EffectiveValue::Secret { is_sent: false }
            | EffectiveValue::Unreadable { is_sent: false, .. }
    ) {
        text.push_str("; not sent");
    }
    if let Some(reason) = &fact.unused {
        text.push_str("; not used: ");
        text.push_str(reason);
    }
    text
}

/// The document of `json`; the order of the fields is the order of the keys. docs/doctor.md
/// describes it, and promises that keys are only added.
#[derive(Serialize)]
struct Document<'a> {
    settings: Vec<Setting<'a>>,
    checks: Vec<Record<'a>>,
    failure: Option<Failure<'a>>,
}

#[derive(Serialize)]
struct Setting<'a> {
    name: &'static str,
    set: bool,
    /// The value; `None` for a secret.
    value: Option<&'a str>,
    from: Option<&'a str>,
    /// For a secret: true if a call would send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<bool>,
    /// The reason why a secret cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    /// The reason why a call does without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unused: Option<&'a str>,
}

impl<'a> From<&'a EffectiveSetting> for Setting<'a> {
    fn from(fact: &'a EffectiveSetting) -> Self {
        let (value, sent) = match &fact.value {
            EffectiveValue::Text(value) => (Some(value.as_str()), None),
            EffectiveValue::Secret { is_sent } | EffectiveValue::Unreadable { is_sent, .. } => {
                (None, Some(*is_sent))
            }
            EffectiveValue::Unset | EffectiveValue::Hidden => (None, None),
        };
        let error = match &fact.value {
            EffectiveValue::Unreadable { reason, .. } => Some(reason.as_str()),
            _ => None,
        };
        let set = !matches!(fact.value, EffectiveValue::Unset | EffectiveValue::Unreadable { .. });
        let (from, unused) = (fact.origin.as_deref(), fact.unused.as_deref());
        Self { name: fact.name, set, value, from, sent, error, unused }
    }
}

#[derive(Serialize)]
struct Record<'a> {
    name: &'static str,
    result: &'static str,
    host: Option<&'a str>,
    message: &'a str,
    hints: &'a [String],
    details: &'a Map<String, Value>,
}

impl<'a> From<&'a Check> for Record<'a> {
    fn from(check: &'a Check) -> Self {
        Self {
            name: check.step.name(),
            result: check.outcome.word(),
            host: check.host.as_deref(),
            message: &check.message,
            hints: &check.hints,
            details: &check.details,
        }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    check: &'static str,
    kind: &'static str,
    exit_code: u8,
    message: String,
    hints: &'a [String],
}
