//! JOSE parsing: what the parts of a token say, whatever its algorithm.

use std::fmt;

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use base64::{DecodeError, Engine as _};

use super::findings::{
    ALG_MISSING, ALG_NONE, ALG_UNKNOWN, BASE64_NOT_URL, CRIT_UNKNOWN, MEMBER_DUPLICATE, NO_EXPIRY, PARAMETER_UNKNOWN,
    PAYLOAD_NO_CLAIMS, SIGNATURE_MISSING, TIME_MALFORMED, TIME_MILLISECONDS, TIME_OUT_OF_RANGE, TOKEN_ENCRYPTED,
    TOKEN_EXPIRED, TOKEN_FROM_THE_FUTURE, TOKEN_MALFORMED, TOKEN_NOT_YET_VALID, TOKEN_OPAQUE, TOKEN_TRUNCATED,
};
use super::time::{NumericDate, absolute};
use super::{Json, Validity, explain, relative, validity};
use crate::diagnostic::Diagnostic;

/// Base64url that does not mind bits left over at its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_allow_trailing_bits(true),
);

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
/// `Debug` leaves out what would make the token anew.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What form it has.
    pub kind: Kind,
    /// The JOSE header (RFC 7515 §4), every parameter in its order.
    pub header: Option<Json>,
    /// What it carries.
    pub payload: Payload,
    /// The bytes of the signature (JWS), empty when there is none.
    pub signature: Vec<u8>,
    /// False when the token is malformed or was cut off: then only what could be read is there.
    pub whole: bool,
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
pub fn decode(token: &str, now: jiff::Timestamp) -> Decoded {
    let parts: Vec<&str> = token.split('.').collect();
    let mut findings = Vec::new();
    let header = parts.first().and_then(|part| read_header(part, parts.len(), &mut findings));
    let looks_like_jose = parts.first().is_some_and(|part| part.starts_with("eyJ") || part.starts_with("ewo"));
    if header.is_none() && !looks_like_jose {
        findings = vec![Diagnostic::new(
            &TOKEN_OPAQUE,
            "the token is opaque: only the authorization server can say what it means",
        )];
        return Decoded {
            kind: Kind::Opaque,
            header: None,
            payload: Payload::Absent,
            signature: Vec::new(),
            whole: true,
            findings,
        };
    }
    let encrypted = parts.len() > 3 || header.as_ref().is_some_and(|header| header.get("enc").is_some());
    let mut whole = header.is_some();
    let (payload, signature) = if encrypted {
        whole &= check_jwe(&parts, &mut findings);
        (Payload::Encrypted(decode_part(parts.get(3)).map_or(0, |bytes| bytes.len())), Vec::new())
    } else {
        whole &= check_length(&parts, header.as_ref(), &mut findings);
        let payload = parts.get(1).map_or(Payload::Absent, |part| read_payload(part, &mut whole, &mut findings));
        let signature = parts.get(2).map(|part| bytes(part, "signature", &mut findings));
        whole &= !matches!(signature, Some(None));
        (payload, signature.flatten().unwrap_or_default())
    };
    if let Some(header) = &header {
        check_header(header, encrypted, &signature, parts.len(), &mut findings);
    }
    if let Payload::Claims(claims) = &payload {
        duplicates(claims, "claim", &mut findings);
        check_times(claims, now, &mut findings);
    }
    let kind = if encrypted { Kind::Jwe } else { Kind::Jws };
    Decoded { kind, header, payload, signature, whole, findings }
}

