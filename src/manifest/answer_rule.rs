//! A rule that reads the answer of a server: where it says why it refuses, and where it names the scope.
//!
//! The same form serves the catalogue of known providers and a manifest's own `[api.NAME.errors]`:
//!
//! ```toml
//! [api.orders.errors.closed-shop]
//! status  = [403]                                          # optional
//! match   = { "body:/error/code" = "E42", text = "*needs {needed}*" }
//! cause   = "scope"
//! unless  = ["*maintenance*"]                              # optional: texts that make the rule void
//! needed  = "body:/error/needed"                           # optional: where the scopes stand
//! reading = "any"                                          # of a list: any, all, sets (`a,b; c`), or words (`a,b c`)
//! ```

mod pattern;
mod place;

use std::ops::Range;

use toml::de::DeTable;

use super::findings::{KEY_MISSING, VALUE_WRONG};
use super::reader::{Reader, Value, members};
use crate::scope::{Hierarchy, Pattern as ScopePattern, Risk, ScopeSet};

pub use self::pattern::{Captures, Pattern};
pub use self::place::{Place, normal_code};

/// Why a call failed, in the order in which causes are considered (the first that applies is the cause).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It did not fail.
    None,
    /// The answer is not the API's: gateway, rate limit, not HTTP.
    Transport,
    /// The token's time is over, or has not come.
    TokenExpired,
    /// No token, or one that the server can't use.
    TokenInvalid,
    /// The token is meant for another API.
    Audience,
    /// The token was issued by another authorization server.
    Issuer,
    /// The token is bound to a key that was not proven (RFC 9449, RFC 8705).
    Binding,
    /// The user must sign in again or stronger (RFC 9470, claims challenge, SSO).
    StepUp,
    /// The application, not the token, lacks the permission.
    Application,
    /// The token lacks a scope.
    Scope,
    /// The user's role, plan or tenant forbids it.
    Role,
    /// None of these could be shown.
    Unknown,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 12] = [
        Self::None,
        Self::Transport,
        Self::TokenExpired,
        Self::TokenInvalid,
        Self::Audience,
        Self::Issuer,
        Self::Binding,
        Self::StepUp,
        Self::Application,
        Self::Scope,
        Self::Role,
        Self::Unknown,
    ];

    /// The name in `tokscope.why/v1` and in a rule.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Transport => "transport",
            Self::TokenExpired => "token-expired",
            Self::TokenInvalid => "token-invalid",
            Self::Audience => "audience",
            Self::Issuer => "issuer",
            Self::Binding => "binding",
            Self::StepUp => "step-up",
            Self::Application => "application",
            Self::Scope => "scope",
            Self::Role => "role",
            Self::Unknown => "unknown",
        }
    }
}

/// Which rules are asked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The manifest's own.
    #[default]
    Own,
    /// One provider's, known by words that are its alone.
    Provider,
    /// What a standard, or the custom of many, calls an error.
    Code,
    /// Sentences that many servers share.
    Prose,
}

/// How a list of scopes is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Every one is needed.
    All,
    /// One of them is enough.
    Any,
    /// Sets between semicolons of which one is enough; within a set every one is needed.
    Sets,
    /// Every one is needed, and only blanks part them: a comma belongs to its scope.
    Words,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct AnswerRule {
    /// The name in the manifest or the catalogue.
    pub name: String,
    /// Which rules are asked first.
    pub tier: Tier,
    /// The statuses that it is about. Empty: those of failures.
    pub status: Vec<u16>,
    /// What must be found, each at its place by one of its patterns; without a pattern the place must be empty.
    pub matches: Vec<(Place, Vec<Pattern>)>,
    /// The causes that the answer can't tell apart; the first where nothing else tells.
    pub causes: Vec<Cause>,
    /// Texts that make the rule void.
    pub unless: Vec<Pattern>,
    /// Where the needed scopes stand, the first place that names some; the patterns may capture them as well.
    pub needed: Vec<Place>,
    /// Where the granted scopes stand.
    pub granted: Option<Place>,
    /// The needed scopes themselves, where the server is known to name others or none.
    pub scopes: Option<ScopeSet>,
    /// How the list is meant; `None`: as its place suggests.
    pub reading: Option<Reading>,
    /// What the provider's scopes imply.
    pub hierarchy: Hierarchy,
    /// Where this is documented or was seen.
    pub source: Option<String>,
}

