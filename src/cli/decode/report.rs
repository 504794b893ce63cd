//! Text report of `tokscope decode`.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::Verification;
use crate::app::{LoadedToken, report};
use crate::cli::print::{Paint, Streams, pad};
use crate::text::visible;
use crate::token::{
    Decoded, Description, Disclosure, Explanation, Granted, Opaque, Payload, Serialization, TokenKind, explain_claims,
    explain_header,
};

/// Maximum widths of the columns for names and values.
const WIDEST: report::Columns = report::Columns { name: 24, value: 44 };

/// Prints the whole report.
pub(in crate::cli) fn report(token: &LoadedToken, verification: &Verification, now: Timestamp, streams: &mut Streams) {
    let decoded = &token.decoded;
    for line in report::summary(&token.summary(now)) {
        streams.report(&line);
    }
    section("kind", &kind(decoded), streams);
    table("header", &token.header(), streams);
    for (number, further) in (2..).zip(&decoded.further_signatures) {
        table(&format!("header of signature {number}"), &explain_header(&further.header), streams);
    }
    let title = if decoded.disclosed.is_some() { "claims, including disclosures" } else { "claims" };
    table(title, &token.claims(now), streams);
    section("payload", payload(decoded).as_slice(), streams);
    section("disclosures", &disclosures(decoded), streams);
    if let Some(binding) = &decoded.key_binding {
        table("key binding", &explain_claims(binding, now), streams);
    }
    if let Some(opaque) = &decoded.opaque {
        section("opaque token", &known(opaque), streams);
    }
    if let Some(inner) = &decoded.inner {
        section("token inside", &kind(inner), streams);
        table("header of the token inside", &inner.header.as_ref().map(explain_header).unwrap_or_default(), streams);
        // the claims of a nested JWT were shown above
        if decoded.claims().is_none() {
            table("claims of the token inside", &explain_claims(inner, now), streams);
        }
    }
    if let Some(granted) = &token.granted {
        sourced("scopes", granted, streams);
    }
    let roles = token.roles();
    if !roles.0.is_empty() {
        sourced("roles, which are not scopes", &roles, streams);
    }
    section("signature", &verification.lines, streams);
    let mut findings = decoded.all_findings().peekable();
    if findings.peek().is_some() {
        heading("findings", streams);
    }
    for line in findings.flat_map(report::finding) {
        streams.report(&line.prefixed("  "));
    }
}

/// Describes the purpose, the form and the issuing product of a token.
fn kind(decoded: &Decoded) -> Vec<String> {
    let form = match (decoded.kind, decoded.serialization) {
        _ if decoded.description.is_some_and(Description::is_response) => {
            return decoded.description.map(|description| description.meaning().to_owned()).into_iter().collect();
        }
        (TokenKind::Opaque, _) => return vec!["opaque token, not a JWT".to_owned()],
        (TokenKind::Jws, Serialization::Compact) => "JWS",
        (TokenKind::Jws, Serialization::JsonFlattened) => "JWS in flattened JSON serialization",
        (TokenKind::Jws, Serialization::JsonGeneral) => "JWS in general JSON serialization",
        (TokenKind::Jwe, Serialization::Compact) => "JWE",
        (TokenKind::Jwe, Serialization::JsonFlattened) => "JWE in flattened JSON serialization",
        (TokenKind::Jwe, Serialization::JsonGeneral) => "JWE in general JSON serialization",
        (TokenKind::SdJwt, Serialization::Compact) => "SD-JWT",
        (TokenKind::SdJwt, Serialization::JsonFlattened) => "SD-JWT in flattened JSON serialization",
        (TokenKind::SdJwt, Serialization::JsonGeneral) => "SD-JWT in general JSON serialization",
    };
    let purpose = match &decoded.purpose {
        Some(detected) => format!("{}, because {}", detected.meaning(), detected.reason),
        None => "a token of unknown purpose".to_owned(),
    };
    let mut lines = vec![purpose, form.to_owned()];
    lines.extend(decoded.description.map(|description| format!("the input is {}", description.meaning())));
    lines.extend(decoded.provider.map(|provider| format!("provider: {}", provider.title)));
    lines
}

fn payload(decoded: &Decoded) -> Option<String> {
    match &decoded.payload {
        Payload::Text(_) if decoded.inner.is_some() => None,
        Payload::Json(value) => Some(value.to_string()),
        Payload::Text(text) => Some(text.clone()),
        Payload::Bytes(bytes) => Some(format!("{} bytes, not text", bytes.len())),
        Payload::Encrypted(length) => Some(format!("{length} bytes, encrypted: only the recipient can read them")),
        Payload::Claims(_) | Payload::Absent => None,
    }
}

fn disclosures(decoded: &Decoded) -> Vec<String> {
    let one = |disclosure: &Disclosure| {
        let path = disclosure.path.as_deref().unwrap_or("no matching digest");
        format!("{path}  {}", disclosure.value)
    };
    decoded.disclosures.iter().map(one).collect()
}

fn known(opaque: &Opaque) -> Vec<String> {
    let checksum = opaque.checksum.map(|fits| if fits { "checksum: right" } else { "checksum: wrong" });
    let mut lines = vec![format!("{}: {}", opaque.issuer, opaque.what)];
    lines.extend(checksum.map(str::to_owned));
    lines.extend(opaque.facts.iter().map(|(name, value)| format!("{name}: {value}")));
    lines
}

fn heading(name: &str, streams: &mut Streams) {
    let heading = streams.paint(Paint::Bold, name);
    streams.line("");
    streams.line(heading);
}

/// Prints scopes or roles, each with its source.
fn sourced(name: &str, granted: &Granted, streams: &mut Streams) {
    heading(name, streams);
    let width = granted.0.iter().map(|granted| visible(granted.scope.as_str()).width()).max().unwrap_or_default();
    for granted in &granted.0 {
        let scope = pad(&visible(granted.scope.as_str()), width);
        let place = streams.paint(Paint::Dim, format_args!("{}", granted.place));
        streams.line(format_args!("  {scope}  {place}"));
    }
}

fn section(name: &str, lines: &[String], streams: &mut Streams) {
    if !lines.is_empty() {
        heading(name, streams);
    }
    for line in lines {
        streams.line(format_args!("  {}", visible(line)));
    }
}

fn table(name: &str, rows: &[Explanation], streams: &mut Streams) {
    if rows.is_empty() {
        return;
    }
    heading(name, streams);
    for line in report::explanations(rows, WIDEST) {
        streams.report(&line.prefixed("  "));
    }
}
