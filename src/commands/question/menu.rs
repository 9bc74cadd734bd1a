//! Questions with the prompts of inquire, which edit the line and move through choices.

use inquire::ui::RenderConfig;
use inquire::{InquireError, Select, Text};

use crate::context::Context;
use crate::error::Result;
use crate::output::text::style::in_charset;
use crate::secret::prompt::discard_events;
#[cfg(unix)]
use crate::terminal_modes::ForeignQuestion;

use super::text_question::{TextQuestion, no_answer, unreadable};

/// Asks `question`.
pub(super) fn text(question: &TextQuestion<'_>, context: &Context<'_>) -> Result<String> {
    let style = style(context);
    let in_charset = |text| in_charset(text, context.variables.charset());
    let (label, help) = (in_charset(question.label), in_charset(question.help));
    let label = format!("{label}:");
    let mut prompt = Text::new(&label).with_render_config(style);
    if !question.default.is_empty() {
        prompt = prompt.with_default(question.default);
    }
    if !help.is_empty() {
        prompt = prompt.with_help_message(&help);
    }
    ask(|| prompt.prompt())
}

/// Asks for one of the `choices`.
pub(super) fn choice(label: &str, choices: &[String], context: &Context<'_>) -> Result<usize> {
    let style = style(context);
    let charset = context.variables.charset();
    let choices: Vec<_> = choices.iter().map(|choice| in_charset(choice, charset)).collect();
    let label = in_charset(label, charset);
    let prompt = Select::new(&label, choices)
        .with_render_config(style)
        .with_help_message("arrow keys move, Enter chooses")
        .without_filtering();
    ask(|| prompt.raw_prompt()).map(|answer| answer.index)
}

/// Asks by `prompt`. What was typed before is discarded: it was for another question, perhaps one
/// with hidden input.
fn ask<T>(prompt: impl FnOnce() -> std::result::Result<T, InquireError>) -> Result<T> {
    #[cfg(unix)]
    let terminal = ForeignQuestion::begin().map_err(|error| unreadable(&error))?;
    discard_events();
    match prompt() {
        Ok(answer) => Ok(answer),
        Err(InquireError::OperationCanceled) => Err(no_answer()),
        Err(InquireError::OperationInterrupted) => {
            // The signal ends the process, unless it is ignored.
            #[cfg(unix)]
            let _ = terminal.interrupt();
            Err(no_answer())
        }
        Err(error) => Err(unreadable(&error)),
    }
}

/// Returns the style of the prompts. inquire's own one takes only `NO_COLOR` into account.
fn style(context: &Context<'_>) -> RenderConfig<'static> {
    let terminal = context.terminal;
    if !context.variables.wants_color(terminal.color, terminal.stderr) {
        return RenderConfig::empty();
    }
    RenderConfig::default_colored()
}
