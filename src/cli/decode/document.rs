//! JSON output of `tokscope decode`.

use super::Verification;
use crate::app::LoadedToken;
use crate::cli::print::{json_findings, json_object, json_option, json_text};
use crate::token::{Decoded, Description, Disclosure, GrantedScope, Json, Opaque, Payload};

/// Returns the document `tokscope.decode/v1`.
pub(in crate::cli) fn document(token: &LoadedToken, verification: &Verification) -> Json {
    let decoded = &token.decoded;
    let granted = token.granted.as_ref().map(|granted| {
        let one = |granted: &GrantedScope| {
            json_object([("scope", json_text(&granted.scope)), ("place", json_text(&granted.place))])
        };
        Json::Array(granted.0.iter().map(one).collect())
    });
    let scopes = token.granted.iter().flat_map(|granted| &granted.0);
    let findings: Vec<_> = decoded.all_findings().cloned().collect();
    let mut members = vec![("schema".to_owned(), json_text("tokscope.decode/v1"))];
    members.extend(parts(decoded));
    let rest = json_object([
        ("scopes", Json::Array(scopes.map(|granted| json_text(&granted.scope)).collect())),
        ("granted", granted.unwrap_or(Json::Null)),
        ("roles", Json::Array(token.roles().0.iter().map(role).collect())),
        ("findings", json_findings(&findings)),
        ("verification", verification.document.clone()),
    ]);
    members.extend_from_slice(rest.members());
    Json::Object(members)
}

/// Returns the members that describe a token or a token inside it.
fn parts(decoded: &Decoded) -> Vec<(String, Json)> {
    let payload = match &decoded.payload {
        Payload::Json(value) => value.clone(),
        Payload::Text(text) => json_text(text),
        _ => Json::Null,
    };
    let claims = match &decoded.payload {
        Payload::Claims(claims) => claims.clone(),
        _ => Json::Null,
    };
    // the decoder bounds the nesting
    let inside = |inside: Option<&Decoded>| inside.map_or(Json::Null, |inside| Json::Object(parts(inside)));
    let further = decoded.further_signatures.iter().map(|further| further.header.clone());
    let members = json_object([
        ("kind", json_text(decoded.kind.as_str())),
        ("description", json_option(decoded.description.map(Description::as_str))),
        ("serialization", json_text(decoded.serialization.as_str())),
        ("purpose", json_option(decoded.purpose.as_ref().map(|named| named.purpose.name))),
        ("provider", json_option(decoded.provider.map(|provider| provider.name))),
        ("whole", Json::Bool(decoded.whole)),
        ("header", decoded.header.clone().unwrap_or(Json::Null)),
        ("further_headers", Json::Array(further.collect())),
        ("claims", claims),
        ("payload", payload),
        ("disclosed", decoded.disclosed.clone().unwrap_or(Json::Null)),
        ("disclosures", Json::Array(decoded.disclosures.iter().map(disclosure).collect())),
        ("key_binding", inside(decoded.key_binding.as_deref())),
        ("opaque", decoded.opaque.as_ref().map_or(Json::Null, opaque)),
        ("inner", inside(decoded.inner.as_deref())),
    ]);
    members.members().to_vec()
}

fn role(role: &GrantedScope) -> Json {
    json_object([("role", json_text(&role.scope)), ("place", json_text(&role.place))])
}

fn disclosure(disclosure: &Disclosure) -> Json {
    json_object([
        ("digest", json_text(&disclosure.digest)),
        ("path", json_option(disclosure.path.as_ref())),
        ("name", json_option(disclosure.name.as_ref())),
        ("value", disclosure.value.clone()),
    ])
}

fn opaque(opaque: &Opaque) -> Json {
    let checksum = opaque.checksum.map(|fits| if fits { "right" } else { "wrong" });
    let facts = opaque.facts.iter().map(|(name, value)| ((*name).to_owned(), json_text(value)));
    json_object([
        ("issuer", json_text(opaque.issuer)),
        ("what", json_text(opaque.what)),
        ("checksum", json_option(checksum)),
        ("facts", Json::Object(facts.collect())),
        ("learn", json_text(opaque.learn)),
        ("source", json_text(opaque.source)),
    ])
}
