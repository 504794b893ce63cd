//! Plans with approvals: scopes above the ceiling of a client are requested if that is approved.

use jiff::Timestamp;

use super::plan::{Plan, Planner};
use crate::app::clients::request_entry;
use crate::app::{
    Approvals, Context, EndpointId, Error, ErrorKind, Need, PolicyGate, Question, QuestionScopes, RequestTerms,
};
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

    /// Plans like [`Self::plan`], but makes no request. The inner error: what has to be approved, by the ceiling and by
    /// rules of the policy.
    ///
    /// # Errors
    /// See [`Planner::plan`]; of the kind [`ErrorKind::Policy`] if the policy denies it.
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
        let whole = planner.beyond(None).whole(endpoints, client, held, added)?;
        let Some(need) = self.above(&whole)? else {
            return Err(refused.hint("`[approvers.NAME]` in the manifest lets others approve it"));
        };
        let Some(known) = Approvals::new(self.context).active(&need, |_| true)? else {
            return Ok(Err(match self.missing_by_rule(&whole)? {
                Some(by_rule) => need.and(by_rule),
                None => need,
            }));
        };
        let mut plan = planner.beyond(Some(&known.request.scopes)).whole(endpoints, client, held, added)?;
        plan.approval = Some(ApprovalLink { id: known.request.id.clone(), until: known.request.until });
        Ok(Ok(plan))
    }

    /// Returns what has to be approved for endpoints and scopes at a time, by the ceiling and by rules of the policy; `None`
    /// if nobody can approve it, or nothing has to be.
    ///
    /// # Errors
    /// See [`Planner::plan`]; of the kind [`ErrorKind::Policy`] if the policy denies it.
    pub fn need(
        &self,
        endpoints: &[EndpointId],
        client: Option<&str>,
        added: &ScopeSet,
        at: Timestamp,
    ) -> Result<Option<Need>, Error> {
        let plan = Planner::new(self.context).beyond(None).whole(endpoints, client, None, added)?;
        let above = self.above(&plan)?;
        let by_rule = PolicyGate::new(self.context).need(&question(&plan), at)?;
        Ok(match (above, by_rule) {
            (Some(above), Some(by_rule)) => Some(above.and(by_rule)),
            (above, by_rule) => above.or(by_rule),
        })
    }

    /// Returns what rules of the policy want approved before a token is obtained by a plan, unless it is approved.
    ///
    /// # Errors
    /// Of the kind [`ErrorKind::Policy`] if the policy denies it; if the approvals can't be read.
    pub fn missing_by_rule(&self, plan: &Plan) -> Result<Option<Need>, Error> {
        let (gate, question) = (PolicyGate::new(self.context), question(plan));
        match gate.need(&question, Timestamp::now())? {
            Some(need) if !gate.is_approved(&question)? => Ok(Some(need)),
            _ => Ok(None),
        }
    }

    /// Returns what has to be approved because it is above the ceiling, unless that is approved or cannot be; for an act that
    /// needs a new token.
    ///
    /// # Errors
    /// If the stored requests can't be read.
    pub(super) fn missing_above(&self, endpoints: &[EndpointId], client: Option<&str>) -> Result<Option<Need>, Error> {
        let plan = Planner::new(self.context).beyond(None).whole(endpoints, client, None, &ScopeSet::new());
        // why nothing can be planned is reported when it is
        let Some(need) = plan.ok().and_then(|plan| self.above(&plan).transpose()).transpose()? else { return Ok(None) };
        let is_approved = Approvals::new(self.context).active(&need, |_| true)?.is_some();
        Ok((!is_approved).then_some(need))
    }

    /// Returns what of a plan without a ceiling has to be approved because of the ceiling.
    fn above(&self, plan: &Plan) -> Result<Option<Need>, Error> {
        let client = self.context.client(&plan.client)?;
        let required = Approvals::new(self.context).required_for(client);
        let above = Planner::new(self.context).above(client, &plan.endpoints, &plan.scopes)?;
        let above = above.difference(&client.always_request);
        if required.is_empty() || above.is_empty() {
            return Ok(None);
        }
        let (endpoints, scopes) = (plan.endpoints.clone(), plan.scopes.clone());
        let rules = vec![RequestRule::Ceiling];
        Ok(Some(Need { client: client.name.clone(), endpoints, scopes, above, rules, required }))
    }
}

/// The act of requesting what a plan has. The user signs in for it, if at all.
fn question(plan: &Plan) -> Question<'_> {
    Question {
        client: Some(&plan.client),
        endpoints: &plan.endpoints,
        scopes: QuestionScopes::Exactly(&plan.scopes),
        signed_in: Some(Timestamp::now()),
        ..Question::default()
    }
}
