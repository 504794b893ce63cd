//! Output of a call: the body, the report and the JSON document.

use std::path::Path;

use super::super::diagnosis;
use super::super::policy::json_ruling;
use super::super::print::{Streams, json_list, json_object, json_option, json_text};
use crate::app::report::{self, Line, Style};
use crate::app::{CallOutcome, Context, Error};
use crate::files::write_output;
use crate::scope::ScopeSet;
use crate::secret::masked_tokens;
use crate::text::visible;
use crate::token::Json;

/// Names of stdout, on which terminal output is escaped.
const STDOUT: [&str; 3] = ["-", "/dev/stdout", "/dev/fd/1"];

/// Header fields with credentials, which are masked.
const HIDDEN: &[&str] = &["set-cookie", "proxy-authenticate"];

fn shown<'v>(name: &str, value: &'v str) -> &'v str {
    if HIDDEN.iter().any(|hidden| name.eq_ignore_ascii_case(hidden)) { "[redacted]" } else { value }
}

/// Writes the body to a file or stdout, with JSON pretty-printed on request.
pub(super) fn body(
    called: &CallOutcome,
    file: Option<&Path>,
    pretty: bool,
    streams: &mut Streams,
) -> Result<(), Error> {
    if let Some(path) = file.filter(|path| !STDOUT.iter().any(|name| *path == Path::new(name))) {
        write_output(path, &called.body)?;
        let shown = path.display().to_string();
        streams.say(format_args!("{} bytes written to {}", called.body.len(), visible(&shown)));
        return Ok(());
    }
    let laid_out = std::str::from_utf8(&called.body).ok().filter(|_| pretty).and_then(|text| Json::parse(text).ok());
    match laid_out {
        Some(document) => streams.json(&document),
        None => streams.body(&called.body),
    }
    Ok(())
}

/// Prints the response's header fields, a line each, and its timing.
pub(super) fn headers(called: &CallOutcome, streams: &mut Streams) {
    let times = called.times().into_iter().map(|(name, time)| format!("{name} {:.1} ms", time.as_secs_f64() * 1000.0));
    streams.say(format_args!("{} {}", called.version, called.status));
    streams.say(format_args!("timing: {}", times.collect::<Vec<_>>().join(", ")));
    for (name, value) in &called.headers {
        streams.say(format_args!("{}: {}", visible(name), visible(shown(name, value))));
    }
    streams.say("");
}

pub(super) fn report(called: &CallOutcome, streams: &mut Streams) {
    for line in lines(called) {
        streams.say_report(&line);
    }
    if let Some(ruling) = &called.ruling {
        streams.say_report(&report::ruling(ruling));
    }
    for finding in &called.diagnosis.findings {
        streams.finding(finding);
    }
}

/// Reports a call: status, cause, evidence and next step.
pub(in super::super) fn lines(called: &CallOutcome) -> Vec<Line> {
    let url = masked_tokens(called.url.as_str());
    let time = called.timing.total.as_millis();
    let summary = format_args!("{} {url}: {} in {time} ms", called.method, called.status);
    let mut lines = vec![Line::new().untrusted(Style::Plain, summary)];
    lines.extend(called.redirect().map(|to| {
        let line = Line::new().trusted(Style::Plain, "redirect not followed: ");
        line.untrusted(Style::Plain, to)
    }));
    lines.extend(report::diagnosis(&called.diagnosis, None));
    lines
}

/// `tokscope.call/v1`
pub(super) fn document(context: &Context, called: &CallOutcome, beyond: &ScopeSet) -> Json {
    let endpoint = context.endpoint(called.endpoint).map(|(_, endpoint)| endpoint);
    let headers =
        called.headers.iter().map(|(name, value)| Json::Array(vec![json_text(name), json_text(shown(name, value))]));
    let body = std::str::from_utf8(&called.body)
        .map_or(Json::Null, |text| Json::parse(text).unwrap_or_else(|_| json_text(text)));
    let milliseconds = |time: std::time::Duration| Json::Number(format!("{:.3}", time.as_secs_f64() * 1000.0));
    // parts that did not occur, or can't be separated, are null
    let part = |time: Option<std::time::Duration>| time.map_or(Json::Null, milliseconds);
    let with_tls = called.url.scheme() == "https";
    let timing = json_object([
        ("dns", part(called.timing.dns)),
        ("connect", part(called.timing.connect.filter(|_| !with_tls))),
        ("connect_tls", part(called.timing.connect.filter(|_| with_tls))),
        ("first_byte", milliseconds(called.timing.first_byte)),
        ("total", milliseconds(called.timing.total)),
    ]);
    json_object([
        ("schema", json_text("tokscope.call/v1")),
        ("endpoint", json_option(endpoint)),
        ("method", json_text(&called.method)),
        ("url", json_text(&called.url)),
        ("version", json_text(&called.version)),
        ("status", Json::Number(called.status.to_string())),
        ("elapsed_ms", Json::Number(called.timing.total.as_millis().to_string())),
        ("timing_ms", timing),
        ("redirect", json_option(called.redirect())),
        ("beyond", json_list(beyond)),
        ("headers", Json::Array(headers.collect())),
        ("body", body),
        ("diagnosis", Json::Object(diagnosis::members(&called.diagnosis))),
        ("policy", json_ruling(called.ruling.as_deref())),
    ])
}
