//! Reports a comparison of granted with required scopes.

use super::{Line, Style};
use crate::app::{Check, CheckOutcome, Context, EndpointId, PolicyRuling};
use crate::manifest::{Api, Effect};
use crate::scope::{Comparison, Risk, Scope, ScopeSet};

/// Width of the column for scopes, in terminal columns. A longer scope shifts only its own line.
const SCOPE_WIDTH: usize = 16;
/// Width of the longest risk.
const RISK_WIDTH: usize = 8;

/// Returns the style of a risk.
#[must_use]
pub fn risk_style(risk: Risk) -> Style {
    match risk {
        Risk::Low => Style::Good,
        Risk::Medium => Style::Plain,
        Risk::High => Style::Warning,
        Risk::Critical => Style::Bad,
    }
}

/// Reports what an endpoint requires, in one line, followed by its summary. Empty if there is no such endpoint.
#[must_use]
pub fn requirement(context: &Context, endpoint: EndpointId) -> Vec<Line> {
    let Some((_, endpoint)) = context.endpoint(endpoint) else { return Vec::new() };
    let required = Line::new()
        .untrusted(Style::Heading, endpoint)
        .trusted(Style::Plain, " requires ")
        .untrusted(Style::Plain, &endpoint.requirement)
        .indented(2)
        .copyable("the required scopes", endpoint.requirement.scopes().to_string());
    let summary = endpoint.summary.as_ref().map(|summary| Line::new().untrusted(Style::Muted, summary));
    [required].into_iter().chain(summary).collect()
}

/// Reports a check: the verdict, the granted scopes, each required scope with its state, risk and description, then the
/// granted scopes that this endpoint does not need. [`requirement`] reports the line above it.
#[must_use]
pub fn comparison(context: &Context, check: &Check) -> Vec<Line> {
    let Some((api, endpoint)) = context.endpoint(check.endpoint) else { return Vec::new() };
    let granted = &check.granted;
    let mut lines = vec![verdict(check)];
    let notes = check.outcome.unfit().and_then(|unfit| unfit.hint.as_ref()).into_iter().chain(&check.remarks);
    lines.extend(notes.map(|note| Line::new().trusted(Style::Plain, "  ").untrusted(Style::Muted, note).indented(4)));
    lines.push(granted_scopes(check, granted));
    let alternatives = endpoint.requirement.alternatives();
    for (index, alternative) in alternatives.iter().enumerate() {
        if alternatives.len() > 1 {
            lines.push(Line::new().trusted(Style::Muted, if index == 0 { "  either" } else { "  or" }));
        }
        let known = check.comparison.is_some();
        lines.extend(alternative.iter().map(|scope| required(api, scope, known.then_some(granted))));
    }
    lines.extend(check.comparison.as_ref().and_then(not_needed));
    lines
}

/// Reports what the policy decided, with the rule and its place.
#[must_use]
pub fn ruling(ruling: &PolicyRuling) -> Line {
    let style = match ruling.decision.effect {
        Effect::Allow => Style::Good,
        Effect::Approve => Style::Warning,
        Effect::Deny => Style::Bad,
    };
    Line::new().untrusted(style, ruling).indented(4)
}

fn verdict(check: &Check) -> Line {
    match &check.outcome {
        CheckOutcome::Allowed => Line::new().trusted(Style::Good, "+ allowed"),
        CheckOutcome::Missing => {
            let missing = check.comparison.as_ref().map(Comparison::cheapest).unwrap_or_default();
            Line::new()
                .trusted(Style::Bad, "! missing: ")
                .untrusted(Style::Bad, &missing)
                .indented(2)
                .copyable("the missing scopes", missing.to_string())
        }
        CheckOutcome::Unknown(unfit) => {
            Line::new().trusted(Style::Warning, "? not known: ").untrusted(Style::Warning, &unfit.reason).indented(2)
        }
        CheckOutcome::Unusable(unfit) => {
            Line::new().trusted(Style::Bad, "! unusable: ").untrusted(Style::Bad, &unfit.reason).indented(2)
        }
    }
}

fn granted_scopes(check: &Check, granted: &ScopeSet) -> Line {
    let line = Line::new().trusted(Style::Label, "  granted: ").indented(4);
    match (&check.comparison, granted.is_empty()) {
        (None, _) => line.trusted(Style::Muted, "not known"),
        (Some(_), true) => line.trusted(Style::Muted, "none"),
        (Some(_), false) => line.untrusted(Style::Plain, granted).copyable("the granted scopes", granted.to_string()),
    }
}

/// Returns the line of a required scope. `granted`: `None` if the granted scopes are not known.
fn required(api: &Api, scope: &Scope, granted: Option<&ScopeSet>) -> Line {
    let (style, state) = match granted.map(|granted| api.hierarchy.satisfies(granted, scope.as_str())) {
        None => (Style::Muted, "unknown"),
        Some(true) => (Style::Good, "granted"),
        Some(false) => (Style::Bad, "missing"),
    };
    let risk = api.hierarchy.risk(scope.as_str());
    let declared = api.scopes.iter().find(|declared| declared.scope == *scope);
    let line = Line::new()
        .trusted(Style::Plain, "  ")
        .padded(Style::Plain, scope, SCOPE_WIDTH)
        .trusted(Style::Plain, "  ")
        .trusted(style, state)
        .trusted(Style::Plain, "  ")
        .indented(4)
        .copyable("the scope", scope.as_str());
    match declared.and_then(|declared| declared.description.as_deref()) {
        Some(description) => line
            .padded(risk_style(risk), risk.as_str(), RISK_WIDTH)
            .trusted(Style::Plain, "  ")
            .untrusted(Style::Muted, description),
        None => line.trusted(risk_style(risk), risk.as_str()),
    }
}

fn not_needed(comparison: &Comparison) -> Option<Line> {
    (!comparison.not_needed.is_empty()).then(|| {
        Line::new()
            .trusted(Style::Plain, "  not needed: ")
            .untrusted(Style::Warning, &comparison.not_needed)
            .indented(4)
            .copyable("the scopes that are not needed", comparison.not_needed.to_string())
    })
}
