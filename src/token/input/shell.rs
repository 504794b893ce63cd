//! Tokens in assignments: of shells, and of `.env` files.

use super::{is_token, unquote};

/// Returns the first value that looks like a token, or the value of a single assignment. `None` if the text contains
/// anything but assignments and comments.
pub(super) fn assignment(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let values: Vec<&str> = lines.map(value).collect::<Option<_>>()?;
    let single = match values.as_slice() {
        [only] => Some(*only).filter(|value| !value.is_empty() && !value.contains(char::is_whitespace)),
        _ => None,
    };
    values.iter().copied().find(|value| is_token(value)).or(single).map(str::to_owned)
}

/// Returns the value in `export NAME=value`, `set NAME=value`, `$env:NAME = "value"` or `NAME=value`.
fn value(line: &str) -> Option<&str> {
    let line = ["export ", "set ", "setx ", "$env:"].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
        // a token whose padding was left on, and a URL parameter, are not assignments
        && !name.starts_with("eyJ")
        && name.bytes().any(|byte| byte.is_ascii_uppercase());
    is_name.then(|| unquote(value.trim()))
}
