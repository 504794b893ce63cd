//! Claims, header parameters and algorithms in words: tables, each row with the document that says so.
//!
//! A name with slashes reaches inside: `cnf/jkt` is `jkt` of the object `cnf`, `resource_access/*/roles` is `roles` of
//! each member of `resource_access`. They are the names that `decode --claim` takes, with a slash before them.

mod cloud;
mod header;
mod more;
mod platforms;
mod registered;
mod workloads;

pub(super) use cloud::{AUTH0, COGNITO, ENTRA, GOOGLE, OKTA};
pub(super) use header::{ALGORITHMS, PARAMETERS};
pub(super) use more::more;
pub(super) use platforms::{KEYCLOAK, PING, SALESFORCE, SPRING};
pub(super) use registered::{BY_CLIENT, CLAIMS, CREDENTIAL, DPOP_PROOF, ID_TOKEN, KEY_BINDING};
pub(super) use workloads::{GITHUB_ACTIONS, GITLAB_CI, KUBERNETES, SPIFFE};

/// One row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The name of the claim, the header parameter or the algorithm.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) words: &'static str,
    /// The document that says so.
    pub(super) source: &'static str,
}

/// A table: the sources, and under each the names with their words.
macro_rules! table {
    ($($source:literal { $($name:literal: $words:literal,)* })*) => {
        &[$($($crate::token::words::Word { name: $name, words: $words, source: $source },)*)*]
    };
}
use table;

/// Claims whose value is a `NumericDate` (RFC 7519 §2).
pub(super) const TIMES: &[&str] = &[
    "exp",
    "nbf",
    "iat",
    "auth_time",
    "updated_at",
    "rat",
    "pwd_exp",
    "xms_pftexp",
    "kubernetes.io/warnafter",
    "toe",
    "token_introspection/exp",
    "token_introspection/iat",
    "token_introspection/nbf",
];

/// The row of that name.
pub(super) fn find(table: &'static [Word], name: &str) -> Option<&'static Word> {
    table.iter().find(|word| word.name == name)
}

/// Whether a table knows members of the object of that name.
pub(super) fn reaches_into(table: &'static [Word], name: &str) -> bool {
    table.iter().any(|word| word.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_table_are_unique_and_every_row_is_whole() {
        for table in [
            CLAIMS,
            ID_TOKEN,
            DPOP_PROOF,
            BY_CLIENT,
            KEY_BINDING,
            CREDENTIAL,
            PARAMETERS,
            ALGORITHMS,
            ENTRA,
            OKTA,
            AUTH0,
            COGNITO,
            GOOGLE,
            KEYCLOAK,
            PING,
            SALESFORCE,
            SPRING,
            GITHUB_ACTIONS,
            GITLAB_CI,
            KUBERNETES,
            SPIFFE,
        ] {
            let mut names: Vec<&str> = table.iter().map(|word| word.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.len(), "{names:?}");
            for word in table {
                assert!(!word.words.is_empty() && !word.source.is_empty(), "{}", word.name);
                assert!(!word.words.ends_with('.'), "{}", word.words);
            }
        }
    }
}
