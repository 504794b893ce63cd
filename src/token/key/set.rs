//! A set of keys (RFC 7517 §5), and the choice of the keys for a token.

use super::{Algorithm, Key, KeyError, KeyType, container, jwk};
use crate::token::Json;

/// Maximum number of keys that are tried for a token without `kid`.
const MOST_TRIED: usize = 16;

/// Keys from one source.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
    source: String,
    /// The user provided a single key, which is tried whatever the token's `kid`.
    is_given: bool,
    /// Keys that were skipped: their IDs, and why.
    skipped: Vec<(Option<String>, KeyError)>,
}

/// Keys to verify a token with.
#[derive(Debug)]
pub enum Choice<'k> {
    /// Try these keys, for this reason.
    Try(Vec<&'k Key>, &'static str),
    /// The `kid` of the token is not in the set; a newer set may have it.
    Unknown(String),
    /// No key fits, for this reason.
    None(String),
}

impl KeySet {
    /// Creates a set of the one key that the user provided. `source` names it in messages.
    #[must_use]
    pub fn given(key: Key, source: impl Into<String>) -> Self {
        Self { keys: vec![key], source: source.into(), is_given: true, skipped: Vec::new() }
    }

    /// Reads a JWK, a JWK Set, PEM or DER. Unusable keys of a JWK Set are skipped (RFC 7517 §5).
    ///
    /// # Errors
    /// If it contains no key.
    pub fn parse(bytes: &[u8], source: impl Into<String>) -> Result<Self, KeyError> {
        let trimmed = bytes.trim_ascii();
        if trimmed.starts_with(b"{") {
            return Self::from_json(trimmed, source);
        }
        let is_pem = memchr::memmem::find(trimmed, b"-----BEGIN ").is_some();
        let key = if is_pem { container::from_pem(trimmed)? } else { container::from_der(bytes)? };
        Ok(Self::given(key, source))
    }

    /// Reads a JWK or a JWK Set.
    ///
    /// # Errors
    /// If it is neither.
    pub fn from_json(bytes: &[u8], source: impl Into<String>) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(bytes).map_err(|_| KeyError::Jwk("not valid UTF-8".to_owned()))?;
        let json = Json::parse(text).map_err(|error| KeyError::Jwk(format!("not valid JSON: {error}")))?;
        if json.has_duplicates() {
            return Err(KeyError::Jwk(
                "a member occurs more than once, and parsers differ in which value they use".to_owned(),
            ));
        }
        let Some(members) = json.get("keys") else { return Ok(Self::given(jwk::read(&json)?, source)) };
        let Json::Array(members) = members else { return Err(KeyError::Jwk("`keys` is not an array".to_owned())) };
        let mut set = Self { keys: Vec::new(), source: source.into(), is_given: false, skipped: Vec::new() };
        for member in members {
            match jwk::read(member) {
                Ok(key) => set.keys.push(key),
                Err(error) => {
                    let id = member.get("kid").and_then(Json::as_str).map(str::to_owned);
                    set.skipped.push((id, error));
                }
            }
        }
        Ok(set)
    }

    /// Returns the source of the keys.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Chooses the keys for a token with this `alg` and `kid`. The `kid` is only looked up.
    #[must_use]
    pub fn choose(&self, algorithm: Algorithm, kid: Option<&str>) -> Choice<'_> {
        if self.is_mixed() {
            return Choice::None(format!(
                "{} contains both shared secrets and public keys, which is not safe",
                self.source
            ));
        }
        if let ([only], true) = (self.keys.as_slice(), self.is_given) {
            return fitting(vec![only], algorithm, "the provided key");
        }
        let Some(kid) = kid else {
            let why = "no `kid` in the token: tried every key that fits";
            return match (self.keys.as_slice(), fitting(self.keys.iter().collect(), algorithm, why)) {
                ([_], Choice::Try(keys, _)) => Choice::Try(keys, "no `kid` in the token: tried the only key"),
                (_, choice) => choice,
            };
        };
        let named: Vec<&Key> = self.keys.iter().filter(|key| key.id.as_deref() == Some(kid)).collect();
        let damaged = self.skipped.iter().find(|(id, _)| id.as_deref() == Some(kid));
        if let Some((_, error)) = damaged {
            return Choice::None(format!("the key `{kid}` in {} can't be used: {error}", self.source));
        }
        match (named.as_slice(), self.keys.as_slice()) {
            ([], [only]) if only.id.is_none() && self.skipped.is_empty() => {
                fitting(vec![only], algorithm, "the only key in the set, which has no `kid`")
            }
            ([], _) => Choice::Unknown(self.unknown_key(kid)),
            _ => match fitting(named, algorithm, "the key with the token's `kid`") {
                Choice::Try(keys, _) if keys.len() > 1 => {
                    Choice::None(format!("{} has {} keys with the ID `{kid}`", self.source, keys.len()))
                }
                choice => choice,
            },
        }
    }

    fn is_mixed(&self) -> bool {
        let secrets = self.keys.iter().filter(|key| key.kind == KeyType::Secret).count();
        secrets > 0 && secrets < self.keys.len()
    }

    fn unknown_key(&self, kid: &str) -> String {
        let mut message = format!("{} has no key `{kid}`", self.source);
        match self.keys.len() {
            0 => message.push_str(", and no other usable key"),
            count => {
                let names: Vec<&str> = self.keys.iter().take(5).map(|key| key.id.as_deref().unwrap_or("")).collect();
                message.push_str(&format!(", only these {count}: `{}`", names.join("`, `")));
            }
        }
        if let Some((_, first)) = self.skipped.first() {
            message.push_str(&format!("; {} skipped, the first because: {first}", self.skipped.len()));
        }
        message
    }
}

/// Returns the keys that can verify the algorithm, or else why the first one can't.
fn fitting<'k>(keys: Vec<&'k Key>, algorithm: Algorithm, why: &'static str) -> Choice<'k> {
    let refusals: Vec<String> = keys.iter().filter_map(|key| key.permits(algorithm).err()).collect();
    let fit: Vec<&Key> = keys.into_iter().filter(|key| key.permits(algorithm).is_ok()).collect();
    match (fit.len(), refusals.into_iter().next()) {
        (0, Some(reason)) => Choice::None(reason),
        (0, None) => Choice::None("no keys".to_owned()),
        (1..=MOST_TRIED, _) => Choice::Try(fit, why),
        (count, _) => Choice::None(format!("no `kid` in the token, and {count} keys are too many to try")),
    }
}
