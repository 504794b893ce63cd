//! What was called, what came back, and why.

use std::borrow::Cow;

use super::{Item, Tone};
use crate::diagnosis::Cause;
use crate::text::visible;
use crate::tui::model::Model;
use crate::workspace::Called;

/// The most lines of a body that are shown.
const MOST_LINES: usize = 10_000;

fn nothing() -> Vec<Item> {
    vec![Item::muted("nothing was called yet: c calls the endpoint under the cursor")]
}

fn status(called: &Called) -> Item {
    let url = called.url.as_str();
    let colour = if called.diagnosis.cause == Cause::None { Tone::Good } else { Tone::Bad };
    Item::heading(format!("{} {}   ", visible(&called.method), visible(url)))
        .and(colour, called.status.to_string())
        .and(Tone::Muted, format!(" in {} ms", called.timing.total.as_millis()))
        .indent(2)
        .copies("the URL", url)
}

/// The diagnosis first; the answer, when there is nothing to diagnose.
pub(super) fn diagnosis(model: &Model) -> Vec<Item> {
    let Some(called) = model.call() else { return nothing() };
    let diagnosis = &called.diagnosis;
    let mut items = vec![status(called)];
    if diagnosis.cause == Cause::None {
        items.extend(body(called));
        return items;
    }
    let sentence = visible(&diagnosis.sentence).into_owned();
    items.push(
        Item::new(Tone::Bad, sentence.clone())
            .and(Tone::Muted, format!("  ({})", diagnosis.confidence.as_str()))
            .indent(2)
            .copies("the diagnosis", sentence),
    );
    let witnesses = &diagnosis.witnesses;
    for (name, witness) in
        [("manifest", &witnesses.manifest), ("token", &witnesses.token), ("server", &witnesses.server)]
    {
        let says = witness.as_ref().map_or("says nothing", |witness| witness.says.as_str());
        items.push(
            Item::new(Tone::Key, format!("  {name:<9}")).and(Tone::Plain, visible(says)).indent(11).copies(name, says),
        );
    }
    match diagnosis.agree {
        Some(true) => items.push(Item::muted("  they agree")),
        Some(false) => items.push(Item::new(Tone::Warning, "  they disagree")),
        None => {}
    }
    items.push(
        Item::heading("next ")
            .and(Tone::Plain, visible(&diagnosis.next))
            .indent(5)
            .copies("the next step", &diagnosis.next),
    );
    let signs_in =
        diagnosis.step_up.as_ref().is_some_and(|wanted| wanted.acr_values.is_some() || wanted.max_age.is_some());
    if diagnosis.cause == Cause::Scope || signs_in {
        let by = if signs_in { "another sign-in" } else { "what is missing" };
        items.push(Item::new(Tone::Key, "s").and(Tone::Plain, format!("    steps up by {by}, and calls again")));
    }
    for finding in &diagnosis.findings {
        items.push(
            Item::new(Tone::Warning, format!("{}[{}]: ", finding.severity(), finding.code.name))
                .and(Tone::Plain, visible(&finding.message))
                .indent(2),
        );
    }
    items
}

/// The body, JSON laid out.
pub(super) fn response(model: &Model) -> Vec<Item> {
    let Some(called) = model.call() else { return nothing() };
    let mut items = vec![status(called)];
    items.extend(body(called));
    items
}

fn body(called: &Called) -> Vec<Item> {
    if called.body.is_empty() {
        return vec![Item::muted("an empty body")];
    }
    let text = match serde_json::from_slice::<serde_json::Value>(&called.body) {
        Ok(value) => Cow::Owned(serde_json::to_string_pretty(&value).unwrap_or_default()),
        Err(_) => String::from_utf8_lossy(&called.body),
    };
    let line = |line: &str| Item::plain(visible(&line.replace('\t', "    "))).copies("the line", line.trim());
    let mut items: Vec<Item> = text.lines().take(MOST_LINES).map(line).collect();
    let left = text.lines().count() - items.len();
    if left > 0 {
        items.push(Item::muted(format!("{left} more lines: `tokscope call` prints all of them")));
    }
    items
}

/// The header fields of the answer.
pub(super) fn headers(model: &Model) -> Vec<Item> {
    let Some(called) = model.call() else { return nothing() };
    let field = |(name, value): &(String, String)| {
        Item::new(Tone::Key, format!("{}: ", visible(name)))
            .and(Tone::Plain, visible(value))
            .indent(2)
            .copies(visible(name), value.clone())
    };
    let parts = called.times().into_iter().map(|(name, time)| format!("{name} {:.1} ms", time.as_secs_f64() * 1000.0));
    let times = Item::muted(format!("{}   {}", visible(&called.version), parts.collect::<Vec<_>>().join("   ")));
    let redirect = called.redirect().map(|to| {
        Item::new(Tone::Warning, "redirects to ")
            .and(Tone::Plain, visible(to))
            .and(Tone::Muted, "  not followed: the token belongs to one origin")
            .indent(2)
            .copies("where it redirects to", to)
    });
    [status(called), times].into_iter().chain(redirect).chain(called.headers.iter().map(field)).collect()
}

/// The calls of this session, the latest first.
pub(super) fn history(model: &Model) -> Vec<Item> {
    if model.calls.is_empty() {
        return nothing();
    }
    let line = |(index, called): (usize, &Called)| {
        let shown = if index == model.shown_call { "* " } else { "  " };
        Item::plain(shown)
            .and(Tone::Plain, format!("{} {}  ", visible(&called.method), visible(called.url.path())))
            .and(if called.diagnosis.cause == Cause::None { Tone::Good } else { Tone::Bad }, called.status.to_string())
            .and(Tone::Muted, format!("  {}", visible(&called.diagnosis.sentence)))
            .indent(4)
            .copies("the URL", called.url.as_str())
    };
    model.calls.iter().enumerate().rev().map(line).collect()
}
