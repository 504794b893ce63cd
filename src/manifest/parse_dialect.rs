//! Parser of the keys of `[client.NAME]` that describe how the authorization server deviates from the RFCs.

use std::ops::Range;

use toml::de::DeTable;

use super::dialect::{Dialect, Explanation, Pkce, Place, RevocationReach, RevocationRequest, Rotation, TokenFormat};
use super::findings::VALUE_WRONG;
use super::issuer::secure_url;
use super::toml_reader::{TomlReader, Value, members};
use super::values::{flag, one_of, seconds};
use crate::scope::{Pattern, ScopeSet, Vocabulary};

pub(super) const KEYS: &[&str] = &[
    "provider",
    "variables",
    "client_kind",
    "secret_not_needed_for",
    "discovery",
    "pkce",
    "scope_separator",
    "scope_parameter",
    "device_scope_parameter",
    "optional_scopes",
    "scopes_by_app",
    "granted_from",
    "scope_aliases",
    "scope_implies",
    "always_granted",
    "cumulative_scopes",
    "token_at",
    "token_format",
    "authorization_parameters",
    "token_parameters",
    "refresh_parameters",
    "refresh_endpoint",
    "refresh_sends_redirect_uri",
    "revocation",
    "revocation_request",
    "id_token_issuer",
    "facts",
    "api_from",
    "api_domains",
    "token_header",
    "api_headers",
    "rotation",
    "errors",
];

/// Parameters that the protocol sets: a manifest must not replace them.
const PROTOCOL_PARAMETERS: &[&str] = &[
    "assertion",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "dpop_jkt",
    "grant_type",
    "nonce",
    "password",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "response_type",
    "scope",
    "state",
    "subject_token",
    "token",
    "username",
];

/// Parses the dialect.
pub(super) fn dialect(reader: &mut TomlReader, table: &DeTable<'_>) -> Dialect {
    let default = Dialect::default();
    let text = |reader: &mut TomlReader, key: &str| reader.string(table, key).map(|(text, _)| text.to_owned());
    let granted_from = table.get("granted_from").map(|value| reader.strings(value, "`granted_from`"));
    let granted_from = granted_from.unwrap_or_default().into_iter();
    Dialect {
        title: None,
        discovery: table.get("discovery").is_none() || flag(reader, table, "discovery"),
        pkce: choice(reader, table, "pkce", Pkce::ALL, Pkce::as_str),
        scope_separator: separator(reader, table).unwrap_or(default.scope_separator),
        scope_parameter: parameter(reader, table, "scope_parameter").unwrap_or(default.scope_parameter),
        device_scope_parameter: parameter(reader, table, "device_scope_parameter"),
        optional_scopes: scopes(reader, table, "optional_scopes"),
        scopes_by_app: flag(reader, table, "scopes_by_app"),
        granted_from: granted_from.filter_map(|(text, span)| place(reader, text, span)).collect(),
        token_at: pointer(reader, table, "token_at").unwrap_or_default(),
        token_format: choice(reader, table, "token_format", TokenFormat::ALL, TokenFormat::as_str)
            .unwrap_or(default.token_format),
        authorization_parameters: parameters(reader, table, "authorization_parameters"),
        token_parameters: parameters(reader, table, "token_parameters"),
        refresh_parameters: parameters(reader, table, "refresh_parameters"),
        refresh_endpoint: reader.string(table, "refresh_endpoint").and_then(|text| reader.url(text, secure_url)),
        refresh_sends_redirect_uri: flag(reader, table, "refresh_sends_redirect_uri"),
        revocation: choice(reader, table, "revocation", RevocationReach::ALL, RevocationReach::as_str)
            .unwrap_or(default.revocation),
        revocation_request: choice(
            reader,
            table,
            "revocation_request",
            RevocationRequest::ALL,
            RevocationRequest::as_str,
        )
        .unwrap_or(default.revocation_request),
        id_token_issuer: text(reader, "id_token_issuer"),
        facts: strings(reader, table, "facts")
            .into_iter()
            .filter_map(|(name, text, span)| Some((name, place(reader, &text, span)?)))
            .collect(),
        api_from: text(reader, "api_from"),
        api_domains: api_domains(reader, table),
        token_header: field(reader, table),
        api_headers: api_headers(reader, table),
        rotation: rotation(reader, table),
        errors: errors(reader, table),
        vocabulary: vocabulary(reader, table),
    }
}

