//! Explains claims and header parameters, and summarizes a whole token.

use jiff::Timestamp;

use super::glossary::{
    ALGORITHMS, BY_CLIENT, CLAIMS, CREDENTIAL, DPOP_PROOF, DRAFT_ALGORITHMS, ERRORS, ID_TOKEN,
    IDENTITY_ASSERTION_GRANT, KEY_BINDING, PARAMETERS, SCOPES, STATUS_LIST, TIMES, TRANSACTION_TOKEN, TRUST_MARK, Term,
    details, find, reaches_into,
};
use super::granted::{granted, is_empty_list, roles};
use super::provider::{Habit, PROVIDERS};
use super::purpose::{self, typ};
use super::time::{NumericDate, absolute, iso_8601};
use super::{Decoded, Description, Json, Payload, TokenKind, Validity, opaque, relative, validity};

/// One claim or header parameter with its meaning. Name and value are untrusted: escape them before display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Name of the claim; for a member of an object its path, such as `cnf/jkt`.
    pub name: String,
    /// Value for people: a string without quotes, a time as `2026-11-23 19:40:00 UTC`, anything else as JSON.
    pub value: String,
    /// Meaning, and for times the distance from now. Empty if the claim is unknown.
    pub meaning: String,
    /// RFC and section, or document, that defines it. Empty if the claim is unknown.
    pub source: &'static str,
}

/// The most important facts about a token, each a short text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Who issued it.
    pub issuer: String,
    /// The user or client it is about, and the client that uses it.
    pub subject: String,
    /// The APIs that may accept it.
    pub audience: String,
    /// What it grants access to.
    pub scopes: String,
    /// When it expires.
    pub expires: String,
}

impl Summary {
    /// The facts with their labels, in the order in which they are shown.
    #[must_use]
    pub fn rows(&self) -> [(&'static str, &str); 5] {
        [
            ("issuer", &self.issuer),
            ("subject", &self.subject),
            ("audience", &self.audience),
            ("scopes", &self.scopes),
            ("expires", &self.expires),
        ]
    }

    /// Returns a summary in which every fact is unknown for the same reason, which is stated once.
    fn unknown(reason: &str) -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            issuer: format!("unknown: {reason}"),
            subject: unknown(),
            audience: unknown(),
            scopes: unknown(),
            expires: unknown(),
        }
    }
}

const TRUNCATED: &str = "unknown: the token is truncated";

const NOT_STATED: &str = "unknown: the response does not state it";

/// Tables that apply to the claims of a token, the most specific first.
fn tables(decoded: &Decoded) -> Vec<&'static [Term]> {
    let by_purpose = decoded.purpose.as_ref().and_then(|named| match named.purpose.name {
        "id-token" => Some(ID_TOKEN),
        "dpop-proof" => Some(DPOP_PROOF),
        "client-assertion" | "authorization-grant" | "request-object" | "client-secret" => Some(BY_CLIENT),
        "transaction-token" => Some(TRANSACTION_TOKEN),
        "identity-assertion-grant" => Some(IDENTITY_ASSERTION_GRANT),
        "status-list" => Some(STATUS_LIST),
        "trust-mark" => Some(TRUST_MARK),
        "key-binding" => Some(KEY_BINDING),
        "credential" => Some(CREDENTIAL),
        _ => None,
    });
    by_purpose.into_iter().chain(decoded.provider.map(|provider| provider.claims)).chain([CLAIMS]).collect()
}

/// Explains each claim, in the order of the token. An object with members that a table explains becomes one row per
/// member.
#[must_use]
pub fn explain_claims(decoded: &Decoded, now: Timestamp) -> Vec<Explanation> {
    let tables = tables(decoded);
    let mut rows = Vec::new();
    for (name, value) in decoded.claims().map(Json::members).unwrap_or_default() {
        explain_claim(name, name, value, &tables, now, &mut rows);
    }
    rows
}

