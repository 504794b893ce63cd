//! Content of the Activity pane: a timeline of grants and uses, and the use of each scope.

use crate::app::report::{approved_in_words, review_coverage, review_finding, review_scopes};
use crate::app::{Activity, ActivityRecord};
use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::model::{Model, Pane};
use crate::usage::{Action, Outcome};

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
    parts.extend(approved_in_words(record));
    parts.extend(record.cause.clone());
    parts.retain(|part| !part.is_empty());
    item.and(Tone::Plain, format!(" {}", visible(&parts.join("  ")))).indent(23)
}

/// An item of the tab Use, with what the review proposes about its token or finding.
type Row<'m> = (Item, Option<&'m Action>);

/// Granted compared with used: a bar per scope, and the findings.
pub(super) fn scopes(model: &Model) -> Vec<Item> {
    if let Some(items) = placeholder(model) {
        return items;
    }
    rows(model).into_iter().map(|(item, _)| item).collect()
}

/// Returns what the review proposes about the item under the cursor of the tab Use.
pub(in crate::tui) fn proposed(model: &Model, cursor: usize) -> Option<&Action> {
    rows(model).into_iter().nth(cursor)?.1
}

fn rows(model: &Model) -> Vec<Row<'_>> {
    let Some(Ok(Activity { review, .. })) = &model.activity else { return Vec::new() };
    let actions = review.actions();
    let about = |token: &str| actions.iter().copied().find(|action| action.token() == Some(token));
    let mut rows: Vec<Row<'_>> = Vec::new();
    for token in &review.tokens {
        let action = about(&token.id);
        let calls = if token.uses == 1 { "1 call".to_owned() } else { format!("{} calls", token.uses) };
        let mut head = Item::heading(format!("{}  {}  {calls}", token.id, visible(&token.client)));
        if let Some(approval) = &token.approval {
            head = head.and(Tone::Plain, format!("  approved by {}", visible(&approval.approvers.join(", "))));
        }
        rows.push((head, action));
        rows.extend(review_scopes(&token.scopes).into_iter().map(|line| (Item::from(line), action)));
    }
    if review.tokens.is_empty() {
        rows.push((Item::muted("no obtained tokens"), None));
    }
    rows.push((Item::default(), None));
    for one in &review.findings {
        let own = one.action.as_ref().filter(|action| action.token().is_some());
        let action = own.or_else(|| about(one.token.as_deref()?));
        rows.extend(review_finding(one).into_iter().map(|line| (Item::from(line), action)));
    }
    if !actions.is_empty() {
        rows.push((
            Item::muted("Enter on a token or finding does what the review proposes, after a confirmation"),
            None,
        ));
    }
    rows.extend(review_coverage(review).into_iter().map(|line| (Item::muted(visible(&line).into_owned()), None)));
    // long items are shown in parts
    rows.into_iter().flat_map(|(item, action)| item.in_parts().into_iter().map(move |part| (part, action))).collect()
}
