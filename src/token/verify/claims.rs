//! Checks of header parameters and claims. A member of a wrong type fails, whether a value was expected or not (RFC 7519
//! §4.1); a member without an expected value is not checked.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::super::provider::{self, Habit};
use super::super::time::NumericDate;
use super::super::{Json, relative};
use super::{Check, CheckResult, Content, Facts, Subject, Wording};

/// How claims and parameters are checked.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) wording: Wording,
    pub(super) now: Timestamp,
    /// Allowed clock difference in seconds.
    pub(super) leeway: u32,
}

/// Returns whether a `typ` names a JWT, such as `JWT`, `at+jwt` or `dc+sd-jwt`, or nothing.
fn names_jwt(typ: &str) -> bool {
    let typ = typ.trim().to_ascii_lowercase();
    typ.is_empty() || typ.ends_with("jwt")
}

impl Rule {
    /// Checks the payload: a JSON object in a JWT (RFC 7519 §7.2), anything in another JWS. `any`: whether the caller accepts
    /// any.
    pub(super) fn content(self, facts: &Facts<'_>, any: bool) -> Check {
        let typ = facts.kind.as_deref().and_then(Json::as_str).filter(|typ| !names_jwt(typ));
        let is_encoded = facts.encoded.as_deref() != Some(&Json::Bool(false));
        let outcome = match &facts.content {
            Content::Claims => CheckResult::Ok,
            Content::Other(_) if !any && typ.is_none() && is_encoded => CheckResult::Failed,
            Content::Other(_) | Content::Token | Content::Detached | Content::Unknown => CheckResult::NotChecked,
        };
        self.wording.check(Subject::Claims, outcome, || match (&facts.content, typ) {
            (Content::Claims, _) => "the payload is a JSON object".to_owned(),
            (Content::Token, _) => "the payload is a signed token".to_owned(),
            (Content::Detached, _) => "the payload is detached".to_owned(),
            (Content::Unknown, _) => "the form is invalid: the payload can't be read".to_owned(),
            (Content::Other(why), _) if outcome == CheckResult::Failed => {
                format!("the payload is not a JSON claims set (RFC 7519 §7.2): {why}")
            }
            (Content::Other(_), Some(typ)) => format!("`typ` is `{typ}`: the payload need not be a claims set"),
            (Content::Other(_), None) => "the payload need not be a claims set".to_owned(),
        })
    }

    /// Checks `crit`. Only `b64` is supported, so a token that requires another extension is refused (RFC 7515 §4.1.11). An
    /// unencoded payload requires `b64` to be listed (RFC 7797 §6).
    pub(super) fn critical(crit: Option<&Json>, b64: Option<&Json>) -> Check {
        let names_b64 = |crit: &Json| matches!(crit.items(), [Json::String(only)] if only == "b64");
        match (crit, b64) {
            (None, None | Some(Json::Bool(true))) => {
                Check::new(Subject::Critical, CheckResult::Absent, "no extension is required")
            }
            (None, Some(b64)) => {
                let detail = format!("`b64` is {b64}, and `crit` does not list `b64` (RFC 7797 §6)");
                Check::new(Subject::Critical, CheckResult::Failed, detail)
            }
            (Some(crit), Some(Json::Bool(_))) if names_b64(crit) => {
                Check::new(Subject::Critical, CheckResult::Ok, "`b64` is demanded, and understood (RFC 7797)")
            }
            (Some(crit), _) => {
                let detail = format!("{crit} is required and not supported: the token must be rejected");
                Check::new(Subject::Critical, CheckResult::Failed, detail)
            }
        }
    }

    /// Checks `typ`, a media type in any case, usually without `application/` (RFC 7515 §4.1.9).
    pub(super) fn kind(self, typ: Option<&Json>, expected: Option<&str>) -> Check {
        fn short(name: &str) -> String {
            let name = name.to_ascii_lowercase();
            name.strip_prefix("application/").map(str::to_owned).unwrap_or(name)
        }
        self.compare(Subject::Type, typ, expected, |named, expected| short(named) == short(expected))
    }

    /// Checks `iss`, compared character by character (RFC 7519 §4.1.1).
    pub(super) fn issuer(self, iss: Option<&Json>, expected: Option<&str>) -> Check {
        self.compare(Subject::Issuer, iss, expected, |named, expected| named == expected)
    }

    fn compare(
        self,
        subject: Subject,
        member: Option<&Json>,
        expected: Option<&str>,
        same: fn(&str, &str) -> bool,
    ) -> Check {
        let name = subject.as_str();
        let outcome = match (member, expected) {
            (None, None) => CheckResult::Absent,
            (Some(Json::String(_)), None) => CheckResult::NotChecked,
            (Some(Json::String(named)), Some(expected)) if same(named, expected) => CheckResult::Ok,
            _ => CheckResult::Failed,
        };
        self.wording.check(subject, outcome, || match (member, expected) {
            (None, None) => format!("the token has no `{name}`"),
            (None, Some(expected)) => format!("the token has no `{name}`, but `{expected}` was expected"),
            (Some(Json::String(named)), None) => format!("it is `{named}`; no value was expected"),
            (Some(Json::String(named)), Some(_)) if outcome == CheckResult::Ok => format!("it is `{named}`"),
            (Some(Json::String(named)), Some(expected)) => format!("it is `{named}`, and `{expected}` was expected"),
            (Some(other), _) => format!("it is not a string: {other}"),
        })
    }

