//! Verification of a token with keys and expectations. Each check has its own result.
//!
//! Pure: keys and time are arguments, and nothing that a token refers to is fetched. A token is verified by its exact
//! bytes, which are read more strictly than for decoding.
//!
//! A valid signature alone does not make a token verified: the payload must also be a JSON object, the claims set of a
//! JWT (RFC 7519 §7.2). Otherwise there is nothing to compare the expectations with, and a caller with a more lenient
//! parser would use claims that nobody checked. Any payload is accepted if
//!
//! - it is detached, or not encoded (`b64`; RFC 7797 §7: a JWT always encodes it),
//! - `typ` names something other than a JWT, such as `JOSE`,
//! - it is itself a signed token, whose claims are checked instead, or
//! - the caller requests it with [`Expected::any_payload`].

mod claims;
mod form;
mod key_binding;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::Timestamp;

use self::claims::Rule;
pub use self::form::{Content, Facts};
use super::key::{Algorithm, Choice, Key, KeySet};
use super::provider::{self, Habit};
use super::{Decoded, Json};

/// Checks, in the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The strict form: three parts of canonical base64url, a header without duplicates (RFC 7515 §5.2, RFC 7519 §4).
    Form,
    /// `alg`, and whether it is permitted (RFC 8725 §3.1).
    Algorithm,
    /// The key: whether one was found, suits the algorithm and is strong enough (RFC 7518 §3.2, §3.3).
    Key,
    /// The signature over the exact bytes received.
    Signature,
    /// `crit` (RFC 7515 §4.1.11).
    Critical,
    /// `typ` (RFC 8725 §3.11).
    Type,
    /// The payload: a JSON claims set (RFC 7519 §7.2).
    Claims,
    /// `iss`
    Issuer,
    /// `aud`
    Audience,
    /// `exp`
    Expiry,
    /// `nbf`
    NotBefore,
    /// `iat`
    IssuedAt,
    /// `sd_hash` of a key binding JWT (RFC 9901 §4.3): the disclosures that the holder signed.
    Presentation,
}

impl Subject {
    /// The name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Algorithm => "alg",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Critical => "crit",
            Self::Type => "typ",
            Self::Claims => "claims",
            Self::Issuer => "iss",
            Self::Audience => "aud",
            Self::Expiry => "exp",
            Self::NotBefore => "nbf",
            Self::IssuedAt => "iat",
            Self::Presentation => "sd_hash",
        }
    }
}

/// Result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// Passed.
    Ok,
    /// Failed.
    Failed,
    /// Not checked: no value was expected, or the check was not possible.
    NotChecked,
    /// Absent, and no value was expected.
    Absent,
}

impl CheckResult {
    /// The name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::NotChecked => "not-checked",
            Self::Absent => "absent",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Subject of the check.
    pub subject: Subject,
    /// Result.
    pub outcome: CheckResult,
    /// Why, as a sentence without a full stop; empty if only reasons were requested. Can contain text of the token.
    pub detail: Cow<'static, str>,
}

/// Which checks have a detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// All checks.
    All,
    /// Only those that can be the reason why a token is not verified. In bulk, formatting the other details would take
    /// longer than the checks.
    Reasons,
}

impl Wording {
    /// Creates a check of a claim or parameter, which is a reason only if it failed.
    fn check<D: Into<Cow<'static, str>>>(
        self,
        subject: Subject,
        outcome: CheckResult,
        detail: impl FnOnce() -> D,
    ) -> Check {
        match (self, outcome) {
            (Self::All, _) | (_, CheckResult::Failed) => Check::new(subject, outcome, detail()),
            (Self::Reasons, _) => Check::new(subject, outcome, ""),
        }
    }
}

impl Check {
    fn new(subject: Subject, outcome: CheckResult, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { subject, outcome, detail: detail.into() }
    }
}

/// Overall result of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not requested, or not possible.
    NotChecked,
    /// The signature is valid, and no check failed.
    Verified,
    /// A check failed.
    Failed,
}

