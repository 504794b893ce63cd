//! Parsers from a string to a [`Decoded`], one file per serialization.

mod base64url;
mod compact;
mod json;
mod part;
mod sd_jwt;

pub(super) use compact::compact;
pub(super) use json::json;
pub(super) use part::plain;
pub(super) use sd_jwt::{digest_algorithm, sd_jwt};
