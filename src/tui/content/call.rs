//! Content of the call pane.

use std::borrow::Cow;

use super::{Item, Tone};
use crate::app::CallOutcome;
use crate::app::report::{self, Line, Style};
use crate::diagnosis::{Cause, Diagnosis};
use crate::text::visible;
use crate::tui::model::Model;

/// Maximum number of lines of a body that are shown.
const MOST_LINES: usize = 10_000;

fn nothing() -> Vec<Item> {
    vec![Item::muted("no calls yet: press c to call the selected endpoint")]
}

fn status(called: &CallOutcome) -> Item {
    let url = called.url.as_str();
    let colour = if called.diagnosis.cause == Cause::None { Tone::Good } else { Tone::Bad };
    Item::heading(format!("{} {}   ", visible(&called.method), visible(url)))
        .and(colour, called.status.to_string())
        .and(Tone::Muted, format!(" in {} ms", called.timing.total.as_millis()))
        .indent(2)
        .copies("the URL", url)
}

/// The diagnosis, or the body of a successful call.
pub(super) fn diagnosis(model: &Model) -> Vec<Item> {
    let Some(called) = model.call() else { return nothing() };
    let diagnosis = &called.diagnosis;
    let mut items = vec![status(called)];
    if diagnosis.cause == Cause::None {
        items.extend(body(called));
        return items;
    }
    items.extend(report::diagnosis(diagnosis, step_up(diagnosis)).into_iter().map(Item::from));
    items.extend(diagnosis.findings.iter().flat_map(report::finding).map(Item::from));
    items
}

/// The key that takes the next step, if it is a step-up.
fn step_up(diagnosis: &Diagnosis) -> Option<Line> {
    let with_sign_in =
        diagnosis.step_up.as_ref().is_some_and(|step_up| step_up.acr_values.is_some() || step_up.max_age.is_some());
    let line = Line::new().trusted(Style::Label, "s").trusted(Style::Plain, "     ");
    if with_sign_in {
        Some(line.trusted(Style::Plain, "step up with another sign-in and call again"))
    } else {
        (diagnosis.cause == Cause::Scope)
            .then(|| line.trusted(Style::Plain, "step up with the missing scopes and call again"))
    }
}

/// The response body. JSON is formatted.
pub(super) fn response(model: &Model) -> Vec<Item> {
    let Some(called) = model.call() else { return nothing() };
    let mut items = vec![status(called)];
    items.extend(body(called));
    items
}

fn body(called: &CallOutcome) -> Vec<Item> {
    if called.body.is_empty() {
        return vec![Item::muted("empty body")];
    }
    let text = match serde_json::from_slice::<serde_json::Value>(&called.body) {
        Ok(value) => Cow::Owned(serde_json::to_string_pretty(&value).unwrap_or_default()),
        Err(_) => String::from_utf8_lossy(&called.body),
    };
    let line = |line: &str| Item::plain(visible(&line.replace('\t', "    "))).copies("the line", line.trim());
    let mut items: Vec<Item> = text.lines().take(MOST_LINES).map(line).collect();
    let left = text.lines().count() - items.len();
    if left > 0 {
        items.push(Item::muted(format!("{left} more lines: run `tokscope call` to print them all")));
    }
    items
}

/// Timing and header fields of the response.
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
            .and(Tone::Muted, "  not followed: a token is only sent to its API's origin")
            .indent(2)
            .copies("the redirect target", to)
    });
    [status(called), times].into_iter().chain(redirect).chain(called.headers.iter().map(field)).collect()
}

/// Calls of this session, the latest first.
pub(super) fn history(model: &Model) -> Vec<Item> {
    if model.calls.is_empty() {
        return nothing();
    }
    let line = |(index, called): (usize, &CallOutcome)| {
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
