//! Findings about plain tokens, by the same checks as for a single token.

use jiff::Timestamp;

use super::members::PlainObject;
use crate::diagnostic::{Diagnostic, Severity};
use crate::token::decode::judge_read;
use crate::token::{Decoded, Json, Payload, Policy, Serialization, TokenKind};

/// Checks one token after the other, and keeps the header of the last one.
#[derive(Debug)]
pub(super) struct Judge {
    decoded: Decoded,
}

impl Default for Judge {
    fn default() -> Self {
        Self { decoded: Decoded::new(TokenKind::Jws, Serialization::Compact) }
    }
}

impl Judge {
    /// Forgets the header of the last token.
    pub(super) fn forget_header(&mut self) {
        self.decoded.header = None;
    }

    /// Reads the header, unless it is still known, and the claims.
    pub(super) fn read(&mut self, header: &PlainObject, claims: &PlainObject) -> Option<()> {
        if self.decoded.header.is_none() {
            self.decoded.header = Some(header.to_json()?);
        }
        self.decoded.payload = Payload::Claims(claims.to_json()?);
        Some(())
    }

    /// Returns the findings about the token that was read. The signature is borrowed for the duration of the checks.
    pub(super) fn findings(
        &mut self,
        token: &[u8],
        signature: &mut Vec<u8>,
        now: Timestamp,
        policy: Policy,
    ) -> Option<&[Diagnostic]> {
        let token = std::str::from_utf8(token).ok()?;
        std::mem::swap(&mut self.decoded.signature, signature);
        judge_read(token, &mut self.decoded, now, policy);
        std::mem::swap(&mut self.decoded.signature, signature);
        Some(&self.decoded.findings)
    }
}

/// Appends the member `findings`, each `{code, severity, message}`, and returns the worst severity.
pub(super) fn write<'f>(findings: impl IntoIterator<Item = &'f Diagnostic>, out: &mut Vec<u8>) -> Option<Severity> {
    out.extend_from_slice(b",\"findings\":[");
    let mut worst = None;
    for finding in findings {
        out.extend_from_slice(if worst.is_none() { b"{\"code\":\"" } else { b",{\"code\":\"" });
        out.extend_from_slice(finding.code.name.as_bytes());
        out.extend_from_slice(b"\",\"severity\":\"");
        out.extend_from_slice(finding.severity().as_str().as_bytes());
        out.extend_from_slice(b"\",\"message\":");
        out.extend_from_slice(Json::string_text(&finding.message).as_bytes());
        out.push(b'}');
        worst = worst.max(Some(finding.severity()));
    }
    out.push(b']');
    worst
}
