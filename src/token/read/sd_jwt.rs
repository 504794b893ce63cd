//! SD-JWTs (RFC 9901): matches disclosures with the digests in the claims.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{base64url, compact};
use crate::diagnostic::{Code, Diagnostic};
use crate::token::findings::{
    DIGEST_ALGORITHM_UNKNOWN, DIGEST_REPEATED, DISCLOSURE_MALFORMED, DISCLOSURE_UNMATCHED, TOKEN_TRUNCATED,
};
use crate::token::{Decoded, Disclosure, Json, Payload, TokenKind};

/// Parses `JWT~disclosure~…~[key binding JWT]` (RFC 9901 §4); `None` if it does not begin with a JWT.
pub(in crate::token) fn sd_jwt(token: &str) -> Option<Decoded> {
    let (jwt, rest) = token.split_once('~')?;
    let mut decoded = compact(jwt)?;
    if decoded.kind != TokenKind::Jws {
        return None;
    }
    let mut disclosures: Vec<&str> = rest.split('~').collect();
    // the last tilde is followed by the key binding JWT or nothing
    let last = disclosures.pop().unwrap_or_default();
    if last.contains('.') {
        decoded.key_binding = compact(last).map(Box::new);
    }
    disclose(&mut decoded, &disclosures);
    if !last.is_empty() && decoded.key_binding.is_none() {
        let message = "the token ends within a disclosure: the final `~` is missing";
        decoded.findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message).help("copy the whole token again"));
        decoded.whole = false;
    }
    Some(decoded)
}

/// Inserts the disclosed values into the claims (RFC 9901 §7.1).
pub(super) fn disclose(decoded: &mut Decoded, disclosures: &[&str]) {
    decoded.kind = TokenKind::SdJwt;
    let Payload::Claims(claims) = &decoded.payload else { return };
    let Some(algorithm) = digest_algorithm(claims) else {
        let message = format!(
            "the digest algorithm {} is unknown: disclosures can't be matched",
            claims.get("_sd_alg").map_or_else(String::new, ToString::to_string)
        );
        decoded.findings.push(Diagnostic::new(&DIGEST_ALGORITHM_UNKNOWN, message));
        return;
    };
    let mut matcher = Matcher::new(disclosures, algorithm);
    let disclosed = matcher.value(claims, &mut String::new(), 0);
    let found = matcher.finish();
    decoded.disclosed = Some(disclosed);
    decoded.findings.extend(found.findings);
    decoded.disclosures = found.disclosures;
}

/// Returns the algorithm of `_sd_alg`, an IANA hash name; `sha-256` by default (RFC 9901 §4.1.1).
pub(in crate::token) fn digest_algorithm(claims: &Json) -> Option<&'static digest::Algorithm> {
    match claims.get("_sd_alg").map(Json::as_str) {
        None | Some(Some("sha-256")) => Some(&digest::SHA256),
        Some(Some("sha-384")) => Some(&digest::SHA384),
        Some(Some("sha-512")) => Some(&digest::SHA512),
        Some(Some("sha3-256")) => Some(&digest::SHA3_256),
        Some(Some("sha3-512")) => Some(&digest::SHA3_512),
        Some(_) => None,
    }
}

struct Matcher {
    /// Indices of the unmatched disclosures, by digest.
    unmatched: HashMap<String, usize>,
    /// Digests that were matched.
    matched: HashSet<String>,
    disclosures: Vec<Disclosure>,
    findings: Vec<Diagnostic>,
    /// Number of findings beyond those that are listed.
    unlisted: usize,
}

/// Maximum number of findings that are listed individually.
const MOST_LISTED: usize = 8;

impl Matcher {
    fn new(texts: &[&str], algorithm: &'static digest::Algorithm) -> Self {
        let mut matcher = Self {
            unmatched: HashMap::new(),
            matched: HashSet::new(),
            disclosures: Vec::new(),
            findings: Vec::new(),
            unlisted: 0,
        };
        for text in texts {
            let digest = URL_SAFE_NO_PAD.encode(digest::digest(algorithm, text.as_bytes()));
            let disclosure = parse(text);
            if disclosure.is_none() {
                let number = matcher.disclosures.len() + 1;
                let message = format!("disclosure {number} is not a JSON array of salt, name and value");
                matcher.report(&DISCLOSURE_MALFORMED, message);
            }
            let readable = disclosure.is_some();
            let (name, value) = disclosure.unwrap_or((None, Json::Null));
            let index = matcher.disclosures.len();
            if readable && matcher.unmatched.insert(digest.clone(), index).is_some() {
                let message = format!("disclosure {} is a duplicate", index + 1);
                matcher.report(&DIGEST_REPEATED, message);
            }
            matcher.disclosures.push(Disclosure { digest, name, value, path: None });
        }
        matcher
    }

    fn report(&mut self, code: &'static Code, message: String) {
        if self.findings.len() < MOST_LISTED {
            self.findings.push(Diagnostic::new(code, message));
        } else {
            self.unlisted += 1;
        }
    }