/// Explains one claim. `key` is the path as the tables spell it, with `*` for a member that they don't name.
fn explain_claim(
    path: &str,
    key: &str,
    value: &Json,
    tables: &[&'static [Term]],
    now: Timestamp,
    rows: &mut Vec<Explanation>,
) {
    // the recursion is bounded by the depth of the tables
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
    let (meaning, source) = word.map_or(("", ""), |word| (word.meaning, word.source));
    let name = path.to_owned();
    if !TIMES.contains(&key) {
        rows.push(Explanation { name, value: readable(value), meaning: meaning.to_owned(), source });
        return;
    }
    if let Some(at) = iso_8601(value) {
        rows.push(Explanation {
            name,
            value: absolute(at),
            meaning: format!("{meaning} ({})", distance(path, at, now)),
            source,
        });
        return;
    }
    let (value, remark) = match (NumericDate::read(value), NumericDate::as_milliseconds(value)) {
        (_, Some(meant)) => (value.to_string(), format!("as milliseconds: {}", absolute(meant))),
        (NumericDate::At(at), None) => (absolute(at), distance(path, at, now)),
        (NumericDate::FarAhead | NumericDate::FarBack, None) => (value.to_string(), "out of range".to_owned()),
        (NumericDate::Malformed, None) => (value.to_string(), "not a number of seconds".to_owned()),
    };
    rows.push(Explanation { name, value, meaning: format!("{meaning} ({remark})"), source });
}

/// Explains each header parameter, in the order of the token.
#[must_use]
pub fn explain_header(header: &Json) -> Vec<Explanation> {
    // once, because a header may repeat a parameter many times
    let (is_encrypted, typ) = (header.get("enc").is_some(), typ(header));
    let explain = |(name, value): &(String, Json)| {
        let word = find(PARAMETERS, name);
        let (meaning, source) = match (word, name.as_str()) {
            (_, "kid") if is_encrypted => ("identifier of the recipient's key", "RFC 7516 §4.1.6"),
            (Some(word), _) => (word.meaning, word.source),
            (None, _) => ("", ""),
        };
        let detail = match name.as_str() {
            "alg" | "enc" => value
                .as_str()
                .and_then(|name| find(ALGORITHMS, name).or_else(|| find(DRAFT_ALGORITHMS, name)))
                .map(|word| word.meaning),
            "typ" => typ.as_ref().and_then(|name| match name.as_str() {
                "jwt" => Some("a JWT of unspecified kind"),
                name => purpose::of_typ(name).map(|purpose| purpose.meaning),
            }),
            _ => None,
        };
        let meaning = detail.map_or_else(|| meaning.to_owned(), |detail| format!("{meaning}: {detail}"));
        Explanation { name: name.clone(), value: readable(value), meaning, source }
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
        _ => relative(at, now),
    }
}

/// Summarizes a token.
#[must_use]
pub fn summarize(decoded: &Decoded, now: Timestamp) -> Summary {
    match (decoded.claims(), &decoded.opaque) {
        (Some(claims), _) if decoded.purpose.as_ref().is_some_and(|named| named.purpose.name == "dpop-proof") => {
            of_dpop_proof(claims, decoded, now)
        }
        (Some(claims), _) => of_claims(claims, decoded, now),
        (None, Some(opaque)) => Summary {
            issuer: format!("{}: {}", opaque.issuer, opaque.what),
            scopes: format!("unknown: {}", opaque.learn),
            expires: match decoded.inner.as_ref().and_then(|inner| Some((inner.claims()?, inner))) {
                Some((claims, inner)) => format!("{}, from the token inside", expires(claims, inner, now)),
                None => "unknown: the token is opaque".to_owned(),
            },
            ..Summary::unknown("the token is opaque")
        },
        (None, None) => Summary::unknown(match (decoded.kind, &decoded.payload) {
            (TokenKind::Opaque, _) => "the token is opaque",
            (TokenKind::Jwe, Payload::Encrypted(_)) => "the token is encrypted",
            (_, Payload::Absent) if decoded.whole => "the payload is detached",
            (_, Payload::Json(_) | Payload::Text(_) | Payload::Bytes(_)) if decoded.whole => {
                "the payload is not a JWT claims set"
            }
            _ => "the claims can't be read",
        }),
    }
}

/// The value of a claim that is present and not empty.
fn claim_text(claims: &Json, claim: &str) -> Option<String> {
    claims.get(claim).map(readable).filter(|text| !text.is_empty())
}

fn of_claims(claims: &Json, decoded: &Decoded, now: Timestamp) -> Summary {
    // what a truncated token lacks may have been cut off
    let is_response = decoded.description.is_some_and(Description::is_response);
    let absent = |text: &str| match () {
        () if !decoded.has_all_claims() => TRUNCATED.to_owned(),
        () if is_response => NOT_STATED.to_owned(),
        () => text.to_owned(),
    };
    let issuer = claim_text(claims, "iss").unwrap_or_else(|| absent("none"));
    let subject = claim_text(claims, "sub").unwrap_or_else(|| absent("none"));
    let client = ["client_id", "azp", "appid", "cid"].into_iter().find_map(|claim| claim_text(claims, claim));
    let subject = match client {
        Some(client) if client == subject => format!("{client} (the client itself)"),
        Some(client) => format!("{subject} (client {client})"),
        None => subject,
    };
    let is_bound = claims.get("cnf").is_some_and(|key| !key.members().is_empty());
    let subject = if is_bound { format!("{subject}; bound to a key") } else { subject };
    let audience = claim_text(claims, "aud").unwrap_or_else(|| match (decoded.provider, &decoded.purpose) {
        (Some(provider), _) if provider.has(Habit::NoAudience) => {
            format!("none: access tokens of {} have no audience", provider.title)
        }
        (_, Some(named)) if !named.purpose.is_for_someone() => {
            absent(&format!("none: optional in {}", named.meaning()))
        }
        _ => absent("none: any API of the issuer may accept the token"),
    });
    Summary { issuer, subject, audience, scopes: scopes(claims, decoded), expires: expires(claims, decoded, now) }
}

/// A DPoP proof is made by its sender, for a single request (RFC 9449 §4.2).
fn of_dpop_proof(claims: &Json, decoded: &Decoded, now: Timestamp) -> Summary {
    let request: Vec<String> = ["htm", "htu"].into_iter().filter_map(|claim| claim_text(claims, claim)).collect();
    Summary {
        issuer: "the sender of the request".to_owned(),
        subject: "the holder of the key in the header".to_owned(),
        audience: format!("a single request: {}", request.join(" ")),
        scopes: scopes(claims, decoded),
        expires: expires(claims, decoded, now),
    }
}

fn scopes(claims: &Json, decoded: &Decoded) -> String {
    let is_truncated = !decoded.has_all_claims();
    match granted(claims) {
        None if is_truncated => TRUNCATED.to_owned(),
        None => match &decoded.purpose {
            Some(named) if named.purpose.name != "access-token" => format!("none: this is {}", named.meaning()),
            _ => match roles(claims).0.as_slice() {
                [] => "unknown: no claim lists scopes".to_owned(),
                roles => {
                    let roles: Vec<&str> = roles.iter().map(|role| role.scope.as_str()).collect();
                    format!("unknown: no claim lists scopes, only roles: {}", roles.join(" "))
                }
            },
        },
        Some(granted) if granted.0.is_empty() && is_empty_list(claims) => {
            if is_truncated {
                TRUNCATED.to_owned()
            } else {
                "none: the list of scopes is empty".to_owned()
            }
        }
        Some(granted) if granted.0.is_empty() => "unknown: the claims list no valid scope".to_owned(),
        Some(granted) => {
            let scopes = granted.0.iter().map(|granted| granted.scope.as_str()).collect::<Vec<_>>().join(" ");
            if is_truncated { format!("{scopes}; possibly more: the token is truncated") } else { scopes }
        }
    }
}

fn expires(claims: &Json, decoded: &Decoded, now: Timestamp) -> String {
    match validity(claims, now) {
        Validity::Expired(Some(at)) => format!("{} (expired {})", absolute(at), relative(at, now)),
        Validity::Expired(None) => "expired: `exp` is out of range".to_owned(),
        Validity::NotYet(Some(at)) => format!("not valid before {} ({})", absolute(at), relative(at, now)),
        Validity::NotYet(None) => "never valid: `nbf` is out of range".to_owned(),
        Validity::Malformed(claim) => format!("unknown: `{claim}` is not a number of seconds"),
        Validity::Valid(Some(at)) => format!("{} ({})", absolute(at), relative(at, now)),
        Validity::Valid(None) if claims.get("exp").is_some() => "never: `exp` is out of range".to_owned(),
        Validity::Valid(None) if !decoded.has_all_claims() => TRUNCATED.to_owned(),
        Validity::Valid(None) if decoded.description.is_some_and(Description::is_response) => NOT_STATED.to_owned(),
        Validity::Valid(None) => match &decoded.purpose {
            Some(named) if named.purpose.is_lasting() => format!("not set: optional in {}", named.meaning()),
            _ => "never: no `exp` claim".to_owned(),
        },
    }
}

/// Kind of a name that [`entries`] explains.
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
    /// An error code.
    Error,
    /// A scope.
    Scope,
}

