//! Lines that are not plain, decoded like a single token.

use jiff::Timestamp;

use super::{NOT_CHECKED, Options, Written, findings, write_verification};
use crate::diagnostic::Severity;
use crate::token::purpose::not_for_access_by_typ;
use crate::token::verify::{Facts, Status, Verdict};
use crate::token::{Decoded, Json, Payload, decode_with, detect_within, granted, not_as_given};

/// RFC 8725bis §3.14: in bulk, nobody looks at how each token is written.
const NOT_EXACT: &str = "the line is not exactly a token: strict parsers reject it";

/// Appends the members from `kind` on, or `error`.
pub(super) fn write(line: &[u8], options: Options<'_>, now: Timestamp, out: &mut Vec<u8>) -> Written {
    let input = match detect_within(&String::from_utf8_lossy(line), options.policy.max_bytes) {
        Ok(input) => input,
        Err(error) => {
            member("error", &Json::String(error.to_string()), out);
            return Written { fine: false, worst: None };
        }
    };
    let token = input.token.expose();
    let mut decoded = decode_with(token, now, options.policy);
    decoded.findings.extend(input.left_out.map(not_as_given));
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
    let worst = options.findings.then(|| findings::write(decoded.all_findings(), out)).flatten();
    let verdict = options.verify.map(|verify| {
        let mut facts = Facts::of(&decoded, token, None);
        if token.as_bytes() != line {
            for facts in &mut facts {
                facts.fail(NOT_EXACT);
            }
        }
        Verdict::of(facts.iter().map(|facts| verify(facts, now)).collect(), &decoded, token, 0, now)
    });
    match verdict.as_ref().and_then(|verdict| Some((verdict.deciding()?.1, verdict.reason()))) {
        Some((deciding, reason)) => {
            let typ = decoded.header.as_ref().and_then(|header| header.get("typ")).and_then(Json::as_str);
            write_verification(deciding, reason.as_deref(), not_for_access_by_typ(typ), out);
        }
        None => out.extend_from_slice(NOT_CHECKED),
    }
    let fine = decoded.whole && verdict.is_none_or(|verdict| verdict.status() == Status::Verified);
    Written { fine, worst }
}

/// Returns why a token is incomplete.
fn fault(decoded: &Decoded) -> Option<String> {
    let error = decoded.findings.iter().find(|finding| finding.severity() == Severity::Error)?;
    (!decoded.whole).then(|| error.message.clone())
}

fn member(name: &str, value: &Json, out: &mut Vec<u8>) {
    out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
}
