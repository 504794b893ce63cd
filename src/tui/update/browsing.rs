//! Searching, folding, and comparing tokens.

use super::move_cursor;
use crate::tui::content::focused_items;
use crate::tui::keymap::Action;
use crate::tui::model::{Entry, ListId, Model, Pane, Position, Sheet, SheetKind, Tab};

/// Moves to the next or previous item that the search of the pane finds, after the last one to the first. `here`: the item
/// under the cursor counts too.
pub(super) fn find(model: &mut Model, forward: bool, here: bool) {
    let search = model.filter(model.pane).to_lowercase();
    if search.is_empty() {
        model.toast = Some(format!("no search: press {} to search in this pane", model.key(Action::Filter)));
        return;
    }
    if model.focused_list() == ListId::Tab(Tab::Endpoints) {
        // the filter leaves only matches
        return move_cursor(model, if forward { 1 } else { -1 });
    }
    let items = focused_items(model);
    let list = model.focused_list();
    let position = model.position(list);
    let count = items.len();
    let from = position.cursor.min(count.saturating_sub(1));
    let steps = usize::from(!here)..count + usize::from(!here);
    let place = |step: usize| if forward { (from + step) % count } else { (from + count - step) % count };
    let is_match = |index: &usize| items.get(*index).is_some_and(|item| item.text().to_lowercase().contains(&search));
    match steps.map(place).find(is_match) {
        Some(cursor) => model.set_position(list, Position { cursor, ..position }),
        None => model.toast = Some(format!("`{search}` not found in this tab")),
    }
}

/// Folds or unfolds the JSON value under the cursor; of a value inside, the one that holds it.
pub(super) fn fold(model: &mut Model) {
    let list = model.focused_list();
    let position = model.position(list);
    let items = focused_items(model);
    let node = items.get(position.cursor).and_then(|item| item.node.clone());
    let Some(node) = node else {
        model.toast = Some("no JSON value here to fold".to_owned());
        return;
    };
    let key = match node.folded {
        Some(_) => node.key,
        None => node.key.rsplit_once('/').map(|(above, _)| above.to_owned()).unwrap_or_default(),
    };
    let nodes = items.iter().map(|item| item.node.as_ref());
    let found = nodes.enumerate().find_map(|(index, node)| {
        let node = node.filter(|node| node.key == key)?;
        Some((index, node.folded?))
    });
    let Some((cursor, folded)) = found else {
        model.toast = Some("this value has nothing to fold".to_owned());
        return;
    };
    model.set_position(list, Position { cursor, ..position });
    model.folds.insert(key, !folded);
}

/// Opens or closes the group under the cursor; `None`: the other of the two. Of an endpoint, closes the group that holds it.
pub(super) fn toggle_group(model: &mut Model, open: Option<bool>) {
    let list = ListId::Tab(Tab::Endpoints);
    let position = model.position(list);
    let entries = &model.endpoints.entries;
    let group = |entry: &Entry| match entry {
        Entry::Group { prefix, open, .. } => Some((prefix.clone(), *open)),
        Entry::Row(_) => None,
    };
    let here = entries.get(position.cursor).and_then(group);
    let above = || {
        let path = model.row()?.path();
        let holds = |(prefix, open): &(String, bool)| *open && path.starts_with(prefix.as_str());
        entries.iter().take(position.cursor).rev().filter_map(group).find(holds)
    };
    let found = match open {
        Some(false) => here.filter(|(_, open)| *open).or_else(above),
        _ => here,
    };
    let Some((prefix, is_open)) = found else {
        model.toast = Some(match model.endpoints.grouped {
            true => "no group here to open or close".to_owned(),
            false => format!("press {} to group the endpoints by path", model.key(Action::FoldAll)),
        });
        return;
    };
    model.endpoints.set_open(&prefix, open.unwrap_or(!is_open));
    let at = model.endpoints.entries.iter().position(|entry| group(entry).is_some_and(|(other, _)| other == prefix));
    model.set_position(list, Position { cursor: at.unwrap_or_default(), ..position });
    model.compare_current();
}

/// Groups the endpoints by path, or not. The selected endpoint stays selected, or the group that holds it.
fn group_endpoints(model: &mut Model) {
    let id = model.row().map(|row| row.id);
    model.endpoints.toggle_groups();
    let list = ListId::Tab(Tab::Endpoints);
    let cursor = id.and_then(|id| model.endpoints.place_of(id)).unwrap_or_default();
    model.set_position(list, Position { cursor, top: 0, ..model.position(list) });
    model.compare_current();
    let (open, close) = (model.key(Action::OpenGroup), model.key(Action::CloseGroup));
    model.toast = Some(match model.endpoints.grouped {
        true => format!("grouped by path: {open} opens a group, {close} closes it"),
        false => "not grouped".to_owned(),
    });
}

/// Shows the endpoints that require the scope under the cursor.
pub(super) fn show_endpoints_of_scope(model: &mut Model) {
    let cursor = model.position(ListId::Tab(Tab::BlastRadius)).cursor;
    let scope = focused_items(model).into_iter().nth(cursor).and_then(|item| item.copied);
    let Some(scope) = scope else {
        model.toast = Some("move to a scope to show its endpoints".to_owned());
        return;
    };
    model.pane = Pane::Endpoints;
    model.show_tab(Pane::Endpoints, Tab::Endpoints);
    model.filter_field(Pane::Endpoints).set(&format!("scope:{}", scope.text.expose()));
    refilter(model);
}

/// Folds all values of the tab or, if all are folded, unfolds them.
pub(super) fn fold_all(model: &mut Model) {
    if model.focused_list() == ListId::Tab(Tab::Endpoints) {
        return group_endpoints(model);
    }
    let nodes = focused_items(model).into_iter().filter_map(|item| item.node);
    let nodes: Vec<(String, bool)> = nodes.filter_map(|node| Some((node.key, node.folded?))).collect();
    if nodes.is_empty() {
        model.toast = Some("no JSON value here to fold".to_owned());
        return;
    }
    let folds = nodes.iter().any(|(_, folded)| !folded);
    model.folds.extend(nodes.into_iter().map(|(key, _)| (key, folds)));
    model.set_position(model.focused_list(), Position::default());
}

/// Compares the selected token with the one under the cursor of the list, or with the only other one.
pub(super) fn compare_tokens(model: &mut Model) {
    let Some(current) = model.current else { return };
    if matches!(model.sheet, Some(Sheet::Tokens)) {
        match model.token_under_cursor() {
            Some(cursor) if cursor == current => {
                model.toast = Some("this is the selected token: move to another one".to_owned());
            }
            Some(cursor) => open(model, current, cursor),
            None => {}
        }
        return;
    }
    match model.tokens.len() {
        2 => open(model, current, 1 - current.min(1)),
        _ => {
            model.sheet = Some(Sheet::Tokens);
            model.toast = Some("move to a token to compare it with the selected one (the key is below)".to_owned());
        }
    }
}

fn open(model: &mut Model, left: usize, right: usize) {
    model.set_position(ListId::Sheet(SheetKind::Diff), Position::default());
    model.sheet = Some(Sheet::Diff(left, right));
}

/// Applies the filter of the focused pane, which is typed after `/`: the endpoints are filtered, other panes move to the
/// first match.
pub(super) fn refilter(model: &mut Model) {
    model.apply_filter(model.pane);
    model.compare_current();
    if model.pane != Pane::Endpoints && !model.filter(model.pane).is_empty() {
        find(model, true, true);
    }
}
