//! Obtaining a token for the marked or the current endpoints.

use super::{Effect, Work, call, fail, start};
use crate::tui::message::Kept;
use crate::tui::model::{Model, Offered, Sheet};
use crate::workspace::{EndpointId, Error, Obtained, Plan};

/// Opens the sheet that shows what would be asked for.
pub(super) fn offer(model: &mut Model, step_up: bool) {
    let endpoints = if step_up { model.row().map(|row| row.id).into_iter().collect() } else { model.chosen() };
    let clients = match model.workspace.clients(&endpoints) {
        Ok(clients) => clients.into_iter().map(|client| client.name.clone()).collect::<Vec<_>>(),
        Err(error) => return fail(model, "no token can be obtained", error),
    };
    let plan = plan(model, &endpoints, clients.first().map(String::as_str), step_up);
    match plan {
        Ok(plan) if plan.scopes.is_empty() => {
            model.toast = Some("no scope is needed here: c calls it without a token".to_owned());
        }
        Err(error) if clients.len() < 2 => fail(model, "no token can be obtained", error),
        plan => {
            model.sheet =
                Some(Sheet::Obtain(Box::new(Offered { endpoints, clients, client: 0, grant: 0, plan, step_up })));
        }
    }
}

/// What one client would ask for. A step-up keeps what the token has, and adds what only the server has named.
fn plan(model: &Model, endpoints: &[EndpointId], client: Option<&str>, step_up: bool) -> Result<Plan, Error> {
    let held = model.scopes();
    let mut plan = model.workspace.plan(endpoints, client, step_up.then_some(&held))?;
    let ceiling = model.workspace.ceiling(&plan.client)?;
    let called = model.call().filter(|called| step_up && endpoints.contains(&called.endpoint));
    for scope in called.and_then(|called| called.diagnosis.missing.first()).into_iter().flatten() {
        if ceiling.is_none_or(|ceiling| ceiling.contains(scope.as_str())) {
            plan.scopes.insert(scope.clone());
        }
    }
    Ok(plan)
}

/// Another client asks.
pub(super) fn next_client(model: &mut Model) {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return };
    let mut offered = offered.clone();
    if offered.clients.len() < 2 {
        model.toast = Some("the manifest has no other client for these endpoints".to_owned());
        return;
    }
    offered.client = (offered.client + 1) % offered.clients.len();
    offered.grant = 0;
    let client = offered.clients.get(offered.client).map(String::as_str);
    offered.plan = plan(model, &offered.endpoints, client, offered.step_up);
    model.sheet = Some(Sheet::Obtain(offered));
}

/// The client uses another grant.
pub(super) fn next_grant(model: &mut Model) {
    let Some(Sheet::Obtain(offered)) = &mut model.sheet else { return };
    let grants = offered.plan.as_ref().map(|plan| plan.grants.len()).unwrap_or_default();
    if grants < 2 {
        model.toast = Some("this client has no other grant that can be started here".to_owned());
        return;
    }
    offered.grant = (offered.grant + 1) % grants;
}

/// Goes.
pub(super) fn go(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return Vec::new() };
    let (plan, grant) = match (&offered.plan, offered.grant()) {
        (Ok(plan), Some(grant)) => (Box::new(plan.clone()), grant),
        (Err(error), _) => {
            model.toast = Some(error.to_string());
            return Vec::new();
        }
        (Ok(_), None) => return Vec::new(),
    };
    model.call_after = offered.step_up;
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "asking the authorization server", Work::Obtain { plan, grant })]
}

/// A token came. A step-up goes on to the call; otherwise, and where less or more was granted than asked for, both
/// are shown side by side.
pub(super) fn obtained(model: &mut Model, obtained: Obtained, kept: Kept) -> Vec<Effect> {
    let exact = obtained.short.is_empty() && obtained.beyond.is_empty();
    let client = match &obtained.token.origin {
        crate::workspace::Origin::Obtained { client } => client.clone(),
        crate::workspace::Origin::Given => String::new(),
    };
    model.sheet = Some(Sheet::Granted { asked: obtained.asked.clone(), granted: obtained.granted.clone(), client });
    model.take_token(obtained.token, obtained.findings);
    model.toast = Some(match kept {
        Kept::InSession => "obtained a token for this session".to_owned(),
        Kept::InVault(record) => {
            model.take_stored(vec![*record]);
            "obtained a token, and kept it in the vault".to_owned()
        }
        Kept::Not(error) => format!("obtained a token for this session alone: {error}"),
    });
    if std::mem::take(&mut model.call_after) && exact {
        model.sheet = None;
        return call::call(model);
    }
    Vec::new()
}