fn choice<T: Copy>(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    key: &str,
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> Option<T> {
    let (text, span) = reader.string(table, key)?;
    one_of(reader, text, span, &format!("value of `{key}`"), all.iter().map(|each| (name(*each), *each)))
}

fn scopes(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> ScopeSet {
    let what = format!("`{key}`");
    table.get(key).map(|value| reader.scopes(value, &what)).unwrap_or_default()
}

fn place(reader: &mut TomlReader, text: &str, span: Range<usize>) -> Option<Place> {
    Place::parse(text)
        .map_err(|error| {
            let help = "valid places: response:POINTER, redirect:NAME, header:NAME, get:URL POINTER, none";
            reader.report_with_help(&VALUE_WRONG, span, error, help);
        })
        .ok()
}

fn separator(reader: &mut TomlReader, table: &DeTable<'_>) -> Option<char> {
    let (text, span) = reader.string(table, "scope_separator")?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one @ (' ' | ',' | '+' | ';' | '|')), None) => Some(one),
        _ => {
            reader.report_with_help(
                &VALUE_WRONG,
                span,
                format!("`{text}` is not a valid separator"),
                "valid separators: space, `,`, `+`, `;` and `|`",
            );
            None
        }
    }
}

/// Parses the name of a request parameter that may carry scopes.
fn parameter(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Option<String> {
    let (text, span) = reader.string(table, key)?;
    if text != "scope" && !is_free(text) {
        reader.report(&VALUE_WRONG, span, format!("`{text}` is not a valid name for the parameter with the scopes"));
        return None;
    }
    Some(text.to_owned())
}

/// Whether a parameter is not set by the protocol.
fn is_free(name: &str) -> bool {
    let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"&=#%+\"\\".contains(&byte));
    valid && !PROTOCOL_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

fn pointer(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Option<String> {
    let (text, span) = reader.string(table, key)?;
    if !text.is_empty() && !text.starts_with('/') {
        let help = "write it like `/authed_user` (RFC 6901)";
        reader.report_with_help(&VALUE_WRONG, span, format!("`{text}` is not a valid JSON Pointer"), help);
        return None;
    }
    Some(text.to_owned())
}

/// Reads a table of strings: name, value, position of the value.
fn strings(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Vec<(String, String, Range<usize>)> {
    let Some(found) = table.get(key).and_then(|value| reader.table(value, &format!("`{key}`"))) else {
        return Vec::new();
    };
    let mut strings = Vec::new();
    for member in members(found) {
        match member.value.get_ref().as_str() {
            Some(text) => strings.push((member.key.to_owned(), text.to_owned(), member.value.span())),
            None => {
                let kind = member.value.get_ref().type_str();
                let message = format!("`{}` in `{key}` must be a string, found {kind}", member.key);
                reader.report(&VALUE_WRONG, member.value.span(), message);
            }
        }
    }
    strings
}

/// Parses additional parameters of a request.
fn parameters(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    for (name, value, span) in strings(reader, table, key) {
        if is_free(&name) {
            parameters.push((name, value));
        } else {
            let message = format!("`{key}` must not contain `{name}`");
            let help = "the protocol sets this parameter; other keys of the client change it";
            reader.report_with_help(&VALUE_WRONG, span, message, help);
        }
    }
    parameters
}

/// Whether a header field may be set: it does not decide where a request goes, or how long it is.
fn is_free_field(name: &str) -> bool {
    const FIXED: &[&str] =
        &["authorization", "connection", "content-length", "cookie", "host", "te", "transfer-encoding", "upgrade"];
    http::HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| !FIXED.contains(&name.as_str()))
}

/// Parses the domains of an API.
fn api_domains(reader: &mut TomlReader, table: &DeTable<'_>) -> Vec<String> {
    let given = table.get("api_domains").map(|value| reader.strings(value, "`api_domains`")).unwrap_or_default();
    let mut domains = Vec::new();
    for (text, span) in given {
        match url::Host::parse(text) {
            Ok(url::Host::Domain(domain)) if !domain.starts_with('.') && !domain.ends_with('.') => domains.push(domain),
            _ => {
                let help = "write it like `example.com`; its subdomains are included";
                reader.report_with_help(&VALUE_WRONG, span, format!("`{text}` is not a valid domain"), help);
            }
        }
    }
    domains
}

fn field(reader: &mut TomlReader, table: &DeTable<'_>) -> Option<String> {
    let (name, span) = reader.string(table, "token_header")?;
    if !is_free_field(name) {
        reader.report(&VALUE_WRONG, span, format!("`{name}` is not a valid header field for a token"));
        return None;
    }
    Some(name.to_owned())
}

fn api_headers(reader: &mut TomlReader, table: &DeTable<'_>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, value, span) in strings(reader, table, "api_headers") {
        if is_free_field(&name) && http::HeaderValue::from_str(&value).is_ok() {
            headers.push((name, value));
        } else {
            reader.report(&VALUE_WRONG, span, format!("`api_headers` must not contain `{name}` with this value"));
        }
    }
    headers
}

fn rotation(reader: &mut TomlReader, table: &DeTable<'_>) -> Rotation {
    let Some(found) = table.get("rotation").and_then(|value| reader.table(value, "`rotation`")) else {
        return Rotation::default();
    };
    reader.reject_unknown_keys(found, &["single_use", "grace", "idle", "absolute"]);
    Rotation {
        single_use: flag(reader, found, "single_use"),
        grace: seconds(reader, found, "grace"),
        idle: seconds(reader, found, "idle"),
        absolute: seconds(reader, found, "absolute"),
    }
}

fn errors(reader: &mut TomlReader, table: &DeTable<'_>) -> Vec<(String, Explanation)> {
    let Some(found) = table.get("errors").and_then(|value| reader.table(value, "`errors`")) else {
        return Vec::new();
    };
    let mut errors = Vec::new();
    for member in members(found) {
        let Some(each) = reader.table(member.value, &format!("`errors.{}`", member.key)) else { continue };
        reader.reject_unknown_keys(each, &["cause", "fix"]);
        let mut text = |key: &str| reader.string(each, key).map(|(text, _)| text.to_owned()).unwrap_or_default();
        errors.push((member.key.to_owned(), Explanation { cause: text("cause"), fix: text("fix") }));
    }
    errors
}

fn vocabulary(reader: &mut TomlReader, table: &DeTable<'_>) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for (granted, requested, _) in strings(reader, table, "scope_aliases") {
        vocabulary.add_alias(&granted, &requested);
    }
    for pattern in patterns(reader, table, "always_granted") {
        vocabulary.add_always_granted(pattern);
    }
    for pattern in patterns(reader, table, "cumulative_scopes") {
        vocabulary.add_cumulative(pattern);
    }
    if let Some(found) = table.get("scope_implies").and_then(|value| reader.table(value, "`scope_implies`")) {
        for member in members(found) {
            let implied = pattern_list(reader, member.value, "`scope_implies`");
            if let Some(scope) = reader.scope(member.key, member.span.clone()) {
                vocabulary.add_implication(scope, implied);
            }
        }
    }
    vocabulary
}

fn patterns(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Vec<Pattern> {
    table.get(key).map(|value| pattern_list(reader, value, &format!("`{key}`"))).unwrap_or_default()
}

fn pattern_list(reader: &mut TomlReader, value: &Value<'_>, what: &str) -> Vec<Pattern> {
    let mut found = Vec::new();
    for (text, span) in reader.strings(value, what) {
        match Pattern::parse(text) {
            Ok(pattern) => found.push(pattern),
            Err(error) => reader.report(&VALUE_WRONG, span, error.to_string()),
        }
    }
    found
}
