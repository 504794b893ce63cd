//! Tokens in raw HTTP messages (RFC 9112), such as `curl -v` prints them, and in cookies.

use super::{
    Input, MOST_NESTED, after_parameter, find as find_in_text, is_other_scheme, is_scheme, is_token, joined, unquote,
};

/// Finds the token of a request or a response: in its headers, its body, or the URL of the request.
pub(super) fn find(text: &str, depth: usize) -> Option<Input> {
    if let Some(input) =
        text.split_once(':').filter(|(name, _)| is_cookie(name)).and_then(|(name, value)| field(name, value))
    {
        return Some(input);
    }
    // `curl -v` marks the lines that it sent and received
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("> ").or_else(|| line.strip_prefix("< ")).unwrap_or(line).trim_end())
        .collect();
    let start = lines.iter().position(|line| is_start(line))?;
    let message = lines.get(start..)?;
    let fields = || message.iter().filter_map(|line| line.split_once(':'));
    let wanted = |name: &str| {
        fields().find_map(|(found, value)| found.eq_ignore_ascii_case(name).then(|| field(name, value))?)
    };
    let body = || {
        let blank = message.iter().position(|line| line.is_empty() || *line == ">" || *line == "<")?;
        let body = message.get(blank + 1..)?.join("\n");
        let can_hold_one = depth < MOST_NESTED && (body.trim_start().starts_with('{') || body.contains('='));
        can_hold_one.then(|| find_in_text(&body, depth + 1).ok()).flatten()
    };
    wanted("authorization")
        .or_else(|| wanted("cookie"))
        .or_else(|| {
            fields()
                .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
                .find_map(|(name, value)| field(name, value))
        })
        .or_else(|| message.first().and_then(|line| after_parameter(line)))
        .or_else(body)
}

/// Returns the token in the value of a header field.
pub(super) fn field(name: &str, value: &str) -> Option<Input> {
    if is_cookie(name) {
        let values = value.split(';').filter_map(|pair| pair.split_once('=')).map(|(_, value)| unquote(value.trim()));
        return values.into_iter().find(|value| is_token(value)).map(Input::sent);
    }
    match value.split_whitespace().collect::<Vec<_>>().as_slice() {
        [scheme, rest @ ..] if is_scheme(scheme) => joined(rest).ok().map(Input::sent),
        [scheme, token] if is_other_scheme(scheme) => Some(Input::sent(unquote(token))),
        [only] => Some(Input::sent(unquote(only))),
        _ => None,
    }
}

fn is_cookie(name: &str) -> bool {
    ["cookie", "set-cookie"].iter().any(|known| name.trim().eq_ignore_ascii_case(known))
}

/// `GET /orders HTTP/1.1` or `HTTP/1.1 200 OK`
fn is_start(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (first, last) = (words.next().unwrap_or_default(), words.next_back().unwrap_or_default());
    first.starts_with("HTTP/") || (last.starts_with("HTTP/") && first.bytes().all(|byte| byte.is_ascii_uppercase()))
}
