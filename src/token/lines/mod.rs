//! Many tokens, one per line, each to one line of JSON: `tokscope.decode/v1`, with the findings if they are asked for.
//!
//! Nearly every token is plain: strict base64url around JSON that can be printed as it stands. Its header and claims
//! are checked in one pass and copied, never rebuilt, so that order and numbers stay by themselves. Whatever is not
//! plain goes the way of a single token, and comes out in the same shape.

mod members;
mod slow;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use base64_simd::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use self::members::Member;
use super::verify::{Facts, Status, Verification};
use super::{Json, Policy, granted};
use crate::diagnostic::Severity;

/// How a token is verified: with what was read out of it, at that time.
pub type Verify<'v> = &'v (dyn Fn(&Facts<'_>, Timestamp) -> Verification + Sync);

/// More members than this are not looked through one by one.
const MOST_MEMBERS: usize = 64;

/// What is wanted of each line.
#[derive(Clone, Copy, Default)]
pub struct Options<'v> {
    /// How its token is verified; `None`: it is not.
    pub verify: Option<Verify<'v>>,
    /// How it is judged.
    pub policy: Policy,
    /// Whether it has its findings: they cost more than all the rest.
    pub findings: bool,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// False when there is no usable token in it, or when it was to be verified and is not.
    pub fine: bool,
    /// The severity of its worst finding, if findings were asked for.
    pub worst: Option<Severity>,
}

/// Turns lines into lines. It keeps its buffers and the last header, which is mostly that of the next token too.
#[derive(Default)]
pub struct Lines<'v> {
    options: Options<'v>,
    header: Header,
    claims: Vec<u8>,
    signature: Vec<u8>,
    members: Vec<Member>,
}

/// A header, and what is needed of it.
#[derive(Default)]
struct Header {
    /// As it stands in the token.
    encoded: Vec<u8>,
    json: Vec<u8>,
    facts: Facts<'static>,
}

impl<'v> Lines<'v> {
    /// With empty buffers.
    #[must_use]
    pub fn new(options: Options<'v>) -> Self {
        Self { options, ..Self::default() }
    }

    /// Appends one line of JSON about this line.
    pub fn write(&mut self, number: u64, line: &[u8], now: Timestamp, out: &mut Vec<u8>) -> Written {
        out.extend_from_slice(b"{\"schema\":\"tokscope.decode/v1\",\"line\":");
        out.extend_from_slice(number.to_string().as_bytes());
        let line = line.trim_ascii();
        let start = out.len();
        let plain = if self.options.findings { None } else { self.plain(line, now, out) };
        let written = match plain {
            Some(fine) => Written { fine, worst: None },
            None => {
                out.truncate(start);
                slow::write(line, self.options, now, out)
            }
        };
        out.extend_from_slice(b"}\n");
        written
    }

    /// The fast way; `None` when the token is not plain.
    fn plain(&mut self, token: &[u8], now: Timestamp, out: &mut Vec<u8>) -> Option<bool> {
        let mut dots = memchr::memchr_iter(b'.', token);
        let (first, second) = (dots.next()?, dots.next()?);
        let (header, payload) = (token.get(..first)?, token.get(first + 1..second)?);
        if dots.next().is_some() || token.len() > self.options.policy.max_bytes {
            return None;
        }
        if self.header.encoded != header {
            self.header.read(header, &mut self.members)?;
        }
        decode(payload, &mut self.claims)?;
        decode(token.get(second + 1..)?, &mut self.signature)?;
        if !members::scan(&self.claims, &mut self.members) {
            return None;
        }
        // an unsigned token is shown, and yet has something to be said about it
        if self.signature.is_empty() {
            return None;
        }
        out.extend_from_slice(b",\"kind\":\"jws\",\"whole\":true,\"header\":");
        out.extend_from_slice(&self.header.json);
        out.extend_from_slice(b",\"claims\":");
        out.extend_from_slice(self.claims.trim_ascii());
        out.extend_from_slice(b",\"payload\":null,\"scopes\":[");
        self.scopes(out)?;
        out.push(b']');
        let Some(verify) = self.options.verify else {
            out.extend_from_slice(NOT_CHECKED);
            return Some(true);
        };
        let mut facts = Facts {
            message: Cow::Borrowed(token.get(..second)?),
            signature: Cow::Borrowed(&self.signature),
            ..Facts::default()
        };
        facts.share_header(&self.header.facts);
        self.read_claims(&mut facts)?;
        let verification = verify(&facts, now);
        let reason = verification.reason().map(|check| format!("{}: {}", check.subject.as_str(), check.detail));
        write_verification(&verification, reason.as_deref(), out);
        Some(verification.status() == Status::Verified)
    }

