//! Content of the call pane.

use super::marks;
use super::tree::Tree;
use crate::app::report::{self, Line, Style};
use crate::app::{CallOutcome, Error, PastCall};
use crate::diagnosis::{Cause, Diagnosis};
use crate::text::visible;
use crate::tui::item::{Item, Tone};
use crate::tui::keymap::Action;
use crate::tui::model::{CallRecord, Model};

/// Maximum number of lines of a body that are shown.
const MOST_LINES: usize = 10_000;

fn nothing(model: &Model) -> Vec<Item> {
    vec![Item::muted(format!("no calls yet: press {} to call the selected endpoint", model.key(Action::Call)))]
}

/// The call under way: what, for how long, and how to cancel it.
fn calling(model: &Model) -> Option<Vec<Item>> {
    let calling = model.calling.as_ref()?;
    let seconds = model.now.duration_since(calling.since).as_secs_f64().max(0.0);
    Some(vec![
        Item::heading(format!("{} {}", visible(&calling.method), visible(&calling.path)))
            .and(Tone::Muted, format!("   waiting for {seconds:.1} s   "))
            .and(Tone::Key, "Esc")
            .and(Tone::Plain, " cancels")
            .indent(2)
            .copies("the URL", calling.url.as_str()),
    ])
}

/// The shown call; before the first one, or while another is under way, what to show instead.
fn shown(model: &Model) -> Result<&CallRecord, Vec<Item>> {
    calling(model).map_or_else(|| model.call().ok_or_else(|| nothing(model)), Err)
}

/// Returns the response of the shown call, or what to show instead.
fn response_of(model: &Model) -> Result<&CallOutcome, Vec<Item>> {
    let record = shown(model)?;
    record.result.as_deref().map_err(|error| failure(record, error))
}

/// A call without a response.
fn failure(record: &CallRecord, error: &Error) -> Vec<Item> {
    let mut items = vec![
        Item::heading(format!("{} {}", visible(&record.method), visible(&record.path)))
            .and(Tone::Plain, "   ")
            .and(Tone::Bad, "no response")
            .indent(2)
            .copies("the URL", record.url.as_str()),
    ];
    items.extend(super::sheet::failed(error));
    items
}

fn banner(model: &Model, called: &CallOutcome) -> Item {
    let lines = report::poster(&model.context, called, None, marks(model));
    lines.into_iter().next().map(Item::from).unwrap_or_default()
}

/// The diagnosis, or the body of a successful call.
pub(super) fn diagnosis(model: &Model) -> Vec<Item> {
    let called = match response_of(model) {
        Ok(called) => called,
        Err(items) => return items,
    };
    let diagnosis = &called.diagnosis;
    let lines = report::poster(&model.context, called, step_up(model, diagnosis), marks(model));
    let mut items: Vec<Item> = lines.into_iter().map(Item::from).collect();
    if diagnosis.cause == Cause::None {
        items.extend(body(model, called));
        return items;
    }
    items.extend(diagnosis.findings.iter().flat_map(report::finding).map(Item::from));
    items
}

/// The key that takes the next step, if it is a step-up.
fn step_up(model: &Model, diagnosis: &Diagnosis) -> Option<Line> {
    let with_sign_in =
        diagnosis.step_up.as_ref().is_some_and(|step_up| step_up.acr_values.is_some() || step_up.max_age.is_some());
    let line = Line::new().untrusted(Style::Label, model.key(Action::StepUp)).trusted(Style::Plain, "  ").indented(3);
    if with_sign_in {
        return Some(line.trusted(Style::Plain, "step up with another sign-in and call again"));
    }
    let missing = diagnosis.missing.first().filter(|missing| !missing.is_empty());
    let line = line.trusted(Style::Heading, "step up and call again");
    (diagnosis.cause == Cause::Scope).then(|| match missing {
        Some(missing) => line.trusted(Style::Muted, "   adds ").untrusted(Style::Plain, missing),
        None => line,
    })
}

/// The response body. JSON is a tree.
pub(super) fn response(model: &Model) -> Vec<Item> {
    match response_of(model) {
        Ok(called) => std::iter::once(banner(model, called)).chain(body(model, called)).collect(),
        Err(items) => items,
    }
}

fn body(model: &Model, called: &CallOutcome) -> Vec<Item> {
    if called.body.is_empty() {
        return vec![Item::muted("empty body")];
    }
    if let Some(json) = model.call().and_then(|record| record.json.as_ref()) {
        return Tree { name: "body", folds: &model.folds, explained: &[], ascii: model.ascii }.items(json);
    }
    let text = String::from_utf8_lossy(&called.body);
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
    let called = match response_of(model) {
        Ok(called) => called,
        Err(items) => return items,
    };
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
    [banner(model, called), times].into_iter().chain(redirect).chain(called.headers.iter().map(field)).collect()
}

/// Calls of this session, the latest first, then those of earlier runs.
pub(super) fn history(model: &Model) -> Vec<Item> {
    let past = past(model);
    if model.calls.is_empty() && past.is_empty() {
        return nothing(model);
    }
    let line = |(index, record): (usize, &CallRecord)| {
        let shown = if index == model.shown_call { "* " } else { "  " };
        let (tone, status, sentence) = match &record.result {
            Ok(called) => {
                let is_ok = called.diagnosis.cause == Cause::None;
                let tone = if is_ok { Tone::Good } else { Tone::Bad };
                (tone, called.status.to_string(), called.diagnosis.sentence.as_str())
            }
            Err(error) => (Tone::Bad, "no response".to_owned(), error.message.as_str()),
        };
        Item::plain(shown)
            .and(Tone::Muted, format!("{}  ", clock(record.at)))
            .and(Tone::Plain, format!("{} {}  ", visible(&record.method), visible(&record.path)))
            .and(tone, status)
            .and(Tone::Muted, format!("  {}", visible(sentence)))
            .indent(4)
            .copies("the URL", record.url.as_str())
    };
    model.calls.iter().enumerate().rev().map(line).chain(past).collect()
}

/// Calls of earlier runs, from the audit log.
fn past(model: &Model) -> Vec<Item> {
    let calls = match &model.past {
        None => return Vec::new(),
        Some(Err(error)) => {
            return vec![Item::new(Tone::Warning, format!("earlier calls are unknown: {}", visible(&error.message)))];
        }
        Some(Ok(calls)) => calls,
    };
    // the log has the calls of this session too
    let earlier = calls.iter().filter(|call| call.time < model.started);
    let line = |call: &PastCall| {
        let (tone, status) = match call.status {
            Some(status) if status < 400 => (Tone::Good, status.to_string()),
            Some(status) => (Tone::Bad, status.to_string()),
            None => (Tone::Bad, "not made".to_owned()),
        };
        Item::new(Tone::Muted, format!("  {}  ", visible(call.time.get(..19).unwrap_or(&call.time))))
            .and(Tone::Plain, format!("{}  ", visible(&call.endpoint)))
            .and(tone, status)
            .and(Tone::Muted, format!("  {}", visible(call.cause.as_deref().unwrap_or_default())))
            .indent(4)
            .copies("the endpoint", call.endpoint.as_str())
    };
    let items: Vec<Item> = earlier.map(line).collect();
    let heading = (!items.is_empty()).then(|| Item::heading("earlier runs (from the audit log)"));
    heading.into_iter().chain(items).collect()
}

/// `14:05:09`, in UTC.
fn clock(at: jiff::Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}
