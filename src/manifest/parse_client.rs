//! `[client.NAME]`: who asks, how, and up to which ceiling.

use std::ops::Range;

use toml::de::DeTable;

use super::findings::{SECRET_LITERAL, SECRET_PATH, VALUE_WRONG};
use super::model::{AudienceParameter, Client, GrantType, Issuer, SecretReference};
use super::reader::{Reader, Value};

const KEYS: &[&str] =
    &["issuer", "client_id", "grants", "may_request", "max_lifetime", "secret", "redirect_port", "audience_parameter"];

/// Reads one client. `None` when it has no issuer or no identifier: that was noted.
pub(super) fn client(reader: &mut Reader, name: String, table: &DeTable<'_>, span: &Range<usize>) -> Option<Client> {
    reader.only(table, KEYS);
    let issuer = reader.required(table, "issuer", span).and_then(|text| reader.url(text, Issuer::parse));
    let client_id = reader.required(table, "client_id", span).map(|(text, _)| text.to_owned());
    let mut grants = Vec::new();
    for (text, span) in table.get("grants").map(|value| reader.texts(value, "`grants`")).unwrap_or_default() {
        match GrantType::ALL.into_iter().find(|grant| grant.as_str() == text) {
            Some(grant) => grants.push(grant),
            None => {
                let known: Vec<&str> = GrantType::ALL.iter().map(|grant| grant.as_str()).collect();
                let help = format!("known are {}", known.join(", "));
                reader.wrong_with_help(&VALUE_WRONG, span, format!("`{text}` is no grant"), help);
            }
        }
    }
    if table.get("grants").is_none() {
        grants.push(GrantType::AuthorizationCode);
    }
    let may_request = table.get("may_request").map(|value| reader.scopes(value, "`may_request`", |_, _, _| {}));
    let max_lifetime = reader.text(table, "max_lifetime").and_then(|(text, span)| {
        let seconds = duration(text);
        if seconds.is_none() {
            let message = format!("`{text}` is no duration");
            reader.wrong_with_help(&VALUE_WRONG, span, message, "write it as `30m`, `8h`, `7d` or `1h30m`");
        }
        seconds
    });
    let audience_parameter = match reader.text(table, "audience_parameter") {
        None | Some(("resource", _)) => AudienceParameter::Resource,
        Some(("audience", _)) => AudienceParameter::Audience,
        Some(("none", _)) => AudienceParameter::None,
        Some((text, span)) => {
            reader.wrong_with_help(&VALUE_WRONG, span, format!("`{text}` is none"), "write resource, audience or none");
            AudienceParameter::None
        }
    };
    let redirect_port = table.get("redirect_port").and_then(|value| {
        let port =
            value.get_ref().as_integer().and_then(|number| u16::from_str_radix(number.as_str(), number.radix()).ok());
        if port.is_none_or(|port| port == 0) {
            reader.wrong(&VALUE_WRONG, value.span(), "`redirect_port` is a port from 1 to 65535");
        }
        port
    });
    let secret = table.get("secret").and_then(|value| secret(reader, value));
    let (issuer, client_id) = (issuer?, client_id?);
    Some(Client {
        name,
        issuer,
        client_id,
        grants,
        may_request,
        max_lifetime,
        secret,
        redirect_port,
        audience_parameter,
    })
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
        let outside = path.is_empty()
            || path.starts_with(['/', '\\', '~'])
            || path.contains(':')
            || path.split(['/', '\\']).any(|part| part == "..");
        if outside {
            let message = format!("the file `{path}` is not inside the manifest's folder");
            reader.wrong_with_help(&SECRET_PATH, span, message, "write a path relative to it, without `..`");
            return None;
        }
        return Some(SecretReference::File(path.to_owned()));
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
