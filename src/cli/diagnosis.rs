//! A diagnosis as JSON and as an exit code, for `call`, `why` and `demo`.

use super::print::{json_findings, json_list, json_object, json_option, json_text};
use crate::app::ErrorKind;
use crate::diagnosis::{Cause, Diagnosis, Statement, StepUp};
use crate::token::Json;

/// Returns the exit code for a cause; `None` for success.
pub(super) fn exit(diagnosis: &Diagnosis) -> Option<ErrorKind> {
    match diagnosis.cause {
        Cause::None => None,
        Cause::Scope | Cause::Application => Some(ErrorKind::NotAllowed),
        Cause::TokenExpired
        | Cause::TokenNotYetValid
        | Cause::TokenInvalid
        | Cause::Audience
        | Cause::Issuer
        | Cause::Binding => Some(ErrorKind::TokenUnusable),
        Cause::StepUp | Cause::Client | Cause::Login => Some(ErrorKind::Refused),
        Cause::Transport | Cause::Role | Cause::Unknown => Some(ErrorKind::Failed),
    }
}

/// Returns the members of `tokscope.why/v1`, without the schema.
pub(super) fn members(diagnosis: &Diagnosis) -> Vec<(String, Json)> {
    let statement = |statement: Option<&Statement>| {
        statement.map_or(Json::Null, |statement| {
            json_object([
                ("says", json_text(&statement.text)),
                ("scopes", Json::Array(statement.scopes.iter().map(json_list).collect())),
            ])
        })
    };
    let evidence = diagnosis.evidence.sources().map(|(name, source)| (name, statement(source)));
    [
        ("cause", json_text(diagnosis.cause.as_str())),
        ("sentence", json_text(&diagnosis.sentence)),
        ("missing", Json::Array(diagnosis.missing.iter().map(json_list).collect())),
        ("opens", Json::Array(diagnosis.opens.iter().map(json_list).collect())),
        ("confidence", json_text(diagnosis.confidence.as_str())),
        ("agree", diagnosis.agree.map_or(Json::Null, Json::Bool)),
        ("evidence", json_object(evidence)),
        ("findings", json_findings(&diagnosis.findings)),
        ("next", json_text(&diagnosis.next)),
        ("command", json_option(diagnosis.command.as_ref())),
        ("step_up", diagnosis.step_up.as_ref().map_or(Json::Null, step_up)),
        ("rule", json_text(&diagnosis.rule)),
        ("source", json_option(diagnosis.source.as_ref())),
        ("wanting", json_list(&diagnosis.wanting)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn step_up(step_up: &StepUp) -> Json {
    json_object([
        ("acr_values", json_option(step_up.acr_values.as_ref())),
        ("max_age", step_up.max_age.map_or(Json::Null, |seconds| Json::Number(seconds.to_string()))),
        ("claims", json_option(step_up.claims.as_ref())),
        ("url", json_option(step_up.url.as_ref())),
    ])
}