/// Reads a table of rules: `[api.NAME.errors]`, or a tier of the catalogue.
pub(super) fn rules(reader: &mut Reader, value: &Value<'_>, tier: Tier) -> Vec<AnswerRule> {
    let Some(table) = reader.table(value, "`errors`") else { return Vec::new() };
    let rule = |member: super::reader::Member<'_, '_>| {
        let table = reader.table(member.value, "a rule")?;
        rule(reader, member.key, table, tier, &member.span)
    };
    members(table).into_iter().filter_map(rule).collect()
}

fn rule(reader: &mut Reader, name: &str, table: &DeTable<'_>, tier: Tier, span: &Range<usize>) -> Option<AnswerRule> {
    reader.only(
        table,
        &["status", "match", "unless", "cause", "needed", "granted", "scopes", "reading", "implies", "source"],
    );
    let causes: Vec<Cause> = match table.get("cause") {
        Some(value) => {
            let named = reader.texts(value, "`cause`");
            named.into_iter().filter_map(|(text, span)| cause(reader, text, span)).collect()
        }
        None => Vec::new(),
    };
    if causes.is_empty() {
        reader.wrong(&KEY_MISSING, span.clone(), "`cause` is missing here");
        return None;
    }
    let matches = match table.get("match") {
        Some(value) => matches(reader, value),
        None => Vec::new(),
    };
    if matches.is_empty() {
        reader.wrong(&KEY_MISSING, span.clone(), "`match` is missing here: what the answer is known by");
        return None;
    }
    let needed = table.get("needed").map(|value| reader.texts(value, "`needed`")).unwrap_or_default();
    let needed = needed.into_iter().filter_map(|(text, span)| place(reader, text, span)).collect();
    let granted = reader.text(table, "granted").and_then(|(text, span)| place(reader, text, span));
    let unless = table.get("unless").map(|value| reader.texts(value, "`unless`")).unwrap_or_default();
    let unless = unless.into_iter().filter_map(|(text, span)| pattern(reader, text, span)).collect();
    let reading = reader.text(table, "reading").and_then(|(text, span)| match text {
        "all" => Some(Reading::All),
        "any" => Some(Reading::Any),
        "sets" => Some(Reading::Sets),
        "words" => Some(Reading::Words),
        _ => {
            reader.wrong(&VALUE_WRONG, span, format!("`{text}` is no reading: it is any, all, sets or words"));
            None
        }
    });
    Some(AnswerRule {
        name: name.to_owned(),
        tier,
        status: table.get("status").map(|value| statuses(reader, value)).unwrap_or_default(),
        matches,
        unless,
        causes,
        needed,
        granted,
        scopes: table.get("scopes").map(|value| reader.scopes(value, "`scopes`", |_, _, _| {})),
        reading,
        hierarchy: table.get("implies").map(|value| implies(reader, value)).unwrap_or_default(),
        source: reader.text(table, "source").map(|(text, _)| text.to_owned()),
    })
}

fn cause(reader: &mut Reader, text: &str, span: Range<usize>) -> Option<Cause> {
    let found = Cause::ALL.into_iter().find(|cause| cause.as_str() == text);
    if found.is_none() {
        let known: Vec<&str> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        let help = format!("a cause is one of {}", known.join(", "));
        reader.wrong_with_help(&VALUE_WRONG, span, format!("`{text}` is no cause"), help);
    }
    found
}

fn place(reader: &mut Reader, text: &str, span: Range<usize>) -> Option<Place> {
    let found = Place::parse(text);
    if found.is_none() {
        let help = "a place is code, text, scheme, header:NAME, challenge:NAME, body:/a/b or body://b";
        reader.wrong_with_help(&VALUE_WRONG, span, format!("`{text}` is no place in an answer"), help);
    }
    found
}

fn matches(reader: &mut Reader, value: &Value<'_>) -> Vec<(Place, Vec<Pattern>)> {
    let Some(table) = reader.table(value, "`match`") else { return Vec::new() };
    let mut matches = Vec::new();
    for member in members(table) {
        let Some(place) = place(reader, member.key, member.span) else { continue };
        let texts = reader.texts(member.value, "a pattern");
        let patterns = texts.into_iter().filter_map(|(text, span)| {
            if place == Place::Code { pattern(reader, &normal_code(text), span) } else { pattern(reader, text, span) }
        });
        matches.push((place.clone(), patterns.collect()));
    }
    matches
}

