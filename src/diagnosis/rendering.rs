//! Stage 5: the sentences of a diagnosis: summary, evidence and next step.

use super::model::{Case, Confidence, Evidence, Sent, Statement, StepUp};
use super::situation::Situation;
use crate::header;
use crate::manifest::Cause;
use crate::scope::ScopeSet;
use crate::text::shell_word;
use crate::token::Validity;

/// The row of the decision table for faults of the request's `Authorization` header.
const AUTHORIZATION_HEADER: &str = "authorization-header";

/// Returns what each source states.
pub(super) fn evidence(situation: &Situation<'_, '_>) -> Evidence {
    let manifest = situation.case.endpoint.map(|endpoint| Statement {
        text: format!("requires {}", endpoint.requirement),
        scopes: endpoint.requirement.alternatives().to_vec(),
    });
    Evidence { manifest, token: token_evidence(situation), server: Some(server_evidence(situation)) }
}

fn token_evidence(situation: &Situation<'_, '_>) -> Option<Statement> {
    let unnamed = |text: &str| Statement { text: text.to_owned(), scopes: Vec::new() };
    let has = |granted: &ScopeSet, origin: &str| match granted.is_empty() {
        true => unnamed(&format!("has no scopes{origin}")),
        false => Statement { text: format!("has {granted}{origin}"), scopes: vec![granted.clone()] },
    };
    match (situation.case.sent.token().map(|token| &token.granted), &situation.granted) {
        (Some(Some(granted)), _) => Some(has(granted, "")),
        (_, Some(granted)) => Some(has(granted, ", according to the server")),
        (Some(None), None) => Some(unnamed("names no scopes")),
        (None, None) => situation.no_token().then(|| unnamed("was not sent")),
    }
}

fn server_evidence(situation: &Situation<'_, '_>) -> Statement {
    let scopes = situation.reading.as_ref().map(|reading| reading.needed.clone()).unwrap_or_default();
    let mut text = match (situation.facts.has_status(), situation.facts.error()) {
        (true, _) => format!("returned {}", situation.status()),
        (false, Some(_)) => "returned the error".to_owned(),
        (false, None) => "returned an error".to_owned(),
    };
    if situation.facts.failed() {
        if let Some(error) = situation.facts.error() {
            text.push(' ');
            text.push_str(&error);
        }
        text.push_str(&match (scopes.as_slice(), situation.facts.message()) {
            ([], Some(message)) => format!(": {message}"),
            ([], None) => " and names no scope".to_owned(),
            (scopes, _) if situation.is_guess() => format!(": seems to require {}", alternatives(scopes)),
            (scopes, _) => format!(": requires {}", alternatives(scopes)),
        });
    }
    let fields = situation.facts.fields();
    if situation.facts.failed() && !fields.is_empty() {
        text.push_str(&format!(" (field {})", fields.join(".")));
    }
    Statement { text, scopes }
}

fn alternatives(sets: &[ScopeSet]) -> String {
    sets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", or ")
}

