//! JOSE parsing: what the parts of a token say, whatever its algorithm.

use super::Json;
use crate::diagnostic::Diagnostic;

/// What form a token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JWS compact serialization (RFC 7515 §7.1): three parts.
    Jws,
    /// JWE compact serialization (RFC 7516 §7.1): five parts.
    Jwe,
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
            Self::Opaque => "opaque",
        }
    }
}

/// What the payload of a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A JWT claims set (RFC 7519 §4): a JSON object.
    Claims(Json),
    /// Some other JSON value.
    Json(Json),
    /// UTF-8 text that is no JSON.
    Text(String),
    /// Bytes that are no UTF-8 text.
    Bytes(Vec<u8>),
    /// A JWE: the length of its ciphertext in bytes.
    Encrypted(usize),
    /// There is none: the token is opaque, or was cut off before it.
    Absent,
}

/// A token taken apart. Nothing about it was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What form it has.
    pub kind: Kind,
    /// The JOSE header (RFC 7515 §4), every parameter in its order.
    pub header: Option<Json>,
    /// What it carries.
    pub payload: Payload,
    /// The bytes of the signature (JWS), empty when there is none.
    pub signature: Vec<u8>,
    /// The parts of the compact form as they were given, without the dots.
    pub parts: Vec<String>,
    /// False when the token is malformed or was cut off: then only what could be read is there.
    pub whole: bool,
    /// What is wrong or odd about its form, its header and its claims.
    pub findings: Vec<Diagnostic>,
}

impl Decoded {
    /// The claims, if the payload is a claims set.
    #[must_use]
    pub fn claims(&self) -> Option<&Json> {
        match &self.payload {
            Payload::Claims(claims) => Some(claims),
            _ => None,
        }
    }

    /// The `alg` header parameter.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.header.as_ref()?.get("alg")?.as_str()
    }
}

/// Takes a token apart. It never fails: what can't be read is said in the findings.
///
/// `now` decides the findings about time.
#[must_use]
pub fn decode(_token: &str, _now: jiff::Timestamp) -> Decoded {
    todo!("decode")
}
