//! Reports a failed call for a screen: what was called, what to do next, then the evidence.

use super::diagnosis::{NOT_GIVEN, agreement, also_granted, cause, next_step, rule};
use super::{Line, Style};
use crate::app::{CallOutcome, Context};
use crate::diagnosis::{Cause, Diagnosis, Statement};
use crate::manifest::Api;
use crate::scope::{Scope, ScopeSet, compare};

/// Marks of the scopes.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// Granted, or not required.
    pub yes: &'static str,
    /// Missing.
    pub no: &'static str,
    /// Not stated.
    pub unknown: &'static str,
}

/// Reports a call: a banner with each required scope, the next step, the cause, and one line per source of evidence with a
/// mark for each missing scope. Of a successful call, only the banner. `action`: the front end's own way to take the next
/// step; without it, the next step of the diagnosis is shown.
#[must_use]
pub fn poster(context: &Context, called: &CallOutcome, action: Option<Line>, marks: Marks) -> Vec<Line> {
    let diagnosis = &called.diagnosis;
    let mut lines = vec![banner(context, called, marks)];
    if diagnosis.cause == Cause::None {
        return lines;
    }
    match action {
        Some(action) => lines.push(action),
        None => lines.extend(next_step(diagnosis, None)),
    }
    lines.push(cause(diagnosis));
    lines.extend(evidence(context, called, marks));
    lines.extend(agreement(diagnosis.agree));
    lines.extend(also_granted(diagnosis));
    for input in &diagnosis.wanting {
        lines.push(Line::new().trusted(Style::Muted, "would help: ").trusted(Style::Plain, input).indented(2));
    }
    lines.push(rule(diagnosis));
    lines
}

/// `POST /orders   403 in 12 ms   needs  orders:read +  orders:write !`
fn banner(context: &Context, called: &CallOutcome, marks: Marks) -> Line {
    let is_ok = called.diagnosis.cause == Cause::None;
    let line = Line::new()
        .untrusted(Style::Heading, &called.method)
        .trusted(Style::Heading, " ")
        .untrusted(Style::Heading, called.url.path())
        .trusted(Style::Plain, "   ")
        .untrusted(if is_ok { Style::Good } else { Style::Bad }, called.status)
        .untrusted(Style::Muted, format_args!(" in {} ms", called.timing.total.as_millis()))
        .indented(2)
        .copyable("the URL", called.url.as_str());
    let Some((api, endpoint)) = context.endpoint(called.endpoint).filter(|_| !is_ok) else { return line };
    let granted = granted(&called.diagnosis);
    let others = endpoint.requirement.alternatives().len().saturating_sub(1);
    let deciding = match granted {
        Some(granted) => compare(granted, &endpoint.requirement, &api.hierarchy).alternative,
        None => endpoint.requirement.alternatives().first().cloned().unwrap_or_default(),
    };
    if deciding.is_empty() {
        return line.trusted(Style::Muted, "   needs no scope");
    }
    let line = deciding.iter().fold(line.trusted(Style::Muted, "   needs"), |line, scope| {
        let (style, mark) = match granted.map(|granted| api.hierarchy.satisfies(granted, scope.as_str())) {
            Some(true) => (Style::Good, marks.yes),
            Some(false) => (Style::Bad, marks.no),
            None => (Style::Muted, marks.unknown),
        };
        line.trusted(Style::Plain, "  ").untrusted(Style::Plain, scope).trusted(Style::Plain, " ").trusted(style, mark)
    });
    match others {
        0 => line,
        1 => line.trusted(Style::Muted, "  (or another way)"),
        others => line.untrusted(Style::Muted, format_args!("  (or {others} other ways)")),
    }
}

/// Returns the granted scopes that the call had.
fn granted(diagnosis: &Diagnosis) -> Option<&ScopeSet> {
    diagnosis.evidence.token.as_ref()?.scopes.first()
}

/// What each source states, with a mark for each missing scope: whether this source shows it as missing.
fn evidence<'a>(context: &'a Context, called: &'a CallOutcome, marks: Marks) -> impl Iterator<Item = Line> + 'a {
    let diagnosis = &called.diagnosis;
    let api = context.endpoint(called.endpoint).map(|(api, _)| api);
    let missing = diagnosis.missing.first();
    diagnosis.evidence.sources().into_iter().map(move |(name, statement)| {
        let indent = 12 + missing.map_or(0, |missing| 2 * missing.len() + usize::from(!missing.is_empty()));
        let line = Line::new().untrusted(Style::Label, format_args!("  {name:<9} ")).indented(indent);
        let line = missing.into_iter().flat_map(ScopeSet::iter).fold(line, |line, scope| {
            let (style, mark) = match shows_missing(name, statement, scope, api) {
                Some(true) => (Style::Bad, marks.no),
                Some(false) => (Style::Good, marks.yes),
                None => (Style::Muted, marks.unknown),
            };
            line.trusted(style, mark).trusted(Style::Plain, " ")
        });
        let line =
            if missing.is_some_and(|missing| !missing.is_empty()) { line.trusted(Style::Plain, " ") } else { line };
        match statement {
            Some(statement) => line.untrusted(Style::Plain, &statement.text).copyable(name, &statement.text),
            None => line.trusted(Style::Muted, NOT_GIVEN),
        }
    })
}

/// Returns whether a source shows a scope as missing: the manifest and the server by requiring it, the token by lacking it.
/// `None` if the source names no scopes.
fn shows_missing(name: &str, statement: Option<&Statement>, scope: &Scope, api: Option<&Api>) -> Option<bool> {
    let scopes = &statement?.scopes;
    if name == "token" {
        let granted = scopes.first()?;
        return Some(match api {
            Some(api) => !api.hierarchy.satisfies(granted, scope.as_str()),
            None => !granted.contains(scope.as_str()),
        });
    }
    (!scopes.is_empty()).then(|| scopes.iter().any(|required| required.contains(scope.as_str())))
}
