//! Assembles a diagnosis from the stages.

use super::decision::decide;
use super::findings::{
    ANSWER_PARTIAL, SCOPE_ALSO_MISSING, SCOPE_GRANTED, SCOPE_GUESSED, UNDER_ENFORCED, WITNESSES_AGREE,
    WITNESSES_DISAGREE,
};
use super::model::{Case, Confidence, Diagnosis};
use super::rendering::{evidence, next_step, sentence, wanting};
use super::situation::Situation;
use crate::diagnostic::Diagnostic;
use crate::manifest::Cause;
use crate::scope::{Comparison, ScopeSet};

/// Limit for the alternatives whose further endpoints are computed.
const MAX_ALTERNATIVES: usize = 8;

/// Diagnoses a call: collects the evidence, then decides on the cause by the first rule that applies (see [`Cause`]).
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let situation = Situation::new(case);
    let decision = decide(&situation);
    let cause = decision.cause;
    let missing = situation.missing(cause);
    let agree = situation.agreement(cause);
    let confidence = match agree {
        Some(true) if cause == Cause::Scope && !situation.is_guess() => Confidence::Certain,
        Some(false) if cause != Cause::None => decision.confidence.lowered(),
        // the server says that a scope is missing; its name is only in the manifest
        _ if cause == Cause::Scope && situation.required_by_server.is_empty() && !missing.is_empty() => {
            decision.confidence.min(Confidence::Likely)
        }
        _ => decision.confidence,
    };
    let step_up = if cause == Cause::StepUp { situation.step_up() } else { None };
    let (next, command) = next_step(cause, &decision.rule, &situation, &missing, agree, step_up.as_ref());
    Diagnosis {
        cause,
        sentence: sentence(cause, &decision.rule, &situation, &missing),
        opens: missing.iter().take(MAX_ALTERNATIVES).map(|missing| situation.also_granted(missing)).collect(),
        confidence,
        agree,
        evidence: evidence(&situation),
        rule: decision.rule,
        source: decision.source,
        findings: findings(cause, agree, &situation),
        wanting: wanting(cause, confidence, case),
        missing,
        step_up,
        next,
        command,
    }
}

fn findings(cause: Cause, agree: Option<bool>, situation: &Situation<'_, '_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    match agree {
        Some(true) if cause != Cause::None => {
            findings.push(Diagnostic::new(&WITNESSES_AGREE, "manifest, token and server agree"));
        }
        Some(false) if cause == Cause::None => {
            let lacks = situation.comparison.as_ref().map(Comparison::cheapest).unwrap_or_default();
            let message = format!("the call succeeded although the manifest requires {lacks}, which the token lacks");
            let help = "the API does not enforce its scopes here, or the manifest is out of date";
            findings.push(Diagnostic::new(&UNDER_ENFORCED, message).help(help));
        }
        Some(false) => {
            let message = "the server requires other scopes than the manifest and the token suggest";
            let help = "the manifest may be out of date, or the server may name the wrong scope";
            findings.push(Diagnostic::new(&WITNESSES_DISAGREE, message).help(help));
        }
        _ => {}
    }
    if cause == Cause::Scope && situation.is_guess() {
        let message = "the scope was guessed from a sentence that matches no known pattern";
        findings.push(Diagnostic::new(&SCOPE_GUESSED, message).help("check the API's documentation"));
    }
    let is_granted = |set: &ScopeSet| {
        situation.granted.as_ref().is_some_and(|granted| situation.hierarchy.satisfies_all(granted, set))
    };
    if cause == Cause::Scope && situation.has_token() && situation.required_by_server.iter().any(is_granted) {
        let message = "the server requires a scope that the token already has";
        let help = "a recent grant may need a new token, or the server names the wrong scope";
        findings.push(Diagnostic::new(&SCOPE_GRANTED, message).help(help));
    }
    let lacks = situation.comparison.as_ref().filter(|found| !found.is_allowed()).map(Comparison::cheapest);
    if let Some(lacks) = lacks.filter(|_| !matches!(cause, Cause::None | Cause::Scope)) {
        let message = format!("the manifest also requires {lacks}, which the token lacks");
        findings.push(Diagnostic::new(&SCOPE_ALSO_MISSING, message));
    }
    if cause == Cause::StepUp && (200..300).contains(&situation.status()) {
        let message = "the response is a success but omits resources that need another sign-in";
        findings.push(Diagnostic::new(&ANSWER_PARTIAL, message));
    }
    findings
}

#[cfg(test)]
mod pasted;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests;