/// The bytes of a part, tolerating padding and the standard alphabet; a finding otherwise.
fn bytes(part: &str, name: &str, findings: &mut Vec<Diagnostic>) -> Option<Vec<u8>> {
    if let Ok(bytes) = URL_SAFE_NO_PAD.decode(part) {
        return Some(bytes);
    }
    let lenient: String = part
        .trim_end_matches('=')
        .chars()
        .map(|character| match character {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    match LENIENT.decode(&lenient) {
        Ok(bytes) => {
            findings.push(Diagnostic::new(
                &BASE64_NOT_URL,
                format!("the {name} is not written in base64url without padding, as a JWT must be"),
            ));
            Some(bytes)
        }
        Err(error) => {
            let cut = matches!(error, DecodeError::InvalidLength(_) | DecodeError::InvalidLastSymbol { .. });
            let code = if cut { &TOKEN_TRUNCATED } else { &TOKEN_MALFORMED };
            let message = if cut { "was cut off within its base64url" } else { "is no base64url" };
            findings.push(Diagnostic::new(code, format!("the {name} {message}")).help("copy the whole token again"));
            None
        }
    }
}

fn decode_part(part: Option<&&str>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part?).ok()
}

fn read_header(part: &str, parts: usize, findings: &mut Vec<Diagnostic>) -> Option<Json> {
    let bytes = bytes(part, "header", findings)?;
    let text = String::from_utf8(bytes).ok();
    match text.as_deref().map(Json::parse) {
        Some(Ok(header @ Json::Object(_))) => Some(header),
        Some(Err(error)) if parts == 1 && text.as_deref().is_some_and(|text| error.offset >= text.len()) => {
            findings.push(cut("header"));
            None
        }
        _ => {
            findings.push(Diagnostic::new(&TOKEN_MALFORMED, "the header is no JSON object"));
            None
        }
    }
}

fn cut(name: &str) -> Diagnostic {
    Diagnostic::new(&TOKEN_TRUNCATED, format!("the token was cut off within its {name}"))
        .help("copy the whole token again")
}

fn read_payload(part: &str, whole: &mut bool, findings: &mut Vec<Diagnostic>) -> Payload {
    let Some(bytes) = bytes(part, "payload", findings) else {
        *whole = false;
        return Payload::Absent;
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            findings.push(Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is no text"));
            return Payload::Bytes(error.into_bytes());
        }
    };
    match Json::parse(&text) {
        Ok(claims @ Json::Object(_)) => Payload::Claims(claims),
        Ok(other) => {
            findings.push(Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is JSON, but no object"));
            Payload::Json(other)
        }
        Err(error) if text.trim_start().starts_with('{') => {
            *whole = false;
            findings.push(if error.offset >= text.len() {
                cut("payload")
            } else {
                Diagnostic::new(&TOKEN_MALFORMED, format!("the payload is no JSON: {error}"))
            });
            Payload::Text(text)
        }
        Err(_) => {
            findings.push(Diagnostic::new(&PAYLOAD_NO_CLAIMS, "the payload is text, but no JSON"));
            Payload::Text(text)
        }
    }
}

/// Whether there are three parts, and a signature where one is announced.
fn check_length(parts: &[&str], header: Option<&Json>, findings: &mut Vec<Diagnostic>) -> bool {
    let unsigned = header.and_then(|header| header.get("alg")).and_then(Json::as_str) == Some("none");
    match parts {
        [_] => findings.push(Diagnostic::new(&TOKEN_TRUNCATED, "the token ends after its header: there is no payload")),
        [_, _] => {
            findings.push(Diagnostic::new(&TOKEN_TRUNCATED, "the token ends after its payload: there is no signature"));
        }
        [_, _, signature] if signature.is_empty() && !unsigned => {
            let code = &SIGNATURE_MISSING;
            findings.push(Diagnostic::new(code, "the signature is empty, though the header names an algorithm"));
            // the content is all there: what is missing is only the proof
            return true;
        }
        _ => return true,
    }
    false
}

fn check_jwe(parts: &[&str], findings: &mut Vec<Diagnostic>) -> bool {
    findings.push(Diagnostic::new(&TOKEN_ENCRYPTED, "the token is encrypted: only its recipient can read its claims"));
    if parts.len() == 5 {
        return true;
    }
    let message = format!("an encrypted token has five parts, and this one has {}", parts.len());
    findings.push(Diagnostic::new(&TOKEN_TRUNCATED, message).help("copy the whole token again"));
    false
}

/// RFC 7518 §3.1 and §4.1, RFC 8037, RFC 8812, RFC 9864.
const ALGORITHMS: &[&str] = &[
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS384",
    "RS512",
    "ES256",
    "ES384",
    "ES512",
    "PS256",
    "PS384",
    "PS512",
    "ES256K",
    "EdDSA",
    "Ed25519",
    "Ed448",
    "none",
    "RSA1_5",
    "RSA-OAEP",
    "RSA-OAEP-256",
    "RSA-OAEP-384",
    "RSA-OAEP-512",
    "A128KW",
    "A192KW",
    "A256KW",
    "dir",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
    "A128GCMKW",
    "A192GCMKW",
    "A256GCMKW",
    "PBES2-HS256+A128KW",
    "PBES2-HS384+A192KW",
    "PBES2-HS512+A256KW",
];

fn check_header(header: &Json, encrypted: bool, signature: &[u8], parts: usize, findings: &mut Vec<Diagnostic>) {
    match header.get("alg").and_then(Json::as_str) {
        None => findings.push(Diagnostic::new(&ALG_MISSING, "the header names no algorithm (`alg`)")),
        Some("none") if !encrypted => {
            let mut message = "the token is not signed (`alg` is `none`): anyone could have written it".to_owned();
            if !signature.is_empty() && parts == 3 {
                message.push_str(", and yet it carries a signature");
            }
            findings.push(Diagnostic::new(&ALG_NONE, message));
        }
        Some(name) if name.eq_ignore_ascii_case("none") => {
            let message = format!("`alg` is `{name}`, a spelling of `none` that some verifiers let pass");
            findings.push(Diagnostic::new(&ALG_NONE, message));
        }
        Some(name) if !ALGORITHMS.contains(&name) => {
            findings.push(Diagnostic::new(&ALG_UNKNOWN, format!("the algorithm `{name}` is not a registered one")));
        }
        Some(_) => {}
    }
    if let Some(crit) = header.get("crit") {
        let message = format!("the header demands that {crit} be understood (`crit`), else the token must be refused");
        findings.push(Diagnostic::new(&CRIT_UNKNOWN, message));
    }
    for (name, _) in header.members() {
        if !explain::is_header_parameter(name) {
            let message = format!("the header parameter `{name}` is not a registered one");
            findings.push(Diagnostic::new(&PARAMETER_UNKNOWN, message));
        }
    }
    duplicates(header, "header parameter", findings);
}

fn duplicates(object: &Json, what: &str, findings: &mut Vec<Diagnostic>) {
    let mut names: Vec<&str> = object.members().iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let mut said = None;
    for pair in names.windows(2) {
        if let [one, other] = pair
            && one == other
            && said != Some(*one)
        {
            said = Some(*one);
            let message = format!("the {what} `{one}` occurs more than once: readers differ in which one they take");
            findings.push(Diagnostic::new(&MEMBER_DUPLICATE, message));
        }
    }
}

fn check_times(claims: &Json, now: jiff::Timestamp, findings: &mut Vec<Diagnostic>) {
    for claim in ["exp", "nbf", "iat", "auth_time"] {
        let Some(value) = claims.get(claim) else { continue };
        if let Some(meant) = NumericDate::as_milliseconds(value) {
            let message = format!("`{claim}` looks like milliseconds; as such it would be {}", absolute(meant));
            findings.push(Diagnostic::new(&TIME_MILLISECONDS, message).help("the unit of a time in a JWT is seconds"));
            continue;
        }
        match NumericDate::read(value) {
            NumericDate::Malformed => {
                let message = format!("`{claim}` is no number of seconds: {value}");
                findings.push(Diagnostic::new(&TIME_MALFORMED, message));
            }
            NumericDate::FarAhead | NumericDate::FarBack => {
                let message = format!("`{claim}` is beyond every calendar: {value}");
                findings.push(Diagnostic::new(&TIME_OUT_OF_RANGE, message));
            }
            NumericDate::At(at) if claim == "iat" && at > now => {
                let message = format!("the token was issued in the future ({})", relative(at, now));
                findings.push(Diagnostic::new(&TOKEN_FROM_THE_FUTURE, message));
            }
            NumericDate::At(_) => {}
        }
    }
    match validity(claims, now) {
        Validity::Expired(at) => {
            findings.push(Diagnostic::new(&TOKEN_EXPIRED, format!("the token expired {}", relative(at, now))));
        }
        Validity::NotYet(at) => {
            findings.push(Diagnostic::new(&TOKEN_NOT_YET_VALID, format!("the token is valid {}", relative(at, now))));
        }
        Validity::Valid(_) | Validity::Malformed(_) => {}
    }
    if claims.get("exp").is_none() {
        findings.push(Diagnostic::new(&NO_EXPIRY, "the token has no `exp`: it never expires by itself"));
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_763_926_800).unwrap()
    }

    fn codes(decoded: &Decoded) -> String {
        decoded.findings.iter().map(|finding| finding.code.name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_known_and_what_is_not() {
        let signed = r#"{"alg":"RS256"}"#;
        let fine = r#"{"exp":1763930000}"#;
        for (token, whole, kind, findings) in [
            (token(signed, fine, "c2ln"), true, Kind::Jws, ""),
            (token(signed, fine, ""), true, Kind::Jws, "signature-missing"),
            (token(r#"{"alg":"none"}"#, fine, ""), true, Kind::Jws, "alg-none"),
            (token(r#"{"alg":"nOnE"}"#, fine, "c2ln"), true, Kind::Jws, "alg-none"),
            (token(r#"{"alg":"ES512"}"#, fine, "c2ln"), true, Kind::Jws, ""),
            (token(r#"{"alg":"XX1","b":1}"#, fine, "c2ln"), true, Kind::Jws, "alg-unknown parameter-unknown"),
            (token("{}", fine, "c2ln"), true, Kind::Jws, "alg-missing"),
            (token(r#"{"alg":"RS256","crit":["exp"]}"#, fine, "c2ln"), true, Kind::Jws, "crit-unknown"),
            (token(signed, r#"{"exp":1763930000,"a":1,"a":2,"a":3}"#, "c2ln"), true, Kind::Jws, "member-duplicate"),
            (token(signed, r#"{"exp":9223372036854775807}"#, "c2ln"), true, Kind::Jws, "time-out-of-range"),
            (token(signed, r#"{"exp":1763930000000}"#, "c2ln"), true, Kind::Jws, "time-milliseconds"),
            (token(signed, r#"{"exp":"soon"}"#, "c2ln"), true, Kind::Jws, "time-malformed"),
            (token(signed, r#"{"exp":1}"#, "c2ln"), true, Kind::Jws, "token-expired"),
            (token(signed, r#"{"nbf":1763930000}"#, "c2ln"), true, Kind::Jws, "token-not-yet-valid no-expiry"),
            (token(signed, "[1]", "c2ln"), true, Kind::Jws, "payload-no-claims"),
            (token(signed, "hello", "c2ln"), true, Kind::Jws, "payload-no-claims"),
            (token(signed, r#"{"a":}"#, "c2ln"), false, Kind::Jws, "token-malformed"),
            (token(signed, r#"{"sub":"ali"#, "c2ln"), false, Kind::Jws, "token-truncated"),
            ("eyJhbGciOiJSUzI1NiJ9".to_owned(), false, Kind::Jws, "token-truncated"),
            ("eyJhbGciOiJSUzI1".to_owned(), false, Kind::Jws, "token-truncated token-truncated"),
            ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJh".to_owned(), false, Kind::Jws, "token-truncated token-truncated"),
            (format!("{}==", token(signed, fine, "c2ln")), true, Kind::Jws, "base64-not-url"),
            (
                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y2lwaGVy.dGFn".to_owned(),
                true,
                Kind::Jwe,
                "token-encrypted",
            ),
            (
                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY".to_owned(),
                false,
                Kind::Jwe,
                "token-encrypted token-truncated",
            ),
            ("gho_16C7e42F292c6912E7710c838347Ae178B4a".to_owned(), true, Kind::Opaque, "token-opaque"),
        ] {
            let decoded = decode(&token, now());
            assert_eq!((decoded.whole, decoded.kind, codes(&decoded).as_str()), (whole, kind, findings), "{token}");
        }
    }

    #[test]
    fn claims_keep_their_order_and_their_numbers() {
        let text = r#"{"z":123456789012345678901234567890,"a":1.10,"z":"again"}"#;
        let decoded = decode(&token(r#"{"alg":"none"}"#, text, ""), now());
        assert_eq!(decoded.claims().unwrap().to_string(), text);
        assert_eq!(decoded.header.unwrap().to_string(), r#"{"alg":"none"}"#);
    }

    proptest! {
        #[test]
        fn no_cut_and_no_changed_byte_panics(cut in 0usize..200, position in 0usize..200, byte in 0u8..128) {
            let mut bytes = token(r#"{"alg":"RS256","typ":"at+jwt"}"#, r#"{"exp":1763930000,"scope":"a b","sub":"ü"}"#, "c2ln").into_bytes();
            bytes.truncate(cut);
            if let Some(at) = bytes.get_mut(position) {
                *at = byte;
            }
            let text = String::from_utf8(bytes).unwrap();
            let decoded = decode(&text, now());
            let _ = (super::super::summarise(&decoded, now()), decoded.header.as_ref().map(super::super::explain_header));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = decode(&text, now());
        }
    }
}
