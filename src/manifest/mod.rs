//! The manifest, `tokscope.toml`: which endpoint requires which scopes. Parsed with positions, validated and routed.
//!
//! Pure: the source text is passed in.

mod approvers;
mod call_variables;
mod client;
mod description;
mod dialect;
mod diff;
pub mod drift;
mod endpoint;
mod error_rule;
mod findings;
mod fmt;
pub mod import;
mod issuer;
mod lint;
mod list_meaning;
mod match_key;
mod mcp;
mod model;
mod named;
mod parse;
mod parse_api;
mod parse_approvers;
mod parse_client;
mod parse_dialect;
mod percent;
mod policy;
mod policy_lint;
pub mod providers;
mod render;
pub mod requests;
mod route;
mod router;
mod schema;
mod server;
mod template;
mod toml_reader;
mod values;

pub use approvers::{ApproverKey, ApproverRule, Approvers};
pub use call_variables::{CallVariables, READY_SETS, ReadySet};
pub use client::{AudienceParameter, Client, ClientAuthentication, GrantType, Narrowing, RedirectUri, SecretReference};
pub use dialect::{
    ClientKind, Dialect, Explanation, Pkce, Place, RevocationReach, RevocationRequest, Rotation, TokenFormat,
};
pub use diff::{CHANGES, Change, ChangeKind, Direction, diff};
pub use endpoint::Endpoint;
pub use error_rule::{
    Captures, Cause, ErrorRule, Location as ErrorLocation, Pattern as ErrorPattern, Reading, Tier, normal_code,
    normal_text, parse_catalogue,
};
pub use findings::ALL as CODES;
pub use fmt::format;
pub use issuer::Issuer;
pub use lint::lint;
pub use list_meaning::ListMeaning;
pub use match_key::{INNER_SLASH, MatchKey};
pub use model::{Api, DeclaredScope, Manifest};
pub use parse::{Parsed, parse, parse_with};
pub(crate) use percent::decode as percent_decoded;
pub use policy::{
    Effect, EndpointPattern, MethodPattern, Policy, PolicyRule, StatedDefault, When, Wildcard, Window, zone,
};
pub use render::{Source, line_column, render};
pub use route::{Route, RouteError};
pub use schema::schema;
pub use server::Server;
pub use template::{Piece, Segment, Template, TemplateError};
pub(crate) use values::duration as parse_duration;
