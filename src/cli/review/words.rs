//! A review as text.

use crate::app::report;
use crate::cli::print::{Paint, Streams, pad};
use crate::text::visible;
use crate::usage::{ClientUse, Review, ScopeUse, TokenUse};

pub(super) fn last(last: Option<&String>) -> String {
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
pub(super) fn coverage(found: &Review) -> Vec<String> {
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
        let mut line = format!("logs {period}: {} requests", log.requests);
        for (number, what) in [
            (log.unmatched, "match no endpoint"),
            (log.without_client, "name no client"),
            (log.undated, "have no time"),
        ] {
            if number > 0 {
                line.push_str(&format!(", {number} {what}"));
            }
        }
        lines.push(format!("{line}; a use at another server, or outside this period, is not seen"));
    }
    lines
}

pub(super) fn text(found: &Review, streams: &mut Streams) {
    found.tokens.iter().for_each(|token| of_token(token, streams));
    if found.tokens.is_empty() {
        streams.line("no stored tokens");
    }
    found.clients.iter().for_each(|client| of_client(client, streams));
    for one in &found.findings {
        for line in report::finding(&super::with_command(one)) {
            streams.report(&line);
        }
        if let Some(seq) = one.evidence {
            streams.line(format_args!("  evidence: record {seq} of the audit log"));
        }
    }
    for line in coverage(found) {
        streams.say(visible(&line));
    }
}

fn of_token(token: &TokenUse, streams: &mut Streams) {
    let used = last(token.last.as_ref());
    let head = format!("{}  {}  {}, last {used}", token.id, visible(&token.client), calls(token.uses));
    let head = streams.paint(Paint::Bold, head);
    streams.line(head);
    if let Some(approval) = &token.approval {
        let by = if approval.approvers.is_empty() { "unknown".to_owned() } else { approval.approvers.join(", ") };
        let until = approval.until.as_ref().map(|until| format!(", until {}", short(until))).unwrap_or_default();
        streams.line(format_args!("  approved by {}{}", visible(&by), visible(&until)));
    }
    token.scopes.iter().for_each(|scope| of_scope(scope, streams));
    for (endpoint, calls) in &token.endpoints {
        streams.line(format_args!("  {calls} × {}", visible(endpoint)));
    }
}

fn of_client(client: &ClientUse, streams: &mut Streams) {
    let name = client.client.as_deref().map_or_else(|| "no client named".into(), |name| visible(name));
    let denied = if client.denied > 0 { format!(", {} denied", client.denied) } else { String::new() };
    let head = format!("log  {name}  {} requests{denied}, last {}", client.calls, last(client.last.as_ref()));
    let head = streams.paint(Paint::Bold, head);
    streams.line(head);
    client.scopes.iter().for_each(|scope| of_scope(scope, streams));
    for endpoint in &client.endpoints {
        let denied = if endpoint.denied > 0 { format!(" ({} denied)", endpoint.denied) } else { String::new() };
        streams.line(format_args!("  {} × {}{denied}", endpoint.calls, visible(&endpoint.endpoint)));
    }
}

fn of_scope(scope: &ScopeUse, streams: &mut Streams) {
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
    let line = format!("  {}  {}  {}", pad(scope.state.as_str(), 7), visible(&scope.scope), uses.join(", "));
    streams.line(line.trim_end());
}
