//! The endpoint of a target, unless servers may read the target differently.

use crate::manifest::{Api, percent_decoded};

/// Returns the position of the endpoint that a request is for. `target`: path and query as sent, with the path of the base
/// URL.
///
/// # Errors
/// The reason, if no endpoint matches, or the target is ambiguous.
pub(super) fn position(api: &Api, method: &str, target: &str) -> Result<usize, String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if let Some(reason) = ambiguity(api, path) {
        return Err(reason.to_owned());
    }
    if target.contains('#') {
        return Err("the target has a fragment".to_owned());
    }
    let base = api.base_url.path().trim_end_matches('/');
    let below =
        |path: &str| path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/')).map(str::to_owned);
    let find = |path: &str| {
        let relative = below(path)?;
        api.position(method, &if query.is_empty() { relative } else { format!("{relative}?{query}") })
    };
    let found = find(path).ok_or_else(|| format!("no endpoint matches {method} and this path"))?;
    // other readings of the same path
    let decoded = percent_decoded(path);
    let readings = [
        path.contains('%').then(|| decoded.clone().into_owned()),
        (path.len() > 1 && path.ends_with('/')).then(|| path.trim_end_matches('/').to_owned()),
        path.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| path.to_ascii_lowercase()),
        path.contains('%').then(|| decoded.to_ascii_lowercase()),
    ];
    match readings.into_iter().flatten().filter_map(|reading| find(&reading)).find(|other| *other != found) {
        None => Ok(found),
        Some(_) => Err("the path is that of another endpoint after normalization".to_owned()),
    }
}

/// Returns why servers may read a path differently.
fn ambiguity(api: &Api, path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("the target is not a path");
    }
    if path.bytes().any(|byte| !(b'!'..=b'~').contains(&byte) || byte == b'\\') {
        return Some("the path has a character that must be encoded");
    }
    if path.contains("//") {
        return Some("the path has an empty segment");
    }
    if path.split('/').any(is_dots) {
        return Some("the path has a dot segment");
    }
    let mut encodings = path.split('%').skip(1);
    let byte = |rest: &str| rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let is_bad = |rest: &str| byte(rest).is_none_or(|byte| byte < b' ' || byte == 0x7f || matches!(byte, b'/' | b'\\'));
    if encodings.any(is_bad) {
        return Some("the path has an encoded slash, backslash or control character, or an invalid encoding");
    }
    let has_parameters = path.contains(';') || path.to_ascii_lowercase().contains("%3b");
    if has_parameters && !api.endpoints.iter().any(|endpoint| endpoint.template.as_str().contains(';')) {
        return Some("the path has a segment with parameters (`;`)");
    }
    None
}

/// Returns whether a segment is `.` or `..`, also with parameters or encoded.
fn is_dots(segment: &str) -> bool {
    let plain = percent_decoded(segment);
    matches!(plain.split(';').next(), Some("." | ".."))
}
