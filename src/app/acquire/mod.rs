//! Acquisition of a token: find a stored one, plan, sign in, compare granted with requested scopes,
//! accept or refuse, store, refresh, narrow.
//!
//! | module | part |
//! |---|---|
//! | `approved` | plans with approvals for scopes above the ceiling |
//! | `plan` | determines the scopes and the client for a set of endpoints |
//! | `matching` | selects stored tokens by what they can do |
//! | `reuse` | finds a stored token and makes it usable |
//! | `sign_in` | obtains a token with a grant |
//! | `grant` | starts and finishes a grant |
//! | `identity_assertion` | has an identity provider vouch for the user |
//! | `identity_provider` | obtains the ID token for that, by a sign-in there |
//! | `split` | a token for each set of scopes |
//! | `narrow` | obtains a narrower token if that does not cost the grant |
//! | `interaction` | output and prompts of a front end |
//! | `qr` | a QR code for the sign-in on another device |
//!
//! A front end only implements [`Interaction`].

mod approval_end;
mod approved;
mod entries;
mod grant;
mod identity_assertion;
mod identity_provider;
mod interaction;
mod matching;
mod narrow;
mod plan;
mod qr;
mod reuse;
mod sign_in;
mod split;

use jiff::Timestamp;

use crate::app::clients::request_entry;
use crate::app::tokens::{Refresher, Revoker, TokenStore, excess, refresh_entry};
use crate::app::{
    Approvals, Context, EndpointId, Error, ErrorKind, ExcessQuestion, GrantedToken, LoadedToken, Need, Origin,
    PolicyGate, Question,
};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Effect, GrantType};
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::usage::Event;
use crate::vault::Record;

pub use approval_end::EndedApproval;
pub use approved::ApprovedPlanner;
pub use grant::{BrowserUse, DeviceCode, GrantOptions, PendingGrant};
pub use interaction::{Interaction, Notice};
pub use matching::{TokenMatch, TokenMatcher, TokenSource};
pub use narrow::learn_narrowing;
pub use plan::{Plan, Planner};
pub use qr::Qr;
pub use reuse::TokenSearch;
pub(in crate::app) use split::MOST_SETS;

/// Terms of an acquisition.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Client, if several could request the token.
    pub client: Option<String>,
    /// Grant; `None` means the client's first.
    pub grant: Option<String>,
    /// Options for starting a grant. `grant` is replaced by the selected one.
    pub start: GrantOptions,
    /// Whether the user may be asked to sign in.
    pub may_sign_in: bool,
    /// Whether a token that was granted more than requested is accepted.
    pub accept_more: bool,
    /// Whether the token has to be stored.
    pub keeping: StoragePolicy,
}

impl Terms {
    /// Creates terms without sign-in.
    #[must_use]
    pub fn without_sign_in() -> Self {
        Self {
            client: None,
            grant: None,
            start: GrantOptions::new(GrantType::ClientCredentials, false),
            may_sign_in: false,
            accept_more: false,
            keeping: StoragePolicy::Required,
        }
    }
}

/// Requirement to store an obtained token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoragePolicy {
    /// Without a working vault no token is obtained.
    Required,
    /// The same, but only for grants with a sign-in.
    RequiredForUsers,
    /// A token that can't be stored is used anyway.
    BestEffort,
}

/// An acquired token.
#[derive(Clone, Debug)]
pub struct AcquiredToken {
    /// Token.
    pub token: LoadedToken,
    /// Its record, if stored.
    pub record: Option<Record>,
    /// Source.
    pub source: TokenSource,
    /// ID token, if the token was obtained now.
    id_token: Option<Secret>,
    /// Requested scopes.
    pub asked: ScopeSet,
    /// Granted scopes.
    pub granted: ScopeSet,
    /// Whether the server reports the granted scopes nowhere: `granted` are the requested ones.
    pub unreported: bool,
    /// Requested scopes that were neither granted nor are implied by one that was.
    short: ScopeSet,
    /// Scopes beyond the requested ones; of a stored token, beyond those needed now.
    pub beyond: ScopeSet,
    /// Expiry.
    pub expires: Option<Timestamp>,
    /// `token_type`, verbatim.
    pub token_type: String,
    /// Deviations of the server from the RFCs.
    pub findings: Vec<Diagnostic>,
}

impl AcquiredToken {
    fn stored(found: TokenMatch) -> Self {
        let record = found.record;
        Self {
            token: LoadedToken::stored(&record, Timestamp::now()),
            source: found.source,
            id_token: None,
            asked: record.asked.clone(),
            granted: record.granted.clone(),
            unreported: record.unreported,
            short: ScopeSet::new(),
            beyond: found.beyond,
            expires: record.expires,
            token_type: record.token_type.clone(),
            findings: Vec::new(),
            record: Some(record),
        }
    }

