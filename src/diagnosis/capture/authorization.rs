//! What is wrong with an `Authorization` header as it was sent.

use super::super::model::AuthorizationFault;
use crate::printed::is_opaque;
use crate::token::is_removed;

/// Schemes whose credentials are a token.
const TOKEN_SCHEMES: &[&str] = &["bearer", "dpop", "token", "jwt", "oauth"];

/// Texts that programs print for a missing value, or for a value that is not a string.
const PRINTED: &[&str] = &[
    "%!s(<nil>)",
    "(null)",
    "<nil>",
    "[object object]",
    "[object promise]",
    "[object undefined]",
    "access_token",
    "accesstoken",
    "false",
    "function",
    "nan",
    "nil",
    "none",
    "null",
    "object",
    "promise { <pending> }",
    "system.object",
    "system.string",
    "system.string[]",
    "token",
    "true",
    "undefined",
    "void",
];

/// Length limit for a quoted placeholder, in bytes.
const MAX_QUOTED: usize = 64;

/// Returns the scheme of an `Authorization` header, if it has one.
pub(super) fn scheme(value: &str) -> Option<&str> {
    let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
    let is_name = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_name && !rest.trim().is_empty()).then_some(scheme)
}

/// Returns the fault of an `Authorization` header. The first that applies is returned; what was removed from the capture
/// (`***`, `[redacted]`) is not a fault.
pub(super) fn fault(value: &str) -> Option<AuthorizationFault> {
    let value = value.trim();
    let fault = |predicate: &str| Some(AuthorizationFault { predicate: predicate.to_owned(), holds_no_token: false });
    if value.is_empty() {
        return Some(AuthorizationFault { predicate: "is empty".to_owned(), holds_no_token: true });
    }
    if value.starts_with(['"', '\'', '`', '“', '”', '‘', '’']) {
        return fault("starts with a quotation mark");
    }
    if value.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("authorization:")) {
        return fault("repeats the name of the header");
    }
    let is_token_scheme = |word: &str| TOKEN_SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
    let Some((first, rest)) = value.split_once(char::is_whitespace) else {
        return alone(value);
    };
    if !is_token_scheme(first) {
        let bare = first.trim_end_matches([':', '=', ',', ';']);
        return (bare.len() < first.len() && is_token_scheme(bare))
            .then(|| fault("has punctuation after the scheme"))
            .flatten()
            .or_else(|| in_place_of_token(value));
    }
    let rest = rest.trim();
    if let Some(found) = in_place_of_token(rest) {
        return Some(found);
    }
    let next = rest.split(char::is_whitespace).next().unwrap_or_default();
    let repeated = next.trim_end_matches([':', ',']);
    if is_token_scheme(repeated) && next.len() < rest.len() {
        return Some(AuthorizationFault {
            predicate: match repeated.eq_ignore_ascii_case(first) {
                true => format!("has the scheme `{first}` twice"),
                false => format!("has two schemes, `{first}` and `{repeated}`"),
            },
            holds_no_token: false,
        });
    }
    if rest.starts_with(['"', '\'', '`', '“', '‘']) || rest.starts_with("b'") || rest.starts_with("b\"") {
        return fault("has quotation marks around the token");
    }
    if rest.starts_with('{') && rest.contains(':') {
        return fault("has a JSON document in place of a token");
    }
    if next.len() < rest.len() && next.len() > 8 && !is_removed(rest) {
        return fault("has white space inside the token");
    }
    if has_percent_code(rest) {
        return fault("has a percent-encoded token");
    }
    if rest.contains("\\n") || rest.contains("\\r") {
        return fault("has an escape sequence for a line break after the token");
    }
    None
}

