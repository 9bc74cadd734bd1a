//! The addresses of tickets in the web client, and where the output has links to them.

use clap::ValueEnum as _;

use crate::api::endpoint;
use crate::cli::get::{GetArgs, LinksChoice};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::output::{LinkSupport, OutputFormat, hyperlink};
use crate::ticket::url_template::UrlTemplate;

use crate::settings::Settings;
use crate::settings::registry::{LINKS, TENANT, TICKET_URL, URL};
use crate::settings::resolve::target::Target;
use crate::source::{Source, Sourced};

/// The links of `get`.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    is_on: bool,
    template: Option<UrlTemplate>,
}

impl Links {
    /// Reads what options, variables and profile set.
    pub(crate) fn resolve(
        args: &GetArgs,
        format: OutputFormat,
        settings: &Settings<'_>,
        target: Option<&Target>,
        context: &Context<'_>,
    ) -> Result<Self> {
        let template = ticket_url(settings)?;
        let choice = choice(args, settings)?;
        let has_links = |format: OutputFormat| format.link_support() != LinkSupport::None;
        let is_on = match choice.value {
            LinksChoice::Never => false,
            LinksChoice::Always => has_links(format),
            LinksChoice::Auto if format.link_support() == LinkSupport::File => true,
            LinksChoice::Auto => {
                format.link_support() == LinkSupport::Terminal
                    && args.out_file.is_none()
                    && context.terminal.stdout
                    && hyperlink::is_supported(&context.variables)
            }
        };
        if choice.value == LinksChoice::Always && args.links.is_some() && !has_links(format) {
            let formats = OutputFormat::list(has_links);
            return Err(Error::usage(format!("{} always is for {formats}", choice.source)));
        }
        if let (LinksChoice::Always, true, None, Some(Target::Address(address))) =
            (choice.value, is_on, &template, target)
            && !is_online(address)
        {
            return Err(unknown(address));
        }
        Ok(Self { is_on, template })
    }

    /// Returns the addresses to link to, where `address` is that of the endpoint.
    pub(crate) fn urls(&self, target: Option<&Target>, address: &Address) -> Option<UrlTemplate> {
        if !self.is_on {
            return None;
        }
        self.template.clone().or_else(|| online_template(target?, address))
    }
}

fn choice(args: &GetArgs, settings: &Settings<'_>) -> Result<Sourced<LinksChoice>> {
    if let Some(value) = args.links {
        return Ok(Sourced::new(value, Source::Option(LINKS.option)));
    }
    let Some(Sourced { value, source }) = settings.find(&LINKS) else {
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
pub(crate) fn ticket_url(settings: &Settings<'_>) -> Result<Option<UrlTemplate>> {
    let is_from_profile = |setting| {
        matches!(settings.find(setting), Some(Sourced { source: Source::File { .. }, .. }))
    };
    let is_set = |setting| settings.find(setting).is_some();
    let leads_elsewhere =
        [&URL, &TENANT].into_iter().any(|setting| is_set(setting) && !is_from_profile(setting));
    let set =
        settings.find(&TICKET_URL).filter(|_| !(leads_elsewhere && is_from_profile(&TICKET_URL)));
    set.map(|set| UrlTemplate::parse(&set.value, &set.source.to_string())).transpose()
}

/// Returns the address of tickets in Online, where `target` is there and `address` that of its
/// endpoint.
pub(crate) fn online_template(target: &Target, address: &Address) -> Option<UrlTemplate> {
    let is_online = matches!(target, Target::Tenant(_)) || is_online(address);
    is_online.then(|| UrlTemplate::online(endpoint::site(address)))
}

fn is_online(address: &Address) -> bool {
    let host = address.url().host_str().unwrap_or_default();
    host.ends_with(".superoffice.com") && endpoint::tenant(address).is_some()
}

/// Returns the error for an installation whose web client is at an unknown address.
pub(crate) fn unknown(address: &Address) -> Error {
    let site = endpoint::site(address);
    Error::usage(format!("the address of tickets in the web client of {site} is not known"))
        .hint(format!("set it in the profile: ticket_url = \"{}\"", UrlTemplate::EXAMPLE))
        .hint(format!("or in the variable {}", TICKET_URL.variable))
}
