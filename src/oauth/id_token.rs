//! ID tokens that accompany access tokens (OpenID Connect Core §3.1.3.7). They are not used to authenticate the user;
//! they are checked because a wrong one shows that the token response does not belong to the request.

use aws_lc_rs::digest::{Algorithm as Digest, SHA256, SHA384, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::OAuthError;
use super::findings::ID_TOKEN_WRONG;
use super::metadata::LIMITS;
use super::request::Party;
use super::strict_json;
use crate::diagnostic::Diagnostic;
use crate::net;
use crate::secret::Secret;

/// Accepted clock difference, in seconds.
const LEEWAY: i64 = 60;

/// Maximum number of keys of a key set that are tried.
const MOST_KEYS: usize = 100;

/// Expected content of the ID token.
pub(super) struct Expected<'a> {
    pub(super) nonce: Option<&'a Secret>,
    pub(super) max_age: Option<u64>,
    pub(super) access_token: &'a Secret,
}

/// Checks an ID token. Proof that it belongs to another request is an error; other mismatches, and checks that are not
/// possible, are findings.
pub(super) async fn check(
    party: Party<'_>,
    token: &Secret,
    expected: &Expected<'_>,
) -> Result<Vec<Diagnostic>, OAuthError> {
    let mut parts = token.expose().split('.');
    let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        // encrypted: only the holder of the key can check it
        return Ok(vec![Diagnostic::new(&ID_TOKEN_WRONG, "the ID token is not signed, and was not verified")]);
    };
    let part = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        strict_json::parse(&bytes).ok().filter(Value::is_object)
    };
    let wrong = |reason: &str| OAuthError::IdToken(reason.to_owned());
    let (Some(header), Some(claims)) = (part(header), part(claims)) else { return Err(wrong("it is malformed")) };
    if header.get("crit").is_some() {
        return Err(wrong("its header has a `crit` extension that is not supported"));
    }
    belongs(party, &claims, expected).map_err(wrong)?;
    if let Some(hash) = claims.get("at_hash").and_then(Value::as_str)
        && half_hash(&header, expected.access_token).is_some_and(|own| own != hash)
    {
        return Err(wrong("its `at_hash` does not match the access token"));
    }
    let mut findings: Vec<Diagnostic> = odd_times(&claims, expected.max_age, Timestamp::now().as_second())
        .into_iter()
        .map(|message| Diagnostic::new(&ID_TOKEN_WRONG, message))
        .collect();
    match signature(party, &header, token).await {
        Ok(()) => {}
        Err(Unverified::Forged) => return Err(wrong("its signature does not match any key of the issuer")),
        Err(Unverified::NotChecked(why)) => findings
            .push(Diagnostic::new(&ID_TOKEN_WRONG, format!("the signature of the ID token was not verified: {why}"))),
    }
    Ok(findings)
}

/// Checks issuer, audience and nonce (steps 2 to 5 and 11).
fn belongs(party: Party<'_>, claims: &Value, expected: &Expected<'_>) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let issuer = text("iss");
    let is_own = match &party.identity.dialect.id_token_issuer {
        Some(pattern) => issuer.is_some_and(|issuer| matches_issuer(pattern, issuer)),
        None => issuer == Some(party.metadata.issuer.as_str()),
    };
    if !is_own {
        return Err("it has another issuer");
    }
    let client_id = party.identity.client_id.as_str();
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audience.contains(&client_id) {
        return Err("its audience is another client");
    }
    if text("azp").is_some_and(|party| party != client_id) {
        return Err("it was issued to another client");
    }
    if expected.nonce.is_some_and(|nonce| text("nonce") != Some(nonce.expose())) {
        return Err("its `nonce` is not the one of this request");
    }
    Ok(())
}

