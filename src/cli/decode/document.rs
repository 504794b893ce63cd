//! What a token says, as `tokscope.decode/v1`.

use super::Verification;
use crate::cli::print::{json_findings, json_object, json_text};
use crate::token::{Json, Payload};
use crate::workspace::HeldToken;

/// `tokscope.decode/v1`
pub(super) fn document(token: &HeldToken, verification: &Verification) -> Json {
    let decoded = &token.decoded;
    let payload = match &decoded.payload {
        Payload::Json(value) => value.clone(),
        Payload::Text(text) => json_text(text),
        _ => Json::Null,
    };
    let granted = token.granted.as_ref().map(|granted| {
        let one = |granted: &crate::token::GrantedScope| {
            json_object([("scope", json_text(&granted.scope)), ("place", json_text(&granted.place))])
        };
        Json::Array(granted.0.iter().map(one).collect())
    });
    let scopes = token.granted.iter().flat_map(|granted| &granted.0);
    json_object([
        ("schema", json_text("tokscope.decode/v1")),
        ("kind", json_text(decoded.kind.as_str())),
        ("whole", Json::Bool(decoded.whole)),
        ("header", decoded.header.clone().unwrap_or(Json::Null)),
        ("claims", decoded.claims().cloned().unwrap_or(Json::Null)),
        ("payload", payload),
        ("scopes", Json::Array(scopes.map(|granted| json_text(&granted.scope)).collect())),
        ("granted", granted.unwrap_or(Json::Null)),
        ("findings", json_findings(&decoded.findings)),
        ("verification", verification.document.clone()),
    ])
}
