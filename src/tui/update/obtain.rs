//! Obtaining a token for the marked or the current endpoints.

use super::{Effect, Task, call, show_error, start};
use crate::manifest::GrantType;
use crate::tui::model::{Model, ObtainForm, SessionToken, Sheet};
use crate::vault::Record;
use crate::workspace::{AcquiredToken, EndpointId, Error, Kind, Origin, Plan, Start, TokenSource};

/// Opens the sheet that shows what would be asked for, and looks whether the vault has a token for it.
pub(super) fn offer(model: &mut Model, step_up: bool) -> Vec<Effect> {
    let endpoints = if step_up { model.row().map(|row| row.id).into_iter().collect() } else { model.chosen() };
    let clients = match model.workspace.clients(&endpoints) {
        Ok(clients) => clients.into_iter().map(|client| client.name.clone()).collect::<Vec<_>>(),
        Err(error) => {
            show_error(model, "no token can be obtained", error);
            return Vec::new();
        }
    };
    let called = model.call().filter(|called| step_up && endpoints.contains(&called.endpoint));
    let sign_in = called.and_then(|called| called.diagnosis.step_up.clone());
    let sign_in = sign_in.filter(|wanted| wanted.acr_values.is_some() || wanted.max_age.is_some());
    let plan = plan(model, &endpoints, clients.first().map(String::as_str), step_up, sign_in.is_some());
    match plan {
        Ok(plan) if plan.scopes.is_empty() && sign_in.is_none() => {
            model.toast = Some("no scope is needed here: c calls it without a token".to_owned());
            Vec::new()
        }
        Err(error) if clients.len() < 2 => {
            show_error(model, "no token can be obtained", error);
            Vec::new()
        }
        plan => {
            let looks = !step_up && model.workspace.vault().is_some() && model.vault_error.is_none();
            let task = looks.then(|| Task::FindStored(endpoints.clone()));
            let offered = ObtainForm { endpoints, clients, client: 0, grant: 0, plan, step_up, sign_in, stored: None };
            model.sheet = Some(Sheet::Obtain(Box::new(offered)));
            task.map(|task| start(model, "looking into the vault", task)).into_iter().collect()
        }
    }
}

/// The vault was looked into while the sheet is open.
pub(super) fn stored_found(model: &mut Model, covered: Result<Option<Box<Record>>, Error>) {
    match (covered, &mut model.sheet) {
        (Ok(found), Some(Sheet::Obtain(offered))) => offered.stored = found,
        (Ok(_), _) => {}
        (Err(error), _) => {
            model.toast = Some(format!("the vault can't be looked into: {error}"));
            model.vault_error = Some(error);
        }
    }
}

/// Takes the token of the vault that covers what would be asked for.
pub(super) fn use_stored(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return Vec::new() };
    if offered.stored.is_none() {
        model.toast = Some("no token of the vault covers this".to_owned());
        return Vec::new();
    }
    let task = Task::UseStored(offered.endpoints.clone());
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "taking a token of the vault", task)]
}

/// It was taken, or why not. `notes`: what happened on the way.
pub(super) fn stored_used(model: &mut Model, found: Result<Option<Box<AcquiredToken>>, Error>, notes: &[String]) {
    const WHAT: &str = "no token of the vault was taken";
    let (record, source) = match found.map(|found| found.and_then(|found| Some((found.record?, found.source)))) {
        Ok(Some(found)) => found,
        Ok(_) => return show_error(model, WHAT, Error::new(Kind::Refused, notes.join("; "))),
        Err(error) => return show_error(model, WHAT, notes.iter().cloned().fold(error, Error::hint)),
    };
    let id = record.id.clone();
    model.add_stored(vec![record]);
    let is_it = |held: &SessionToken| held.record.as_ref().is_some_and(|record| record.id == id);
    if let Some(index) = model.tokens.iter().position(is_it) {
        model.select_token(index);
    }
    model.sheet = None;
    let how = match source {
        TokenSource::Stored | TokenSource::Obtained => "",
        TokenSource::Refreshed => ", refreshed",
        TokenSource::Narrowed => ", narrowed to this",
    };
    let taken = format!("took a token of the vault{how}");
    let words: Vec<&str> = std::iter::once(taken.as_str()).chain(notes.iter().map(String::as_str)).collect();
    model.toast = Some(words.join("; "));
}

/// Answers whether a token is kept that can do more than was requested.
pub(super) fn decide(model: &mut Model, keeps: bool) -> Vec<Effect> {
    model.sheet = Some(Sheet::Waiting(None));
    if let Some(pending) = &mut model.pending {
        pending.waits_for_user = false;
    }
    vec![Effect::Decide(keeps)]
}

/// What one client would ask for. A step-up keeps what the token has, and adds what only the server has named.
/// `signs_in`: only a grant that goes by the browser says how the user has to sign in (RFC 9470 §4).
fn plan(
    model: &Model,
    endpoints: &[EndpointId],
    client: Option<&str>,
    step_up: bool,
    signs_in: bool,
) -> Result<Plan, Error> {
    let held = model.scopes();
    let mut plan = model.workspace.plan(endpoints, client, step_up.then_some(&held))?;
    if signs_in {
        plan.grants.retain(|grant| *grant == GrantType::AuthorizationCode);
    }
    if plan.grants.is_empty() {
        let message = format!("client `{}` has no grant in which a person signs in by a browser", plan.client);
        return Err(Error::new(Kind::Refused, message).hint("give it `authorization_code` in `grants`"));
    }
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
    offered.plan = plan(model, &offered.endpoints, client, offered.step_up, offered.sign_in.is_some());
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
pub(super) fn start_obtaining(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return Vec::new() };
    let sign_in = offered.sign_in.clone().unwrap_or_default();
    let (plan, begin) = match (&offered.plan, offered.grant()) {
        (Ok(plan), Some(grant)) => {
            let begin = Start::new(grant, false);
            // what comes back can always be pasted here
            let begin = Start { paste: true, acr_values: sign_in.acr_values, max_age: sign_in.max_age, ..begin };
            (Box::new(plan.clone()), Box::new(begin))
        }
        (Err(error), _) => {
            model.toast = Some(error.to_string());
            return Vec::new();
        }
        (Ok(_), None) => return Vec::new(),
    };
    model.call_after = offered.step_up;
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "asking the authorization server", Task::Obtain { plan, start: begin })]
}

/// A token came. A step-up goes on to the call; otherwise, and where less or more was granted than asked for, both
/// are shown side by side.
pub(super) fn obtained(model: &mut Model, acquired: AcquiredToken, not_kept: Option<Error>) -> Vec<Effect> {
    let exact = acquired.asked == acquired.granted;
    let client = match &acquired.token.origin {
        Origin::Obtained { client } => client.clone(),
        Origin::Given => String::new(),
    };
    model.sheet = Some(Sheet::Granted { asked: acquired.asked, granted: acquired.granted, client });
    model.add_token(acquired.token, acquired.findings);
    model.toast = Some(match (acquired.record, not_kept) {
        (Some(record), _) => {
            model.add_stored(vec![record]);
            "obtained a token, and kept it in the vault".to_owned()
        }
        (None, None) => "obtained a token for this session".to_owned(),
        (None, Some(error)) => format!("obtained a token for this session alone: {error}"),
    });
    if std::mem::take(&mut model.call_after) && exact {
        model.sheet = None;
        return call::call(model);
    }
    Vec::new()
}
