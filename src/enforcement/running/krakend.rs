//! `KrakenD`: endpoints with `auth/validator`.
//!
//! `scopes_matcher` is all of them only if it is exactly `all`; without `scopes_key`, scopes are not checked.

use super::path::PathMatch;
use super::tree::Tree;
use super::{Access, Precedence, Route, Running};

/// Names of the validator, the second that of older versions.
const VALIDATORS: [&str; 2] = ["auth/validator", "github.com/devopsfaith/krakend-jose/validator"];

/// Whether a document is a configuration of `KrakenD`.
pub(super) fn is_configuration(documents: &[Tree]) -> bool {
    let Some(root) = documents.first() else { return false };
    let endpoints = root.items_of("endpoints");
    root.get("version").is_some()
        && endpoints.iter().any(|endpoint| endpoint.get("backend").is_some() && endpoint.get("endpoint").is_some())
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running =
        Running { format: "KrakenD".to_owned(), precedence: Precedence::MostSpecific, ..Running::default() };
    let endpoints = documents.first().map(|root| root.items_of("endpoints")).unwrap_or_default();
    for endpoint in endpoints {
        let Some(path) = endpoint.text_of("endpoint") else { continue };
        let method = endpoint.text_of("method").unwrap_or("GET").to_ascii_uppercase();
        let extra = endpoint.get("extra_config");
        let validator = extra.and_then(|extra| VALIDATORS.into_iter().find_map(|name| extra.get(name)));
        let access = validator.map_or(Access::Open, |validator| access(validator, &mut running));
        running.routes.push(Route {
            name: format!("{method} {path}"),
            methods: Some(vec![method]),
            path: PathMatch::template(path),
            excluded: Vec::new(),
            access,
            span: endpoint.get("endpoint").map_or_else(|| endpoint.span.clone(), |path| path.span.clone()),
        });
    }
    running
}

fn access(validator: &Tree, running: &mut Running) -> Access {
    if let Some(issuer) = validator.get("issuer") {
        running.issuers.extend(issuer.text().map(|text| (text.to_owned(), issuer.span.clone())));
    }
    match validator.get("audience").map(|audience| (audience.texts(), audience.span.clone())) {
        Some((found, span)) if !found.is_empty() => {
            running.audiences.extend(found.into_iter().map(|text| (text, span.clone())));
        }
        _ => running.any_audience = Some(validator.span.clone()),
    }
    if !validator.texts_of("roles").is_empty() {
        running
            .unread
            .push(("roles of a validator".to_owned(), validator.get("roles").map(|roles| roles.span.clone())));
    }
    let scopes = validator.texts_of("scopes");
    let Some(key) = validator.get("scopes_key").filter(|_| !scopes.is_empty()) else { return Access::Token };
    running.claims.extend(key.text().map(|claim| (claim.to_owned(), key.span.clone())));
    match validator.text_of("scopes_matcher") {
        Some("all") => Access::Scopes(vec![scopes]),
        _ => super::api_gateway::any_of(scopes),
    }
}
