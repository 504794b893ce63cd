//! The codes of this room's findings.

crate::codes! {
    TOKEN_TYPE_WRONG = "token-type-wrong", Warning, "the token type is neither `Bearer` nor `DPoP`", "RFC 6749 §5.1";
    EXPIRES_IN_WRONG = "expires-in-wrong", Warning, "the lifetime is no number of seconds", "RFC 6749 §5.1";
    SCOPE_MALFORMED = "scope-malformed", Warning, "the granted scopes are not written as a list with spaces", "RFC 6749 §3.3";
}
