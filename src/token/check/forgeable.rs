//! Tokens that anyone could have made: signed with a published secret, or made by `tokscope sign`.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::diagnostic::Diagnostic;
use crate::token::findings::{SECRET_WELL_KNOWN, TEST_TOKEN};
use crate::token::{Decoded, Json, TEST_PARAMETER};

/// Secrets of documentation, tutorials and default configurations. Everybody tries them first.
const SECRETS: &[&str] = &[
    // the debugger of jwt.io, in its versions
    "secret",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    // READMEs of libraries: jsonwebtoken (npm), PyJWT, express-session, ruby-jwt, java-jwt, jwt-go
    "shhhhh",
    "shhhhhhared-secret",
    "secret-key",
    "keyboard cat",
    "my$ecretK3y",
    "hmac-secret",
    "hmacSampleSecret",
    "AllYourBase",
    "key",
    "hmac_secret",
    // frameworks and tutorials: FastAPI, Django, Flask, Spring, Laravel, ASP.NET, Supabase
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "django-insecure",
    "super-secret",
    "super-secret-key",
    "supersecret",
    "supersecretkey",
    "super_secret",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
    "this-is-a-very-long-secret-key-that-is-at-least-256-bits",
    "this is my custom Secret key for authentication",
    "your-secret-key",
    "your_secret_key",
    "your-secret",
    "your_secret",
    "your_jwt_secret",
    "your-jwt-secret",
    "yoursecretkey",
    "my-secret",
    "my_secret",
    "mysecret",
    "mysecretkey",
    "my-secret-key",
    "my_secret_key",
    "my-32-character-ultra-secure-and-ultra-long-secret",
    "jwt-secret",
    "jwt_secret",
    "jwtsecret",
    "JWT_SECRET",
    "secretkey",
    "secret_key",
    "SECRET_KEY",
    "secretKey",
    "secret123",
    "s3cr3t",
    "topsecret",
    "top-secret",
    "not-a-secret",
    "change-me",
    "changeme",
    "change_me",
    "CHANGE_ME",
    "changeit",
    "changethis",
    "changeme-in-production",
    "please-change-me",
    "replace-me",
    "insecure-secret",
    "dev-secret",
    "test-secret",
    "test",
    "password",
    "admin",
    "example",
    "default",
    "token",
    "123456",
    "12345678",
    "qwertyuiopasdfghjklzxcvbnm123456",
    "abcdefghijklmnopqrstuvwxyz123456",
];

/// Keys of specifications, in base64url: RFC 7515 Appendix A.1.
const KEYS: &[&str] = &["AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"];

/// Adds a finding for a token made by `tokscope sign`, and for a compact token that a published secret signed.
pub(in crate::token) fn check(token: &str, decoded: &mut Decoded) {
    let Some(header) = &decoded.header else { return };
    if header.get(TEST_PARAMETER).is_some() {
        let message = "the token was made for tests with `tokscope sign`: no authorization server issued it";
        decoded.findings.push(Diagnostic::new(&TEST_TOKEN, message));
    }
    let digest = match header.get("alg").and_then(Json::as_str) {
        Some("HS256") => hmac::HMAC_SHA256,
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => return,
    };
    let Some((input, _)) = token.rsplit_once('.').filter(|(input, _)| input.contains('.')) else { return };
    if let Some(secret) = published(digest, input.as_bytes(), &decoded.signature) {
        let message = format!("the token is signed with a published secret ({secret}): anyone can make such a token");
        decoded.findings.push(Diagnostic::new(&SECRET_WELL_KNOWN, message));
    }
}

/// Returns how to name the published secret that made a signature.
fn published(digest: hmac::Algorithm, input: &[u8], signature: &[u8]) -> Option<String> {
    if signature.len() != digest.tag_len() {
        return None;
    }
    let signs = |secret: &[u8]| hmac::verify(&hmac::Key::new(digest, secret), input, signature).is_ok();
    if let Some(secret) = SECRETS.iter().find(|secret| signs(secret.as_bytes())) {
        return Some(format!("`{secret}`"));
    }
    let decoded = KEYS.iter().filter_map(|key| URL_SAFE_NO_PAD.decode(key).ok());
    decoded.into_iter().any(|key| signs(&key)).then(|| "the key of RFC 7515 Appendix A.1".to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::token::decode;

    fn codes(token: &str) -> Vec<&'static str> {
        let findings = decode(token, Timestamp::UNIX_EPOCH).findings;
        findings
            .iter()
            .map(|finding| finding.code.name)
            .filter(|name| ["secret-well-known", "test-token"].contains(name))
            .collect()
    }

    fn signed(header: &str, digest: hmac::Algorithm, secret: &[u8]) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let input = format!("{}.{}", encode(header), encode(r#"{"sub":"a"}"#));
        let tag = hmac::sign(&hmac::Key::new(digest, secret), input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    #[test]
    fn tokens_signed_with_a_published_secret_are_found() {
        for secret in SECRETS {
            assert_eq!(
                codes(&signed(r#"{"alg":"HS256"}"#, hmac::HMAC_SHA256, secret.as_bytes())),
                ["secret-well-known"],
                "{secret}"
            );
        }
        for (header, digest) in [(r#"{"alg":"HS384"}"#, hmac::HMAC_SHA384), (r#"{"alg":"HS512"}"#, hmac::HMAC_SHA512)] {
            assert_eq!(codes(&signed(header, digest, b"secret")), ["secret-well-known"], "{header}");
        }
        // RFC 7515 Appendix A.1.1
        let example = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly\
                       9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(codes(example), ["secret-well-known"]);
    }

    #[test]
    fn other_tokens_are_not_found() {
        assert_eq!(codes(&signed(r#"{"alg":"HS256"}"#, hmac::HMAC_SHA256, b"not a published one")), [] as [&str; 0]);
        // a signature of another algorithm
        assert_eq!(codes(&signed(r#"{"alg":"HS512"}"#, hmac::HMAC_SHA256, b"secret")), [] as [&str; 0]);
        assert_eq!(codes(&signed(r#"{"alg":"RS256"}"#, hmac::HMAC_SHA256, b"secret")), [] as [&str; 0]);
    }

    #[test]
    fn test_tokens_are_found_by_their_header() {
        let token = signed(r#"{"alg":"HS256","tokscope_test":true}"#, hmac::HMAC_SHA256, b"not a published one");
        assert_eq!(codes(&token), ["test-token"]);
    }
}
