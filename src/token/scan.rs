//! Finds every token in a log, at the speed of a substring search.
//!
//! A JOSE header begins with `eyJ` (`{"`), an opaque token with a published prefix. Only text after such a beginning is
//! parsed.

use std::ops::Range;

use aho_corasick::packed;
use base64_simd::URL_SAFE_NO_PAD;

use super::{Json, TokenKind, opaque};

/// Maximum size of a token in bytes.
pub const LONGEST: usize = 1 << 20;

/// Beginning of a JOSE header: `{"` in base64url.
const JOSE: &str = "eyJ";

/// Minimum length of a prefix: shorter ones are too common in text.
const SHORTEST_PREFIX: usize = 4;

/// Maximum number of patterns per pass of the vectorized search. Two passes with half the patterns are faster than one with
/// more: twice as many patterns share a bucket there, and most of its candidates are false.
const MOST_PATTERNS: usize = 32;

/// A token in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Position in bytes.
    pub at: Range<usize>,
    /// Form.
    pub kind: TokenKind,
    /// Description; untrusted, since it may quote the token.
    pub what: String,
}

/// A prepared search.
#[derive(Debug)]
pub struct Scanner {
    passes: Vec<packed::Searcher>,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// Prepares a search.
    #[must_use]
    pub fn new() -> Self {
        let mut patterns: Vec<&[u8]> = opaque::TABLE
            .iter()
            .filter_map(|known| known.prefix.as_bytes().get(..SHORTEST_PREFIX))
            .chain([JOSE.as_bytes()])
            .collect();
        patterns.sort_unstable();
        patterns.dedup();
        let passes = patterns.chunks(MOST_PATTERNS).filter_map(packed::Searcher::new).collect();
        Self { passes }
    }

    /// Returns the tokens in a text, in order.
    #[must_use]
    pub fn scan(&self, text: &[u8]) -> Vec<Sighting> {
        let mut starts: Vec<usize> =
            self.passes.iter().flat_map(|pass| pass.find_iter(text).map(|found| found.start())).collect();
        starts.sort_unstable();
        let mut sightings = Vec::new();
        let mut end = 0;
        // end of a run of token characters: shared by all candidates within the run
        let mut run_end = 0;
        for start in starts {
            // a match within a word or a token is not another token
            let within = start.checked_sub(1).and_then(|before| text.get(before)).copied().is_some_and(is_word);
            if start < end || within {
                continue;
            }
            if start >= run_end {
                let rest = text.get(start..).unwrap_or_default();
                run_end = start + rest.iter().take_while(|byte| is_word(**byte) || b".~+/=".contains(byte)).count();
            }
            if let Some(sighting) = look(text, start, run_end.min(start + LONGEST)) {
                end = sighting.at.end;
                sightings.push(sighting);
            }
        }
        sightings
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Parses the candidate at `start`. `end`: end of the token characters. The work is linear in the size of the token or of
/// its header, not of the rest of the text.
fn look(text: &[u8], start: usize, end: usize) -> Option<Sighting> {
    let run = text.get(start..end)?;
    if run.starts_with(JOSE.as_bytes()) {
        let (length, kind, what) = jose(run)?;
        return Some(Sighting { at: start..start + length, kind, what });
    }
    // the rest is inspected only if a prefix matches
    opaque::TABLE.iter().find(|known| run.starts_with(known.prefix.as_bytes()))?;
    // a sentence may end after a token
    let length = run.iter().rposition(|byte| !b"./~".contains(byte)).map_or(0, |last| last + 1);
    let known = opaque::detect(std::str::from_utf8(run.get(..length)?).ok()?)?;
    let what = format!("{} of {}", known.what, known.issuer);
    Some(Sighting { at: start..start + length, kind: TokenKind::Opaque, what })
}

/// Parses a JWS or a JWE in compact serialization: a header with `alg`, and the required number of parts.
fn jose(run: &[u8]) -> Option<(usize, TokenKind, String)> {
    let length = run.iter().take_while(|byte| is_word(**byte)).count();
    let encoded = run.get(..length).filter(|_| run.get(length) == Some(&b'.'))?;
    let header = URL_SAFE_NO_PAD.decode_to_vec(encoded).ok()?;
    let header = Json::parse(std::str::from_utf8(&header).ok()?).ok()?;
    let algorithm = header.get("alg").and_then(Json::as_str)?;
    let (kind, dots) = if header.get("enc").is_some() { (TokenKind::Jwe, 4) } else { (TokenKind::Jws, 2) };
    let last = memchr::memchr_iter(b'.', run).nth(dots - 1)?;
    let tail = run.get(last + 1..)?.iter().take_while(|byte| is_word(**byte)).count();
    let typ = header.get("typ").and_then(Json::as_str).map(|typ| format!(" {typ}")).unwrap_or_default();
    Some((last + 1 + tail, kind, format!("{}{typ}, {algorithm}", kind.as_str())))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        let sightings = Scanner::new().scan(text.as_bytes());
        sightings.iter().map(|one| format!("{} {}", text.get(one.at.clone()).unwrap_or_default(), one.what)).collect()
    }

    #[test]
    fn tokens_are_found_wherever_they_stand_in_a_line() {
        let jws =
            format!("{}.{}.c2ln", BASE64.encode(r#"{"alg":"RS256","typ":"JWT"}"#), BASE64.encode(r#"{"sub":"a"}"#));
        let unsigned = format!("{}.{}.", BASE64.encode(r#"{"alg":"none"}"#), BASE64.encode("{}"));
        let jwe = format!("{}..aXY.Y2lwaGVy.dGFn", BASE64.encode(r#"{"alg":"dir","enc":"A256GCM"}"#));
        let github = format!("ghp_{}", "a".repeat(36));
        for (token, what) in [
            (&jws, "jws JWT, RS256"),
            (&unsigned, "jws, none"),
            (&jwe, "jwe, dir"),
            (&github, "personal access token (classic) of GitHub"),
        ] {
            let expected = format!("{token} {what}");
            for line in [
                token.clone(),
                format!("Authorization: Bearer {token}\r"),
                format!("a sentence with {token}; and more"),
                format!("\"{token}\""),
                format!("?access_token={token}&x=1"),
                format!("{{\"t\":\"{token}\"}}"),
                format!("<{token}>"),
            ] {
                assert_eq!(found(&line), [expected.as_str()], "{line}");
            }
            assert_eq!(found(&format!("{token} {token}\n{token}")).len(), 3);
        }
        // the full stop of a sentence is not part of it
        assert_eq!(found(&format!("It was {jws}. Then")), [format!("{jws} jws JWT, RS256")]);
    }

    #[test]
    fn what_only_looks_like_a_token_is_none() {
        for text in [
            "eyJ",
            "eyJhbGciOiJSUzI1NiJ9",
            "eyJhbGciOiJSUzI1NiJ9.e30",
            "xeyJhbGciOiJSUzI1NiJ9.e30.c2ln",
            "eyJ4IjoxfQ.e30.c2ln",
            "eyJhbGciOiJk.e30.c2ln",
            "ghp_short",
            "the_ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_sightings_are_apart(text in "(eyJ|ghp_|[a-zA-Z0-9. \n_=-]){0,60}") {
            let mut end = 0;
            for sighting in Scanner::new().scan(text.as_bytes()) {
                prop_assert!(sighting.at.start >= end && sighting.at.end <= text.len());
                end = sighting.at.end;
            }
        }
    }
}
