//! Tokens: detects a token in pasted input, decodes, explains, checks and verifies it, and reads its granted scopes.
//!
//! Pure: the time is an argument, and nothing is fetched. Decoding is not verifying.
//!
//! ```text
//! input     detects a token in pasted input
//! read      decodes it, one file per serialization; opaque: tokens without a readable form
//! purpose   kind of token; provider: product of the issuer
//! check     findings about a token; findings: their codes
//! explain   meaning of claims and header, from the tables in glossary
//! verify    signature and claims, with the keys of key
//! decrypt   JWE with a given key
//! lines     many tokens, one per line; scan: every token in a log; carried: detects a token in a text to be sent
//! ```

mod carried;
mod check;
mod decode;
mod decoded;
pub mod decrypt;
pub mod entra;
mod explain;
mod findings;
mod formats;
mod glossary;
mod granted;
mod input;
mod json;
pub mod key;
pub mod lines;
mod names;
mod opaque;
mod provider;
mod purpose;
mod read;
mod redacted;
pub mod scan;
mod time;
pub mod verify;

/// Header parameter of tokens that `tokscope sign` makes for tests. A verifier ignores it (RFC 7515 §4), and the signature
/// covers it.
pub const TEST_PARAMETER: &str = "tokscope_test";

pub use carried::{carried, find_in_readings};
pub use check::{not_as_given, used_as_access_token};
pub use decode::{Policy, decode, decode_decrypted, decode_input, decode_with};
pub use decoded::{Decoded, Description, Disclosure, FurtherSignature, Opaque, Payload, Serialization, TokenKind};
pub use explain::{Entry, EntryKind, Explanation, Summary, entries, explain_claims, explain_header, names, summarize};
pub use findings::ALL as CODES;
pub use granted::{Granted, GrantedScope, ScopeSource, claim_at, granted, granted_at, permissions_elsewhere, roles};
pub use input::{
    Input, InputError, LeftOut, MOST_BYTES, MOST_DOCUMENT, begins_like_a_document, detect, detect_within, is_removed,
};
pub use json::{Json, JsonError};
pub use opaque::gateway_placeholder;
pub use provider::Provider;
pub use purpose::{DetectedPurpose, Purpose, not_for_access};
pub use redacted::without_secrets;
pub use time::{Validity, lifetime, relative, validity};
