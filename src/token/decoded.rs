//! A decoded token: the data that all serializations share.

use std::fmt;

use super::Json;
use super::provider::Provider;
use super::purpose::DetectedPurpose;
use crate::diagnostic::Diagnostic;

/// Form of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// JSON Web Signature (RFC 7515).
    Jws,
    /// JSON Web Encryption (RFC 7516).
    Jwe,
    /// A JWS with selectively disclosable claims (RFC 9901).
    SdJwt,
    /// None of these: a reference that only the authorization server can resolve.
    Opaque,
}

impl TokenKind {
    /// Returns the name in `tokscope.decode/v1`.
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

/// Serialization of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serialization {
    /// Parts separated by dots (RFC 7515 §7.1, RFC 7516 §7.1).
    Compact,
    /// A JSON object with one signature or one recipient (RFC 7515 §7.2.2, RFC 7516 §7.2.2).
    JsonFlattened,
    /// A JSON object with an array of signatures or recipients (RFC 7515 §7.2.1, RFC 7516 §7.2.1).
    JsonGeneral,
}

impl Serialization {
    /// Returns the name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::JsonFlattened => "json-flattened",
            Self::JsonGeneral => "json-general",
        }
    }
}

/// What the input contains instead of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Description {
    /// Header and claims of a decoded token, without its signature.
    Decoded,
    /// Claims of a decoded token.
    Claims,
    /// Introspection response (RFC 7662 §2.2).
    Introspection,
    /// Response of a token information endpoint, such as Google's `tokeninfo`.
    TokenInfo,
}

impl Description {
    /// Returns the name for people, with its article.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Decoded => "a decoded token, without its signature",
            Self::Claims => "the claims of a decoded token",
            Self::Introspection => "an introspection response",
            Self::TokenInfo => "a response of a token information endpoint",
        }
    }

    /// Returns the name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decoded => "decoded-token",
            Self::Claims => "claims",
            Self::Introspection => "introspection-response",
            Self::TokenInfo => "token-information",
        }
    }

    /// Returns whether the members describe a token, and are not its claims.
    #[must_use]
    pub fn is_response(self) -> bool {
        matches!(self, Self::Introspection | Self::TokenInfo)
    }
}

/// Payload of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A JWT claims set (RFC 7519 §4): a JSON object. If the token is truncated, the claims before the cut.
    Claims(Json),
    /// Any other JSON value.
    Json(Json),
    /// UTF-8 text that is not JSON.
    Text(String),
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
    /// Ciphertext of a JWE: its length in bytes.
    Encrypted(usize),
    /// No payload: the token is opaque, its payload is detached, or it is truncated.
    Absent,
}

/// A further signature of a JWS in general JSON serialization (RFC 7515 §7.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherSignature {
    /// Protected, then unprotected header parameters.
    pub header: Json,
    /// Signature bytes.
    pub signature: Vec<u8>,
}

/// A disclosure of an SD-JWT (RFC 9901 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Digest in base64url, which the claims contain in its place.
    pub digest: String,
    /// Name of the claim; `None` for an array element.
    pub name: Option<String>,
    /// Value; `null` if the disclosure can't be read.
    pub value: Json,
    /// Position in the claims, as a JSON pointer (RFC 6901); `None` if no digest matches.
    pub path: Option<String>,
}

/// What is known about an opaque token from its prefix and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Issuer of such tokens.
    pub issuer: &'static str,
    /// Kind of token, such as `personal access token`.
    pub what: &'static str,
    /// How to find out what it grants access to.
    pub learn: &'static str,
    /// Document that defines the prefix.
    pub source: &'static str,
    /// Whether the checksum is right; `None` if the format has none, or none that is published.
    pub checksum: Option<bool>,
    /// Facts in the token itself: name and value.
    pub facts: Vec<(&'static str, String)>,
}

/// A decoded token. Nothing about it is verified. `Debug` omits anything from which the token could be restored.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Form.
    pub kind: TokenKind,
    /// Serialization.
    pub serialization: Serialization,
    /// JOSE header (RFC 7515 §4) in the order of the token: protected, then unprotected parameters.
    pub header: Option<Json>,
    /// Payload, as in the token.
    pub payload: Payload,
    /// Bytes of the first signature of a JWS; empty if there is none.
    pub signature: Vec<u8>,
    /// Signatures after the first.
    pub further_signatures: Vec<FurtherSignature>,
    /// Disclosures of an SD-JWT, in the order of the token.
    pub disclosures: Vec<Disclosure>,
    /// Claims of an SD-JWT with the disclosed values in place (RFC 9901 §7.1).
    pub disclosed: Option<Json>,
    /// Key binding JWT of an SD-JWT (RFC 9901 §4.3).
    pub key_binding: Option<Box<Decoded>>,
    /// Token inside a nested JWT (RFC 7519 §2), or inside an opaque token.
    pub inner: Option<Box<Decoded>>,
    /// What is known about an opaque token.
    pub opaque: Option<Opaque>,
    /// What the input contains instead of the token.
    pub description: Option<Description>,
    /// Kind of token, if `typ` and claims identify it.
    pub purpose: Option<DetectedPurpose>,
    /// Product of the issuer, as the token claims.
    pub provider: Option<&'static Provider>,
    /// False if the token is malformed or truncated: then only the readable parts are present.
    pub whole: bool,
    /// False if the payload is truncated: then a missing claim may have been cut off.
    pub payload_whole: bool,
    /// Findings about form, header and claims.
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
    /// Returns an empty token of this form.
    pub(super) fn new(kind: TokenKind, serialization: Serialization) -> Self {
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
            description: None,
            purpose: None,
            provider: None,
            whole: true,
            payload_whole: true,
            findings: Vec::new(),
        }
    }

    /// Returns the claims: of an SD-JWT with the disclosed values, of a nested JWT from the innermost token.
    #[must_use]
    pub fn claims(&self) -> Option<&Json> {
        match (&self.disclosed, &self.payload, &self.inner) {
            (Some(disclosed), _, _) => Some(disclosed),
            (None, Payload::Claims(claims), _) => Some(claims),
            (None, Payload::Text(_), Some(inner)) => inner.claims(),
            _ => None,
        }
    }

    /// Returns whether [`Decoded::claims`] are complete, so that a missing claim was not in the token.
    #[must_use]
    pub fn has_all_claims(&self) -> bool {
        self.payload_whole && self.inner.as_ref().is_none_or(|inner| inner.has_all_claims())
    }

    /// Returns the `alg` header parameter.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.header.as_ref()?.get("alg")?.as_str()
    }

    /// Returns the findings of this token, then of the tokens inside.
    pub fn all_findings(&self) -> impl Iterator<Item = &Diagnostic> {
        // the decoder bounds the nesting
        let inside = self.inner.iter().chain(&self.key_binding);
        let inside: Vec<&Diagnostic> = inside.flat_map(|decoded| decoded.all_findings().collect::<Vec<_>>()).collect();
        self.findings.iter().chain(inside)
    }
}
