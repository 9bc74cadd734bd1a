//! The help of Windows: the examples, folders and meanings that differ from those of Linux.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::section::{Example, FILES, Page, Part};

/// The part of `pages.json` for Windows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Windows {
    /// The examples of a command or a topic, for PowerShell.
    examples: BTreeMap<&'static str, Vec<Example>>,
    /// The meanings of terms; a term without one is left out.
    meanings: BTreeMap<&'static str, Option<&'static str>>,
    /// Folders of Linux, and those in place of them, with slashes. The first that a text has counts.
    folders: Vec<(&'static str, &'static str)>,
    /// The text below the files.
    other_folders: &'static str,
}

impl Windows {
    /// Changes the page of the command or topic `name`.
    pub(super) fn adapt(&self, name: &str, page: &mut Page) {
        if let Some(examples) = self.examples.get(name) {
            page.examples.clone_from(examples);
        }
        for section in &mut page.sections {
            for part in &mut section.parts {
                match part {
                    Part::Terms(terms) => self.adapt_terms(terms),
                    Part::Text(text) if section.topic == Some(FILES) => *text = self.other_folders,
                    Part::Text(_) => {}
                }
            }
        }
    }

    fn adapt_terms(&self, terms: &mut Vec<(String, String)>) {
        terms.retain(|(term, _)| self.meanings.get(term.as_str()) != Some(&None));
        for (term, meaning) in terms {
            if let Some(Some(own)) = self.meanings.get(term.as_str()) {
                *meaning = (*own).to_owned();
            }
            *term = self.with_folder(term);
            *meaning = self.with_folder(meaning);
        }
    }

    /// Returns `text` with the folder of Windows in place of that of Linux.
    fn with_folder(&self, text: &str) -> String {
        let found = self.folders.iter().find_map(|(folder, own)| {
            let (before, after) = text.split_once(folder)?;
            Some(format!("{before}{}", format!("{own}{after}").replace('/', r"\")))
        });
        found.unwrap_or_else(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::content::{page_on, topics_on};
    use super::*;
    use crate::context::Variables;
    use crate::fs::dirs;
    use crate::platform::Platform;

    /// Returns the terms of `page` with their meanings, with a `topic` those of its sections.
    fn terms(page: Page, topic: Option<&str>) -> Vec<(String, String)> {
        let sections = page.sections.into_iter();
        let sections = sections.filter(|section| topic.is_none() || section.topic == topic);
        let terms = sections.flat_map(|section| section.parts).filter_map(|part| match part {
            Part::Terms(terms) => Some(terms),
            Part::Text(_) => None,
        });
        terms.flatten().collect()
    }

    /// Returns the files of `get`.
    fn files(platform: Platform) -> Vec<String> {
        let terms = terms(page_on("get", platform), Some(FILES));
        terms.into_iter().map(|(term, _)| term).collect()
    }

    #[test]
    fn terms_of_windows_have_its_folders_defaults_and_rights() {
        let [linux, windows] = [Platform::Linux, Platform::Windows].map(|platform| {
            terms(page_on("", platform), None).into_iter().collect::<BTreeMap<_, _>>()
        });
        for (term, meaning) in &windows {
            assert!(!format!("{term} {meaning}").contains("~/"), "{term}: {meaning}");
        }
        let missing: Vec<&String> = linux
            .keys()
            .filter(|term| !windows.contains_key(*term) && !term.starts_with("~/"))
            .collect();
        assert_eq!(missing, ["LC_ALL, LC_CTYPE, LANG"]);
        let both = |term: &str| [linux[term].as_str(), windows[term].as_str()];
        let pager =
            "the pager for a table or records higher than the terminal; empty or `cat` for none";
        assert_eq!(
            both("SOTICKETS_PAGER"),
            ["less", "none"].map(|default| format!("{pager} [default: {default}]"))
        );
        let folder = "the folder of cached addresses, ";
        assert_eq!(
            both("XDG_CACHE_HOME"),
            ["~/.cache", "%LOCALAPPDATA%"].map(|name| folder.to_owned() + name)
        );
        let sign_in = "the sign-in of each profile";
        assert_eq!(
            linux["~/.local/state/sotickets/sign-in*"],
            format!("{sign_in}, readable by its owner only")
        );
        assert_eq!(windows[r"%LOCALAPPDATA%\sotickets\state\sign-in*"], sign_in);
    }

    #[test]
    fn examples_of_windows_are_for_powershell() {
        let commands = |platform| {
            let topics = topics_on(platform).into_iter().flat_map(|topic| topic.page.examples);
            let commands = ["completions", "fields"].into_iter();
            let commands = commands.flat_map(move |path| page_on(path, platform).examples);
            topics.chain(commands).map(|example| example.command).collect::<Vec<_>>().join("\n")
        };
        let (linux, windows) = (commands(Platform::Linux), commands(Platform::Windows));
        for text in [
            "SOTICKETS_OUTPUT=csv ",
            "echo $?",
            "/dev/null",
            "file:/run/",
            "pass show",
            "> fields.csv",
        ] {
            assert!(linux.contains(text) && !windows.contains(text), "{text}:\n{windows}");
        }
        for text in ["$env:SOTICKETS_OUTPUT = 'csv'", "$LASTEXITCODE", "command:pw.exe"] {
            assert!(!linux.contains(text) && windows.contains(text), "{text}:\n{windows}");
        }
    }

    #[test]
    fn folders_of_help_are_those_of_the_program() {
        let root = match Platform::CURRENT {
            Platform::Windows => r"C:\",
            Platform::Linux | Platform::Apple => "/",
        };
        let folders = [("~", "home"), ("%APPDATA%", "roaming"), ("%LOCALAPPDATA%", "local")];
        let folders = folders.map(|(name, folder)| (name, format!("{root}{folder}")));
        let names = ["HOME", "APPDATA", "LOCALAPPDATA"].into_iter().zip(&folders);
        let values: Vec<(OsString, OsString)> =
            names.map(|(name, (_, folder))| (name.into(), folder.into())).collect();
        for platform in [Platform::Linux, Platform::Windows] {
            let found = files(platform).into_iter().map(|file| {
                let file = folders.iter().fold(file, |file, (name, path)| file.replace(name, path));
                let file = file.replace('\\', "/");
                file.rsplit_once('/').map(|(folder, _)| folder.to_owned())
            });
            let variables = Variables::for_platform(platform, values.clone());
            let state = dirs::state(&variables);
            let used = [
                dirs::config(&variables),
                state.clone(),
                state.clone(),
                state,
                dirs::cache(&variables),
            ];
            let used = used.map(|path| Some(path?.to_str()?.replace('\\', "/")));
            assert_eq!(found.collect::<Vec<_>>(), used);
        }
    }
}