    fn name(&self, member: &Member) -> &[u8] {
        self.claims.get(member.name.clone()).unwrap_or_default()
    }

    /// Most tokens have their scopes in one claim, as text or as a list of words; others are read by the rules.
    fn scopes(&self, out: &mut Vec<u8>) -> Option<()> {
        let is_scopes = |member: &&Member| granted::CLAIMS.iter().any(|claim| claim.as_bytes() == self.name(member));
        let mut found = self.members.iter().filter(is_scopes);
        let Some(first) = found.next() else { return Some(()) };
        let value = self.claims.get(first.value.clone())?;
        let is_list = !value.contains(&b'\\') && !self.name(first).ends_with(b"_access");
        if let (None, [b'"', text @ .., b'"'], true) = (found.next(), value, is_list) {
            // whatever is left in such a text is fit for a scope (RFC 6749 §3.3), or has to be left out
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
        let parsed = self.members.iter().filter(is_scopes).map(|member| {
            let name = String::from_utf8(self.name(member).to_vec()).ok()?;
            Some((name, parse(&self.claims, member)?))
        });
        let claims = Json::Object(parsed.collect::<Option<_>>()?);
        let scopes = granted::granted(&claims).unwrap_or_default().0.into_iter();
        let scopes = scopes.map(|granted| Json::String(granted.scope.to_string())).collect();
        let list = Json::Array(scopes).to_string();
        out.extend_from_slice(list.trim_start_matches('[').trim_end_matches(']').as_bytes());
        Some(())
    }

    fn read_claims(&self, facts: &mut Facts<'_>) -> Option<()> {
        if has_duplicates(&self.claims, &self.members)? {
            let fault = "a claim occurs twice: readers differ in which one they take";
            facts.fault.get_or_insert_with(|| fault.to_owned());
        }
        for member in &self.members {
            if let Some(slot) = facts.claim(self.name(member)) {
                *slot = Some(Cow::Owned(parse(&self.claims, member)?));
            }
        }
        Some(())
    }
}

impl Header {
    /// `None`, and empty, when the header is not plain.
    fn read(&mut self, encoded: &[u8], members: &mut Vec<Member>) -> Option<()> {
        self.encoded.clear();
        self.facts = Facts::default();
        decode(encoded, &mut self.json)?;
        if !members::scan(&self.json, members) {
            return None;
        }
        if has_duplicates(&self.json, members)? {
            self.facts.fault =
                Some("a name occurs twice in the header: readers differ in which one they take".to_owned());
        }
        let mut is_encrypted = false;
        for member in members.iter() {
            let name = self.json.get(member.name.clone())?;
            is_encrypted |= name == b"enc";
            if let Some(slot) = self.facts.parameter(name) {
                *slot = Some(Cow::Owned(parse(&self.json, member)?));
            }
        }
        if is_encrypted || self.facts.algorithm.is_none() || self.facts.encoded.is_some() {
            return None;
        }
        let start = self.json.iter().take_while(|byte| **byte == b' ').count();
        self.json.drain(..start);
        self.json.truncate(self.json.trim_ascii_end().len());
        self.encoded.extend_from_slice(encoded);
        Some(())
    }
}

fn decode(part: &[u8], buffer: &mut Vec<u8>) -> Option<()> {
    buffer.clear();
    URL_SAFE_NO_PAD.decode_append(part, buffer).ok()
}

fn parse(text: &[u8], member: &Member) -> Option<Json> {
    Json::parse(std::str::from_utf8(text.get(member.value.clone())?).ok()?).ok()
}

/// `None` when there are too many to look.
fn has_duplicates(text: &[u8], members: &[Member]) -> Option<bool> {
    if members.len() > MOST_MEMBERS {
        return None;
    }
    let name = |member: &Member| text.get(member.name.clone()).unwrap_or_default();
    let twice = |(index, member): (usize, &Member)| {
        members.iter().take(index).any(|other| other.name.len() == member.name.len() && name(other) == name(member))
    };
    Some(members.iter().enumerate().any(twice))
}

const NOT_CHECKED: &[u8] = b",\"verification\":{\"status\":\"not-checked\",\"checks\":[]}";

/// `{status, reason?, checks}`: the checks without the details, the reason with its own.
fn write_verification(verification: &Verification, reason: Option<&str>, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"verification\":{\"status\":\"");
    out.extend_from_slice(verification.status().as_str().as_bytes());
    out.push(b'"');
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
