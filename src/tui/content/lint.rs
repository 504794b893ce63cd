//! Findings of the manifest, and what its last reload changed.

use crate::app::ManifestProblem;
use crate::app::report;
use crate::tui::item::{Item, Tone};
use crate::tui::model::{Model, RowState};

/// Errors of the file, changed verdicts, findings of the linter.
pub(super) fn lint(model: &Model) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(problem) = &model.file.problem {
        items.extend(errors(model, problem));
    }
    if !model.file.changes.is_empty() {
        items.push(Item::heading("changed by the last reload"));
        items.extend(model.file.changes.iter().map(|(state, name)| {
            let tone = if *state == RowState::Allowed { Tone::Good } else { Tone::Bad };
            Item::new(tone, format!("  {} ", state.symbol()))
                .and(Tone::Plain, format!("{name}  "))
                .and(Tone::Muted, state.change())
                .indent(4)
        }));
        items.push(Item::default());
    }
    match &model.file.lint {
        Some(problem) if !problem.findings.is_empty() => items.extend(findings(problem)),
        Some(_) => items.push(Item::new(Tone::Good, "no findings")),
        None if items.is_empty() => items.push(Item::muted("no manifest")),
        None => {}
    }
    items
}

/// The errors of a manifest that is not valid.
pub(super) fn errors(model: &Model, problem: &ManifestProblem) -> Vec<Item> {
    let state = match model.context.manifest() {
        Some(_) => "The manifest has errors. Its last valid state stays in use.",
        None => "The manifest has errors.",
    };
    let mut items =
        vec![Item::new(Tone::Bad, state), Item::muted("E opens it in your editor, at the selected finding")];
    items.extend(findings(problem));
    items.push(Item::default());
    items
}

fn findings(problem: &ManifestProblem) -> Vec<Item> {
    let source = problem.indexed();
    let mut items = Vec::new();
    for finding in &problem.findings {
        let line = finding.span.as_ref().map(|span| source.line_column(span.start).0);
        let line = line.and_then(|line| u64::try_from(line).ok());
        for (index, reported) in report::finding(finding).into_iter().enumerate() {
            let mut item = Item::from(reported);
            if let Some(line) = line.filter(|_| index == 0) {
                item.pieces.insert(0, (Tone::Muted, format!("line {line}: ")));
            }
            item.line = line;
            items.push(item);
        }
    }
    items
}
