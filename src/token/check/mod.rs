//! What is wrong or odd about a token: one file for each thing that is looked at. Nothing here is noise: an ordinary
//! token of a well-known issuer has no finding at all.

mod claims;
mod header;
mod scopes;
mod text;
mod times;

use jiff::Timestamp;

use super::findings::{ID_TOKEN_AS_ACCESS_TOKEN, MEMBER_DUPLICATE, TOKEN_LARGE, TOKEN_NOT_AS_GIVEN};
use super::{Decoded, Json, LeftOut, Payload, Policy};
use crate::diagnostic::Diagnostic;

/// What fits into a header line of 8 KB after `Authorization: Bearer `.
const MOST_HEADER: usize = 8192 - 22;

/// How many findings of one kind are listed one by one.
const MOST_ALIKE: usize = 8;

/// Adds what is wrong with the header and the claims.
pub(super) fn check(decoded: &mut Decoded, now: Timestamp, policy: Policy) {
    let mut findings = Vec::new();
    header::check(decoded, &mut findings);
    if let Some(header) = &decoded.header {
        duplicates(header, "header parameter", &mut findings);
    }
    // claims from a token inside have been looked at there
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

/// Adds that a token is too large for a header, if it is.
pub(super) fn size(length: usize, decoded: &mut Decoded) {
    if length > MOST_HEADER {
        let message = format!("the token has {length} bytes: many servers refuse a header line of more than 8 KB");
        decoded.findings.push(Diagnostic::new(&TOKEN_LARGE, message));
    }
}

/// That something was left out of the text that the token was found in.
#[must_use]
pub fn not_as_given(left_out: LeftOut) -> Diagnostic {
    let message = format!("{left_out} was left out to read the token: strict readers refuse the text as it was given");
    Diagnostic::new(&TOKEN_NOT_AS_GIVEN, message)
}

/// What is wrong about a token that came as `Bearer` in a request.
#[must_use]
pub fn used_as_access_token(decoded: &Decoded) -> Option<Diagnostic> {
    let named = decoded.purpose.as_ref().filter(|named| named.purpose.name == "id-token")?;
    let message = format!("this is an ID token ({}), and it was sent where an access token belongs", named.because);
    Some(Diagnostic::new(&ID_TOKEN_AS_ACCESS_TOKEN, message).help("send the `access_token` of the same response"))
}

/// Names that occur twice in an object, or in any object inside it.
fn duplicates(value: &Json, what: &str, findings: &mut Vec<Diagnostic>) {
    let mut doubled = Vec::new();
    collect_duplicates(value, &mut doubled);
    for name in doubled.iter().take(MOST_ALIKE) {
        let message = format!("the {what} `{name}` occurs more than once: readers differ in which one they take");
        findings.push(Diagnostic::new(&MEMBER_DUPLICATE, message));
    }
    if doubled.len() > MOST_ALIKE {
        let message = format!("{} more names occur more than once", doubled.len() - MOST_ALIKE);
        findings.push(Diagnostic::new(&MEMBER_DUPLICATE, message));
    }
}

fn collect_duplicates<'j>(value: &'j Json, doubled: &mut Vec<&'j str>) {
    match value {
        Json::Object(members) => {
            let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            let mut pairs: Vec<&str> = names
                .windows(2)
                .filter(|pair| pair.first() == pair.last())
                .filter_map(|pair| pair.first().copied())
                .collect();
            pairs.dedup();
            doubled.extend(pairs);
            for (_, value) in members {
                collect_duplicates(value, doubled);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect_duplicates(item, doubled)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
