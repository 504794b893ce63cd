//! Opaque tokens: issuer, kind and facts, from published prefixes and checksums.
//!
//! Nothing is requested over the network: a hint says how to find out more.

mod anatomy;
mod table;

use std::sync::LazyLock;

use self::anatomy::Anatomy;
pub(super) use self::table::{Known, TABLE};
use super::decoded::{Decoded, Opaque, Serialization, TokenKind};
use super::findings::{CHECKSUM_WRONG, TOKEN_OPAQUE};
use crate::diagnostic::Diagnostic;
use crate::secret::Secret;

/// Reads an opaque token, whether or not its prefix is known.
pub(super) fn read(token: &str) -> Decoded {
    let mut decoded = Decoded::new(TokenKind::Opaque, Serialization::Compact);
    let Some(known) = detect(token) else {
        let message = "the token is opaque: only the authorization server can read it";
        decoded.findings.push(Diagnostic::new(&TOKEN_OPAQUE, message));
        return decoded;
    };
    let anatomy = (known.anatomy)(token);
    let message = format!("the token is opaque: {} {}", known.issuer, known.what);
    decoded.findings.push(Diagnostic::new(&TOKEN_OPAQUE, message).help(known.learn));
    if anatomy.checksum == Some(false) {
        let message = "the checksum is wrong: the token was mistyped, truncated or made up";
        decoded.findings.push(Diagnostic::new(&CHECKSUM_WRONG, message).help("copy the whole token again"));
        decoded.whole = false;
    }
    let Anatomy { checksum, facts, inner } = anatomy;
    decoded.inner = inner.as_deref().and_then(super::read::compact).map(Box::new);
    decoded.opaque = Some(Opaque {
        issuer: known.issuer,
        what: known.what,
        learn: known.learn,
        source: known.source,
        checksum,
        facts,
    });
    decoded
}

/// Returns a placeholder for a gateway session, made from random bytes. It has its own prefix and a checksum, so that secret
/// scanners and `decode` recognize it.
#[must_use]
pub fn gateway_placeholder(random: &[u8; 32]) -> Secret {
    Secret::new(anatomy::placeholder(table::PLACEHOLDER, random))
}

/// Returns the row with the longest matching prefix.
pub(super) fn detect(token: &str) -> Option<&'static Known> {
    let fits = |known: &&'static Known| {
        token.strip_prefix(known.prefix).is_some_and(|rest| {
            rest.len() >= known.least && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
        })
    };
    candidates(token.as_bytes()).filter(fits).max_by_key(|known| known.prefix.len())
}

/// Returns whether a text begins with a known prefix: a quick check before [`detect`].
pub(super) fn may_begin(text: &[u8]) -> bool {
    candidates(text).any(|known| text.starts_with(known.prefix.as_bytes()))
}

/// The rows by a hash of the first bytes of their prefix.
static BY_BEGINNING: LazyLock<Vec<Vec<&'static Known>>> = LazyLock::new(|| {
    let mut rows = vec![Vec::new(); usize::from(u8::MAX) + 1];
    for known in TABLE {
        if let Some(bucket) = bucket(known.prefix.as_bytes()).and_then(|bucket| rows.get_mut(bucket)) {
            bucket.push(known);
        }
    }
    rows
});

/// Returns the rows whose prefix may be the beginning of a text.
fn candidates(text: &[u8]) -> impl Iterator<Item = &'static Known> {
    let rows = bucket(text).and_then(|bucket| BY_BEGINNING.get(bucket));
    rows.into_iter().flatten().copied()
}

/// Hashes the first three bytes; every prefix has as many.
fn bucket(text: &[u8]) -> Option<usize> {
    let [first, second, third] = text.first_chunk::<3>()?;
    Some(usize::from(first.wrapping_mul(5) ^ second.wrapping_mul(17) ^ third.wrapping_mul(59)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_prefix_wins_and_rows_are_complete() {
        assert_eq!(detect("xoxe.xoxp-1-abcdefghijkl").unwrap().what, "user token with expiry");
        assert_eq!(detect("xoxp-1-2-3-abcdefghijklmnop").unwrap().what, "user token");
        assert_eq!(detect("ghp_short"), None);
        assert_eq!(detect("hello"), None);
        let mut prefixes: Vec<&str> = TABLE.iter().map(|known| known.prefix).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), TABLE.len());
        for known in TABLE {
            assert!(known.prefix.len() >= 3, "{}", known.prefix);
            assert!(!known.learn.is_empty() && !known.source.is_empty() && known.least > 0, "{}", known.prefix);
        }
    }

    #[test]
    fn gateway_placeholders_have_a_prefix_and_a_checksum() {
        let placeholder = gateway_placeholder(&[0xa5; 32]);
        let known = detect(placeholder.expose()).unwrap();
        assert_eq!((known.issuer, known.what), ("tokscope", "gateway placeholder"));
        assert_eq!((known.anatomy)(placeholder.expose()).checksum, Some(true));
        for wrong in [placeholder.expose().replacen("a5", "a6", 1), format!("{}x", placeholder.expose())] {
            assert_eq!((known.anatomy)(&wrong).checksum, Some(false), "{wrong}");
        }
        assert_ne!(placeholder.expose(), gateway_placeholder(&[0xa6; 32]).expose());
    }

    #[test]
    fn issuers_are_known_by_prefix() {
        let secret = "aZ09".repeat(40);
        for (prefix, issuer) in [
            ("gsk_", "Groq"),
            ("sk-or-v1-", "OpenRouter"),
            ("xai-", "xAI"),
            ("pplx-", "Perplexity"),
            ("r8_", "Replicate"),
            ("tvly-", "Tavily"),
            ("sk-ant-ort01-", "Anthropic"),
            ("sk_org_live_", "Stripe"),
            ("rk_org_test_", "Stripe"),
            ("glwt-", "GitLab"),
            ("AQ.Ab8", "Google"),
            ("sgp_", "Sourcegraph"),
            ("dp.sa.", "Doppler"),
            ("shpua_", "Shopify"),
            ("figu_", "Figma"),
            ("phs_", "PostHog"),
            ("fm2_", "Fly.io"),
            ("cfut_", "Cloudflare"),
            ("cfat_", "Cloudflare"),
        ] {
            let token = format!("{prefix}{secret}");
            assert_eq!(detect(&token).map(|known| known.issuer), Some(issuer), "{token}");
        }
    }

    #[test]
    fn tokens_with_a_wrong_checksum_are_unusable() {
        // a made-up token with a correct checksum
        let good = read("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");
        let bad = read("ghp_1123456789abcdefghijABCDEFGHIJ3mpbCX");
        assert_eq!((good.opaque.unwrap().checksum, good.whole), (Some(true), true));
        assert_eq!((bad.opaque.unwrap().checksum, bad.whole), (Some(false), false));
        assert!(bad.findings.iter().any(|finding| finding.code == &CHECKSUM_WRONG));
    }
}
