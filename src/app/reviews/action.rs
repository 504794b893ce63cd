//! Does what a review proposes. A token is only revoked once its replacement was used with success.

use crate::app::{
    AcquiredToken, Acquisition, BrowserUse, CallRequest, Caller, Context, EndpointId, Error, ErrorKind, GrantOptions,
    Interaction, LoadedToken, Plan, Planner, RevocationReport, Revoker, StoragePolicy, Terms, TokenStore, is_safe,
};
use crate::manifest::{GrantType, RevocationReach};
use crate::scope::{Scope, ScopeSet};
use crate::usage::Action;
use crate::vault::{Record, RecordId};

/// Result of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewOutcome {
    /// The token was revoked.
    Revoked(RevocationReport),
    /// The token was refreshed.
    Refreshed(RecordId),
    /// A new token was obtained.
    Replaced {
        /// New token.
        by: RecordId,
        /// Its scopes.
        scopes: ScopeSet,
        /// First successful call with it.
        call: Option<String>,
        /// Outcome of revoking the old token; `None` if that has to wait for a successful call.
        revoked: Option<RevocationReport>,
    },
}

/// Does what a review proposes.
#[derive(Debug)]
pub struct ReviewAction<'a, I> {
    context: &'a Context,
    terms: Terms,
    interaction: &'a mut I,
}

impl<'a, I: Interaction> ReviewAction<'a, I> {
    /// Creates it for a context. `terms`: of new tokens.
    pub fn new(context: &'a Context, terms: Terms, interaction: &'a mut I) -> Self {
        Self { context, terms, interaction }
    }

    /// Returns the terms of new tokens.
    #[must_use]
    pub fn terms(browser: BrowserUse, may_sign_in: bool) -> Terms {
        Terms {
            start: GrantOptions::new(GrantType::AuthorizationCode, browser),
            may_sign_in,
            keeping: StoragePolicy::Required,
            ..Terms::without_sign_in()
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// If the token is not stored any more, the server refuses, or a new token is not narrower.
    pub async fn run(&mut self, action: &Action) -> Result<ReviewOutcome, Error> {
        let Some(id) = action.token() else {
            return Err(Error::new(ErrorKind::Usage, format!("`{action}` needs no review")));
        };
        let record = TokenStore::new(self.context).get(id).await?;
        match action {
            Action::Revoke { .. } => {
                Ok(ReviewOutcome::Revoked(Revoker::new(self.context).revoke_stored(&record).await?))
            }
            Action::Refresh { .. } => {
                let mut acquisition = Acquisition::new(self.context, self.terms.clone(), &mut *self.interaction);
                Ok(ReviewOutcome::Refreshed(Box::pin(acquisition.refresh(&record)).await?.id))
            }
            Action::Narrow { client, endpoints, .. } => {
                let endpoints = self.find(endpoints)?;
                let plan = Planner::new(self.context).plan(&endpoints, Some(client), None)?;
                if !self.covers(&record.granted, &plan.minimal_set.scopes) || self.covers(&plan.scopes, &record.granted)
                {
                    return Err(not_narrower(&record, "the manifest's minimal set is not narrower than its scopes"));
                }
                self.replace(&record, &plan).await
            }
            Action::Replace { client, scopes, endpoints, .. } => {
                let endpoints = self.find(endpoints)?;
                let planner = Planner::new(self.context);
                let mut plan = planner.plan(&endpoints, Some(client), None)?;
                planner.add_scopes(&mut plan, &scopes.iter().filter_map(|scope| Scope::parse(scope).ok()).collect())?;
                self.replace(&record, &plan).await
            }
            Action::Separate { .. } => Err(Error::new(ErrorKind::Usage, "nothing to replace")),
        }
    }

    /// Whether scopes are or imply all of the others.
    fn covers(&self, held: &ScopeSet, wanted: &ScopeSet) -> bool {
        let apis = self.context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let is_covered = |scope: &Scope| {
            held.contains(scope.as_str()) || apis.iter().any(|api| api.hierarchy.satisfies(held, scope.as_str()))
        };
        wanted.iter().all(is_covered)
    }

    /// Finds endpoints by their names in the audit log.
    fn find(&self, names: &[String]) -> Result<Vec<EndpointId>, Error> {
        names.iter().map(|name| Ok(self.context.find(name, None)?.id)).collect()
    }

    /// Obtains a new token, makes a call with it, and only then revokes the old one.
    async fn replace(&mut self, old: &Record, plan: &Plan) -> Result<ReviewOutcome, Error> {
        let client = self.context.client(&plan.client)?;
        if client.dialect.revocation == RevocationReach::Grant {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("revoking token `{}` would also end its replacement", old.id),
            )
            .hint(format!("revoke it first: `tokscope tokens revoke {}`, then sign in again", old.id)));
        }
        let mut acquisition = Acquisition::new(self.context, self.terms.clone(), &mut *self.interaction);
        let new = Box::pin(acquisition.obtain(plan)).await?;
        if !self.covers(&plan.scopes, &old.granted) && self.covers(&new.granted, &old.granted) {
            return Err(not_narrower(old, "the server granted the same scopes again"));
        }
        let by = new.record.as_ref().map(|record| record.id.clone());
        let by = by.ok_or_else(|| Error::new(ErrorKind::Failed, "the new token is not stored"))?;
        let call = self.first_success(&plan.endpoints, &new).await;
        let revoked = match &call {
            Some(_) => Some(Revoker::new(self.context).revoke_stored(old).await?),
            None => None,
        };
        Ok(ReviewOutcome::Replaced { by, scopes: new.granted, call, revoked })
    }

    /// Calls the first endpoint that is safe to call and needs no parameter. Returns it if that succeeds.
    async fn first_success(&self, endpoints: &[EndpointId], new: &AcquiredToken) -> Option<String> {
        let is_simple = |id: &&EndpointId| {
            self.context.endpoint(**id).is_some_and(|(_, endpoint)| {
                is_safe(&endpoint.method)
                    && !endpoint.requirement.is_none()
                    && endpoint.template.parameters().is_empty()
            })
        };
        let id = *endpoints.iter().find(is_simple)?;
        let token: &LoadedToken = &new.token;
        let called = Caller::new(self.context).call(&CallRequest::new(id, Vec::new()), Some(token)).await.ok()?;
        let name = self.context.endpoint(id)?.1.to_string();
        (200..300).contains(&called.status).then_some(name)
    }
}

fn not_narrower(record: &Record, why: &str) -> Error {
    let id = &record.id;
    Error::new(ErrorKind::Refused, format!("token `{id}` can't be narrowed: {why}")).hint(format!(
        "servers that add scopes to a grant narrow only after `tokscope tokens revoke {id}` and a new login"
    ))
}
