//! Content of the probe sheet: a table of endpoints and tokens that fills as calls are made.

use super::endpoint::name;
use crate::app::{Enforcement, Error, ProbeCall, ProbeCredential, ProbeResult};
use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::keymap::Action;
use crate::tui::model::{Model, Probe};

/// Width of the columns `token` and `no token`.
const COLUMN: usize = 9;

type Outcome = Option<Result<Box<ProbeResult>, Error>>;

/// The results of the last probe, or of the one under way.
pub(super) fn last(model: &Model) -> Vec<Item> {
    match (&model.probe, &model.pending) {
        (None, None) => {
            let key = model.key(Action::Probe);
            vec![Item::muted(format!("no probe yet: press {key} to compare the server with the manifest"))]
        }
        _ => probe(model),
    }
}

/// Progress, table, deviations from the manifest, and skipped endpoints.
pub(super) fn probe(model: &Model) -> Vec<Item> {
    let Some(probe) = &model.probe else { return vec![Item::muted("planning the calls")] };
    let made = probe.tried.iter().flatten().count();
    let deviations = probe.tried.iter().flatten().filter(|tried| is_deviation(tried)).count();
    let mut items = vec![Item::heading(format!(
        "{made} of {} calls made, {deviations} deviate from the manifest",
        probe.tried.len()
    ))];
    items.extend(matrix(model, probe, made));
    items.extend(probe.plan.trials.iter().zip(&probe.tried).filter_map(|(trial, tried)| {
        let line = |text: String| Item::new(Tone::Bad, "! ").and(Tone::Plain, text).indent(2);
        let called = || format!("{} with {}: ", name(model, trial.request.endpoint), visible(&trial.with.to_string()));
        match tried.as_ref()? {
            Ok(tried) if tried.observed.code().is_some() => {
                let text = format!("{}{} {}", called(), tried.status, tried.observed.as_str());
                let worked = tried.observed == Enforcement::UnderEnforced;
                let why = if worked { String::new() } else { format!("  {}", visible(&tried.sentence)) };
                Some(line(text).and(Tone::Muted, why))
            }
            Ok(_) => None,
            Err(error) => Some(line(format!("{}{}", called(), visible(&error.message)))),
        }
    }));
    items.extend(probe.plan.left_out.iter().map(|left| Item::muted(format!("skipped: {}", visible(left))).indent(2)));
    items
}

fn is_deviation(tried: &Result<Box<ProbeResult>, Error>) -> bool {
    tried.as_ref().is_ok_and(|tried| tried.observed.code().is_some())
}

/// Returns a row per endpoint below the column names. `made`: number of finished calls; the next one is marked.
fn matrix(model: &Model, probe: &Probe, made: usize) -> Vec<Item> {
    let calls: Vec<(usize, &ProbeCall, &Outcome)> =
        probe.plan.trials.iter().zip(&probe.tried).enumerate().map(|(at, (trial, tried))| (at, trial, tried)).collect();
    let rows = || calls.chunk_by(|one, other| one.1.request.endpoint == other.1.request.endpoint);
    let width = calls.iter().map(|(_, trial, _)| name(model, trial.request.endpoint).chars().count()).max();
    let width = width.unwrap_or_default();
    let has_token = calls.iter().any(|(_, trial, _)| trial.with == ProbeCredential::Given);
    let narrows = calls.iter().any(|(_, trial, _)| matches!(trial.with, ProbeCredential::Lacking(_)));
    let mut head = format!("{:<width$}  ", "");
    if has_token {
        head.push_str(&format!("{:<COLUMN$}", "token"));
    }
    head.push_str(&format!("{:<COLUMN$}", "no token"));
    if narrows {
        head.push_str("without one scope");
    }
    let mut items = vec![Item::muted(head.trim_end())];
    for row in rows() {
        let endpoint = row.first().map(|(_, trial, _)| name(model, trial.request.endpoint)).unwrap_or_default();
        let mut line = Item::plain(format!("{endpoint:<width$}  ")).indent(4);
        for (at, trial, tried) in row {
            let (tone, shown) = cell(tried, *at == made && model.pending.is_some());
            line = match &trial.with {
                ProbeCredential::Given | ProbeCredential::Nothing => line.and(tone, format!("{shown:<COLUMN$}")),
                ProbeCredential::Lacking(scope) => {
                    line.and(Tone::Muted, format!("{} ", visible(scope.as_str()))).and(tone, format!("{shown}  "))
                }
            };
        }
        items.push(line);
    }
    items
}

/// Returns the status and a mark: as expected, a deviation, or unclear.
fn cell(tried: &Outcome, is_next: bool) -> (Tone, String) {
    match tried {
        None if is_next => (Tone::Key, "...".to_owned()),
        None => (Tone::Muted, ".".to_owned()),
        Some(Err(_)) => (Tone::Bad, "failed".to_owned()),
        Some(Ok(tried)) => {
            let (tone, mark) = match tried.observed {
                Enforcement::AsExpected => (Tone::Good, "+"),
                Enforcement::Unclear => (Tone::Muted, "?"),
                Enforcement::UnderEnforced | Enforcement::OverEnforced | Enforcement::Hidden => (Tone::Bad, "!"),
            };
            match tried.status {
                0 => (tone, format!("- {mark}")),
                status => (tone, format!("{status} {mark}")),
            }
        }
    }
}
