//! Where an approval satisfies a rule.

use super::{PolicyRuling, Question, QuestionScopes};
use crate::app::{Approvals, ApprovedBy, Context, Error, ErrorKind, Need, RequestTerms};
use crate::approval::{Request, RequestRule, Required, UseKind};
use crate::scope::{Scope, ScopeSet, satisfies_anywhere};

/// Returns the approval that satisfies every rule that asks for one: [`crate::policy::Decision::approvals`]. If the act sends
/// or passes on a token, it takes a use of the approval.
///
/// # Errors
/// If the approvals can't be read, or the use can't be recorded.
pub(super) fn approved(
    context: &Context,
    question: &Question<'_>,
    ruling: &PolicyRuling,
) -> Result<Option<ApprovedBy>, Error> {
    let Some(need) = need(context, question, ruling) else { return Ok(None) };
    let approvals = Approvals::new(context);
    let fits = |request: &Request| match question.scopes {
        QuestionScopes::Exactly(scopes) => covers(context, &need, &request.scopes, scopes),
        QuestionScopes::Needed(_) => true,
    };
    let Some(known) = approvals.active(&need, fits)? else { return Ok(None) };
    if question.takes_use {
        approvals.take(&known.request.id, UseKind::Act)?.conclude_now();
    }
    Ok(Some(known.approved_by()))
}

/// Adds what to do to the error that an approval is needed. If the act may request one, the request is written.
pub(super) fn requested(context: &Context, question: &Question<'_>, ruling: &PolicyRuling, error: Error) -> Error {
    let Some(mut need) = need(context, question, ruling).filter(|_| question.requests) else { return error };
    let mut error = error;
    if let Some(ceiling) = question.above {
        let (above, client) = (&ceiling.above, &ceiling.client);
        error = error.hint(format!("{above} is also above the ceiling of client `{client}`; one request names both"));
        need = ceiling.clone().and(need);
    }
    match Approvals::new(context).open(&need, &RequestTerms::default()) {
        Ok(written) => written.explain(error),
        Err(failure) if failure.kind == ErrorKind::Policy => {
            let error = Error { command: failure.command, ..error };
            failure.hints.into_iter().fold(error, Error::hint)
        }
        Err(failure) => error.hint(format!("no request was written: {failure}")),
    }
}

/// Returns what has to be approved; `None` if nobody can approve it, or the client is not known.
pub(super) fn need(context: &Context, question: &Question<'_>, ruling: &PolicyRuling) -> Option<Need> {
    let client = context.client(question.client?).ok()?;
    let groups: Vec<String> = context.manifest()?.approvers.iter().map(|group| group.name.clone()).collect();
    let required: Required = ruling
        .decision
        .approvals
        .iter()
        .map(|rule| rule.approvers.as_ref().map_or_else(|| groups.clone(), |name| vec![name.clone()]))
        .collect();
    if groups.is_empty() || required.is_empty() {
        return None;
    }
    let mut endpoints = question.endpoints.to_vec();
    endpoints.extend(ruling.endpoint.filter(|id| !question.endpoints.contains(id)));
    let requested = match question.scopes {
        QuestionScopes::Exactly(scopes) => scopes.clone(),
        QuestionScopes::Needed(_) => ruling.scopes.union(&client.always_request),
    };
    let lines: Vec<String> = ruling.decision.approvals.iter().map(|rule| rule.line.to_string()).collect();
    Some(Need {
        client: client.name.clone(),
        endpoints,
        scopes: requested,
        above: ScopeSet::new(),
        rules: vec![RequestRule::Policy(format!("line {}", lines.join(", ")))],
        required,
    })
}

/// Whether approved scopes cover others, apart from those that the client always requests.
fn covers(context: &Context, need: &Need, approved: &ScopeSet, scopes: &ScopeSet) -> bool {
    let always = context.client(&need.client).map(|client| client.always_request.clone()).unwrap_or_default();
    let apis: Vec<_> = need.endpoints.iter().filter_map(|id| context.endpoint(*id)).map(|(api, _)| api).collect();
    let is_covered = |scope: &Scope| {
        let hierarchies = apis.iter().map(|api| &api.hierarchy);
        always.contains(scope.as_str()) || satisfies_anywhere(approved, scope.as_str(), hierarchies)
    };
    scopes.iter().all(is_covered)
}
