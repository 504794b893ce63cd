//! `NumericDate` (RFC 7519 §2): parsing, formatting, validity of a token.

use jiff::Timestamp;

use super::Json;

/// Validity of a token by `exp` and `nbf` alone, without leeway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Currently valid; until when, if `exp` is present and in range.
    Valid(Option<Timestamp>),
    /// Expired; since when, if `exp` is in range.
    Expired(Option<Timestamp>),
    /// Not valid yet; until when, if `nbf` is in range.
    NotYet(Option<Timestamp>),
    /// `exp` or `nbf` is not a `NumericDate`: the name of the claim.
    Malformed(&'static str),
}

impl Validity {
    /// Returns whether the token is currently valid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid(_))
    }

    /// Describes the validity as a predicate of "the token": `expires in 54 min`, `expired 3 days ago`.
    #[must_use]
    pub fn words(&self, now: Timestamp) -> String {
        match self {
            Self::Valid(Some(at)) => format!("expires {}", relative(*at, now)),
            Self::Valid(None) => "never expires".to_owned(),
            Self::Expired(Some(at)) => format!("expired {}", relative(*at, now)),
            Self::Expired(None) => "expired: `exp` is out of range".to_owned(),
            Self::NotYet(Some(at)) => format!("becomes valid {}", relative(*at, now)),
            Self::NotYet(None) => "is never valid: `nbf` is out of range".to_owned(),
            Self::Malformed(claim) => format!("has an invalid `{claim}`"),
        }
    }
}

/// A claim that should be a `NumericDate`: seconds since 1970-01-01T00:00:00Z, fractions allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumericDate {
    At(Timestamp),
    /// Out of range, after the year 9999.
    FarAhead,
    /// Out of range, before the year -9999.
    FarBack,
    /// Not a number.
    Malformed,
}

impl NumericDate {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked before")]
    pub(super) fn read(value: &Json) -> Self {
        let Json::Number(text) = value else { return Self::Malformed };
        let seconds: Option<i64> = text.parse().ok();
        if let Some(at) = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
            return Self::At(at);
        }
        let Ok(number) = text.parse::<f64>() else { return Self::Malformed };
        let millisecond = (number * 1000.0).floor();
        // an f64 is exact for every integer in this range
        let at = (millisecond.abs() < 9e15).then_some(millisecond as i64);
        match at.and_then(|at| Timestamp::from_millisecond(at).ok()) {
            Some(at) => Self::At(at),
            None if number > 0.0 => Self::FarAhead,
            None => Self::FarBack,
        }
    }

    /// Returns the intended time if the value looks like milliseconds.
    pub(super) fn as_milliseconds(value: &Json) -> Option<Timestamp> {
        let Json::Number(text) = value else { return None };
        let millisecond: i64 = text.parse().ok()?;
        (100_000_000_000..=10_000_000_000_000)
            .contains(&millisecond)
            .then(|| Timestamp::from_millisecond(millisecond).ok())
            .flatten()
    }
}

/// Returns the time in a string in ISO 8601, which some issuers write instead of a number.
pub(super) fn iso_8601(value: &Json) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// Determines the validity of a claims set.
#[must_use]
pub fn validity(claims: &Json, now: Timestamp) -> Validity {
    let mut until = None;
    match claims.get("exp").map(NumericDate::read) {
        Some(NumericDate::Malformed) => return Validity::Malformed("exp"),
        Some(NumericDate::At(at)) if at <= now => return Validity::Expired(Some(at)),
        Some(NumericDate::FarBack) => return Validity::Expired(None),
        Some(NumericDate::At(at)) => until = Some(at),
        Some(NumericDate::FarAhead) | None => {}
    }
    match claims.get("nbf").map(NumericDate::read) {
        Some(NumericDate::Malformed) => Validity::Malformed("nbf"),
        Some(NumericDate::At(at)) if at > now => Validity::NotYet(Some(at)),
        Some(NumericDate::FarAhead) => Validity::NotYet(None),
        _ => Validity::Valid(until),
    }
}

/// Returns when a token was issued or becomes valid, and when it expires; `None` if the claims do not tell both.
#[must_use]
pub fn lifetime(claims: &Json) -> Option<(Timestamp, Timestamp)> {
    let read = |name: &str| match claims.get(name).map(NumericDate::read) {
        Some(NumericDate::At(at)) => Some(at),
        _ => None,
    };
    Some((read("iat").or_else(|| read("nbf"))?, read("exp")?))
}

/// Formats the distance from now, such as `in 54 min`, `3 days ago` or `now`: in the largest unit, rounded down.
#[must_use]
pub fn relative(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.as_second().saturating_sub(now.as_second());
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", length(seconds.unsigned_abs())),
        ..0 => format!("{} ago", length(seconds.unsigned_abs())),
    }
}

/// Formats a duration, such as `54 min` or `3 days`: in the largest unit, rounded down.
pub(super) fn length(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => (seconds, "s"),
        60..3600 => (seconds / 60, "min"),
        3600..86_400 => (seconds / 3600, "h"),
        86_400..31_557_600 => (seconds / 86_400, "day"),
        _ => (seconds / 31_557_600, "year"),
    };
    let plural = if count > 1 && matches!(unit, "day" | "year") { "s" } else { "" };
    format!("{count} {unit}{plural}")
}

/// Formats a time as `2026-11-23 19:40:00 UTC`.
pub(super) fn absolute(time: Timestamp) -> String {
    let text = time.to_string();
    let (date, clock) = text.split_once('T').unwrap_or((text.as_str(), ""));
    format!("{date} {} UTC", clock.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn exp_and_nbf_decide_validity() {
        let now = at(1_000_000);
        for (claims, expected) in [
            ("{}", Validity::Valid(None)),
            (r#"{"exp":1000001}"#, Validity::Valid(Some(at(1_000_001)))),
            (r#"{"exp":1000000}"#, Validity::Expired(Some(at(1_000_000)))),
            (r#"{"exp":9223372036854775807}"#, Validity::Valid(None)),
            (r#"{"exp":1e300}"#, Validity::Valid(None)),
            (r#"{"exp":-1e300}"#, Validity::Expired(None)),
            (r#"{"exp":"1000001"}"#, Validity::Malformed("exp")),
            (r#"{"exp":null}"#, Validity::Malformed("exp")),
            (r#"{"exp":1000000.5}"#, Validity::Valid(Some(Timestamp::from_millisecond(1_000_000_500).unwrap()))),
            (r#"{"nbf":1000001}"#, Validity::NotYet(Some(at(1_000_001)))),
            (r#"{"nbf":1000000}"#, Validity::Valid(None)),
            (r#"{"nbf":true}"#, Validity::Malformed("nbf")),
            (r#"{"nbf":99999999999999999999999999999999}"#, Validity::NotYet(None)),
        ] {
            assert_eq!(validity(&Json::parse(claims).unwrap(), now), expected, "{claims}");
        }
    }

    #[test]
    fn distances_are_rounded_down_to_the_largest_unit() {
        let now = at(1_000_000_000);
        for (offset, words) in [
            (0, "now"),
            (1, "in 1 s"),
            (-59, "59 s ago"),
            (3599, "in 59 min"),
            (7200, "in 2 h"),
            (86_400, "in 1 day"),
            (-172_800, "2 days ago"),
            (31_557_600 * 3, "in 3 years"),
        ] {
            assert_eq!(relative(at(1_000_000_000 + offset), now), words);
        }
        assert_eq!(relative(Timestamp::MAX, Timestamp::MIN), "in 19998 years");
        assert_eq!(absolute(at(1_763_926_800)), "2025-11-23 19:40:00 UTC");
    }
}