    /// Returns the value with every disclosed member and element inserted. `path` is its position.
    fn value(&mut self, value: &Json, path: &mut String, depth: usize) -> Json {
        match value {
            // bounds chains of disclosures that contain digests
            Json::Object(_) | Json::Array(_) if depth >= Json::DEPTH => Json::Null,
            Json::Object(members) => self.object(members, path, depth),
            Json::Array(items) => {
                let mut kept = Vec::new();
                for item in items {
                    let at = path.len();
                    path.push_str(&format!("/{}", kept.len()));
                    match element_digest(item) {
                        None => kept.push(self.value(item, path, depth + 1)),
                        Some(digest) => {
                            let disclosed = self.take(digest, false, path);
                            kept.extend(disclosed.map(|(_, value)| self.value(&value, path, depth + 1)));
                        }
                    }
                    path.truncate(at);
                }
                Json::Array(kept)
            }
            other => other.clone(),
        }
    }

    fn object(&mut self, members: &[(String, Json)], path: &mut String, depth: usize) -> Json {
        let mut kept: Vec<(String, Json)> = Vec::new();
        for (name, value) in members.iter().filter(|(name, _)| name != "_sd" && !(depth == 0 && name == "_sd_alg")) {
            let at = path.len();
            push_step(path, name);
            let value = self.value(value, path, depth + 1);
            path.truncate(at);
            kept.push((name.clone(), value));
        }
        let digests = members.iter().filter(|(name, _)| name == "_sd").map(|(_, value)| value);
        for digest in digests.flat_map(|digests| match digests {
            Json::Array(digests) => digests.as_slice(),
            _ => &[],
        }) {
            let at = path.len();
            if let Some((name, value)) = digest.as_str().and_then(|digest| self.take(digest, true, path)) {
                if name == "_sd" || name == "..." || kept.iter().any(|(known, _)| *known == name) {
                    let message =
                        format!("a disclosure has the claim name `{name}`, which is not allowed in its position");
                    self.report(&DISCLOSURE_MALFORMED, message);
                } else {
                    let value = self.value(&value, path, depth + 1);
                    kept.push((name, value));
                }
            }
            path.truncate(at);
        }
        Json::Object(kept)
    }

    /// Takes the disclosure with this digest and records its position; for a member, `path` is extended by its name.
    fn take(&mut self, digest: &str, member: bool, path: &mut String) -> Option<(String, Json)> {
        let index = self.unmatched.remove(digest);
        let Some(disclosure) = index.and_then(|index| self.disclosures.get_mut(index)) else {
            // not disclosed, a decoy (RFC 9901 §4.2.5), or a repeated digest
            if self.matched.contains(digest) {
                let message = "two digests match the same disclosure";
                self.report(&DIGEST_REPEATED, message.to_owned());
            }
            return None;
        };
        if disclosure.name.is_some() != member {
            let message = format!("a disclosure of {} is in the position of {}", shape(!member), shape(member));
            self.report(&DISCLOSURE_MALFORMED, message);
            return None;
        }
        let name = disclosure.name.clone().unwrap_or_default();
        if member {
            push_step(path, &name);
        }
        disclosure.path = Some(path.clone());
        self.matched.insert(digest.to_owned());
        Some((name, disclosure.value.clone()))
    }

    fn finish(mut self) -> Self {
        if self.unlisted > 0 {
            let message = format!("{} other disclosures or digests are malformed", self.unlisted);
            self.findings.push(Diagnostic::new(&DISCLOSURE_MALFORMED, message));
        }
        let mut unmatched: Vec<usize> = self.unmatched.values().map(|index| index + 1).collect();
        unmatched.sort_unstable();
        if !unmatched.is_empty() {
            let list = unmatched.iter().take(10).map(usize::to_string).collect::<Vec<_>>().join(", ");
            let message = format!("no digest in the claims matches disclosure {list}: the signature does not cover it");
            self.findings.push(Diagnostic::new(&DISCLOSURE_UNMATCHED, message));
        }
        self
    }
}

fn shape(member: bool) -> &'static str {
    if member { "a claim" } else { "an element of an array" }
}

