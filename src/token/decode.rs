//! Decoding: recognises the form of a token, reads it, and looks for what is wrong with it.

use std::time::Duration;

use jiff::Timestamp;

use super::findings::{PAYLOAD_NO_CLAIMS, TOKEN_ENCRYPTED};
use super::{Decoded, Kind, MOST_BYTES, Payload, check, opaque, provider, purpose, read};

/// How deep tokens inside tokens are followed.
const MOST_NESTED: usize = 3;

/// What is a matter of opinion about tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The longest time from `iat` to `exp` that is no finding.
    pub max_lifetime: Duration,
    /// The most bytes of a token: see [`recognise_within`](super::recognise_within).
    pub max_bytes: usize,
}

impl Default for Policy {
    /// 28 hours: the longest that a large provider issues by default (Entra, with continuous access evaluation).
    fn default() -> Self {
        Self { max_lifetime: Duration::from_hours(28), max_bytes: MOST_BYTES }
    }
}

/// Takes a token apart. It never fails: what can't be read is said in the findings.
///
/// `now` decides the findings about time.
#[must_use]
pub fn decode(token: &str, now: Timestamp) -> Decoded {
    decode_by(token, now, Policy::default())
}

/// Takes a token apart, with the findings by this policy.
#[must_use]
pub fn decode_by(token: &str, now: Timestamp, policy: Policy) -> Decoded {
    nested(token, now, policy, 0)
}

fn nested(token: &str, now: Timestamp, policy: Policy, depth: usize) -> Decoded {
    let token = token.trim();
    let read = match token {
        text if text.starts_with('{') => read::json(text),
        text if text.contains('~') => read::sd_jwt(text).or_else(|| read::compact(text)),
        text => read::compact(text),
    };
    let Some(decoded) = read else {
        let mut decoded = opaque::read(token);
        // what is inside is the issuer's own business: it is shown, not judged
        decoded.inner.iter_mut().for_each(|inner| name(inner));
        return decoded;
    };
    judged(decoded, token.len(), now, policy, depth)
}

/// Takes an encrypted token apart, with its plain text in the place of what was encrypted (see
/// [`decrypt`](super::decrypt)).
#[must_use]
pub fn decode_decrypted(token: &str, plain: &[u8], now: Timestamp, policy: Policy) -> Decoded {
    let Some(mut decoded) = read::compact(token) else { return decode_by(token, now, policy) };
    decoded.findings.retain(|finding| finding.code != &TOKEN_ENCRYPTED);
    read::plain(plain, &mut decoded);
    judged(decoded, token.len(), now, policy, 0)
}

/// What was read, with a token inside, its name, and what is wrong with it.
fn judged(mut decoded: Decoded, length: usize, now: Timestamp, policy: Policy, depth: usize) -> Decoded {
    if let Payload::Text(text) = &decoded.payload
        && depth < MOST_NESTED
        && text.starts_with("ey")
    {
        let inner = nested(text, now, policy, depth + 1);
        if inner.kind != Kind::Opaque {
            decoded.findings.retain(|finding| finding.code != &PAYLOAD_NO_CLAIMS);
            decoded.whole &= inner.whole;
            decoded.inner = Some(Box::new(inner));
        }
    }
    if let Some(binding) = &mut decoded.key_binding {
        name(binding);
        check::check(binding, now, policy);
        decoded.whole &= binding.whole;
    }
    name(&mut decoded);
    check::check(&mut decoded, now, policy);
    check::size(length, &mut decoded);
    decoded
}

/// Says what a token is for and whose it is.
fn name(decoded: &mut Decoded) {
    decoded.provider = decoded.claims().and_then(provider::recognise);
    decoded.purpose = purpose::name(decoded);
}

#[cfg(test)]
mod tests;
