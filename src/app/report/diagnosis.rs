//! Reports a diagnosis.

use super::{Line, Style};
use crate::diagnosis::{Cause, Diagnosis, Evidence};

/// Limit for the endpoints named per missing scope.
const MAX_ENDPOINTS: usize = 3;

/// Shown in place of evidence that is not available.
pub const NOT_GIVEN: &str = "not given";

/// Reports a diagnosis: cause, evidence, next step and deciding rule. Empty for a successful call; findings are reported
/// apart, by [`finding`](super::finding). `action`: the front end's own way to take the next step; without it, the command
/// is shown.
#[must_use]
pub fn diagnosis(diagnosis: &Diagnosis, action: Option<Line>) -> Vec<Line> {
    if diagnosis.cause == Cause::None {
        return Vec::new();
    }
    let mut lines = vec![cause(diagnosis)];
    lines.extend(evidence(&diagnosis.evidence));
    lines.extend(agreement(diagnosis.agree));
    lines.extend(also_granted(diagnosis));
    lines.extend(next_step(diagnosis, action));
    for input in &diagnosis.wanting {
        lines.push(Line::new().trusted(Style::Muted, "would help: ").trusted(Style::Plain, input).indented(2));
    }
    lines.push(rule(diagnosis));
    lines
}

pub(super) fn cause(diagnosis: &Diagnosis) -> Line {
    Line::new()
        .untrusted(Style::Bad, &diagnosis.sentence)
        .untrusted(Style::Muted, format_args!(" ({})", diagnosis.confidence.as_str()))
        .indented(2)
        .copyable("the diagnosis", &diagnosis.sentence)
}

fn evidence(evidence: &Evidence) -> impl Iterator<Item = Line> {
    evidence.sources().into_iter().map(|(name, statement)| {
        let line = Line::new().untrusted(Style::Label, format_args!("  {name:<9} ")).indented(12);
        match statement {
            Some(statement) => line.untrusted(Style::Plain, &statement.text).copyable(name, &statement.text),
            None => line.trusted(Style::Muted, NOT_GIVEN),
        }
    })
}

pub(super) fn agreement(agree: Option<bool>) -> Option<Line> {
    Some(match agree? {
        true => Line::new().trusted(Style::Muted, "  the sources agree"),
        false => Line::new().trusted(Style::Warning, "  the sources disagree"),
    })
}

/// The other endpoints that each alternative would grant access to, the first few by name.
pub(super) fn also_granted(diagnosis: &Diagnosis) -> impl Iterator<Item = Line> {
    let alternatives = diagnosis.missing.iter().zip(&diagnosis.opens).filter(|(_, endpoints)| !endpoints.is_empty());
    alternatives.map(|(scopes, endpoints)| {
        let named: Vec<&str> = endpoints.iter().take(MAX_ENDPOINTS).map(String::as_str).collect();
        let more = endpoints.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Line::new()
            .trusted(Style::Plain, "  ")
            .untrusted(Style::Plain, scopes)
            .trusted(Style::Muted, " also grants access to ")
            .untrusted(Style::Plain, format_args!("{}{more}", named.join(", ")))
            .indented(4)
    })
}

pub(super) fn next_step(diagnosis: &Diagnosis, action: Option<Line>) -> impl Iterator<Item = Line> {
    let next = (!diagnosis.next.is_empty()).then(|| {
        Line::new()
            .trusted(Style::Heading, "next: ")
            .untrusted(Style::Plain, &diagnosis.next)
            .indented(6)
            .copyable("the next step", &diagnosis.next)
    });
    let command = || {
        let command = diagnosis.command.as_ref()?;
        let line = Line::new().trusted(Style::Plain, "  ").untrusted(Style::Plain, command);
        Some(line.indented(4).copyable("the command", command))
    };
    next.into_iter().chain(action.or_else(command))
}

pub(super) fn rule(diagnosis: &Diagnosis) -> Line {
    let source = diagnosis.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    let line = Line::new().trusted(Style::Muted, "rule: ");
    line.untrusted(Style::Muted, format_args!("{}{source}", diagnosis.rule)).indented(6)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::diagnosis::{Case, Request, Response, Sent, diagnose};

    fn report(status: u16, header: &str, body: &str) -> String {
        let headers: Vec<(String, String)> =
            header.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        let found = diagnose(&Case {
            response: Response { status, headers: &headers, body: body.as_bytes() },
            api: None,
            endpoint: None,
            request: Request::default(),
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        diagnosis(&found, None).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_diagnosis_has_cause_evidence_next_step_and_rule() {
        let challenge = r#"WWW-Authenticate: Bearer error="insufficient_scope", scope="orders:write""#;
        let expected = "\
missing scope: orders:write (certain)
  manifest  not given
  token     not given
  server    returned 403 insufficient_scope: requires orders:write
next: obtain a token that also has orders:write
rule: scope (RFC 6750 section 3.1)";
        assert_eq!(report(403, challenge, ""), expected);
        assert_eq!(report(200, "", "{}"), "");
    }

    #[test]
    fn a_response_without_a_reason_says_what_would_help() {
        let expected = "\
the server returned 403 with `No\\u{202e} way` (guess)
  manifest  not given
  token     not given
  server    returned 403: No\\u{202e} way
next: no known cause; see the API's documentation
would help: a manifest that declares the endpoint
would help: the token that was sent
rule: unexplained";
        assert_eq!(report(403, "", "No\u{202e} way"), expected);
    }
}
