//! Content of the Gateway tab: requests of gateways as they happen.

use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::model::{Model, Pane};
use crate::usage::{Outcome, Phase, Record};

/// Returns the requests that the filter selects, the newest first.
pub(in crate::tui) fn selected(model: &Model) -> Vec<&Record> {
    let Some(Ok(traffic)) = &model.gateway.traffic else { return Vec::new() };
    let filter = model.filter(Pane::Activity).to_lowercase();
    let fits = |record: &&Record| filter.is_empty() || line(record).text().to_lowercase().contains(&filter);
    traffic.requests.iter().filter(fits).collect()
}

/// The requests, one per item, below a line that explains them.
pub(super) fn requests(model: &Model) -> Vec<Item> {
    match &model.gateway.traffic {
        None => return vec![Item::muted("reading the audit log")],
        Some(Err(error)) => return vec![Item::new(Tone::Bad, visible(&error.message).into_owned())],
        Some(Ok(_)) => {}
    }
    let records = selected(model);
    if records.is_empty() {
        return vec![Item::muted(match model.filter(Pane::Activity).is_empty() {
            true => "no requests yet: `tokscope gateway run -- COMMAND` in another terminal shows them here",
            false => "no request matches the filter",
        })];
    }
    records.into_iter().map(line).collect()
}

/// Time, decision, endpoint, status, latency, scopes, and whether the token is the narrowest.
fn line(record: &Record) -> Item {
    let time = record.time.as_deref().unwrap_or_default();
    let time: String = time.chars().skip(11).take(8).collect();
    let is_open = record.phase == Some(Phase::Intent);
    let decision = match (record.outcome, record.decision.as_deref()) {
        (Some(Outcome::Denied), _) => "denied",
        (_, Some("unknown")) => "not in manifest",
        (_, Some("deny" | "approve")) => "would deny",
        _ => "allowed",
    };
    let (mark, tone) = match (is_open, decision, record.status) {
        (true, ..) => ("~", Tone::Muted),
        (_, "denied", _) | (_, _, Some(400..)) => ("!", Tone::Bad),
        (_, "allowed", Some(_)) => ("+", Tone::Good),
        _ => ("?", Tone::Warning),
    };
    let endpoint = visible(record.endpoint.as_deref().unwrap_or("(no endpoint)")).into_owned();
    let item = Item::muted(format!("{time} "))
        .and(tone, format!("{mark} {decision:<15} "))
        .and(Tone::Key, format!("{endpoint:<28} "));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(is_open.then(|| "in progress".to_owned()));
    parts.extend(record.status.map(|status| status.to_string()));
    parts.extend(record.ms.map(|ms| format!("{ms:.0} ms")));
    parts.extend(record.used.as_ref().or(record.granted.as_ref()).map(|scopes| scopes.join(" ")));
    parts.extend(match &record.excess {
        Some(excess) if !excess.is_empty() => Some(format!("not narrowed: also {}", excess.join(" "))),
        // without a line of the manifest, nobody knows what is needed
        _ => (record.token.is_some() && record.line.is_some()).then(|| "narrowest".to_owned()),
    });
    parts.extend(record.cause.clone());
    parts.extend(record.rule.as_ref().filter(|rule| rule.starts_with("policy")).cloned());
    parts.extend(record.caller.as_ref().map(|caller| format!("by {caller}")));
    item.and(Tone::Plain, visible(&parts.join("  ")).into_owned()).indent(11)
}
