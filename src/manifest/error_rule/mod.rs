//! Rules that read an API's error response: why the request was refused, and which scope is missing.
//!
//! The catalogue of known providers and a manifest's own `[api.NAME.errors]` use the same format:
//!
//! ```toml
//! [api.orders.errors.closed-shop]
//! status  = [403]                                          # optional
//! match   = { "body:/error/code" = "E42", text = "*needs {needed}*" }
//! cause   = "scope"
//! unless  = ["*maintenance*"]                              # optional: texts that rule out a match
//! needed  = "body:/error/needed"                           # optional: location of the required scopes
//! reading = "any"                                          # of a list: any, all, sets (`a,b; c`) or words (`a,b c`)
//! next    = "ask the shop to open"                         # optional: next step
//! ```

mod location;
mod pattern;

use std::ops::Range;

use toml::de::DeTable;

use super::findings::{KEY_MISSING, VALUE_WRONG};
use super::providers;
use super::toml_reader::{TomlReader, Value, members};
use crate::scope::{Hierarchy, Pattern as ScopePattern, Risk, ScopeSet};

pub use self::location::{Location, normal_code};
pub use self::pattern::{Captures, Pattern, normal_text};

/// Why a call failed, in the order of precedence: the first that applies is the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The call succeeded.
    None,
    /// The response is not from the API: gateway, rate limit, not HTTP.
    Transport,
    /// The token has expired.
    TokenExpired,
    /// The token is not valid yet: the clocks differ.
    TokenNotYetValid,
    /// No token, or one that the server does not accept.
    TokenInvalid,
    /// The token has another audience.
    Audience,
    /// The token was issued by another authorization server.
    Issuer,
    /// The token is bound to a key without proof of possession (RFC 9449, RFC 8705).
    Binding,
    /// The user must sign in again, or with a stronger method (RFC 9470, claims challenge, SSO).
    StepUp,
    /// The authorization server rejects the client: its ID, authentication or redirect URI.
    Client,
    /// The authorization server refused the authorization or token request.
    Login,
    /// The application, not the token, lacks a permission.
    Application,
    /// The token lacks a scope.
    Scope,
    /// The user's role, plan or tenant does not allow the request.
    Role,
    /// No known cause.
    Unknown,
}

impl Cause {
    /// All causes, in order.
    pub const ALL: [Self; 15] = [
        Self::None,
        Self::Transport,
        Self::TokenExpired,
        Self::TokenNotYetValid,
        Self::TokenInvalid,
        Self::Audience,
        Self::Issuer,
        Self::Binding,
        Self::StepUp,
        Self::Client,
        Self::Login,
        Self::Application,
        Self::Scope,
        Self::Role,
        Self::Unknown,
    ];

    /// Returns the name used in `tokscope.why/v1` and in rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Transport => "transport",
            Self::TokenExpired => "token-expired",
            Self::TokenNotYetValid => "token-not-yet-valid",
            Self::TokenInvalid => "token-invalid",
            Self::Audience => "audience",
            Self::Issuer => "issuer",
            Self::Binding => "binding",
            Self::StepUp => "step-up",
            Self::Client => "client",
            Self::Login => "login",
            Self::Application => "application",
            Self::Scope => "scope",
            Self::Role => "role",
            Self::Unknown => "unknown",
        }
    }
}

/// Precedence of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Rules of the manifest.
    #[default]
    Own,
    /// Rules of one provider, with wording that only it uses.
    Provider,
    /// Error codes of a standard or in common use.
    Code,
    /// Sentences used by many servers.
    Prose,
}

/// Meaning of a list of scopes in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All of them are required.
    All,
    /// Any one of them is sufficient.
    Any,
    /// Sets separated by semicolons: any one set is sufficient, and all scopes of a set are required.
    Sets,
    /// All of them are required, separated by white space only: a comma is part of its scope.
    Words,
}