    /// Creates the result for a newly obtained token.
    fn fresh(obtained: GrantedToken, record: Option<Record>, source: TokenSource) -> Self {
        Self {
            expires: obtained.ends(Timestamp::now()),
            token: LoadedToken { record: record.as_ref().map(|record| record.id.clone()), ..obtained.token },
            record,
            source,
            id_token: obtained.id_token,
            asked: obtained.asked,
            granted: obtained.granted,
            unreported: obtained.unreported,
            short: obtained.short,
            beyond: obtained.beyond,
            token_type: obtained.token_type,
            findings: obtained.findings,
        }
    }

    /// Returns the scopes that were requested but not granted. None for a stored token, which covers the endpoints.
    #[must_use]
    pub fn short(&self) -> ScopeSet {
        match self.source {
            TokenSource::Obtained => self.short.clone(),
            TokenSource::Stored | TokenSource::Refreshed | TokenSource::Narrowed => ScopeSet::new(),
        }
    }
}

/// An acquisition with its terms and interaction.
#[derive(Debug)]
pub struct Acquisition<'a, I> {
    context: &'a Context,
    terms: Terms,
    interaction: &'a mut I,
}

impl<'a, I: Interaction> Acquisition<'a, I> {
    /// Creates an acquisition for a context.
    pub fn new(context: &'a Context, terms: Terms, interaction: &'a mut I) -> Self {
        Self { context, terms, interaction }
    }

    /// Acquires a token for endpoints: the narrowest stored one that covers them, or a new one.
    ///
    /// # Errors
    /// See [`Self::stored`] and [`Self::obtain`].
    pub async fn token(&mut self, endpoints: &[EndpointId]) -> Result<AcquiredToken, Error> {
        let acquired = Box::pin(self.stored_or_new(endpoints)).await;
        self.or_denied(acquired, endpoints).await
    }

    /// Records a denial that no act has recorded.
    async fn or_denied<T>(&self, acquired: Result<T, Error>, endpoints: &[EndpointId]) -> Result<T, Error> {
        let client = self.terms.client.as_deref();
        let entry = || request_entry(self.context, client, endpoints, &ScopeSet::new());
        self.context.or_denied(acquired, entry).await
    }

    async fn stored_or_new(&mut self, endpoints: &[EndpointId]) -> Result<AcquiredToken, Error> {
        self.end_approvals().await?;
        self.permit(endpoints).await?;
        let usable = match Box::pin(self.search(endpoints)).await {
            Ok(search) => match self.take(search, self.can_obtain(endpoints))? {
                Some(found) => return Ok(found),
                None => Ok(()),
            },
            Err(error) => Err(error),
        };
        let planner = ApprovedPlanner::new(self.context);
        let plan = planner.plan(endpoints, self.terms.client.as_deref(), None, &ScopeSet::new())?;
        let grant = match self.grant(&plan) {
            // a login would not remove the reason why no stored token could be used
            Err(login) if login.kind == ErrorKind::Refused => return Err(usable.err().unwrap_or(login)),
            grant => grant?,
        };
        let usable = match usable {
            Ok(()) => TokenStore::new(self.context).probe().await,
            Err(error) => Err(error),
        };
        let keeps = self.keeps(grant, usable)?;
        let alone = self.alone(grant, keeps).await?;
        if alone.is_some() {
            // a token that another process obtained meanwhile may be sufficient
            let search = Box::pin(self.search(endpoints)).await?;
            if let Some(found) = self.take(search, true)? {
                return Ok(found);
            }
        }
        Box::pin(self.sign_in(&plan, grant, keeps)).await
    }

    /// Returns the narrowest stored token that covers the endpoints, refreshed or narrowed as needed, if any.
    ///
    /// # Errors
    /// If the vault is not usable, or the only token can't be refreshed.
    pub async fn stored(&mut self, endpoints: &[EndpointId]) -> Result<Option<AcquiredToken>, Error> {
        self.permit(endpoints).await?;
        let found = match Box::pin(self.search(endpoints)).await {
            Ok(search) => self.take(search, false),
            Err(error) => Err(error),
        };
        self.or_denied(found, endpoints).await
    }

    /// Revokes the tokens of approvals that have ended. A failure is reported, and the tokens are not used.
    async fn end_approvals(&mut self) -> Result<(), Error> {
        match Box::pin(Approvals::new(self.context).end(None)).await {
            Ok(ended) => {
                for ended in &ended {
                    self.interaction.notice(&Notice::Note(&ended.to_string()));
                }
                for note in Approvals::new(self.context).emergency_notes().unwrap_or_default() {
                    self.interaction.notice(&Notice::Note(&note));
                }
                Ok(())
            }
            Err(error) if error.kind == ErrorKind::AuditLog => Err(error),
            Err(error) => {
                let note = format!("tokens of approvals that have ended could not be revoked: {error}");
                self.interaction.notice(&Notice::Note(&note));
                Ok(())
            }
        }
    }

    /// Asks the policy before anything is searched or sent.
    async fn permit(&self, endpoints: &[EndpointId]) -> Result<(), Error> {
        let planner = Planner::new(self.context);
        let client = planner.choose_client(endpoints, self.terms.client.as_deref()).ok().map(|client| &client.name);
        let above = self.missing_above(endpoints).await?;
        // how long ago the user signed in is known only once there is a token
        let question = Question {
            above: above.as_ref(),
            client: client.map(String::as_str).or(self.terms.client.as_deref()),
            endpoints,
            signed_in: Some(Timestamp::now()),
            requests: true,
            ..Question::default()
        };
        PolicyGate::new(self.context).permit(&question).await.map(drop)
    }

