//! Options of commands that acquire a token.

use std::path::PathBuf;

use super::access::Access;
use super::interaction::Terminal;
use super::print::Streams;
use crate::app::{BrowserUse, Error, GrantOptions, LoadedToken, StoragePolicy, Terms};
use crate::manifest::GrantType;
use crate::secret::Secret;

// Client and grant. (A doc comment would become part of the command's help.)
#[derive(Debug, clap::Args)]
pub(super) struct Asking {
    /// Client to use, if the manifest has several
    #[arg(long, value_name = "NAME")]
    pub(super) client: Option<String>,
    /// Grant type [default: the first in the client's `grants`]
    #[arg(
        long,
        value_name = "GRANT",
        value_parser = ["authorization_code", "device_code", "client_credentials", "token_exchange", "jwt_bearer"]
    )]
    grant: Option<String>,
    #[command(flatten)]
    sign_in: SignIn,
    /// Accept a token that was granted more scopes than requested
    #[arg(long)]
    accept_more: bool,
    #[command(flatten)]
    pub(super) access: Access,
}

// Sign-in and token exchange.
#[derive(Debug, clap::Args)]
pub(super) struct SignIn {
    /// Print the sign-in URL instead of opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    #[arg(long)]
    paste: bool,
    /// Authentication context that the API requires: `acr_values` (RFC 9470)
    #[arg(long, value_name = "VALUES")]
    acr_values: Option<String>,
    /// Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,
    /// Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
}

impl SignIn {
    /// Returns the interaction of an acquisition.
    pub(super) fn terminal<'s>(&self, can_ask: bool, streams: &'s mut Streams) -> Terminal<'s> {
        Terminal { streams, can_ask, pastes: self.paste, line: None }
    }

    /// Returns the options for starting a grant.
    pub(super) fn start(&self) -> Result<GrantOptions, Error> {
        let browser = if self.no_browser || self.paste { BrowserUse::Show } else { BrowserUse::Open };
        let subject = self.subject.as_ref().map(|path| -> Result<Secret, Error> {
            let text = match path.to_str() {
                Some("-") => super::arguments::read_input(true)?,
                _ => super::arguments::read_token_file(path)?,
            };
            Ok(LoadedToken::read(&text, jiff::Timestamp::now())?.secret)
        });
        Ok(GrantOptions {
            paste: self.paste,
            subject: subject.transpose()?,
            acr_values: self.acr_values.clone(),
            max_age: self.max_age,
            ..GrantOptions::new(GrantType::AuthorizationCode, browser)
        })
    }
}

impl Asking {
    /// Returns the selected grant.
    pub(super) fn grant(&self) -> Option<GrantType> {
        GrantType::ALL.iter().copied().find(|grant| self.grant.as_deref() == Some(grant.as_str()))
    }

    /// Returns the terms of an acquisition. A token is required to be stored if the user chose a store.
    pub(super) fn terms(&self) -> Result<Terms, Error> {
        let keeping =
            if self.access.names_a_store() { StoragePolicy::Required } else { StoragePolicy::RequiredForUsers };
        Ok(Terms {
            client: self.client.clone(),
            grant: self.grant.clone(),
            start: self.sign_in.start()?,
            may_sign_in: self.access.may_interact(),
            accept_more: self.accept_more,
            keeping,
        })
    }

    /// Returns the interaction of an acquisition.
    pub(super) fn terminal<'s>(&self, streams: &'s mut Streams) -> Terminal<'s> {
        self.sign_in.terminal(self.access.can_ask(), streams)
    }
}
