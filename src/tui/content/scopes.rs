//! Content of the scopes pane.

use super::endpoint::{left_out, others};
use super::marks;
use crate::app::report;
use crate::scope::Risk;
use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::keymap::Action;
use crate::tui::model::{Model, PlanPreview};

fn tone(risk: Risk) -> Tone {
    Tone::from(report::risk_style(risk))
}

/// Compares the requirement of the selected endpoint with the granted scopes, and shows what `o` would request.
pub(super) fn comparison(model: &Model) -> Vec<Item> {
    let Some(id) = model.row().map(|row| row.id) else { return no_endpoint(model) };
    let mut items: Vec<Item> = report::requirement(&model.context, id).into_iter().map(Item::from).collect();
    match &model.check {
        None => items.push(Item::muted("no token to compare with")),
        Some(check) => {
            let lines = report::comparison(&model.context, check);
            items.extend(lines.into_iter().map(Item::from));
            items.extend(model.ruling.as_ref().map(|ruling| Item::from(report::ruling(ruling))));
        }
    }
    items.extend(request(model));
    items
}

fn no_endpoint(model: &Model) -> Vec<Item> {
    if !model.endpoints.entries.is_empty() {
        return vec![Item::muted(format!(
            "a group of endpoints is selected: press {} to open it",
            model.key(Action::OpenGroup)
        ))];
    }
    if !model.endpoints.rows.is_empty() {
        return vec![Item::muted("no endpoint matches the filter")];
    }
    vec![
        Item::plain("No manifest, so there are no endpoints to compare the token with."),
        Item::plain("Run `tokscope demo` to try one, or `tokscope demo --serve --write .` to write a sample."),
    ]
}

/// Says what `o` would request.
fn request(model: &Model) -> Option<Item> {
    let offer = current_preview(model)?;
    Some(match &offer.plan {
        Ok(plan) if plan.scopes.is_empty() => {
            Item::new(Tone::Key, model.key(Action::Call)).and(Tone::Plain, "  calls it: no scope needed")
        }
        Ok(plan) => Item::new(Tone::Key, model.key(Action::Obtain))
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

/// Columns of the bar of a scope.
const BAR: usize = 16;

/// Scopes by risk, with the number of endpoints that each grants access to.
pub(super) fn blast_radius(model: &Model) -> Vec<Item> {
    let Some(radius) = model.blast_radius.as_ref().filter(|radius| !radius.scopes.is_empty()) else {
        return no_endpoint(model);
    };
    let of = radius.endpoints.len();
    let which = if model.endpoints.marked.is_empty() { "shown" } else { "marked" };
    let widths = radius.scopes.iter().map(|reach| visible(reach.scope.as_str()).chars().count());
    let width = widths.filter(|width| *width <= 32).max().unwrap_or_default();
    let most = radius.scopes.iter().map(|reach| reach.alone + reach.joint).max().unwrap_or_default().max(1);
    let mut items = vec![
        Item::heading(format!("{:<8}  {:<width$}  ", "risk", "scope"))
            .and(Tone::Heading, format!("endpoints (of {of} {which}; Enter lists them)")),
    ];
    for reach in &radius.scopes {
        let columns = |count: usize| (count * BAR).div_ceil(most);
        let (alone, joint) = (columns(reach.alone), columns(reach.alone + reach.joint) - columns(reach.alone));
        let (full, part) = if model.ascii { ("#", "-") } else { ("\u{2501}", "\u{2500}") };
        let rest = " ".repeat(BAR.saturating_sub(alone + joint));
        let granted = if reach.granted { marks(model).yes } else { " " };
        let joined = if reach.joint > 0 { format!(" + {}", reach.joint) } else { String::new() };
        items.push(
            Item::new(tone(reach.risk), format!("{:<8}  ", reach.risk.as_str()))
                .and(Tone::Plain, format!("{:<width$}  ", visible(reach.scope.as_str())))
                .and(tone(reach.risk), full.repeat(alone))
                .and(Tone::Muted, format!("{}{rest}  ", part.repeat(joint)))
                .and(Tone::Plain, format!("{:<9}  ", format!("{}{joined}", reach.alone)))
                .and(Tone::Good, format!("{granted} "))
                .and(Tone::Muted, visible(reach.description.as_deref().unwrap_or_default()))
                .indent(10)
                .copies(reach.scope.as_str(), reach.scope.as_str()),
        );
    }
    items
}
