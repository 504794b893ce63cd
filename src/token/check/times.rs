//! Checks of the times of a token.

use jiff::{SignedDuration, Timestamp};

use crate::diagnostic::Diagnostic;
use crate::token::findings::{
    LIFETIME_LONG, NO_EXPIRY, TIME_CONTRADICTORY, TIME_MALFORMED, TIME_MILLISECONDS, TIME_OUT_OF_RANGE, TOKEN_EXPIRED,
    TOKEN_FROM_THE_FUTURE, TOKEN_NOT_YET_VALID,
};
use crate::token::provider::Habit;
use crate::token::time::{NumericDate, absolute, iso_8601, length};
use crate::token::{Decoded, Json, Policy, Validity, relative, validity};

pub(super) fn check(claims: &Json, decoded: &Decoded, now: Timestamp, policy: Policy, findings: &mut Vec<Diagnostic>) {
    let mut say = |code, message: String| findings.push(Diagnostic::new(code, message));
    let at = |claim: &str| match claims.get(claim).map(NumericDate::read) {
        Some(NumericDate::At(at)) => Some(at),
        _ => None,
    };
    let is_textual = decoded.provider.is_some_and(|provider| provider.has(Habit::TextualAuthTime));
    let mut odd = false;
    for claim in ["exp", "nbf", "iat", "auth_time"] {
        let Some(value) = claims.get(claim) else { continue };
        if let Some(meant) = NumericDate::as_milliseconds(value) {
            odd = true;
            say(&TIME_MILLISECONDS, format!("`{claim}` looks like milliseconds, which would be {}", absolute(meant)));
            continue;
        }
        match NumericDate::read(value) {
            NumericDate::Malformed if claim == "auth_time" && is_textual && iso_8601(value).is_some() => {}
            NumericDate::Malformed => say(&TIME_MALFORMED, format!("`{claim}` is not a number of seconds: {value}")),
            NumericDate::FarAhead | NumericDate::FarBack => {
                say(&TIME_OUT_OF_RANGE, format!("`{claim}` is out of range: {value}"));
            }
            NumericDate::At(at) if claim == "iat" && at > now => {
                say(&TOKEN_FROM_THE_FUTURE, format!("the token was issued in the future ({})", relative(at, now)));
            }
            NumericDate::At(_) => {}
        }
    }
    match validity(claims, now) {
        validity @ Validity::Expired(_) => say(&TOKEN_EXPIRED, format!("the token {}", validity.words(now))),
        validity @ Validity::NotYet(_) => say(&TOKEN_NOT_YET_VALID, format!("the token {}", validity.words(now))),
        Validity::Valid(_) | Validity::Malformed(_) => {}
    }
    let begin = at("iat").or_else(|| at("nbf"));
    if let (Some(until), Some(from)) = (at("exp"), at("nbf").max(at("iat")))
        && until <= from
    {
        say(&TIME_CONTRADICTORY, "the token expires before it becomes valid".to_owned());
    }
    if decoded.purpose.as_ref().is_some_and(|named| named.purpose.is_lasting()) {
        return;
    }
    if claims.get("exp").is_none() && decoded.has_all_claims() {
        say(&NO_EXPIRY, "the token has no `exp`: it never expires".to_owned());
    }
    if let (Some(until), Some(begin), false) = (at("exp"), begin, odd) {
        let lifetime = until.as_second().saturating_sub(begin.as_second());
        let most = i64::try_from(policy.max_lifetime.as_secs()).unwrap_or(i64::MAX);
        if lifetime > most {
            let limit = SignedDuration::from_secs(most);
            let message =
                format!("the token has a lifetime of {}, more than {limit:#}", length(lifetime.unsigned_abs()));
            say(&LIFETIME_LONG, message);
        }
    }
}