    /// Returns what has to be approved because it is above the ceiling, unless a stored token has it.
    async fn missing_above(&self, endpoints: &[EndpointId]) -> Result<Option<Need>, Error> {
        let policy = self.context.manifest().map(|manifest| &manifest.policy);
        if policy.is_none_or(|policy| policy.rules.iter().all(|rule| rule.effect != Effect::Approve)) {
            return Ok(None);
        }
        let planner = ApprovedPlanner::new(self.context);
        let Some(need) = planner.missing_above(endpoints, self.terms.client.as_deref())? else { return Ok(None) };
        let stored = match self.context.vault() {
            Some(_) => TokenStore::new(self.context).list().await.unwrap_or_default(),
            None => Vec::new(),
        };
        let now = Timestamp::now();
        let has_it = |record: &Record| {
            record.client == need.client
                && !record.has_approval_ended(now)
                && need.above.iter().all(|scope| record.granted.contains(scope.as_str()))
        };
        let is_stored = stored.iter().any(has_it);
        Ok((!is_stored).then_some(need))
    }

    /// Whether a new token can be requested: with a sign-in, or with a grant that needs none.
    fn can_obtain(&self, endpoints: &[EndpointId]) -> bool {
        let planner = ApprovedPlanner::new(self.context);
        match planner.approved(endpoints, self.terms.client.as_deref(), None, &ScopeSet::new()) {
            Ok(Ok(plan)) => self.grant(&plan).is_ok(),
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Reports the result of a search. `goes_on`: a new token is requested if a stored one can't be refreshed.
    fn take(&mut self, search: TokenSearch, goes_on: bool) -> Result<Option<AcquiredToken>, Error> {
        let obstacle = search.obstacle.filter(|_| !goes_on);
        let failure = search.outage.or(obstacle).filter(|_| search.found.is_none());
        let repeats = |note: &&String| failure.as_ref().is_some_and(|error| error.message == **note);
        for note in search.notes.iter().filter(|note| !repeats(note)) {
            self.interaction.notice(&Notice::Note(note));
        }
        let Some(found) = search.found else { return failure.map_or(Ok(None), Err) };
        if !found.beyond.is_empty() {
            self.interaction.notice(&Notice::Broader { beyond: &found.beyond, reason: found.reason });
        }
        Ok(Some(AcquiredToken::stored(found)))
    }

    /// Refreshes a stored token now, even if it is still valid.
    ///
    /// # Errors
    /// If it has no refresh token, the manifest has no client for it, the server can't be reached or refuses, or it
    /// grants more than before and that is not accepted.
    pub async fn refresh(&mut self, record: &Record) -> Result<Record, Error> {
        let refreshed = Box::pin(self.refresh_stored(record)).await;
        let entry = || refresh_entry(self.context, Event::Refresh, record, None);
        self.context.or_denied(refreshed, entry).await
    }

    async fn refresh_stored(&mut self, record: &Record) -> Result<Record, Error> {
        let began = Timestamp::now();
        if record.has_approval_ended(began) {
            let message = format!("token `{}` was obtained under an approval that has ended", record.id);
            return Err(Error::new(ErrorKind::Policy, message)
                .hint("`tokscope approve --end` revokes the tokens of such approvals"));
        }
        let client = TokenStore::new(self.context).client_of(record)?;
        let narrower = narrow::Narrower { context: self.context, client, endpoints: &[] };
        if let Some(origin) = &record.narrowed_from
            && !narrower.refreshes_narrowed().await?
        {
            let message =
                format!("token `{}` was narrowed from `{origin}`, and refreshing it could cost the grant", record.id);
            return Err(Error::new(ErrorKind::Refused, message)
                .hint(format!("`tokscope tokens refresh {origin}` refreshes the original token"))
                .hint("`narrow = \"refresh\"` in the client allows it"));
        }
        let mut notes = Vec::new();
        let refreshed = Box::pin(self.refreshed((record, began), &narrower, &mut notes)).await;
        for note in &notes {
            self.interaction.notice(&Notice::Note(note));
        }
        refreshed
    }

    /// Refreshes a token that is not in the vault.
    ///
    /// # Errors
    /// See [`Self::refresh`].
    pub async fn refresh_held(&mut self, token: &LoadedToken) -> Result<AcquiredToken, Error> {
        let obtained = Refresher::new(self.context).refresh(token, None).await?;
        let Origin::Obtained { client } = &token.origin else {
            return Ok(AcquiredToken::fresh(obtained, None, TokenSource::Refreshed));
        };
        let requested = token.scopes();
        let found = excess(self.context, self.context.client(client)?, &requested, &obtained.granted);
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
                let outcome = Revoker::new(self.context).reject(client, &obtained.token).await;
                Err(question.refusal().hint(format!("the new token was discarded; it {outcome}")))
            }
        }
    }
}
