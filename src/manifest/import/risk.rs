//! Risk of a scope, inferred from its name or from the methods that require it.

use crate::scope::Risk;

/// Words in scope names, the most critical first: the first row with a match decides.
const WORDS: &[(Risk, &[&str])] = &[
    (
        Risk::Critical,
        &[
            "admin",
            "administer",
            "administration",
            "delete",
            "destroy",
            "erase",
            "fullcontrol",
            "impersonate",
            "owner",
            "purge",
            "root",
            "sudo",
            "superuser",
        ],
    ),
    (
        Risk::High,
        &[
            "add",
            "append",
            "approve",
            "configure",
            "create",
            "edit",
            "execute",
            "import",
            "insert",
            "invite",
            "manage",
            "management",
            "modify",
            "patch",
            "post",
            "private",
            "publish",
            "purchase",
            "readwrite",
            "remove",
            "run",
            "send",
            "set",
            "share",
            "submit",
            "transfer",
            "update",
            "upload",
            "write",
        ],
    ),
    (
        Risk::Low,
        &[
            "basic",
            "get",
            "history",
            "list",
            "metadata",
            "openid",
            "profile",
            "public",
            "read",
            "readbasic",
            "readonly",
            "search",
            "stats",
            "view",
        ],
    ),
];

/// Safe methods (RFC 9110 §9.2.1).
const SAFE: &[&str] = &["GET", "HEAD", "OPTIONS", "QUERY", "TRACE"];

/// Infers the risk of a scope from its name, or else from the methods of the operations that require it.
pub(super) fn infer<'m>(scope: &str, methods: impl IntoIterator<Item = &'m str>) -> Option<Risk> {
    let words = words(scope);
    let named = WORDS.iter().find(|(_, known)| words.iter().any(|word| known.contains(&word.as_str())));
    named.map(|(risk, _)| *risk).or_else(|| {
        let mut methods = methods.into_iter().peekable();
        methods.peek()?;
        Some(methods.fold(Risk::Low, |worst, method| {
            worst.max(if method == "DELETE" {
                Risk::Critical
            } else if SAFE.contains(&method) {
                Risk::Low
            } else {
                Risk::High
            })
        }))
    })
}

/// Words of scopes that only allow reading.
const READING: &[&str] = &["get", "list", "read", "readbasic", "readonly", "ro", "view", "viewer"];

/// Whether a scope, by its name, changes something.
pub(super) fn is_writer(scope: &str) -> bool {
    let words = words(scope);
    WORDS.iter().any(|(risk, known)| *risk >= Risk::High && words.iter().any(|word| known.contains(&word.as_str())))
}

/// Whether a scope, by its name, only allows reading.
pub(super) fn is_reader(scope: &str) -> bool {
    words(scope).iter().any(|word| READING.contains(&word.as_str())) && !is_writer(scope)
}

/// Splits a name into words, in lower case: `Mail.ReadWrite` has `mail`, `read`, `write` and `readwrite`. Of a URL,
/// only the path counts.
fn words(scope: &str) -> Vec<String> {
    let path = scope.split_once("://").map_or(scope, |(_, rest)| rest.split_once('/').map_or(rest, |(_, path)| path));
    let mut words = Vec::new();
    for part in path.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        words.push(part.to_ascii_lowercase());
        let mut word = String::new();
        for character in part.chars() {
            if character.is_ascii_uppercase() && !word.ends_with(|before: char| before.is_ascii_uppercase()) {
                words.push(std::mem::take(&mut word).to_ascii_lowercase());
            }
            word.push(character);
        }
        words.push(word.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_precedence_over_methods() {
        for (scope, methods, risk) in [
            ("orders:read", vec![], Some(Risk::Low)),
            ("chat:write:user", vec!["GET"], Some(Risk::High)),
            ("admin.users:read", vec!["GET"], Some(Risk::Critical)),
            ("User.ReadWrite.All", vec![], Some(Risk::High)),
            ("https://www.googleapis.com/auth/drive.readonly", vec![], Some(Risk::Low)),
            ("https://read.example.com/auth/drive", vec!["GET", "POST"], Some(Risk::High)),
            ("drive", vec!["DELETE", "GET"], Some(Risk::Critical)),
            ("drive", vec!["GET"], Some(Risk::Low)),
            ("drive", vec![], None),
        ] {
            assert_eq!(infer(scope, methods.clone()), risk, "{scope} {methods:?}");
        }
    }
}
