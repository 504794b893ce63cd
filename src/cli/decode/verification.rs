//! What was checked about a token, for both faces of the report.

use jiff::Timestamp;

use super::verify::Session;
use crate::cli::print::{json_object, json_text};
use crate::token::verify::{self, Status};
use crate::token::{Decoded, Json, Kind, Payload};

/// The outcome of a verification, ready to be printed.
pub(in crate::cli) struct Verification {
    /// The member `verification` of `tokscope.decode/v1`: `{status, checks}`.
    pub(super) document: Json,
    /// The lines of the section `signature`; they may hold text from outside, which the report escapes.
    pub(super) lines: Vec<String>,
    /// Why a verification that was asked for did not end well.
    pub(super) refusal: Option<String>,
}

impl Verification {
    /// None was asked for.
    pub(in crate::cli) fn not_checked(decoded: &Decoded) -> Self {
        let lines = match (decoded.kind, decoded.signature.len()) {
            (Kind::Jwe | Kind::Opaque, _) => Vec::new(),
            (Kind::Jws | Kind::SdJwt, 0) if !decoded.whole => {
                vec!["not known: the token was cut off before it, or it can't be read".to_owned()]
            }
            (Kind::Jws | Kind::SdJwt, 0) => vec!["none: anyone could have written this token".to_owned()],
            (Kind::Jws | Kind::SdJwt, length) => vec![format!("{length} bytes, not checked")],
        };
        Self { document: document(Status::NotChecked, Vec::new(), Vec::new()), lines, refusal: None }
    }

    /// With the keys and the expectations of the command line.
    pub(super) fn of(decoded: &Decoded, token: &str, session: &Session, now: Timestamp) -> Self {
        if let (Some(_), Payload::Text(inner)) = (&decoded.inner, &decoded.payload) {
            return Self::checked(&session.verify(inner, now), session.leeway());
        }
        let impossible = match decoded.kind {
            Kind::Opaque => "an opaque token has no signature: only the authorization server can tell (RFC 7662)",
            Kind::Jwe => "an encrypted token has no signature of its own",
            Kind::Jws | Kind::SdJwt => {
                // the signature of an SD-JWT is that of the JWT before its disclosures (RFC 9901 §4)
                let signed = token.split('~').next().unwrap_or_default();
                return Self::checked(&session.verify(signed, now), session.leeway());
            }
        };
        Self {
            document: document(Status::NotChecked, vec![("reason", json_text(impossible))], Vec::new()),
            lines: vec![format!("not checked: {impossible}")],
            refusal: Some(format!("the token could not be verified: {impossible}")),
        }
    }

    fn checked(verification: &verify::Verification, leeway: u32) -> Self {
        let mut members = Vec::new();
        let reason = verification.reason().map(|check| format!("{}: {}", check.subject.as_str(), check.detail));
        let (mut lines, refusal) = match (&verification.key, &reason) {
            (_, Some(reason)) => {
                members.push(("reason", json_text(reason)));
                let verdict = match verification.status() {
                    Status::NotChecked => "NOT verified, because it could not be checked",
                    Status::Failed | Status::Verified => "NOT verified",
                };
                (vec![format!("{verdict}: {reason}")], Some(format!("the token is not verified: {reason}")))
            }
            (Some(key), None) => (vec![format!("verified by {} from {}", key.kind, key.source)], None),
            (None, None) => (Vec::new(), None),
        };
        if let Some(key) = &verification.key {
            let id = key.id.as_ref().map_or(Json::Null, json_text);
            let described = [("kid", id), ("kind", json_text(key.kind)), ("source", json_text(&key.source))];
            members.push(("key", json_object(described)));
        }
        members.push(("leeway", Json::Number(leeway.to_string())));
        let checks = verification.checks.iter().map(|check| {
            let (subject, outcome) = (check.subject.as_str(), check.outcome.as_str());
            lines.push(format!("  {subject:<10} {outcome:<12} {}", check.detail));
            let members =
                [("check", json_text(subject)), ("result", json_text(outcome)), ("detail", json_text(&check.detail))];
            json_object(members)
        });
        let checks = checks.collect();
        Self { document: document(verification.status(), members, checks), lines, refusal }
    }
}

fn document(status: Status, members: Vec<(&'static str, Json)>, checks: Vec<Json>) -> Json {
    let status = ("status", json_text(status.as_str()));
    let all = std::iter::once(status).chain(members).chain([("checks", Json::Array(checks))]);
    Json::Object(all.map(|(name, value)| (name.to_owned(), value)).collect())
}
