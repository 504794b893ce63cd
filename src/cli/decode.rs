//! `tokscope decode`: what a token says.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::arguments::read_token;
use super::print::{Paint, Streams, json_findings, json_object, json_text, pad, severity_paint};
use crate::text::visible;
use crate::token::{Decoded, Explained, Json, Kind as TokenKind, Payload};
use crate::workspace::{Error, HeldToken, Kind};

/// Say what a token says: nothing is verified, and nothing leaves this machine
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The token may come bare, as `Bearer …`, as an `Authorization:` line, in quotes, as a token response in JSON, or
inside a `curl` command.

Examples:
  tokscope decode eyJhbGciOi…
  pbpaste | tokscope decode --json
  tokscope decode --claim exp < token.txt")]
pub(super) struct Arguments {
    /// The token; `-` or nothing: standard input
    #[arg(value_name = "TOKEN|-", allow_hyphen_values = true)]
    token: Option<String>,
    /// As JSON (tokscope.decode/v1)
    #[arg(long, conflicts_with_all = ["claim", "header", "payload"])]
    json: bool,
    /// Only this claim: text as it is, anything else as JSON; `/realm_access/roles` reaches inside (RFC 6901)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["header", "payload"])]
    claim: Option<String>,
    /// Only the JOSE header, as JSON
    #[arg(long, conflicts_with = "payload")]
    header: bool,
    /// Only the payload: claims as JSON, anything else as it is
    #[arg(long)]
    payload: bool,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<Kind>, Error> {
    let now = Timestamp::now();
    let token = read_token(arguments.token.as_deref(), now)?;
    let decoded = &token.decoded;
    if let Some(name) = &arguments.claim {
        let value = decoded.claims().and_then(|claims| reach(claims, name));
        part(value, &format!("the token has no claim `{name}`"), decoded, streams)?;
    } else if arguments.header {
        part(decoded.header.as_ref(), "the token has no header that can be read", decoded, streams)?;
    } else if arguments.payload {
        payload(decoded, streams)?;
    } else if arguments.json {
        streams.json(&document(&token));
    } else {
        report(&token, now, streams);
    }
    Ok((!decoded.whole).then_some(Kind::TokenUnusable))
}

/// A claim by its name or, when it begins with a slash and there is no such name, by JSON pointer (RFC 6901).
fn reach<'j>(claims: &'j Json, name: &str) -> Option<&'j Json> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    name.strip_prefix('/')?.split('/').try_fold(claims, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match value {
            Json::Array(items) => items.get(step.parse::<usize>().ok()?),
            value => value.get(&step),
        }
    })
}

fn part(value: Option<&Json>, absent: &str, decoded: &Decoded, streams: &mut Streams) -> Result<(), Error> {
    match value {
        Some(Json::String(text)) => streams.line(visible(text)),
        Some(value) => streams.json(value),
        None => return Err(nothing(absent, decoded)),
    }
    Ok(())
}

fn payload(decoded: &Decoded, streams: &mut Streams) -> Result<(), Error> {
    match &decoded.payload {
        Payload::Claims(value) | Payload::Json(value) => streams.json(value),
        Payload::Text(text) => streams.body(text.as_bytes()),
        Payload::Bytes(bytes) => streams.body(bytes),
        Payload::Encrypted(_) => return Err(nothing("the payload is encrypted", decoded)),
        Payload::Absent => return Err(nothing("the token has no payload that can be read", decoded)),
    }
    Ok(())
}

/// A part that isn't there: the token's fault when it can't be read, else nobody's.
fn nothing(absent: &str, decoded: &Decoded) -> Error {
    let kind = if decoded.claims().is_some() && decoded.whole { Kind::Failed } else { Kind::TokenUnusable };
    let error = Error::new(kind, absent);
    decoded.findings.iter().fold(error, |error, finding| error.hint(finding.message.clone()))
}

/// `tokscope.decode/v1`
pub(super) fn document(token: &HeldToken) -> Json {
    let decoded = &token.decoded;
    let payload = match &decoded.payload {
        Payload::Json(value) => value.clone(),
        Payload::Text(text) => json_text(text),
        _ => Json::Null,
    };
    let granted = token.granted.as_ref().map(|granted| {
        let one = |granted: &crate::token::GrantedScope| {
            json_object([("scope", json_text(&granted.scope)), ("place", json_text(&granted.place))])
        };
        Json::Array(granted.0.iter().map(one).collect())
    });
    let scopes = token.granted.iter().flat_map(|granted| &granted.0);
    json_object([
        ("schema", json_text("tokscope.decode/v1")),
        ("kind", json_text(decoded.kind.as_str())),
        ("whole", Json::Bool(decoded.whole)),
        ("header", decoded.header.clone().unwrap_or(Json::Null)),
        ("claims", decoded.claims().cloned().unwrap_or(Json::Null)),
        ("payload", payload),
        ("scopes", Json::Array(scopes.map(|granted| json_text(&granted.scope)).collect())),
        ("granted", granted.unwrap_or(Json::Null)),
        ("findings", json_findings(&decoded.findings)),
        ("verification", json_object([("status", json_text("not-checked")), ("checks", Json::Array(Vec::new()))])),
    ])
}

