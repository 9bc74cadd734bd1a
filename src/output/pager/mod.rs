//! The pager: a program that shows output higher than the terminal, such as less.

#[cfg(unix)]
mod running;
mod screen;

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::context::{Charset, Context, Terminal, Variables};
use crate::escape;
use crate::output::text::style::UNKNOWN_WIDTH;
use crate::platform::Platform;
use crate::shell_words;

#[cfg(unix)]
use running::RunningPager;
use screen::Screen;

/// The variables that name the pager; an earlier one overrides a later one.
pub(crate) const VARIABLES: [&str; 2] = ["SOTICKETS_PAGER", "PAGER"];
const LESS: &str = "less";
/// The options of less, and the variable that a user sets them by. With these it ends if all fits,
/// passes colors on, and leaves the text on the screen.
const LESS_OPTIONS: (&str, &str) = ("LESS", "FRX");
/// Characters for which a command line needs a shell, as in git.
const SHELL_CHARACTERS: [char; 21] = [
    '|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '"', '\'', '*', '?', '[', '#', '~', '=',
    '%', '\n', '{',
];
/// Characters after which a command line goes on with another command, so that its status is not
/// that of the pager.
const LIST_CHARACTERS: [char; 3] = [';', '&', '\n'];
/// The variable by which less knows the encoding.
const LESS_CHARSET: &str = "LESSCHARSET";
/// The first version of less that passes links on.
const LESS_WITH_LINKS: u32 = 566;

/// Writes a text, with links if they are shown. It may be called more than once.
pub(crate) type Render<'r> = &'r dyn Fn(&mut dyn Write, bool) -> io::Result<()>;

/// The reason why a pager did not start.
pub(crate) struct StartFailure {
    /// The variable that names the pager.
    pub(crate) variable: &'static str,
    pub(crate) message: String,
}

/// A pager for a terminal.
#[derive(Debug)]
pub(crate) struct Pager {
    /// The program, or a command line for the shell.
    command: OsString,
    /// The variable that names it; `None` for less.
    variable: Option<&'static str>,
    /// The width of the terminal.
    columns: usize,
    height: usize,
}

impl Pager {
    /// Finds the pager for standard output; `None` if output is printed directly.
    pub(crate) fn find(is_off: bool, context: &Context<'_>) -> Option<Self> {
        let Terminal { stdout, width, height, .. } = context.terminal;
        let variables = &context.variables;
        let height = height.filter(|_| stdout && !is_off && !variables.has_dumb_terminal())?;
        let (command, variable) = choose(variables)?;
        Some(Self { command, variable, columns: width.unwrap_or(UNKNOWN_WIDTH), height })
    }

    /// Writes to `stdout` what `render` writes, or shows it in the pager if it is too high.
    /// Returns the failure if the pager does not start. Without links in the text, `has_links` is
    /// false, and less is not asked for its version.
    ///
    /// # Errors
    /// Those of `render` and of `stdout`. A person who leaves the pager early is no error.
    pub(crate) fn print(
        &self,
        variables: &Variables,
        stdout: &mut dyn Write,
        has_links: bool,
        render: Render<'_>,
    ) -> io::Result<Option<StartFailure>> {
        let mut screen = Screen::new(self.columns, self.height);
        match render(&mut screen, true) {
            Err(_) if screen.is_full() => {}
            Err(error) => return Err(error),
            Ok(()) => {
                stdout.write_all(screen.bytes())?;
                return stdout.flush().map(|()| None);
            }
        }
        let Err(reason) = self.show(variables, has_links, render)? else { return Ok(None) };
        let mut out = BufWriter::new(stdout);
        render(&mut out, true)?;
        out.flush()?;
        // Without less there is no pager, which is as good as any other answer.
        Ok(self.variable.map(|variable| {
            let command = escape::excerpt(&self.command.to_string_lossy(), 100);
            let message = format!("{variable}: the pager '{command}' was not started: {reason}");
            StartFailure { variable, message }
        }))
    }

