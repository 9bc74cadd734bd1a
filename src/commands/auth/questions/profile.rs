//! The questions about the profile, after the sign-in was checked: its name, its language and time
//! zone, and if it is the default one.

use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::commands::question::{Asker, TextQuestion};
use crate::context::Context;
use crate::error::Result;
use crate::escape;
use crate::settings::config_edit::KeyChange;
use crate::settings::plan::profile_target::{ProfileTarget, Profiles};
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::{locale, system_locale, zone};
use crate::source::{Source, Sourced};

use super::interview::ask_until;
use crate::commands::auth::written_profile;

/// The arguments with the answers of a person.
pub(crate) struct Answers {
    pub(crate) args: LoginArgs,
    /// True if the person has seen what changes in a profile, and agreed.
    pub(crate) saw_changes: bool,
}

/// A profile that is about to be written.
pub(crate) struct ProfileQuestions<'a, P> {
    /// Plans the profile with other arguments.
    pub(crate) plan: P,
    pub(crate) profiles: &'a Profiles,
    /// `None` without a terminal.
    pub(crate) asker: Option<Asker>,
}

impl<P: Fn(&LoginArgs) -> Result<ProfileTarget>> ProfileQuestions<'_, P> {
    /// Returns `args` with the answers; without a terminal, with the language and the time zone of
    /// this machine for a new profile. Nothing is asked for a profile in which no key changes.
    ///
    /// # Errors
    /// If no answer comes, or the profile that an option names may not be written.
    pub(crate) fn complete(
        &self,
        args: &LoginArgs,
        suggested: &str,
        context: &mut Context<'_>,
    ) -> Result<Answers> {
        let is_known = self.profiles.find(suggested).is_some() && (self.plan)(args).is_ok();
        let mut args = args.clone();
        if is_known {
            return Ok(Answers { args, saw_changes: false });
        }
        let Some(asker) = &self.asker else {
            if self.profiles.find(suggested).is_none() {
                args.language = args.language.or_else(|| language(context));
                args.timezone = args.timezone.or_else(|| timezone(context));
            }
            return Ok(Answers { args, saw_changes: false });
        };
        let (name, saw_changes) = self.ask_name(asker, &mut args, suggested, context)?;
        if saw_changes {
            // The person agreed to these changes alone.
            return Ok(Answers { args, saw_changes });
        }
        self.ask_language(asker, &mut args, &name, context)?;
        self.ask_timezone(asker, &mut args, &name, context)?;
        self.ask_default(asker, &mut args, &name, context)?;
        Ok(Answers { args, saw_changes })
    }

    /// Returns `args` for a profile that is signed in again, with the consent of the person if
    /// more than its secret changes.
    ///
    /// # Errors
    /// If the profile may not be replaced.
    pub(crate) fn confirm_change(
        &self,
        args: &LoginArgs,
        context: &mut Context<'_>,
    ) -> Result<Answers> {
        let Err(error) = (self.plan)(args) else {
            return Ok(Answers { args: args.clone(), saw_changes: false });
        };
        let replacing = LoginArgs { replace: true, ..args.clone() };
        match (&self.asker, (self.plan)(&replacing)) {
            (Some(asker), Ok(replaced)) if confirm_replacement(&replaced, asker, context)? => {
                Ok(Answers { args: replacing, saw_changes: true })
            }
            _ => Err(error),
        }
    }

    /// Asks for the name of the profile, and if a profile that has it may be replaced. Returns true
    /// with the name then.
    fn ask_name(
        &self,
        asker: &Asker,
        args: &mut LoginArgs,
        suggested: &str,
        context: &mut Context<'_>,
    ) -> Result<(String, bool)> {
        let typed = args.profile.profile.clone();
        let question = TextQuestion { label: "Name of the profile", help: "", default: suggested };
        let parse =
            |answer: &str| self.profiles.check_name(answer, "the name").map(|()| answer.to_owned());
        loop {
            let name = match &typed {
                Some(name) => name.clone(),
                None => ask_until(asker, &question, parse, context)?,
            };
            args.profile.profile = Some(name.clone());
            let Err(error) = (self.plan)(args) else { return Ok((name, false)) };
            let replacing = LoginArgs { replace: true, ..args.clone() };
            match (self.plan)(&replacing) {
                Ok(replaced) => {
                    args.replace = confirm_replacement(&replaced, asker, context)?;
                    if args.replace {
                        return Ok((name, true));
                    }
                    if typed.is_some() {
                        return Err(error);
                    }
                }
                Err(_) if typed.is_some() => return Err(error),
                Err(_) => messages::error_as_warning(context, &error),
            }
        }
    }

    fn ask_language(
        &self,
        asker: &Asker,
        args: &mut LoginArgs,
        name: &str,
        context: &mut Context<'_>,
    ) -> Result<()> {
        let setting = &registry::LANGUAGE;
        if args.language.is_some() || self.is_set(setting, name, context) {
            return Ok(());
        }
        let default = language(context);
        let question = TextQuestion {
            label: "Language",
            help: "a code, such as en or nb-NO",
            default: default.as_deref().or(setting.default).unwrap_or_default(),
        };
        let parse = |answer: &str| {
            let answer = sourced(answer, "the language");
            locale::check_language(&answer).map(|()| answer)
        };
        loop {
            let answer = ask_until(asker, &question, parse, context)?;
            let warning = locale::language_warning(&answer);
            messages::warn_with_hint(context, warning.as_ref());
            if warning.is_none() || asker.confirm("Use it all the same?", false, context)? {
                args.language = Some(answer.value);
                return Ok(());
            }
        }
    }

    fn ask_timezone(
        &self,
        asker: &Asker,
        args: &mut LoginArgs,
        name: &str,
        context: &mut Context<'_>,
    ) -> Result<()> {
        let setting = &registry::TIMEZONE;
        if args.timezone.is_some() || self.is_set(setting, name, context) {
            return Ok(());
        }
        let default = timezone(context).unwrap_or_default();
        let help = match default.as_str() {
            "" => "such as Europe/Oslo; Enter: dates as they are sent",
            _ => "of dates, such as Europe/Oslo",
        };
        let question = TextQuestion { label: "Time zone", help, default: &default };
        let variables = context.variables.clone();
        let parse = |answer: &str| match answer {
            "" => Ok(None),
            _ => zone::parse(&sourced(answer, "the time zone"), &variables)
                .map(|_| Some(answer.to_owned())),
        };
        args.timezone = ask_until(asker, &question, parse, context)?;
        Ok(())
    }

    fn ask_default(
        &self,
        asker: &Asker,
        args: &mut LoginArgs,
        name: &str,
        context: &mut Context<'_>,
    ) -> Result<()> {
        let old = self.profiles.default_name();
        if args.default || old == Some(name) {
            return Ok(());
        }
        args.default = asker.confirm("Make it the default profile?", old.is_none(), context)?;
        args.is_not_default = !args.default;
        Ok(())
    }

    /// Returns true if a variable or the profile `name` has `setting`.
    fn is_set(&self, setting: &Setting, name: &str, context: &Context<'_>) -> bool {
        let old = self.profiles.find(name);
        context.variables.get(setting.variable).is_some()
            || old.is_some_and(|old| old.find(setting).is_some())
    }
}

