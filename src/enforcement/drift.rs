//! Differences between an exported configuration and a fresh export.
//!
//! Lines are compared without their place in the manifest, because an unrelated edit moves it. The engine and the options of the
//! export are in the file itself.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use super::findings::{
    ENGINE_DEFAULT, ENGINE_OPEN, ENGINE_REQUIREMENT, ENGINE_RULE, ENGINE_RULE_MISSING, ENGINE_SETTING,
};
use super::options::OPTIONS;
use super::{Engine, ExportOptions, Keys};
use crate::diagnostic::Diagnostic;

/// Maximum number of findings.
const MOST: usize = 200;

/// The export that a file was made by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// Engine.
    pub engine: Engine,
    /// Name of the API.
    pub api: String,
    /// Options.
    pub options: ExportOptions,
}

impl ExportedFile {
    /// Reads the options of an export from its file. `manifest`: name of the manifest.
    ///
    /// # Errors
    /// If the file is not an export.
    pub fn read(text: &str, manifest: &str) -> Result<Self, String> {
        let found = text
            .lines()
            .take(20)
            .find_map(|line| ["#", "//"].into_iter().find_map(|mark| line.strip_prefix(mark)?.strip_prefix(OPTIONS)));
        let value: Value = match found {
            Some(line) => serde_json::from_str(line).map_err(|error| format!("the line with its options: {error}"))?,
            None => {
                let mut value: Value = serde_json::from_str(text)
                    .map_err(|_| "it is not a file that `manifest export` wrote".to_owned())?;
                value.pointer_mut(super::envoy::OPTIONS).map(Value::take).ok_or("it has no options of an export")?
            }
        };
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let url = |text: String| url::Url::parse(&text).map_err(|_| format!("`{text}` is not a valid URL"));
        let list = |name: &str| -> Vec<String> {
            let items = value.get(name).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let engine = text("engine").and_then(|name| Engine::ALL.into_iter().find(|engine| engine.as_str() == name));
        let keys = text("keys").map(|text| match text.contains("://") {
            true => url(text).map(Keys::Url),
            false => Ok(Keys::File(text)),
        });
        Ok(Self {
            engine: engine.ok_or("its options name no known engine")?,
            api: text("api").ok_or("its options name no API")?,
            options: ExportOptions {
                manifest: manifest.to_owned(),
                keys: keys.transpose()?,
                algorithm: text("algorithm").unwrap_or_default(),
                listen: text("listen").unwrap_or_default(),
                upstream: text("upstream").map(url).transpose()?,
                claims: list("claims"),
                denied: list("denied").into_iter().collect(),
                without_policy: value.get("without_policy").and_then(Value::as_bool).unwrap_or_default(),
                selector: text("selector"),
            },
        })
    }
}

/// A line of a configuration.
struct Line<'t> {
    /// Without its place in the manifest, and without a comma at the end.
    text: String,
    /// The rule that it belongs to: its endpoint.
    rule: Option<&'t str>,
    span: Range<usize>,
}

/// Compares a file with a fresh export. Spans are those of the file.
#[must_use]
pub fn compare(engine: Engine, manifest: &str, expected: &str, actual: &str) -> Vec<Diagnostic> {
    let expected = lines(engine, manifest, expected);
    let actual = lines(engine, manifest, actual);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for line in &expected {
        *counts.entry(&line.text).or_default() += 1;
    }
    let unexpected: Vec<&Line<'_>> = actual.iter().filter(|line| !take(&mut counts, &line.text)).collect();
    let missing: Vec<&Line<'_>> = expected.iter().rev().filter(|line| take(&mut counts, &line.text)).collect();
    let mut by_rule: HashMap<&str, Vec<&Line<'_>>> = HashMap::new();
    let mut others: Vec<&Line<'_>> = Vec::new();
    for line in missing.into_iter().rev() {
        match line.rule {
            Some(rule) => by_rule.entry(rule).or_default().push(line),
            None => others.push(line),
        }
    }
    let mut others = others.into_iter();
    let mut findings: Vec<Diagnostic> = Vec::new();
    for line in unexpected {
        let wanted = match line.rule {
            Some(rule) => by_rule.get_mut(rule).and_then(|lines| (!lines.is_empty()).then(|| lines.remove(0))),
            None => others.next(),
        };
        findings.push(changed(engine, line, wanted));
    }
    let mut absent: Vec<&Line<'_>> = by_rule.into_values().flatten().chain(others).collect();
    absent.sort_by_key(|line| line.span.start);
    findings.extend(absent.into_iter().map(absence));
    findings.truncate(MOST);
    findings
}

