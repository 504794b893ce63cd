//! Strict reading of a token: the facts that verification relies on.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::findings::{DIGEST_REPEATED, DISCLOSURE_MALFORMED, DISCLOSURE_UNMATCHED};
use super::super::{Decoded, Json, Payload, TokenKind};

/// Maximum number of signatures of a token.
const MOST_SIGNATURES: usize = 16;

/// Parameters allowed in the unprotected header: hints for finding the key, and what is covered by digests in the claims
/// (RFC 9901 §8). Anything else would seem verified without being so.
const HARMLESS: &[&str] = &["alg", "kid", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "disclosures", "kb_jwt"];

/// Kind of the payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Unknown: the form is invalid.
    #[default]
    Unknown,
    /// A JSON object.
    Claims,
    /// A signed token.
    Token,
    /// Bytes supplied separately.
    Detached,
    /// Anything else, with the reason why it is not a claims set.
    Other(String),
}

/// Facts for the verification of one signature. Absent members are `None`; a token of invalid form has a fault, and
/// everything that could be read.
#[derive(Clone, Debug, Default)]
pub struct Facts<'t> {
    /// Why the form is invalid.
    pub fault: Option<String>,
    /// The signing input (RFC 7515 §2), as received.
    pub message: Cow<'t, [u8]>,
    /// The signature, decoded.
    pub signature: Cow<'t, [u8]>,
    /// Kind of the payload. The expectations apply to the token inside, if there is one.
    pub content: Content,
    /// Whether the token has no payload, and none was supplied (RFC 7515 Appendix F).
    pub lacks_payload: bool,
    /// `alg`
    pub algorithm: Option<Cow<'t, Json>>,
    /// `kid`
    pub key_id: Option<Cow<'t, Json>>,
    /// `typ`
    pub kind: Option<Cow<'t, Json>>,
    /// `crit`
    pub critical: Option<Cow<'t, Json>>,
    /// `b64` (RFC 7797 §3)
    pub encoded: Option<Cow<'t, Json>>,
    /// `nonce`
    pub nonce: Option<Cow<'t, Json>>,
    /// `client_id`
    pub client: Option<Cow<'t, Json>>,
    /// `token_use`
    pub token_use: Option<Cow<'t, Json>>,
    /// `iss`
    pub issuer: Option<Cow<'t, Json>>,
    /// `aud`
    pub audience: Option<Cow<'t, Json>>,
    /// `exp`
    pub expiry: Option<Cow<'t, Json>>,
    /// `nbf`
    pub not_before: Option<Cow<'t, Json>>,
    /// `iat`
    pub issued_at: Option<Cow<'t, Json>>,
}

/// A signature, and what it covers.
struct Parts<'p> {
    protected: &'p str,
    /// Parameters that the signature does not cover (RFC 7515 §7.2.1).
    unprotected: Option<&'p Json>,
    payload: &'p str,
    signature: &'p str,
}

impl<'t> Facts<'t> {
    /// Returns the facts of every signature of a decoded token and of the tokens inside it; none if nothing readable is
    /// signed. `detached`: the payload of a token without one.
    #[must_use]
    pub fn of(decoded: &Decoded, token: &str, detached: Option<&[u8]>) -> Vec<Self> {
        if decoded.description.is_some() {
            return Vec::new();
        }
        let mut all = match decoded.kind {
            TokenKind::Opaque => return Vec::new(),
            TokenKind::Jwe => Vec::new(),
            TokenKind::Jws | TokenKind::SdJwt => Self::read(token, detached),
        };
        // RFC 9901 §7.1: a disclosure without a digest in the token makes the presentation invalid
        let wrong = [&DISCLOSURE_UNMATCHED, &DISCLOSURE_MALFORMED, &DIGEST_REPEATED];
        let wrong = decoded.findings.iter().find(|finding| wrong.contains(&finding.code));
        let inside = match (&decoded.inner, &decoded.payload) {
            (Some(inner), Payload::Text(text)) => {
                let mut inside = Self::of(inner, text.trim(), None);
                if text.trim() != text {
                    for facts in &mut inside {
                        facts.fail("white space surrounds the token inside");
                    }
                }
                inside
            }
            _ => Vec::new(),
        };
        for facts in &mut all {
            if !inside.is_empty() {
                facts.content = Content::Token;
            } else if decoded.inner.is_some() {
                facts.content = Content::Other("it is an encrypted token, whose claims can't be read".to_owned());
            }
            if let Some(finding) = wrong {
                facts.fail(&finding.message);
            }
        }
        // nesting is bounded where tokens are decoded
        all.extend(inside);
        all
    }