impl Status {
    /// The name in `tokscope.decode/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotChecked => "not-checked",
            Self::Verified => "verified",
            Self::Failed => "failed",
        }
    }
}

/// The key that a signature was verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedKey {
    /// `kid`
    pub id: Option<String>,
    /// Description.
    pub kind: &'static str,
    /// Source.
    pub source: String,
}

/// Result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Every check, in the order of [`Subject`].
    pub checks: Vec<Check>,
    /// The key, if the signature is valid and all checks have a detail.
    pub key: Option<UsedKey>,
    /// The token names a key that the set does not have: a newer set may have it.
    pub unknown_key: bool,
}

impl Verification {
    /// Returns the overall result.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.checks.iter().any(|check| check.outcome == CheckResult::Failed) {
            return Status::Failed;
        }
        let signed = |check: &Check| check.subject == Subject::Signature && check.outcome == CheckResult::Ok;
        if self.checks.iter().any(signed) { Status::Verified } else { Status::NotChecked }
    }

    /// Returns why the token is not verified: the first failed check, otherwise the first that was not possible.
    #[must_use]
    pub fn reason(&self) -> Option<&Check> {
        let first = |outcome| self.checks.iter().find(|check| check.outcome == outcome);
        match self.status() {
            Status::Verified => None,
            Status::Failed => first(CheckResult::Failed),
            Status::NotChecked => first(CheckResult::NotChecked),
        }
    }
}

/// Verifications of every signature of a token. A token in general JSON serialization can have several (RFC 7515 §7.2.1),
/// and is verified only if all of them are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// One per signature, in the order of the token.
    pub signatures: Vec<Verification>,
    /// Verification of the key binding JWT of an SD-JWT, with the key of its holder.
    pub key_binding: Option<Verification>,
}

impl Verdict {
    /// Returns the overall result.
    #[must_use]
    pub fn status(&self) -> Status {
        let status = self.deciding().map_or(Status::NotChecked, |(_, verification)| verification.status());
        match (status, &self.key_binding) {
            (Status::Verified, Some(binding)) if binding.status() == Status::Failed => Status::Failed,
            _ => status,
        }
    }

    /// Collects the verifications of every signature of a decoded token, and of its key binding JWT.
    #[must_use]
    pub fn of(signatures: Vec<Verification>, decoded: &Decoded, token: &str, leeway: u32, now: Timestamp) -> Self {
        Self { signatures, key_binding: key_binding::check(decoded, token, leeway, now) }
    }

    /// Returns the number, counted from 1, and the verification that decides: the first that failed, otherwise the first
    /// that was not possible, otherwise the first.
    #[must_use]
    pub fn deciding(&self) -> Option<(usize, &Verification)> {
        let first = |status| (1..).zip(&self.signatures).find(|(_, one)| one.status() == status);
        first(Status::Failed).or_else(|| first(Status::NotChecked)).or_else(|| first(Status::Verified))
    }

    /// Returns why the token is not verified, and which of several signatures decided.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let (number, verification) = self.deciding()?;
        let Some(check) = verification.reason() else {
            let binding = self.key_binding.as_ref().filter(|binding| binding.status() == Status::Failed)?;
            return binding.reason().map(|check| format!("key binding: {}: {}", check.subject.as_str(), check.detail));
        };
        let which = match self.signatures.len() {
            0 | 1 => String::new(),
            several => format!("signature {number} of {several}: "),
        };
        Some(format!("{which}{}: {}", check.subject.as_str(), check.detail))
    }
}

/// Expected values. A member without an expected value is not checked, and does not fail.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// `iss`, compared exactly.
    pub issuer: Option<String>,
    /// `aud`: one of these, compared exactly; any if empty.
    pub audiences: Vec<String>,
    /// `typ`, compared as a media type (RFC 7515 §4.1.9).
    pub kind: Option<String>,
    /// `alg`: one of these; any that the key permits if empty.
    pub algorithms: Vec<Algorithm>,
    /// Allowed clock difference in seconds.
    pub leeway: u32,
    /// Whether a shared secret can be shorter than RFC 7518 §3.2 requires.
    pub short_secret: bool,
    /// Whether any payload is accepted, as in a JWS that is not a JWT.
    pub any_payload: bool,
}

