//! From text to a [`Decoded`]: one file for each form a token may be written in.

mod base64url;
mod compact;
mod json;
mod part;
mod sd_jwt;

pub use sd_jwt::Disclosure;

pub(super) use compact::compact;
pub(super) use json::json;
pub(super) use part::plain;
pub(super) use sd_jwt::sd_jwt;
