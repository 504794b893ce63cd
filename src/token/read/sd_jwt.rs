//! JWTs with selective disclosure (RFC 9901): disclosures matched to the digests of the claims.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{base64url, compact};
use crate::diagnostic::{Code, Diagnostic};
use crate::token::findings::{
    DIGEST_ALGORITHM_UNKNOWN, DIGEST_REPEATED, DISCLOSURE_MALFORMED, DISCLOSURE_UNMATCHED, TOKEN_TRUNCATED,
};
use crate::token::{Decoded, Json, Kind, Payload};

/// One disclosure of an SD-JWT (RFC 9901 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Its digest in base64url: what stands in the claims in its place.
    pub digest: String,
    /// The name of the claim; `None` for an element of an array.
    pub name: Option<String>,
    /// The value as it stands in the disclosure; `null` when it can't be read.
    pub value: Json,
    /// Where in the claims it belongs, as a JSON pointer (RFC 6901); `None` when no digest asks for it.
    pub path: Option<String>,
}

/// Takes `JWT~disclosure~…~[key binding JWT]` apart (RFC 9901 §4); `None` if the text does not begin like a JWT.
pub(in crate::token) fn sd_jwt(token: &str) -> Option<Decoded> {
    let (jwt, rest) = token.split_once('~')?;
    let mut decoded = compact(jwt)?;
    if decoded.kind != Kind::Jws {
        return None;
    }
    let mut disclosures: Vec<&str> = rest.split('~').collect();
    // after the last tilde stands the key binding JWT, or nothing
    let last = disclosures.pop().unwrap_or_default();
    if last.contains('.') {
        decoded.key_binding = compact(last).map(Box::new);
    }
    disclose(&mut decoded, &disclosures);
    if !last.is_empty() && decoded.key_binding.is_none() {
        let message = "the token ends within a disclosure: after the last one a `~` is missing";
        decoded.findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message).help("copy the whole token again"));
        decoded.whole = false;
    }
    Some(decoded)
}

