//! What a token says: recognise it in whatever was pasted, parse it, explain it, read the scopes it was granted.
//!
//! Pure: the time comes in as an argument, and nothing is ever fetched. Decoding is not verifying.
//!
//! ```text
//! input     finds the token in a text
//! read      takes it apart, one file for each form; opaque for those that have none
//! purpose   what it is for; provider: whose it is
//! check     what is wrong with it; findings: the codes
//! explain   claims and header in words, by the tables in words
//! verify    its signature and its claims, by keys of key
//! decrypt   what is in a JWE, by a key that was given
//! lines     many tokens at once; scan: every token of a log; carried: whether a text holds one
//! ```

mod carried;
mod check;
mod decode;
mod decoded;
pub mod decrypt;
mod explain;
mod findings;
mod granted;
mod input;
mod json;
pub mod key;
pub mod lines;
mod opaque;
mod provider;
mod purpose;
mod read;
pub mod scan;
mod time;
pub mod verify;
mod words;

pub use carried::carried;
pub use check::{not_as_given, used_as_access_token};
pub use decode::{Policy, decode, decode_by, decode_decrypted};
pub use decoded::{Decoded, FurtherSignature, Kind, Payload, Serialization};
pub use explain::{Entry, EntryKind, Explained, Summary, entries, explain_claims, explain_header, names, summarise};
pub use findings::ALL as CODES;
pub use granted::{Granted, GrantedScope, Place, granted};
pub use input::{
    Input, InputError, LeftOut, MOST_BYTES, MOST_DOCUMENT, begins_like_a_document, recognise, recognise_within,
};
pub use json::{Json, JsonError};
pub use opaque::Opaque;
pub use provider::Provider;
pub use purpose::{Named, Purpose, not_for_access};
pub use read::Disclosure;
pub use time::{Validity, relative, validity};
