//! Decoding: detects the form of a token, reads it, and checks it.

use std::time::Duration;

use jiff::Timestamp;

use super::findings::{
    PAYLOAD_NO_CLAIMS, SCOPE_BROAD, SCOPE_WILDCARD, TOKEN_DESCRIBED, TOKEN_ENCRYPTED, TOKEN_EXPIRED,
    TOKEN_NOT_YET_VALID, TOKEN_TRUNCATED,
};
use super::input::{Input, shortened};
use super::{Decoded, MOST_BYTES, Payload, Serialization, TokenKind, check, opaque, provider, purpose, read};
use crate::diagnostic::Diagnostic;

/// Maximum depth of tokens inside tokens.
const MOST_NESTED: usize = 3;

/// Limits for tokens that users can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Longest time from `iat` to `exp` without a finding.
    pub max_lifetime: Duration,
    /// Maximum size of a token in bytes: see [`detect_within`](super::detect_within).
    pub max_bytes: usize,
}

impl Default for Policy {
    /// 28 hours: the longest default lifetime of a large provider (Entra with continuous access evaluation).
    fn default() -> Self {
        Self { max_lifetime: Duration::from_hours(28), max_bytes: MOST_BYTES }
    }
}

/// Decodes a token. Never fails: the findings report what can't be read. `now` is the time for findings about time.
#[must_use]
pub fn decode(token: &str, now: Timestamp) -> Decoded {
    decode_with(token, now, Policy::default())
}

/// Decodes a token with the given limits.
#[must_use]
pub fn decode_with(token: &str, now: Timestamp, policy: Policy) -> Decoded {
    nested(token, now, policy, 0)
}

fn nested(token: &str, now: Timestamp, policy: Policy, depth: usize) -> Decoded {
    let token = token.trim();
    if let Some(start) = shortened(token) {
        let mut decoded = nested(start, now, policy, depth);
        decoded.whole = false;
        decoded.payload_whole = false;
        decoded.findings.retain(|finding| finding.code != &TOKEN_TRUNCATED);
        let message = "the token was shortened: a part of it was replaced by `...`";
        decoded.findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message).help("copy the whole token, not its preview"));
        return decoded;
    }
    let read = match token {
        text if text.starts_with('{') => read::json(text),
        text if text.contains('~') => read::sd_jwt(text).or_else(|| read::compact(text)),
        text => read::compact(text),
    };
    let Some(decoded) = read else {
        let mut decoded = opaque::read(token);
        // the token inside is internal to the issuer: it is shown, but not checked
        decoded.inner.iter_mut().for_each(|inner| classify(inner));
        return decoded;
    };
    let mut decoded = checked(decoded, token.len(), now, policy, depth);
    check::forgeable(token, &mut decoded);
    decoded
}

/// Decodes the token that was found in an input, or what the input says about it.
#[must_use]
pub fn decode_input(input: &Input, now: Timestamp, policy: Policy) -> Decoded {
    let text = input.token.expose();
    let Some(described) = &input.described else { return decode_with(text, now, policy) };
    let mut decoded = Decoded::new(TokenKind::Jws, Serialization::Compact);
    decoded.header.clone_from(&described.header);
    decoded.payload = Payload::Claims(described.claims.clone());
    decoded.description = Some(described.description);
    classify(&mut decoded);
    check::check(&mut decoded, now, policy);
    if described.description.is_response() {
        // the rules for claims do not apply to the members of a response
        let of_any_token = [&TOKEN_EXPIRED, &TOKEN_NOT_YET_VALID, &SCOPE_BROAD, &SCOPE_WILDCARD];
        decoded.findings.retain(|finding| of_any_token.contains(&finding.code));
    }
    let message = format!("the input is {}: nothing can be verified", described.description.meaning());
    decoded.findings.insert(0, Diagnostic::new(&TOKEN_DESCRIBED, message));
    decoded
}

/// Decodes an encrypted token, with its plaintext as payload (see [`decrypt`](super::decrypt)).
#[must_use]
pub fn decode_decrypted(token: &str, plain: &[u8], now: Timestamp, policy: Policy) -> Decoded {
    let token = token.trim();
    let read = if token.starts_with('{') { read::json(token) } else { read::compact(token) };
    let Some(mut decoded) = read else { return decode_with(token, now, policy) };
    decoded.findings.retain(|finding| finding.code != &TOKEN_ENCRYPTED);
    read::plain(plain, &mut decoded);
    checked(decoded, token.len(), now, policy, 0)
}

/// Completes a token with the token inside, its kind and its findings.
fn checked(mut decoded: Decoded, length: usize, now: Timestamp, policy: Policy, depth: usize) -> Decoded {
    if let Payload::Text(text) = &decoded.payload
        && depth < MOST_NESTED
        && text.starts_with("ey")
    {
        let inner = nested(text, now, policy, depth + 1);
        if inner.kind != TokenKind::Opaque {
            decoded.findings.retain(|finding| finding.code != &PAYLOAD_NO_CLAIMS);
            decoded.whole &= inner.whole;
            decoded.inner = Some(Box::new(inner));
        }
    }
    if let Some(binding) = &mut decoded.key_binding {
        classify(binding);
        check::check(binding, now, policy);
        decoded.whole &= binding.whole;
    }
    judge(&mut decoded, length, now, policy);
    decoded
}

/// Adds the kind, the product of the issuer and the findings of a token whose parts have been read.
fn judge(decoded: &mut Decoded, length: usize, now: Timestamp, policy: Policy) {
    classify(decoded);
    check::check(decoded, now, policy);
    check::size(length, decoded);
}

/// Replaces the findings of a JWS in compact serialization, whose parts were read without a finding.
pub(super) fn judge_read(token: &str, decoded: &mut Decoded, now: Timestamp, policy: Policy) {
    decoded.findings.clear();
    judge(decoded, token.len(), now, policy);
    check::forgeable(token, decoded);
}

/// Detects the kind of a token and the product of its issuer.
fn classify(decoded: &mut Decoded) {
    decoded.provider = decoded.claims().and_then(provider::detect);
    let of_issuer = decoded.provider.and_then(|provider| Some((provider.title, provider.purpose?)));
    decoded.purpose = purpose::detect(decoded.header.as_ref(), decoded.claims(), decoded.has_all_claims(), of_issuer);
}

#[cfg(test)]
mod tests;
