//! Content of the Activity pane: a timeline of grants and uses, and the use of each scope.

use crate::app::report::{review_coverage, review_finding, review_scopes};
use crate::app::{Activity, ActivityRecord};
use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::model::{Model, Pane};
use crate::usage::Outcome;

/// What is shown while there is nothing to show.
fn placeholder(model: &Model) -> Option<Vec<Item>> {
    match &model.activity {
        None => Some(vec![Item::muted("reading the audit log")]),
        Some(Err(error)) => Some(vec![Item::new(Tone::Bad, visible(&error.message).into_owned())]),
        Some(Ok(_)) => None,
    }
}

/// Returns the records that the filter selects, the newest first.
pub(in crate::tui) fn selected(model: &Model) -> Vec<&ActivityRecord> {
    let Some(Ok(activity)) = &model.activity else { return Vec::new() };
    let filter = model.filter(Pane::Activity).to_lowercase();
    activity
        .records
        .iter()
        .filter(|one| filter.is_empty() || line(one).text().to_lowercase().contains(&filter))
        .collect()
}

/// The timeline, a record per item.
pub(super) fn timeline(model: &Model) -> Vec<Item> {
    if let Some(items) = placeholder(model) {
        return items;
    }
    let records = selected(model);
    if records.is_empty() {
        let filter = model.filter(Pane::Activity);
        return vec![Item::muted(if filter.is_empty() {
            "nothing is recorded yet"
        } else {
            "no record matches the filter"
        })];
    }
    records.into_iter().map(line).collect()
}

fn line(one: &ActivityRecord) -> Item {
    let record = &one.record;
    let time = record.time.as_deref().unwrap_or_default().replace('T', " ");
    let time: String = time.chars().take(19).collect();
    let event = record.event.map(crate::usage::Event::as_str).unwrap_or_default();
    let (mark, tone) = match (record.outcome, record.status) {
        (Some(Outcome::Ok) | None, None | Some(..=399)) => ("+", Tone::Good),
        (Some(Outcome::Unknown), _) => ("?", Tone::Warning),
        _ => ("!", Tone::Bad),
    };
    let item = Item::muted(format!("{time}  ")).and(tone, format!("{mark} ")).and(Tone::Key, format!("{event:<18}"));
    let endpoints = record.endpoints.iter().flatten().map(String::as_str);
    let what: Vec<&str> = record.endpoint.as_deref().into_iter().chain(endpoints).collect();
    let scopes = [&record.used, &record.granted, &record.requested].into_iter().flatten().next();
    let mut parts: Vec<String> = vec![record.client.clone().unwrap_or_default(), what.join(", ")];
    parts.extend(record.status.map(|status| status.to_string()));
    parts.extend(scopes.map(|scopes| scopes.join(" ")));
    parts.extend(record.program.as_ref().or(record.recipient.as_ref()).map(|program| format!("to {program}")));
    parts.extend(record.approver.as_ref().map(|approver| format!("approved by {approver}")));
    parts.extend(record.cause.clone());
    parts.retain(|part| !part.is_empty());
    item.and(Tone::Plain, format!(" {}", visible(&parts.join("  ")))).indent(23)
}

/// Granted compared with used: a bar per scope, and the findings.
pub(super) fn scopes(model: &Model) -> Vec<Item> {
    if let Some(items) = placeholder(model) {
        return items;
    }
    let Some(Ok(Activity { review, .. })) = &model.activity else { return Vec::new() };
    let mut items = Vec::new();
    for token in &review.tokens {
        let calls = if token.uses == 1 { "1 call".to_owned() } else { format!("{} calls", token.uses) };
        let mut head = Item::heading(format!("{}  {}  {calls}", token.id, visible(&token.client)));
        if let Some(approval) = &token.approval {
            head = head.and(Tone::Plain, format!("  approved by {}", visible(&approval.approvers.join(", "))));
        }
        items.push(head);
        items.extend(review_scopes(&token.scopes).into_iter().map(Item::from));
    }
    if review.tokens.is_empty() {
        items.push(Item::muted("no obtained tokens"));
    }
    items.push(Item::default());
    items.extend(review.findings.iter().flat_map(review_finding).map(Item::from));
    items.extend(review_coverage(review).into_iter().map(|line| Item::muted(visible(&line).into_owned())));
    items
}
