//! Texts about endpoints that several panes and sheets share.

use crate::app::EndpointId;
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::model::Model;

/// Counts endpoints that are accessible although they were not selected.
pub(super) fn others(count: usize) -> String {
    if count == 1 { "1 other endpoint".to_owned() } else { format!("{count} other endpoints") }
}

/// Returns the method and path of an endpoint, escaped.
pub(super) fn name(model: &Model, id: EndpointId) -> String {
    let endpoint = model.context.endpoint(id).map(|(_, endpoint)| endpoint.to_string());
    visible(&endpoint.unwrap_or_default()).into_owned()
}

/// Returns the line about an endpoint that the client's ceiling excludes.
pub(super) fn left_out(endpoint: &str, beyond: &[ScopeSet]) -> Item {
    let beyond: Vec<String> = beyond.iter().map(ToString::to_string).collect();
    Item::new(Tone::Warning, format!("  above the client's ceiling: {}", visible(endpoint)))
        .and(Tone::Muted, format!("  needs {}", beyond.join(" or ")))
        .indent(4)
}

/// What to do without endpoints. Endpoints themselves are drawn from their rows.
pub(super) fn without_manifest(model: &Model) -> Vec<Item> {
    if !model.endpoints.rows.is_empty() {
        return Vec::new();
    }
    if let Some(problem) = &model.file.problem {
        return super::lint::errors(model, problem);
    }
    vec![
        Item::plain("No tokscope.toml in this folder or its parents."),
        Item::default(),
        Item::plain("You can still paste a token to inspect it."),
        Item::default(),
        Item::plain("To compare scopes and call endpoints:"),
        Item::new(Tone::Key, "tokscope demo").and(Tone::Plain, "  runs a guided demo"),
        Item::new(Tone::Key, "tokscope demo --serve --write .")
            .and(Tone::Plain, "  serves the demo, and writes its manifest here"),
        Item::new(Tone::Key, "tokscope --manifest FILE").and(Tone::Plain, "  uses a manifest"),
    ]
}
