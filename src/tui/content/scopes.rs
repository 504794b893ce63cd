//! Content of the scopes pane.

use super::endpoint::{left_out, others};
use super::{Item, Tone};
use crate::app::{Check, CheckOutcome, Context, EndpointId};
use crate::scope::{Comparison, Risk, Scope};
use crate::text::visible;
use crate::tui::model::{Model, PlanPreview};

/// Returns the tone of a risk.
fn tone(risk: Risk) -> Tone {
    match risk {
        Risk::Low => Tone::Good,
        Risk::Medium => Tone::Plain,
        Risk::High => Tone::Warning,
        Risk::Critical => Tone::Bad,
    }
}

/// Compares the requirement of the selected endpoint with the granted scopes, and shows what `o` would request.
pub(super) fn comparison(model: &Model) -> Vec<Item> {
    let Some(id) = model.row().map(|row| row.id) else { return no_endpoint(model) };
    let Some((api, endpoint)) = model.context.endpoint(id) else { return Vec::new() };
    let name = visible(&endpoint.to_string()).into_owned();
    let mut items = vec![
        Item::heading(format!("{name} requires "))
            .and(Tone::Plain, endpoint.requirement.to_string())
            .indent(2)
            .copies(format!("the scopes of {name}"), endpoint.requirement.scopes().to_string()),
    ];
    if let Some(summary) = &endpoint.summary {
        items.push(Item::muted(visible(summary)));
    }
    match &model.check {
        None => items.push(Item::muted("no token to compare with")),
        Some(check) => {
            items.push(verdict(check));
            let granted = model.scopes();
            let several = endpoint.requirement.alternatives().len() > 1;
            for (index, alternative) in endpoint.requirement.alternatives().iter().enumerate() {
                if several {
                    items.push(Item::muted(if index == 0 { "either" } else { "or" }));
                }
                items.extend(alternative.iter().map(|scope| {
                    let has = api.hierarchy.satisfies(&granted, scope.as_str());
                    let (word, colour) = if has { ("granted", Tone::Good) } else { ("missing", Tone::Bad) };
                    required(&model.context, id, scope, (word, colour))
                }));
            }
            let not_needed = check.comparison.as_ref().map(|found| &found.not_needed);
            if let Some(not_needed) = not_needed.filter(|not_needed| !not_needed.is_empty()) {
                items.push(
                    Item::plain("granted but not needed here: ")
                        .and(Tone::Warning, not_needed.to_string())
                        .indent(2)
                        .copies("the scopes that are not needed", not_needed.to_string()),
                );
            }
        }
    }
    items.extend(request(model));
    items
}

fn no_endpoint(model: &Model) -> Vec<Item> {
    if !model.endpoints.rows.is_empty() {
        return vec![Item::muted("no endpoint matches the filter")];
    }
    vec![
        Item::plain("No manifest, so there are no endpoints to compare the token with."),
        Item::plain("Run `tokscope demo` to try one, or `tokscope demo --serve > tokscope.toml` to write a sample."),
    ]
}

fn verdict(check: &Check) -> Item {
    match &check.outcome {
        CheckOutcome::Allowed => Item::new(Tone::Good, "+ allowed"),
        CheckOutcome::Missing => {
            let missing = check.comparison.as_ref().map(Comparison::cheapest).unwrap_or_default();
            Item::new(Tone::Bad, "! missing: ")
                .and(Tone::Bad, missing.to_string())
                .indent(2)
                .copies("the missing scopes", missing.to_string())
        }
        CheckOutcome::Unusable(reason) => Item::new(Tone::Bad, format!("! unusable: {}", visible(reason))).indent(2),
    }
}

/// Returns the line of a required scope: granted or missing, risk, description.
fn required(context: &Context, id: EndpointId, scope: &Scope, (word, colour): (&str, Tone)) -> Item {
    let Some((api, _)) = context.endpoint(id) else { return Item::plain(scope.as_str()) };
    let risk = api.hierarchy.risk(scope.as_str());
    let declared = api.scopes.iter().find(|declared| declared.scope == *scope);
    let description = declared.and_then(|declared| declared.description.as_deref()).unwrap_or_default();
    Item::plain(format!("  {:<16} ", scope.as_str()))
        .and(colour, format!("{word:<7}  "))
        .and(tone(risk), format!("{:<8} ", risk.as_str()))
        .and(Tone::Muted, visible(description))
        .indent(4)
        .copies(scope.as_str(), scope.as_str())
}

