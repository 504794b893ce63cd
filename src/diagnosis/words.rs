//! A diagnosis in words: the sentence, the witnesses, the next step.

use super::diagnose::Known;
use super::{Case, Cause, Confidence, Sent, StepUp, Witness, Witnesses};
use crate::scope::ScopeSet;
use crate::token::Validity;

pub(super) fn witnesses(known: &Known<'_, '_>) -> Witnesses {
    let case = known.case;
    let manifest = case.endpoint.map(|endpoint| Witness {
        says: format!("requires {}", endpoint.requirement),
        scopes: endpoint.requirement.alternatives().to_vec(),
    });
    let has = |granted: &ScopeSet, who: &str| match granted.is_empty() {
        true => Witness { says: format!("has no scope{who}"), scopes: Vec::new() },
        false => Witness { says: format!("has {granted}{who}"), scopes: vec![granted.clone()] },
    };
    let token = match (case.sent.token().map(|token| &token.granted), &known.granted) {
        (Some(Some(granted)), _) => Some(has(granted, "")),
        (_, Some(granted)) => Some(has(granted, ", as the server says")),
        (Some(None), None) => Some(Witness { says: "names no scopes".to_owned(), scopes: Vec::new() }),
        (None, None) => match case.sent {
            Sent::Nothing => Some(Witness { says: "was not sent".to_owned(), scopes: Vec::new() }),
            _ => None,
        },
    };
    Witnesses { manifest, token, server: Some(server(known)) }
}

fn server(known: &Known<'_, '_>) -> Witness {
    let status = known.case.answer.status;
    let asked = known.server.found.as_ref().map(|found| found.needed.clone()).unwrap_or_default();
    if !known.server.failed() {
        return Witness { says: format!("answered {status}"), scopes: asked };
    }
    let mut says = format!("answered {status}");
    if let Some(error) = known.server.error() {
        says.push_str(", ");
        says.push_str(&error);
    }
    match (asked.as_slice(), known.server.message()) {
        ([], Some(message)) => says.push_str(&format!(": {message}")),
        ([], None) => says.push_str(" and names no scope"),
        (asked, _) if known.server.guessed => says.push_str(&format!(": seems to ask for {}", list(asked))),
        (asked, _) => says.push_str(&format!(": asks for {}", list(asked))),
    }
    Witness { says, scopes: asked }
}

fn list(alternatives: &[ScopeSet]) -> String {
    alternatives.iter().map(ToString::to_string).collect::<Vec<_>>().join(", or ")
}

pub(super) fn sentence(cause: Cause, known: &Known<'_, '_>, missing: &[ScopeSet]) -> String {
    let case = known.case;
    let status = case.answer.status;
    let said = known.server.message().or_else(|| known.server.error());
    let quoted = |words: &str| said.as_ref().map_or_else(|| words.to_owned(), |said| format!("{words}: `{said}`"));
    match cause {
        Cause::None => "it worked".to_owned(),
        Cause::Transport => format!("the server or something before it failed with {status}"),
        Cause::TokenExpired => match case.sent.token().and_then(|token| token.validity.as_ref()) {
            Some(validity @ (Validity::NotYet(_) | Validity::Expired(_))) => {
                format!("the token {}", validity.words(case.now))
            }
            _ => "the token has expired, as the server says".to_owned(),
        },
        Cause::TokenInvalid => match case.sent {
            Sent::Nothing => "no token was sent".to_owned(),
            Sent::Unknown if known.server.found.is_none() => {
                "no token was sent, or the server does not take it".to_owned()
            }
            _ => quoted("the server does not take the token"),
        },
        Cause::Audience => "the token is meant for another API".to_owned(),
        Cause::Issuer => "the token was issued by another authorization server".to_owned(),
        Cause::Binding => "the token is bound to a key that was not proven".to_owned(),
        Cause::StepUp if status < 400 => "it worked, and leaves out what another sign-in would show".to_owned(),
        Cause::StepUp => "the user must sign in again or stronger".to_owned(),
        Cause::Application if missing.is_empty() => quoted("the application lacks the permission, not the token"),
        Cause::Application => format!("the application itself lacks the scope {}", list(missing)),
        Cause::Scope if missing.is_empty() => "a scope is missing, and nobody names it".to_owned(),
        Cause::Scope => format!("missing scope: {}", list(missing)),
        Cause::Role if known.comparison.as_ref().is_some_and(crate::scope::Comparison::is_allowed) => {
            quoted("the scopes are enough: the user's role, plan or tenant forbids it")
        }
        Cause::Role => quoted("the user's role, plan or tenant forbids it"),
        Cause::Unknown => {
            format!(
                "the server answered {status}, and {}",
                said.map_or_else(|| "nothing says why".to_owned(), |said| format!("says no more than `{said}`"))
            )
        }
    }
}

