//! A set of keys (RFC 7517 §5), and which of them a token is to be verified with.

use super::{Algorithm, Key, KeyError, KeyType, container, jwk};
use crate::token::Json;

/// How many keys are tried for a token that does not name its own.
const MOST_TRIED: usize = 16;

/// Keys from one source.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
    source: String,
    /// The user gave exactly this key: it is tried whatever the token names.
    is_given: bool,
    /// The keys that were left out: their names, and what is wrong with them.
    left_out: Vec<(Option<String>, KeyError)>,
}

/// Which keys a token is to be verified with.
#[derive(Debug)]
pub enum Choice<'k> {
    /// Each of them, and why these.
    Try(Vec<&'k Key>, &'static str),
    /// The key that the token names is not in the set: a newer set may have it.
    Unknown(String),
    /// None, and why.
    None(String),
}

impl KeySet {
    /// One key that the user gave. `source` names it in messages.
    #[must_use]
    pub fn given(key: Key, source: impl Into<String>) -> Self {
        Self { keys: vec![key], source: source.into(), is_given: true, left_out: Vec::new() }
    }

    /// Finds the key or the keys in bytes: a JWK, a JWK Set, PEM, or DER. Keys of a set that can't be used are left
    /// out, as RFC 7517 §5 has it.
    ///
    /// # Errors
    /// When there is no key in it.
    pub fn parse(bytes: &[u8], source: impl Into<String>) -> Result<Self, KeyError> {
        let trimmed = bytes.trim_ascii();
        if trimmed.starts_with(b"{") {
            return Self::from_json(trimmed, source);
        }
        let is_pem = memchr::memmem::find(trimmed, b"-----BEGIN ").is_some();
        let key = if is_pem { container::from_pem(trimmed)? } else { container::from_der(bytes)? };
        Ok(Self::given(key, source))
    }

    /// A JWK or a JWK Set, as a server publishes it.
    ///
    /// # Errors
    /// When it is neither.
    pub fn from_json(bytes: &[u8], source: impl Into<String>) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(bytes).map_err(|_| KeyError::Jwk("it is no UTF-8".to_owned()))?;
        let json = Json::parse(text).map_err(|error| KeyError::Jwk(format!("it is no JSON: {error}")))?;
        if json.has_duplicates() {
            return Err(KeyError::Jwk(
                "a member occurs more than once, and readers differ in which one they take".to_owned(),
            ));
        }
        let Some(members) = json.get("keys") else { return Ok(Self::given(jwk::read(&json)?, source)) };
        let Json::Array(members) = members else { return Err(KeyError::Jwk("`keys` is no list".to_owned())) };
        let mut set = Self { keys: Vec::new(), source: source.into(), is_given: false, left_out: Vec::new() };
        for member in members {
            match jwk::read(member) {
                Ok(key) => set.keys.push(key),
                Err(error) => {
                    let id = member.get("kid").and_then(Json::as_str).map(str::to_owned);
                    set.left_out.push((id, error));
                }
            }
        }
        Ok(set)
    }

    /// Where the keys came from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Which keys to try for a token with this `alg` and this `kid`. The `kid` is nothing but a name to look up.
    #[must_use]
    pub fn choose(&self, algorithm: Algorithm, kid: Option<&str>) -> Choice<'_> {
        if self.is_mixed() {
            return Choice::None(format!(
                "{} mixes shared secrets with public keys: neither can be trusted",
                self.source
            ));
        }
        if let ([only], true) = (self.keys.as_slice(), self.is_given) {
            return fitting(vec![only], algorithm, "the key that was given");
        }
        let Some(kid) = kid else {
            let why = "the token names no key: each that fits was tried";
            return match (self.keys.as_slice(), fitting(self.keys.iter().collect(), algorithm, why)) {
                ([_], Choice::Try(keys, _)) => Choice::Try(keys, "the token names no key: the only one was tried"),
                (_, choice) => choice,
            };
        };
        let named: Vec<&Key> = self.keys.iter().filter(|key| key.id.as_deref() == Some(kid)).collect();
        let damaged = self.left_out.iter().find(|(id, _)| id.as_deref() == Some(kid));
        if let Some((_, error)) = damaged {
            return Choice::None(format!("the key `{kid}` of {} can't be relied on: {error}", self.source));
        }
        match (named.as_slice(), self.keys.as_slice()) {
            ([], [only]) if only.id.is_none() && self.left_out.is_empty() => {
                fitting(vec![only], algorithm, "the only key of the set, which has no name")
            }
            ([], _) => Choice::Unknown(self.nothing_named(kid)),
            _ => match fitting(named, algorithm, "the key that the token names") {
                Choice::Try(keys, _) if keys.len() > 1 => {
                    Choice::None(format!("{} has {} keys of the name `{kid}`", self.source, keys.len()))
                }
                choice => choice,
            },
        }
    }

    fn is_mixed(&self) -> bool {
        let secrets = self.keys.iter().filter(|key| key.kind == KeyType::Secret).count();
        secrets > 0 && secrets < self.keys.len()
    }

    fn nothing_named(&self, kid: &str) -> String {
        let mut said = format!("{} has no key `{kid}`", self.source);
        match self.keys.len() {
            0 => said.push_str(", nor any other that can be used"),
            count => {
                let names: Vec<&str> = self.keys.iter().take(5).map(|key| key.id.as_deref().unwrap_or("")).collect();
                said.push_str(&format!(" among its {count}: `{}`", names.join("`, `")));
            }
        }
        if let Some((_, first)) = self.left_out.first() {
            said.push_str(&format!("; {} left out, the first because {first}", self.left_out.len()));
        }
        said
    }
}

/// Those of the keys that may verify the algorithm; else why the first may not.
fn fitting<'k>(keys: Vec<&'k Key>, algorithm: Algorithm, why: &'static str) -> Choice<'k> {
    let refusals: Vec<String> = keys.iter().filter_map(|key| key.permits(algorithm).err()).collect();
    let fit: Vec<&Key> = keys.into_iter().filter(|key| key.permits(algorithm).is_ok()).collect();
    match (fit.len(), refusals.into_iter().next()) {
        (0, Some(reason)) => Choice::None(reason),
        (0, None) => Choice::None("there is no key".to_owned()),
        (1..=MOST_TRIED, _) => Choice::Try(fit, why),
        (count, _) => Choice::None(format!("the token names no key, and {count} would have to be tried")),
    }
}
