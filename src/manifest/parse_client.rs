//! `[client.NAME]`: who asks, how, and up to which ceiling.

use std::ops::Range;

use serde_json::{Map, Value as Json};
use toml::de::{DeTable, DeValue};

use super::client::{
    AudienceParameter, Client, ClientAuthentication, GrantType, Narrowing, RedirectUri, SecretReference,
};
use super::findings::{KEY_MISSING, SECRET_LITERAL, SECRET_PATH, VALUE_WRONG};
use super::issuer::{Issuer, secure_url};
use super::reader::{Reader, Value, members};
use crate::scope::Acceptance;

pub(super) const KEYS: &[&str] = &[
    "issuer",
    "client_id",
    "grants",
    "may_request",
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
    "metadata",
];

/// What a manifest may add to a server's metadata: endpoints of the issuer's origin, lists of names, yes or no.
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

/// Reads one client. `None` when it has no issuer or no identifier: that was noted.
pub(super) fn client(reader: &mut Reader, name: String, table: &DeTable<'_>, span: &Range<usize>) -> Option<Client> {
    reader.only(table, KEYS);
    let issuer = reader.required(table, "issuer", span).and_then(|text| reader.url(text, Issuer::parse));
    let client_id = reader.required(table, "client_id", span).map(|(text, _)| text.to_owned());
    let mut grants = Vec::new();
    for (text, span) in table.get("grants").map(|value| reader.texts(value, "`grants`")).unwrap_or_default() {
        let known = GrantType::ALL.iter().map(|grant| (grant.as_str(), *grant));
        grants.extend(one_of(reader, text, span, "grant", known));
    }
    if table.get("grants").is_none() {
        grants.push(GrantType::AuthorizationCode);
    }
    let authentication = reader.text(table, "authentication").and_then(|(text, span)| {
        let known = ClientAuthentication::ALL.iter().map(|method| (method.as_str(), *method));
        one_of(reader, text, span, "client authentication", known)
    });
    let audience_parameter = reader.text(table, "audience_parameter").and_then(|(text, span)| {
        let known = AudienceParameter::ALL.iter().map(|parameter| (parameter.as_str(), *parameter));
        one_of(reader, text, span, "parameter for the audience", known)
    });
    let redirect_uri = reader.text(table, "redirect_uri").and_then(|text| reader.url(text, RedirectUri::parse));
    let certificate = reader.text(table, "certificate").and_then(|(path, span)| inside(reader, path, span));
    let text = |reader: &mut Reader, key: &str| reader.text(table, key).map(|(text, _)| text.to_owned());
    let client = Client {
        may_request: table.get("may_request").map(|value| reader.scopes(value, "`may_request`", |_, _, _| {})),
        always_request: table
            .get("always_request")
            .map(|value| reader.scopes(value, "`always_request`", |_, _, _| {}))
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
        metadata: table.get("metadata").map(|value| metadata(reader, value, issuer.as_ref())).unwrap_or_default(),
        span: span.clone(),
        name,
        issuer: issuer?,
        client_id: client_id?,
        grants,
        authentication,
        certificate,
        redirect_uri,
        audience_parameter: audience_parameter.unwrap_or(AudienceParameter::Resource),
    };
    complete(reader, &client, span);
    Some(client)
}

/// Notes what a way to prove who the client is, or a grant, needs and does not have.
fn complete(reader: &mut Reader, client: &Client, span: &Range<usize>) {
    use ClientAuthentication::{Basic, PrivateKeyJwt, SecretJwt};
    let mut needs = |what: &str, key: &str, present: bool| {
        if !present {
            reader.wrong(&KEY_MISSING, span.clone(), format!("`{what}` needs `{key}`"));
        }
    };
    if let Some(method) = client.authentication {
        // `client_secret_post` without a secret sends an empty one, as some servers want it of public clients
        if matches!(method, Basic | SecretJwt) {
            needs(method.as_str(), "secret", client.secret.is_some());
        }
        if method == PrivateKeyJwt || method.is_tls() {
            needs(method.as_str(), "key", client.key.is_some());
        }
        if method.is_tls() {
            needs(method.as_str(), "certificate", client.certificate.is_some());
        }
    }
    if client.grants.contains(&GrantType::JwtBearer) {
        needs("jwt_bearer", "assertion` or `key", client.assertion.is_some() || client.key.is_some());
    }
}

