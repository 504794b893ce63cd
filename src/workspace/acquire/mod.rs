//! The use case "acquire a token": find a stored one, plan, sign in, compare what was granted with what was requested,
//! accept or refuse, keep, refresh, narrow.
//!
//! | module | part |
//! |---|---|
//! | `plan` | from endpoints to what is requested, and by whom |
//! | `reuse` | finds a stored token by what it can do |
//! | `sign_in` | obtains a token by a grant |
//! | `excess` | what was granted beyond the request |
//! | `refresh`, `delivery` | trades a refresh token without losing the grant |
//! | `narrow` | a narrower token, where that does not cost the grant |
//! | `interaction` | what a front end shows and asks |
//!
//! A front end implements [`Interaction`] and nothing else of it.

mod delivery;
mod excess;
mod interaction;
mod narrow;
mod plan;
mod refresh;
mod reuse;
mod sign_in;

use jiff::Timestamp;

use super::{EndpointId, Error, HeldToken, Kind, Obtained, Origin, Start, Workspace};
use crate::diagnostic::Diagnostic;
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::vault::Record;

pub use delivery::finish_refresh;
pub use excess::ExcessQuestion;
pub use interaction::{Interaction, Notice};
pub use plan::Plan;
pub use refresh::RefreshOutcome;
pub(super) use refresh::{keep_beside, narrow, refresh_token};
pub use reuse::{Search, TokenMatch, TokenSource};

/// The terms of an acquisition: what the caller wants and allows.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The client, where several could request the token.
    pub client: Option<String>,
    /// The grant; `None`: the first of the client's own.
    pub grant: Option<String>,
    /// How a grant is started. Its `grant` is replaced by the one that is chosen.
    pub start: Start,
    /// Whether a person may be asked to sign in.
    pub may_sign_in: bool,
    /// Whether a token is accepted that can do more than was requested.
    pub accept_more: bool,
    /// Whether the token has to be kept.
    pub keeping: Keeping,
}

impl Terms {
    /// Those of a caller who asks nobody to sign in.
    #[must_use]
    pub fn without_sign_in() -> Self {
        Self {
            client: None,
            grant: None,
            start: Start::new(GrantType::ClientCredentials, false),
            may_sign_in: false,
            accept_more: false,
            keeping: Keeping::Required,
        }
    }
}

/// Whether a token that is obtained has to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// Without a vault that works nothing is obtained.
    Required,
    /// The same, where a person would have to sign in.
    RequiredForPeople,
    /// What can't be kept is used all the same.
    WherePossible,
}

/// A token, and how it was acquired.
#[derive(Clone, Debug)]
pub struct AcquiredToken {
    /// The token.
    pub token: HeldToken,
    /// Its record, when it is in the vault.
    pub record: Option<Record>,
    /// Where it comes from.
    pub source: TokenSource,
    /// What was requested when it was obtained.
    pub asked: ScopeSet,
    /// What was granted.
    pub granted: ScopeSet,
    /// What it can do beyond what was requested; of a stored token, beyond what is needed now.
    pub beyond: ScopeSet,
    /// When it expires.
    pub expires: Option<Timestamp>,
    /// `token_type` as the server wrote it.
    pub token_type: String,
    /// Where the server deviated from the specifications.
    pub findings: Vec<Diagnostic>,
}

impl AcquiredToken {
    fn stored(found: TokenMatch) -> Self {
        let record = found.record;
        Self {
            token: HeldToken::stored(&record, Timestamp::now()),
            source: found.source,
            asked: record.asked.clone(),
            granted: record.granted.clone(),
            beyond: found.beyond,
            expires: record.expires,
            token_type: record.token_type.clone(),
            findings: Vec::new(),
            record: Some(record),
        }
    }

    /// One that came just now.
    fn fresh(obtained: Obtained, record: Option<Record>, source: TokenSource) -> Self {
        Self {
            expires: obtained.ends(Timestamp::now()),
            token: obtained.token,
            record,
            source,
            asked: obtained.asked,
            granted: obtained.granted,
            beyond: obtained.beyond,
            token_type: obtained.token_type,
            findings: obtained.findings,
        }
    }

    /// Requested, not granted. A stored token was found because it covers the endpoints, whatever was once requested.
    #[must_use]
    pub fn short(&self) -> ScopeSet {
        match self.source {
            TokenSource::Obtained => self.asked.difference(&self.granted),
            TokenSource::Stored | TokenSource::Refreshed | TokenSource::Narrowed => ScopeSet::new(),
        }
    }
}

/// One acquisition, on these terms, with this person.
#[derive(Debug)]
pub struct Acquisition<'a, I> {
    workspace: &'a Workspace,
    terms: Terms,
    interaction: &'a mut I,
}

