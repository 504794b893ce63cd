//! The checks of header parameters and claims. A member that is there with a wrong type fails, whether it was asked
//! for or not (RFC 7519 §4.1); one that nothing was expected of is not checked.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::super::provider::{self, Habit};
use super::super::time::NumericDate;
use super::super::{Json, relative};
use super::{Check, Content, Facts, Outcome, Subject, Wording};

/// How claims and parameters are checked.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) wording: Wording,
    pub(super) now: Timestamp,
    /// How far the clocks may differ, in seconds.
    pub(super) leeway: u32,
}

/// Returns whether a `typ` names a JWT, such as `JWT`, `at+jwt` or `dc+sd-jwt`, or nothing.
fn names_jwt(typ: &str) -> bool {
    let typ = typ.trim().to_ascii_lowercase();
    typ.is_empty() || typ.ends_with("jwt")
}

impl Rule {
    /// The payload of a JWT is a JSON object (RFC 7519 §7.2); that of another JWS may be anything. `any`: whether the
    /// caller accepts any.
    pub(super) fn content(self, facts: &Facts<'_>, any: bool) -> Check {
        let typ = facts.kind.as_deref().and_then(Json::as_str).filter(|typ| !names_jwt(typ));
        let is_encoded = facts.encoded.as_deref() != Some(&Json::Bool(false));
        let outcome = match &facts.content {
            Content::Claims => Outcome::Ok,
            Content::Other(_) if !any && typ.is_none() && is_encoded => Outcome::Failed,
            Content::Other(_) | Content::Token | Content::Detached | Content::Unknown => Outcome::NotChecked,
        };
        self.wording.check(Subject::Claims, outcome, || match (&facts.content, typ) {
            (Content::Claims, _) => "the payload is a JSON object".to_owned(),
            (Content::Token, _) => "the payload is a token of its own".to_owned(),
            (Content::Detached, _) => "the payload is kept beside the token".to_owned(),
            (Content::Unknown, _) => "the form is wrong: the payload can't be read".to_owned(),
            (Content::Other(why), _) if outcome == Outcome::Failed => {
                format!("the payload is not a JSON claims set (RFC 7519 §7.2): {why}")
            }
            (Content::Other(_), Some(typ)) => format!("`typ` is `{typ}`: the payload need not be a claims set"),
            (Content::Other(_), None) => "the payload need not be a claims set".to_owned(),
        })
    }

    /// No extension but `b64` is understood here, so a token that demands another is refused (RFC 7515 §4.1.11). `b64` has
    /// to be demanded when the payload is not encoded (RFC 7797 §6).
    pub(super) fn critical(crit: Option<&Json>, b64: Option<&Json>) -> Check {
        let names_b64 = |crit: &Json| matches!(crit.items(), [Json::String(only)] if only == "b64");
        match (crit, b64) {
            (None, None | Some(Json::Bool(true))) => {
                Check::new(Subject::Critical, Outcome::Absent, "no extension is demanded")
            }
            (None, Some(b64)) => {
                let detail =
                    format!("`b64` is {b64}, and `crit` does not demand that this be understood (RFC 7797 §6)");
                Check::new(Subject::Critical, Outcome::Failed, detail)
            }
            (Some(crit), Some(Json::Bool(_))) if names_b64(crit) => {
                Check::new(Subject::Critical, Outcome::Ok, "`b64` is demanded, and understood (RFC 7797)")
            }
            (Some(crit), _) => {
                let detail = format!("{crit} is demanded, and not understood here: the token must be refused");
                Check::new(Subject::Critical, Outcome::Failed, detail)
            }
        }
    }

    /// `typ` is a media type, mostly without its `application/` and in any case (RFC 7515 §4.1.9).
    pub(super) fn kind(self, typ: Option<&Json>, expected: Option<&str>) -> Check {
        fn short(name: &str) -> String {
            let name = name.to_ascii_lowercase();
            name.strip_prefix("application/").map(str::to_owned).unwrap_or(name)
        }
        self.compare(Subject::Type, typ, expected, |named, expected| short(named) == short(expected))
    }

