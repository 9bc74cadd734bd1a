//! The addresses of tickets in the web client, and where the output has links to them.

use clap::ValueEnum as _;

use crate::cli::get::{GetArgs, LinksChoice, OutputFormat};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::output::hyperlink;
use crate::ticket::url_template::UrlTemplate;

use crate::settings::registry::{ConfigLayers, LINKS, TENANT, TICKET_URL, URL};
use crate::settings::resolve::target::Target;
use crate::source::{Source, Sourced};

/// The links of `get`.
#[derive(Clone, Debug)]
pub struct Links {
    is_on: bool,
    template: Option<UrlTemplate>,
}

impl Links {
    /// Reads what options, variables and profile set.
    ///
    /// # Errors
    /// A usage error for a value that cannot be, and for `--links always` where no address
    /// is known.
    pub fn resolve(
        args: &GetArgs,
        format: OutputFormat,
        levels: &ConfigLayers<'_>,
        target: Option<&Target>,
        host: &Context<'_>,
    ) -> Result<Self> {
        let template = ticket_url(levels)?;
        let choice = choice(args, levels)?;
        let is_table = matches!(format, OutputFormat::Table | OutputFormat::Record);
        let is_on = match choice.value {
            LinksChoice::Never => false,
            LinksChoice::Always => is_table || format == OutputFormat::Markdown,
            LinksChoice::Auto => {
                is_table
                    && args.out_file.is_none()
                    && host.terminal.stdout
                    && hyperlink::is_supported(&host.environment)
            }
        };
        if choice.value == LinksChoice::Always && args.links.is_some() && !format.is_for_people() {
            return Err(Error::usage(format!(
                "{} always is for -o table, -o record and -o markdown",
                choice.source
            )));
        }
        if let (LinksChoice::Always, true, None, Some(Target::Address(address))) =
            (choice.value, is_on, &template, target)
            && !is_online(address)
        {
            return Err(unknown(address));
        }
        Ok(Self { is_on, template })
    }

    /// The addresses to link to, where `address` is that of the endpoint.
    #[must_use]
    pub fn urls(&self, target: Option<&Target>, address: &Address) -> Option<UrlTemplate> {
        if !self.is_on {
            return None;
        }
        self.template.clone().or_else(|| of_online(target?, address))
    }
}

fn choice(args: &GetArgs, levels: &ConfigLayers<'_>) -> Result<Sourced<LinksChoice>> {
    if let Some(value) = args.links {
        return Ok(Sourced::new(value, Source::Option(LINKS.option)));
    }
    let Some(Sourced { value, source }) = levels.find(&LINKS) else {
        return Ok(Sourced::new(LinksChoice::Auto, Source::Default));
    };
    match LinksChoice::from_str(&value, true) {
        Ok(value) => Ok(Sourced { value, source }),
        Err(_) => {
            let shown = escape::excerpt(&value, 40);
            Err(Error::usage(format!("{source}: '{shown}' is not auto, always or never")))
        }
    }
}

/// Reads the address of tickets. That of a profile is for the profile's server alone.
///
/// # Errors
/// A usage error for what is no address.
pub fn ticket_url(levels: &ConfigLayers<'_>) -> Result<Option<UrlTemplate>> {
    let [option, variable, profile] = levels.each(&TICKET_URL);
    let leads_elsewhere = [&URL, &TENANT].into_iter().any(|setting| {
        let [option, variable, _] = levels.each(setting);
        option.is_some() || variable.is_some()
    });
    let set = option.or(variable).or(profile.filter(|_| !leads_elsewhere));
    set.map(|set| UrlTemplate::parse(&set.value, &set.source.to_string())).transpose()
}

/// The address of tickets in Online, where `target` is there and `address` that of its
/// endpoint.
#[must_use]
pub fn of_online(target: &Target, address: &Address) -> Option<UrlTemplate> {
    let is_online = matches!(target, Target::Tenant(_)) || is_online(address);
    is_online.then(|| UrlTemplate::online(address.site()))
}

fn is_online(address: &Address) -> bool {
    let host = address.url().host_str().unwrap_or_default();
    host.ends_with(".superoffice.com") && address.tenant().is_some()
}

/// The error for an installation whose web client is at an unknown address.
#[must_use]
pub fn unknown(address: &Address) -> Error {
    let site = address.site();
    Error::usage(format!("the address of tickets in the web client of {site} is not known"))
        .hint(format!("set it in the profile: ticket_url = \"{}\"", UrlTemplate::EXAMPLE))
        .hint(format!("or in the variable {}", TICKET_URL.variable))
}