/// A rule that reads an API's error response.
#[derive(Clone, Debug)]
pub struct ErrorRule {
    /// Name in the manifest or the catalogue.
    pub name: String,
    /// Precedence of a rule.
    pub tier: Tier,
    /// HTTP statuses that it applies to. Empty: those of failures.
    pub status: Vec<u16>,
    /// Locations and the patterns of which one must match there; without a pattern the location must be empty.
    pub matches: Vec<(Location, Vec<Pattern>)>,
    /// Causes that the response can't distinguish; the first is used if there is no other evidence.
    pub causes: Vec<Cause>,
    /// Texts that rule out a match.
    pub unless: Vec<Pattern>,
    /// Locations of the required scopes, of which the first that has some is used; the patterns may capture them, too.
    pub needed: Vec<Location>,
    /// Location of the granted scopes.
    pub granted: Option<Location>,
    /// The required scopes, if the server is known to name none or the wrong ones.
    pub scopes: Option<ScopeSet>,
    /// Meaning of a list of scopes; `None`: as its location suggests.
    pub reading: Option<Reading>,
    /// Implications of the provider's scopes.
    pub hierarchy: Hierarchy,
    /// Next step, in place of the general one of the cause.
    pub next: Option<String>,
    /// Documentation or observation that the rule is based on.
    pub source: Option<String>,
}

/// Parses a table of rules: `[api.NAME.errors]`, or a tier of the catalogue.
pub(super) fn rules(reader: &mut TomlReader, value: &Value<'_>, tier: Tier) -> Vec<ErrorRule> {
    let Some(table) = reader.table(value, "`errors`") else { return Vec::new() };
    let rule = |member: super::toml_reader::Member<'_, '_>| {
        let table = reader.table(member.value, "a rule")?;
        rule(reader, member.key, table, tier, &member.span)
    };
    members(table).into_iter().filter_map(rule).collect()
}

fn rule(
    reader: &mut TomlReader,
    name: &str,
    table: &DeTable<'_>,
    tier: Tier,
    span: &Range<usize>,
) -> Option<ErrorRule> {
    reader.reject_unknown_keys(
        table,
        &["status", "match", "unless", "cause", "needed", "granted", "scopes", "reading", "implies", "next", "source"],
    );
    let causes: Vec<Cause> = match table.get("cause") {
        Some(value) => {
            let named = reader.strings(value, "`cause`");
            named.into_iter().filter_map(|(text, span)| cause(reader, text, span)).collect()
        }
        None => Vec::new(),
    };
    if causes.is_empty() {
        reader.report(&KEY_MISSING, span.clone(), "missing key `cause`");
        return None;
    }
    let matches = match table.get("match") {
        Some(value) => matches(reader, value),
        None => Vec::new(),
    };
    if matches.is_empty() {
        reader.report(&KEY_MISSING, span.clone(), "missing key `match`");
        return None;
    }
    let needed = table.get("needed").map(|value| reader.strings(value, "`needed`")).unwrap_or_default();
    let needed = needed.into_iter().filter_map(|(text, span)| location(reader, text, span)).collect();
    let granted = reader.string(table, "granted").and_then(|(text, span)| location(reader, text, span));
    let unless = table.get("unless").map(|value| reader.strings(value, "`unless`")).unwrap_or_default();
    let unless = unless.into_iter().filter_map(|(text, span)| pattern(reader, text, span)).collect();
    let reading = reader.string(table, "reading").and_then(|(text, span)| match text {
        "all" => Some(Reading::All),
        "any" => Some(Reading::Any),
        "sets" => Some(Reading::Sets),
        "words" => Some(Reading::Words),
        _ => {
            let message = format!("`{text}` is not a valid reading");
            reader.report_with_help(&VALUE_WRONG, span, message, "valid readings: all, any, sets, words");
            None
        }
    });
    Some(ErrorRule {
        name: name.to_owned(),
        tier,
        status: table.get("status").map(|value| statuses(reader, value)).unwrap_or_default(),
        matches,
        unless,
        causes,
        needed,
        granted,
        scopes: table.get("scopes").map(|value| reader.scopes(value, "`scopes`")),
        reading,
        hierarchy: table.get("implies").map(|value| implies(reader, value)).unwrap_or_default(),
        next: reader.string(table, "next").map(|(text, _)| text.to_owned()),
        source: reader.string(table, "source").map(|(text, _)| text.to_owned()),
    })
}

fn cause(reader: &mut TomlReader, text: &str, span: Range<usize>) -> Option<Cause> {
    let found = Cause::ALL.into_iter().find(|cause| cause.as_str() == text);
    if found.is_none() {
        let known: Vec<&str> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        let help = format!("valid causes: {}", known.join(", "));
        reader.report_with_help(&VALUE_WRONG, span, format!("`{text}` is not a valid cause"), help);
    }
    found
}

