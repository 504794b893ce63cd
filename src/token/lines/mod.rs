//! Decodes tokens in bulk: one per line, each to one line of JSON (`tokscope.decode/v1`), with findings on request.
//!
//! Nearly every token is plain: strict base64url around JSON that can be printed unchanged. Its header and claims are
//! checked in one pass and copied, so that order and numbers are preserved. For findings they are parsed as well. Other
//! tokens are decoded like a single token, with output of the same shape.

mod findings;
mod members;
mod slow;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use base64_simd::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use self::findings::Judge;
use self::members::{MOST_MEMBERS, Member, PlainObject};
use super::verify::{Content, Facts, Status, Verification};
use super::{Json, Policy, granted, purpose};
use crate::diagnostic::Severity;

/// Verifies the facts of a token at a time.
pub type Verify<'v> = &'v (dyn Fn(&Facts<'_>, Timestamp) -> Verification + Sync);

/// Options for each line.
#[derive(Clone, Copy, Default)]
pub struct Options<'v> {
    /// Verification; `None`: tokens are not verified.
    pub verify: Option<Verify<'v>>,
    /// Policy for findings.
    pub policy: Policy,
    /// Whether findings are included. They take several times as long as everything else.
    pub findings: bool,
}

/// Result for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// False if the line has no usable token, or if it should be verified and is not.
    pub fine: bool,
    /// Severity of the worst finding, if findings were requested.
    pub worst: Option<Severity>,
}

/// Converts lines. Keeps its buffers and the last header, which the next token usually has as well.
#[derive(Default)]
pub struct Lines<'v> {
    options: Options<'v>,
    header: Header,
    claims: PlainObject,
    signature: Vec<u8>,
    judge: Judge,
}

/// The last plain header, and what is needed of it.
#[derive(Default)]
struct Header {
    /// The encoded header; `None` if there is none to reuse.
    encoded: Option<Vec<u8>>,
    object: PlainObject,
    facts: Facts<'static>,
    /// Purpose of the token by its `typ`, unless it is an access token.
    purpose: Option<&'static str>,
}

impl<'v> Lines<'v> {
    /// Creates a converter with empty buffers.
    #[must_use]
    pub fn new(options: Options<'v>) -> Self {
        Self { options, ..Self::default() }
    }

    /// Appends one line of JSON for this line.
    pub fn write(&mut self, number: u64, line: &[u8], now: Timestamp, out: &mut Vec<u8>) -> Written {
        out.extend_from_slice(b"{\"schema\":\"tokscope.decode/v1\",\"line\":");
        out.extend_from_slice(number.to_string().as_bytes());
        // only what surrounds a token in a text file; any other character belongs to it
        let line = trimmed(line);
        let start = out.len();
        let written = self.plain(line, now, out).unwrap_or_else(|| {
            out.truncate(start);
            slow::write(line, self.options, now, out)
        });
        out.extend_from_slice(b"}\n");
        written
    }

    /// The fast path; `None` if the token is not plain.
    fn plain(&mut self, token: &[u8], now: Timestamp, out: &mut Vec<u8>) -> Option<Written> {
        let mut dots = memchr::memchr_iter(b'.', token);
        let (first, second) = (dots.next()?, dots.next()?);
        let (header, payload) = (token.get(..first)?, token.get(first + 1..second)?);
        if dots.next().is_some() || token.len() > self.options.policy.max_bytes {
            return None;
        }
        if !self.header.read(header)? {
            self.judge.forget_header();
        }
        self.claims.read(payload)?;
        self.signature.clear();
        URL_SAFE_NO_PAD.decode_append(token.get(second + 1..)?, &mut self.signature).ok()?;
        // an unsigned token is decoded, but has an error
        if self.signature.is_empty() {
            return None;
        }
        out.extend_from_slice(b",\"kind\":\"jws\",\"whole\":true,\"header\":");
        out.extend_from_slice(self.header.object.text()?);
        out.extend_from_slice(b",\"claims\":");
        out.extend_from_slice(self.claims.text()?);
        out.extend_from_slice(b",\"payload\":null,\"scopes\":[");
        self.scopes(out)?;
        out.push(b']');
        let mut worst = None;
        if self.options.findings {
            self.judge.read(&self.header.object, &self.claims)?;
            let found = self.judge.findings(token, &mut self.signature, now, self.options.policy)?;
            worst = findings::write(found, out);
        }
        let Some(verify) = self.options.verify else {
            out.extend_from_slice(NOT_CHECKED);
            return Some(Written { fine: true, worst });
        };
        let mut facts = Facts {
            message: Cow::Borrowed(token.get(..second)?),
            signature: Cow::Borrowed(&self.signature),
            content: Content::Claims,
            ..Facts::default()
        };
        facts.share_header(&self.header.facts);
        self.read_claims(&mut facts)?;
        let verification = verify(&facts, now);
        let reason = verification.reason().map(|check| format!("{}: {}", check.subject.as_str(), check.detail));
        write_verification(&verification, reason.as_deref(), self.header.purpose, out);
        Some(Written { fine: verification.status() == Status::Verified, worst })
    }