/// The whole report as text.
pub(super) fn report(token: &HeldToken, now: Timestamp, streams: &mut Streams) {
    let decoded = &token.decoded;
    let summary = token.summary(now);
    for (label, line) in
        [("for", &summary.whom), ("by", &summary.issuer), ("may", &summary.what), ("until", &summary.until)]
    {
        let label = streams.paint(Paint::Bold, format_args!("{label:<6}"));
        streams.line(format_args!("{label} {}", visible(line)));
    }
    table("header", &token.header(), streams);
    table("claims", &token.claims(now), streams);
    match &decoded.payload {
        Payload::Json(value) => section_line("payload", &value.to_string(), streams),
        Payload::Text(text) => section_line("payload", text, streams),
        Payload::Bytes(bytes) => section_line("payload", &format!("{} bytes that are no text", bytes.len()), streams),
        Payload::Encrypted(length) => {
            section_line("payload", &format!("{length} bytes, encrypted: only its recipient can read them"), streams);
        }
        Payload::Claims(_) | Payload::Absent => {}
    }
    if let Some(granted) = &token.granted {
        heading("scopes", streams);
        let width = granted.0.iter().map(|granted| visible(granted.scope.as_str()).width()).max().unwrap_or_default();
        for granted in &granted.0 {
            let scope = pad(&visible(granted.scope.as_str()), width);
            let place = streams.paint(Paint::Dim, format_args!("from the {}", granted.place));
            streams.line(format_args!("  {scope}  {place}"));
        }
    }
    if decoded.kind == TokenKind::Jws {
        let signature = match decoded.signature.len() {
            0 => "none: anyone could have written this token".to_owned(),
            length => format!("{length} bytes, not checked"),
        };
        section_line("signature", &signature, streams);
    }
    if !decoded.findings.is_empty() {
        heading("findings", streams);
        for finding in &decoded.findings {
            let label = streams.paint(
                severity_paint(finding.severity()),
                format_args!("{}[{}]", finding.severity(), finding.code.name),
            );
            streams.line(format_args!("  {label}: {}", visible(&finding.message)));
            if let Some(help) = &finding.help {
                streams.line(format_args!("    help: {}", visible(help)));
            }
        }
    }
}

fn heading(name: &str, streams: &mut Streams) {
    let heading = streams.paint(Paint::Bold, name);
    streams.line("");
    streams.line(heading);
}

fn section_line(name: &str, text: &str, streams: &mut Streams) {
    heading(name, streams);
    streams.line(format_args!("  {}", visible(text)));
}

/// Names, values and words in columns. A value that is wider than its column pushes only its own words aside.
pub(super) fn table(name: &str, rows: &[Explained], streams: &mut Streams) {
    if rows.is_empty() {
        return;
    }
    heading(name, streams);
    let rows: Vec<[String; 3]> =
        rows.iter().map(|row| [&row.name, &row.value, &row.words].map(|text| visible(text).into_owned())).collect();
    let width = |column: usize, most: usize| {
        let widths = rows.iter().filter_map(|row| row.get(column)).map(|text| text.width());
        widths.filter(|width| *width <= most).max().unwrap_or_default()
    };
    let (names, values) = (width(0, 24), width(1, 44));
    for [name, value, words] in &rows {
        let words = streams.paint(Paint::Dim, words);
        let line = format!("  {}  {}  {words}", pad(name, names), pad(value, values));
        streams.line(line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_reached_by_name_first_and_by_pointer_second() {
        let claims = Json::parse(r#"{"/a":1,"a":{"b/c":[true,"x"]},"https://example.com/role":"r"}"#).unwrap();
        for (name, found) in [
            ("/a", Some("1")),
            ("/a/b~1c/1", Some("\"x\"")),
            ("/a/b~1c/7", None),
            ("https://example.com/role", Some("\"r\"")),
            ("b", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(reach(&claims, name).map(ToString::to_string).as_deref(), found, "{name}");
        }
    }
}
