//! A line that is not plain, by the way of a single token.

use jiff::Timestamp;

use super::{NOT_CHECKED, Verify, write_verification};
use crate::diagnostic::Severity;
use crate::token::verify::{Facts, Status, Verdict};
use crate::token::{Decoded, Json, Payload, Policy, decode_by, granted, recognise_within};

/// Appends the members from `kind` on, or `error`. False when the token can't be used.
pub(super) fn write(
    line: &[u8],
    verify: Option<Verify<'_>>,
    policy: Policy,
    now: Timestamp,
    out: &mut Vec<u8>,
) -> bool {
    let input = match recognise_within(&String::from_utf8_lossy(line), policy.max_bytes) {
        Ok(input) => input,
        Err(error) => {
            member("error", &Json::String(error.to_string()), out);
            return false;
        }
    };
    let token = input.token.expose();
    let decoded = decode_by(token, now, policy);
    member("kind", &Json::String(decoded.kind.as_str().to_owned()), out);
    member("whole", &Json::Bool(decoded.whole), out);
    if let Some(error) = fault(&decoded) {
        member("error", &Json::String(error), out);
    }
    member("header", decoded.header.as_ref().unwrap_or(&Json::Null), out);
    member("claims", decoded.claims().unwrap_or(&Json::Null), out);
    let payload = match &decoded.payload {
        Payload::Json(value) => value.clone(),
        Payload::Text(text) => Json::String(text.clone()),
        _ => Json::Null,
    };
    member("payload", &payload, out);
    let scopes = decoded.claims().and_then(granted).unwrap_or_default().0.into_iter();
    member("scopes", &Json::Array(scopes.map(|one| Json::String(one.scope.to_string())).collect()), out);
    match verify {
        Some(verify) => {
            let signatures = Facts::of(&decoded, token, None).iter().map(|facts| verify(facts, now)).collect();
            let verdict = Verdict { signatures };
            match verdict.deciding() {
                Some((_, deciding)) => write_verification(deciding, verdict.reason().as_deref(), out),
                None => out.extend_from_slice(NOT_CHECKED),
            }
            decoded.whole && verdict.status() == Status::Verified
        }
        None => {
            out.extend_from_slice(NOT_CHECKED);
            decoded.whole
        }
    }
}

/// Why a token is not whole.
fn fault(decoded: &Decoded) -> Option<String> {
    let error = decoded.findings.iter().find(|finding| finding.severity() == Severity::Error)?;
    (!decoded.whole).then(|| error.message.clone())
}

fn member(name: &str, value: &Json, out: &mut Vec<u8>) {
    out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
}