    /// Most tokens have their scopes in one claim, as a string or an array of strings; the general rules read the others.
    fn scopes(&self, out: &mut Vec<u8>) -> Option<()> {
        let claims = &self.claims;
        let is_scopes = |member: &&Member| granted::CLAIMS.iter().any(|claim| claim.as_bytes() == claims.name(member));
        // whether the roles of an application are scopes depends on other claims
        let is_of_application =
            |member: &Member| granted::OF_APPLICATIONS.iter().any(|claim| claim.as_bytes() == claims.name(member));
        if claims.members().iter().any(is_of_application) {
            return None;
        }
        let mut found = claims.members().iter().filter(is_scopes);
        let Some(first) = found.next() else { return Some(()) };
        let value = claims.value(first);
        let is_list = !value.contains(&b'\\');
        if let (None, [b'"', text @ .., b'"'], true) = (found.next(), value, is_list) {
            // the rest of such a string is a valid scope (RFC 6749 §3.3), or is left out
            if !text.is_ascii() {
                return None;
            }
            let mut written: Vec<&[u8]> = Vec::new();
            for scope in text.split(u8::is_ascii_whitespace).filter(|scope| !scope.is_empty()) {
                if !written.contains(&scope) {
                    let comma: &[u8] = if written.is_empty() { b"\"" } else { b",\"" };
                    out.extend_from_slice(comma);
                    out.extend_from_slice(scope);
                    out.push(b'"');
                    written.push(scope);
                }
                if written.len() > MOST_MEMBERS {
                    return None;
                }
            }
            return Some(());
        }
        let parsed = claims.members().iter().filter(is_scopes).map(|member| {
            let name = String::from_utf8(claims.name(member).to_vec()).ok()?;
            Some((name, claims.parse(member)?))
        });
        let claims = Json::Object(parsed.collect::<Option<_>>()?);
        let scopes = granted::granted(&claims).unwrap_or_default().0.into_iter();
        let scopes = scopes.map(|granted| Json::String(granted.scope.to_string())).collect();
        let list = Json::Array(scopes).to_string();
        out.extend_from_slice(list.trim_start_matches('[').trim_end_matches(']').as_bytes());
        Some(())
    }

    fn read_claims(&self, facts: &mut Facts<'_>) -> Option<()> {
        if self.claims.has_duplicates()? {
            let fault = "a claim occurs twice: parsers differ in which value they use";
            facts.fault.get_or_insert_with(|| fault.to_owned());
        }
        for member in self.claims.members() {
            if let Some(slot) = facts.claim(self.claims.name(member)) {
                *slot = Some(Cow::Owned(self.claims.parse(member)?));
            }
        }
        Some(())
    }
}

impl Header {
    /// Reads a header, and returns whether it equals the last one. Returns `None` if it is not plain, and then keeps
    /// nothing of it.
    fn read(&mut self, encoded: &[u8]) -> Option<bool> {
        if self.encoded.as_deref() == Some(encoded) {
            return Some(true);
        }
        // the buffer is reused, and put back only after every check has passed
        let mut key = self.encoded.take().unwrap_or_default();
        self.facts = Facts::default();
        self.purpose = None;
        let read = self.object.read(encoded).and_then(|()| self.read_parameters());
        if read.is_none() {
            self.object.clear();
            self.facts = Facts::default();
            return None;
        }
        key.clear();
        key.extend_from_slice(encoded);
        self.encoded = Some(key);
        Some(false)
    }

    fn read_parameters(&mut self) -> Option<()> {
        if self.object.has_duplicates()? {
            self.facts.fault =
                Some("a header parameter occurs twice: parsers differ in which value they use".to_owned());
        }
        let mut is_encrypted = false;
        for member in self.object.members() {
            let name = self.object.name(member);
            is_encrypted |= name == b"enc";
            if let Some(slot) = self.facts.parameter(name) {
                *slot = Some(Cow::Owned(self.object.parse(member)?));
            }
        }
        self.purpose = purpose::not_for_access_by_typ(self.facts.kind.as_deref().and_then(Json::as_str));
        (!is_encrypted && self.facts.algorithm.is_some() && self.facts.encoded.is_none()).then_some(())
    }
}

/// Returns the line without surrounding spaces, tabs and carriage returns.
fn trimmed(line: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r');
    let start = line.iter().position(is_text).unwrap_or(line.len());
    let end = line.iter().rposition(is_text).map_or(start, |last| last + 1);
    line.get(start..end).unwrap_or_default()
}

const NOT_CHECKED: &[u8] = b",\"verification\":{\"status\":\"not-checked\",\"checks\":[]}";

/// Appends `{status, purpose?, reason?, checks}`: the checks without details, the reason with its detail. `purpose`: purpose
/// of the token by its `typ`, if it is not an access token.
fn write_verification(
    verification: &Verification,
    reason: Option<&str>,
    purpose: Option<&'static str>,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(b",\"verification\":{\"status\":\"");
    out.extend_from_slice(verification.status().as_str().as_bytes());
    out.push(b'"');
    if let Some(purpose) = purpose {
        out.extend_from_slice(format!(",\"purpose\":\"{purpose}\"").as_bytes());
    }
    if let Some(reason) = reason {
        let reason = Json::String(reason.to_owned());
        out.extend_from_slice(format!(",\"reason\":{reason}").as_bytes());
    }
    out.extend_from_slice(b",\"checks\":[");
    for (index, check) in verification.checks.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"{\"check\":\"" } else { b",{\"check\":\"" });
        out.extend_from_slice(check.subject.as_str().as_bytes());
        out.extend_from_slice(b"\",\"result\":\"");
        out.extend_from_slice(check.outcome.as_str().as_bytes());
        out.extend_from_slice(b"\"}");
    }
    out.extend_from_slice(b"]}");
}
