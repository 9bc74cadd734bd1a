//! The settings in effect as people read them.

use std::borrow::Cow;

use crate::output::TextStyle;
use crate::output::text::color::{BOLD, DIM, PLAIN};
use crate::output::text::definition_list::DefinitionList;
use crate::output::text::style::in_charset;
use crate::output::text::width;
use crate::settings::effective::{EffectiveSetting, EffectiveValue};

/// Formats the settings, each with its source. Those at their defaults are counted, or with
/// `all` listed like the others; those that are not set are dimmed.
pub(super) fn format(settings: &[EffectiveSetting], all: bool, style: TextStyle) -> Vec<u8> {
    let listed: Vec<&EffectiveSetting> =
        settings.iter().filter(|setting| all || !setting.is_at_default()).collect();
    let longest = listed.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
    let list = DefinitionList::new(longest, style).keeping_words();
    let mut out = Vec::new();
    for setting in &listed {
        let is_set = !matches!(setting.value, EffectiveValue::Unset);
        let (name_style, value_style) = if is_set { (BOLD, PLAIN) } else { (DIM, DIM) };
        out.extend_from_slice(style.paint(setting.name, name_style).as_bytes());
        let text = sentence(setting, settings);
        let text = in_charset(&text, style.charset);
        list.write(setting.name.len(), &text, value_style, &mut out);
    }
    push_count(settings.len() - listed.len(), style, &mut out);
    out
}

/// Appends a line with the number of settings at their defaults.
fn push_count(count: usize, style: TextStyle, out: &mut Vec<u8>) {
    let text = match count {
        0 => return,
        1 => "1 setting is at its default (--all lists it)".to_owned(),
        count => format!("{count} settings are at their defaults (--all lists them)"),
    };
    for line in width::wrap(&text, style.width.unwrap_or(usize::MAX)) {
        out.extend_from_slice(style.paint(line, DIM).as_bytes());
        out.push(b'\n');
    }
}

/// Describes the value of `setting` and its source.
fn sentence(setting: &EffectiveSetting, settings: &[EffectiveSetting]) -> String {
    let held = match &setting.value {
        EffectiveValue::Unset => "not set",
        EffectiveValue::Text(value) => value,
        EffectiveValue::Hidden => "hidden, since it may hold a password",
        EffectiveValue::Secret { .. } => "set",
        EffectiveValue::Unreadable { reason, .. } => &format!("cannot be read: {reason}"),
    };
    let mut text = held.to_owned();
    match (&setting.value, setting.origin.as_deref()) {
        (_, None) | (EffectiveValue::Unreadable { .. }, _) => {}
        (EffectiveValue::Unset, Some(why)) => text = format!("{text}; {why}"),
        (_, Some(_)) if setting.is_default => text.push_str(", the default"),
        (_, Some(origin)) => {
            text = format!("{text}, from {}", short_origin(origin, setting.name, settings));
        }
    }
    if matches!(
        setting.value,
        EffectiveValue::Secret { is_sent: false }
            | EffectiveValue::Unreadable { is_sent: false, .. }
    ) {
        text.push_str("; not sent");
    }
    if let Some(reason) = &setting.unused {
        text.push_str("; not used: ");
        text.push_str(reason);
    }
    text
}

/// Leaves out of `origin` what the list already says: the name of the setting, and the
/// configuration file. `user of profile 'work' (PATH, line 6)` is `profile 'work' (line 6)`,
/// and `token stored of profile` is `the stored file of profile`.
fn short_origin<'o>(origin: &'o str, name: &str, settings: &[EffectiveSetting]) -> Cow<'o, str> {
    let Cow::Owned(short) = without_file(origin, settings) else { return origin.into() };
    let rest = short.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
    let Some(rest) = rest else { return short.into() };
    if let Some(profile) = rest.strip_prefix("stored of ") {
        return format!("the stored file of {profile}").into();
    }
    if let Some(profile) = rest.strip_prefix("keyring of ") {
        return format!("the keyring of {profile}").into();
    }
    rest.strip_prefix("of ").unwrap_or(rest).to_owned().into()
}

/// Leaves the path of the configuration file, which the list names, out of references to its
/// lines in `text`.
pub(super) fn without_file<'t>(text: &'t str, settings: &[EffectiveSetting]) -> Cow<'t, str> {
    let file = settings.iter().find(|setting| setting.is_config_file());
    let Some(EffectiveValue::Text(path)) = file.map(|file| &file.value) else {
        return text.into();
    };
    let reference = format!("({path}, line ");
    match text.contains(&reference) {
        true => text.replace(&reference, "(line ").into(),
        false => text.into(),
    }
}
