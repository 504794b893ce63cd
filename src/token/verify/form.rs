//! A token read strictly: what a verifier may rely on.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::Json;

/// What a verification looks at. Members that are not there are `None`; a token that breaks the form has a fault,
/// and yet whatever could be read.
#[derive(Clone, Debug, Default)]
pub struct Facts<'t> {
    /// Why the form is wrong.
    pub fault: Option<String>,
    /// The signing input (RFC 7515 §2), as received.
    pub message: &'t [u8],
    /// The signature, decoded.
    pub signature: Cow<'t, [u8]>,
    /// `alg`
    pub algorithm: Option<Cow<'t, Json>>,
    /// `kid`
    pub key_id: Option<Cow<'t, Json>>,
    /// `typ`
    pub kind: Option<Cow<'t, Json>>,
    /// `crit`
    pub critical: Option<Cow<'t, Json>>,
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

impl<'t> Facts<'t> {
    /// Takes a JWS in compact serialization apart; of an SD-JWT, the part before the first `~`.
    #[must_use]
    pub fn read(token: &'t str) -> Self {
        let jws = token.split_once('~').map_or(token, |(jws, _)| jws);
        let mut facts = Self::default();
        let mut parts = jws.splitn(4, '.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            facts.fault = Some("a signed token has three parts, and this one has not".to_owned());
            return facts;
        };
        facts.message = jws.as_bytes().get(..header.len() + 1 + payload.len()).unwrap_or_default();
        let mut fault = None;
        let mut decode = |part: &str, name: &str| match URL_SAFE_NO_PAD.decode(part) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                fault.get_or_insert_with(|| format!("the {name} is not in strict base64url: {error}"));
                None
            }
        };
        let (header, payload) = (decode(header, "header"), decode(payload, "payload"));
        facts.signature = decode(signature, "signature").unwrap_or_default().into();
        facts.fault = fault;
        facts.read_header(header);
        facts.read_claims(payload);
        facts
    }

    /// Where a header parameter belongs, if it is looked at.
    pub(in crate::token) fn parameter(&mut self, name: &[u8]) -> Option<&mut Option<Cow<'t, Json>>> {
        match name {
            b"alg" => Some(&mut self.algorithm),
            b"kid" => Some(&mut self.key_id),
            b"typ" => Some(&mut self.kind),
            b"crit" => Some(&mut self.critical),
            _ => None,
        }
    }

    /// Where a claim belongs, if it is looked at.
    pub(in crate::token) fn claim(&mut self, name: &[u8]) -> Option<&mut Option<Cow<'t, Json>>> {
        match name {
            b"iss" => Some(&mut self.issuer),
            b"aud" => Some(&mut self.audience),
            b"exp" => Some(&mut self.expiry),
            b"nbf" => Some(&mut self.not_before),
            b"iat" => Some(&mut self.issued_at),
            _ => None,
        }
    }

    /// Takes over what was read of a header before.
    pub(in crate::token) fn share_header(&mut self, other: &'t Facts<'_>) {
        self.fault.clone_from(&other.fault);
        self.algorithm = other.algorithm.as_deref().map(Cow::Borrowed);
        self.key_id = other.key_id.as_deref().map(Cow::Borrowed);
        self.kind = other.kind.as_deref().map(Cow::Borrowed);
        self.critical = other.critical.as_deref().map(Cow::Borrowed);
    }

    /// What was signed and the signature; `None` when the form is wrong.
    pub(super) fn signed(&self) -> Option<(&[u8], &[u8])> {
        self.fault.is_none().then_some((self.message, &*self.signature))
    }

    fn fail(&mut self, fault: &str) {
        self.fault.get_or_insert_with(|| fault.to_owned());
    }

    fn read_header(&mut self, bytes: Option<Vec<u8>>) {
        let Some(bytes) = bytes else { return };
        let header = std::str::from_utf8(&bytes).ok().and_then(|text| Json::parse(text).ok());
        let Some(header @ Json::Object(_)) = header else {
            return self.fail("the header is no JSON object");
        };
        if header.has_duplicates() {
            self.fail("a name occurs twice in the header: readers differ in which one they take");
        }
        for (name, value) in header.members() {
            if let Some(slot) = self.parameter(name.as_bytes()) {
                *slot = Some(Cow::Owned(value.clone()));
            }
        }
    }

    fn read_claims(&mut self, bytes: Option<Vec<u8>>) {
        // a payload that is no claims set can be signed as well as any other
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(Ok(claims @ Json::Object(_))) = text.as_deref().map(Json::parse) else { return };
        if claims.has_duplicates() {
            self.fail("a claim occurs twice: readers differ in which one they take");
        }
        for (name, value) in claims.members() {
            if let Some(slot) = self.claim(name.as_bytes()) {
                *slot = Some(Cow::Owned(value.clone()));
            }
        }
    }
}
