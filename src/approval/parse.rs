//! Reads a request from text that a chat or mail program may have changed.

use std::ops::Range;

use jiff::Timestamp;

use super::escape::unescape;
use super::findings::{REQUEST_CHANGED, REQUEST_SYNTAX, REQUEST_VALUE, REQUEST_VERSION};
use super::request::{LABEL, Request, RequestRule, RequestedEndpoint, VERSION};
use crate::diagnostic::{Code, Diagnostic};
use crate::scope::{Risk, Scope, ScopeSet};
use crate::sshsig::{ArmorError, blocks, is_rule, unquoted, unspaced};
use crate::text::nearest;

/// Maximum number of lines.
const MOST_LINES: usize = 5_000;

/// Maximum length of a value in bytes.
const MOST_VALUE: usize = 4_096;

/// Keys in their order. `+`: at least once, `?`: at most once, `*`: any number of times, ` `: once.
const KEYS: &[(&str, char)] = &[
    ("version", ' '),
    ("id", ' '),
    ("created", ' '),
    ("requester", ' '),
    ("host", '?'),
    ("key", '*'),
    ("client", ' '),
    ("client-id", ' '),
    ("issuer", ' '),
    ("audience", '*'),
    ("scope", '*'),
    ("above", '*'),
    ("endpoint", '*'),
    ("reaches", ' '),
    ("writes", ' '),
    ("risk", ' '),
    ("reason", '?'),
    ("from", ' '),
    ("until", ' '),
    ("uses", ' '),
    ("manifest", ' '),
    ("rule", '+'),
    ("approvers", '+'),
    ("check", ' '),
];

/// Keys that belong to the line before them: with the key that they belong to, and whether they can be repeated.
const PARTS: &[(&str, &str)] = &[("api", "endpoint"), ("needs", "endpoint"), ("or", "approvers")];

/// A line.
#[derive(Clone, Debug)]
struct Line {
    key: String,
    /// As written, without line breaks that a mail program has added.
    raw: String,
    /// Value without escapes.
    value: String,
    /// Position of the key, and of the value.
    at: Range<usize>,
    value_at: Range<usize>,
}

/// Reads the request in a text. Quotation marks of mails, indentation, line breaks of any kind, and text around it are
/// accepted; a text that differs otherwise from the one that was written is not.
///
/// # Errors
/// The findings, with positions in the text.
pub fn parse(text: &str) -> Result<Request, Vec<Diagnostic>> {
    let found = blocks(text, LABEL).map_err(|error| {
        let at = match &error {
            ArmorError::Open { line, .. } => start_of(text, *line)..text.len(),
            _ => 0..0,
        };
        vec![
            Diagnostic::new(&REQUEST_SYNTAX, error.to_string())
                .at(at)
                .help(format!("copy everything from `-----BEGIN {LABEL}-----` to `-----END {LABEL}-----`")),
        ]
    })?;
    let [block] = found.as_slice() else {
        let second = found.get(1).map_or(0, |block| start_of(text, block.line));
        let finding = Diagnostic::new(&REQUEST_SYNTAX, format!("the text has {} requests", found.len()));
        return Err(vec![finding.at(second..second).help("approve one request at a time")]);
    };
    let offset = offset_of(text, &block.body);
    let mut reader = Reader { findings: Vec::new() };
    let lines = reader.lines(&block.body, offset);
    if reader.findings.is_empty() {
        reader.order(&lines, offset + block.body.len());
    }
    let request = if reader.findings.is_empty() { reader.request(&lines) } else { None };
    match request {
        Some(request) if reader.findings.is_empty() => {
            let check = lines.last().map(|line| (line.value.clone(), line.value_at.clone())).unwrap_or_default();
            if check.0 == request.words() {
                return Ok(request);
            }
            let message = "the text was changed after it was written: the words of the last line do not belong to it";
            let help = "ask for the request again, as a file or in a block of code";
            Err(vec![Diagnostic::new(&REQUEST_CHANGED, message).at(check.1).help(help)])
        }
        _ => Err(reader.findings),
    }
}

/// Returns the position of a line.
fn start_of(text: &str, line: usize) -> usize {
    text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum()
}

/// Returns the position of the first copy of a part in a text.
fn offset_of(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_default()
}

struct Reader {
    findings: Vec<Diagnostic>,
}

impl Reader {
    fn report(&mut self, code: &'static Code, at: Range<usize>, message: String, help: Option<String>) {
        let finding = Diagnostic::new(code, message).at(at);
        self.findings.push(help.into_iter().fold(finding, Diagnostic::help));
    }