fn one_of<T>(
    reader: &mut Reader,
    text: &str,
    span: Range<usize>,
    what: &str,
    known: impl Iterator<Item = (&'static str, T)>,
) -> Option<T> {
    let mut names = Vec::new();
    for (name, value) in known {
        if name == text {
            return Some(value);
        }
        names.push(name);
    }
    let help = format!("known are {}", names.join(", "));
    reader.wrong_with_help(&VALUE_WRONG, span, format!("`{text}` is no {what}"), help);
    None
}

/// `"any"`, or a list of scopes.
fn acceptance(reader: &mut Reader, value: &Value<'_>) -> Acceptance {
    match value.get_ref().as_str() {
        Some("any") => Acceptance::Any,
        Some(text) => {
            let message = format!("`{text}` is not `\"any\"`");
            let help = format!("write a list of scopes, as in [\"{text}\"], or \"any\"");
            reader.wrong_with_help(&VALUE_WRONG, value.span(), message, help);
            Acceptance::default()
        }
        None => Acceptance::Scopes(reader.scopes(value, "`accept_granted`", |_, _, _| {})),
    }
}

/// `"refresh"`, `"exchange"` or `false`.
fn narrowing(reader: &mut Reader, value: &Value<'_>) -> Option<Narrowing> {
    if value.get_ref().as_bool() == Some(false) {
        return Some(Narrowing::Never);
    }
    let named = |name: &str| Narrowing::NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, method)| method);
    let found = value.get_ref().as_str().and_then(named);
    if found.is_none() {
        let message = "`narrow` must be \"refresh\", \"exchange\" or false";
        let help = "leave it out to narrow only where that is known not to cost the grant";
        reader.wrong_with_help(&VALUE_WRONG, value.span(), message, help);
    }
    found
}

fn flag(reader: &mut Reader, table: &DeTable<'_>, key: &str) -> bool {
    let Some(value) = table.get(key) else { return false };
    let flag = value.get_ref().as_bool();
    if flag.is_none() {
        reader.wrong(&VALUE_WRONG, value.span(), format!("`{key}` is true or false"));
    }
    flag.unwrap_or_default()
}

fn seconds(reader: &mut Reader, table: &DeTable<'_>, key: &str) -> Option<u64> {
    let (text, span) = reader.text(table, key)?;
    let seconds = duration(text);
    if seconds.is_none() {
        let message = format!("`{text}` is no duration");
        reader.wrong_with_help(&VALUE_WRONG, span, message, "write it as `30m`, `8h`, `7d` or `1h30m`");
    }
    seconds
}

/// RFC 9396 §2: a list of objects, each with its `type`.
fn details(reader: &mut Reader, value: &Value<'_>) -> Option<Json> {
    let help = "write a list of tables, as in [{ type = \"payment\" }]";
    let items = value.get_ref().as_array().map(|items| items.iter().collect::<Vec<_>>()).unwrap_or_default();
    let typed = |item: &&Value<'_>| {
        item.get_ref().as_table().and_then(|table| table.get("type")).is_some_and(|kind| kind.get_ref().is_str())
    };
    if items.is_empty() || !items.iter().all(typed) {
        reader.wrong_with_help(&VALUE_WRONG, value.span(), "each of the authorization details has a `type`", help);
        return None;
    }
    let json = json(value.get_ref());
    if json.is_none() {
        reader.wrong(&VALUE_WRONG, value.span(), "the authorization details hold a value that JSON does not have");
    }
    json
}

