//! `sotickets doctor`.

use anyhow::Result;
use serde::Serialize;

use crate::cli::doctor::{DoctorArgs, DoctorFormat};
use crate::host::Host;
use crate::settings::configuration;
use crate::settings::doctor::{Fact, Held, examine};

use super::{report, write};

/// Says what is in effect, then what stands in the way of a call.
///
/// # Errors
/// As `get` would end before it sends anything.
pub fn run(args: &DoctorArgs, host: &mut Host) -> Result<()> {
    let configuration = configuration::load(&args.call, &host.environment)?;
    report::advise(host.stderr, configuration.warning.as_ref());
    let findings = examine(&args.call, &configuration, host)?;
    let text = match args.output {
        DoctorFormat::Table => table(&findings.facts),
        DoctorFormat::Json => json(&findings.facts)?,
    };
    write(host.stdout, text.as_bytes())?;
    match findings.fault {
        Some(fault) => Err(fault.after_output().into()),
        None => Ok(()),
    }
}

/// A line a fact.
fn table(facts: &[Fact]) -> String {
    let width = facts.iter().map(|fact| fact.name.len()).max().unwrap_or_default();
    facts.iter().map(|fact| format!("{:width$}  {}\n", fact.name, sentence(fact))).collect()
}

fn sentence(fact: &Fact) -> String {
    let held = match &fact.value {
        Held::Nothing => "not set",
        Held::Value(value) => value,
        Held::Hidden => "hidden, since it may hold a password",
        Held::Secret(_) => "set",
    };
    let mut text = held.to_owned();
    match (&fact.value, fact.origin.as_deref()) {
        (_, None) => {}
        (Held::Nothing, Some(why)) => text = format!("{text}; {why}"),
        (_, Some("default")) => text.push_str(", the default"),
        (_, Some(origin)) => text = format!("{text}, from {origin}"),
    }
    if matches!(fact.value, Held::Secret(false)) {
        text.push_str("; not sent");
    }
    text
}

/// An object, with room for what else there is to say of a set-up.
fn json(facts: &[Fact]) -> Result<String> {
    let settings: Vec<Record<'_>> = facts.iter().map(Record::from).collect();
    Ok(serde_json::to_string_pretty(&Report { settings })? + "\n")
}

#[derive(Serialize)]
struct Report<'a> {
    settings: Vec<Record<'a>>,
}

/// A fact as `json` shows it; the order here is the order of the keys.
#[derive(Serialize)]
struct Record<'a> {
    name: &'static str,
    set: bool,
    /// Of a secret none.
    value: Option<&'a str>,
    from: Option<&'a str>,
    /// Of a secret alone: whether a call would carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<bool>,
}

impl<'a> From<&'a Fact> for Record<'a> {
    fn from(fact: &'a Fact) -> Self {
        let (value, sent) = match &fact.value {
            Held::Value(value) => (Some(value.as_str()), None),
            Held::Secret(sent) => (None, Some(*sent)),
            Held::Nothing | Held::Hidden => (None, None),
        };
        let set = !matches!(fact.value, Held::Nothing);
        Self { name: fact.name, set, value, from: fact.origin.as_deref(), sent }
    }
}
