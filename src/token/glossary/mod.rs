//! Glossary of claims, header parameters and algorithms: tables with the source of each meaning.
//!
//! A name with slashes is a path into an object: `cnf/jkt` is the member `jkt` of `cnf`, and `resource_access/*/roles` is
//! `roles` of each member of `resource_access`. With a leading slash they are the paths that `decode --claim` takes.

mod apps;
mod cloud;
mod details;
mod header;
mod pipelines;
mod platforms;
mod protocol;
mod registered;
mod workloads;

pub(super) use apps::{
    ADFS, APPLE, CLERK, CLOUDFLARE_ACCESS, DESCOPE, FUSIONAUTH, KINDE, STYTCH, SUPABASE, TELEPORT, WORKOS, ZITADEL,
};
pub(super) use cloud::{AUTH0, COGNITO, ENTRA, GOOGLE, OKTA};
pub(super) use details::details;
pub(super) use header::{ALGORITHMS, DRAFT_ALGORITHMS, PARAMETERS};
pub(super) use pipelines::{
    AWS_STS, AZURE_DEVOPS, BITBUCKET, BUILDKITE, CIRCLECI, CODEFRESH, FLY, HARNESS, NOMAD, PULUMI, SEMAPHORE,
    SPACELIFT, TERRAFORM, VAULT, VERCEL,
};
pub(super) use platforms::{KEYCLOAK, PING, SALESFORCE, SPRING};
pub(super) use protocol::{ERRORS, SCOPES};
pub(super) use registered::{
    BY_CLIENT, CLAIMS, CREDENTIAL, DPOP_PROOF, ID_TOKEN, IDENTITY_ASSERTION_GRANT, KEY_BINDING, STATUS_LIST,
    TRANSACTION_TOKEN, TRUST_MARK,
};
pub(super) use workloads::{GITHUB_ACTIONS, GITLAB_CI, KUBERNETES, SPIFFE};

/// One row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// Name of the claim, header parameter or algorithm.
    pub(super) name: &'static str,
    /// Meaning.
    pub(super) meaning: &'static str,
    /// Document that defines it.
    pub(super) source: &'static str,
}

/// Declares a table: each source with its names and their meanings.
macro_rules! table {
    ($($source:literal { $($name:literal: $meaning:literal,)* })*) => {
        &[$($($crate::token::glossary::Term { name: $name, meaning: $meaning, source: $source },)*)*]
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
    "xms_pftexp",
    "kubernetes.io/warnafter",
    "toe",
    "token_introspection/exp",
    "token_introspection/iat",
    "token_introspection/nbf",
];

/// Returns the row with this name.
pub(super) fn find(table: &'static [Term], name: &str) -> Option<&'static Term> {
    table.iter().find(|word| word.name == name)
}

/// Returns whether a table has rows for members of this object.
pub(super) fn reaches_into(table: &'static [Term], name: &str) -> bool {
    table.iter().any(|word| word.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_table_are_unique_and_rows_are_complete() {
        for table in [
            CLAIMS,
            ID_TOKEN,
            DPOP_PROOF,
            BY_CLIENT,
            KEY_BINDING,
            CREDENTIAL,
            PARAMETERS,
            ALGORITHMS,
            DRAFT_ALGORITHMS,
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
            TRANSACTION_TOKEN,
            IDENTITY_ASSERTION_GRANT,
            STATUS_LIST,
            TRUST_MARK,
            CIRCLECI,
            BUILDKITE,
            TERRAFORM,
            BITBUCKET,
            AZURE_DEVOPS,
            VERCEL,
            FLY,
            VAULT,
            SPACELIFT,
            AWS_STS,
            SUPABASE,
            CLERK,
            ADFS,
            TELEPORT,
            CLOUDFLARE_ACCESS,
            APPLE,
            NOMAD,
            PULUMI,
            SEMAPHORE,
            CODEFRESH,
            HARNESS,
            KINDE,
            WORKOS,
            DESCOPE,
            STYTCH,
            FUSIONAUTH,
            ZITADEL,
            ERRORS,
            SCOPES,
        ] {
            let mut names: Vec<&str> = table.iter().map(|word| word.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.len(), "{names:?}");
            for word in table {
                assert!(!word.meaning.is_empty() && !word.source.is_empty(), "{}", word.name);
                assert!(!word.meaning.ends_with('.'), "{}", word.meaning);
            }
        }
    }
}
