//! A call of the endpoint, with what has to go before it and between its tries.

use crate::api::query::Query;
use crate::api::reader::Pieces;
use crate::cli::get::CallArgs;
use crate::context::Context;
use crate::error::Result;
use crate::http::client::{self, Response};
use crate::http::trace::Trace;
use crate::settings::config::Config;
use crate::settings::plan::resolved_call::ReadyCall;

use super::online::Online;
use super::signed_in::SignedIn;

/// What a call needs of SuperOffice Online, if anything.
pub struct Exchange<'a> {
    /// The tenant, with its system user.
    pub online: Option<Online<'a>>,
    /// The sign-in.
    pub signed_in: Option<SignedIn<'a>>,
}

impl<'a> Exchange<'a> {
    /// What `ready` needs.
    #[must_use]
    pub fn of(
        ready: &'a ReadyCall,
        call: &'a CallArgs,
        configuration: &'a Config,
        host: &Context<'_>,
    ) -> Self {
        Self {
            online: Online::of(ready, call, configuration, host),
            signed_in: SignedIn::of(ready, call, configuration, host),
        }
    }

    /// Finds the tenant.
    ///
    /// # Errors
    /// Of the service, and as any call.
    pub fn locate(&mut self, request: &mut Query, watch: &mut Trace<'_>) -> Result<()> {
        match &mut self.online {
            Some(online) => online.locate(request, watch),
            None => Ok(()),
        }
    }

    /// Signs in, and sends `request` once; once more where an answer says that the
    /// tenant has moved, or that the ticket or the token has ended. `pieces` gives the
    /// ones of a try.
    ///
    /// # Errors
    /// Of the service, and as any call.
    pub fn send<'p>(
        &mut self,
        request: &mut Query,
        watch: &mut Trace<'_>,
        pieces: impl Fn() -> Pieces<'p>,
    ) -> Result<Response> {
        if let Some(online) = &mut self.online {
            online.sign_in(request, watch)?;
        }
        if let Some(signed_in) = &self.signed_in {
            signed_in.prepare(request, watch)?;
        }
        loop {
            let response = client::send(request, watch, pieces())?;
            let status = response.status;
            let mut is_changed = false;
            if let Some(online) = &mut self.online {
                is_changed = online.changes_for(status, request, watch)?;
            }
            if let (Some(signed_in), false) = (&mut self.signed_in, is_changed) {
                is_changed = signed_in.changes_for(status, request, watch)?;
            }
            if !is_changed {
                return Ok(response);
            }
        }
    }
}