/// Returns the diagnosis in one sentence.
pub(super) fn sentence(cause: Cause, rule: &str, situation: &Situation<'_, '_>, missing: &[ScopeSet]) -> String {
    let status = situation.status();
    let message = situation.facts.message().or_else(|| situation.facts.error());
    let quoting =
        |text: &str| message.as_ref().map_or_else(|| text.to_owned(), |message| format!("{text}: `{message}`"));
    match cause {
        Cause::None => "the call succeeded".to_owned(),
        Cause::Transport if status >= 500 => format!("the server or a gateway failed with {status}"),
        Cause::Transport if status == 429 => quoting("too many requests"),
        Cause::Transport => format!("a rate limit or a gateway rejected the request with {status}"),
        Cause::TokenExpired => expired(situation.case, "the server reports that the token has expired"),
        Cause::TokenNotYetValid => {
            expired(situation.case, "the server reports that the token is not valid yet: the clocks differ")
        }
        Cause::TokenInvalid => match situation.case.sent {
            _ if rule == AUTHORIZATION_HEADER => {
                let fault = situation.authorization_fault().unwrap_or_default();
                format!("the `Authorization` header of the request {fault}")
            }
            Sent::Nothing => "no token was sent".to_owned(),
            Sent::Unknown if situation.reading.is_none() || situation.is_bare_challenge() => {
                "no token was sent, or the server did not accept it".to_owned()
            }
            Sent::Unknown if situation.names_no_token() => "the server reports that no token was sent".to_owned(),
            _ => quoting("the server rejected the token"),
        },
        Cause::Audience => "the token is intended for another API: its audience does not match".to_owned(),
        Cause::Issuer => "the token was issued by another authorization server".to_owned(),
        Cause::Binding => "the token is bound to a key, and the proof of possession is missing or not valid".to_owned(),
        Cause::StepUp if (200..300).contains(&status) => {
            "the response omits resources that need another sign-in".to_owned()
        }
        Cause::StepUp => "the user must sign in again, or with stronger authentication".to_owned(),
        Cause::Client => quoting("the authorization server rejected the client"),
        Cause::Login => quoting("the authorization server refused the request"),
        Cause::Application if missing.is_empty() => quoting("the application, not the token, lacks the permission"),
        Cause::Application => format!("the application lacks the scope {}", alternatives(missing)),
        Cause::Scope if missing.is_empty() => "a scope is missing; the server does not say which".to_owned(),
        Cause::Scope => format!("missing scope: {}", alternatives(missing)),
        Cause::Role if situation.lacks_scopes() == Some(false) => {
            quoting("the scopes are sufficient, but the user's role, plan or tenant does not allow the call")
        }
        Cause::Role => quoting("the user's role, plan or tenant does not allow the call"),
        Cause::Unknown => match message {
            Some(message) if !situation.facts.has_status() => format!("the server returned an error with `{message}`"),
            Some(message) => format!("the server returned {status} with `{message}`"),
            None => format!("the server returned {status} without a reason"),
        },
    }
}

fn expired(case: &Case<'_>, reported: &str) -> String {
    match case.sent.token().and_then(|token| token.validity.as_ref()) {
        Some(validity @ (Validity::NotYet(_) | Validity::Expired(_))) => {
            format!("the token {}", validity.words(case.now))
        }
        _ => reported.to_owned(),
    }
}

