//! The report of `doctor`: settings and checks, for people or for machines.

use serde::Serialize;

use crate::cli::doctor::{DoctorArgs, DoctorFormat};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::output::TextStyle;
use crate::output::text::color::{DIM, GREEN, PLAIN, RED, YELLOW};
use crate::output::text::definition_list::DefinitionList;
use crate::output::text::style::in_charset;
use crate::output::text::width;
use crate::settings::effective::{EffectiveSetting, EffectiveValue};

use super::check::{Check, Listing, Outcome, Step};
use super::settings_list;
use crate::commands::{messages, write};

/// The results so far. People see each line at once, because a check may take time; machines
/// get everything at the end.
pub(super) struct Report<'c, 'p> {
    pub(super) context: &'c mut Context<'p>,
    format: DoctorFormat,
    /// True if settings at their defaults and checks that were not tried are listed.
    all: bool,
    settings: Vec<EffectiveSetting>,
    checks: Vec<Check>,
    /// The first failure, with what failed.
    failure: Option<(Step, Error)>,
    /// The reason why a line could not be printed. Nothing is tried after it.
    write_error: Option<Error>,
    has_printed_check: bool,
}

/// The longest word for an outcome, and the longest name of a check.
const WORD: usize = 7;
const NAME: usize = 10;
/// The word before a description of a request.
const SENDING: &str = "sending";
/// The column at which the messages of checks start.
const TEXT_START: usize = WORD + 2 + NAME + 2;

impl<'c, 'p> Report<'c, 'p> {
    /// Starts a report with the settings.
    pub(super) fn begin(
        args: &DoctorArgs,
        settings: Vec<EffectiveSetting>,
        context: &'c mut Context<'p>,
    ) -> Self {
        let mut report = Self {
            context,
            format: args.output,
            all: args.all,
            settings,
            checks: Vec::new(),
            failure: None,
            write_error: None,
            has_printed_check: false,
        };
        report.print(&settings_list::format(&report.settings, report.all, report.style()));
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
        self.push(Check::untried(step, format!("not tried{}", reason.unwrap_or_default())));
    }

    fn push(&mut self, check: Check) {
        if self.all || check.listing == Listing::Line {
            self.print_check(check.outcome, &check.step.to_string(), &check.message);
        }
        self.checks.push(check);
    }

    /// Prints the line of a check, or of several.
    fn print_check(&mut self, outcome: Outcome, name: &str, message: &str) {
        let gap = if self.has_printed_check { "" } else { "\n" };
        self.has_printed_check = true;
        let style = self.style();
        let message = settings_list::without_file(message, &self.settings);
        let message = in_charset(&message, style.charset);
        let message = match self.shared_width() {
            // The error that follows has the whole message.
            Some(width) if outcome == Outcome::Failed && !self.all => {
                width::cut(&message, width.saturating_sub(TEXT_START), style.ellipsis())
            }
            _ => message,
        };
        let lines = lines(outcome, name, &message, style);
        self.print(&[gap.as_bytes(), &lines].concat());
    }

    /// Returns the width of the terminal that shows both the table and standard error; `None`
    /// if there is no such terminal.
    fn shared_width(&self) -> Option<usize> {
        let is_shared = self.format == DoctorFormat::Table && self.context.terminal.stderr;
        self.style().width.filter(|_| is_shared)
    }

    /// Prints on standard error that `what` is sent next, in a terminal as a part of the table.
    pub(super) fn announce(&mut self, what: &str) {
        if self.shared_width().is_none() {
            return messages::line(self.context, &format!("{SENDING} {what}"));
        }
        let what = settings_list::without_file(what, &self.settings);
        let mut lines = SENDING.to_owned().into_bytes();
        let style = TextStyle { is_colored: false, ..self.style() };
        DefinitionList::new(WORD, style).write(SENDING.len(), &what, PLAIN, &mut lines);
        messages::line(self.context, String::from_utf8_lossy(&lines).trim_end());
    }

    /// Prints one line for the checks that were not tried, which have the same reason.
    fn print_untried(&mut self) {
        let mut untried = self.checks.iter().filter(|check| check.listing == Listing::SharedLine);
        let Some(first) = untried.next().filter(|_| !self.all) else { return };
        let name = match untried.count() {
            0 => first.step.to_string(),
            others => format!("{} checks", others + 1),
        };
        let message = first.message.clone();
        self.print_check(Outcome::Skipped, &name, &message);
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
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.print_untried();
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
        let is_shared = self.shared_width().is_some();
        let Some((_, error)) = self.failure else { return Ok(()) };
        if is_shared {
            let settings = &self.settings;
            let short = |message: &str| settings_list::without_file(message, settings).into_owned();
            return Err(error.map_message(short).into());
        }
        Err(error.into())
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

/// Formats the outcome of the check `name`.
pub(super) fn lines(outcome: Outcome, name: &str, message: &str, style: TextStyle) -> Vec<u8> {
    let (word_style, text_style) = match outcome {
        Outcome::Passed => (GREEN, PLAIN),
        Outcome::Warning => (YELLOW, PLAIN),
        Outcome::Failed => (RED, PLAIN),
        Outcome::Skipped => (DIM, DIM),
    };
    let word = outcome.to_string();
    let fill = " ".repeat(WORD - word.len());
    let word = style.paint(&word, word_style);
    let mut lines = format!("{word}{fill}  {name}").into_bytes();
    let list = DefinitionList::new(WORD + 2 + NAME, style).keeping_words();
    list.write(WORD + 2 + name.len(), message, text_style, &mut lines);
    lines
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
