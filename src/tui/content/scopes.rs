//! What is required beside what was granted.

use super::endpoint::{left_out, others};
use super::{Item, Tone};
use crate::scope::{Comparison, Risk, Scope};
use crate::text::visible;
use crate::tui::model::{Model, PlanPreview};
use crate::workspace::{Check, EndpointId, Outcome, Workspace};

/// How a risk looks.
fn tone(risk: Risk) -> Tone {
    match risk {
        Risk::Low => Tone::Good,
        Risk::Medium => Tone::Plain,
        Risk::High => Tone::Warning,
        Risk::Critical => Tone::Bad,
    }
}

/// The endpoint under the cursor: what it requires, scope by scope, and what `o` would ask for.
pub(super) fn verdict(model: &Model) -> Vec<Item> {
    let Some(id) = model.row().map(|row| row.id) else { return no_endpoint(model) };
    let Some((api, endpoint)) = model.workspace.endpoint(id) else { return Vec::new() };
    let name = visible(&endpoint.to_string()).into_owned();
    let mut items = vec![
        Item::heading(format!("{name} requires "))
            .and(Tone::Plain, endpoint.requirement.to_string())
            .indent(2)
            .copies(format!("what {name} requires"), endpoint.requirement.scopes().to_string()),
    ];
    if let Some(summary) = &endpoint.summary {
        items.push(Item::muted(visible(summary)));
    }
    match &model.check {
        None => items.push(Item::muted("no token to hold against it")),
        Some(check) => {
            items.push(outcome(check));
            let granted = model.scopes();
            let several = endpoint.requirement.alternatives().len() > 1;
            for (index, alternative) in endpoint.requirement.alternatives().iter().enumerate() {
                if several {
                    items.push(Item::muted(if index == 0 { "either" } else { "or" }));
                }
                items.extend(alternative.iter().map(|scope| {
                    let has = api.hierarchy.satisfies(&granted, scope.as_str());
                    let (word, colour) = if has { ("granted", Tone::Good) } else { ("missing", Tone::Bad) };
                    required(&model.workspace, id, scope, (word, colour))
                }));
            }
            let not_needed = check.comparison.as_ref().map(|found| &found.not_needed);
            if let Some(not_needed) = not_needed.filter(|not_needed| !not_needed.is_empty()) {
                items.push(
                    Item::plain("granted and not needed here: ")
                        .and(Tone::Warning, not_needed.to_string())
                        .indent(2)
                        .copies("what is not needed", not_needed.to_string()),
                );
            }
        }
    }
    items.extend(asks(model));
    items
}

fn no_endpoint(model: &Model) -> Vec<Item> {
    if !model.endpoints.rows.is_empty() {
        return vec![Item::muted("the filter hides every endpoint")];
    }
    vec![
        Item::plain("There is no manifest here, so there is nothing to compare with."),
        Item::plain("`tokscope demo` brings one; `tokscope demo --serve > tokscope.toml` writes one to begin with."),
    ]
}

fn outcome(check: &Check) -> Item {
    match &check.outcome {
        Outcome::Allowed => Item::new(Tone::Good, "+ allowed"),
        Outcome::Missing => {
            let missing = check.comparison.as_ref().map(Comparison::cheapest).unwrap_or_default();
            Item::new(Tone::Bad, "! missing: ")
                .and(Tone::Bad, missing.to_string())
                .indent(2)
                .copies("what is missing", missing.to_string())
        }
        Outcome::Unusable(reason) => {
            Item::new(Tone::Bad, format!("! the token can't be used: {}", visible(reason))).indent(2)
        }
    }
}

/// A scope, whether it is there, its risk and what it allows.
fn required(workspace: &Workspace, id: EndpointId, scope: &Scope, (word, colour): (&str, Tone)) -> Item {
    let Some((api, _)) = workspace.endpoint(id) else { return Item::plain(scope.as_str()) };
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

/// What `o` would ask for.
fn asks(model: &Model) -> Option<Item> {
    let offer = current_preview(model)?;
    Some(match &offer.plan {
        Ok(plan) if plan.scopes.is_empty() => {
            Item::new(Tone::Key, "c").and(Tone::Plain, "  calls it: no scope is needed")
        }
        Ok(plan) => {
            let exactly = match plan.scopes.len() {
                1 => "exactly this one".to_owned(),
                several => format!("exactly these {several}"),
            };
            Item::new(Tone::Key, "o")
                .and(Tone::Plain, format!("  obtains {} (asks for {exactly})", plan.scopes))
                .indent(3)
                .copies("what o asks for", plan.scopes.to_string())
        }
        Err(error) => Item::new(Tone::Warning, format!("o can't: {}", visible(&error.message))).indent(3),
    })
}

/// What was worked out, unless it is about other endpoints by now.
fn current_preview(model: &Model) -> Option<&PlanPreview> {
    model.preview.as_ref().filter(|offer| offer.endpoints == model.chosen())
}

/// The least set of scopes for what is marked, and why each of them is needed.
pub(super) fn minimal_set(model: &Model) -> Vec<Item> {
    let chosen = model.chosen().len();
    if chosen == 0 {
        return no_endpoint(model);
    }
    let Some(offer) = current_preview(model) else { return vec![Item::muted("working it out")] };
    let Some(minimal_set) = offer.minimal_set() else {
        let why = offer.plan.as_ref().err().map(ToString::to_string).unwrap_or_default();
        return vec![Item::new(Tone::Warning, visible(&why))];
    };
    let of = if chosen == 1 { "the current endpoint".to_owned() } else { format!("{chosen} endpoints") };
    let scopes = if minimal_set.scopes.is_empty() { "no scope".to_owned() } else { minimal_set.scopes.to_string() };
    let proven = if minimal_set.proven {
        "no smaller set exists"
    } else {
        "not proven to be the smallest: the search was ended"
    };
    let mut items = vec![
        Item::heading(format!("{of}: "))
            .and(Tone::Plain, scopes)
            .indent(2)
            .copies("the cover", minimal_set.scopes.to_string()),
        Item::muted(format!("{proven}; it opens {} as well", others(minimal_set.unlocks))),
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

/// The blast radius: what the token opens, and what each of its scopes opens alone.
pub(super) fn opens(model: &Model) -> Vec<Item> {
    let Some(opens) = &model.access else { return vec![Item::muted("no token, so nothing is open")] };
    let mut items =
        vec![Item::heading(format!("opens {} of {} endpoints, the riskiest first", opens.endpoints.len(), opens.of))];
    for opened in &opens.scopes {
        items.push(
            Item::plain(format!("  {:<20} ", visible(opened.scope.as_str())))
                .and(tone(opened.risk), format!("{:<8} ", opened.risk.as_str()))
                .and(Tone::Plain, format!("opens {} alone  ", opened.alone))
                .and(Tone::Muted, visible(opened.description.as_deref().unwrap_or("not declared in the manifest")))
                .and(Tone::Muted, format!("  ({})", visible(&opened.place.to_string())))
                .indent(4)
                .copies(opened.scope.as_str(), opened.scope.as_str()),
        );
    }
    items.push(Item::default());
    for (risk, endpoint) in &opens.endpoints {
        let (word, colour) = risk.map_or(("no scope", Tone::Muted), |risk| (risk.as_str(), tone(risk)));
        items.push(
            Item::new(colour, format!("  {word:<8} "))
                .and(Tone::Plain, visible(endpoint))
                .copies(visible(endpoint), endpoint.clone()),
        );
    }
    items
}
