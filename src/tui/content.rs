//! What panes and sheets say, before it is laid out: items of toned text, each with what `y` copies of it.

mod call;
mod endpoint;
mod item;
mod probe;
mod scopes;
mod sheet;
mod token;

use super::model::{ListId, Model, Pane, Tab};

pub(super) use item::{ClipboardEntry, Item, Tone};
pub(super) use sheet::sheet;

/// What a pane says in the tab that it shows, as far as its filter lets it through.
pub(super) fn pane(model: &Model, pane: Pane) -> Vec<Item> {
    let tab = model.tab(pane);
    let items = match tab {
        Tab::Endpoints | Tab::Matrix => Vec::new(),
        Tab::Claims => token::claims(model),
        Tab::Header => token::header(model),
        Tab::Signature => token::signature(model),
        Tab::Findings => token::findings(model),
        Tab::Raw => token::raw(model),
        Tab::Comparison => scopes::verdict(model),
        Tab::MinimalSet => scopes::minimal_set(model),
        Tab::Access => scopes::opens(model),
        Tab::Diagnosis => call::diagnosis(model),
        Tab::Response => call::response(model),
        Tab::Headers => call::headers(model),
        Tab::History => call::history(model),
    };
    let filter = model.filter(pane).to_lowercase();
    let kept = items.into_iter().filter(|item| filter.is_empty() || item.text().to_lowercase().contains(&filter));
    kept.flat_map(Item::in_parts).collect()
}

/// How many items the focused list has.
pub(super) fn focused_len(model: &Model) -> usize {
    match model.focused_list() {
        ListId::Tab(Tab::Endpoints) => model.endpoints.shown.len(),
        ListId::Tab(_) | ListId::Sheet(_) => focused_items(model).len(),
    }
}

/// What the focused list says; nothing for the endpoints, which are drawn by their rows.
pub(super) fn focused_items(model: &Model) -> Vec<Item> {
    match &model.sheet {
        Some(over) => sheet(model, over),
        None => pane(model, model.pane),
    }
}
