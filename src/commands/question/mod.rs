//! Questions to a person at the terminal: a text, one of several choices, yes or no.
//!
//! They are asked on standard error. A terminal that can move its cursor gets the prompts of
//! inquire; any other one, such as with `TERM=dumb`, gets lines.

mod lines;
mod menu;
mod pending_line;
mod text_question;

pub(crate) use pending_line::PendingLine;
pub(crate) use text_question::TextQuestion;

use std::cell::Cell;

use crate::commands::messages;
use crate::context::Context;
use crate::error::Result;

/// Asks questions at the terminal.
pub(crate) struct Asker {
    has_cursor: bool,
    /// The line that has to end before the first question.
    pending: Cell<Option<PendingLine>>,
}

impl Asker {
    /// Returns an asker if standard input and standard error are terminals.
    pub(crate) fn at_terminal(context: &Context<'_>) -> Option<Self> {
        let is_terminal = context.terminal.input.is_some() && context.terminal.stderr;
        let has_cursor = !context.variables.has_dumb_terminal();
        is_terminal.then_some(Self { has_cursor, pending: Cell::new(None) })
    }

    /// Returns an asker that asks its first question after the end of `pending`.
    pub(crate) fn after(self, pending: Option<PendingLine>) -> Self {
        Self { pending: Cell::new(pending), ..self }
    }

    /// Returns true if the terminal can move its cursor, once nothing else reads it.
    fn prepare(&self, context: &mut Context<'_>) -> bool {
        if let Some(pending) = self.pending.take() {
            pending.finish(context);
        }
        self.has_cursor
    }

    /// Asks for a text, and returns it without white space around it; it may be empty.
    ///
    /// # Errors
    /// If no answer comes: the input ends, or Esc is pressed.
    pub(crate) fn text(
        &self,
        question: &TextQuestion<'_>,
        context: &mut Context<'_>,
    ) -> Result<String> {
        let answer = match self.prepare(context) {
            true => menu::text(question, context)?,
            false => lines::text(question, context)?,
        };
        let answer = answer.trim();
        Ok(if answer.is_empty() { question.default } else { answer }.to_owned())
    }

    /// Asks for one of the `choices`, and returns its index. The first one is the default.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(crate) fn choice(
        &self,
        label: &str,
        choices: &[String],
        context: &mut Context<'_>,
    ) -> Result<usize> {
        match self.prepare(context) {
            true => menu::choice(label, choices, context),
            false => lines::choice(label, choices, context),
        }
    }

    /// Asks for yes or no.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(crate) fn confirm(
        &self,
        label: &str,
        default: bool,
        context: &mut Context<'_>,
    ) -> Result<bool> {
        let keys = if default { "Y/n" } else { "y/N" };
        let label = format!("{label} ({keys})");
        loop {
            let question = TextQuestion { label: &label, ..TextQuestion::default() };
            match self.text(&question, context)?.to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => messages::line(context, "Type y for yes, or n for no."),
            }
        }
    }
}
