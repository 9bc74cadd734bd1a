//! Questions for a terminal that cannot move its cursor: a line each, which the terminal itself
//! edits.

use std::fs::File;
use std::io::{self, Read as _};

use crate::commands::messages;
use crate::context::Context;
use crate::error::Result;
use crate::output::text::style::in_charset;

use super::text_question::{TextQuestion, no_answer, unreadable};

/// Asks `question`.
pub(super) fn text(question: &TextQuestion<'_>, context: &mut Context<'_>) -> Result<String> {
    discard_input(context)?;
    let TextQuestion { label, help, default } = question;
    if !help.is_empty() {
        messages::line(context, &format!("({help})"));
    }
    match *default {
        "" => ask(&format!("{label}: "), context),
        _ => ask(&format!("{label} [{default}]: "), context),
    }
}

/// Asks for the number of one of the `choices`.
pub(super) fn choice(label: &str, choices: &[String], context: &mut Context<'_>) -> Result<usize> {
    discard_input(context)?;
    messages::line(context, label);
    for (index, choice) in choices.iter().enumerate() {
        messages::line(context, &format!("  {}) {choice}", index + 1));
    }
    let count = choices.len();
    loop {
        let answer = ask(&format!("1 to {count} [1]: "), context)?;
        let number = match answer.trim() {
            "" => Ok(1),
            answer => answer.parse(),
        };
        match number {
            Ok(number) if (1..=count).contains(&number) => return Ok(number - 1),
            _ => messages::line(context, &format!("Type a number from 1 to {count}.")),
        }
    }
}

/// Writes `prompt`, and reads a line; again if the line is not UTF-8. A console of Windows may have
/// another encoding.
fn ask(prompt: &str, context: &mut Context<'_>) -> Result<String> {
    let prompt = in_charset(prompt, context.variables.charset());
    let open = context.terminal.input.ok_or_else(no_answer)?;
    loop {
        let out = &mut context.stderr;
        let asked = out.write_all(prompt.as_bytes()).and_then(|()| out.flush());
        let line = asked.and_then(|()| read_line(open()?));
        let line = line.map_err(|error| unreadable(&error))?.ok_or_else(no_answer)?;
        if !line.contains(char::REPLACEMENT_CHARACTER) {
            return Ok(line);
        }
        messages::line(context, "This is not UTF-8. Type it again, or give it as an option.");
    }
}

/// Discards what was typed before the question, as a menu does.
fn discard_input(context: &Context<'_>) -> Result<()> {
    #[cfg(unix)]
    if let Some(open) = context.terminal.input {
        use rustix::termios::{QueueSelector, tcflush};
        let flushed = open().and_then(|input| Ok(tcflush(input, QueueSelector::IFlush)?));
        flushed.map_err(|error| unreadable(&error))?;
    }
    #[cfg(not(unix))]
    if context.terminal.input.is_some() {
        crate::secret::prompt::discard_events();
    }
    Ok(())
}

/// Reads a line without its end, a byte at a time: further input is for the next question.
/// `None` is the end of the input. U+FFFD stands for what is not UTF-8.
pub(super) fn read_line(mut input: File) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        match input.read(&mut byte) {
            Ok(0) if line.is_empty() => return Ok(None),
            Ok(1) if byte != *b"\n" => line.push(byte[0]),
            Ok(_) => return Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
