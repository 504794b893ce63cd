//! A token taken apart: what every form of it has in common.

use std::fmt;

use super::Json;
use super::opaque::Opaque;
use super::provider::Provider;
use super::purpose::Named;
use super::read::Disclosure;
use crate::diagnostic::Diagnostic;

/// What form a token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON Web Signature (RFC 7515).
    Jws,
    /// JSON Web Encryption (RFC 7516).
    Jwe,
    /// A JWS with selectively disclosable claims (RFC 9901).
    SdJwt,
    /// None of these forms: a reference that only the authorization server can read.
    Opaque,
}

impl Kind {
    /// The name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jws => "jws",
            Self::Jwe => "jwe",
            Self::SdJwt => "sd-jwt",
            Self::Opaque => "opaque",
        }
    }
}

/// How a token is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serialization {
    /// Parts with dots between (RFC 7515 §7.1, RFC 7516 §7.1).
    Compact,
    /// A JSON object with one signature or one recipient (RFC 7515 §7.2.2, RFC 7516 §7.2.2).
    JsonFlattened,
    /// A JSON object with a list of signatures or recipients (RFC 7515 §7.2.1, RFC 7516 §7.2.1).
    JsonGeneral,
}

impl Serialization {
    /// The name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::JsonFlattened => "json-flattened",
            Self::JsonGeneral => "json-general",
        }
    }
}

/// What the payload of a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A JWT claims set (RFC 7519 §4): a JSON object. Of a token that was cut off: the claims before the cut.
    Claims(Json),
    /// Some other JSON value.
    Json(Json),
    /// UTF-8 text that is no JSON.
    Text(String),
    /// Bytes that are no UTF-8 text.
    Bytes(Vec<u8>),
    /// A JWE: the length of its ciphertext in bytes.
    Encrypted(usize),
    /// There is none: the token is opaque, its payload is detached, or it was cut off before it.
    Absent,
}

/// One more signature of a JWS in general JSON serialization (RFC 7515 §7.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherSignature {
    /// The protected and the unprotected header parameters, in this order.
    pub header: Json,
    /// The bytes of the signature.
    pub signature: Vec<u8>,
}

/// A token taken apart. Nothing about it was verified.
/// `Debug` leaves out what would make the token anew.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What form it has.
    pub kind: Kind,
    /// How it is written down.
    pub serialization: Serialization,
    /// The JOSE header (RFC 7515 §4), every parameter in its order: the protected ones, then the unprotected ones.
    pub header: Option<Json>,
    /// What it carries, as it stands in the token.
    pub payload: Payload,
    /// The bytes of the (first) signature of a JWS, empty when there is none.
    pub signature: Vec<u8>,
    /// The signatures after the first.
    pub further_signatures: Vec<FurtherSignature>,
    /// What an SD-JWT discloses, in the order of the token.
    pub disclosures: Vec<Disclosure>,
    /// The claims of an SD-JWT with what is disclosed in its place (RFC 9901 §7.1).
    pub disclosed: Option<Json>,
    /// The key binding JWT of an SD-JWT (RFC 9901 §4.3).
    pub key_binding: Option<Box<Decoded>>,
    /// The token inside: of a nested JWT (RFC 7519 §2), or of an opaque token that holds one.
    pub inner: Option<Box<Decoded>>,
    /// What is known of an opaque token.
    pub opaque: Option<Opaque>,
    /// What it is for, as far as its `typ` and its claims tell.
    pub purpose: Option<Named>,
    /// Whose authorization server it says it is from.
    pub provider: Option<&'static Provider>,
    /// False when the token is malformed or was cut off: then only what could be read is there.
    pub whole: bool,
    /// False when the payload ends before its end: a claim that is not there may have stood behind the cut.
    pub payload_whole: bool,
    /// What is wrong or odd about its form, its header and its claims.
    pub findings: Vec<Diagnostic>,
}

impl fmt::Debug for Decoded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.findings.iter().map(|finding| finding.code.name).collect();
        let mut debug = formatter.debug_struct("Decoded");
        debug.field("kind", &self.kind).field("whole", &self.whole).field("findings", &codes).finish_non_exhaustive()
    }
}

impl Decoded {
    /// A token of that form of which nothing is known yet.
    pub(super) fn new(kind: Kind, serialization: Serialization) -> Self {
        Self {
            kind,
            serialization,
            header: None,
            payload: Payload::Absent,
            signature: Vec::new(),
            further_signatures: Vec::new(),
            disclosures: Vec::new(),
            disclosed: None,
            key_binding: None,
            inner: None,
            opaque: None,
            purpose: None,
            provider: None,
            whole: true,
            payload_whole: true,
            findings: Vec::new(),
        }
    }

    /// The claims: those of an SD-JWT with what it discloses, those of a nested JWT from the inside.
    #[must_use]
    pub fn claims(&self) -> Option<&Json> {
        match (&self.disclosed, &self.payload, &self.inner) {
            (Some(disclosed), _, _) => Some(disclosed),
            (None, Payload::Claims(claims), _) => Some(claims),
            (None, Payload::Text(_), Some(inner)) => inner.claims(),
            _ => None,
        }
    }

    /// Whether [`Decoded::claims`] are all that there were: then what is not among them was not in the token.
    #[must_use]
    pub fn has_all_claims(&self) -> bool {
        self.payload_whole && self.inner.as_ref().is_none_or(|inner| inner.has_all_claims())
    }

    /// The `alg` header parameter.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.header.as_ref()?.get("alg")?.as_str()
    }

    /// Its findings, then those of the tokens inside.
    pub fn all_findings(&self) -> impl Iterator<Item = &Diagnostic> {
        // nesting is bounded where the tokens inside are read
        let inside = self.inner.iter().chain(&self.key_binding);
        let inside: Vec<&Diagnostic> = inside.flat_map(|decoded| decoded.all_findings().collect::<Vec<_>>()).collect();
        self.findings.iter().chain(inside)
    }
}
