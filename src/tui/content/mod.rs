//! Content of panes and sheets, derived from the model. `view` draws it; `update` counts and copies it.

mod activity;
mod anatomy;
mod approval;
mod call;
mod diff;
mod endpoint;
mod gateway;
mod lint;
mod probe;
mod scopes;
mod sheet;
mod token;
mod tree;

use super::item::Item;
use super::model::{ListId, Model, Pane, Tab};
use crate::app::report::Marks;

pub(super) use activity::{proposed as proposed_action, selected as selected_records};
pub(super) use anatomy::anatomy;
pub(super) use gateway::selected as selected_requests;

pub(super) use sheet::sheet;

/// Returns the items of the tab that a pane shows.
pub(super) fn pane(model: &Model, pane: Pane) -> Vec<Item> {
    let tab = model.tab(pane);
    let items = match tab {
        Tab::Endpoints => endpoint::without_manifest(model),
        Tab::Lint => lint::lint(model),
        Tab::BlastRadius => scopes::blast_radius(model),
        Tab::Summary => token::summary(model),
        Tab::Claims => token::claims(model),
        Tab::Header => token::header(model),
        Tab::Signature => token::signature(model),
        Tab::Findings => token::findings(model),
        Tab::Raw => token::raw(model),
        Tab::Comparison => scopes::comparison(model),
        Tab::MinimalSet => scopes::minimal_set(model),
        Tab::Access => scopes::access(model),
        Tab::Diagnosis => call::diagnosis(model),
        Tab::Response => call::response(model),
        Tab::Headers => call::headers(model),
        Tab::History => call::history(model),
        Tab::Probe => probe::last(model),
        Tab::Timeline => activity::timeline(model),
        Tab::Use => activity::scopes(model),
        Tab::Gateway => gateway::requests(model),
    };
    items.into_iter().flat_map(Item::in_parts).collect()
}

/// Returns the marks of scopes.
fn marks(model: &Model) -> Marks {
    match model.ascii {
        true => Marks { yes: "+", no: "!", unknown: "?" },
        false => Marks { yes: "\u{2713}", no: "\u{2717}", unknown: "?" },
    }
}

/// Returns the number of items of the focused list.
pub(super) fn focused_len(model: &Model) -> usize {
    match model.focused_list() {
        ListId::Tab(Tab::Endpoints) if !model.endpoints.rows.is_empty() => model.endpoints.entries.len(),
        ListId::Tab(_) | ListId::Sheet(_) => focused_items(model).len(),
    }
}

/// Returns the items of the focused list; none for endpoints, which are drawn from their rows.
pub(super) fn focused_items(model: &Model) -> Vec<Item> {
    match &model.sheet {
        Some(open) => sheet(model, open),
        None => pane(model, model.pane),
    }
}
