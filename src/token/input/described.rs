//! Tokens that were decoded elsewhere, and responses that describe a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Described, Description, Input, InputError};
use crate::printed::{self, Part};
use crate::token::Json;

/// Claims of which a decoded token has at least two.
const REGISTERED: [&str; 10] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "scp", "client_id"];

/// Members of requests and of errors, which are not claims.
const NOT_CLAIMS: [&str; 4] = ["error", "grant_type", "client_secret", "access_token"];

/// Members under which decoders show the claims, beside the header or alone.
const PARTS: [&str; 5] = ["payload", "claims", "body", "jwt", "token"];

/// Members under which decoders show the header.
const HEADERS: [&str; 2] = ["header", "protectedHeader"];

/// Most objects that are looked at in a text.
const MOST_OBJECTS: usize = 64;

/// Members that a token information response has beside the scopes: of Google; Facebook's `debug_token`; Twitch; Discord's
/// `/oauth2/@me`; GitLab; GitHub.
const OF_TOKEN_INFO: [&str; 9] = [
    "access_type",
    "issued_to",
    "audience",
    "is_valid",
    "expires_in",
    "expires",
    "application",
    "resource_owner_id",
    "hashed_token",
];

/// Numbers that token information responses write as strings.
const NUMBERS: [&str; 4] = ["exp", "iat", "nbf", "expires_in"];

/// Most positions at which a decoded header is looked for before its claims.
const MOST_STARTS: usize = 16;

/// Returns whether a text begins with a decoded header and claims.
pub(super) fn is_decoded(text: &str) -> bool {
    text.starts_with('{') && object_end(text).is_some_and(|end| claims_after(text, end).is_some())
}

/// Finds a decoded token in a text: `{header}.{claims}`, as jwt.ms shows it and `IdentityModel` logs it.
pub(super) fn find(text: &str) -> Option<Input> {
    // what follows is read to the end of its object, so a text without one is read that many times at most
    let ends = text.match_indices('}').map(|(at, _)| at + 1).filter(|end| claims_begin(text, *end).is_some());
    for end in ends.take(MOST_OBJECTS) {
        let Some(claims) = claims_after(text, end) else { continue };
        let before = text.get(..end)?;
        let mut starts = before.rmatch_indices('{').take(MOST_STARTS).map(|(start, _)| start);
        let header = |start: usize| {
            let header = Json::parse(before.get(start..)?).ok()?;
            header.get("alg").is_some().then_some((start, header))
        };
        if let Some((start, header)) = starts.find_map(header) {
            let described = Described { description: Description::Decoded, header: Some(header), claims };
            return Some(input(text.get(start..)?, described));
        }
    }
    None
}

/// Finds a decoded token anywhere in a text: one object with claims, and perhaps one with a header, in JSON or as a program
/// prints them.
pub(super) fn anywhere(text: &str) -> Option<Result<Input, InputError>> {
    // the lines of an object without its braces
    let members = || Json::parse(&format!("{{{}}}", text.trim().trim_end_matches(','))).ok();
    if let Some(found) = text.trim().starts_with('"').then(members).flatten().and_then(|object| alone(&object, text)) {
        return Some(found);
    }
    let objects = json_objects(text);
    let found = described_by(&objects, text);
    if found.is_some() {
        return found;
    }
    let value = |part: &Part<'_>| match part {
        Part::Value(value) => Json::parse(&value.to_string()).ok(),
        Part::Prose(_) | Part::List(_) => None,
    };
    let printed: Vec<Json> =
        printed::parts(text).iter().filter_map(value).flat_map(spread).take(MOST_OBJECTS).collect();
    described_by(&printed, text)
}

/// Returns the payload of a token of which only this part was copied.
pub(super) fn payload_part(part: &str) -> Option<Input> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_matches('.').trim_end_matches('=')).ok()?;
    let claims = Json::parse(std::str::from_utf8(&bytes).ok()?).ok()?;
    let is_claims = claims.get("alg").is_none() && has_claims(&claims);
    is_claims.then(|| input(part, Described { description: Description::Claims, header: None, claims }))
}

/// Returns an array as its items, and any other value as it is.
fn spread(value: Json) -> Vec<Json> {
    match value {
        Json::Array(items) => items,
        value => vec![value],
    }
}

/// Returns the JSON objects in a text, outermost first.
fn json_objects(text: &str) -> Vec<Json> {
    let mut found = Vec::new();
    let mut at = 0;
    // an opening brace that begins no object is looked at once
    for _ in 0..MOST_OBJECTS {
        let Some(start) = text.get(at..).and_then(|rest| rest.find('{')).map(|start| at + start) else { break };
        let Some(rest) = text.get(start..) else { break };
        let object = object_end(rest).and_then(|end| Some((end, Json::parse(rest.get(..end)?).ok()?)));
        at = start + object.as_ref().map_or(1, |(end, _)| *end);
        found.extend(object.map(|(_, object)| object));
    }
    found
}

