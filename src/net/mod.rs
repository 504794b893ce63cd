//! The hardened HTTP client: no redirects, no cookies, no referrer, no decompression, a deadline and size limits for
//! everything, and `https` unless the host is a loopback address.

mod client;
mod error;
mod message;
mod proxy;
mod reach;
mod timing;
mod tls;

pub use client::{Carried, Carrier, Client, Options, Protocol, USER_AGENT, trust};
pub use error::NetError;
pub use message::{Limits, Request, Response, StreamBody, is_permitted};
pub use proxy::proxy_for;
pub use reach::{Follow, Nearness, TooNear};
pub use timing::Timing;