/// Whether a text has a percent-encoded character; tokens have no percent sign (RFC 6750 section 2.1).
fn has_percent_code(text: &str) -> bool {
    let after = text.split('%').skip(1);
    after.filter_map(|rest| rest.get(..2)).any(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The fault of a value without white space: there is no scheme, or no token.
fn alone(value: &str) -> Option<AuthorizationFault> {
    let lower = value.to_ascii_lowercase();
    let bare = lower.trim_end_matches([':', '=', ',']);
    let named = |text: String, holds_no_token| Some(AuthorizationFault { predicate: text, holds_no_token });
    if TOKEN_SCHEMES.contains(&bare) && !matches!(bare, "token") {
        return named(format!("has no token after `{value}`"), true);
    }
    if let Some(found) = in_place_of_token(value) {
        return Some(found);
    }
    if is_removed(value) {
        return None;
    }
    match ["bearer", "dpop"].iter().find(|scheme| lower.starts_with(**scheme)) {
        Some(_) => named("has no space between the scheme and the token".to_owned(), false),
        None if value.len() >= 16 && value.is_ascii() => {
            named("has no scheme: `Bearer` is missing before the token".to_owned(), false)
        }
        None => None,
    }
}

/// A printed value or a placeholder where the token belongs.
fn in_place_of_token(text: &str) -> Option<AuthorizationFault> {
    let lower = text.to_ascii_lowercase();
    // Python prints an object as `<Token: …>`
    let is_object = text.starts_with('<') && text.ends_with('>') && text.contains(": ");
    let is_printed = PRINTED.contains(&lower.as_str()) || lower.starts_with("[object ") || is_object || is_opaque(text);
    let what = if is_printed {
        ""
    } else if is_placeholder(text) {
        "the placeholder "
    } else {
        return None;
    };
    let shown = text.get(..text.floor_char_boundary(MAX_QUOTED)).unwrap_or_default().replace('`', "'");
    Some(AuthorizationFault { predicate: format!("has {what}`{shown}` in place of a token"), holds_no_token: true })
}

/// Marks around the name of a variable in templates.
const ENCLOSING: &[(&str, &str)] = &[
    ("${{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("{{", "}}"),
    ("#{", "}"),
    ("{", "}"),
    ("%", "%"),
    ("<%=", "%>"),
    ("@{", "}"),
];

/// Whether a template or a shell should have replaced the text.
fn is_placeholder(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|at| at.is_ascii_alphanumeric() || matches!(at, '_' | '-' | '.' | ' ' | ':' | '(' | ')'))
    };
    let enclosed = |open: &str, close: &str| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|name| is_name(name.trim()))
    };
    let lower = text.to_ascii_lowercase();
    ENCLOSING.iter().any(|(open, close)| enclosed(open, close))
        || text.strip_prefix('$').is_some_and(|name| is_name(name) && !name.contains(['.', '-', ' ']))
        || matches!(text, "%s" | "%v" | "{0}" | "{}")
        || (text.len() < 48
            && lower.contains("your")
            && ["token", "key", "jwt"].iter().any(|word| lower.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_header_are_named() {
        let token = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln";
        for (value, predicate, holds_no_token) in [
            ("", "is empty", true),
            ("Bearer", "has no token after `Bearer`", true),
            ("Bearer undefined", "has `undefined` in place of a token", true),
            ("Bearer None", "has `None` in place of a token", true),
            ("Bearer [object Object]", "has `[object Object]` in place of a token", true),
            ("undefined", "has `undefined` in place of a token", true),
            ("Bearer ${TOKEN}", "has the placeholder `${TOKEN}` in place of a token", true),
            ("Bearer $TOKEN", "has the placeholder `$TOKEN` in place of a token", true),
            ("Bearer {{access_token}}", "has the placeholder `{{access_token}}` in place of a token", true),
            ("Bearer %ACCESS_TOKEN%", "has the placeholder `%ACCESS_TOKEN%` in place of a token", true),
            ("Bearer YOUR_ACCESS_TOKEN", "has the placeholder `YOUR_ACCESS_TOKEN` in place of a token", true),
            ("Bearer Bearer TOKEN", "has the scheme `Bearer` twice", false),
            ("Bearer token TOKEN", "has two schemes, `Bearer` and `token`", false),
            ("Bearer \"TOKEN\"", "has quotation marks around the token", false),
            ("Bearer b'TOKEN'", "has quotation marks around the token", false),
            ("\"Bearer TOKEN\"", "starts with a quotation mark", false),
            ("Bearer: TOKEN", "has punctuation after the scheme", false),
            ("BearerTOKEN", "has no space between the scheme and the token", false),
            ("Bearer=TOKEN", "has no space between the scheme and the token", false),
            ("TOKEN", "has no scheme: `Bearer` is missing before the token", false),
            ("Bearer {\"access_token\":\"TOKEN\"}", "has a JSON document in place of a token", false),
            ("Bearer TOKEN TOKEN", "has white space inside the token", false),
            ("Bearer TOKEN%20", "has a percent-encoded token", false),
            ("Bearer TOKEN%0A", "has a percent-encoded token", false),
            ("Bearer TOKEN\\n", "has an escape sequence for a line break after the token", false),
            ("Authorization: Bearer TOKEN", "repeats the name of the header", false),
            ("Bearer System.Security.SecureString", "has `System.Security.SecureString` in place of a token", true),
            ("Bearer com.example.Key@1b6d3586", "has `com.example.Key@1b6d3586` in place of a token", true),
            ("Bearer #<AccessToken:0x7f>", "has `#<AccessToken:0x7f>` in place of a token", true),
            ("Bearer <Token: None>", "has `<Token: None>` in place of a token", true),
        ] {
            let found =
                fault(&value.replace("TOKEN", if predicate.contains("TOKEN") { "TOKEN" } else { token })).unwrap();
            assert_eq!((found.predicate.as_str(), found.holds_no_token), (predicate, holds_no_token), "{value}");
        }
    }

    #[test]
    fn usual_and_removed_credentials_have_no_fault() {
        for value in [
            "Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
            "bearer abc",
            "DPoP eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
            "Basic eDp5",
            "Token 0123456789abcdef",
            "Bearer ***",
            "Bearer <token>",
            "Bearer [redacted]",
            "[Filtered]",
            "Bearer eyJhbGciOi...",
            "AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=c, Signature=d",
        ] {
            assert_eq!(fault(value), None, "{value}");
        }
        assert_eq!((scheme("Basic eDp5"), scheme("token"), scheme("a: b c")), (Some("Basic"), None, None));
    }
}
