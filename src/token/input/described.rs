//! Tokens that were decoded elsewhere, and responses that describe a token.

use super::{Described, Description, Input, InputError};
use crate::token::Json;

/// Claims of which a decoded token has at least two.
const REGISTERED: [&str; 10] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "scp", "client_id"];

/// Members that only a token information response has: of Google, and of Facebook's `debug_token`.
const OF_TOKEN_INFO: [&str; 4] = ["access_type", "issued_to", "audience", "is_valid"];

/// Numbers that token information responses write as strings.
const NUMBERS: [&str; 4] = ["exp", "iat", "nbf", "expires_in"];

/// Most positions at which a decoded header is looked for before its claims.
const MOST_STARTS: usize = 16;

/// Returns whether a text begins with a decoded header and claims.
pub(super) fn is_decoded(text: &str) -> bool {
    text.starts_with('{') && object_end(text).is_some_and(|end| claims_after(text, end).is_some())
}

/// Finds a decoded token in a text: `{header}.{claims}`, as jwt.ms shows it and IdentityModel logs it.
pub(super) fn find(text: &str) -> Option<Input> {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find('}')) {
        let end = from + found + 1;
        from = end;
        let Some(claims) = claims_after(text, end) else { continue };
        let before = text.get(..end)?;
        let starts = before.rmatch_indices('{').take(MOST_STARTS).map(|(start, _)| start);
        let header = |start: usize| {
            let header = Json::parse(before.get(start..)?).ok()?;
            header.get("alg").is_some().then_some((start, header))
        };
        if let Some((start, header)) = starts.filter_map(header).next() {
            let described = Described { description: Description::Decoded, header: Some(header), claims };
            return Some(input(text.get(start..)?, described));
        }
    }
    None
}

/// Returns the JSON object that follows a header: a dot, then the object.
fn claims_after(text: &str, end: usize) -> Option<Json> {
    let rest = text.get(end..)?.trim_start().strip_prefix('.')?.trim_start();
    if !rest.starts_with('{') {
        return None;
    }
    Json::parse(rest.get(..object_end(rest)?)?).ok().filter(|claims| matches!(claims, Json::Object(_)))
}

/// Returns where the JSON object at the beginning of a text ends.
fn object_end(text: &str) -> Option<usize> {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'{' if !is_string => depth += 1,
            b'}' if !is_string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Reads a JSON document without a token: claims, or a response about a token. `None` if it is neither.
pub(super) fn of_object(document: &Json, text: &str) -> Option<Result<Input, InputError>> {
    let has = |name: &&&str| document.get(name).is_some();
    let of = |description, claims| Some(Ok(input(text, Described { description, header: None, claims })));
    // a decoder may show both parts as members
    if let (Some(header @ Json::Object(_)), Some(claims @ Json::Object(_))) =
        (document.get("header"), document.get("payload").or_else(|| document.get("claims")))
        && header.get("alg").is_some()
    {
        let (header, claims) = (Some(header.clone()), claims.clone());
        return Some(Ok(input(text, Described { description: Description::Decoded, header, claims })));
    }
    if document.get("error").is_some() {
        return None;
    }
    match document.get("active") {
        Some(Json::Bool(true)) => return of(Description::Introspection, document.clone()),
        Some(Json::Bool(false)) => return Some(Err(InputError::Inactive)),
        _ => {}
    }
    // Facebook wraps it
    let info = document.get("data").filter(|data| data.get("is_valid").is_some()).unwrap_or(document);
    if info.get("is_valid") == Some(&Json::Bool(false)) {
        return Some(Err(InputError::Inactive));
    }
    if OF_TOKEN_INFO.iter().any(|name| info.get(name).is_some())
        && ["scope", "scopes"].iter().any(|name| info.get(name).is_some())
    {
        return of(Description::TokenInfo, numbered(info));
    }
    (REGISTERED.iter().filter(has).count() >= 2).then_some(())?;
    of(Description::Claims, document.clone())
}

/// Returns the members with numbers that are written as strings.
fn numbered(info: &Json) -> Json {
    let number = |name: &str, value: &Json| match value {
        Json::String(text) if NUMBERS.contains(&name) && text.parse::<u64>().is_ok() => Json::Number(text.clone()),
        value => value.clone(),
    };
    Json::Object(info.members().iter().map(|(name, value)| (name.clone(), number(name, value))).collect())
}

fn input(text: &str, described: Described) -> Input {
    Input { described: Some(described), ..Input::bare(text) }
}