/// Keys and expectations, prepared once for any number of tokens.
#[derive(Debug)]
pub struct Verifier {
    /// The keys.
    pub keys: KeySet,
    /// The expectations.
    pub expected: Expected,
}

/// Returns whether a token may be one that Microsoft Entra issued for its own APIs, with the hash of `nonce` in the signed
/// header.
fn is_of_graph(facts: &Facts<'_>) -> bool {
    let issuer = facts.issuer.as_deref().and_then(Json::as_str);
    facts.nonce.is_some() && provider::has_habit(issuer, Habit::NonceInHeader)
}

impl Verifier {
    /// Verifies each signature of a JWS, or that of the issuer-signed part of an SD-JWT (RFC 9901 §4).
    #[must_use]
    pub fn verify(&self, token: &str, now: Timestamp) -> Verdict {
        let facts = Facts::read(token, None);
        let signatures = facts.iter().map(|facts| self.check(facts, Wording::All, now)).collect();
        Verdict { signatures, key_binding: None }
    }

    /// Verifies a decoded token and the tokens inside it.
    #[must_use]
    pub fn verify_decoded(&self, decoded: &Decoded, token: &str, now: Timestamp) -> Verdict {
        let facts = Facts::of(decoded, token, None);
        let signatures = facts.iter().map(|facts| self.check(facts, Wording::All, now)).collect();
        Verdict::of(signatures, decoded, token, self.expected.leeway, now)
    }

    /// Verifies one signature of a parsed token.
    #[must_use]
    pub fn check(&self, facts: &Facts<'_>, wording: Wording, now: Timestamp) -> Verification {
        let mut checks = Vec::with_capacity(12);
        let form = match &facts.fault {
            None => {
                Check::new(Subject::Form, CheckResult::Ok, "every part is strict base64url, and no name occurs twice")
            }
            Some(fault) => Check::new(Subject::Form, CheckResult::Failed, fault.clone()),
        };
        checks.push(form);
        let mut verification = Verification { checks, key: None, unknown_key: false };
        self.check_signature(facts, wording, &mut verification);
        let nothing = Expected::default();
        let expected = if facts.content == Content::Token { &nothing } else { &self.expected };
        let rule = Rule { wording, now, leeway: self.expected.leeway };
        verification.checks.extend([
            Rule::critical(facts.critical.as_deref(), facts.encoded.as_deref()),
            rule.kind(facts.kind.as_deref(), expected.kind.as_deref()),
            rule.content(facts, self.expected.any_payload),
            rule.issuer(facts.issuer.as_deref(), expected.issuer.as_deref()),
            rule.audience(facts, &expected.audiences),
            rule.expiry(facts.expiry.as_deref()),
            rule.not_before(facts.not_before.as_deref()),
            rule.issued_at(facts.issued_at.as_deref()),
        ]);
        verification
    }

