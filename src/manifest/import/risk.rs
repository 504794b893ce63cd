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

/// Words in the description of a scope that grants everything.
const FULL_ACCESS: &[&str] = &[
    "full access",
    "full control",
    "complete access",
    "complete control",
    "unrestricted access",
    "unlimited access",
    "access to everything",
    "all access",
    "all permissions",
    "all scopes",
];

/// Words after which such a description is about the whole API rather than one kind of its data.
const EVERYTHING: &[&str] = &[
    "everything",
    "entire",
    "whole",
    "all resources",
    "all endpoints",
    "all data",
    "this api",
    "the api",
    "your account",
    "the account",
];

/// Names of scopes that grant everything.
const FULL_NAMES: &[&str] = &["all", "*", "full", "full_access", "full-access", "fullaccess", "everything"];

/// Ends of the names of scopes that only allow reading what a scope without them can also change.
const READ_ONLY: &[&str] = &["readonly", "read", "read_only", "read-only", "ro"];

/// Whether a scope grants everything. `is_everywhere`: it is on each of several lists.
pub(super) fn is_full(scope: &str, description: Option<&str>, is_everywhere: bool) -> bool {
    let description = description.unwrap_or_default().to_ascii_lowercase();
    let description = description.trim_end_matches(['.', '!', ' ']);
    let is_described = FULL_ACCESS.iter().any(|words| description.contains(words));
    let is_about_all = EVERYTHING.iter().any(|words| description.contains(words))
        || FULL_ACCESS.iter().any(|words| description.ends_with(words));
    let is_named = FULL_NAMES.contains(&scope.to_ascii_lowercase().as_str());
    scope == "*" || (is_described && (is_about_all || is_everywhere)) || (is_named && (is_described || is_everywhere))
}

/// Safe methods (RFC 9110 §9.2.1).
const SAFE: &[&str] = &["GET", "HEAD", "OPTIONS", "QUERY", "TRACE"];

/// Infers the risk of a scope in a catalogue: one that grants everything is critical, and one of which the catalogue has a
/// read-only form changes something.
pub(super) fn infer_within<'m>(
    scope: &str,
    description: Option<&str>,
    has: impl Fn(&str) -> bool,
    methods: impl IntoIterator<Item = &'m str>,
) -> Option<Risk> {
    if is_full(scope, description, false) {
        return Some(Risk::Critical);
    }
    let has_read_only_form = || {
        let mut forms =
            READ_ONLY.iter().flat_map(|end| ['.', ':', '_', '-', '/'].map(|mark| format!("{scope}{mark}{end}")));
        forms.any(|form| has(&form))
    };
    let inferred = infer(scope, methods);
    if inferred < Some(Risk::High) && !is_reader(scope) && has_read_only_form() { Some(Risk::High) } else { inferred }
}

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
    fn scopes_that_grant_more_than_a_neighbour_are_riskier() {
        let catalogue = ["https://x.example.com/auth/drive.readonly", "orders:read"];
        for (scope, description, risk) in [
            ("full", Some("Grants full access to your account"), Some(Risk::Critical)),
            ("admin2", Some("Full access."), Some(Risk::Critical)),
            ("*", None, Some(Risk::Critical)),
            ("calendar", Some("Full access to calendars"), Some(Risk::Low)),
            ("https://x.example.com/auth/drive", None, Some(Risk::High)),
            ("orders", None, Some(Risk::High)),
            ("orders:read", None, Some(Risk::Low)),
            ("stock", None, Some(Risk::Low)),
        ] {
            let found = infer_within(scope, description, |name| catalogue.contains(&name), ["GET"]);
            assert_eq!(found, risk, "{scope}");
        }
    }

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
