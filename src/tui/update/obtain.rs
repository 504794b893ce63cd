//! Obtaining a token for the selected endpoints.

use super::{Effect, Task, approval, call, show_error, start};
use crate::app::{AcquiredToken, EndpointId, Error, ErrorKind, GrantOptions, Origin, Plan, Planner, TokenSource};
use crate::manifest::GrantType;
use crate::tui::keymap::Action;
use crate::tui::model::{CallRecord, Model, ObtainForm, SessionToken, Sheet};
use crate::vault::Record;

/// Opens the obtain sheet, and looks for a stored token that covers the endpoints.
pub(super) fn offer(model: &mut Model, step_up: bool) -> Vec<Effect> {
    let endpoints = if step_up { model.row().map(|row| row.id).into_iter().collect() } else { model.chosen() };
    let clients = match Planner::new(&model.context).clients(&endpoints) {
        Ok(clients) => clients.into_iter().map(|client| client.name.clone()).collect::<Vec<_>>(),
        Err(error) => {
            show_error(model, "can't obtain a token", error);
            return Vec::new();
        }
    };
    let called = model.call().and_then(CallRecord::outcome);
    let called = called.filter(|called| step_up && endpoints.contains(&called.endpoint));
    let sign_in = called.and_then(|called| called.diagnosis.step_up.clone());
    let sign_in = sign_in.filter(|wanted| wanted.acr_values.is_some() || wanted.max_age.is_some());
    let plan = plan(model, &endpoints, clients.first().map(String::as_str), step_up, sign_in.is_some());
    match plan {
        Ok(plan) if plan.scopes.is_empty() && sign_in.is_none() => {
            model.toast = Some(format!("no scope needed: press {} to call without a token", model.key(Action::Call)));
            Vec::new()
        }
        Err(error) if clients.len() < 2 && approval::is_remedy(model, &error) => {
            let plan = Err(error);
            let offered = ObtainForm { endpoints, clients, client: 0, grant: 0, plan, step_up, sign_in, stored: None };
            approval::ask(model, Box::new(offered))
        }
        Err(error) if clients.len() < 2 => {
            show_error(model, "can't obtain a token", error);
            Vec::new()
        }
        plan => {
            let has_vault = !step_up && model.context.vault().is_some() && model.vault_error.is_none();
            let task = has_vault.then(|| Task::FindStored(endpoints.clone()));
            let offered = ObtainForm { endpoints, clients, client: 0, grant: 0, plan, step_up, sign_in, stored: None };
            model.sheet = Some(Sheet::Obtain(Box::new(offered)));
            task.map(|task| start(model, "searching the vault", task)).into_iter().collect()
        }
    }
}

/// Shows the stored token that was found, while the sheet is still open.
pub(super) fn stored_found(model: &mut Model, covered: Result<Option<Box<Record>>, Error>) {
    match (covered, &mut model.sheet) {
        (Ok(found), Some(Sheet::Obtain(offered))) => offered.stored = found,
        (Ok(_), _) => {}
        (Err(error), _) => {
            model.toast = Some(format!("can't read the vault: {error}"));
            model.vault_error = Some(error);
        }
    }
}

/// Uses the stored token that covers the endpoints.
pub(super) fn use_stored(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return Vec::new() };
    if offered.stored.is_none() {
        model.toast = Some("no stored token covers these endpoints".to_owned());
        return Vec::new();
    }
    let task = Task::UseStored(offered.endpoints.clone());
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "loading the stored token", task)]
}

/// Shows the stored token, or why it can't be used. `notes`: how it was prepared.
pub(super) fn stored_used(model: &mut Model, found: Result<Option<Box<AcquiredToken>>, Error>, notes: &[String]) {
    const FAILED: &str = "can't use the stored token";
    let (record, source) = match found.map(|found| found.and_then(|found| Some((found.record?, found.source)))) {
        Ok(Some(found)) => found,
        Ok(_) => return show_error(model, FAILED, Error::new(ErrorKind::Refused, notes.join("; "))),
        Err(error) => return show_error(model, FAILED, notes.iter().cloned().fold(error, Error::hint)),
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
        TokenSource::Narrowed => ", narrowed to these endpoints",
    };
    let used = format!("using a stored token{how}");
    let words: Vec<&str> = std::iter::once(used.as_str()).chain(notes.iter().map(String::as_str)).collect();
    model.toast = Some(words.join("; "));
}

/// Passes on whether to keep a token that grants more than was requested.
pub(super) fn decide(model: &mut Model, keeps: bool) -> Vec<Effect> {
    model.sheet = Some(Sheet::Waiting(None));
    if let Some(pending) = &mut model.pending {
        pending.waits_for_user = false;
    }
    vec![Effect::Decide(keeps)]
}