/// Returns the token that objects in a text describe; an error if they describe several.
fn described_by(objects: &[Json], text: &str) -> Option<Result<Input, InputError>> {
    let mut found: Vec<(&Json, Result<Input, InputError>)> = Vec::new();
    for object in objects {
        if let Some(described) = alone(object, text)
            && !found.iter().any(|(known, _)| *known == object)
        {
            found.push((object, described));
        }
    }
    if found.len() > 1 {
        return Some(Err(InputError::Several(found.len())));
    }
    let (_, described) = found.pop()?;
    let mut headers = objects.iter().filter(|object| object.get("alg").is_some() && !has_claims(object));
    Some(described.map(|input| match (input.described, headers.next(), headers.next()) {
        (Some(Described { description: Description::Claims, header: None, claims }), Some(header), None) => {
            let header = Some(header.clone());
            Input { described: Some(Described { description: Description::Decoded, header, claims }), ..input }
        }
        (described, ..) => Input { described, ..input },
    }))
}

/// Returns the token that an object in a text describes, if it can hardly be anything else.
fn alone(object: &Json, text: &str) -> Option<Result<Input, InputError>> {
    let is_answer = object.get("active").is_some_and(|active| is_bool(active, true) || is_bool(active, false));
    let is_about_a_token = has_claims(object) || is_answer || part_of(object).is_some();
    if is_about_a_token { of_object(object, text) } else { None }
}

/// Returns whether an object has the claims of a token: two registered ones, and not the members of a request.
fn has_claims(object: &Json) -> bool {
    let has = |name: &&str| object.get(name).is_some();
    REGISTERED.iter().filter(|name| **name != "client_id" && has(name)).count() >= 2 && !NOT_CLAIMS.iter().any(has)
}

/// Returns the claims, and perhaps the header, that a decoder shows as members of an object.
fn part_of(object: &Json) -> Option<(Option<&Json>, &Json)> {
    let header = HEADERS.iter().find_map(|name| object.get(name)).filter(|header| header.get("alg").is_some());
    let is_claims = |claims: &&Json| matches!(claims, Json::Object(_)) && (header.is_some() || has_claims(claims));
    let claims = PARTS.iter().filter_map(|name| object.get(name)).find(is_claims);
    match claims {
        Some(claims) => Some((header, claims)),
        None => PARTS.iter().filter_map(|name| object.get(name)).find_map(|inner| {
            let header = HEADERS.iter().find_map(|name| inner.get(name)).filter(|header| header.get("alg").is_some());
            let claims = PARTS.iter().find_map(|name| inner.get(name));
            Some((header, claims.filter(|claims| matches!(claims, Json::Object(_)) && header.is_some())?))
        }),
    }
}

/// Returns the text from the object that follows a header and a dot.
fn claims_begin(text: &str, end: usize) -> Option<&str> {
    let rest = text.get(end..)?.trim_start().strip_prefix('.')?.trim_start();
    rest.starts_with('{').then_some(rest)
}

/// Returns the JSON object that follows a header: a dot, then the object.
fn claims_after(text: &str, end: usize) -> Option<Json> {
    let rest = claims_begin(text, end)?;
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
    if let Some((header, claims)) = part_of(document) {
        let description = if header.is_some() { Description::Decoded } else { Description::Claims };
        let (header, claims) = (header.cloned(), claims.clone());
        return Some(Ok(input(text, Described { description, header, claims })));
    }
    if document.get("error").is_some() {
        return None;
    }
    // Facebook and some gateways wrap it
    let is_wrapped = |data: &&Json| data.get("is_valid").is_some() || data.get("active").is_some();
    let info = document.get("data").filter(is_wrapped).unwrap_or(document);
    match info.get("active") {
        Some(active) if is_bool(active, true) => return of(Description::Introspection, normal(info)),
        Some(active) if is_bool(active, false) => return Some(Err(InputError::Inactive)),
        _ => {}
    }
    if info.get("is_valid") == Some(&Json::Bool(false)) {
        return Some(Err(InputError::Inactive));
    }
    if OF_TOKEN_INFO.iter().any(|name| info.get(name).is_some())
        && ["scope", "scopes"].iter().any(|name| info.get(name).is_some())
    {
        return of(Description::TokenInfo, normal(info));
    }
    (REGISTERED.iter().filter(has).count() >= 2).then_some(())?;
    of(Description::Claims, document.clone())
}

/// Returns whether a value is this boolean, or its name in a string.
fn is_bool(value: &Json, expected: bool) -> bool {
    *value == Json::Bool(expected) || value.as_str() == Some(if expected { "true" } else { "false" })
}

/// Returns the members of a response in the form of RFC 7662: numbers that are written as strings, and scopes that are
/// separated by commas (LinkedIn).
fn normal(info: &Json) -> Json {
    let value = |name: &str, value: &Json| match value {
        Json::String(text) if NUMBERS.contains(&name) && text.parse::<u64>().is_ok() => Json::Number(text.clone()),
        Json::String(text) if name == "scope" && text.contains(',') && !text.contains(' ') => {
            Json::String(text.replace(',', " "))
        }
        value => value.clone(),
    };
    Json::Object(info.members().iter().map(|(name, member)| (name.clone(), value(name, member))).collect())
}

fn input(text: &str, described: Described) -> Input {
    Input { described: Some(described), ..Input::bare(text) }
}
