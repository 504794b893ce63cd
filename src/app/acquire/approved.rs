//! Plans with approvals: scopes above the ceiling of a client are requested if that is approved.

use super::plan::{Plan, Planner};
use crate::app::clients::request_entry;
use crate::app::{Approvals, Context, EndpointId, Error, ErrorKind, Need, RequestTerms};
use crate::approval::RequestRule;
use crate::scope::ScopeSet;
use crate::vault::ApprovalLink;

/// A planner that uses valid approvals, and makes requests for missing ones.
#[derive(Debug)]
pub struct ApprovedPlanner<'a> {
    context: &'a Context,
}

impl<'a> ApprovedPlanner<'a> {
    /// Creates a planner.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Plans a request with additional scopes, and records a denial. If scopes are above the ceiling of the client, a valid
    /// approval is used; without one, a request for it is written, and the error has hints about it.
    ///
    /// # Errors
    /// See [`Planner::plan`]; of the kind [`ErrorKind::Policy`] if an approval is needed.
    pub fn plan(
        &self,
        endpoints: &[EndpointId],
        client: Option<&str>,
        held: Option<&ScopeSet>,
        added: &ScopeSet,
    ) -> Result<Plan, Error> {
        let planned = match self.approved(endpoints, client, held, added) {
            Ok(Ok(plan)) => return Ok(plan),
            Ok(Err(need)) => Approvals::new(self.context).demand(&need, &RequestTerms::default()),
            Err(error) => error,
        };
        Err(match planned.is_unrecorded_denial() {
            true => self.context.denied_now(planned, || request_entry(self.context, client, endpoints, added)),
            false => planned,
        })
    }

    /// Plans like [`Self::plan`], but makes no request. The inner error: what has to be approved.
    ///
    /// # Errors
    /// See [`Planner::plan`].
    pub fn approved(
        &self,
        endpoints: &[EndpointId],
        client: Option<&str>,
        held: Option<&ScopeSet>,
        added: &ScopeSet,
    ) -> Result<Result<Plan, Need>, Error> {
        let planner = Planner::new(self.context);
        let refused = match planner.whole(endpoints, client, held, added) {
            Ok(plan) => return Ok(Ok(plan)),
            Err(error) if error.kind == ErrorKind::NotAllowed => error,
            Err(error) => return Err(error),
        };
        let Some(need) = self.need(endpoints, client, held, added)? else {
            return Err(refused.hint("`[approvers.NAME]` in the manifest lets others approve it"));
        };
        let Some(known) = Approvals::new(self.context).active(&need)? else { return Ok(Err(need)) };
        let mut plan = planner.beyond(Some(&known.request.scopes)).whole(endpoints, client, held, added)?;
        plan.approval = Some(ApprovalLink { id: known.request.id.clone(), until: known.request.until });
        Ok(Ok(plan))
    }

    /// Returns what has to be approved for endpoints and scopes; `None` if nobody can approve it, or nothing has to be.
    ///
    /// # Errors
    /// See [`Planner::plan`].
    pub fn need(
        &self,
        endpoints: &[EndpointId],
        client: Option<&str>,
        held: Option<&ScopeSet>,
        added: &ScopeSet,
    ) -> Result<Option<Need>, Error> {
        let planner = Planner::new(self.context);
        let plan = planner.beyond(None).whole(endpoints, client, held, added)?;
        let client = self.context.client(&plan.client)?;
        let required = Approvals::new(self.context).required_for(client);
        let above = planner.above(client, endpoints, &plan.scopes)?;
        let above = above.difference(&client.always_request);
        if required.is_empty() || above.is_empty() {
            return Ok(None);
        }
        let client = plan.client.clone();
        let (endpoints, scopes) = (plan.endpoints, plan.scopes);
        Ok(Some(Need { client, endpoints, scopes, above, rule: RequestRule::Ceiling, required }))
    }
}