/// Says what `o` would request.
fn request(model: &Model) -> Option<Item> {
    let offer = current_preview(model)?;
    Some(match &offer.plan {
        Ok(plan) if plan.scopes.is_empty() => Item::new(Tone::Key, "c").and(Tone::Plain, "  calls it: no scope needed"),
        Ok(plan) => Item::new(Tone::Key, "o")
            .and(Tone::Plain, format!("  obtains a token with exactly {}", plan.scopes))
            .indent(3)
            .copies("the scopes to request", plan.scopes.to_string()),
        Err(error) => Item::new(Tone::Warning, format!("o is unavailable: {}", visible(&error.message))).indent(3),
    })
}

/// Returns the preview, if it is about the endpoints that are selected now.
fn current_preview(model: &Model) -> Option<&PlanPreview> {
    model.preview.as_ref().filter(|offer| offer.endpoints == model.chosen())
}

/// The minimal set for the selected endpoints, with the reason for each scope.
pub(super) fn minimal_set(model: &Model) -> Vec<Item> {
    let chosen = model.chosen().len();
    if chosen == 0 {
        return no_endpoint(model);
    }
    let Some(offer) = current_preview(model) else { return vec![Item::muted("computing the minimal set")] };
    let Some(minimal_set) = offer.minimal_set() else {
        let why = offer.plan.as_ref().err().map(ToString::to_string).unwrap_or_default();
        return vec![Item::new(Tone::Warning, visible(&why))];
    };
    let of = if chosen == 1 { "selected endpoint".to_owned() } else { format!("{chosen} marked endpoints") };
    let scopes = if minimal_set.scopes.is_empty() { "no scope".to_owned() } else { minimal_set.scopes.to_string() };
    let proven = if minimal_set.proven { "proven minimal" } else { "not proven minimal: the search limit was reached" };
    let mut items = vec![
        Item::heading(format!("{of}: "))
            .and(Tone::Plain, scopes)
            .indent(2)
            .copies("the cover", minimal_set.scopes.to_string()),
        Item::muted(format!("{proven}; also grants access to {}", others(minimal_set.unlocks))),
    ];
    for (scope, endpoints) in &minimal_set.reasons.scopes {
        items.push(Item::new(Tone::Key, format!("  {scope}")).copies(scope.as_str(), scope.as_str()));
        items.extend(endpoints.iter().map(|endpoint| Item::muted(format!("    {}", visible(endpoint)))));
    }
    for left in &minimal_set.uncovered {
        items.push(left_out(&left.endpoint, &left.beyond));
    }
    items
}

/// What the token grants access to, as a whole and per scope.
pub(super) fn access(model: &Model) -> Vec<Item> {
    let Some(access) = &model.access else { return vec![Item::muted("no token")] };
    let mut items = vec![Item::heading(format!(
        "grants access to {} of {} endpoints (highest risk first)",
        access.endpoints.len(),
        access.of
    ))];
    for granted in &access.scopes {
        items.push(
            Item::plain(format!("  {:<20} ", visible(granted.scope.as_str())))
                .and(tone(granted.risk), format!("{:<8} ", granted.risk.as_str()))
                .and(Tone::Plain, format!("{} alone  ", granted.alone))
                .and(Tone::Muted, visible(granted.description.as_deref().unwrap_or("not declared in the manifest")))
                .and(Tone::Muted, format!("  ({})", visible(&granted.place.to_string())))
                .indent(4)
                .copies(granted.scope.as_str(), granted.scope.as_str()),
        );
    }
    items.push(Item::default());
    for (risk, endpoint) in &access.endpoints {
        let (word, colour) = risk.map_or(("no scope", Tone::Muted), |risk| (risk.as_str(), tone(risk)));
        items.push(
            Item::new(colour, format!("  {word:<8} "))
                .and(Tone::Plain, visible(endpoint))
                .copies(visible(endpoint), endpoint.clone()),
        );
    }
    items
}
