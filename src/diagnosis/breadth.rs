//! Order of alternative scopes by breadth, from their names: providers name every scope that grants access to an endpoint,
//! often the broadest first.

use std::cmp::Reverse;

use crate::scope::{Hierarchy, ScopeSet};

/// Words in the names of scopes that only read.
const READING: &[&str] = &["list", "ro", "read", "readonly", "view", "viewer"];

/// Words in the names of scopes that write.
const WRITING: &[&str] = &[
    "create",
    "delete",
    "edit",
    "insert",
    "manage",
    "modify",
    "publish",
    "readwrite",
    "send",
    "update",
    "upload",
    "write",
];

/// Words in the names of scopes that grant everything.
const EVERYTHING: &[&str] = &["admin", "all", "full", "fullaccess", "fullcontrol", "owner", "sudo"];

/// Methods that change nothing (RFC 9110 section 9.2.1, RFC 10008).
const SAFE: &[&str] = &["GET", "HEAD", "OPTIONS", "QUERY"];

/// Sorts alternatives, the narrowest that suits the method first; others keep their order. `implies`: implications of the
/// provider's scopes.
pub(super) fn narrowest_first(alternatives: &mut [ScopeSet], method: Option<&str>, implies: &Hierarchy) {
    let writes = method.is_some_and(|method| !SAFE.contains(&method));
    // of many alternatives, the pairs are too many
    let all = if alternatives.len() <= 32 { alternatives.to_vec() } else { Vec::new() };
    alternatives.sort_by_cached_key(|set| {
        let broader = all.iter().filter(|other| *other != set && implies.satisfies_all(other, set)).count();
        let widest = set.iter().map(|scope| class(scope.as_str(), writes)).max().unwrap_or_default();
        let parts = set.iter().map(|scope| parts(scope.as_str()).count()).min().unwrap_or_default();
        (Reverse(broader), widest, Reverse(parts))
    });
}

/// The breadth of a scope for a method that writes, or one that does not.
fn class(scope: &str, writes: bool) -> u8 {
    let has = |words: &[&str]| parts(scope).any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)));
    match (has(READING) && !has(WRITING), has(WRITING), has(EVERYTHING)) {
        (true, ..) if writes => 3,
        (true, ..) => 0,
        (_, true, false) => 1,
        (_, _, true) => 3,
        _ => 2,
    }
}

/// The words of a scope's name.
fn parts(scope: &str) -> impl Iterator<Item = &str> {
    scope.split(|at: char| !at.is_ascii_alphanumeric()).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{Pattern, Risk, Scope};

    #[test]
    fn the_narrowest_scope_for_the_method_comes_first() {
        let mut implies = Hierarchy::new();
        implies.declare(Scope::parse("repo").unwrap(), Risk::Low, vec![Pattern::parse("public_repo").unwrap()]);
        for (alternatives, method, expected) in [
            ("a/drive a/drive.readonly", None, "a/drive.readonly a/drive"),
            ("a/drive a/drive.file", Some("POST"), "a/drive.file a/drive"),
            ("api read_api", Some("GET"), "read_api api"),
            ("api read_api", Some("POST"), "api read_api"),
            ("orders:admin orders:write", None, "orders:write orders:admin"),
            ("user:write:admin user:read:admin", Some("GET"), "user:read:admin user:write:admin"),
            ("repo public_repo", None, "public_repo repo"),
            ("channels:read groups:read", None, "channels:read groups:read"),
        ] {
            let mut sets: Vec<ScopeSet> =
                alternatives.split(' ').map(|scope| ScopeSet::parse(scope).unwrap()).collect();
            narrowest_first(&mut sets, method, &implies);
            let sorted: Vec<String> = sets.iter().map(ToString::to_string).collect();
            assert_eq!(sorted.join(" "), expected, "{alternatives} {method:?}");
        }
    }
}