/// Returns the next step as a phrase, and the command that takes it.
pub(super) fn next_step(
    cause: Cause,
    rule: &str,
    situation: &Situation<'_, '_>,
    missing: &[ScopeSet],
    agree: Option<bool>,
    step_up: Option<&StepUp>,
) -> (String, Option<String>) {
    let api = situation.case.api;
    let login = |options: &str| {
        let endpoint = situation.case.endpoint?;
        Some(format!("tokscope login --endpoint {}{options}", shell_word(&endpoint.to_string())))
    };
    if let Some(next) = situation.next().filter(|_| situation.stated().is_some_and(|causes| causes.contains(&cause))) {
        let command = if matches!(cause, Cause::Login | Cause::Client) { None } else { login("") };
        if missing.is_empty() {
            return (next.to_owned(), command);
        }
    }
    match (cause, missing.first()) {
        (Cause::None, _) => (String::new(), None),
        (Cause::TokenInvalid, _) if rule == AUTHORIZATION_HEADER => {
            ("send `Authorization: Bearer TOKEN` with an access token of this API".to_owned(), login(""))
        }
        (Cause::TokenNotYetValid, _) => {
            ("synchronize the clocks of issuer and server; a new token is as early as this one".to_owned(), None)
        }
        (Cause::Client, _) => {
            ("check the client ID, its authentication and the registered redirect URI".to_owned(), None)
        }
        (Cause::Login, _) => ("correct the authorization or token request, then sign in again".to_owned(), None),
        (Cause::Scope, Some(scopes)) => {
            // `--endpoint` implies the scopes of the manifest; those that only the server names need an option
            let implied = situation.required_by_server.is_empty()
                || situation.comparison.as_ref().is_some_and(|comparison| comparison.missing.contains(scopes));
            let mut options = String::new();
            for scope in scopes.iter().filter(|_| !implied) {
                options.push_str(" --scope ");
                options.push_str(&shell_word(scope.as_str()));
            }
            let update = if agree == Some(false) { ", and update the endpoint in the manifest" } else { "" };
            (format!("obtain a token that also has {scopes}{update}"), login(&options))
        }
        (Cause::Scope, None) => ("look up the endpoint in the API's documentation".to_owned(), None),
        (Cause::Transport, _) => match retry_after(situation.case) {
            Some(seconds) => (format!("try again in {seconds} s"), None),
            None => ("try again later".to_owned(), None),
        },
        (Cause::TokenInvalid, Some(scopes)) => (format!("obtain a token that has {scopes}"), login("")),
        (Cause::TokenExpired, _) => ("refresh the token, or obtain a new one".to_owned(), login("")),
        (Cause::TokenInvalid, None) => match situation.required_by_server.first() {
            // FastMCP 4.2.3 reports a missing scope like this (RFC 6750 section 3.1 has `insufficient_scope` for it)
            Some(scopes) => (
                format!("obtain a new token that has {scopes}: the server may mean that the scope is missing"),
                login(""),
            ),
            None => ("obtain a token for this API".to_owned(), login("")),
        },
        (Cause::Audience, _) => match api.and_then(|api| api.audience.as_ref()) {
            Some(audience) => (format!("obtain a token for the audience {audience}"), login("")),
            None => ("obtain a token for the audience of this API".to_owned(), login("")),
        },
        (Cause::Issuer, _) => match api.and_then(|api| api.issuer.as_ref()) {
            Some(issuer) => (format!("obtain a token from {issuer}"), login("")),
            None => ("obtain a token from the authorization server of this API".to_owned(), login("")),
        },
        (Cause::Binding, _) => ("send a proof of possession with the token (RFC 9449)".to_owned(), login("")),
        (Cause::StepUp, _) => step_up_steps(step_up, login),
        (Cause::Application, _) => ("grant the permission to the application where it is registered".to_owned(), None),
        (Cause::Role, _) => ("ask an administrator of the API for the role, plan or membership".to_owned(), None),
        (Cause::Unknown, _) => ("no known cause; see the API's documentation".to_owned(), None),
    }
}

fn step_up_steps(step_up: Option<&StepUp>, login: impl Fn(&str) -> Option<String>) -> (String, Option<String>) {
    let Some(step_up) = step_up else {
        return ("sign in again as the server demands".to_owned(), login(""));
    };
    if let Some(url) = &step_up.url {
        return (format!("authorize the token for single sign-on at {url}"), None);
    }
    let mut text = "sign in again".to_owned();
    let mut options = String::new();
    if let Some(values) = &step_up.acr_values {
        text.push_str(&format!(" with acr_values {values}"));
        options.push_str(&format!(" --acr-values {}", shell_word(values)));
    }
    if let Some(seconds) = step_up.max_age {
        text.push_str(&format!(", at most {seconds} s before the call"));
        options.push_str(&format!(" --max-age {seconds}"));
    }
    if let Some(claims) = &step_up.claims {
        text.push_str(&format!(", requesting the claims {claims}"));
    }
    (text, login(&options))
}

/// Returns the seconds of `Retry-After` (RFC 9110 section 10.2.3), a number or a date.
fn retry_after(case: &Case<'_>) -> Option<u64> {
    let field = case.response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
    header::retry_after(&field.1, case.now.as_second()).map(|wait| wait.as_secs())
}

/// Returns the inputs that would make the diagnosis more precise.
pub(super) fn wanting(cause: Cause, confidence: Confidence, case: &Case<'_>) -> Vec<&'static str> {
    let mut wanting = Vec::new();
    if cause == Cause::None || confidence == Confidence::Certain {
        return wanting;
    }
    if case.api.is_none() {
        wanting.push("a manifest that declares the endpoint");
    } else if case.endpoint.is_none() {
        wanting.push("the endpoint that was called");
    }
    if matches!(case.sent, Sent::Unknown | Sent::Hidden) {
        wanting.push("the token that was sent");
    }
    wanting
}