    /// Checks `aud`: a string or an array of strings, one of which must be expected (RFC 7519 §4.1.3). An access token of
    /// Amazon Cognito has no `aud`; its `client_id` is compared instead, as AWS documents.
    pub(super) fn audience(self, facts: &Facts<'_>, expected: &[String]) -> Check {
        let aud = facts.audience.as_deref();
        let text = |claim: &Option<Cow<'_, Json>>| claim.as_deref().and_then(Json::as_str).map(str::to_owned);
        if let (None, Some(client), Some("access"), false) =
            (aud, text(&facts.client), text(&facts.token_use).as_deref(), expected.is_empty())
            && provider::has_habit(text(&facts.issuer).as_deref(), Habit::NoAudience)
        {
            let outcome = if expected.contains(&client) { CheckResult::Ok } else { CheckResult::Failed };
            return self.wording.check(Subject::Audience, outcome, || {
                let wanted = if outcome == CheckResult::Ok {
                    String::new()
                } else {
                    format!(", not `{}`", expected.join("` or `"))
                };
                format!("access tokens of this issuer have no `aud`: `client_id` is `{client}`{wanted}")
            });
        }
        let is_expected = |one: &Json| one.as_str().is_some_and(|one| expected.iter().any(|expected| expected == one));
        let named = match aud {
            Some(one @ Json::String(_)) => Some(std::slice::from_ref(one)),
            Some(Json::Array(several)) if several.iter().all(|one| one.as_str().is_some()) => Some(several.as_slice()),
            _ => None,
        };
        let outcome = match (aud, named) {
            (None, _) if expected.is_empty() => CheckResult::Absent,
            (Some(_), Some(_)) if expected.is_empty() => CheckResult::NotChecked,
            (Some(_), Some(named)) if named.iter().any(is_expected) => CheckResult::Ok,
            _ => CheckResult::Failed,
        };
        self.wording.check(Subject::Audience, outcome, || {
            let wanted = expected.join("` or `");
            match (aud, outcome) {
                (None, CheckResult::Absent) => "the token has no `aud`".to_owned(),
                (None, _) => format!("the token has no `aud`, but `{wanted}` was expected"),
                (Some(aud), _) if named.is_none() => format!("it is neither a string nor an array of strings: {aud}"),
                (Some(aud), CheckResult::NotChecked) => format!("it is {aud}; no value was expected"),
                (Some(aud), CheckResult::Ok) => format!("it is {aud}"),
                (Some(aud), _) => {
                    format!("it is {aud}, but `{wanted}` was expected: the token is for another audience")
                }
            }
        })
    }

    /// Checks `exp`, from which on the token is expired (RFC 7519 §4.1.4).
    pub(super) fn expiry(self, exp: Option<&Json>) -> Check {
        self.time(Subject::Expiry, exp, |distance, leeway| distance > -leeway, ["expires", "expired"])
    }

    /// Checks `nbf`, before which the token is not valid (RFC 7519 §4.1.5).
    pub(super) fn not_before(self, nbf: Option<&Json>) -> Check {
        self.time(Subject::NotBefore, nbf, |distance, leeway| distance <= leeway, ["valid only from", "valid from"])
    }

    /// Checks `iat`, which is in the future only if the clocks differ (RFC 7519 §4.1.6).
    pub(super) fn issued_at(self, iat: Option<&Json>) -> Check {
        self.time(Subject::IssuedAt, iat, |distance, leeway| distance <= leeway, ["issued", "issued"])
    }

    /// Checks a time. `fine` decides by its distance from now and the leeway. `words`: for a time in the future, and in the past.
    fn time(
        self,
        subject: Subject,
        value: Option<&Json>,
        fine: fn(SignedDuration, SignedDuration) -> bool,
        [ahead, past]: [&str; 2],
    ) -> Check {
        let Some(value) = value else {
            let absent = || format!("the token has no `{}`", subject.as_str());
            return self.wording.check(subject, CheckResult::Absent, absent);
        };
        let date = NumericDate::read(value);
        let distance = match date {
            NumericDate::Malformed => {
                return Check::new(subject, CheckResult::Failed, format!("it is not a number of seconds: {value}"));
            }
            NumericDate::FarAhead => SignedDuration::MAX,
            NumericDate::FarBack => SignedDuration::MIN,
            NumericDate::At(at) => at.duration_since(self.now),
        };
        let said = || match date {
            NumericDate::At(at) => {
                format!("{} {}", if at > self.now { ahead } else { past }, relative(at, self.now))
            }
            _ => format!("it is outside the supported range of dates: {value}"),
        };
        let leeway = SignedDuration::from_secs(i64::from(self.leeway));
        match (fine(distance, leeway), fine(distance, SignedDuration::ZERO)) {
            (true, true) => self.wording.check(subject, CheckResult::Ok, said),
            (true, false) => {
                let within = || format!("{}, within the leeway of {} s", said(), self.leeway);
                self.wording.check(subject, CheckResult::Ok, within)
            }
            (false, _) if self.leeway == 0 => {
                Check::new(subject, CheckResult::Failed, format!("{} (no leeway)", said()))
            }
            (false, _) => {
                let detail = format!("{}, beyond the leeway of {} s", said(), self.leeway);
                Check::new(subject, CheckResult::Failed, detail)
            }
        }
    }
}
