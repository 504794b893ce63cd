//! Removal of secrets from a JSON document, for readers that must not see them.

use super::Json;
use super::check::{is_secret, is_secret_name};
use crate::secret::masked_tokens;

/// What replaces a secret.
const MASK: &str = "(masked)";

/// Members of a private JWK (RFC 7517 §9.3).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Returns the document without secrets: tokens, private keys, and strings of members that are named like a secret.
#[must_use]
pub fn without_secrets(document: &Json) -> Json {
    redacted("", document)
}

fn redacted(name: &str, value: &Json) -> Json {
    match value {
        Json::String(text) if is_secret(text) || (is_secret_name(name) && text.len() > 5) => {
            Json::String(MASK.to_owned())
        }
        Json::String(text) => Json::String(masked_tokens(text).into_owned()),
        Json::Array(items) => Json::Array(items.iter().map(|item| redacted(name, item)).collect()),
        Json::Object(members) => {
            let key = value.get("kty").is_some();
            let one = |(name, value): &(String, Json)| {
                let value = match key && PRIVATE.contains(&name.as_str()) {
                    true => Json::String(MASK.to_owned()),
                    false => redacted(name, value),
                };
                (masked_tokens(name).into_owned(), value)
            };
            Json::Object(members.iter().map(one).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_at_every_depth_and_other_values_are_kept() {
        let document = r#"{"scope":"orders:read","password":"hunter22","a":[{"x":"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"}],
            "cnf":{"jwk":{"kty":"EC","crv":"P-256","d":"needle"}},"access_token":["needle-one","needle-two"],
            "note":"send Authorization: Bearer needle1234567","pem":"-----BEGIN PRIVATE KEY-----\nneedle","exp":1,"secret":"no"}"#;
        let text = without_secrets(&Json::parse(document).unwrap_or(Json::Null)).to_string();
        for kept in ["orders:read", "\"crv\":\"P-256\"", "\"exp\":1", "\"secret\":\"no\""] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        for secret in ["hunter22", "ghp_0123", "needle"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}