impl EntryKind {
    /// Returns the name for people, which is also `kind` in `tokscope.explain/v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Parameter => "header parameter",
            Self::Algorithm => "algorithm",
            Self::Purpose => "kind of token",
            Self::Prefix => "token prefix",
            Self::Error => "error code",
            Self::Scope => "scope",
        }
    }
}

/// One meaning of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Kind of the name.
    pub kind: EntryKind,
    /// Provider or kind of token for which it has this meaning; empty if it always has.
    pub context: &'static str,
    /// Meaning.
    pub meaning: String,
    /// Details, in sentences; may be empty.
    pub details: &'static str,
    /// Document that defines it.
    pub source: &'static str,
}

/// Returns the tables of names, each with the context it applies to.
fn named_tables() -> impl Iterator<Item = (EntryKind, &'static str, &'static [Term])> {
    let claims = [
        ("", CLAIMS),
        ("ID token", ID_TOKEN),
        ("DPoP proof", DPOP_PROOF),
        ("signed by a client", BY_CLIENT),
        ("key binding", KEY_BINDING),
        ("credential", CREDENTIAL),
        ("transaction token", TRANSACTION_TOKEN),
        ("identity assertion grant", IDENTITY_ASSERTION_GRANT),
        ("status list token", STATUS_LIST),
        ("trust mark", TRUST_MARK),
    ];
    let claims = claims.into_iter().chain(PROVIDERS.iter().map(|provider| (provider.title, provider.claims)));
    let claims = claims.map(|(context, table)| (EntryKind::Claim, context, table));
    claims.chain([
        (EntryKind::Parameter, "", PARAMETERS),
        (EntryKind::Algorithm, "", ALGORITHMS),
        (EntryKind::Algorithm, "draft", DRAFT_ALGORITHMS),
        (EntryKind::Error, "", ERRORS),
        (EntryKind::Scope, "OpenID Connect", SCOPES),
    ])
}