fn push_step(path: &mut String, name: &str) {
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

/// Parses `[salt, name, value]` of a member or `[salt, value]` of an element (RFC 9901 §4.2.1, §4.2.2).
fn parse(text: &str) -> Option<(Option<String>, Json)> {
    let json = Json::parse(&String::from_utf8(base64url::bytes(text)?).ok()?).ok()?;
    let Json::Array(parts) = json else { return None };
    match <[Json; 3]>::try_from(parts) {
        Ok([Json::String(_), Json::String(name), value]) => Some((Some(name), value)),
        Ok(_) => None,
        Err(parts) => match <[Json; 2]>::try_from(parts) {
            Ok([Json::String(_), value]) => Some((None, value)),
            _ => None,
        },
    }
}

/// Returns the digest in `{"...": "digest"}` (RFC 9901 §4.2.4.2).
fn element_digest(item: &Json) -> Option<&str> {
    match item.members() {
        [(name, value)] if name == "..." => value.as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn digest_of(disclosure: &str) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, disclosure.as_bytes()))
    }

    fn decoded(claims: &str, disclosures: &[&str]) -> Decoded {
        let jwt = format!("{}.{}.c2ln", encode(r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#), encode(claims));
        sd_jwt(&format!("{jwt}~{}~", disclosures.join("~"))).unwrap()
    }

    fn codes(decoded: &Decoded) -> Vec<&'static str> {
        decoded.findings.iter().map(|finding| finding.code.name).collect()
    }

    /// Example of RFC 9901 §4.2.3.
    #[test]
    fn digests_match_the_standard() {
        let disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        assert_eq!(digest_of(disclosure), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        assert_eq!(parse(disclosure), Some((Some("family_name".to_owned()), Json::String("Möbius".to_owned()))));
    }

    #[test]
    fn members_elements_and_nested_disclosures_are_inserted() {
        let street = encode(r#"["s1","street/no","Main 1"]"#);
        let address =
            encode(&format!(r#"["s2","address",{{"_sd":["{}","decoy"],"country":"DE"}}]"#, digest_of(&street)));
        let element = encode(r#"["s3","FR"]"#);
        let claims = format!(
            r#"{{"_sd":["{}","hidden"],"_sd_alg":"sha-256","n":["DE",{{"...":"{}"}},{{"...":"hidden"}}],"a":1}}"#,
            digest_of(&address),
            digest_of(&element)
        );
        let decoded = decoded(&claims, &[&street, &address, &element]);
        assert_eq!(codes(&decoded), Vec::<&str>::new());
        assert_eq!(
            decoded.disclosed.as_ref().unwrap().to_string(),
            r#"{"n":["DE","FR"],"a":1,"address":{"country":"DE","street/no":"Main 1"}}"#
        );
        let paths: Vec<Option<&str>> = decoded.disclosures.iter().map(|one| one.path.as_deref()).collect();
        assert_eq!(paths, [Some("/address/street~1no"), Some("/address"), Some("/n/1")]);
        assert_eq!(decoded.claims().unwrap().get("a").unwrap().to_string(), "1");
    }

    #[test]
    fn disclosures_that_the_signature_does_not_cover_are_reported() {
        let good = encode(r#"["s","name","x"]"#);
        let element = encode(r#"["s","x"]"#);
        for (claims, disclosures, expected) in [
            (r#"{"a":1}"#.to_owned(), vec![good.clone()], vec!["disclosure-unmatched"]),
            (format!(r#"{{"_sd":["{0}"]}}"#, digest_of(&element)), vec![element.clone()], vec!["disclosure-malformed"]),
            (
                format!(r#"{{"_sd":["{0}"],"name":1}}"#, digest_of(&good)),
                vec![good.clone()],
                vec!["disclosure-malformed"],
            ),
            (format!(r#"{{"_sd":["{0}","{0}"]}}"#, digest_of(&good)), vec![good.clone()], vec!["digest-repeated"]),
            (
                format!(r#"{{"_sd":["{0}"]}}"#, digest_of(&good)),
                vec![good.clone(), good.clone()],
                vec!["digest-repeated"],
            ),
            (r#"{"a":1}"#.to_owned(), vec!["!!".to_owned()], vec!["disclosure-malformed"]),
            (r#"{"_sd_alg":"md5"}"#.to_owned(), vec![good.clone()], vec!["digest-algorithm-unknown"]),
        ] {
            let disclosures: Vec<&str> = disclosures.iter().map(String::as_str).collect();
            assert_eq!(codes(&decoded(&claims, &disclosures)), expected, "{claims}");
        }
        let cut = sd_jwt(&format!("{}.{}.c2ln~{good}", encode(r#"{"alg":"ES256"}"#), encode("{}"))).unwrap();
        assert!(!cut.whole && codes(&cut).contains(&"token-truncated"));
    }

    #[test]
    fn chains_of_disclosures_are_bounded() {
        let mut disclosures = vec![encode(r#"["s","end",1]"#)];
        for _ in 0..1000 {
            let inner = digest_of(disclosures.last().unwrap());
            disclosures.push(encode(&format!(r#"["s","n",{{"_sd":["{inner}"]}}]"#)));
        }
        let claims = format!(r#"{{"_sd":["{}"]}}"#, digest_of(disclosures.last().unwrap()));
        let texts: Vec<&str> = disclosures.iter().map(String::as_str).collect();
        assert_eq!(codes(&decoded(&claims, &texts)), ["disclosure-unmatched"]);
    }

    #[test]
    fn key_binding_jwts_are_decoded() {
        let claims = encode(r#"{"cnf":{"jwk":{}}}"#);
        let binding = format!("{}.{}.c2ln", encode(r#"{"alg":"ES256","typ":"kb+jwt"}"#), encode(r#"{"nonce":"n"}"#));
        let token = format!("{}.{claims}.c2ln~{binding}", encode(r#"{"alg":"ES256"}"#));
        let decoded = sd_jwt(&token).unwrap();
        assert_eq!(decoded.key_binding.unwrap().claims().unwrap().get("nonce").unwrap().as_str(), Some("n"));
        assert!(decoded.whole);
    }
}
