//! Probing endpoints.

use super::{Effect, start};
use crate::app::{CallRequest, Caller, EndpointId, Error, ProbePlan, ProbeResult, is_safe};
use crate::tui::model::{Confirmation, Model, Pane, Probe, Sheet, Tab};
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
    if !confirmed {
        ask(model, &endpoints, &parameters);
        return Vec::new();
    }
    let token = model.token().cloned().map(Box::new);
    model.probe = None;
    model.sheet = Some(Sheet::Probe);
    model.show_tab(Pane::Call, Tab::Probe);
    vec![start(model, "probing", Task::Probe { endpoints, parameters, token, confirmed })]
}

/// Shows how many calls would go where.
fn ask(model: &mut Model, endpoints: &[EndpointId], parameters: &[(String, String)]) {
    if endpoints.is_empty() {
        model.toast = Some("a probe only calls GET, HEAD and OPTIONS: no such endpoint is marked or shown".to_owned());
        return;
    }
    let client = ProbePlan::default_client(&model.context, endpoints);
    let plan = match ProbePlan::new(&model.context, endpoints, parameters, model.token().is_some(), client) {
        Ok(plan) => plan,
        Err(error) => return super::show_error(model, "can't probe", error),
    };
    let mut origins: Vec<String> = Vec::new();
    for url in plan.requests().filter_map(|request| Caller::new(&model.context).url(request).ok()) {
        let origin = url.origin().ascii_serialization();
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    let requests: Vec<CallRequest> = plan.requests().cloned().collect();
    let concerns = model.concerns(&requests);
    model.sheet = Some(Sheet::Confirm(Confirmation::Probe { plan: Box::new(plan), origins, concerns }));
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
