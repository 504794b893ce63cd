//! Parser of `[client.NAME]`: issuer, grants, client authentication and ceiling.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use toml::de::{DeTable, DeValue};

use super::client::{
    AudienceParameter, Client, ClientAuthentication, GrantType, Narrowing, RedirectUri, SecretReference,
};
use super::dialect::{ClientKind, Dialect, Rotation};
use super::findings::{KEY_MISSING, SECRET_LITERAL, SECRET_PATH, VALUE_WRONG};
use super::issuer::{Issuer, secure_url};
use super::parse_dialect;
use super::providers::{self, Provider};
use super::toml_reader::{TomlReader, Value, members};
use super::values::{flag, one_of, seconds};
use crate::scope::Acceptance;

/// Keys of a client, without those in [`parse_dialect::KEYS`].
pub(super) const KEYS: &[&str] = &[
    "issuer",
    "client_id",
    "grants",
    "may_request",
    "approvers",
    "always_request",
    "accept_granted",
    "narrow",
    "max_lifetime",
    "secret",
    "authentication",
    "key",
    "key_id",
    "certificate",
    "redirect_uri",
    "audience_parameter",
    "pushed",
    "dpop",
    "prompt",
    "acr_values",
    "max_age",
    "authorization_details",
    "assertion",
    "subject",
    "identity_provider",
    "metadata",
];

/// Metadata that a manifest may add to a server's: endpoints, arrays of names, booleans.
const METADATA: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "device_authorization_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
    "jwks_uri",
    "code_challenge_methods_supported",
    "token_endpoint_auth_methods_supported",
    "grant_types_supported",
    "scopes_supported",
    "authorization_response_iss_parameter_supported",
];

/// Parses a client. `None` if it has no issuer or no client identifier: that is reported.
pub(super) fn client(
    reader: &mut TomlReader,
    name: String,
    table: &DeTable<'_>,
    span: &Range<usize>,
) -> Option<Client> {
    let known: Vec<&str> = KEYS.iter().chain(parse_dialect::KEYS).copied().collect();
    reader.reject_unknown_keys(table, &known);
    let completion = providers::complete(reader, table);
    if table.contains_key("provider") && completion.is_none() {
        return None;
    }
    let provider = completion.as_ref().map(|completion| completion.provider);
    let table = completion.as_ref().map_or(table, |completion| &completion.table);
    if provider.is_none()
        && let Some(variables) = table.get("variables")
    {
        reader.report(&VALUE_WRONG, variables.span(), "`variables` requires `provider`");
    }
    let issuer = reader.required_string(table, "issuer", span).and_then(|text| reader.url(text, Issuer::parse));
    let client_id = reader.required_string(table, "client_id", span).map(|(text, _)| text.to_owned());
    let mut grants = Vec::new();
    for (text, span) in table.get("grants").map(|value| reader.strings(value, "`grants`")).unwrap_or_default() {
        let known = GrantType::ALL.iter().map(|grant| (grant.as_str(), *grant));
        grants.extend(one_of(reader, text, span, "grant", known));
    }
    if table.get("grants").is_none() {
        grants.push(GrantType::AuthorizationCode);
    }
    let lacks_secret = limit_grants(reader, table, &mut grants, provider, span);
    let dialect = dialect(reader, table, provider, issuer.as_ref());
    let authentication = reader.string(table, "authentication").and_then(|(text, span)| {
        let known = ClientAuthentication::ALL.iter().map(|method| (method.as_str(), *method));
        one_of(reader, text, span, "client authentication method", known)
    });
    let audience_parameter = reader.string(table, "audience_parameter").and_then(|(text, span)| {
        let known = AudienceParameter::ALL.iter().map(|parameter| (parameter.as_str(), *parameter));
        one_of(reader, text, span, "audience parameter", known)
    });
    let redirect_uri = reader.string(table, "redirect_uri").and_then(|text| reader.url(text, RedirectUri::parse));
    let certificate = reader.string(table, "certificate").and_then(|(path, span)| inside(reader, path, span));
    let text = |reader: &mut TomlReader, key: &str| reader.string(table, key).map(|(text, _)| text.to_owned());
    let client = Client {
        may_request: table.get("may_request").map(|value| reader.scopes(value, "`may_request`")),
        approvers: text(reader, "approvers"),
        always_request: table
            .get("always_request")
            .map(|value| reader.scopes(value, "`always_request`"))
            .unwrap_or_default(),
        accept_granted: table.get("accept_granted").map(|value| acceptance(reader, value)).unwrap_or_default(),
        narrow: table.get("narrow").and_then(|value| narrowing(reader, value)),
        max_lifetime: seconds(reader, table, "max_lifetime"),
        secret: table.get("secret").and_then(|value| secret(reader, value)),
        key: table.get("key").and_then(|value| secret(reader, value)),
        key_id: text(reader, "key_id"),
        pushed: flag(reader, table, "pushed"),
        dpop: flag(reader, table, "dpop"),
        prompt: text(reader, "prompt"),
        acr_values: text(reader, "acr_values"),
        max_age: seconds(reader, table, "max_age"),
        authorization_details: table.get("authorization_details").and_then(|value| details(reader, value)),
        assertion: table.get("assertion").and_then(|value| secret(reader, value)),
        subject: text(reader, "subject"),
        identity_provider: text(reader, "identity_provider"),
        metadata: table.get("metadata").map(|value| metadata(reader, value)).unwrap_or_default(),
        provider: provider.map(|provider| provider.name.to_owned()),
        dialect: Arc::new(dialect),
        span: span.clone(),
        name,
        issuer: issuer?,
        client_id: client_id?,
        grants,
        authentication: if lacks_secret { Some(ClientAuthentication::None) } else { authentication },
        certificate,
        redirect_uri,
        audience_parameter: audience_parameter.unwrap_or(AudienceParameter::Resource),
    };
    let is_public = table.get("client_kind").and_then(|value| value.get_ref().as_str()) == Some("public");
    require_keys(reader, &client, is_public, span);
    Some(client)
}

