//! The Gateway tab: follows the requests while it is shown, and writes lines of the manifest about them.

use super::{Effect, start};
use crate::app::Error;
use crate::app::gateway::{Amendment, Traffic, amended};
use crate::tui::content::selected_requests;
use crate::tui::keymap::Action;
use crate::tui::model::{Confirmation, ListId, Model, Sheet, Tab};
use crate::tui::task::Task;

/// Reads what is new, if the tab is shown and the last look was a while ago.
pub(super) fn follow(model: &mut Model) -> Option<Effect> {
    if !model.gateway_is_due() {
        return None;
    }
    model.gateway.reading = true;
    let traffic = match &model.gateway.traffic {
        Some(Ok(traffic)) => traffic.clone(),
        _ => Traffic::default(),
    };
    Some(Effect::FollowGateway(Box::new(traffic)))
}

/// Takes what was read. The cursor stays on its request.
pub(super) fn show(model: &mut Model, found: Result<Box<Traffic>, Error>) {
    let list = ListId::Tab(Tab::Gateway);
    let position = model.position(list);
    let act = selected_requests(model).get(position.cursor).and_then(|record| record.act.clone());
    model.gateway.reading = false;
    model.gateway.read = Some(model.now);
    model.gateway.traffic = Some(found.map(|traffic| *traffic));
    // at the top, new requests appear under the cursor
    let moved = act
        .filter(|_| position.cursor > 0)
        .and_then(|act| selected_requests(model).iter().position(|record| record.act.as_ref() == Some(&act)));
    if let Some(cursor) = moved {
        model.set_position(list, crate::tui::model::Position { cursor, ..position });
    }
}

/// Offers a line of the manifest about the request under the cursor.
pub(super) fn amend(model: &mut Model, action: Action) {
    let amendment = match action {
        Action::AddEndpoint => Amendment::Add,
        Action::DenyEndpoint => Amendment::Deny,
        _ => Amendment::Approve,
    };
    let cursor = model.position(ListId::Tab(Tab::Gateway)).cursor;
    let Some(chosen) = selected_requests(model).get(cursor).map(|record| (*record).clone()) else {
        model.toast = Some("there is no request yet".to_owned());
        return;
    };
    let Some(Ok(traffic)) = &model.gateway.traffic else { return };
    match amended(&model.context, &traffic.requests, &chosen, amendment) {
        Ok(manifest) => model.sheet = Some(Sheet::Confirm(Confirmation::Amend(Box::new(manifest)))),
        Err(error) => super::show_error(model, "no line was added", error),
    }
}

/// Writes the manifest that was confirmed.
pub(super) fn write(model: &mut Model, text: String) -> Vec<Effect> {
    let path = model.file.path.clone();
    model.sheet = Some(Sheet::Waiting(None));
    vec![start(model, "writing the manifest", Task::WriteManifest { path, text })]
}

/// The manifest was written.
pub(super) fn written(model: &mut Model) {
    model.sheet = None;
    model.toast = Some("written to the manifest; a running gateway may need `tokscope gateway reload`".to_owned());
    super::manifest::reload(model);
}