    /// `iss` is compared character by character (RFC 7519 §4.1.1).
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
            (None, None) => Outcome::Absent,
            (Some(Json::String(_)), None) => Outcome::NotChecked,
            (Some(Json::String(named)), Some(expected)) if same(named, expected) => Outcome::Ok,
            _ => Outcome::Failed,
        };
        self.wording.check(subject, outcome, || match (member, expected) {
            (None, None) => format!("the token has no `{name}`"),
            (None, Some(expected)) => format!("the token has no `{name}`, and `{expected}` was expected"),
            (Some(Json::String(named)), None) => format!("it is `{named}`, and nothing was expected of it"),
            (Some(Json::String(named)), Some(_)) if outcome == Outcome::Ok => format!("it is `{named}`"),
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
            let outcome = if expected.contains(&client) { Outcome::Ok } else { Outcome::Failed };
            return self.wording.check(Subject::Audience, outcome, || {
                let wanted =
                    if outcome == Outcome::Ok { String::new() } else { format!(", not `{}`", expected.join("` or `")) };
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
            (None, _) if expected.is_empty() => Outcome::Absent,
            (Some(_), Some(_)) if expected.is_empty() => Outcome::NotChecked,
            (Some(_), Some(named)) if named.iter().any(is_expected) => Outcome::Ok,
            _ => Outcome::Failed,
        };
        self.wording.check(Subject::Audience, outcome, || {
            let wanted = expected.join("` or `");
            match (aud, outcome) {
                (None, Outcome::Absent) => "the token has no `aud`".to_owned(),
                (None, _) => format!("the token has no `aud`, and `{wanted}` was expected"),
                (Some(aud), _) if named.is_none() => format!("it is neither a string nor a list of strings: {aud}"),
                (Some(aud), Outcome::NotChecked) => format!("it is {aud}, and nothing was expected of it"),
                (Some(aud), Outcome::Ok) => format!("it is {aud}"),
                (Some(aud), _) => format!("it is {aud}, and `{wanted}` was expected: the token is for someone else"),
            }
        })
    }

    /// The token is over at this time (RFC 7519 §4.1.4).
    pub(super) fn expiry(self, exp: Option<&Json>) -> Check {
        self.time(Subject::Expiry, exp, |distance, leeway| distance > -leeway, ["expires", "expired"])
    }

    /// The token may not be used before this time (RFC 7519 §4.1.5).
    pub(super) fn not_before(self, nbf: Option<&Json>) -> Check {
        self.time(Subject::NotBefore, nbf, |distance, leeway| distance <= leeway, ["valid only from", "valid from"])
    }

    /// A token that is issued later than now was not issued by this clock (RFC 7519 §4.1.6).
    pub(super) fn issued_at(self, iat: Option<&Json>) -> Check {
        self.time(Subject::IssuedAt, iat, |distance, leeway| distance <= leeway, ["issued", "issued"])
    }

    /// `fine` decides by how far ahead the time lies, and by the leeway. `words`: for a time ahead, for one that is past.
    fn time(
        self,
        subject: Subject,
        value: Option<&Json>,
        fine: fn(SignedDuration, SignedDuration) -> bool,
        [ahead, past]: [&str; 2],
    ) -> Check {
        let Some(value) = value else {
            let absent = || format!("the token has no `{}`", subject.as_str());
            return self.wording.check(subject, Outcome::Absent, absent);
        };
        let date = NumericDate::read(value);
        let distance = match date {
            NumericDate::Malformed => {
                return Check::new(subject, Outcome::Failed, format!("it is not a number of seconds: {value}"));
            }
            NumericDate::FarAhead => SignedDuration::MAX,
            NumericDate::FarBack => SignedDuration::MIN,
            NumericDate::At(at) => at.duration_since(self.now),
        };
        let said = || match date {
            NumericDate::At(at) => {
                format!("{} {}", if at > self.now { ahead } else { past }, relative(at, self.now))
            }
            _ => format!("it is beyond every calendar: {value}"),
        };
        let leeway = SignedDuration::from_secs(i64::from(self.leeway));
        match (fine(distance, leeway), fine(distance, SignedDuration::ZERO)) {
            (true, true) => self.wording.check(subject, Outcome::Ok, said),
            (true, false) => {
                let within = || format!("{}, within the leeway of {} s", said(), self.leeway);
                self.wording.check(subject, Outcome::Ok, within)
            }
            (false, _) if self.leeway == 0 => Check::new(subject, Outcome::Failed, format!("{} (no leeway)", said())),
            (false, _) => {
                let detail = format!("{}, beyond the leeway of {} s", said(), self.leeway);
                Check::new(subject, Outcome::Failed, detail)
            }
        }
    }
}
