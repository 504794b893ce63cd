//! Reports a review: each token with its scopes, each client of the logs, and the findings with what mends them.

use super::{Line, Style};
use crate::app::ReviewOutcome;
use crate::oauth::Revocation;
use crate::usage::{Action, ClientUse, Event, Record, Review, ReviewFinding, ScopeUse, TokenUse, Use};

/// Width of the bar of a scope, in columns.
const BAR: u64 = 10;

fn last(last: Option<&String>) -> String {
    last.map_or_else(|| "never".to_owned(), |time| short(time))
}

/// Cuts a time after its minutes.
fn short(time: &str) -> String {
    time.chars().take(16).collect()
}

fn calls(number: u64) -> String {
    if number == 1 { "1 call".to_owned() } else { format!("{number} calls") }
}

/// Describes what the audit log and the other logs cover, and what they can't show.
#[must_use]
pub fn review_coverage(found: &Review) -> Vec<String> {
    let coverage = &found.coverage;
    let mut lines = vec![match (&coverage.from, &coverage.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (short(from), short(to));
            let handed = match coverage.hand_outs {
                0 => "no token was passed on".to_owned(),
                1 => "a token was passed on once, and what was done with it is not recorded".to_owned(),
                times => format!("tokens were passed on {times} times, and what was done with them is not recorded"),
            };
            format!("audit log from {from} to {to}: {}; {handed}", calls(coverage.uses))
        }
        _ => "nothing is recorded yet".to_owned(),
    }];
    if let Some(log) = &found.log {
        let period = match (&log.from, &log.to) {
            (Some(from), Some(to)) => format!("from {} to {}", short(from), short(to)),
            _ => "without times".to_owned(),
        };
        let lacks = [
            (log.unmatched, "match no endpoint"),
            (log.without_client, "name no client"),
            (log.undated, "have no time"),
        ];
        let lacks = lacks.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!(", {number} {what}"));
        let lacks: String = lacks.collect();
        lines.push(format!(
            "logs {period}: {} requests{lacks}; a use at another server, or outside this period, is not seen",
            log.requests
        ));
    }
    lines
}

/// Reports tokens, clients and findings.
#[must_use]
pub fn review(found: &Review) -> Vec<Line> {
    let mut lines = Vec::new();
    found.tokens.iter().for_each(|token| of_token(token, &mut lines));
    if found.tokens.is_empty() {
        lines.push(Line::new().trusted(Style::Plain, "no stored tokens"));
    }
    found.clients.iter().for_each(|client| of_client(client, &mut lines));
    found.findings.iter().for_each(|one| lines.extend(review_finding(one)));
    lines
}

/// Reports a finding of a review, with the command that mends it and its evidence.
#[must_use]
pub fn review_finding(one: &ReviewFinding) -> Vec<Line> {
    let finding = match &one.action {
        Some(action) => one.finding.clone().help(format!("`{action}`")),
        None => one.finding.clone(),
    };
    let mut lines = super::finding(&finding);
    if let Some(seq) = one.evidence {
        let line = Line::new().trusted(Style::Plain, "  evidence: record ").untrusted(Style::Plain, seq);
        lines.push(line.trusted(Style::Plain, " of the audit log"));
    }
    lines
}

fn of_token(token: &TokenUse, lines: &mut Vec<Line>) {
    let head = format!("{}  {}  {}, last {}", token.id, token.client, calls(token.uses), last(token.last.as_ref()));
    lines.push(Line::new().untrusted(Style::Heading, head));
    if let Some(approval) = &token.approval {
        let by = if approval.approvers.is_empty() { "unknown".to_owned() } else { approval.approvers.join(", ") };
        let until = approval.until.as_ref().map(|until| format!(", until {}", short(until))).unwrap_or_default();
        lines.push(Line::new().trusted(Style::Plain, "  approved by ").untrusted(Style::Plain, by + &until));
    }
    lines.extend(review_scopes(&token.scopes));
    for (endpoint, calls) in &token.endpoints {
        lines.push(Line::new().untrusted(Style::Plain, format_args!("  {calls} × {endpoint}")).indented(4));
    }
}