fn take(counts: &mut HashMap<&str, usize>, text: &str) -> bool {
    counts.get_mut(text).filter(|count| **count > 0).is_some_and(|count| {
        *count -= 1;
        true
    })
}

/// Returns the lines that matter, with the endpoints of their rules.
fn lines<'t>(engine: Engine, manifest: &str, text: &'t str) -> Vec<Line<'t>> {
    let mut rule = None;
    let mut start = 0;
    let mut lines = Vec::new();
    for whole in text.split_inclusive('\n') {
        let line = whole.trim();
        let indent = whole.len() - whole.trim_start().len();
        let span = start + indent..start + indent + line.len();
        start += whole.len();
        rule = match engine {
            Engine::Envoy => route_name(line),
            _ if line.is_empty() => None,
            _ if line.starts_with(engine.comment()) => comment_name(engine, line, manifest),
            _ => rule,
        };
        if line.is_empty() || line.starts_with(engine.comment()) && rule.is_none() {
            continue;
        }
        lines.push(Line { text: without_place(line.trim_end_matches(','), manifest), rule, span });
    }
    lines
}

/// Returns the endpoint of a route that stands on one line.
fn route_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("{\"name\":\"")?;
    let end = name.find(" (")?;
    name.get(..end)
}

/// Returns the endpoint of a comment such as `# tokscope.toml:12: GET /orders requires orders:read`.
fn comment_name<'t>(engine: Engine, line: &'t str, manifest: &str) -> Option<&'t str> {
    let rest = line.strip_prefix(engine.comment())?.strip_prefix(' ')?.strip_prefix(manifest)?.strip_prefix(':')?;
    let (number, rest) = rest.split_once(": ")?;
    number.parse::<usize>().ok()?;
    rest.rsplit_once(" requires ").map(|(endpoint, _)| endpoint)
}

/// Removes the number of a line of the manifest.
fn without_place(line: &str, manifest: &str) -> String {
    let prefix = format!("{manifest}:");
    let Some((before, after)) = line.split_once(&prefix) else { return line.to_owned() };
    format!("{before}{prefix}{}", after.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

/// Maximum length of a line in a message.
const MOST_SHOWN: usize = 120;

fn shown(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn changed(engine: Engine, line: &Line<'_>, wanted: Option<&Line<'_>>) -> Diagnostic {
    if let (Engine::Envoy, Some(rule), Some(wanted)) = (engine, line.rule, wanted)
        && let Some((found, required)) =
            super::envoy::requirement(&line.text).zip(super::envoy::requirement(&wanted.text))
        && found != required
    {
        let code = if found == super::envoy::OPEN { &ENGINE_OPEN } else { &ENGINE_REQUIREMENT };
        let message = format!("`{rule}` requires {required} in the manifest, but {found} in the engine");
        return Diagnostic::new(code, message).at(line.span.clone());
    }
    let is_default = ["denied", "\"ALLOW\"", "default 0", "default \"\"", "direct_response", "deny "];
    let is_default = wanted.is_some_and(|wanted| is_default.iter().any(|word| wanted.text.contains(word)));
    let code = match line.rule {
        Some(_) => &ENGINE_RULE,
        None if is_default => &ENGINE_DEFAULT,
        None => &ENGINE_SETTING,
    };
    let of = line.rule.map(|rule| format!(" of `{rule}`")).unwrap_or_default();
    let message = match wanted {
        Some(wanted) => format!("a line{of} differs from the export, which has `{}`", shown(&wanted.text)),
        None => format!("a line{of} is not in the export: `{}`", shown(&line.text)),
    };
    Diagnostic::new(code, message).at(line.span.clone())
}

fn absence(line: &Line<'_>) -> Diagnostic {
    match line.rule {
        Some(rule) => {
            let message = format!("a line of `{rule}` is missing: `{}`", shown(&line.text));
            Diagnostic::new(&ENGINE_RULE_MISSING, message)
        }
        None => Diagnostic::new(&ENGINE_SETTING, format!("a line is missing: `{}`", shown(&line.text))),
    }
}
