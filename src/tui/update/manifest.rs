//! Reloading and editing the manifest.

use std::sync::Arc;

use super::Effect;
use crate::app::{Context, OpenError};
use crate::tui::content::focused_items;
use crate::tui::model::{ListId, Model, Pane, Tab};

/// Asks for a reload.
pub(super) fn reload(model: &mut Model) {
    model.file.changed = true;
}

/// Reloads a manifest that has changed, unless something is under way that refers to its endpoints.
pub(super) fn reload_if_changed(model: &mut Model) -> Option<Effect> {
    if !model.file.changed || model.file.reloading || model.pending.is_some() || model.sheet.is_some() {
        return None;
    }
    model.file.changed = false;
    model.file.reloading = true;
    Some(Effect::Reload)
}

/// Uses the manifest that was read, or shows its errors.
pub(super) fn reloaded(model: &mut Model, result: Result<Arc<Context>, OpenError>) -> Vec<Effect> {
    model.file.reloading = false;
    match result {
        Ok(context) => {
            model.replace_context(Arc::clone(&context));
            model.toast = Some(match model.file.changes.len() {
                0 => "manifest reloaded".to_owned(),
                1 => "manifest reloaded: 1 verdict changed (see the Lint tab)".to_owned(),
                several => format!("manifest reloaded: {several} verdicts changed (see the Lint tab)"),
            });
            vec![Effect::UseContext(context)]
        }
        Err(OpenError::Unreadable(error)) => {
            model.toast = Some(format!("the manifest can't be reloaded: {}", error.message));
            Vec::new()
        }
        Err(OpenError::Invalid(problem)) => {
            let state = if model.context.manifest().is_some() { ": its last valid state stays in use" } else { "" };
            model.toast = Some(format!("the manifest has errors{state} (see the Lint tab)"));
            model.file.problem = Some(problem);
            Vec::new()
        }
    }
}

/// Computes the findings of the linter when they are shown.
pub(super) fn lint_if_shown(model: &mut Model) {
    if model.tab(Pane::Endpoints) == Tab::Lint && model.file.lint.is_none() && model.context.manifest().is_some() {
        model.file.lint = Some(model.context.all_findings(&model.file.path));
    }
}

/// Opens the manifest in the editor, at the line of the selected finding or endpoint.
pub(super) fn edit(model: &mut Model) -> Vec<Effect> {
    if model.file.path.is_empty() {
        model.toast = Some("there is no manifest file to edit".to_owned());
        return Vec::new();
    }
    let line = match model.focused_list() {
        list @ ListId::Tab(Tab::Lint) => {
            focused_items(model).get(model.position(list).cursor).and_then(|item| item.line)
        }
        _ => model.row().and_then(|row| model.context.line_of(row.id)),
    };
    vec![Effect::Edit { line }]
}