impl<'a, I: Interaction> Acquisition<'a, I> {
    /// An acquisition for a workspace.
    pub fn new(workspace: &'a Workspace, terms: Terms, interaction: &'a mut I) -> Self {
        Self { workspace, terms, interaction }
    }

    /// A token for these endpoints: the narrowest one in the vault that covers them, or a new one.
    ///
    /// # Errors
    /// As [`Self::stored`] and [`Self::obtain`].
    pub async fn token(&mut self, endpoints: &[EndpointId]) -> Result<AcquiredToken, Error> {
        let stored = Box::pin(self.search(endpoints)).await;
        let usable = match stored {
            Ok(search) => match self.take(search)? {
                Some(found) => return Ok(found),
                None => Ok(()),
            },
            Err(error) => Err(error),
        };
        let plan = self.workspace.plan(endpoints, self.terms.client.as_deref(), None)?;
        let grant = self.grant(&plan)?;
        let usable = match usable {
            Ok(()) => self.workspace.probe_vault().await,
            Err(error) => Err(error),
        };
        let keeps = self.keeps(grant, usable)?;
        let alone = self.alone(grant, keeps).await?;
        if alone.is_some() {
            // what another process has obtained meanwhile may do
            let search = Box::pin(self.search(endpoints)).await?;
            if let Some(found) = self.take(search)? {
                return Ok(found);
            }
        }
        Box::pin(self.sign_in(&plan, grant, keeps)).await
    }

    /// The narrowest stored token that covers these endpoints, refreshed or narrowed as needed. `None`: there is none.
    ///
    /// # Errors
    /// When the vault can't be used, or the token's authorization server can't be reached.
    pub async fn stored(&mut self, endpoints: &[EndpointId]) -> Result<Option<AcquiredToken>, Error> {
        let search = Box::pin(self.search(endpoints)).await?;
        self.take(search)
    }

    /// Reports what a search has found.
    fn take(&mut self, search: Search) -> Result<Option<AcquiredToken>, Error> {
        for note in &search.notes {
            self.interaction.notice(&Notice::Note(note));
        }
        let Some(found) = search.found else { return search.outage.map_or(Ok(None), Err) };
        if !found.beyond.is_empty() {
            self.interaction.notice(&Notice::Broader { beyond: &found.beyond, reason: found.reason });
        }
        Ok(Some(AcquiredToken::stored(found)))
    }

    /// Refreshes a stored token now, whether it needs it or not.
    ///
    /// # Errors
    /// When it has no refresh token, the manifest has no client for it, the server can't be reached or refuses, or it
    /// grants more than before and nobody accepts that.
    pub async fn refresh(&mut self, record: &Record) -> Result<Record, Error> {
        let client = self.workspace.client_of(record)?;
        if let Some(origin) = &record.narrowed_from {
            let narrower = narrow::Narrower { workspace: self.workspace, client, endpoints: &[] };
            if !narrower.refreshes_narrowed().await? {
                let message =
                    format!("token `{}` was narrowed from `{origin}`: its refresh could cost the grant", record.id);
                return Err(Error::new(Kind::Refused, message)
                    .hint(format!("`tokscope tokens refresh {origin}` refreshes the one that it was narrowed from"))
                    .hint("`narrow = \"refresh\"` in the client permits it"));
            }
        }
        let mut notes = Vec::new();
        let refreshed = Box::pin(self.refreshed(record, client, &mut notes)).await;
        for note in &notes {
            self.interaction.notice(&Notice::Note(note));
        }
        refreshed
    }

    /// Refreshes a token that is not in the vault.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn refresh_held(&mut self, token: &HeldToken) -> Result<AcquiredToken, Error> {
        let obtained = self.workspace.refresh(token, None).await?;
        let Origin::Obtained { client } = &token.origin else {
            return Ok(AcquiredToken::fresh(obtained, None, TokenSource::Refreshed));
        };
        let requested = token.scopes();
        let found = excess::excess(self.workspace, self.workspace.client(client)?, &requested, &obtained.granted);
        if found.unexpected.is_empty() {
            return Ok(AcquiredToken::fresh(obtained, None, TokenSource::Refreshed));
        }
        let question = ExcessQuestion {
            client: client.clone(),
            requested,
            granted: obtained.granted.clone(),
            unexpected: found.unexpected,
            refresh: true,
        };
        match self.accepts(&question).await? {
            true => Ok(AcquiredToken::fresh(obtained, None, TokenSource::Refreshed)),
            false => {
                let revoked = self.workspace.decline(client, &obtained.token).await;
                let said = if revoked { "it was revoked" } else { "it could not be revoked" };
                Err(question.refusal().hint(format!("the new token was not taken; {said}")))
            }
        }
    }
}
