//! A review as JSON.

use crate::cli::print::{json_list, json_object, json_option, json_text};
use crate::token::Json;
use crate::usage::{ClientUse, LogCoverage, Review, ReviewFinding, ScopeUse, TokenUse};

fn number(number: u64) -> Json {
    Json::Number(number.to_string())
}

/// `tokscope.review/v1`
pub(super) fn document(found: &Review, applied: Option<Json>) -> Json {
    let coverage = &found.coverage;
    let mut document = json_object([
        ("schema", json_text("tokscope.review/v1")),
        (
            "coverage",
            json_object([
                ("from", json_option(coverage.from.as_ref())),
                ("to", json_option(coverage.to.as_ref())),
                ("calls", number(coverage.uses)),
                ("hand_outs", number(coverage.hand_outs)),
            ]),
        ),
        ("log", found.log.as_ref().map_or(Json::Null, log)),
        ("tokens", Json::Array(found.tokens.iter().map(token).collect())),
        ("clients", Json::Array(found.clients.iter().map(client).collect())),
        ("findings", Json::Array(found.findings.iter().map(finding).collect())),
    ]);
    if let Json::Object(members) = &mut document {
        members.extend(applied.map(|applied| ("applied".to_owned(), applied)));
    }
    document
}

fn log(log: &LogCoverage) -> Json {
    json_object([
        ("from", json_option(log.from.as_ref())),
        ("to", json_option(log.to.as_ref())),
        ("requests", number(log.requests)),
        ("unmatched", number(log.unmatched)),
        ("without_client", number(log.without_client)),
        ("undated", number(log.undated)),
    ])
}

fn scope(scope: &ScopeUse) -> Json {
    json_object([
        ("scope", json_text(&scope.scope)),
        ("state", json_text(scope.state.as_str())),
        ("uses", number(scope.uses)),
        ("log_uses", number(scope.log_uses)),
        ("last", json_option(scope.last.as_ref())),
        ("endpoints", json_list(&scope.endpoints)),
    ])
}

fn token(token: &TokenUse) -> Json {
    let endpoints = token
        .endpoints
        .iter()
        .map(|(endpoint, calls)| json_object([("endpoint", json_text(endpoint)), ("calls", number(*calls))]));
    let approval = token.approval.as_ref().map_or(Json::Null, |approval| {
        json_object([
            ("id", json_text(&approval.id)),
            ("approvers", json_list(&approval.approvers)),
            ("until", json_option(approval.until.as_ref())),
        ])
    });
    json_object([
        ("id", json_text(&token.id)),
        ("client", json_text(&token.client)),
        ("state", json_text(token.state.as_str())),
        ("uses", number(token.uses)),
        ("last", json_option(token.last.as_ref())),
        ("hand_outs", number(token.hand_outs)),
        ("covered", Json::Bool(token.covered)),
        ("approval", approval),
        ("scopes", Json::Array(token.scopes.iter().map(scope).collect())),
        ("endpoints", Json::Array(endpoints.collect())),
    ])
}

fn client(client: &ClientUse) -> Json {
    let endpoints = client.endpoints.iter().map(|endpoint| {
        json_object([
            ("endpoint", json_text(&endpoint.endpoint)),
            ("calls", number(endpoint.calls)),
            ("denied", number(endpoint.denied)),
            ("last", json_option(endpoint.last.as_ref())),
        ])
    });
    json_object([
        ("client", json_option(client.client.as_ref())),
        ("calls", number(client.calls)),
        ("denied", number(client.denied)),
        ("last", json_option(client.last.as_ref())),
        ("scopes", Json::Array(client.scopes.iter().map(scope).collect())),
        ("endpoints", Json::Array(endpoints.collect())),
    ])
}

fn finding(one: &ReviewFinding) -> Json {
    json_object([
        ("code", json_text(one.finding.code.name)),
        ("severity", json_text(one.finding.severity())),
        ("message", json_text(&one.finding.message)),
        ("client", json_text(&one.client)),
        ("token", json_option(one.token.as_ref())),
        ("command", json_option(one.action.as_ref())),
        ("evidence", one.evidence.map_or(Json::Null, number)),
    ])
}
