//! A probe as a matrix that fills while the calls are made: endpoints by what they are called with.

use super::endpoint::name;
use super::{Item, Tone};
use crate::text::visible;
use crate::tui::model::{Model, Probe};
use crate::workspace::{Error, Observed, Trial, Tried, With};

/// The widths of the first columns behind the endpoints: the token, no token.
const COLUMN: usize = 9;

type Outcome = Option<Result<Box<Tried>, Error>>;

/// How far it is, the matrix, what is not as the manifest says, what is left out.
pub(super) fn probe(model: &Model) -> Vec<Item> {
    let Some(probe) = &model.probe else { return vec![Item::muted("working out the calls")] };
    let made = probe.tried.iter().flatten().count();
    let odd = probe.tried.iter().flatten().filter(|tried| is_odd(tried)).count();
    let mut items =
        vec![Item::heading(format!("{made} of {} calls made, {odd} not as the manifest says", probe.tried.len()))];
    items.extend(matrix(model, probe, made));
    items.extend(probe.plan.trials.iter().zip(&probe.tried).filter_map(|(trial, tried)| {
        let said = |text: String| Item::new(Tone::Bad, "! ").and(Tone::Plain, text).indent(2);
        let called = || format!("{} with {}: ", name(model, trial.request.endpoint), visible(&trial.with.to_string()));
        match tried.as_ref()? {
            Ok(tried) if tried.observed.code().is_some() => {
                let text = format!("{}{} {}", called(), tried.status, tried.observed.as_str());
                let worked = tried.observed == Observed::UnderEnforced;
                let why = if worked { String::new() } else { format!("  {}", visible(&tried.sentence)) };
                Some(said(text).and(Tone::Muted, why))
            }
            Ok(_) => None,
            Err(error) => Some(said(format!("{}{}", called(), visible(&error.message)))),
        }
    }));
    items.extend(probe.plan.left_out.iter().map(|left| Item::muted(format!("left out: {}", visible(left))).indent(2)));
    items
}

fn is_odd(tried: &Result<Box<Tried>, Error>) -> bool {
    tried.as_ref().is_ok_and(|tried| tried.observed.code().is_some())
}

/// A line for each endpoint under the names of the columns. `made`: how many calls are done, so that the next is seen.
fn matrix(model: &Model, probe: &Probe, made: usize) -> Vec<Item> {
    let calls: Vec<(usize, &Trial, &Outcome)> =
        probe.plan.trials.iter().zip(&probe.tried).enumerate().map(|(at, (trial, tried))| (at, trial, tried)).collect();
    let rows = || calls.chunk_by(|one, other| one.1.request.endpoint == other.1.request.endpoint);
    let width = calls.iter().map(|(_, trial, _)| name(model, trial.request.endpoint).chars().count()).max();
    let width = width.unwrap_or_default();
    let has_token = calls.iter().any(|(_, trial, _)| trial.with == With::Given);
    let narrows = calls.iter().any(|(_, trial, _)| matches!(trial.with, With::Lacking(_)));
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
                With::Given | With::Nothing => line.and(tone, format!("{shown:<COLUMN$}")),
                With::Lacking(scope) => {
                    line.and(Tone::Muted, format!("{} ", visible(scope.as_str()))).and(tone, format!("{shown}  "))
                }
            };
        }
        items.push(line);
    }
    items
}

/// The status and a mark: as expected, not, or nobody can tell.
fn cell(tried: &Outcome, is_next: bool) -> (Tone, String) {
    match tried {
        None if is_next => (Tone::Key, "...".to_owned()),
        None => (Tone::Muted, ".".to_owned()),
        Some(Err(_)) => (Tone::Bad, "failed".to_owned()),
        Some(Ok(tried)) => {
            let (tone, mark) = match tried.observed {
                Observed::AsExpected => (Tone::Good, "+"),
                Observed::Unclear => (Tone::Muted, "?"),
                Observed::UnderEnforced | Observed::OverEnforced | Observed::Hidden => (Tone::Bad, "!"),
            };
            match tried.status {
                0 => (tone, format!("none {mark}")),
                status => (tone, format!("{status} {mark}")),
            }
        }
    }
}
