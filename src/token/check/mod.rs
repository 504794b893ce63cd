//! Checks of a decoded token, one file per subject. An ordinary token of a well-known issuer has no findings.

mod claims;
mod forgeable;
mod header;
mod scopes;
mod text;
mod times;

use jiff::Timestamp;

pub(super) use self::forgeable::check as forgeable;
pub(super) use self::text::{is_secret, is_secret_name};

use super::findings::{ID_TOKEN_AS_ACCESS_TOKEN, MEMBER_DUPLICATE, TOKEN_LARGE, TOKEN_NOT_AS_GIVEN};
use super::names::NameBits;
use super::{Decoded, Json, LeftOut, Payload, Policy};
use crate::diagnostic::Diagnostic;

/// Bytes of a token that fit into a header line of 8 KB after `Authorization: Bearer `.
const MOST_HEADER: usize = 8192 - 22;

/// Most findings of the same kind that are listed individually.
const MOST_ALIKE: usize = 8;

/// Most names of an object that are compared pair by pair.
const MOST_COMPARED: usize = 64;

/// Adds the findings about the header and the claims.
pub(super) fn check(decoded: &mut Decoded, now: Timestamp, policy: Policy) {
    let mut findings = Vec::new();
    header::check(decoded, &mut findings);
    if let Some(header) = &decoded.header {
        duplicates(header, "header parameter", &mut findings);
    }
    // the claims of a nested token were checked when it was decoded
    if let Payload::Claims(signed) = &decoded.payload {
        let claims = decoded.claims().unwrap_or(signed);
        duplicates(signed, "claim", &mut findings);
        times::check(claims, decoded, now, policy, &mut findings);
        claims::check(claims, decoded, &mut findings);
        scopes::check(claims, decoded, &mut findings);
        text::check(claims, decoded, &mut findings);
    }
    decoded.findings.extend(findings);
}

/// Adds a finding if the token is too large for a header.
pub(super) fn size(length: usize, decoded: &mut Decoded) {
    if length > MOST_HEADER {
        let message = format!("the token has {length} bytes: many servers reject header lines of more than 8 KB");
        decoded.findings.push(Diagnostic::new(&TOKEN_LARGE, message));
    }
}

/// Returns a finding that something was removed from the input to read the token.
#[must_use]
pub fn not_as_given(left_out: LeftOut) -> Diagnostic {
    let message = format!("{left_out} was removed to read the token: strict parsers reject the input");
    Diagnostic::new(&TOKEN_NOT_AS_GIVEN, message)
}

/// Returns a finding if a token that was sent to an API is not an access token.
#[must_use]
pub fn used_as_access_token(decoded: &Decoded) -> Option<Diagnostic> {
    let named = decoded.purpose.as_ref().filter(|named| named.purpose.name == "id-token")?;
    let message = format!("an ID token ({}) was sent as an access token", named.reason);
    Some(Diagnostic::new(&ID_TOKEN_AS_ACCESS_TOKEN, message).help("send the `access_token` of the same response"))
}

/// Adds a finding for each name that occurs twice in an object, at any depth.
fn duplicates(value: &Json, what: &str, findings: &mut Vec<Diagnostic>) {
    let mut doubled = Vec::new();
    collect_duplicates(value, &mut doubled);
    for name in doubled.iter().take(MOST_ALIKE) {
        let message = format!("the {what} `{name}` occurs more than once: parsers differ in which value they use");
        findings.push(Diagnostic::new(&MEMBER_DUPLICATE, message));
    }
    if doubled.len() > MOST_ALIKE {
        let message = format!("{} other names occur more than once", doubled.len() - MOST_ALIKE);
        findings.push(Diagnostic::new(&MEMBER_DUPLICATE, message));
    }
}

fn collect_duplicates<'j>(value: &'j Json, doubled: &mut Vec<&'j str>) {
    match value {
        Json::Object(members) => {
            if may_repeat(members) {
                let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                let mut pairs: Vec<&str> = names
                    .windows(2)
                    .filter(|pair| pair.first() == pair.last())
                    .filter_map(|pair| pair.first().copied())
                    .collect();
                pairs.dedup();
                doubled.extend(pairs);
            }
            for (_, value) in members {
                collect_duplicates(value, doubled);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect_duplicates(item, doubled)),
        _ => {}
    }
}

/// Returns false if no name occurs twice, found without allocating.
fn may_repeat(members: &[(String, Json)]) -> bool {
    let mut seen = NameBits::default();
    let repeats = |(index, (name, _)): (usize, &(String, Json))| {
        let bit = NameBits::of(name);
        let may_be_seen = seen.may_have_any(bit);
        seen = [seen, bit].into_iter().collect();
        may_be_seen && members.iter().take(index).any(|(earlier, _)| earlier == name)
    };
    members.len() > MOST_COMPARED || members.iter().enumerate().any(repeats)
}

#[cfg(test)]
mod tests;
