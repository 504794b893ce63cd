//! Issues and checks access tokens (JWTs of RFC 9068) and issues ID tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use serde_json::{Map, Value, json};

use super::random::random_string;
use super::server::Server;
use super::state::{Grant, RegisteredClient};
use crate::scope::ScopeSet;

/// Media type (RFC 9068 section 2.1), without `application/`.
pub(super) const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// Size limit for a token, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// Claims of a valid access token.
pub(super) struct AccessClaims {
    pub(super) subject: String,
    pub(super) client: String,
    pub(super) audience: Value,
    pub(super) scopes: ScopeSet,
    pub(super) issued: i64,
    pub(super) expires: i64,
    /// `jti`: the token family, a dot, and a unique part.
    pub(super) id: String,
}

/// Issues an access token with scopes of a grant.
pub(super) async fn issue_access(
    server: &Server,
    client: &RegisteredClient,
    grant: &Grant,
    scopes: &ScopeSet,
) -> Result<String, String> {
    let now = server.now();
    let mut claims = json!({
        "iss": server.issuer,
        "sub": grant.subject,
        "aud": server.audience,
        "client_id": client.id,
        "iat": now,
        "exp": now.saturating_add(server.options.access_lifetime_seconds()),
        "jti": format!("{}.{}", grant.family, random_string(9)?),
        "auth_time": grant.signed_in,
        "scope": scopes.to_string(),
    });
    if let Value::Object(members) = &mut claims {
        if scopes.is_empty() {
            members.shift_remove("scope");
        }
        if client.confidential {
            members.shift_remove("auth_time");
        }
    }
    signed(server, client.algorithm, ACCESS_TOKEN_TYPE, &claims).await
}

/// Issues an ID token (`OpenID` Connect Core section 2).
pub(super) async fn issue_id(server: &Server, client: &RegisteredClient, grant: &Grant) -> Result<String, String> {
    let now = server.now();
    let mut claims = json!({
        "iss": server.issuer,
        "sub": grant.subject,
        "aud": client.id,
        "iat": now,
        "exp": now.saturating_add(server.options.access_lifetime_seconds()),
        "auth_time": grant.signed_in,
    });
    if let (Value::Object(members), Some(nonce)) = (&mut claims, &grant.nonce) {
        members.insert("nonce".to_owned(), json!(nonce));
    }
    signed(server, client.algorithm, "JWT", &claims).await
}

async fn signed(server: &Server, algorithm: Algorithm, typ: &str, claims: &Value) -> Result<String, String> {
    let key = server.keys.key(algorithm).await?;
    let header = json!({ "alg": format!("{algorithm:?}"), "typ": typ, "kid": key.id });
    let message = message(&header, claims);
    let signature = crypto::sign(message.as_bytes(), &key.private, algorithm).map_err(|error| error.to_string())?;
    Ok(format!("{message}.{signature}"))
}

/// Returns the signing input (RFC 7515 section 5.1).
pub(super) fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// Validates an access token (RFC 9068 section 4), including revocation. The error is an `error_description`.
pub(super) async fn check_access(server: &Server, token: &str) -> Result<AccessClaims, &'static str> {
    let claims = check_signature(server, token).await?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    if text("iss") != server.issuer {
        return Err("the access token has another issuer");
    }
    let audience = claims.get("aud").cloned().unwrap_or_default();
    let meant = match &audience {
        Value::String(one) => *one == server.audience,
        Value::Array(several) => several.iter().any(|one| one.as_str() == Some(&server.audience)),
        _ => false,
    };
    if !meant {
        return Err("the access token has another audience");
    }
    let now = server.now();
    let expires = time("exp").ok_or("the access token has no expiry")?;
    if expires <= now {
        return Err("the access token has expired");
    }
    if claims.get("nbf").is_some() && time("nbf").is_none_or(|start| start > now) {
        return Err("the access token is not yet valid");
    }
    if server.store().is_revoked(text("jti")) {
        return Err("the access token was revoked");
    }
    Ok(AccessClaims {
        subject: text("sub").to_owned(),
        client: text("client_id").to_owned(),
        scopes: ScopeSet::parse(text("scope")).map_err(|_| "the access token has a malformed scope")?,
        issued: time("iat").unwrap_or_default(),
        id: text("jti").to_owned(),
        audience,
        expires,
    })
}

async fn check_signature(server: &Server, token: &str) -> Result<Map<String, Value>, &'static str> {
    const MALFORMED: &str = "the access token is malformed";
    if token.len() > MAX_BYTES {
        return Err("the access token is too long");
    }
    let (message, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
    let (header, payload) = message.split_once('.').ok_or(MALFORMED)?;
    let header = json_part(header).ok_or(MALFORMED)?;
    let member = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    let algorithm = match member("alg") {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        _ => return Err("the access token is signed with an unsupported algorithm"),
    };
    let typ = member("typ").to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != ACCESS_TOKEN_TYPE {
        return Err("the token is not an access token: its typ is not at+jwt");
    }
    if header.contains_key("crit") {
        return Err("the access token has an unsupported critical extension");
    }
    let key = server.keys.key(algorithm).await.map_err(|_| "the key is not available")?;
    if member("kid") != key.id {
        return Err("the access token is signed with an unknown key");
    }
    match crypto::verify(signature, message.as_bytes(), &key.public, algorithm) {
        Ok(true) => json_part(payload).ok_or(MALFORMED),
        _ => Err("the signature of the access token is not valid"),
    }
}

fn json_part(encoded: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}