fn of_client(client: &ClientUse, lines: &mut Vec<Line>) {
    let name = client.client.as_deref().unwrap_or("no client named");
    let denied = if client.denied > 0 { format!(", {} denied", client.denied) } else { String::new() };
    let head = format!("log  {name}  {} requests{denied}, last {}", client.calls, last(client.last.as_ref()));
    lines.push(Line::new().untrusted(Style::Heading, head));
    lines.extend(review_scopes(&client.scopes));
    for endpoint in &client.endpoints {
        let denied = if endpoint.denied > 0 { format!(" ({} denied)", endpoint.denied) } else { String::new() };
        let line = format!("  {} × {}{denied}", endpoint.calls, endpoint.endpoint);
        lines.push(Line::new().untrusted(Style::Plain, line).indented(4));
    }
}

/// Reports the use of scopes, a line each with a bar of its uses.
#[must_use]
pub fn review_scopes(scopes: &[ScopeUse]) -> Vec<Line> {
    let total = |scope: &ScopeUse| scope.uses.max(scope.log_uses);
    let most = scopes.iter().map(total).max().unwrap_or_default();
    let width = scopes.iter().map(|scope| scope.scope.chars().count()).max().unwrap_or_default().min(40);
    let one = |scope: &ScopeUse| {
        let style = match scope.state {
            Use::Used => Style::Good,
            Use::Unused => Style::Warning,
            Use::Unknown => Style::Muted,
        };
        let filled = (total(scope) * BAR).div_ceil(most.max(1));
        let bar: String = (0..BAR).map(|column| if column < filled { '#' } else { '.' }).collect();
        let mut uses = Vec::new();
        if scope.uses > 0 {
            uses.push(calls(scope.uses));
        }
        if scope.log_uses > 0 {
            uses.push(format!("{} in the logs", scope.log_uses));
        }
        if !uses.is_empty() {
            uses.push(format!("last {}", last(scope.last.as_ref())));
        }
        Line::new()
            .trusted(Style::Plain, "  ")
            .padded(style, scope.state.as_str(), 7)
            .trusted(Style::Plain, "  ")
            .padded(Style::Plain, &scope.scope, width)
            .untrusted(Style::Muted, format_args!("  {bar}"))
            .untrusted(Style::Plain, if uses.is_empty() { String::new() } else { format!("  {}", uses.join(", ")) })
            .indented(4)
    };
    scopes.iter().map(one).collect()
}

/// Describes who has decided about the approval that a record is about; `None` if it is about none.
#[must_use]
pub fn approved_in_words(record: &Record) -> Option<String> {
    let approver = record.approver.as_deref()?;
    Some(match record.event {
        Some(Event::ApprovalRefused) => format!("refused by {approver}"),
        _ if approver == "nobody" => "approved by nobody (emergency)".to_owned(),
        _ => format!("approved by {approver}"),
    })
}

/// Describes an action of a review, before it is done.
#[must_use]
pub fn review_action(action: &Action) -> String {
    match action {
        Action::Narrow { token, client, endpoints } => {
            format!("token {token} of client {client}: obtain one for {} only, then revoke it", endpoints.join(", "))
        }
        Action::Replace { token, client, scopes, .. } => {
            format!("token {token} of client {client}: obtain a new one with {}, then revoke it", scopes.join(" "))
        }
        Action::Refresh { token } => format!("token {token}: refresh it"),
        Action::Revoke { token } => format!("token {token}: revoke it"),
        Action::Separate { .. } => action.to_string(),
    }
}

/// Describes the outcome of an action of a review.
#[must_use]
pub fn review_outcome(outcome: &ReviewOutcome) -> String {
    let ended = |revocation: Revocation| match revocation {
        Revocation::Confirmed => "revoked: the server reports that it is no longer active",
        Revocation::Accepted => "revoked, but not confirmed: the server does not support introspection",
        Revocation::StillActive => "not revoked: the server reports that it is still active",
    };
    let scopes = |scopes: &crate::scope::ScopeSet| {
        if scopes.is_empty() { "no scopes".to_owned() } else { scopes.to_string() }
    };
    match outcome {
        ReviewOutcome::Revoked(report) => ended(report.revocation).to_owned(),
        ReviewOutcome::Refreshed(_) => "refreshed".to_owned(),
        ReviewOutcome::Replaced { by, scopes: granted, call: Some(call), revoked: Some(report) } => format!(
            "replaced by {by} ({}); `{call}` succeeded with it; the old one is {}",
            scopes(granted),
            ended(report.revocation)
        ),
        ReviewOutcome::Replaced { by, scopes: granted, .. } => format!(
            "replaced by {by} ({}); not revoked yet: review again once a call with the new token succeeded",
            scopes(granted)
        ),
    }
}