fn metadata(reader: &mut Reader, value: &Value<'_>, issuer: Option<&Issuer>) -> Map<String, Json> {
    let mut known = Map::new();
    let Some(table) = reader.table(value, "`metadata`") else { return known };
    reader.only(table, METADATA);
    for member in members(table) {
        let wrong = match (member.value.get_ref(), member.key) {
            (DeValue::String(text), key) if key.ends_with("_endpoint") || key == "jwks_uri" => {
                // what the manifest says about a server may lead to no other server
                secure_url(text).err().or_else(|| {
                    let at_home = issuer
                        .is_none_or(|issuer| secure_url(text).is_ok_and(|url| url.origin() == issuer.url().origin()));
                    (!at_home).then(|| format!("`{text}` is not at the issuer's origin"))
                })
            }
            (DeValue::Array(items), key) if key.ends_with("s_supported") => {
                items.iter().any(|item| !item.get_ref().is_str()).then(|| format!("`{key}` holds texts"))
            }
            (DeValue::Boolean(_), "authorization_response_iss_parameter_supported") => None,
            (other, key) => Some(format!("`{key}` is not a {}", other.type_str())),
        };
        match (wrong, json(member.value.get_ref())) {
            (None, Some(value)) => {
                known.insert(member.key.to_owned(), value);
            }
            (Some(wrong), _) => reader.wrong(&VALUE_WRONG, member.value.span(), wrong),
            (None, None) => {}
        }
    }
    known
}

/// The same value in JSON; `None` for a date and for a number that JSON does not have. The depth is bounded by the
/// TOML parser's own.
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
            let one = |member: &super::reader::Member<'_, '_>| {
                json(member.value.get_ref()).map(|value| (member.key.to_owned(), value))
            };
            Json::Object(members.iter().map(one).collect::<Option<_>>()?)
        }
    })
}

/// A path below the manifest's folder.
fn inside(reader: &mut Reader, path: &str, span: Range<usize>) -> Option<String> {
    let outside = path.is_empty()
        || path.starts_with(['/', '\\', '~'])
        || path.contains(':')
        || path.split(['/', '\\']).any(|part| part == "..");
    if outside {
        let message = format!("the file `{path}` is not inside the manifest's folder");
        reader.wrong_with_help(&SECRET_PATH, span, message, "write a path relative to it, without `..`");
        return None;
    }
    Some(path.to_owned())
}

/// A reference to a secret. What stands there instead is never repeated: it may be the secret.
fn secret(reader: &mut Reader, value: &Value<'_>) -> Option<SecretReference> {
    let help = "refer to it: { env = \"NAME\" }, { file = \"path\" } or { keyring = true }";
    let Some(table) = value.get_ref().as_table() else {
        // the place is the key alone, so that the rendered line does not show the secret
        let start = value.span().start;
        reader.wrong_with_help(&SECRET_LITERAL, start..start, "a manifest holds no secret", help);
        return None;
    };
    reader.only(table, &["env", "file", "keyring"]);
    if table.len() != 1 {
        reader.wrong_with_help(&VALUE_WRONG, value.span(), "a secret has one place", help);
        return None;
    }
    if let Some((name, _)) = reader.text(table, "env") {
        return Some(SecretReference::Env(name.to_owned()));
    }
    if let Some((path, span)) = reader.text(table, "file") {
        return inside(reader, path, span).map(SecretReference::File);
    }
    let keyring = table.get("keyring")?;
    if keyring.get_ref().as_bool() != Some(true) {
        reader.wrong(&VALUE_WRONG, keyring.span(), "`keyring` is true or not there");
    }
    Some(SecretReference::Keyring)
}

/// Seconds of `90s`, `30m`, `8h`, `7d` and of several of them, each unit once, the largest first.
fn duration(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut last = u64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(end)?;
        let mut characters = after.chars();
        let unit = match characters.next()? {
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        last = unit;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = characters.as_str();
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("8h", Some(28_800)),
            ("30m", Some(1800)),
            ("1h30m", Some(5400)),
            ("7d", Some(604_800)),
            ("1s", Some(1)),
            ("", None),
            ("8", None),
            ("h", None),
            ("0h", None),
            ("1m1h", None),
            ("1h1h", None),
            ("-1h", None),
            ("99999999999999999999d", None),
            ("18446744073709551615d", None),
            ("8 h", None),
            ("8h\u{e9}", None),
        ] {
            assert_eq!(duration(text), seconds, "{text}");
        }
    }
}
