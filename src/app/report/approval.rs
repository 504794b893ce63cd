//! Reports a request for an approval.

use super::{Line, Style};
use crate::approval::{Request, RequestRule};

/// Width of the names.
const WIDTH: usize = 11;

fn named(name: &'static str, value: impl std::fmt::Display) -> Line {
    Line::new().padded(Style::Label, name, WIDTH).untrusted(Style::Plain, value).indented(WIDTH)
}

/// Reports a request. `differences`: from the reader's own manifest.
#[must_use]
pub fn approval(request: &Request, differences: &[String]) -> Vec<Line> {
    let requester = match &request.host {
        Some(host) => format!("{} on {host}", request.requester),
        None => request.requester.clone(),
    };
    let mut lines = vec![
        named("request", format_args!("{} of {}", request.short_id(), request.created)),
        named("requester", requester),
        named("client", format_args!("{} ({}) at {}", request.client, request.client_id, request.issuer)),
    ];
    lines.extend(request.audiences.iter().map(|audience| named("audience", audience)));
    for scope in request.scopes.iter() {
        let line = named("scope", scope);
        lines.push(match request.above.contains(scope.as_str()) {
            true => line.trusted(Style::Bad, "  above the ceiling"),
            false => line,
        });
    }
    for endpoint in &request.endpoints {
        let needs = if endpoint.needs.is_empty() { "no scope".to_owned() } else { endpoint.needs.to_string() };
        lines.push(named("endpoint", format_args!("{} of {}, which needs {needs}", endpoint.endpoint, endpoint.api)));
    }
    let risk = request.risk.map_or("none", crate::scope::Risk::as_str);
    lines.push(named(
        "reach",
        format_args!(
            "{} {}, of which {} can change data; highest risk: {risk}",
            request.reaches,
            if request.reaches == 1 { "endpoint" } else { "endpoints" },
            request.writes
        ),
    ));
    lines.push(named("reason", request.reason.as_deref().unwrap_or("none given")));
    lines.push(named("window", format_args!("{} to {}", request.from, request.until)));
    lines.push(match request.uses {
        Some(uses) => named("uses", uses),
        None => named("uses", "any number within the window"),
    });
    lines.extend(request.rules.iter().map(|rule| match rule {
        RequestRule::Ceiling => named("rule", "`may_request` of the client"),
        RequestRule::Policy(rule) => named("rule", format_args!("policy: {rule}")),
    }));
    let groups: Vec<String> = request.approvers.iter().map(|groups| groups.join(" or ")).collect();
    lines.push(named("approvers", groups.join(" and ")));
    lines.push(named("words", request.words()));
    lines.extend(differences.iter().map(|difference| {
        Line::new().padded(Style::Bad, "differs", WIDTH).untrusted(Style::Bad, difference).indented(WIDTH)
    }));
    lines
}
