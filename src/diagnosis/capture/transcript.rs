//! Reads exchanges as text: raw HTTP, `curl -i`, and `curl -v` with its line marks.

use super::{AuthorizationFault, Capture, CaptureError, Credentials, MAX_EXCHANGES, credentials, fault, scheme};

/// Limit for the header fields of one message.
const MAX_FIELDS: usize = 1000;

/// An exchange while it is read.
#[derive(Default)]
struct Exchange {
    method: Option<String>,
    target: Option<String>,
    request: Vec<(String, String)>,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
}

/// How a message was sent, as far as the transcript shows it.
#[derive(Clone, Copy)]
struct Transport {
    secure: bool,
    is_guessed: bool,
}

/// The part of an exchange that a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Before,
    Request,
    Response,
    Body,
}

/// Reads the exchanges of a transcript; `None` when the input has no status line.
pub(super) fn read(text: &str) -> Result<Option<Vec<Capture>>, CaptureError> {
    Ok(Some(exchanges(text)).filter(|captures| !captures.is_empty()))
}

/// Reads every exchange, in order.
pub(super) fn exchanges(text: &str) -> Vec<Capture> {
    let mut captures: Vec<Capture> = Vec::new();
    for segment in segments(text) {
        if captures.len() < MAX_EXCHANGES {
            captures.extend(exchanges_of(segment));
        }
    }
    captures
}

/// Splits a session into commands with what they printed. Each begins with a line that runs `curl`.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && is_command(line) {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    let ends = starts.clone().into_iter().skip(1);
    starts.into_iter().zip(ends).filter_map(|(start, end)| text.get(start..end))
}

/// Whether a line runs `curl`, after a shell prompt or at its start.
pub(super) fn is_command(line: &str) -> bool {
    let Some((before, after)) = line.split_once("curl") else { return false };
    let before = before.trim_end();
    let is_named = after.starts_with([' ', '\t']) || after.starts_with(".exe ");
    is_named && (before.is_empty() || before.ends_with(['$', '%', '#', '>', '❯', '➜']))
}

/// The fault of the `Authorization` header in a request alone: a `curl` command, or raw HTTP.
pub(super) fn request_fault(text: &str) -> Option<AuthorizationFault> {
    if let Some(command) = Command::read(text) {
        return command.fault;
    }
    let mut fields = Vec::new();
    text.lines().skip(1).take_while(|line| !line.trim().is_empty()).for_each(|line| field(&mut fields, line));
    fault(&fields)
}

/// Reads the exchanges of one command.
fn exchanges_of(text: &str) -> Vec<Capture> {
    let is_marked = text.lines().any(|line| line.starts_with("< HTTP/"));
    let says_secure = ["SSL connection", ":443", "port 443"].iter().any(|note| text.contains(note));
    // curl uses HTTP/2 only with TLS, unless told otherwise
    let is_http2 = is_marked && text.lines().any(|line| line.starts_with("< HTTP/2") || line.starts_with("< HTTP/3"));
    let transport = Transport { secure: !is_marked || says_secure || is_http2, is_guessed: !says_secure };
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut current = Exchange::default();
    let mut part = Part::Before;
    let mut command = String::new();
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        let (mark, content) = if is_marked { marked(line) } else { (None, line) };
        if mark == Some('*') {
            continue;
        }
        let is_request = mark == Some('>') || (mark.is_none() && !is_marked);
        let is_response = mark == Some('<') || (mark.is_none() && !is_marked);
        if let Some(status) = status_line(content).filter(|_| is_response) {
            if current.status.is_some() {
                exchanges.push(std::mem::take(&mut current));
            }
            current.status = Some(status);
            part = Part::Response;
        } else if let Some((method, target)) = request_line(content).filter(|_| is_request && part != Part::Response) {
            if current.status.is_some() {
                exchanges.push(std::mem::take(&mut current));
            }
            current.method = Some(method.to_owned());
            current.target = Some(target.to_owned());
            part = Part::Request;
        } else {
            match part {
                Part::Before => {
                    command.push_str(content.trim_end_matches('\\'));
                    command.push(' ');
                }
                Part::Request | Part::Response if content.is_empty() => {
                    part = if part == Part::Response { Part::Body } else { Part::Before };
                }
                Part::Request => field(&mut current.request, content),
                Part::Response => field(&mut current.headers, content),
                Part::Body if mark.is_none() => {
                    current.body.push_str(content);
                    current.body.push('\n');
                }
                Part::Body => {}
            }
        }
        if exchanges.len() >= MAX_EXCHANGES {
            break;
        }
    }
    if current.status.is_some() {
        exchanges.push(current);
    }
    let command = Command::read(&command);
    // interim responses and those to CONNECT are not from the API
    let is_final = |exchange: &Exchange| {
        exchange.status.is_some_and(|status| status >= 200) && exchange.method.as_deref() != Some("CONNECT")
    };
    let count = exchanges.len();
    let mut last = Exchange::default();
    let mut captures = Vec::new();
    for (index, mut exchange) in exchanges.into_iter().enumerate() {
        // the response after `100 Continue` belongs to the same request
        if exchange.method.is_none() {
            exchange.method.clone_from(&last.method);
            exchange.target.clone_from(&last.target);
            exchange.request.clone_from(&last.request);
        }
        last.method.clone_from(&exchange.method);
        last.target.clone_from(&exchange.target);
        last.request.clone_from(&exchange.request);
        if is_final(&exchange) {
            captures.push(exchange.capture(transport, command.as_ref()));
        } else if index + 1 == count && captures.is_empty() {
            return Vec::new();
        }
    }
    // with `curl -L` and proxies, only the last response is from the API
    let requests = captures.iter().filter(|capture| capture.method.is_some()).count();
    if requests == 0 || command.is_some() {
        captures.drain(..captures.len().saturating_sub(1));
    }
    captures
}

