//! The one HTTP client, hardened: no redirects, no cookies, no referrer, no decompression, a deadline and a cap on
//! everything, `https` unless the host is a loopback address.

mod client;
mod error;

pub use client::{Client, Limits, Request, Response, is_permitted};
pub use error::NetError;