/// Puts what is disclosed into the claims (RFC 9901 §7.1).
pub(super) fn disclose(decoded: &mut Decoded, disclosures: &[&str]) {
    decoded.kind = Kind::SdJwt;
    let Payload::Claims(claims) = &decoded.payload else { return };
    let Some(algorithm) = algorithm(claims) else {
        let message = format!(
            "the digests are made by {}, which is not known here: what is disclosed can't be matched",
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

/// `_sd_alg`, which is `sha-256` when it is left out (RFC 9901 §4.1.1), by its IANA hash name.
fn algorithm(claims: &Json) -> Option<&'static digest::Algorithm> {
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
    /// The disclosures that no digest has asked for yet: by digest, their index.
    waiting: HashMap<String, usize>,
    /// The digests that have their place.
    placed: HashSet<String>,
    disclosures: Vec<Disclosure>,
    findings: Vec<Diagnostic>,
    /// How many findings there were beyond those that are listed.
    unlisted: usize,
}

/// How many findings are listed one by one.
const MOST_LISTED: usize = 8;

impl Matcher {
    fn new(texts: &[&str], algorithm: &'static digest::Algorithm) -> Self {
        let mut matcher = Self {
            waiting: HashMap::new(),
            placed: HashSet::new(),
            disclosures: Vec::new(),
            findings: Vec::new(),
            unlisted: 0,
        };
        for text in texts {
            let digest = URL_SAFE_NO_PAD.encode(digest::digest(algorithm, text.as_bytes()));
            let disclosure = parse(text);
            if disclosure.is_none() {
                let number = matcher.disclosures.len() + 1;
                let message = format!("disclosure {number} is no JSON array of a salt, a name and a value");
                matcher.say(&DISCLOSURE_MALFORMED, message);
            }
            let readable = disclosure.is_some();
            let (name, value) = disclosure.unwrap_or((None, Json::Null));
            let index = matcher.disclosures.len();
            if readable && matcher.waiting.insert(digest.clone(), index).is_some() {
                let message = format!("disclosure {} is there twice", index + 1);
                matcher.say(&DIGEST_REPEATED, message);
            }
            matcher.disclosures.push(Disclosure { digest, name, value, path: None });
        }
        matcher
    }

    fn say(&mut self, code: &'static Code, message: String) {
        if self.findings.len() < MOST_LISTED {
            self.findings.push(Diagnostic::new(code, message));
        } else {
            self.unlisted += 1;
        }
    }

    /// The value with every disclosed member and element in its place. `path` is where it stands.
    fn value(&mut self, value: &Json, path: &mut String, depth: usize) -> Json {
        match value {
            // what is disclosed may hold digests in turn: this bounds the chain of them
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
                    let message = format!("a disclosure names the claim `{name}`, which may not be disclosed there");
                    self.say(&DISCLOSURE_MALFORMED, message);
                } else {
                    let value = self.value(&value, path, depth + 1);
                    kept.push((name, value));
                }
            }
            path.truncate(at);
        }
        Json::Object(kept)
    }

    /// The disclosure of that digest, which then has its place; for a member, `path` is led on to it.
    fn take(&mut self, digest: &str, member: bool, path: &mut String) -> Option<(String, Json)> {
        let index = self.waiting.remove(digest);
        let Some(disclosure) = index.and_then(|index| self.disclosures.get_mut(index)) else {
            // not disclosed, or a decoy (RFC 9901 §4.2.5); or asked for a second time
            if self.placed.contains(digest) {
                let message = "two places ask for the same disclosure";
                self.say(&DIGEST_REPEATED, message.to_owned());
            }
            return None;
        };
        if disclosure.name.is_some() != member {
            let message = format!("a disclosure of {} stands where {} belongs", shape(!member), shape(member));
            self.say(&DISCLOSURE_MALFORMED, message);
            return None;
        }
        let name = disclosure.name.clone().unwrap_or_default();
        if member {
            push_step(path, &name);
        }
        disclosure.path = Some(path.clone());
        self.placed.insert(digest.to_owned());
        Some((name, disclosure.value.clone()))
    }

    fn finish(mut self) -> Self {
        if self.unlisted > 0 {
            let message = format!("{} more disclosures or digests are not as they have to be", self.unlisted);
            self.findings.push(Diagnostic::new(&DISCLOSURE_MALFORMED, message));
        }
        let mut unmatched: Vec<usize> = self.waiting.values().map(|index| index + 1).collect();
        unmatched.sort_unstable();
        if !unmatched.is_empty() {
            let list = unmatched.iter().take(10).map(usize::to_string).collect::<Vec<_>>().join(", ");
            let message =
                format!("no digest in the claims asks for disclosure {list}: whoever signed did not vouch for it");
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

/// `[salt, name, value]` of a member or `[salt, value]` of an element (RFC 9901 §4.2.1, §4.2.2).
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

/// The digest of `{"...": "digest"}` (RFC 9901 §4.2.4.2).
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

    /// The disclosure and the digest that RFC 9901 §4.2.3 gives as an example.
    #[test]
    fn the_digest_of_the_standard() {
        let disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        assert_eq!(digest_of(disclosure), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        assert_eq!(parse(disclosure), Some((Some("family_name".to_owned()), Json::String("Möbius".to_owned()))));
    }

    #[test]
    fn members_elements_and_what_is_inside_them_find_their_places() {
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
    fn what_is_not_vouched_for_is_said() {
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
    fn a_chain_of_disclosures_ends() {
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
    fn a_key_binding_is_named() {
        let claims = encode(r#"{"cnf":{"jwk":{}}}"#);
        let binding = format!("{}.{}.c2ln", encode(r#"{"alg":"ES256","typ":"kb+jwt"}"#), encode(r#"{"nonce":"n"}"#));
        let token = format!("{}.{claims}.c2ln~{binding}", encode(r#"{"alg":"ES256"}"#));
        let decoded = sd_jwt(&token).unwrap();
        assert_eq!(decoded.key_binding.unwrap().claims().unwrap().get("nonce").unwrap().as_str(), Some("n"));
        assert!(decoded.whole);
    }
}
