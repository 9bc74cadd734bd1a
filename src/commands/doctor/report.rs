//! The report of `doctor`: settings and checks, for people or for machines.

use serde::Serialize;

use crate::cli::doctor::{DoctorArgs, DoctorFormat};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::output::TextStyle;
use crate::output::text::color::{BOLD, DIM, GREEN, PLAIN, RED, YELLOW};
use crate::output::text::definition_list::DefinitionList;
use crate::output::text::style::in_charset;
use crate::settings::effective::{EffectiveSetting, EffectiveValue};

use super::check::{Check, Outcome, Step};
use crate::commands::{messages, write};

/// The results so far. People see each line at once, because a check may take time; machines
/// get everything at the end.
pub(super) struct Report<'c, 'p> {
    pub(super) context: &'c mut Context<'p>,
    format: DoctorFormat,
    settings: Vec<EffectiveSetting>,
    checks: Vec<Check>,
    /// The first failure, with what failed.
    failure: Option<(Step, Error)>,
    /// The reason why a line could not be printed. Nothing is tried after it.
    write_error: Option<Error>,
}

/// The longest word for an outcome, and the longest name of a check.
const WORD: usize = 7;
const NAME: usize = 10;

impl<'c, 'p> Report<'c, 'p> {
    /// Starts a report with the settings.
    pub(super) fn begin(
        args: &DoctorArgs,
        settings: Vec<EffectiveSetting>,
        context: &'c mut Context<'p>,
    ) -> Self {
        let (checks, failure, write_error) = (Vec::new(), None, None);
        let mut report =
            Self { context, format: args.output, settings, checks, failure, write_error };
        report.print(&table(&report.settings, report.style()));
        report
    }

    fn style(&self) -> TextStyle {
        TextStyle::for_terminal(self.context.terminal, &self.context.variables)
    }

    /// Prints lines for people.
    fn print(&mut self, lines: &[u8]) {
        if self.format == DoctorFormat::Table && self.write_error.is_none() {
            self.write_error = write(self.context.stdout, lines).err();
        }
    }

    /// Adds a check, after those before it that could not be tried.
    pub(super) fn add(&mut self, mut check: Check) {
        self.skip_missing(|step| step < check.step);
        if let Some(error) = check.error.take()
            && self.failure.is_none()
        {
            self.failure = Some((check.step, error));
        }
        self.push(check);
    }

    /// Adds those steps that were not tried.
    pub(super) fn skip_missing(&mut self, is_due: impl Fn(Step) -> bool) {
        for step in Step::ALL.into_iter().filter(|step| is_due(*step)) {
            if self.checks.iter().all(|check| check.step != step) {
                self.skip(step);
            }
        }
    }

    /// Adds `step` as one that is not tried.
    pub(super) fn skip(&mut self, step: Step) {
        let reason = self.failure.as_ref().map(|(failed, _)| format!(", since {failed} failed"));
        self.push(Check::skipped(step, format!("not tried{}", reason.unwrap_or_default())));
    }

    fn push(&mut self, check: Check) {
        let gap = if self.checks.is_empty() { "\n" } else { "" };
        let lines = lines(&check, self.style());
        self.print(&[gap.as_bytes(), &lines].concat());
        self.checks.push(check);
    }

    /// Returns true if a check has failed, or no more can be printed.
    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some() || self.write_error.is_some()
    }

    /// Sets the failure of a report without checks.
    pub(super) fn set_failure(&mut self, step: Step, error: Error) {
        self.failure = Some((step, error));
    }

    /// Prints the warnings with their hints, and for machines the whole report.
    ///
    /// # Errors
    /// The first failure.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        if let Some(error) = self.write_error {
            return Err(error.into());
        }
        if self.format == DoctorFormat::Json {
            let json = self.json()?;
            write(self.context.stdout, json.as_bytes())?;
        }
        let failed = self.checks.iter().find(|check| check.outcome == Outcome::Failed);
        for check in self.checks.iter().filter(|check| check.outcome == Outcome::Warning) {
            if !failed.is_some_and(|failed| check.has_status_of(failed)) {
                messages::warning(self.context, &check.message);
                check.hints.iter().for_each(|hint| messages::hint(self.context, hint));
            }
        }
        self.failure.map_or(Ok(()), |(_, error)| Err(error.into()))
    }

    fn json(&self) -> serde_json::Result<String> {
        let document = Document {
            settings: self.settings.iter().map(Setting::from).collect(),
            checks: &self.checks,
            failure: self.failure.as_ref().map(|(check, error)| Failure {
                check: *check,
                kind: error.kind(),
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
    let (word_style, text_style) = match check.outcome {
        Outcome::Passed => (GREEN, PLAIN),
        Outcome::Warning => (YELLOW, PLAIN),
        Outcome::Failed => (RED, PLAIN),
        Outcome::Skipped => (DIM, DIM),
    };
    let word = check.outcome.to_string();
    let fill = " ".repeat(WORD - word.len());
    let word = style.paint(&word, word_style);
    let mut lines = format!("{word}{fill}  {:NAME$}", check.step).into_bytes();
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
    checks: &'a [Check],
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
        let (set, value, sent, error) = match &fact.value {
            EffectiveValue::Unset => (false, None, None, None),
            EffectiveValue::Text(value) => (true, Some(value.as_str()), None, None),
            EffectiveValue::Hidden => (true, None, None, None),
            EffectiveValue::Secret { is_sent } => (true, None, Some(*is_sent), None),
            EffectiveValue::Unreadable { reason, is_sent } => {
                (false, None, Some(*is_sent), Some(reason.as_str()))
            }
        };
        let (from, unused) = (fact.origin.as_deref(), fact.unused.as_deref());
        Self { name: fact.name, set, value, from, sent, error, unused }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    check: Step,
    kind: Kind,
    exit_code: u8,
    message: String,
    hints: &'a [String],
}
