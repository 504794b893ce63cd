//! Which bindings apply now, and why an action is unavailable.

use super::chord::Chord;
use super::keymap::{Action, Binding};
use super::model::{Confirmation, Model, Pane, Sheet, Tab};

/// Returns the bindings that apply now, in order of precedence.
pub(super) fn bindings(model: &Model) -> impl Iterator<Item = &Binding> {
    let (pane, sheet) = (model.pane, model.sheet.as_ref().map(Sheet::kind));
    model.keymap.here(pane, sheet)
}

/// Returns the action of a key.
pub(super) fn action(model: &Model, chord: Chord) -> Option<Action> {
    bindings(model).find(|binding| binding.has(chord)).map(|binding| binding.action)
}

/// Returns why an action is unavailable; `None` if it is available.
pub(super) fn refusal(model: &Model, action: Action) -> Option<String> {
    let key = |action| model.keymap.key(action);
    let say = |why: &str| Some(why.to_owned());
    let no_endpoint = if model.endpoints.rows.is_empty() {
        "no manifest, so there are no endpoints: try `tokscope demo`"
    } else {
        "no endpoint matches the filter: Esc clears it"
    };
    match action {
        Action::Obtain | Action::Call | Action::StepUp | Action::Verify | Action::Probe | Action::RefreshCurrent
            if model.pending.is_some() =>
        {
            say("another job is running: Esc cancels it")
        }
        Action::Confirm | Action::UseStored | Action::Refresh | Action::Revoke | Action::Forget
            if model.calling.is_some() && model.sheet.as_ref().is_some_and(|sheet| starts_job(sheet, action)) =>
        {
            say("a call is under way: Esc closes this sheet, and then cancels the call")
        }
        Action::Obtain if model.chosen().is_empty() => say(no_endpoint),
        Action::Call | Action::Edit | Action::Probe | Action::Verify | Action::StepUp if model.row().is_none() => {
            match model.endpoints.entries.is_empty() {
                true => say(no_endpoint),
                false => Some(format!("this is a group: {} opens it", key(Action::OpenGroup))),
            }
        }
        Action::Mark | Action::MarkAll if model.endpoints.entries.is_empty() => say(no_endpoint),
        Action::Mark | Action::MarkAll if model.tab(Pane::Endpoints) == Tab::Lint => {
            Some(format!("press {} to mark endpoints in their list", key(Action::PreviousTab)))
        }
        Action::CopyToken | Action::Reveal | Action::Verify | Action::RefreshCurrent | Action::CompareTokens
            if model.token().is_none() =>
        {
            match model.tokens.is_empty() {
                true => say("no token yet: paste one"),
                false => {
                    Some(format!("no token is selected: press Enter on one in the list ({})", key(Action::Tokens)))
                }
            }
        }
        Action::Refresh | Action::Revoke | Action::Forget if model.tokens.is_empty() => say("no token in this list"),
        Action::Tokens if model.tokens.is_empty() && model.context.vault().is_none() && model.vault_error.is_none() => {
            Some(format!("no token yet: paste one, or press {} to obtain one", key(Action::Obtain)))
        }
        Action::Palette if matches!(model.sheet, Some(Sheet::Passphrase { .. })) => {
            say("answer first: Enter continues, Esc leaves the vault locked")
        }
        Action::Palette if matches!(model.sheet, Some(Sheet::Excess(_))) => Some(model.unanswered()),
        Action::CompareTokens if model.tokens.len() < 2 => say("only one token here: paste or obtain another one"),
        Action::AddEndpoint | Action::DenyEndpoint | Action::RequireApproval
            if model.tab(Pane::Activity) != Tab::Gateway =>
        {
            Some(format!("press {} for the Gateway tab", model.key(Action::NextTab)))
        }
        Action::Reload
        | Action::EditManifest
        | Action::AddEndpoint
        | Action::DenyEndpoint
        | Action::RequireApproval
            if model.file.path.is_empty() =>
        {
            say("there is no manifest file")
        }
        Action::Approve if !model.demo => say("only available in `tokscope demo`"),
        _ => None,
    }
}

/// Returns whether an action on a sheet starts a job, which would replace the one that runs.
fn starts_job(sheet: &Sheet, action: Action) -> bool {
    match sheet {
        Sheet::Obtain(_) | Sheet::Request(_) => true,
        Sheet::Confirm(confirmation) => !matches!(confirmation, Confirmation::Quit(_)),
        Sheet::Tokens => action != Action::Confirm,
        _ => false,
    }
}