/// Reads the dialect: the client's own, or what is known about its issuer.
fn dialect(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    provider: Option<&Provider>,
    issuer: Option<&Issuer>,
) -> Dialect {
    let mut dialect = parse_dialect::dialect(reader, table);
    match (provider, issuer) {
        (Some(provider), _) => {
            dialect.title = Some(provider.about.title.clone());
            dialect.vocabulary.add_universal(providers::universal_vocabulary());
        }
        (None, Some(issuer)) => {
            let known = providers::dialect_of(issuer.as_str());
            dialect.vocabulary.extend(known.vocabulary);
            dialect.errors.extend(known.errors);
            dialect.title = known.title;
            if dialect.rotation == Rotation::default() {
                dialect.rotation = known.rotation;
            }
        }
        (None, None) => {}
    }
    dialect
}

/// Removes the grants that a confidential client can't use without its secret; reports it if none is left. Returns
/// whether the secret is missing.
fn limit_grants(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    grants: &mut Vec<GrantType>,
    provider: Option<&Provider>,
    span: &Range<usize>,
) -> bool {
    let kind = reader.string(table, "client_kind").and_then(|(text, span)| {
        let known = ClientKind::ALL.iter().map(|kind| (kind.as_str(), *kind));
        one_of(reader, text, span, "kind of client", known)
    });
    let known = || GrantType::ALL.iter().map(|grant| (grant.as_str(), *grant));
    let mut without = Vec::new();
    let listed = table.get("secret_not_needed_for").map(|value| reader.strings(value, "`secret_not_needed_for`"));
    for (text, span) in listed.unwrap_or_default() {
        without.extend(one_of(reader, text, span, "grant", known()));
    }
    let has_secret = table.contains_key("secret") || table.contains_key("key");
    if kind != Some(ClientKind::Confidential) || has_secret {
        return false;
    }
    grants.retain(|grant| without.contains(grant));
    if grants.is_empty() {
        let who = provider.map_or("a confidential client", |provider| provider.about.title.as_str());
        let message = format!("{who} requires `secret`");
        let help = "refer to it: { env = \"NAME\" }, { file = \"path\" } or { keyring = true }";
        reader.report_with_help(&KEY_MISSING, span.clone(), message, help);
    }
    true
}

