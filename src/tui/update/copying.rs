//! Choosing what to copy.

use super::Effect;
use crate::app::{CallRequest, Caller};
use crate::secret::Secret;
use crate::text::shell_word;
use crate::token::Payload;
use crate::tui::content::{focused_items, selected_records};
use crate::tui::item::ClipboardEntry;
use crate::tui::model::{ListId, Model, Pane, Position, Sheet, SheetKind, Tab};

fn entry(name: impl Into<String>, text: impl Into<String>) -> ClipboardEntry {
    ClipboardEntry { name: name.into(), text: Secret::new(text) }
}

/// Opens the sheet with everything that can be copied here.
pub(super) fn choose(model: &mut Model) {
    let entries = entries(model);
    if entries.is_empty() {
        model.toast = Some("nothing to copy here".to_owned());
        return;
    }
    model.set_position(ListId::Sheet(SheetKind::Copy), Position::default());
    model.sheet = Some(Sheet::Copy(entries));
}

/// Copies the entry under the cursor of the sheet.
pub(super) fn copy_chosen(model: &mut Model) -> Vec<Effect> {
    let cursor = model.position(ListId::Sheet(SheetKind::Copy)).cursor;
    let Some(Sheet::Copy(entries)) = model.sheet.take() else { return Vec::new() };
    entries.into_iter().nth(cursor).map(Effect::Copy).into_iter().collect()
}

fn entries(model: &Model) -> Vec<ClipboardEntry> {
    let mut entries: Vec<ClipboardEntry> = selected(model).into_iter().collect();
    entries.extend(pointer(model));
    match model.pane {
        Pane::Endpoints | Pane::Scopes => entries.extend(curl(model)),
        Pane::Token => entries.extend(token(model)),
        Pane::Call => {
            entries.extend(response(model));
            entries.extend(curl(model));
        }
        Pane::Activity => {}
    }
    entries.extend(all(model));
    entries
}

/// The value under the cursor.
pub(super) fn selected(model: &Model) -> Option<ClipboardEntry> {
    if model.focused_list() == ListId::Tab(Tab::Endpoints) {
        let line = model.row().map(|row| row.line.clone())?;
        let text = line.split_whitespace().collect::<Vec<_>>().join(" ");
        return Some(entry(text.clone(), text));
    }
    let cursor = model.position(model.focused_list()).cursor;
    if model.focused_list() == ListId::Tab(Tab::Timeline) {
        let record = &selected_records(model).get(cursor)?.record;
        return Some(entry("the record", serde_json::to_string(record).ok()?));
    }
    let items = focused_items(model);
    let on_sheet = model.sheet.is_some();
    // a sheet about one value copies it from every line
    let found = items.get(cursor).and_then(|item| item.copied.clone());
    found.or_else(|| items.iter().find_map(|item| item.copied.clone()).filter(|_| on_sheet))
}

/// The JSON pointer of the value under the cursor.
fn pointer(model: &Model) -> Option<ClipboardEntry> {
    let cursor = model.position(model.focused_list()).cursor;
    let node = focused_items(model).into_iter().nth(cursor)?.node?;
    Some(entry(format!("the JSON pointer {}", crate::text::visible(&node.pointer)), node.pointer))
}

/// All items of the tab.
fn all(model: &Model) -> Option<ClipboardEntry> {
    let tab = model.tab(model.pane);
    let lines: Vec<String> = match model.focused_list() {
        ListId::Tab(Tab::Endpoints) => {
            let rows = model.endpoints.shown.iter().filter_map(|index| model.endpoints.rows.get(*index));
            rows.map(|row| row.line.clone()).collect()
        }
        _ => focused_items(model).iter().map(|item| item.text().trim_end().to_owned()).collect(),
    };
    (!lines.is_empty()).then(|| entry(format!("the {} tab", tab.name()), lines.join("\n")))
}

/// The payload as JSON, the header field with the token, the token.
fn token(model: &Model) -> Vec<ClipboardEntry> {
    let Some(token) = model.token() else { return Vec::new() };
    let payload = match &token.decoded.payload {
        Payload::Claims(claims) => Some(claims.to_string()),
        Payload::Json(value) => Some(value.to_string()),
        Payload::Absent | Payload::Text(_) | Payload::Bytes(_) | Payload::Encrypted(_) => None,
    };
    let header = format!("Authorization: Bearer {}", token.secret.expose());
    payload
        .map(|payload| entry("the payload as JSON", payload))
        .into_iter()
        .chain([entry("the header field with the token", header)])
        .chain([ClipboardEntry { name: "the token".to_owned(), text: token.secret.clone() }])
        .collect()
}

/// The response body.
fn response(model: &Model) -> Option<ClipboardEntry> {
    let called = model.call()?.outcome().filter(|called| !called.body.is_empty())?;
    Some(entry("the response body", String::from_utf8_lossy(&called.body)))
}

/// A `curl` command for the request, which reads the token from a variable.
fn curl(model: &Model) -> Option<ClipboardEntry> {
    let id = model.row()?.id;
    let (api, endpoint) = model.context.endpoint(id)?;
    let request = match model.forms.get(&id) {
        Some(form) => form.request(),
        None => CallRequest::new(id, Vec::new()),
    };
    // without values for the path parameters the template shows what is missing
    let url = match Caller::new(&model.context).url(&request) {
        Ok(url) => url.to_string(),
        Err(_) => format!("{}{}", api.base_url.as_str().trim_end_matches('/'), endpoint.template),
    };
    let mut command = format!("curl -X {} {}", shell_word(&endpoint.method), shell_word(&url));
    if !endpoint.requirement.is_none() {
        command.push_str(" -H \"Authorization: Bearer $TOKEN\"");
    }
    for (name, value) in &request.headers {
        command.push_str(&format!(" -H {}", shell_word(&format!("{name}: {value}"))));
    }
    if let Some(body) = &request.body {
        command.push_str(&format!(" --data-raw {}", shell_word(&String::from_utf8_lossy(body))));
    }
    Some(entry("a curl command, with the token in $TOKEN", command))
}