    /// Splits the body in lines. One that does not begin with a key continues the line before it.
    fn lines(&mut self, body: &str, offset: usize) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut position = offset;
        for whole in body.split_inclusive(['\n', '\r']) {
            let start = position;
            position += whole.len();
            let line = unquoted(whole);
            if is_rule(line) {
                continue;
            }
            let before = offset_of(whole, line);
            let at = start + before..start + before + line.len();
            match keyed(line) {
                Some((key, value)) => {
                    let value_at = at.end - value.len()..at.end;
                    let key_at = at.start..at.start + key.len();
                    let (key, raw) = (key.to_owned(), value.to_owned());
                    lines.push(Line { key, raw, value: String::new(), at: key_at, value_at });
                }
                None => match lines.last_mut() {
                    Some(last) => {
                        last.raw.push(' ');
                        last.raw.push_str(line);
                    }
                    None => {
                        let message = format!("`{}` is not `key: value`", shortened(line));
                        self.report(&REQUEST_SYNTAX, at, message, None);
                    }
                },
            }
            if lines.len() > MOST_LINES {
                self.report(&REQUEST_SYNTAX, start..position, format!("more than {MOST_LINES} lines"), None);
                break;
            }
        }
        for line in &mut lines {
            match unescape(unspaced(&line.raw).trim()).filter(|_| line.raw.len() <= MOST_VALUE) {
                Some(value) => line.value = value,
                None => {
                    let message = format!("the value of `{}` is not valid", line.key);
                    let help = format!("at most {MOST_VALUE} bytes; `\\` begins `\\\\` or `\\u{{…}}`");
                    self.report(&REQUEST_VALUE, line.value_at.clone(), message, Some(help));
                }
            }
        }
        lines
    }

    /// Checks keys, their order and number. `end`: position of the end of the block.
    fn order(&mut self, lines: &[Line], end: usize) {
        if let Some(version) = lines.first().filter(|line| line.key == "version" && line.value != VERSION) {
            let message = format!("version `{}` of the request is not known", shortened(&version.value));
            let help = "a newer tokscope may be able to read it".to_owned();
            return self.report(&REQUEST_VERSION, version.value_at.clone(), message, Some(help));
        }
        let mut rest = lines.iter().peekable();
        for (key, count) in KEYS {
            let mut seen = 0;
            while let Some(line) = rest.next_if(|line| line.key == *key) {
                seen += 1;
                if seen > 1 && matches!(count, ' ' | '?') {
                    let message = format!("`{key}` occurs twice");
                    return self.report(&REQUEST_SYNTAX, line.at.clone(), message, None);
                }
                let is_part = |line: &&Line| PARTS.iter().any(|(part, of)| *part == line.key && of == key);
                while rest.next_if(|line| is_part(line)).is_some() {}
            }
            if seen == 0 && matches!(count, ' ' | '+') {
                let at = rest.peek().map_or(end..end, |line| line.at.clone());
                let found = rest.peek().map_or("the end".to_owned(), |line| format!("`{}`", shortened(&line.key)));
                let help = rest.peek().and_then(|line| misspelled(&line.key));
                return self.report(&REQUEST_SYNTAX, at, format!("expected `{key}`, found {found}"), help);
            }
        }
        if let Some(line) = rest.next() {
            let message = format!("`{}` is not expected here", shortened(&line.key));
            self.report(&REQUEST_SYNTAX, line.at.clone(), message, misspelled(&line.key));
        }
    }

    fn request(&mut self, lines: &[Line]) -> Option<Request> {
        let one = |key: &str| lines.iter().find(|line| line.key == key);
        let text = |key: &str| one(key).map(|line| line.value.clone());
        let all = |key: &str| -> Vec<&Line> { lines.iter().filter(|line| line.key == key).collect() };
        let texts = |key: &str| all(key).into_iter().map(|line| line.value.clone()).collect::<Vec<String>>();
        let id = self.value(one("id")?, "32 hexadecimal digits", |value| hexadecimal(value, 32));
        let manifest = self.value(one("manifest")?, "64 hexadecimal digits", |value| hexadecimal(value, 64));
        let created = self.time(one("created")?);
        let (from, until) = (self.time(one("from")?), self.time(one("until")?));
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            let at = one("until")?.value_at.clone();
            let message = format!("the window ends at {until}, before it begins at {from}");
            self.report(&REQUEST_VALUE, at, message, Some("`until` must be later than `from`".to_owned()));
        }
        let uses = self.value(one("uses")?, "a number from 1, or `any`", |value| match value {
            "any" => Some(None),
            number => number.parse().ok().filter(|uses| *uses > 0).map(Some),
        });
        let reaches = self.number(one("reaches")?);
        let writes = self.number(one("writes")?);
        let risk = self.value(one("risk")?, "a risk, or `none`", |value| match value {
            "none" => Some(None),
            name => Risk::DESCENDING.into_iter().find(|risk| risk.as_str() == name).map(Some),
        });
        let rules = self.rules(&all("rule"));
        let scopes = self.scopes(&all("scope"));
        let above = self.scopes(&all("above"));
        for line in all("above").into_iter().filter(|line| !scopes.contains(&line.value)) {
            let message = format!("`{}` is above the ceiling, but is not requested", shortened(&line.value));
            self.report(&REQUEST_VALUE, line.value_at.clone(), message, None);
        }
        Some(Request {
            id: id?,
            created: created?,
            requester: text("requester")?,
            host: text("host"),
            keys: texts("key"),
            client: text("client")?,
            client_id: text("client-id")?,
            issuer: text("issuer")?,
            audiences: texts("audience"),
            scopes,
            above,
            endpoints: self.endpoints(lines),
            reaches: reaches?,
            writes: writes?,
            risk: risk?,
            reason: text("reason"),
            from: from?,
            until: until?,
            uses: uses?,
            manifest: manifest?,
            rules,
            approvers: approvers(lines),
        })
    }

    fn value<T>(&mut self, line: &Line, form: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = read(&line.value);
        if value.is_none() {
            let message = format!("`{}` must be {form}", line.key);
            self.report(&REQUEST_VALUE, line.value_at.clone(), message, None);
        }
        value
    }

    fn number(&mut self, line: &Line) -> Option<u64> {
        self.value(line, "a number", |value| value.parse().ok())
    }

    fn time(&mut self, line: &Line) -> Option<Timestamp> {
        self.value(line, "a time in UTC, such as `2026-12-01T09:00:00Z`", |value| {
            value.parse().ok().filter(|_| value.ends_with('Z'))
        })
    }

    fn scopes(&mut self, lines: &[&Line]) -> ScopeSet {
        let mut set = ScopeSet::new();
        for line in lines {
            let scope = self.value(line, "a scope", |value| Scope::parse(value).ok());
            if scope.is_some_and(|scope| !set.insert(scope)) {
                let message = format!("`{}` is listed twice", shortened(&line.value));
                self.report(&REQUEST_VALUE, line.value_at.clone(), message, None);
            }
        }
        set
    }

    fn rules(&mut self, lines: &[&Line]) -> Vec<RequestRule> {
        let mut rules = Vec::new();
        for line in lines {
            let rule = self.value(line, "`ceiling`, or `policy` and a rule", |value| match value {
                "ceiling" => Some(RequestRule::Ceiling),
                other => other.strip_prefix("policy ").map(|rule| RequestRule::Policy(rule.to_owned())),
            });
            if rule.as_ref().is_some_and(|rule| rules.contains(rule)) {
                let message = format!("`{}` is listed twice", shortened(&line.value));
                self.report(&REQUEST_VALUE, line.value_at.clone(), message, None);
            }
            rules.extend(rule);
        }
        rules
    }

    fn endpoints(&mut self, lines: &[Line]) -> Vec<RequestedEndpoint> {
        let mut endpoints = Vec::new();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.key == "endpoint") {
            let parts = lines.iter().skip(index + 1).take_while(|line| line.key == "api" || line.key == "needs");
            let (apis, needs): (Vec<&Line>, Vec<&Line>) = parts.partition(|line| line.key == "api");
            let needs = self.scopes(&needs);
            match apis.as_slice() {
                [api] => {
                    endpoints.push(RequestedEndpoint { endpoint: line.value.clone(), api: api.value.clone(), needs });
                }
                _ => {
                    let message = "an endpoint must have one `api`".to_owned();
                    self.report(&REQUEST_SYNTAX, line.at.clone(), message, None);
                }
            }
        }
        endpoints
    }
}

fn approvers(lines: &[Line]) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    for line in lines {
        match (line.key.as_str(), groups.last_mut()) {
            ("approvers", _) => groups.push(vec![line.value.clone()]),
            ("or", Some(last)) => last.push(line.value.clone()),
            _ => {}
        }
    }
    groups
}

/// Splits `key: value`, if the key has the form of one.
fn keyed(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = (1..=16).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    // in `orders:read` on a line of its own, a colon is not followed by a space
    let value = if value.is_empty() { Some(value) } else { value.strip_prefix([' ', '\t', '\u{a0}']) };
    is_key.then_some(())?;
    Some((key, value?.trim()))
}

fn hexadecimal(value: &str, digits: usize) -> Option<String> {
    let fits = value.len() == digits && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    fits.then(|| value.to_owned())
}

fn misspelled(key: &str) -> Option<String> {
    let keys = KEYS.iter().map(|(key, _)| *key).chain(PARTS.iter().map(|(part, _)| *part));
    let near = nearest(key, keys, 1).first().copied().filter(|near| *near != key)?;
    Some(format!("did you mean `{near}`?"))
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
