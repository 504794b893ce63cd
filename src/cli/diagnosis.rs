//! A diagnosis as lines, as JSON and as an exit code: for `call`, `why` and `demo`.

use super::print::{json_findings, json_list, json_object, json_option, json_text};
use crate::diagnosis::{Cause, Diagnosis, StepUp, Witness};
use crate::text::visible;
use crate::token::Json;
use crate::workspace::Kind;

/// The most endpoints that are named as opened by a scope.
const MOST_OPENED: usize = 3;

/// The exit code that a cause stands for; `None`: it worked.
pub(super) fn exit(diagnosis: &Diagnosis) -> Option<Kind> {
    match diagnosis.cause {
        Cause::None => None,
        Cause::Scope | Cause::Application => Some(Kind::NotAllowed),
        Cause::TokenExpired | Cause::TokenInvalid | Cause::Audience | Cause::Issuer | Cause::Binding => {
            Some(Kind::TokenUnusable)
        }
        Cause::StepUp => Some(Kind::Refused),
        Cause::Transport | Cause::Role | Cause::Unknown => Some(Kind::Failed),
    }
}

/// Cause, witnesses, next step, a line each. Escaped. Empty when it worked and nothing is odd.
pub(super) fn lines(diagnosis: &Diagnosis) -> Vec<String> {
    if diagnosis.cause == Cause::None {
        return Vec::new();
    }
    let mut lines = vec![format!("{} ({})", visible(&diagnosis.sentence), diagnosis.confidence.as_str())];
    let witnesses = &diagnosis.witnesses;
    for (name, witness) in
        [("manifest", &witnesses.manifest), ("token", &witnesses.token), ("server", &witnesses.server)]
    {
        let says = witness.as_ref().map_or("nothing", |witness| witness.says.as_str());
        lines.push(format!("  {name:<9} {}", visible(says)));
    }
    match diagnosis.agree {
        Some(true) => lines.push("  they agree".to_owned()),
        Some(false) => lines.push("  they disagree".to_owned()),
        None => {}
    }
    for (missing, opens) in diagnosis.missing.iter().zip(&diagnosis.opens) {
        if let Some(opened) = opened(opens) {
            lines.push(format!("  {} also opens {opened}", visible(&missing.to_string())));
        }
    }
    if !diagnosis.next.is_empty() {
        lines.push(format!("next: {}", visible(&diagnosis.next)));
    }
    if let Some(command) = &diagnosis.command {
        lines.push(format!("  {}", visible(command)));
    }
    lines.extend(diagnosis.wanting.iter().map(|wanting| format!("to know more: {wanting}")));
    lines
}

/// The endpoints that a scope would open, the first few by name.
fn opened(endpoints: &[String]) -> Option<String> {
    let named: Vec<String> = endpoints.iter().take(MOST_OPENED).map(|name| visible(name).into_owned()).collect();
    let more = endpoints.len().saturating_sub(MOST_OPENED);
    match (named.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(named.join(", ")),
        (false, more) => Some(format!("{} and {more} more", named.join(", "))),
    }
}

/// The members of `tokscope.why/v1`, without its schema.
pub(super) fn members(diagnosis: &Diagnosis) -> Vec<(String, Json)> {
    let witness = |witness: &Option<Witness>| {
        witness.as_ref().map_or(Json::Null, |witness| {
            json_object([
                ("says", json_text(&witness.says)),
                ("scopes", Json::Array(witness.scopes.iter().map(json_list).collect())),
            ])
        })
    };
    let witnesses = json_object([
        ("manifest", witness(&diagnosis.witnesses.manifest)),
        ("token", witness(&diagnosis.witnesses.token)),
        ("server", witness(&diagnosis.witnesses.server)),
    ]);
    [
        ("cause", json_text(diagnosis.cause.as_str())),
        ("sentence", json_text(&diagnosis.sentence)),
        ("missing", Json::Array(diagnosis.missing.iter().map(json_list).collect())),
        ("opens", Json::Array(diagnosis.opens.iter().map(json_list).collect())),
        ("confidence", json_text(diagnosis.confidence.as_str())),
        ("agree", diagnosis.agree.map_or(Json::Null, Json::Bool)),
        ("witnesses", witnesses),
        ("findings", json_findings(&diagnosis.findings)),
        ("next", json_text(&diagnosis.next)),
        ("command", json_option(diagnosis.command.as_ref())),
        ("step_up", diagnosis.step_up.as_ref().map_or(Json::Null, step_up)),
        ("rule", json_option(diagnosis.rule.as_ref())),
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
