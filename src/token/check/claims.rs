//! Checks of claims: types, required and forbidden claims, audience, issuer.

use crate::diagnostic::Diagnostic;
use crate::text::international_host;
use crate::token::findings::{
    AUDIENCE_WILDCARD, CLAIM_FORBIDDEN, CLAIM_MALFORMED, CLAIM_MISSING, ISSUER_NOT_ASCII, ISSUER_NOT_HTTPS, NO_AUDIENCE,
};
use crate::token::provider::Habit;
use crate::token::{Decoded, Json};

/// The type of a claim.
enum Type {
    String,
    StringOrArray,
    Object,
}

/// Types of claims by RFC 7519 §4.1, RFC 8693 §4.2 and RFC 7800 §3.1. Common deviations, such as an array in `scope`,
/// are tolerated.
const TYPES: &[(&str, Type)] = &[
    ("iss", Type::String),
    ("sub", Type::String),
    ("jti", Type::String),
    ("client_id", Type::String),
    ("azp", Type::String),
    ("aud", Type::StringOrArray),
    ("scope", Type::StringOrArray),
    ("scp", Type::StringOrArray),
    ("cnf", Type::Object),
    ("act", Type::Object),
];

pub(super) fn check(claims: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    for (name, kind) in TYPES {
        if let Some(value) = claims.get(name)
            && !kind.fits(value)
        {
            let message = format!("`{name}` must be {}: {value}", kind.words());
            findings.push(Diagnostic::new(&CLAIM_MALFORMED, message));
        }
    }
    profile(claims, decoded, findings);
    audience(claims, decoded, findings);
    let is_name = decoded.provider.is_some_and(|provider| provider.has(Habit::IssuerIsName));
    let found = claims.get("iss").and_then(Json::as_str).and_then(issuer);
    findings.extend(found.filter(|finding| !(is_name && finding.code == &ISSUER_NOT_HTTPS)));
}

impl Type {
    fn fits(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::String | Self::StringOrArray, Json::String(_)) | (Self::Object, Json::Object(_)) => true,
            (Self::StringOrArray, Json::Array(items)) => items.iter().all(|item| item.as_str().is_some()),
            _ => false,
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::StringOrArray => "a string or an array of strings",
            Self::Object => "an object",
        }
    }
}

/// Claims that are required and forbidden for the kind of token.
fn profile(claims: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    // a truncated token may have had more claims
    let Some(named) = decoded.purpose.as_ref().filter(|_| decoded.has_all_claims()) else { return };
    let purpose = named.purpose;
    let has_own_finding = |name: &str| match name {
        "exp" => !purpose.is_lasting(),
        "aud" => purpose.is_for_someone(),
        _ => false,
    };
    let missing = purpose.required.iter().copied().filter(|name| claims.get(name).is_none());
    let missing: Vec<&str> = missing.filter(|name| !has_own_finding(name)).collect();
    if !missing.is_empty() {
        let message = format!("{} requires {} ({})", named.meaning(), list(&missing), purpose.source);
        findings.push(Diagnostic::new(&CLAIM_MISSING, message));
    }
    let present: Vec<&str> = purpose.forbidden.iter().copied().filter(|name| claims.get(name).is_some()).collect();
    if !present.is_empty() {
        let message = format!("{} must not have {} ({})", named.meaning(), list(&present), purpose.source);
        findings.push(Diagnostic::new(&CLAIM_FORBIDDEN, message));
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn audience(claims: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    let for_someone = decoded.purpose.as_ref().is_none_or(|named| named.purpose.is_for_someone());
    let by_design = decoded.provider.is_some_and(|provider| provider.has(Habit::NoAudience));
    let empty = match claims.get("aud") {
        None => true,
        Some(Json::String(text)) => text.is_empty(),
        Some(Json::Array(items)) => items.is_empty(),
        Some(_) => false,
    };
    if empty && for_someone && !by_design && decoded.has_all_claims() {
        let message = "the token has no audience (`aud`): any API that trusts its issuer may accept it";
        findings.push(Diagnostic::new(&NO_AUDIENCE, message));
    }
    let wild = |value: &Json| value.as_str() == Some("*");
    let is_wild = match claims.get("aud") {
        Some(Json::Array(items)) => items.iter().any(wild),
        Some(value) => wild(value),
        None => false,
    };
    if is_wild {
        findings.push(Diagnostic::new(&AUDIENCE_WILDCARD, "the audience is a wildcard (`aud` is `*`)"));
    }
}

fn issuer(issuer: &str) -> Option<Diagnostic> {
    if let Some(host) = international_host(issuer) {
        let message = format!("the host of the issuer `{issuer}` is `{host}` in ASCII: it may imitate another host");
        return Some(Diagnostic::new(&ISSUER_NOT_ASCII, message));
    }
    let rest = issuer.strip_prefix("http://")?;
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let local = matches!(host, "localhost" | "127.0.0.1") || host.ends_with(".localhost") || rest.starts_with("[::1]");
    (!local).then(|| {
        let message =
            format!("the issuer `{issuer}` does not use TLS: an attacker on the network can replace its keys");
        Diagnostic::new(&ISSUER_NOT_HTTPS, message)
    })
}