impl Exchange {
    fn capture(self, transport: Transport, command: Option<&Command>) -> Capture {
        let host = self.request.iter().find(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, host)| host);
        let url = self.target.map(|target| match host {
            Some(host) if target.starts_with('/') => {
                format!("{}://{host}{target}", if transport.secure { "https" } else { "http" })
            }
            _ => target,
        });
        let sent = match &self.method {
            Some(_) => credentials(&self.request, url.as_deref()),
            None => Credentials::Unknown,
        };
        let body = self.body.trim_end().to_owned();
        // curl writes its own note on the last line of the body
        let body = body.find("* Connection #").and_then(|at| body.get(..at)).unwrap_or(&body).trim_end().to_owned();
        match command.filter(|_| self.method.is_none()) {
            Some(command) => Capture {
                method: Some(command.method.clone()),
                url: Some(command.url.clone()),
                credentials: command.credentials.clone(),
                scheme: command.scheme.clone(),
                fault: command.fault.clone(),
                is_trimmed: false,
                scheme_is_guessed: false,
                status: self.status.unwrap_or_default(),
                headers: self.headers,
                body: body.into_bytes(),
            },
            None => Capture {
                scheme: scheme(&self.request),
                fault: fault(&self.request),
                is_trimmed: !self.request.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")),
                scheme_is_guessed: transport.is_guessed,
                method: self.method,
                url,
                credentials: sent,
                status: self.status.unwrap_or_default(),
                headers: self.headers,
                body: body.into_bytes(),
            },
        }
    }
}

/// Splits a line of `curl -v` into its mark and content. Progress output counts as marked by `*`.
fn marked(line: &str) -> (Option<char>, &str) {
    let notes = ["} [", "{ ["].iter().any(|start| line.starts_with(start)) && line.ends_with("data]");
    if notes || line.contains("--:--:--") || line.starts_with("  % Total") || line.trim_start().starts_with("Dload") {
        return (Some('*'), "");
    }
    for mark in ['>', '<', '*'] {
        if let Some(rest) = line.strip_prefix(mark) {
            if rest.is_empty() {
                return (Some(mark), "");
            }
            if let Some(content) = rest.strip_prefix(' ') {
                return (Some(mark), content);
            }
        }
    }
    (None, line)
}

/// Parses `HTTP/1.1 403 Forbidden`.
fn status_line(line: &str) -> Option<u16> {
    let rest = line.strip_prefix("HTTP/")?;
    let (version, rest) = rest.split_once(' ')?;
    let status = rest.get(..3)?.parse().ok().filter(|status| (100..600).contains(status))?;
    let plain = version.len() <= 3 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then_some(status)
}

/// Parses `GET /path HTTP/1.1`.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let (method, rest) = line.split_once(' ')?;
    let (target, version) = rest.rsplit_once(' ')?;
    let is_method = (3..=16).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_method && version.starts_with("HTTP/") && !target.contains(' ')).then_some((method, target))
}

/// Adds a header field; a line that starts with white space continues the previous field (RFC 9112 section 5.2).
fn field(fields: &mut Vec<(String, String)>, line: &str) {
    if line.starts_with([' ', '\t']) {
        if let Some((_, value)) = fields.last_mut() {
            value.push(' ');
            value.push_str(line.trim());
        }
    } else if let Some((name, value)) = line.split_once(':')
        && fields.len() < MAX_FIELDS
    {
        fields.push((name.trim().to_owned(), value.trim().to_owned()));
    }
}

/// The `curl` command before a response: `$ curl -i -X POST https://…`.
struct Command {
    method: String,
    url: String,
    credentials: Credentials,
    scheme: Option<String>,
    fault: Option<AuthorizationFault>,
}

impl Command {
    fn read(text: &str) -> Option<Self> {
        let (_, arguments) = text.split_once("curl ").or_else(|| text.split_once("curl.exe "))?;
        let words = words(arguments);
        let url = words.iter().find(|word| word.starts_with("https://") || word.starts_with("http://"))?.clone();
        let after = |options: &[&str]| {
            let at = words.iter().position(|word| options.contains(&word.as_str()))?;
            words.get(at + 1).cloned()
        };
        let has_body = words.iter().any(|word| word.starts_with("--data") || word == "-d" || word == "--json");
        let method = after(&["-X", "--request"]).unwrap_or_else(|| if has_body { "POST" } else { "GET" }.to_owned());
        let mut headers = Vec::new();
        for (option, value) in words.iter().zip(words.iter().skip(1)) {
            if matches!(option.as_str(), "-H" | "--header") {
                field(&mut headers, value);
            }
        }
        let credentials = match credentials(&headers, Some(&url)) {
            Credentials::None if words.iter().any(|word| word == "--oauth2-bearer" || word == "-u") => {
                Credentials::Hidden
            }
            sent => sent,
        };
        // a shell replaces variables, except in single quotes
        let is_literal = text.contains("'Authorization: ") || !text.contains(['$', '%']);
        let fault = fault(&headers).filter(|_| is_literal);
        Some(Self { method, url, credentials, scheme: scheme(&headers), fault })
    }
}

/// Splits a command into words, without quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut begun = false;
    for character in text.chars() {
        match (quote, character) {
            (Some(open), character) if character == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                begun = true;
            }
            (None, character) if character.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (_, character) => {
                word.push(character);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}
