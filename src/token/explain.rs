//! Claims and header parameters in words, and a whole token in four lines.

use jiff::Timestamp;

use super::granted::{granted, is_empty_list};
use super::provider::PROVIDERS;
use super::purpose::{self, typ};
use super::time::{NumericDate, absolute};
use super::words::{
    ALGORITHMS, BY_CLIENT, CLAIMS, CREDENTIAL, DPOP_PROOF, ID_TOKEN, KEY_BINDING, PARAMETERS, TIMES, Word, find, more,
    reaches_into,
};
use super::{Decoded, Json, Kind, Payload, Validity, opaque, relative, validity};

/// One claim or header parameter, explained. The texts may hold characters from outside: a sink escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The name of the claim; inside an object its path, such as `cnf/jkt`.
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
    /// Who it was issued about and to, and who can use it: subject, client, holder.
    pub whom: String,
    /// Who issued it and whom it is meant for.
    pub issuer: String,
    /// What it may do.
    pub what: String,
    /// Until when it is valid.
    pub until: String,
}

const CUT: &str = "not known: the token was cut off";

/// The tables that have words for the claims of a token, the most special first.
fn tables(decoded: &Decoded) -> Vec<&'static [Word]> {
    let by_purpose = decoded.purpose.as_ref().and_then(|named| match named.purpose.name {
        "id-token" => Some(ID_TOKEN),
        "dpop-proof" => Some(DPOP_PROOF),
        "client-assertion" | "authorization-grant" | "request-object" => Some(BY_CLIENT),
        "key-binding" => Some(KEY_BINDING),
        "credential" => Some(CREDENTIAL),
        _ => None,
    });
    by_purpose.into_iter().chain(decoded.provider.map(|provider| provider.words)).chain([CLAIMS]).collect()
}

/// Explains each claim, in the order of the token. An object whose members have words of their own becomes a row for
/// each member.
#[must_use]
pub fn explain_claims(decoded: &Decoded, now: Timestamp) -> Vec<Explained> {
    let tables = tables(decoded);
    let mut rows = Vec::new();
    for (name, value) in decoded.claims().map(Json::members).unwrap_or_default() {
        explain_claim(name, name, value, &tables, now, &mut rows);
    }
    rows
}