/// Plans a token for one client. A step-up keeps the scopes of the token, and adds those that only the server named.
/// `signs_in`: the user has to sign in again, which only the authorization code grant can ask for (RFC 9470 §4).
fn plan(
    model: &Model,
    endpoints: &[EndpointId],
    client: Option<&str>,
    step_up: bool,
    signs_in: bool,
) -> Result<Plan, Error> {
    let held = model.scopes();
    let mut plan = Planner::new(&model.context).plan(endpoints, client, step_up.then_some(&held))?;
    if signs_in {
        plan.grants.retain(|grant| *grant == GrantType::AuthorizationCode);
    }
    if plan.grants.is_empty() {
        let message = format!("client `{}` has no grant with a browser sign-in", plan.client);
        return Err(Error::new(ErrorKind::Refused, message).hint("add `authorization_code` to its `grants`"));
    }
    let ceiling = model.context.client(&plan.client)?.may_request.as_ref();
    let called =
        model.call().and_then(CallRecord::outcome).filter(|called| step_up && endpoints.contains(&called.endpoint));
    for scope in called.and_then(|called| called.diagnosis.missing.first()).into_iter().flatten() {
        if ceiling.is_none_or(|ceiling| ceiling.contains(scope.as_str())) {
            plan.scopes.insert(scope.clone());
        }
    }
    Ok(plan)
}

/// Selects the next client.
pub(super) fn next_client(model: &mut Model) {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return };
    let mut offered = offered.clone();
    if offered.clients.len() < 2 {
        model.toast = Some("no other client for these endpoints in the manifest".to_owned());
        return;
    }
    offered.client = (offered.client + 1) % offered.clients.len();
    offered.grant = 0;
    let client = offered.clients.get(offered.client).map(String::as_str);
    offered.plan = plan(model, &offered.endpoints, client, offered.step_up, offered.sign_in.is_some());
    model.sheet = Some(Sheet::Obtain(offered));
}

/// Selects the next grant of the client.
pub(super) fn next_grant(model: &mut Model) {
    let Some(Sheet::Obtain(offered)) = &mut model.sheet else { return };
    let grants = offered.plan.as_ref().map(|plan| plan.grants.len()).unwrap_or_default();
    if grants < 2 {
        model.toast = Some("this client has no other grant that the TUI supports".to_owned());
        return;
    }
    offered.grant = (offered.grant + 1) % grants;
}

/// Starts the grant.
pub(super) fn start_obtaining(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Obtain(offered)) = &model.sheet else { return Vec::new() };
    let sign_in = offered.sign_in.clone().unwrap_or_default();
    let (plan, begin) = match (&offered.plan, offered.grant()) {
        (Ok(plan), Some(grant)) => {
            let begin = GrantOptions::new(grant, false);
            // the redirect URL can always be pasted
            let begin = GrantOptions { paste: true, acr_values: sign_in.acr_values, max_age: sign_in.max_age, ..begin };
            (Box::new(plan.clone()), Box::new(begin))
        }
        (Err(error), _) if approval::is_remedy(model, error) => {
            let offered = offered.clone();
            return approval::ask(model, offered);
        }
        (Err(error), _) => {
            model.toast = Some(error.to_string());
            return Vec::new();
        }
        (Ok(_), None) => return Vec::new(),
    };
    let step_up = offered.step_up;
    // a rule of the policy may ask for an approval
    model.approval = Some(offered.clone());
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "contacting the authorization server", Task::Obtain { plan, start: begin, step_up })]
}

/// Adds the new token. A step-up with exactly the requested scopes goes on to the call; otherwise the requested and
/// granted scopes are shown.
pub(super) fn obtained(
    model: &mut Model,
    acquired: AcquiredToken,
    not_stored: Option<Error>,
    step_up: bool,
) -> Vec<Effect> {
    let exact = acquired.asked == acquired.granted;
    let client = match &acquired.token.origin {
        Origin::Obtained { client } => client.clone(),
        Origin::Given => String::new(),
    };
    model.sheet = Some(Sheet::Granted { requested: acquired.asked, granted: acquired.granted, client, step_up });
    model.add_token(acquired.token, acquired.findings);
    model.toast = Some(match (acquired.record, not_stored) {
        (Some(record), _) => {
            model.add_stored(vec![record]);
            "token obtained and stored in the vault".to_owned()
        }
        (None, None) => "token obtained for this session".to_owned(),
        (None, Some(error)) => format!("token obtained for this session only: {error}"),
    });
    if step_up && exact {
        model.sheet = None;
        return call::call_again(model);
    }
    Vec::new()
}