    /// Shows what `render` writes; the inner error is the reason why the pager does not start.
    fn show(
        &self,
        variables: &Variables,
        has_links: bool,
        render: Render<'_>,
    ) -> io::Result<Result<(), String>> {
        let has_links = has_links && self.passes_links_on(variables);
        let (mut command, is_shell) = self.command();
        self.set_environment(&mut command, variables);
        #[cfg(unix)]
        let running = RunningPager::begin();
        let mut child = match command.stdin(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => return Ok(Err(error.to_string())),
        };
        #[cfg(unix)]
        running.started(&child);
        let written = child.stdin.take().map_or(Ok(()), |stdin| {
            let mut out = BufWriter::with_capacity(64 * 1024, stdin);
            render(&mut out, has_links).and_then(|()| out.flush())
        });
        let status = child.wait()?;
        #[cfg(unix)]
        drop(running);
        let may_have_shown = self.command.to_string_lossy().contains(LIST_CHARACTERS);
        if is_shell
            && !may_have_shown
            && let Some(reason) = shell_error(status)
        {
            return Ok(Err(reason.to_owned()));
        }
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(Ok(())),
        }
    }

    /// Returns the command that starts the pager, and whether a shell does.
    fn command(&self) -> (Command, bool) {
        let text = self.command.to_string_lossy();
        if shell_words::is_program_path(&self.command) {
            return (Command::new(&self.command), false);
        }
        let needs_shell = Platform::CURRENT != Platform::Windows && text.contains(SHELL_CHARACTERS);
        let words = shell_words::split(&text, Platform::CURRENT)
            .filter(|words| !words.is_empty() && !needs_shell);
        if let Some([program, arguments @ ..]) = words.as_deref() {
            let mut command = Command::new(program);
            command.args(arguments);
            return (command, false);
        }
        let mut command = Command::new("sh");
        command.arg("-c").arg(&self.command);
        (command, true)
    }

    fn set_environment(&self, command: &mut Command, variables: &Variables) {
        let (name, default) = LESS_OPTIONS;
        // Without -R, less would show color as text.
        let options = variables.get(name).map_or(default.to_owned(), |own| format!("-R {own}"));
        command.env(name, options);
        if variables.get("LV").is_none() {
            command.env("LV", "-c");
        }
        // Without a locale the text is UTF-8 all the same, and less would show bytes.
        if variables.charset() == Charset::Utf8 && variables.get(LESS_CHARSET).is_none() {
            command.env(LESS_CHARSET, "utf-8");
        }
        variables.remove_program_variables(command);
    }

    /// Returns whether the pager is a version of less that passes links on.
    fn passes_links_on(&self, variables: &Variables) -> bool {
        let Some(less) = self.less() else { return false };
        let mut command = Command::new(less);
        variables.remove_program_variables(&mut command);
        let output = command.arg("--version").stdin(Stdio::null()).output();
        let output = output.map(|output| output.stdout).unwrap_or_default();
        less_version(&String::from_utf8_lossy(&output)) >= Some(LESS_WITH_LINKS)
    }

    /// Returns the program if it is less.
    fn less(&self) -> Option<OsString> {
        let is_less = |program: &OsStr| Path::new(program).file_stem() == Some(LESS.as_ref());
        let program = if shell_words::is_program_path(&self.command) {
            self.command.clone()
        } else {
            let text = self.command.to_str()?;
            // Another program may follow.
            let words = shell_words::split(text, Platform::CURRENT);
            let words = words.filter(|_| !text.contains(['|', ';', '&']))?;
            words.into_iter().next()?.into()
        };
        is_less(&program).then_some(program)
    }
}

/// Returns the pager that variables name, or less; `None` if an empty one or `cat` switches it off.
fn choose(variables: &Variables) -> Option<(OsString, Option<&'static str>)> {
    let named = VARIABLES.into_iter().find_map(|name| Some((variables.raw(name)?, name)));
    let Some((command, name)) = named else {
        // On Windows there is no less.
        return (variables.platform() != Platform::Windows).then(|| (LESS.into(), None));
    };
    let text = command.to_string_lossy();
    let is_off = text.trim().is_empty() || text.trim() == "cat";
    (!is_off).then(|| (command.to_owned(), Some(name)))
}

/// Returns the reason for which a shell could not start a program.
fn shell_error(status: ExitStatus) -> Option<&'static str> {
    match status.code()? {
        126 => Some("it is not executable"),
        127 => Some("there is no such program"),
        _ => None,
    }
}

/// Parses the output of `less --version`: `less 590 (GNU regular expressions)`.
fn less_version(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("less ")?.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_of_less_is_its_first_number() {
        assert_eq!(less_version("less 590 (GNU regular expressions)\n"), Some(590));
        assert_eq!(less_version("less 643.2 (PCRE2)"), Some(643));
        assert_eq!(less_version("less 551\n"), Some(551));
        assert_eq!(less_version("BusyBox v1.36"), None);
        assert_eq!(less_version(""), None);
    }

    #[test]
    fn first_variable_that_is_set_names_the_pager() {
        let choose_on = |platform, variables: &[(&str, &str)]| {
            let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
            let chosen = choose(&Variables::for_platform(platform, variables));
            chosen.map(|(command, name)| (command.into_string().expect("UTF-8"), name))
        };
        let choose = |variables: &[(&str, &str)]| choose_on(Platform::Linux, variables);
        let named = |command: &str, name| Some((command.to_owned(), Some(name)));
        assert_eq!(choose(&[]), Some(("less".to_owned(), None)));
        assert_eq!(choose_on(Platform::Windows, &[]), None);
        assert_eq!(choose(&[("PAGER", "most")]), named("most", "PAGER"));
        let both = [("PAGER", "most"), ("SOTICKETS_PAGER", "less -S")];
        assert_eq!(choose(&both), named("less -S", "SOTICKETS_PAGER"));
        for off in ["", " ", "cat", " cat "] {
            assert_eq!(choose(&[("PAGER", "most"), ("SOTICKETS_PAGER", off)]), None, "{off:?}");
            assert_eq!(choose(&[("PAGER", off)]), None, "{off:?}");
        }
    }

    #[test]
    fn less_is_recognized_with_arguments_and_a_path() {
        let less = |command: &str| {
            let (command, variable) = (command.into(), Some("PAGER"));
            let pager = Pager { command, variable, columns: 80, height: 24 };
            pager.less().map(|program| program.into_string().expect("UTF-8"))
        };
        for (command, program) in
            [("less", "less"), ("less -S", "less"), ("'/a b/less' -S", "/a b/less")]
        {
            assert_eq!(less(command).as_deref(), Some(program));
        }
        for command in ["most", "less | cat", "lesser", "env less", "'"] {
            assert_eq!(less(command), None, "{command}");
        }
    }
}