/// `key` is the path with a star where the tables have one.
fn explain_claim(
    path: &str,
    key: &str,
    value: &Json,
    tables: &[&'static [Word]],
    now: Timestamp,
    rows: &mut Vec<Explained>,
) {
    // the tables bound how deep this goes
    if !value.members().is_empty() && tables.iter().any(|table| reaches_into(table, key)) {
        for (member, value) in value.members() {
            let exact = format!("{key}/{member}");
            let known = tables.iter().any(|table| find(table, &exact).is_some() || reaches_into(table, &exact));
            let key = if known { exact } else { format!("{key}/*") };
            explain_claim(&format!("{path}/{member}"), &key, value, tables, now, rows);
        }
        return;
    }
    let word = tables.iter().find_map(|table| find(table, key));
    let (words, source) = word.map_or(("", ""), |word| (word.words, word.source));
    let name = path.to_owned();
    if !TIMES.contains(&key) {
        rows.push(Explained { name, value: readable(value), words: words.to_owned(), source });
        return;
    }
    let (value, remark) = match (NumericDate::read(value), NumericDate::as_milliseconds(value)) {
        (_, Some(meant)) => (value.to_string(), format!("in milliseconds it would be {}", absolute(meant))),
        (NumericDate::At(at), None) => (absolute(at), distance(path, at, now)),
        (NumericDate::FarAhead | NumericDate::FarBack, None) => (value.to_string(), "out of range".to_owned()),
        (NumericDate::Malformed, None) => (value.to_string(), "no number of seconds".to_owned()),
    };
    rows.push(Explained { name, value, words: format!("{words}: {remark}"), source });
}

/// Explains each header parameter, in the order of the token.
#[must_use]
pub fn explain_header(header: &Json) -> Vec<Explained> {
    let explain = |(name, value): &(String, Json)| {
        let word = find(PARAMETERS, name);
        let (words, source) = match (word, name.as_str()) {
            (_, "kid") if header.get("enc").is_some() => ("which of the recipient's keys", "RFC 7516 §4.1.6"),
            (Some(word), _) => (word.words, word.source),
            (None, _) => ("", ""),
        };
        let detail = match name.as_str() {
            "alg" | "enc" => value.as_str().and_then(|name| find(ALGORITHMS, name)).map(|word| word.words),
            "typ" => typ(header).and_then(|name| match name.as_str() {
                "jwt" => Some("a JWT of any kind"),
                name => purpose::of_typ(name).map(|purpose| purpose.words),
            }),
            _ => None,
        };
        let words = detail.map_or_else(|| words.to_owned(), |detail| format!("{words}: {detail}"));
        Explained { name: name.clone(), value: readable(value), words, source }
    };
    header.members().iter().map(explain).collect()
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
    match (decoded.claims(), &decoded.opaque) {
        (Some(claims), _) => of_claims(claims, decoded, now),
        (None, Some(opaque)) => Summary {
            whom: format!("whoever holds it: {}", opaque.what),
            issuer: opaque.issuer.to_owned(),
            what: format!("not known here: {}", opaque.learn),
            until: match decoded.inner.as_ref().and_then(|inner| Some((inner.claims()?, inner))) {
                Some((claims, inner)) => format!("{} (by the token inside)", until(claims, inner, now)),
                None => "not known: the token is opaque".to_owned(),
            },
        },
        (None, None) => {
            let unknown = match (decoded.kind, &decoded.payload) {
                (Kind::Opaque, _) => "not known: the token is opaque",
                (Kind::Jwe, Payload::Encrypted(_)) => "not known: the token is encrypted",
                (_, Payload::Absent) if decoded.whole => "not known: the payload is kept beside the token",
                (_, Payload::Json(_) | Payload::Text(_) | Payload::Bytes(_)) if decoded.whole => {
                    "not known: the payload is no claims set"
                }
                _ => "not known: the claims can't be read",
            };
            let unknown = || unknown.to_owned();
            Summary { whom: unknown(), issuer: unknown(), what: unknown(), until: unknown() }
        }
    }
}

fn of_claims(claims: &Json, decoded: &Decoded, now: Timestamp) -> Summary {
    let text = |claim: &str| claims.get(claim).map(readable).filter(|text| !text.is_empty());
    // what stood behind a cut is not known
    let is_cut = !decoded.has_all_claims();
    let unless_cut = |absent: &str, cut: &str| if is_cut { cut.to_owned() } else { absent.to_owned() };
    let purpose = decoded.purpose.as_ref().map(|named| named.purpose);
    let subject = text("sub").unwrap_or_else(|| unless_cut("no subject", "a subject that was cut off"));
    let client = ["client_id", "azp", "appid", "cid"].into_iter().find_map(text);
    let whom = match client {
        Some(client) if client == subject => format!("client {client} itself"),
        Some(client) => format!("{subject}, by client {client}"),
        None => subject,
    };
    let bound = claims.get("cnf").is_some_and(|key| !key.members().is_empty());
    let whom = if bound { format!("{whom}; only with the key that it is bound to") } else { whom };
    let issuer = text("iss").unwrap_or_else(|| unless_cut("an issuer that is not named", "an issuer that was cut off"));
    let audience = text("aud").unwrap_or_else(|| match decoded.provider {
        Some(provider) if provider.without_audience => {
            format!("APIs that know its client ({} writes no audience)", provider.title)
        }
        _ if purpose.is_some_and(|purpose| !purpose.is_for_someone()) => {
            unless_cut("an audience that such a token need not name", "an audience that was cut off")
        }
        _ => unless_cut("anyone: it names no audience", "an audience that was cut off"),
    });
    let what = match granted(claims) {
        None if is_cut => CUT.to_owned(),
        None => match purpose {
            Some(purpose) if purpose.name != "access-token" => format!("no scopes: it is {}", purpose.words),
            _ => "not known: it names no scopes".to_owned(),
        },
        Some(granted) if granted.0.is_empty() && is_empty_list(claims) => {
            unless_cut("nothing: its list of scopes is empty", CUT)
        }
        Some(granted) if granted.0.is_empty() => "not known: what it names as scopes are none".to_owned(),
        Some(granted) => {
            let scopes = granted.0.iter().map(|granted| granted.scope.as_str()).collect::<Vec<_>>().join(" ");
            if is_cut { format!("{scopes}; what stood behind the cut is not known") } else { scopes }
        }
    };
    let until = until(claims, decoded, now);
    if purpose.is_some_and(|purpose| purpose.name == "dpop-proof") {
        // it is made by whoever sends it, for one request
        let request = ["htm", "htu"].into_iter().filter_map(text).collect::<Vec<_>>().join(" ");
        let whom = "the holder of the key in its header".to_owned();
        return Summary { whom, issuer: format!("its sender, for one request: {request}"), what, until };
    }
    Summary { whom, issuer: format!("{issuer}, for {audience}"), what, until }
}

fn until(claims: &Json, decoded: &Decoded, now: Timestamp) -> String {
    match validity(claims, now) {
        Validity::Expired(Some(at)) => format!("{}: expired {}", absolute(at), relative(at, now)),
        Validity::Expired(None) => "expired: its `exp` is out of range, before every calendar".to_owned(),
        Validity::NotYet(Some(at)) => format!("not valid yet: from {} on, {}", absolute(at), relative(at, now)),
        Validity::NotYet(None) => "never valid: its `nbf` is out of range, beyond every calendar".to_owned(),
        Validity::Malformed(claim) => format!("not known: its `{claim}` is no time"),
        Validity::Valid(Some(at)) => format!("{}, {}", absolute(at), relative(at, now)),
        Validity::Valid(None) if claims.get("exp").is_some() => {
            "for ever: its `exp` is out of range, beyond every calendar".to_owned()
        }
        Validity::Valid(None) if !decoded.has_all_claims() => CUT.to_owned(),
        Validity::Valid(None) => match &decoded.purpose {
            Some(named) if named.purpose.is_lasting() => {
                format!("not said: it has no `exp`, and {} needs none", named.purpose.words)
            }
            _ => "for ever: it has no `exp`".to_owned(),
        },
    }
}

/// What kind of name it is that is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A claim.
    Claim,
    /// A header parameter.
    Parameter,
    /// An algorithm.
    Algorithm,
    /// A kind of token.
    Purpose,
    /// The prefix of an opaque token.
    Prefix,
}

