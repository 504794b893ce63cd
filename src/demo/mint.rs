//! Tokens to order, right and wrong: for tests, and for whoever wants to see what a bad token looks like.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Map, Value, json};

use super::store::random_text;
use super::tokens::{ACCESS_TOKEN_TYPE, message};
use super::{Demo, DemoError, pages};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// How a minted token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// By the server's RSA key.
    #[default]
    Rs256,
    /// By the server's P-256 key.
    Es256,
    /// By this key, which is none of the server's (HMAC).
    Hs256(&'static str),
    /// `alg: none` and no signature.
    None,
    /// This name as `alg`, and random bytes in place of a signature.
    Nonsense(&'static str),
    /// By the server's RSA key, but over other claims.
    Broken,
}

/// What a minted token is like. The default is a good access token of the client `demo` for an hour, without scopes.
#[derive(Clone, Debug)]
pub struct Mint {
    /// `scope`; left out when empty.
    pub scopes: ScopeSet,
    /// The algorithm and the key.
    pub signature: Signature,
    /// `exp` in seconds from now by the servers' clock; negative: expired.
    pub expires_in: i64,
    /// `typ` of the header.
    pub token_type: &'static str,
    /// Claims that are set, or replaced; `null` takes a claim out.
    pub claims: Map<String, Value>,
    /// Header parameters that are set, or replaced; `null` takes one out.
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
    /// A good access token with these scopes.
    #[must_use]
    pub fn granting(scopes: &ScopeSet) -> Self {
        Self { scopes: scopes.clone(), ..Self::default() }
    }

    /// The same with this claim; `null` takes it out.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }
}

impl Demo {
    /// Makes a token to order. The servers know nothing of it beyond what it says itself.
    ///
    /// # Errors
    /// When there is no key or no randomness.
    pub async fn mint(&self, mint: &Mint) -> Result<Secret, DemoError> {
        self.minted(mint).await.map(Secret::new).map_err(DemoError::Start)
    }

    async fn minted(&self, mint: &Mint) -> Result<String, String> {
        let server = &self.server;
        let now = server.now();
        let mut claims = json!({
            "iss": server.issuer,
            "sub": pages::USER,
            "aud": server.audience,
            "client_id": "demo",
            "iat": now,
            "exp": now.saturating_add(mint.expires_in),
            "jti": random_text(12)?,
        });
        let mut header = json!({ "alg": "none", "typ": mint.token_type });
        let (algorithm, own_key) = match mint.signature {
            Signature::Rs256 | Signature::Broken => ("RS256", Some(server.keys.key(Algorithm::RS256).await?)),
            Signature::Es256 => ("ES256", Some(server.keys.key(Algorithm::ES256).await?)),
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
                rand::fill(&mut bytes).map_err(|_| "the system gives no random numbers")?;
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
