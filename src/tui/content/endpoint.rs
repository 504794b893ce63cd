//! What several panes and sheets say about endpoints.

use super::{Item, Tone};
use crate::scope::ScopeSet;
use crate::text::visible;
use crate::tui::model::Model;
use crate::workspace::EndpointId;

/// So many endpoints beside those that were asked for.
pub(super) fn others(count: usize) -> String {
    if count == 1 { "1 other endpoint".to_owned() } else { format!("{count} other endpoints") }
}

pub(super) fn name(model: &Model, id: EndpointId) -> String {
    let endpoint = model.workspace.endpoint(id).map(|(_, endpoint)| endpoint.to_string());
    visible(&endpoint.unwrap_or_default()).into_owned()
}

/// An endpoint that the client's ceiling leaves out.
pub(super) fn left_out(endpoint: &str, beyond: &[ScopeSet]) -> Item {
    let beyond: Vec<String> = beyond.iter().map(ToString::to_string).collect();
    Item::new(Tone::Warning, format!("  left out by the client's ceiling: {}", visible(endpoint)))
        .and(Tone::Muted, format!("  needs {}", beyond.join(" or ")))
        .indent(4)
}
