//! Probing endpoints.

use super::{Effect, start};
use crate::app::{CallRequest, EndpointId, Error, ProbePlan, ProbeResult, is_safe};
use crate::tui::model::{Confirmation, Model, Probe, Sheet};
use crate::tui::task::Task;

/// Maximum number of endpoints that a probe calls.
const MAX_ENDPOINTS: usize = 200;

/// Probes the marked endpoints, or all that the filter shows, if their methods are safe. Asks first, since a probe sends
/// many requests.
pub(super) fn start_probe(model: &mut Model, confirmed: bool) -> Vec<Effect> {
    let shown = model.endpoints.shown.iter().filter_map(|index| model.endpoints.rows.get(*index)).map(|row| row.id);
    let chosen = if model.endpoints.marked.is_empty() { shown.collect() } else { model.chosen() };
    let safe = |id: &EndpointId| model.context.endpoint(*id).is_some_and(|(_, endpoint)| is_safe(&endpoint.method));
    let endpoints: Vec<EndpointId> = chosen.into_iter().filter(safe).take(MAX_ENDPOINTS).collect();
    // a path parameter that was entered for one endpoint is used for others too
    let parameters: Vec<(String, String)> = model.forms.values().flat_map(|form| form.request().parameters).collect();
    let requests: Vec<CallRequest> = endpoints.iter().map(|id| CallRequest::new(*id, parameters.clone())).collect();
    let concerns = model.concerns(&requests);
    if !confirmed && !endpoints.is_empty() {
        model.sheet = Some(Sheet::Confirm(Confirmation::Probe { endpoints: endpoints.len(), concerns }));
        return Vec::new();
    }
    let token = model.token().cloned().map(Box::new);
    model.probe = None;
    model.sheet = Some(Sheet::Probe);
    vec![start(model, "probing", Task::Probe { endpoints, parameters, token, confirmed })]
}

/// Shows the calls of a probe that has started.
pub(super) fn planned(model: &mut Model, plan: ProbePlan) {
    model.probe = Some(Probe { tried: vec![None; plan.trials.len()], plan });
}

/// Shows the result of one call.
pub(super) fn call_made(model: &mut Model, index: usize, result: Result<Box<ProbeResult>, Error>) {
    if let Some(slot) = model.probe.as_mut().and_then(|probe| probe.tried.get_mut(index)) {
        *slot = Some(result);
    }
}