impl EntryKind {
    /// In words, and as `kind` in `tokscope.explain/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Parameter => "header parameter",
            Self::Algorithm => "algorithm",
            Self::Purpose => "kind of token",
            Self::Prefix => "token prefix",
        }
    }
}

/// What is known about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What kind of name it is.
    pub kind: EntryKind,
    /// Where it has this meaning, such as a provider; empty when everywhere.
    pub context: &'static str,
    /// What it means.
    pub words: String,
    /// More about it, in sentences; empty when there is no more to say.
    pub more: &'static str,
    /// The document that says so.
    pub source: &'static str,
}

/// The tables of names, each with where its words hold.
fn named_tables() -> impl Iterator<Item = (EntryKind, &'static str, &'static [Word])> {
    let claims = [
        ("", CLAIMS),
        ("ID token", ID_TOKEN),
        ("DPoP proof", DPOP_PROOF),
        ("made by a client", BY_CLIENT),
        ("key binding", KEY_BINDING),
        ("credential", CREDENTIAL),
    ];
    let claims = claims.into_iter().chain(PROVIDERS.iter().map(|provider| (provider.title, provider.words)));
    let claims = claims.map(|(context, table)| (EntryKind::Claim, context, table));
    claims.chain([(EntryKind::Parameter, "", PARAMETERS), (EntryKind::Algorithm, "", ALGORITHMS)])
}

/// What is known about a claim, a header parameter, an algorithm, a kind of token (by name or `typ`) or the prefix of
/// an opaque token; without regard to ASCII case if nothing has exactly this name.
#[must_use]
pub fn entries(name: &str) -> Vec<Entry> {
    let exact = entries_that(|known| known == name);
    if exact.is_empty() { entries_that(|known| known.eq_ignore_ascii_case(name)) } else { exact }
}

fn entries_that(fits: impl Fn(&str) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (kind, context, table) in named_tables() {
        for word in table.iter().filter(|word| fits(word.name)) {
            // what is to be added stands once, beside the general meaning
            let more = if context.is_empty() { more(word.name).unwrap_or_default() } else { "" };
            entries.push(Entry { kind, context, words: word.words.to_owned(), more, source: word.source });
        }
    }
    for (names, purpose) in purpose::named() {
        if fits(purpose.name) || names.iter().any(|name| fits(name)) {
            let entry = Entry {
                kind: EntryKind::Purpose,
                context: "",
                words: purpose.words.to_owned(),
                more: "",
                source: purpose.source,
            };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    for known in opaque::TABLE.iter().filter(|known| fits(known.prefix)) {
        let words = format!("{}; {}", known.what, known.learn);
        let kind = EntryKind::Prefix;
        entries.push(Entry { kind, context: known.issuer, words, more: "", source: known.source });
    }
    entries
}

/// Every name that [`entries`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    let words = named_tables().flat_map(|(_, _, table)| table.iter().map(|word| word.name));
    let purposes = purpose::named().flat_map(|(names, purpose)| names.iter().copied().chain([purpose.name]));
    words.chain(purposes).chain(opaque::TABLE.iter().map(|known| known.prefix))
}

#[cfg(test)]
mod tests;
