//! The codes of this room's findings.

crate::codes! {
    TOKEN_TRUNCATED = "token-truncated", Error, "the token was cut off", "RFC 7515 §7.1";
}