    /// Parses a JWS in compact or JSON serialization, or the part of an SD-JWT before the first `~`. Returns the facts of each
    /// signature, at least one. `detached`: the payload of a token without one.
    #[must_use]
    pub fn read(token: &str, detached: Option<&[u8]>) -> Vec<Self> {
        if token.starts_with('{') {
            return Self::of_json(token, detached);
        }
        let jws = token.split_once('~').map_or(token, |(jws, _)| jws);
        let mut parts = jws.splitn(4, '.');
        let (Some(protected), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return vec![Self::faulty("a signed token has three parts, but this one does not")];
        };
        vec![Self::of_parts(&Parts { protected, unprotected: None, payload, signature }, detached)]
    }

    /// Parses the general and flattened JSON serialization (RFC 7515 §7.2).
    fn of_json(token: &str, detached: Option<&[u8]>) -> Vec<Self> {
        let Ok(object) = Json::parse(token) else { return vec![Self::faulty("the token is not a JSON object")] };
        let fault = match object.get("signatures") {
            _ if object.has_duplicates() => {
                "a member of the token occurs twice: parsers differ in which value they use"
            }
            Some(Json::Array(several)) if several.is_empty() => "`signatures` is empty",
            Some(Json::Array(several)) if several.len() > MOST_SIGNATURES => "the token has more than 16 signatures",
            Some(Json::Array(_)) if object.get("signature").is_some() => {
                "the token has both `signature` and `signatures`"
            }
            Some(Json::Array(several)) => return Self::alike(several, &object, detached),
            Some(_) => "`signatures` is not an array",
            None => return Self::alike(std::slice::from_ref(&object), &object, detached),
        };
        vec![Self::faulty(fault)]
    }

    /// Parses each signature. All must agree on whether the payload is encoded (RFC 7797 §3).
    fn alike(signatures: &[Json], object: &Json, detached: Option<&[u8]>) -> Vec<Self> {
        let mut all: Vec<Self> = signatures.iter().map(|one| Self::of_member(one, object, detached)).collect();
        let encoded = |facts: &Self| facts.encoded.as_deref().is_none_or(|encoded| *encoded != Json::Bool(false));
        if !all.iter().all(encoded) && all.iter().any(encoded) {
            for facts in &mut all {
                facts.fail("the signatures differ in whether the payload is encoded (`b64`)");
            }
        }
        all
    }