/// The next step in words, and the command that does it.
pub(super) fn next(
    cause: Cause,
    known: &Known<'_, '_>,
    missing: &[ScopeSet],
    agree: Option<bool>,
    step_up: Option<&StepUp>,
) -> (String, Option<String>) {
    let login = |extra: &str| {
        let endpoint = known.case.endpoint?;
        Some(format!("tokscope login --endpoint {}{extra}", shell_word(&endpoint.to_string())))
    };
    let (words, command) = match (cause, missing.first()) {
        (Cause::None, _) => (String::new(), None),
        (Cause::Scope, Some(scopes)) => {
            // what the manifest asks for comes by itself; what only the server names has to be said
            let expected = known.comparison.as_ref().is_some_and(|found| found.missing.contains(scopes));
            let flags =
                scopes.iter().filter(|_| !expected).map(|scope| format!(" --scope {}", shell_word(scope.as_str())));
            let extra: String = flags.collect();
            let also = match agree {
                Some(false) => ", and bring the manifest's line up to date",
                _ => "",
            };
            (format!("obtain a token that also has {scopes}{also}"), login(&extra))
        }
        (Cause::Scope, None) => ("look the endpoint up in the API's documentation".to_owned(), None),
        (Cause::Transport, _) => match retry_after(known.case) {
            Some(wait) => (format!("try again in {wait} s"), None),
            None => ("try again later".to_owned(), None),
        },
        (Cause::TokenInvalid, Some(scopes)) => (format!("obtain a token that has {scopes}"), login("")),
        (Cause::TokenExpired, _) => ("refresh the token, or obtain a new one".to_owned(), login("")),
        (Cause::TokenInvalid, None) => ("obtain a token for this API".to_owned(), login("")),
        (Cause::Audience, _) => match known.case.api.and_then(|api| api.audience.as_ref()) {
            Some(audience) => (format!("obtain a token for the audience {audience}"), login("")),
            None => ("obtain a token for the audience of this API".to_owned(), login("")),
        },
        (Cause::Issuer, _) => match known.case.api.and_then(|api| api.issuer.as_ref()) {
            Some(issuer) => (format!("obtain a token from {issuer}"), login("")),
            None => ("obtain a token from this API's own authorization server".to_owned(), login("")),
        },
        (Cause::Binding, _) => ("send a proof of the key with the token (RFC 9449)".to_owned(), login("")),
        (Cause::StepUp, _) => step_up_words(step_up, login),
        (Cause::Application, _) => ("give the application the permission where it is registered".to_owned(), None),
        (Cause::Role, _) => ("ask whoever administers the API for the role, plan or membership".to_owned(), None),
        (Cause::Unknown, _) => ("read the answer".to_owned(), None),
    };
    (words, command)
}

fn step_up_words(step_up: Option<&StepUp>, login: impl Fn(&str) -> Option<String>) -> (String, Option<String>) {
    let Some(step_up) = step_up else {
        return ("sign in again in the way that the server names".to_owned(), login(""));
    };
    if let Some(url) = &step_up.url {
        return (format!("authorise the token for single sign-on at {url}"), None);
    }
    let acr = step_up.acr_values.as_ref();
    let mut words =
        acr.map_or_else(|| "sign in again".to_owned(), |values| format!("sign in again with acr_values {values}"));
    if let Some(seconds) = step_up.max_age {
        words.push_str(&format!(", no longer than {seconds} s ago"));
    }
    if let Some(claims) = &step_up.claims {
        words.push_str(&format!(", asking for the claims {claims}"));
    }
    let options = [
        acr.map(|values| format!(" --acr-values {}", shell_word(values))),
        step_up.max_age.map(|seconds| format!(" --max-age {seconds}")),
    ];
    (words, login(&options.into_iter().flatten().collect::<String>()))
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3).
fn retry_after(case: &Case<'_>) -> Option<u32> {
    let field = case.answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
    field.1.trim().parse().ok()
}

/// A word that a shell takes as one.
fn shell_word(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.:/@%+,".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// What it would take to know more.
pub(super) fn wanting(cause: Cause, confidence: Confidence, case: &Case<'_>) -> Vec<&'static str> {
    let mut wanting = Vec::new();
    if cause == Cause::None || confidence == Confidence::Certain {
        return wanting;
    }
    if case.api.is_none() {
        wanting.push("a manifest that knows the endpoint, for what it requires");
    } else if case.endpoint.is_none() {
        wanting.push("the endpoint that was called");
    }
    if matches!(case.sent, Sent::Unknown | Sent::Hidden) {
        wanting.push("the token that was sent, for what it was granted and until when");
    }
    wanting
}
