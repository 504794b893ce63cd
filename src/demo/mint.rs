//! Mints tokens for tests, valid ones and invalid ones.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Map, Value, json};

use super::pages;
use super::random::random_string;
use super::server::Server;
use super::tokens::{ACCESS_TOKEN_TYPE, message};
use crate::scope::ScopeSet;

/// Signature of a minted token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// Signed with the server's RSA key.
    #[default]
    Rs256,
    /// Signed with the server's P-256 key.
    Es256,
    /// Signed with this HMAC key, which the server does not have.
    Hs256(&'static str),
    /// `alg: none`, without a signature.
    None,
    /// This value as `alg`, with random bytes as the signature.
    Nonsense(&'static str),
    /// Signed with the server's RSA key, over other claims.
    Broken,
}

/// A token to mint. The default is a valid access token of the client `dev` for one hour, without scopes.
#[derive(Clone, Debug)]
pub struct Mint {
    /// `scope`; omitted if empty.
    pub scopes: ScopeSet,
    /// The algorithm and the key.
    pub signature: Signature,
    /// `exp`, in seconds from now by the servers' clock; negative for an expired token.
    pub expires_in: i64,
    /// `typ` in the header.
    pub token_type: &'static str,
    /// Claims to set or replace; `null` removes a claim.
    pub claims: Map<String, Value>,
    /// Header parameters to set or replace; `null` removes one.
    pub header: Map<String, Value>,
}

impl Default for Mint {
    fn default() -> Self {
        Self {
            scopes: ScopeSet::new(),
            signature: Signature::default(),
            expires_in: 60 * 60,
            token_type: ACCESS_TOKEN_TYPE,
            claims: Map::new(),
            header: Map::new(),
        }
    }
}

impl Mint {
    /// Creates a valid access token with these scopes.
    #[must_use]
    pub fn granting(scopes: &ScopeSet) -> Self {
        Self { scopes: scopes.clone(), ..Self::default() }
    }

    /// Sets a claim; `null` removes it.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }
}

impl Server {
    /// Mints a token. The servers do not record it.
    pub(super) async fn mint(&self, mint: &Mint) -> Result<String, String> {
        let now = self.now();
        let mut claims = json!({
            "iss": self.issuer,
            "sub": pages::USER,
            "aud": self.audience,
            "client_id": "dev",
            "iat": now,
            "exp": now.saturating_add(mint.expires_in),
            "jti": random_string(12)?,
        });
        let mut header = json!({ "alg": "none", "typ": mint.token_type });
        let (algorithm, own_key) = match mint.signature {
            Signature::Rs256 | Signature::Broken => ("RS256", Some(self.keys.key(Algorithm::RS256).await?)),
            Signature::Es256 => ("ES256", Some(self.keys.key(Algorithm::ES256).await?)),
            Signature::Hs256(_) => ("HS256", None),
            Signature::None => ("none", None),
            Signature::Nonsense(name) => (name, None),
        };
        if let (Value::Object(claims), Value::Object(header)) = (&mut claims, &mut header) {
            if !mint.scopes.is_empty() {
                claims.insert("scope".to_owned(), json!(mint.scopes.to_string()));
            }
            header.insert("alg".to_owned(), json!(algorithm));
            if let Some(key) = &own_key {
                header.insert("kid".to_owned(), json!(key.id));
            }
            change(claims, &mint.claims);
            change(header, &mint.header);
        }
        let text = message(&header, &claims);
        let signed = match mint.signature {
            Signature::Broken => message(&header, &json!({})),
            _ => text.clone(),
        };
        let signature = match (mint.signature, own_key) {
            (Signature::None, _) => String::new(),
            (Signature::Hs256(key), _) => {
                let key = EncodingKey::from_secret(key.as_bytes()).map_err(|error| error.to_string())?;
                crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).map_err(|error| error.to_string())?
            }
            (_, Some(key)) => {
                crypto::sign(signed.as_bytes(), &key.private, key.algorithm).map_err(|error| error.to_string())?
            }
            (_, None) => {
                let mut bytes = [0; 64];
                rand::fill(&mut bytes).map_err(|_| "no random numbers available")?;
                URL_SAFE_NO_PAD.encode(bytes)
            }
        };
        Ok(format!("{text}.{signature}"))
    }
}

fn change(members: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}