fn pattern(reader: &mut Reader, text: &str, span: Range<usize>) -> Option<Pattern> {
    Pattern::parse(text).map_err(|error| reader.wrong(&VALUE_WRONG, span, error)).ok()
}

fn statuses(reader: &mut Reader, value: &Value<'_>) -> Vec<u16> {
    let Some(items) = value.get_ref().as_array() else {
        reader.wrong(&VALUE_WRONG, value.span(), "`status` is a list of HTTP statuses");
        return Vec::new();
    };
    let mut statuses = Vec::new();
    for item in items {
        let number = item.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        match number.filter(|number| (100..600).contains(number)) {
            Some(number) => statuses.push(number),
            None => reader.wrong(&VALUE_WRONG, item.span(), "`status` is a list of HTTP statuses"),
        }
    }
    statuses
}

fn implies(reader: &mut Reader, value: &Value<'_>) -> Hierarchy {
    let mut hierarchy = Hierarchy::new();
    let Some(table) = reader.table(value, "`implies`") else { return hierarchy };
    for member in members(table) {
        let Some(scope) = reader.scope(member.key, member.span) else { continue };
        let implied = reader.texts(member.value, "`implies`");
        let implied = implied.into_iter().filter_map(|(text, _)| ScopePattern::parse(text).ok()).collect();
        hierarchy.declare(scope, Risk::default(), implied);
    }
    hierarchy
}

/// Reads a catalogue: a document of `[provider.NAME]`, `[code.NAME]` and `[prose.NAME]`, in the order in which they
/// are asked.
///
/// # Errors
/// What is wrong, a sentence each.
pub fn parse_catalogue(source: &str) -> Result<Vec<AnswerRule>, Vec<String>> {
    let document = DeTable::parse(source).map_err(|error| vec![error.to_string()])?;
    let mut reader = Reader::default();
    reader.only(document.get_ref(), &["provider", "code", "prose"]);
    let mut found = Vec::new();
    for (key, tier) in [("provider", Tier::Provider), ("code", Tier::Code), ("prose", Tier::Prose)] {
        found.extend(document.get_ref().get(key).map(|value| rules(&mut reader, value, tier)).unwrap_or_default());
    }
    let wrong: Vec<String> = reader.findings.into_iter().map(|finding| finding.message).collect();
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_a_manifest_and_what_is_wrong_with_them() {
        let manifest = |errors: &str| {
            let source = format!(
                "[api.a]\nbase_url = \"https://a.test\"\n[api.a.endpoints]\n\"GET /\" = []\n[api.a.errors.one]\n{errors}"
            );
            super::super::parse(&source)
        };
        let parsed = manifest("match = { \"body:/code\" = [\"E42\", \"E43*\"] }\ncause = \"scope\"\nscopes = [\"w\"]");
        let api = parsed.manifest.unwrap().apis.remove(0);
        let rule = api.errors.first().unwrap();
        assert_eq!((rule.name.as_str(), rule.tier, rule.causes.as_slice()), ("one", Tier::Own, &[Cause::Scope][..]));
        assert_eq!(rule.scopes.as_ref().unwrap().to_string(), "w");
        for (errors, said) in [
            ("cause = \"scope\"", "`match` is missing here"),
            ("match = { code = \"x\" }", "`cause` is missing here"),
            ("match = { code = \"x\" }\ncause = \"weather\"", "`weather` is no cause"),
            ("match = { nowhere = \"x\" }\ncause = \"scope\"", "`nowhere` is no place"),
            ("match = { text = \"{a}\" }\ncause = \"scope\"", "`{a}`"),
            ("match = { text = \"a\" }\ncause = \"scope\"\nreading = \"some\"", "`some` is no reading"),
            ("match = { text = \"a\" }\ncause = \"scope\"\nstatus = [4030]", "HTTP statuses"),
            ("match = { text = \"a\" }\ncause = \"scope\"\nwhen = 1", "no key `when`"),
        ] {
            let parsed = manifest(errors);
            let messages: Vec<&str> = parsed.findings.iter().map(|finding| finding.message.as_str()).collect();
            assert!(messages.iter().any(|message| message.contains(said)), "{errors}: {messages:?}");
            assert!(parsed.manifest.is_none());
        }
    }
}