fn location(reader: &mut TomlReader, text: &str, span: Range<usize>) -> Option<Location> {
    let found = Location::parse(text);
    if found.is_none() {
        let help = "valid locations: code, text, scheme, header:NAME, challenge:NAME, challenge:SCHEME/NAME, \
                    redirect:NAME, body:/a/b, body://b";
        reader.report_with_help(&VALUE_WRONG, span, format!("`{text}` is not a valid location in a response"), help);
    }
    found
}

fn matches(reader: &mut TomlReader, value: &Value<'_>) -> Vec<(Location, Vec<Pattern>)> {
    let Some(table) = reader.table(value, "`match`") else { return Vec::new() };
    let mut matches = Vec::new();
    for member in members(table) {
        let Some(location) = location(reader, member.key, member.span) else { continue };
        let texts = reader.strings(member.value, "a pattern");
        let patterns = texts.into_iter().filter_map(|(text, span)| {
            if location == Location::Code {
                pattern(reader, &normal_code(text), span)
            } else {
                pattern(reader, text, span)
            }
        });
        matches.push((location.clone(), patterns.collect()));
    }
    matches
}

fn pattern(reader: &mut TomlReader, text: &str, span: Range<usize>) -> Option<Pattern> {
    Pattern::parse(text).map_err(|error| reader.report(&VALUE_WRONG, span, error)).ok()
}

fn statuses(reader: &mut TomlReader, value: &Value<'_>) -> Vec<u16> {
    let Some(items) = value.get_ref().as_array() else {
        reader.report(&VALUE_WRONG, value.span(), "`status` must be an array of HTTP status codes");
        return Vec::new();
    };
    let mut statuses = Vec::new();
    for item in items {
        let number = item.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        match number.filter(|number| (100..600).contains(number)) {
            Some(number) => statuses.push(number),
            None => reader.report(&VALUE_WRONG, item.span(), "`status` must be an array of HTTP status codes"),
        }
    }
    statuses
}

/// Parses `implies`: the name of a preset, or a table.
fn implies(reader: &mut TomlReader, value: &Value<'_>) -> Hierarchy {
    let mut hierarchy = Hierarchy::new();
    if let Some(name) = value.get_ref().as_str() {
        match providers::find(name) {
            Some(provider) => hierarchy.add_known(provider.dialect().vocabulary.hierarchy()),
            None => reader.report(&VALUE_WRONG, value.span(), format!("`{name}` is not a known provider")),
        }
        return hierarchy;
    }
    let Some(table) = reader.table(value, "`implies`") else { return hierarchy };
    for member in members(table) {
        let Some(scope) = reader.scope(member.key, member.span) else { continue };
        let implied = reader.strings(member.value, "`implies`");
        let implied = implied.into_iter().filter_map(|(text, _)| ScopePattern::parse(text).ok()).collect();
        hierarchy.declare(scope, Risk::default(), implied);
    }
    hierarchy
}

/// Parses a catalogue: a document of `[provider.NAME]`, `[code.NAME]` and `[prose.NAME]`, in order of precedence.
///
/// # Errors
/// Describes every error, one string each.
pub fn parse_catalogue(source: &str) -> Result<Vec<ErrorRule>, Vec<String>> {
    let document = DeTable::parse(source).map_err(|error| vec![error.to_string()])?;
    let mut reader = TomlReader::default();
    reader.reject_unknown_keys(document.get_ref(), &["provider", "code", "prose"]);
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
    fn error_rules_of_a_manifest_are_validated() {
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
        for (errors, expected) in [
            ("cause = \"scope\"", "missing key `match`"),
            ("match = { code = \"x\" }", "missing key `cause`"),
            ("match = { code = \"x\" }\ncause = \"weather\"", "`weather` is not a valid cause"),
            ("match = { nowhere = \"x\" }\ncause = \"scope\"", "`nowhere` is not a valid location"),
            ("match = { text = \"{a}\" }\ncause = \"scope\"", "`{a}`"),
            ("match = { text = \"a\" }\ncause = \"scope\"\nreading = \"some\"", "`some` is not a valid reading"),
            ("match = { text = \"a\" }\ncause = \"scope\"\nstatus = [4030]", "HTTP status codes"),
            ("match = { text = \"a\" }\ncause = \"scope\"\nwhen = 1", "unknown key `when`"),
        ] {
            let parsed = manifest(errors);
            let messages: Vec<&str> = parsed.findings.iter().map(|finding| finding.message.as_str()).collect();
            assert!(messages.iter().any(|message| message.contains(expected)), "{errors}: {messages:?}");
            assert!(parsed.manifest.is_none());
        }
    }
}