    /// Checks `alg`, key and signature.
    fn check_signature(&self, facts: &Facts<'_>, wording: Wording, verification: &mut Verification) {
        let algorithm = self.check_algorithm(facts.algorithm.as_deref());
        let (algorithm, check) = match algorithm {
            Ok(algorithm) => {
                (Some(algorithm), wording.check(Subject::Algorithm, CheckResult::Ok, || format!("`{algorithm}`")))
            }
            Err((outcome, detail)) => (None, Check::new(Subject::Algorithm, outcome, detail)),
        };
        verification.checks.push(check);
        let not = |subject, detail: &'static str| Check::new(subject, CheckResult::NotChecked, detail);
        let Some(algorithm) = algorithm else {
            verification.checks.push(not(Subject::Key, "without an algorithm, no key can be chosen"));
            verification.checks.push(not(Subject::Signature, "without an algorithm, it can't be checked"));
            return;
        };
        let kid = match facts.key_id.as_deref() {
            None => Ok(None),
            Some(Json::String(kid)) => Ok(Some(kid.as_str())),
            Some(other) => Err(format!("`kid` is not a string: {other}")),
        };
        let choice = kid.map_or_else(Choice::None, |kid| self.keys.choose(algorithm, kid));
        verification.unknown_key = matches!(choice, Choice::Unknown(_));
        let (keys, why) = match choice {
            Choice::Try(keys, why) => (keys, why),
            Choice::Unknown(reason) | Choice::None(reason) => {
                verification.checks.push(Check::new(Subject::Key, CheckResult::Failed, reason));
                verification.checks.push(not(Subject::Signature, "no key was found to check it with"));
                return;
            }
        };
        let signed = facts.signed();
        let right = signed.and_then(|(message, signature)| {
            keys.iter().find(|key| key.verifies(algorithm, message, signature)).copied()
        });
        let shown = right.or_else(|| keys.first().copied());
        if let Some(key) = shown {
            verification.checks.push(self.check_key(key, algorithm, wording, why));
        }
        verification.key = right.filter(|_| wording == Wording::All).map(|key| UsedKey {
            id: key.id.clone(),
            kind: key.kind.words(),
            source: self.keys.source().to_owned(),
        });
        verification.checks.push(match (right, signed) {
            (Some(_), _) => wording.check(Subject::Signature, CheckResult::Ok, || format!("`{algorithm}` by this key")),
            (None, None) => not(Subject::Signature, "the form is invalid: there are no exact bytes to check"),
            (None, Some((_, []))) => Check::new(Subject::Signature, CheckResult::Failed, "the token has no signature"),
            (None, Some(_)) if is_of_graph(facts) => {
                let other = "the header has `nonce`: Microsoft Entra signed the token over another header, so that only \
                             Microsoft Graph can verify it; nobody else should";
                Check::new(Subject::Signature, CheckResult::Failed, other)
            }
            (None, Some(_)) if facts.lacks_payload => {
                let other = "it was not made by this key, or the payload is detached (`--detached`)";
                Check::new(Subject::Signature, CheckResult::Failed, other)
            }
            (None, Some(_)) => {
                let other = "it was not made by this key, or the token was changed afterwards";
                Check::new(Subject::Signature, CheckResult::Failed, other)
            }
        });
    }

    fn check_algorithm(&self, named: Option<&Json>) -> Result<Algorithm, (CheckResult, Cow<'static, str>)> {
        let failed = |detail: String| (CheckResult::Failed, Cow::from(detail));
        let name = match named {
            Some(Json::String(name)) => name.as_str(),
            Some(other) => return Err(failed(format!("`alg` is not a string: {other}"))),
            None => return Err((CheckResult::Failed, "the header names no algorithm".into())),
        };
        if name.eq_ignore_ascii_case("none") {
            return Err(failed(format!("`alg` is `{name}`: the token is not signed, anyone could have written it")));
        }
        let Some(algorithm) = Algorithm::named(name) else {
            return Err((CheckResult::NotChecked, format!("`{name}` is not a supported signature algorithm").into()));
        };
        let permitted = &self.expected.algorithms;
        if !permitted.is_empty() && !permitted.contains(&algorithm) {
            let names: Vec<&str> = permitted.iter().map(|algorithm| algorithm.name()).collect();
            return Err(failed(format!("`{name}` is not permitted, only `{}`", names.join("`, `"))));
        }
        Ok(algorithm)
    }

    fn check_key(&self, key: &Key, algorithm: Algorithm, wording: Wording, why: &'static str) -> Check {
        let said = || {
            let name = key.id.as_ref().map(|id| format!(" `{id}`")).unwrap_or_default();
            format!("{}{name} from {}: {why}", key.kind.words(), self.keys.source())
        };
        match key.weakness(algorithm) {
            Some(weakness) if !self.expected.short_secret => Check::new(Subject::Key, CheckResult::Failed, weakness),
            Some(weakness) => {
                wording.check(Subject::Key, CheckResult::Ok, || format!("{} ({weakness}; permitted here)", said()))
            }
            None => wording.check(Subject::Key, CheckResult::Ok, said),
        }
    }
}