    fn of_member(member: &Json, object: &Json, detached: Option<&[u8]>) -> Self {
        let text = |json: &'_ Json, name: &str| match json.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{name}` is not a string")),
        };
        let read = || -> Result<Self, String> {
            let (protected, signature) = (text(member, "protected")?, text(member, "signature")?);
            let payload = text(object, "payload")?;
            let unprotected = member.get("header");
            if unprotected.is_some_and(|header| !matches!(header, Json::Object(_)) || header.has_duplicates()) {
                return Err("the unprotected header is not a JSON object, or has a duplicate member".to_owned());
            }
            let parts = Parts {
                protected: protected.as_deref().unwrap_or_default(),
                unprotected,
                payload: payload.as_deref().unwrap_or_default(),
                signature: &signature.ok_or("`signature` is missing")?,
            };
            Ok(Self::of_parts(&parts, detached))
        };
        read().unwrap_or_else(|fault| Self::faulty(&fault))
    }

    fn of_parts(parts: &Parts<'_>, detached: Option<&[u8]>) -> Self {
        let mut facts = Self::default();
        // an absent member is an empty header (RFC 7515 §7.2.1)
        if !parts.protected.is_empty() || parts.unprotected.is_none() {
            let header = facts.decode(parts.protected, "header");
            facts.read_header(header);
        }
        for (name, value) in parts.unprotected.map(Json::members).unwrap_or_default() {
            if !HARMLESS.contains(&name.as_str()) {
                facts.fail(&format!("the signature does not cover `{name}`: anyone could have added it"));
            }
            match facts.parameter(name.as_bytes()) {
                Some(Some(_)) => facts.fail("a parameter occurs in both headers"),
                Some(slot) => *slot = Some(Cow::Owned(value.clone())),
                None => {}
            }
        }
        facts.signature = facts.decode(parts.signature, "signature").unwrap_or_default().into();
        let is_encoded = facts.encoded.as_deref().is_none_or(|encoded| *encoded != Json::Bool(false));
        let payload: Cow<'_, [u8]> = match detached {
            Some(_) if !parts.payload.is_empty() => {
                facts.fail("the token has a payload, and another one was supplied");
                Cow::Borrowed(&[])
            }
            Some(bytes) if is_encoded => Cow::Owned(URL_SAFE_NO_PAD.encode(bytes).into_bytes()),
            Some(bytes) => Cow::Borrowed(bytes),
            None => Cow::Borrowed(parts.payload.as_bytes()),
        };
        facts.lacks_payload = payload.is_empty();
        facts.message = Cow::Owned([parts.protected.as_bytes(), b".", &payload].concat());
        let content = match (is_encoded, detached) {
            (_, Some(bytes)) => Some(bytes.to_vec()),
            (true, None) => facts.decode(parts.payload, "payload"),
            (false, None) => Some(parts.payload.as_bytes().to_vec()),
        };
        if let Some(content) = content {
            facts.content = facts.read_claims(content);
        }
        if detached.is_some() {
            facts.content = Content::Detached;
        }
        facts
    }

    fn faulty(fault: &str) -> Self {
        Self { fault: Some(fault.to_owned()), ..Self::default() }
    }

    fn decode(&mut self, part: &str, name: &str) -> Option<Vec<u8>> {
        match URL_SAFE_NO_PAD.decode(part) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.fail(&format!("the {name} is not strict base64url: {error}"));
                None
            }
        }
    }

    /// Returns the field of a header parameter, if it is relevant.
    pub(in crate::token) fn parameter(&mut self, name: &[u8]) -> Option<&mut Option<Cow<'t, Json>>> {
        match name {
            b"alg" => Some(&mut self.algorithm),
            b"kid" => Some(&mut self.key_id),
            b"typ" => Some(&mut self.kind),
            b"crit" => Some(&mut self.critical),
            b"b64" => Some(&mut self.encoded),
            b"nonce" => Some(&mut self.nonce),
            _ => None,
        }
    }

    /// Returns the field of a claim, if it is relevant.
    pub(in crate::token) fn claim(&mut self, name: &[u8]) -> Option<&mut Option<Cow<'t, Json>>> {
        match name {
            b"iss" => Some(&mut self.issuer),
            b"client_id" => Some(&mut self.client),
            b"token_use" => Some(&mut self.token_use),
            b"aud" => Some(&mut self.audience),
            b"exp" => Some(&mut self.expiry),
            b"nbf" => Some(&mut self.not_before),
            b"iat" => Some(&mut self.issued_at),
            _ => None,
        }
    }

    /// Copies the facts of a header that was read before.
    pub(in crate::token) fn share_header(&mut self, other: &'t Facts<'_>) {
        self.fault.clone_from(&other.fault);
        self.algorithm = other.algorithm.as_deref().map(Cow::Borrowed);
        self.key_id = other.key_id.as_deref().map(Cow::Borrowed);
        self.kind = other.kind.as_deref().map(Cow::Borrowed);
        self.critical = other.critical.as_deref().map(Cow::Borrowed);
        self.encoded = other.encoded.as_deref().map(Cow::Borrowed);
        self.nonce = other.nonce.as_deref().map(Cow::Borrowed);
    }

    /// Returns the signing input and the signature; `None` if the form is invalid.
    pub(super) fn signed(&self) -> Option<(&[u8], &[u8])> {
        self.fault.is_none().then_some((&*self.message, &*self.signature))
    }

    /// Records a fault of the form, unless there is one already.
    pub(in crate::token) fn fail(&mut self, fault: &str) {
        self.fault.get_or_insert_with(|| fault.to_owned());
    }

    fn read_header(&mut self, bytes: Option<Vec<u8>>) {
        let Some(bytes) = bytes else { return };
        let header = std::str::from_utf8(&bytes).ok().and_then(|text| Json::parse(text).ok());
        let Some(header @ Json::Object(_)) = header else {
            return self.fail("the header is not a JSON object");
        };
        if header.has_duplicates() {
            self.fail("a header parameter occurs twice: parsers differ in which value they use");
        }
        for (name, value) in header.members() {
            if let Some(slot) = self.parameter(name.as_bytes()) {
                *slot = Some(Cow::Owned(value.clone()));
            }
        }
    }

    /// Reads the payload, which need not be a claims set.
    fn read_claims(&mut self, bytes: Vec<u8>) -> Content {
        let other = |what: &str| Content::Other(what.to_owned());
        if bytes.is_empty() {
            return other("it is empty");
        }
        let Ok(text) = String::from_utf8(bytes) else { return other("it is not UTF-8") };
        let claims = match Json::parse(&text) {
            Ok(claims @ Json::Object(_)) => claims,
            Ok(_) => return other("it is JSON, but not an object"),
            Err(_) if text.starts_with('\u{feff}') => return other("it begins with a byte order mark"),
            Err(error) => return Content::Other(format!("it is not JSON: {error}")),
        };
        if claims.has_duplicates() {
            self.fail("a claim occurs twice: parsers differ in which value they use");
        }
        for (name, value) in claims.members() {
            if let Some(slot) = self.claim(name.as_bytes()) {
                *slot = Some(Cow::Owned(value.clone()));
            }
        }
        Content::Claims
    }
}
