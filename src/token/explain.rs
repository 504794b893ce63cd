//! Claims and header parameters in words.

use jiff::Timestamp;

use super::time::{NumericDate, absolute};
use super::words::{ALGORITHMS, CLAIMS, PARAMETERS, TIMES, find};
use super::{Decoded, Json, Kind, Validity, granted, relative, validity};

/// One claim or header parameter, explained. The texts may hold characters from outside: a sink escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The name of the claim.
    pub name: String,
    /// Its value, for reading: a string without quotes, a time as `2026-11-23 19:40:00 UTC`, anything else as JSON.
    pub value: String,
    /// What it means, and for times how far away it is. Empty when the claim is not known.
    pub words: String,
    /// The RFC and section that defines it. Empty when the claim is not known.
    pub source: &'static str,
}

/// The four lines that come first: for whom, by whom, what, until when. Each is a sentence fragment in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Who it was issued about and to: subject and client.
    pub whom: String,
    /// Who issued it and whom it is meant for.
    pub issuer: String,
    /// What it may do.
    pub what: String,
    /// Until when it is valid.
    pub until: String,
}

/// Explains each claim, in the order of the token.
#[must_use]
pub fn explain_claims(claims: &Json, now: Timestamp) -> Vec<Explained> {
    let explain = |(name, value): &(String, Json)| {
        let (words, source) = find(CLAIMS, name).map_or(("", ""), |(_, words, source)| (words, source));
        if TIMES.contains(&name.as_str())
            && let NumericDate::At(at) = NumericDate::read(value)
        {
            let words = format!("{words}: {}", distance(name, at, now));
            return Explained { name: name.clone(), value: absolute(at), words, source };
        }
        Explained { name: name.clone(), value: readable(value), words: words.to_owned(), source }
    };
    claims.members().iter().map(explain).collect()
}

/// Explains each header parameter, in the order of the token.
#[must_use]
pub fn explain_header(header: &Json) -> Vec<Explained> {
    let explain = |(name, value): &(String, Json)| {
        let (words, source) = find(PARAMETERS, name).map_or(("", ""), |(_, words, source)| (words, source));
        let algorithm = ALGORITHMS.iter().find(|(known, _)| name == "alg" && value.as_str() == Some(known));
        let words = match (algorithm, name.as_str(), value.as_str()) {
            (Some((_, algorithm)), _, _) => format!("{words}: {algorithm}"),
            (None, "typ", Some(kind)) => {
                kind_of(kind).map_or_else(|| words.to_owned(), |kind| format!("{words}: {kind}"))
            }
            _ => words.to_owned(),
        };
        Explained { name: name.clone(), value: readable(value), words, source }
    };
    header.members().iter().map(explain).collect()
}

/// Whether a document defines a header parameter of that name.
pub(super) fn is_header_parameter(name: &str) -> bool {
    find(PARAMETERS, name).is_some()
}

/// What a `typ` says (RFC 8725 §3.11): a media type, `application/` left out or not, without regard to case.
fn kind_of(typ: &str) -> Option<&'static str> {
    let name = typ.to_ascii_lowercase();
    Some(match name.strip_prefix("application/").unwrap_or(&name) {
        "jwt" => "a JWT of any kind",
        "at+jwt" => "an access token (RFC 9068)",
        "dpop+jwt" => "a DPoP proof (RFC 9449)",
        "logout+jwt" => "a logout token",
        "secevent+jwt" => "a security event token (RFC 8417)",
        "dc+sd-jwt" | "vc+sd-jwt" => "a credential with selective disclosure",
        "oauth-authz-req+jwt" => "a request object (RFC 9101)",
        "token-introspection+jwt" => "an introspection response (RFC 9701)",
        _ => return None,
    })
}

fn readable(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(|item| item.as_str().is_some()) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" ")
        }
        value => value.to_string(),
    }
}

fn distance(claim: &str, at: Timestamp, now: Timestamp) -> String {
    match claim {
        "exp" if at <= now => format!("expired {}", relative(at, now)),
        "exp" => format!("expires {}", relative(at, now)),
        _ => relative(at, now),
    }
}

/// Sums a token up.
#[must_use]
pub fn summarise(decoded: &Decoded, now: Timestamp) -> Summary {
    let Some(claims) = decoded.claims() else {
        let unknown = match decoded.kind {
            Kind::Opaque => "not known: the token is opaque",
            Kind::Jwe => "not known: the token is encrypted",
            Kind::Jws => "not known: the claims can't be read",
        };
        let unknown = || unknown.to_owned();
        return Summary { whom: unknown(), issuer: unknown(), what: unknown(), until: unknown() };
    };
    let text = |claim: &str| claims.get(claim).map(readable).filter(|text| !text.is_empty());
    let subject = text("sub").unwrap_or_else(|| "no subject".to_owned());
    let client = ["client_id", "azp", "appid", "cid"].into_iter().find_map(text);
    let whom = match client {
        Some(client) if client == subject => format!("client {client} itself"),
        Some(client) => format!("{subject}, by client {client}"),
        None => subject,
    };
    let issuer = text("iss").unwrap_or_else(|| "an issuer that is not named".to_owned());
    let audience = text("aud").unwrap_or_else(|| "anyone: it names no audience".to_owned());
    let what = match granted(claims) {
        None => "not known: it names no scopes".to_owned(),
        Some(granted) if granted.0.is_empty() => "nothing: its list of scopes is empty".to_owned(),
        Some(granted) => granted.0.iter().map(|granted| granted.scope.as_str()).collect::<Vec<_>>().join(" "),
    };
    let until = match validity(claims, now) {
        Validity::Expired(at) => format!("{}: expired {}", absolute(at), relative(at, now)),
        Validity::NotYet(at) => format!("not valid yet: from {} on, {}", absolute(at), relative(at, now)),
        Validity::Malformed(claim) => format!("not known: its `{claim}` is no time"),
        Validity::Valid(Some(at)) => format!("{}, {}", absolute(at), relative(at, now)),
        Validity::Valid(None) if claims.get("exp").is_some() => {
            "for ever: its `exp` is beyond every calendar".to_owned()
        }
        Validity::Valid(None) => "for ever: it has no `exp`".to_owned(),
    };
    Summary { whom, issuer: format!("{issuer}, for {audience}"), what, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_in_their_order_with_words_and_times() {
        let now = Timestamp::from_second(1_763_926_800).unwrap();
        let claims =
            Json::parse(r#"{"zzz":[1],"exp":1763930040,"aud":["a","b"],"big":123456789012345678901234567890}"#)
                .unwrap();
        let rows: Vec<String> = explain_claims(&claims, now)
            .into_iter()
            .map(|row| format!("{}|{}|{}|{}", row.name, row.value, row.words, row.source))
            .collect();
        assert_eq!(
            rows,
            [
                "zzz|[1]||",
                "exp|2025-11-23 20:34:00 UTC|the time from which on it must be refused: expires in 54 min|RFC 7519 §4.1.4",
                "aud|a b|whom it is meant for: anyone else must refuse it|RFC 7519 §4.1.3",
                "big|123456789012345678901234567890||",
            ]
        );
    }

    #[test]
    fn names_in_a_table_are_unique() {
        for table in [CLAIMS, PARAMETERS] {
            let mut names: Vec<&str> = table.iter().map(|(name, _, _)| *name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.len());
        }
    }
}