/// Returns the meanings of a claim, header parameter, algorithm, kind of token (by name or `typ`), error code, scope of
/// OpenID Connect, or prefix of an opaque token. The ASCII case is ignored if nothing has exactly this name.
#[must_use]
pub fn entries(name: &str) -> Vec<Entry> {
    let exact = entries_that(|known| known == name);
    if exact.is_empty() { entries_that(|known| known.eq_ignore_ascii_case(name)) } else { exact }
}

fn entries_that(fits: impl Fn(&str) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (kind, context, table) in named_tables() {
        for word in table.iter().filter(|word| fits(word.name)) {
            // details are shown once, with the general meaning
            let is_first = context.is_empty() && entries.iter().all(|entry| entry.details.is_empty());
            let details = details(word.name).filter(|_| is_first).unwrap_or_default();
            entries.push(Entry { kind, context, meaning: word.meaning.to_owned(), details, source: word.source });
        }
    }
    for (names, purpose) in purpose::named() {
        if fits(purpose.name) || names.iter().any(|name| fits(name)) {
            let entry = Entry {
                kind: EntryKind::Purpose,
                context: "",
                meaning: purpose.meaning.to_owned(),
                details: "",
                source: purpose.source,
            };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    for known in opaque::TABLE.iter().filter(|known| fits(known.prefix)) {
        let meaning = format!("{}; {}", known.what, known.learn);
        let kind = EntryKind::Prefix;
        entries.push(Entry { kind, context: known.issuer, meaning, details: "", source: known.source });
    }
    entries
}

/// Returns every name that [`entries`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    let meaning = named_tables().flat_map(|(_, _, table)| table.iter().map(|word| word.name));
    let purposes = purpose::named().flat_map(|(names, purpose)| names.iter().copied().chain([purpose.name]));
    meaning.chain(purposes).chain(opaque::TABLE.iter().map(|known| known.prefix))
}

#[cfg(test)]
mod tests;