/// Whether an issuer matches a pattern, in which `*` stands for one segment of the path or label of the host.
fn matches_issuer(pattern: &str, issuer: &str) -> bool {
    let (Some((before, after)), false) = (pattern.split_once('*'), pattern.matches('*').count() > 1) else {
        return pattern == issuer;
    };
    let inside = issuer.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    inside.is_some_and(|inside| {
        !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

/// Returns the left half of the access token's hash (OpenID Connect Core §3.1.3.6); `None` if the algorithm implies no
/// hash.
fn half_hash(header: &Value, access_token: &Secret) -> Option<String> {
    let algorithm = header.get("alg")?.as_str()?;
    let hash: &'static Digest = match algorithm.get(algorithm.len().checked_sub(3)?..)? {
        "256" => &SHA256,
        "384" => &SHA384,
        "512" => &SHA512,
        _ => return None,
    };
    let whole = digest(hash, access_token.expose().as_bytes());
    let half = whole.as_ref().get(..hash.output_len() / 2)?;
    Some(URL_SAFE_NO_PAD.encode(half))
}

/// Checks times (steps 9, 10 and 13). Clocks may differ, so a mismatch is only a finding.
fn odd_times(claims: &Value, max_age: Option<u64>, now: i64) -> Vec<String> {
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
    let (now, leeway) = (now as f64, LEEWAY as f64);
    let mut odd = Vec::new();
    match time("exp") {
        Some(expiry) if expiry + leeway < now => {
            odd.push("the ID token has already expired; check the clock of this machine".to_owned());
        }
        Some(_) => {}
        None => odd.push("the ID token has no `exp`".to_owned()),
    }
    if time("iat").is_some_and(|issued| issued - leeway > now) {
        odd.push("the ID token was issued in the future; check the clock of this machine".to_owned());
    }
    #[expect(clippy::cast_precision_loss, reason = "an age in seconds is far below 2^53")]
    if let Some(most) = max_age.map(|age| age as f64) {
        match time("auth_time") {
            Some(at) if now - at <= most + leeway => {}
            Some(_) => odd.push("the sign-in is older than `max_age`".to_owned()),
            None => {
                odd.push("the ID token has no `auth_time`, although `max_age` was requested".to_owned());
            }
        }
    }
    odd
}

enum Unverified {
    Forged,
    NotChecked(String),
}

/// Verifies the signature. The type of a key, not the token's header, decides which algorithms it supports.
async fn signature(party: Party<'_>, header: &Value, token: &Secret) -> Result<(), Unverified> {
    let not = |why: &str| Unverified::NotChecked(why.to_owned());
    let named = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    let algorithm: Algorithm = named.parse().map_err(|_| not("its algorithm is not supported"))?;
    if matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
        return Err(not("it is signed with a shared secret"));
    }
    let url = party.metadata.jwks_uri.clone().ok_or_else(|| not("the server lists no `jwks_uri`"))?;
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let request = net::Request { method: Method::GET, url, headers, body: None };
    let response = party.http.send(request, LIMITS).await.map_err(|error| Unverified::NotChecked(error.to_string()))?;
    let document: Value = match response.status {
        StatusCode::OK => strict_json::parse(&response.body)
            .map_err(|fault| not(&format!("the server's keys are not usable: {fault}")))?,
        _ => return Err(not("the server does not publish its keys")),
    };
    let key_id = header.get("kid").and_then(Value::as_str);
    let keys = document.get("keys").and_then(Value::as_array).into_iter().flatten().take(MOST_KEYS);
    let mut tried = false;
    for key in keys.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok()) {
        if !fits(&key, algorithm) || key_id.is_some_and(|wanted| key.common.key_id.as_deref() != Some(wanted)) {
            continue;
        }
        let Ok(decoding) = DecodingKey::from_jwk(&key) else { continue };
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        tried = true;
        if jsonwebtoken::decode::<Value>(token.expose(), &decoding, &validation).is_ok() {
            return Ok(());
        }
    }
    Err(if tried { Unverified::Forged } else { not("the server has no matching key") })
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512),
        AlgorithmParameters::EllipticCurve(parameters) => match parameters.curve {
            EllipticCurve::P256 => algorithm == ES256,
            EllipticCurve::P384 => algorithm == ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(_) => algorithm == EdDSA,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn implausible_times_are_reported() {
        for (claims, max_age, count) in [
            (json!({"exp": 2000, "iat": 900}), None, 0),
            (json!({"exp": 950}), None, 0),
            (json!({"exp": 900}), None, 1),
            (json!({"exp": 2000, "iat": 1100}), None, 1),
            (json!({}), None, 1),
            (json!({"exp": 2000, "auth_time": 800}), Some(300), 0),
            (json!({"exp": 2000, "auth_time": 100}), Some(300), 1),
            (json!({"exp": 2000}), Some(300), 1),
            (json!({"exp": "2000"}), None, 1),
        ] {
            assert_eq!(odd_times(&claims, max_age, 1000).len(), count, "{claims}");
        }
    }

    #[test]
    fn an_issuer_pattern_matches_one_segment() {
        let pattern = "https://login.microsoftonline.com/*/v2.0";
        for (issuer, own) in [
            ("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", true),
            ("https://login.microsoftonline.com//v2.0", false),
            ("https://login.microsoftonline.com/a/b/v2.0", false),
            ("https://login.microsoftonline.com.evil.test/a/v2.0", false),
            ("https://login.microsoftonline.com/a", false),
        ] {
            assert_eq!(matches_issuer(pattern, issuer), own, "{issuer}");
        }
        assert!(
            matches_issuer("https://a.test", "https://a.test") && !matches_issuer("https://a.test", "https://b.test")
        );
    }

    #[test]
    fn at_hash_follows_the_specification() {
        // computed with another implementation: the left half of SHA-256 of
        // `jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y`
        let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        assert_eq!(half_hash(&json!({"alg": "RS256"}), &token).as_deref(), Some("77QmUPtjPfzWtF2AnpK9RQ"));
        assert_eq!(half_hash(&json!({"alg": "EdDSA"}), &token), None);
        assert_eq!(half_hash(&json!({"alg": ""}), &token), None);
    }
}
