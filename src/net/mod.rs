//! The hardened HTTP client: no redirects, no cookies, no referrer, no decompression, a deadline and size limits for
//! everything, and `https` unless the host is a loopback address.

mod client;
mod error;
mod proxy;
mod reach;
mod timing;

pub use client::{
    Carried, Carrier, Client, Limits, Options, Protocol, Request, Response, StreamBody, USER_AGENT, is_permitted, trust,
};
pub use error::NetError;
pub use proxy::proxy_for;
pub use reach::{Follow, Nearness, TooNear};
pub use timing::Timing;
