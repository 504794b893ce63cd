//! The checks of header parameters and claims. A member that is there with a wrong type fails, whether it was asked
//! for or not (RFC 7519 §4.1); one that nothing was expected of is not checked.

use jiff::{SignedDuration, Timestamp};

use super::super::time::NumericDate;
use super::super::{Json, relative};
use super::{Check, Outcome, Subject};

/// No extension but `b64` is understood here, so a token that demands another is refused (RFC 7515 §4.1.11). `b64` has to
/// be demanded when the payload is not encoded (RFC 7797 §6).
pub(super) fn critical(crit: Option<&Json>, b64: Option<&Json>) -> Check {
    let names_b64 = |crit: &Json| matches!(crit.items(), [Json::String(only)] if only == "b64");
    match (crit, b64) {
        (None, None | Some(Json::Bool(true))) => {
            Check::new(Subject::Critical, Outcome::Absent, "no extension is demanded")
        }
        (None, Some(b64)) => {
            let detail = format!("`b64` is {b64}, and `crit` does not demand that this be understood (RFC 7797 §6)");
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
pub(super) fn kind(typ: Option<&Json>, expected: Option<&str>) -> Check {
    fn short(name: &str) -> String {
        let name = name.to_ascii_lowercase();
        name.strip_prefix("application/").map(str::to_owned).unwrap_or(name)
    }
    compare(Subject::Type, typ, expected, |named, expected| short(named) == short(expected))
}

/// `iss` is compared character by character (RFC 7519 §4.1.1).
pub(super) fn issuer(iss: Option<&Json>, expected: Option<&str>) -> Check {
    compare(Subject::Issuer, iss, expected, |named, expected| named == expected)
}

fn compare(subject: Subject, member: Option<&Json>, expected: Option<&str>, same: fn(&str, &str) -> bool) -> Check {
    let name = subject.as_str();
    match (member, expected) {
        (None, None) => Check::new(subject, Outcome::Absent, format!("the token has no `{name}`")),
        (None, Some(expected)) => {
            Check::new(subject, Outcome::Failed, format!("the token has no `{name}`, and `{expected}` was expected"))
        }
        (Some(Json::String(named)), None) => {
            Check::new(subject, Outcome::NotChecked, format!("it is `{named}`, and nothing was expected of it"))
        }
        (Some(Json::String(named)), Some(expected)) if same(named, expected) => {
            Check::new(subject, Outcome::Ok, format!("it is `{named}`"))
        }
        (Some(Json::String(named)), Some(expected)) => {
            Check::new(subject, Outcome::Failed, format!("it is `{named}`, and `{expected}` was expected"))
        }
        (Some(other), _) => Check::new(subject, Outcome::Failed, format!("it is no string: {other}")),
    }
}

/// `aud` is a string or a list of strings, of which one has to be expected (RFC 7519 §4.1.3).
pub(super) fn audience(aud: Option<&Json>, expected: &[String]) -> Check {
    let check = |outcome, detail: String| Check::new(Subject::Audience, outcome, detail);
    let wanted = expected.join("` or `");
    let Some(aud) = aud else {
        return match expected {
            [] => check(Outcome::Absent, "the token has no `aud`".to_owned()),
            _ => check(Outcome::Failed, format!("the token has no `aud`, and `{wanted}` was expected")),
        };
    };
    let named: Option<Vec<&str>> = match aud {
        Json::String(one) => Some(vec![one.as_str()]),
        Json::Array(several) => several.iter().map(Json::as_str).collect(),
        _ => None,
    };
    let Some(named) = named else {
        return check(Outcome::Failed, format!("it is neither a string nor a list of strings: {aud}"));
    };
    if expected.is_empty() {
        return check(Outcome::NotChecked, format!("it is {aud}, and nothing was expected of it"));
    }
    if named.iter().any(|one| expected.iter().any(|expected| expected == one)) {
        check(Outcome::Ok, format!("it is {aud}"))
    } else {
        check(Outcome::Failed, format!("it is {aud}, and `{wanted}` was expected: the token is for someone else"))
    }
}

/// The clock, and how far it may be off.
#[derive(Clone, Copy)]
pub(super) struct TimeRule {
    pub(super) now: Timestamp,
    /// In seconds.
    pub(super) leeway: u32,
}

impl TimeRule {
    /// The token is over at this time (RFC 7519 §4.1.4).
    pub(super) fn expiry(self, exp: Option<&Json>) -> Check {
        self.check(Subject::Expiry, exp, |distance, leeway| distance > -leeway, ["expires", "expired"])
    }

    /// The token may not be used before this time (RFC 7519 §4.1.5).
    pub(super) fn not_before(self, nbf: Option<&Json>) -> Check {
        self.check(Subject::NotBefore, nbf, |distance, leeway| distance <= leeway, ["valid only from", "valid from"])
    }

    /// A token that is issued later than now was not issued by this clock (RFC 7519 §4.1.6).
    pub(super) fn issued_at(self, iat: Option<&Json>) -> Check {
        self.check(Subject::IssuedAt, iat, |distance, leeway| distance <= leeway, ["issued", "issued"])
    }

    /// `fine` decides by how far ahead the time lies, and by the leeway. `words`: for a time ahead, for one that is past.
    fn check(
        self,
        subject: Subject,
        value: Option<&Json>,
        fine: fn(SignedDuration, SignedDuration) -> bool,
        words: [&str; 2],
    ) -> Check {
        let name = subject.as_str();
        let Some(value) = value else {
            return Check::new(subject, Outcome::Absent, format!("the token has no `{name}`"));
        };
        let beyond = || format!("it is beyond every calendar: {value}");
        let (distance, said) = match NumericDate::read(value) {
            NumericDate::Malformed => {
                return Check::new(subject, Outcome::Failed, format!("it is no number of seconds: {value}"));
            }
            NumericDate::FarAhead => (SignedDuration::MAX, beyond()),
            NumericDate::FarBack => (SignedDuration::MIN, beyond()),
            NumericDate::At(at) => {
                let [ahead, past] = words;
                let word = if at > self.now { ahead } else { past };
                (at.duration_since(self.now), format!("{word} {}", relative(at, self.now)))
            }
        };
        let leeway = SignedDuration::from_secs(i64::from(self.leeway));
        match (fine(distance, leeway), fine(distance, SignedDuration::ZERO)) {
            (true, true) => Check::new(subject, Outcome::Ok, said),
            (true, false) => {
                Check::new(subject, Outcome::Ok, format!("{said}, within the leeway of {} s", self.leeway))
            }
            (false, _) if self.leeway == 0 => Check::new(subject, Outcome::Failed, format!("{said} (no leeway)")),
            (false, _) => {
                Check::new(subject, Outcome::Failed, format!("{said}, beyond the leeway of {} s", self.leeway))
            }
        }
    }
}
