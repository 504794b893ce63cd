//! Approvals: the request for one, and the reply.

use super::{Effect, Task, show_error, start};
use crate::app::{AddedReply, Error, ErrorKind, Plan, WrittenRequest};
use crate::tui::model::{ApprovalForm, Model, ObtainForm, Sheet};

/// Looks for an approval of what the client may not request by itself.
pub(super) fn ask(model: &mut Model, offered: Box<ObtainForm>) -> Vec<Effect> {
    let client = offered.clients.get(offered.client).cloned();
    let held = offered.step_up.then(|| model.scopes());
    let task = Task::FindApproval { endpoints: offered.endpoints.clone(), client, held };
    model.approval = Some(offered);
    vec![start(model, "looking for an approval", task)]
}

/// Whether a request for an approval was made because a rule of the policy asks for one.
pub(super) fn is_requested(model: &Model, error: &Error) -> bool {
    error.kind == ErrorKind::Policy && error.command.is_some() && model.approval.is_some()
}

/// Shows the request that was made in place of the error, which tells the reason of the rule.
pub(super) fn ask_after(model: &mut Model, error: &Error) -> Vec<Effect> {
    let Some(offered) = model.approval.take() else { return Vec::new() };
    let asked = ask(model, offered);
    model.sheet = None;
    model.toast = Some(error.to_string());
    asked
}

/// Goes on with the plan that an approval permits, or shows the request.
pub(super) fn found(model: &mut Model, found: Result<Box<Plan>, Box<WrittenRequest>>) {
    match (found, model.approval.take()) {
        (Ok(plan), Some(offered)) => {
            model.sheet = Some(Sheet::Obtain(Box::new(ObtainForm { plan: Ok(*plan), grant: 0, ..*offered })));
        }
        (Err(written), Some(offered)) => {
            model.sheet = Some(Sheet::Approval(Box::new(ApprovalForm { written: *written, offered: *offered })));
        }
        (_, None) => {}
    }
}

/// Adds a reply that was pasted on the sheet.
pub(super) fn reply(model: &mut Model, text: String) -> Vec<Effect> {
    vec![start(model, "checking the reply", Task::AddReply(text))]
}

/// Shows what became of a reply. When the approval is complete, the plan is shown.
pub(super) fn replied(model: &mut Model, added: Result<Box<AddedReply>, Error>) -> Vec<Effect> {
    let added = match added {
        Ok(added) => added,
        Err(error) => {
            model.toast = Some(error.to_string());
            return Vec::new();
        }
    };
    let Some(Sheet::Approval(form)) = model.sheet.clone() else { return Vec::new() };
    if let Some((by, reason)) = &added.refused {
        let message = format!("the request was refused by {by}: {reason}");
        show_error(model, "not approved", Error::new(ErrorKind::Policy, message));
        return Vec::new();
    }
    if added.approval.state.is_usable() && added.approval.request.id == form.written.request.id {
        model.toast = Some(format!("approved by {}", added.approved.join(", ")));
        return ask(model, Box::new(form.offered));
    }
    let waits = added.approval.obstacle();
    model.toast = Some(match added.approved.as_slice() {
        [] => "nothing new in this reply".to_owned(),
        names => format!("approved by {}", names.join(", ")),
    });
    let mut form = form;
    form.written.waits = waits;
    model.sheet = Some(Sheet::Approval(form));
    Vec::new()
}

/// Whether an error of a plan can be remedied by an approval.
pub(super) fn is_remedy(model: &Model, error: &Error) -> bool {
    let has_approvers = model.context.manifest().is_some_and(|manifest| !manifest.approvers.is_empty());
    has_approvers && error.kind == ErrorKind::NotAllowed
}
