//! Result of a verification, for text and JSON.

use jiff::Timestamp;

use super::verify::Session;
use crate::cli::print::{json_object, json_text};
use crate::token::verify::{self, Check, Status, UsedKey, Verdict};
use crate::token::{Decoded, DetectedPurpose, Json, TokenKind, not_for_access};

/// Result of a verification, formatted for output.
pub(in crate::cli) struct Verification {
    /// Member `verification` of `tokscope.decode/v1`: `{status, checks}`.
    pub(super) document: Json,
    /// Lines of the section `signature`; untrusted, the report escapes them.
    pub(super) lines: Vec<String>,
    /// Why a requested verification failed.
    pub(super) refusal: Option<String>,
}

impl Verification {
    /// Result if no verification was requested.
    pub(in crate::cli) fn not_checked(decoded: &Decoded) -> Self {
        let lines = match (decoded.kind, decoded.signature.len()) {
            _ if decoded.description.is_some() => vec!["not in the input".to_owned()],
            (TokenKind::Jwe | TokenKind::Opaque, _) => Vec::new(),
            (TokenKind::Jws | TokenKind::SdJwt, 0) if !decoded.whole => {
                vec!["unknown: the token is truncated or malformed".to_owned()]
            }
            (TokenKind::Jws | TokenKind::SdJwt, 0) if decoded.further_signatures.is_empty() => {
                vec!["none: anyone could have created this token".to_owned()]
            }
            (TokenKind::Jws | TokenKind::SdJwt, length) if decoded.further_signatures.is_empty() => {
                vec![format!("{length} bytes, not verified")]
            }
            (TokenKind::Jws | TokenKind::SdJwt, _) => {
                vec![format!("{} signatures, not verified", decoded.further_signatures.len() + 1)]
            }
        };
        Self { document: document(Status::NotChecked, Vec::new(), Vec::new()), lines, refusal: None }
    }

    /// Verifies with the keys and expectations of the command line.
    pub(super) fn of(decoded: &Decoded, token: &str, session: &Session, now: Timestamp) -> Self {
        let verdict = session.verify(decoded, token, now);
        if !verdict.signatures.is_empty() {
            return Self::checked(&verdict, session.leeway(), not_for_access(decoded.purpose.as_ref()));
        }
        let impossible = match decoded.kind {
            _ if decoded.description.is_some() => "the input has no signature: pass the token itself",
            TokenKind::Opaque => "an opaque token has no signature: use introspection (RFC 7662)",
            TokenKind::Jwe | TokenKind::Jws | TokenKind::SdJwt => {
                "an encrypted token has no signature outside its encryption"
            }
        };
        Self {
            document: document(Status::NotChecked, vec![("reason", json_text(impossible))], Vec::new()),
            lines: vec![format!("not verified: {impossible}")],
            refusal: Some(format!("the token can't be verified: {impossible}")),
        }
    }

    /// `other`: what the token is for, when it is not an access token.
    fn checked(verdict: &Verdict, leeway: u32, other: Option<&DetectedPurpose>) -> Self {
        let (reason, several) = (verdict.reason(), verdict.signatures.len() > 1);
        let mut members = Vec::new();
        members.extend(reason.as_ref().map(|reason| ("reason", json_text(reason))));
        let deciding = verdict.deciding().map(|(_, verification)| verification);
        let with = match deciding.and_then(|verification| verification.key.as_ref()) {
            Some(_) if several => format!("({} signatures)", verdict.signatures.len()),
            key => with_key(key),
        };
        let mut lines = vec![outcome(verdict.status(), reason.as_deref(), &with)];
        if !several {
            members.extend(deciding.and_then(key).map(|key| ("key", key)));
        }
        members.push(("leeway", Json::Number(leeway.to_string())));
        if let Some(named) = other {
            let note = format!("it is {} ({}), not an access token", named.meaning(), named.reason);
            members.push(("purpose", json_text(named.purpose.name)));
            members.push(("note", json_text(&note)));
            lines.push(format!("  {note}"));
        }
        for (number, verification) in (1..).zip(&verdict.signatures) {
            if several {
                let reason = verification.reason().map(|check| format!("{}: {}", check.subject.as_str(), check.detail));
                let outcome = outcome(verification.status(), reason.as_deref(), &with_key(verification.key.as_ref()));
                lines.push(format!("signature {number} of {}: {outcome}", verdict.signatures.len()));
            }
            lines.extend(lines_of(verification));
        }
        if several {
            let one = |verification: &verify::Verification| {
                let members = key(verification).map(|key| ("key", key));
                document(verification.status(), members.into_iter().collect(), checks(verification))
            };
            members.push(("signatures", Json::Array(verdict.signatures.iter().map(one).collect())));
        }
        if let Some(binding) = &verdict.key_binding {
            let reason = binding.reason().map(|check| format!("{}: {}", check.subject.as_str(), check.detail));
            let outcome = outcome(binding.status(), reason.as_deref(), &with_key(binding.key.as_ref()));
            lines.push(format!("key binding: {outcome}"));
            lines.extend(lines_of(binding));
            let key = key(binding).map(|key| ("key", key));
            members.push(("key_binding", document(binding.status(), key.into_iter().collect(), checks(binding))));
        }
        let checks = deciding.map(checks).unwrap_or_default();
        let refusal = reason.map(|reason| format!("the token is not verified: {reason}"));
        Self { document: document(verdict.status(), members, checks), lines, refusal }
    }
}

/// Returns one line per check.
fn lines_of(verification: &verify::Verification) -> impl Iterator<Item = String> {
    let line =
        |check: &Check| format!("  {:<10} {:<12} {}", check.subject.as_str(), check.outcome.as_str(), check.detail);
    verification.checks.iter().map(line)
}

/// Describes the outcome. `with`: the key, or the number of signatures.
fn outcome(status: Status, reason: Option<&str>, with: &str) -> String {
    let reason = reason.unwrap_or_default();
    match status {
        Status::Verified => format!("verified {with}"),
        Status::Failed | Status::NotChecked => format!("NOT verified: {reason}"),
    }
}

fn with_key(key: Option<&UsedKey>) -> String {
    key.map(|key| format!("with {} from {}", key.kind, key.source)).unwrap_or_default()
}

/// Returns the key that was used.
fn key(verification: &verify::Verification) -> Option<Json> {
    let key = verification.key.as_ref()?;
    let id = key.id.as_ref().map_or(Json::Null, json_text);
    Some(json_object([("kid", id), ("kind", json_text(key.kind)), ("source", json_text(&key.source))]))
}

fn checks(verification: &verify::Verification) -> Vec<Json> {
    let one = |check: &Check| {
        json_object([
            ("check", json_text(check.subject.as_str())),
            ("result", json_text(check.outcome.as_str())),
            ("detail", json_text(&check.detail)),
        ])
    };
    verification.checks.iter().map(one).collect()
}

fn document(status: Status, members: Vec<(&'static str, Json)>, checks: Vec<Json>) -> Json {
    let status = ("status", json_text(status.as_str()));
    let all = std::iter::once(status).chain(members).chain([("checks", Json::Array(checks))]);
    Json::Object(all.map(|(name, value)| (name.to_owned(), value)).collect())
}