/// Reports keys that the client authentication or a grant requires but that are missing.
fn require_keys(reader: &mut TomlReader, client: &Client, is_public: bool, span: &Range<usize>) {
    use ClientAuthentication::{Basic, PrivateKeyJwt, SecretJwt};
    let mut require = |what: &str, key: &str, present: bool| {
        if !present {
            reader.report(&KEY_MISSING, span.clone(), format!("`{what}` requires `{key}`"));
        }
    };
    if let Some(method) = client.authentication {
        // without a secret an empty one is sent, which some servers expect from public clients
        if method == SecretJwt || (method == Basic && !is_public) {
            require(method.as_str(), "secret", client.secret.is_some());
        }
        if method == PrivateKeyJwt || method.is_tls() {
            require(method.as_str(), "key", client.key.is_some());
        }
        if method.is_tls() {
            require(method.as_str(), "certificate", client.certificate.is_some());
        }
    }
    if client.grants.contains(&GrantType::JwtBearer) {
        let has_assertion = client.assertion.is_some() || client.key.is_some() || client.identity_provider.is_some();
        require("jwt_bearer", "assertion`, `key` or `identity_provider", has_assertion);
    }
    if client.identity_provider.is_some() && !client.grants.contains(&GrantType::JwtBearer) {
        require("identity_provider", "grants = [\"jwt_bearer\"]", false);
    }
}

/// Reports each `identity_provider` that does not name a client that signs users in.
pub(super) fn check_identity_providers(reader: &mut TomlReader, tables: &DeTable<'_>, clients: &[Client]) {
    for client in clients {
        let table = tables.get(client.name.as_str()).and_then(|value| value.get_ref().as_table());
        let Some((name, span)) = table.and_then(|table| reader.string(table, "identity_provider")) else { continue };
        let message = match clients.iter().find(|known| known.name == name) {
            Some(provider) if provider.grants.iter().any(|grant| grant.needs_user()) => continue,
            Some(_) => format!("client `{name}` has no grant with a sign-in"),
            // it has faults of its own, which are reported
            None if tables.contains_key(name) => continue,
            None => format!("`{name}` is not a client of this manifest"),
        };
        let help = "name a `[client.NAME]` at the identity provider that has the grant `authorization_code`";
        reader.report_with_help(&VALUE_WRONG, span, message, help);
    }
}

/// Parses `accept_granted`: `"any"`, or an array of scopes.
fn acceptance(reader: &mut TomlReader, value: &Value<'_>) -> Acceptance {
    match value.get_ref().as_str() {
        Some("any") => Acceptance::Any,
        Some(text) => {
            let message = format!("`{text}` is not a valid value of `accept_granted`");
            let help = format!("write an array of scopes, as in [\"{text}\"], or \"any\"");
            reader.report_with_help(&VALUE_WRONG, value.span(), message, help);
            Acceptance::default()
        }
        None => Acceptance::Scopes(reader.scopes(value, "`accept_granted`")),
    }
}

/// Parses `narrow`: `"refresh"`, `"exchange"` or `false`.
fn narrowing(reader: &mut TomlReader, value: &Value<'_>) -> Option<Narrowing> {
    if value.get_ref().as_bool() == Some(false) {
        return Some(Narrowing::Never);
    }
    let named = |name: &str| Narrowing::NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, method)| method);
    let found = value.get_ref().as_str().and_then(named);
    if found.is_none() {
        let message = "`narrow` must be \"refresh\", \"exchange\" or false";
        let help = "omit it to narrow only if the server is known to keep the grant";
        reader.report_with_help(&VALUE_WRONG, value.span(), message, help);
    }
    found
}

/// Parses `authorization_details` (RFC 9396 §2): an array of objects, each with a `type`.
fn details(reader: &mut TomlReader, value: &Value<'_>) -> Option<Json> {
    let help = "write an array of tables, as in [{ type = \"payment\" }]";
    let items = value.get_ref().as_array().map(|items| items.iter().collect::<Vec<_>>()).unwrap_or_default();
    let typed = |item: &&Value<'_>| {
        item.get_ref().as_table().and_then(|table| table.get("type")).is_some_and(|kind| kind.get_ref().is_str())
    };
    if items.is_empty() || !items.iter().all(typed) {
        reader.report_with_help(
            &VALUE_WRONG,
            value.span(),
            "each element of `authorization_details` must have a `type`",
            help,
        );
        return None;
    }
    let json = json(value.get_ref());
    if json.is_none() {
        reader.report(&VALUE_WRONG, value.span(), "`authorization_details` contains a value that JSON can't represent");
    }
    json
}