/// Shows the keys in which the profile before `replaced` would change, and asks if it may be.
fn confirm_replacement(
    replaced: &ProfileTarget,
    asker: &Asker,
    context: &mut Context<'_>,
) -> Result<bool> {
    let name = escape::excerpt(&replaced.name, 60);
    messages::line(context, &format!("profile '{name}' exists, and would change:"));
    let changes = written_profile::preview(replaced)?;
    let lines: Vec<String> = changes.iter().flat_map(KeyChange::lines).collect();
    lines.iter().for_each(|line| messages::line(context, line));
    asker.confirm("Replace it?", false, context)
}

/// Returns the language of the locale, unless a variable sets one for all calls.
fn language(context: &Context<'_>) -> Option<String> {
    let is_set = context.variables.get(registry::LANGUAGE.variable).is_some();
    system_locale::language(&context.variables).filter(|_| !is_set)
}

/// Returns the time zone of this machine, unless a variable sets one for all calls.
fn timezone(context: &Context<'_>) -> Option<String> {
    let is_set = context.variables.get(registry::TIMEZONE.variable).is_some();
    system_locale::timezone(&context.variables).filter(|_| !is_set)
}

/// Returns `answer` with its source for messages: nobody knows an option that they did not type.
fn sourced(answer: &str, source: &'static str) -> Sourced<String> {
    Sourced::new(answer.to_owned(), Source::Option(source))
}
