//! Environment variables that tell a program to use the gateway.

use crate::manifest::Api;

/// Names of environment variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// Variables for the base URL.
    pub base_url: Vec<String>,
    /// Variables for the placeholder.
    pub token: Vec<String>,
}

/// Returns the variables for an API: `NAME_BASE_URL` and `NAME_TOKEN`.
#[must_use]
pub fn variables(api: &Api) -> Variables {
    let prefix = prefix(&api.name);
    Variables { base_url: vec![format!("{prefix}_BASE_URL")], token: vec![format!("{prefix}_TOKEN")] }
}

/// Returns a name in capital letters, digits and `_`, which does not begin with a digit (POSIX.1-2024, 8.1).
fn prefix(name: &str) -> String {
    let upper = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' };
    let prefix: String = name.chars().map(upper).collect();
    match prefix.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("_{prefix}"),
        false => prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_apis_become_names_of_variables() {
        for (name, expected) in [("orders", "ORDERS"), ("my-api.v2", "MY_API_V2"), ("3scale", "_3SCALE")] {
            assert_eq!(prefix(name), expected);
        }
    }
}