fn metadata(reader: &mut TomlReader, value: &Value<'_>) -> Map<String, Json> {
    let mut known = Map::new();
    let Some(table) = reader.table(value, "`metadata`") else { return known };
    reader.reject_unknown_keys(table, METADATA);
    for member in members(table) {
        let wrong = match (member.value.get_ref(), member.key) {
            // of any origin: `trust` shows it, and asks again when it changes
            (DeValue::String(text), key) if key.ends_with("_endpoint") || key == "jwks_uri" => secure_url(text).err(),
            (DeValue::Array(items), key) if key.ends_with("s_supported") => {
                items.iter().any(|item| !item.get_ref().is_str()).then(|| format!("`{key}` must contain only strings"))
            }
            (DeValue::Boolean(_), "authorization_response_iss_parameter_supported") => None,
            (other, key) => Some(format!("`{key}` has the wrong type: {}", other.type_str())),
        };
        match (wrong, json(member.value.get_ref())) {
            (None, Some(value)) => {
                known.insert(member.key.to_owned(), value);
            }
            (Some(wrong), _) => reader.report(&VALUE_WRONG, member.value.span(), wrong),
            (None, None) => {}
        }
    }
    known
}

/// Converts a value to JSON; `None` for a date and for a number that JSON can't represent. The TOML parser bounds the
/// depth.
fn json(value: &DeValue<'_>) -> Option<Json> {
    Some(match value {
        DeValue::String(text) => Json::from(text.as_ref()),
        DeValue::Integer(number) => Json::from(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => Json::from(number.as_str().parse::<f64>().ok().filter(|number| number.is_finite())?),
        DeValue::Boolean(flag) => Json::Bool(*flag),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => Json::Array(items.iter().map(|item| json(item.get_ref())).collect::<Option<_>>()?),
        DeValue::Table(table) => {
            let members = members(table);
            let one = |member: &super::toml_reader::Member<'_, '_>| {
                json(member.value.get_ref()).map(|value| (member.key.to_owned(), value))
            };
            Json::Object(members.iter().map(one).collect::<Option<_>>()?)
        }
    })
}

/// Checks that a path stays inside the manifest's directory.
fn inside(reader: &mut TomlReader, path: &str, span: Range<usize>) -> Option<String> {
    let outside = path.is_empty()
        || path.starts_with(['/', '\\', '~'])
        || path.contains(':')
        || path.split(['/', '\\']).any(|part| part == "..");
    if outside {
        let message = format!("`{path}` is outside the manifest's directory");
        reader.report_with_help(&SECRET_PATH, span, message, "write a path relative to that directory, without `..`");
        return None;
    }
    Some(path.to_owned())
}

/// Parses a reference to a secret. Any other value is never repeated: it may be the secret.
fn secret(reader: &mut TomlReader, value: &Value<'_>) -> Option<SecretReference> {
    let help = "refer to it: { env = \"NAME\" }, { file = \"path\" } or { keyring = true }";
    let Some(table) = value.get_ref().as_table() else {
        // the span is empty, so that the rendered line does not show the secret
        let start = value.span().start;
        reader.report_with_help(&SECRET_LITERAL, start..start, "a secret must not be written in the manifest", help);
        return None;
    };
    reader.reject_unknown_keys(table, &["env", "file", "keyring"]);
    if table.len() != 1 {
        reader.report_with_help(&VALUE_WRONG, value.span(), "a secret must have exactly one source", help);
        return None;
    }
    if let Some((name, _)) = reader.string(table, "env") {
        return Some(SecretReference::Env(name.to_owned()));
    }
    if let Some((path, span)) = reader.string(table, "file") {
        return inside(reader, path, span).map(SecretReference::File);
    }
    let keyring = table.get("keyring")?;
    if keyring.get_ref().as_bool() != Some(true) {
        reader.report(&VALUE_WRONG, keyring.span(), "`keyring` must be true or omitted");
    }
    Some(SecretReference::Keyring)
}
