//! Environment variables that tell a program to use the gateway.

use std::collections::BTreeMap;

use crate::app::{Error, ErrorKind};
use crate::manifest::Api;

/// Names of environment variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// Variables for the base URL.
    pub base_url: Vec<String>,
    /// Variables for the placeholder.
    pub token: Vec<String>,
}

/// Returns the variables for an API: `NAME_BASE_URL` and `NAME_TOKEN`, and those that the manifest names.
#[must_use]
pub fn variables(api: &Api) -> Variables {
    let prefix = prefix(&api.name);
    let with = |suffix: &str, more: &[String]| {
        let mut names = vec![format!("{prefix}_{suffix}")];
        names.extend(more.iter().filter(|name| **name != format!("{prefix}_{suffix}")).cloned());
        names
    };
    Variables { base_url: with("BASE_URL", &api.variables.base_url), token: with("TOKEN", &api.variables.token) }
}

/// Checks that no variable is set for two APIs, or for both a base URL and a token.
///
/// # Errors
/// If one is.
pub(super) fn check_variables<'a>(apis: impl Iterator<Item = &'a Api>) -> Result<(), Error> {
    let mut known: BTreeMap<String, (&str, bool)> = BTreeMap::new();
    for api in apis {
        let Variables { base_url, token } = variables(api);
        let base_urls = base_url.into_iter().map(|name| (name, false));
        for (name, is_token) in base_urls.chain(token.into_iter().map(|name| (name, true))) {
            let Some((other, _)) = known.insert(name.clone(), (&api.name, is_token)).filter(|(other, was_token)| {
                // the placeholder is the same for every API
                !(is_token && *was_token) && (*other != api.name || is_token != *was_token)
            }) else {
                continue;
            };
            return Err(Error::new(
                ErrorKind::Usage,
                format!("the variable `{name}` is for the API `{other}` and the API `{}`", api.name),
            )
            .hint("use `--api` to run the gateway for one of them, or change `gateway` in the manifest"));
        }
    }
    Ok(())
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
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn names_of_apis_become_names_of_variables() {
        for (name, expected) in [("orders", "ORDERS"), ("my-api.v2", "MY_API_V2"), ("3scale", "_3SCALE")] {
            assert_eq!(prefix(name), expected);
        }
    }

    #[test]
    fn a_base_url_variable_belongs_to_one_api_and_a_token_variable_may_be_shared() {
        let checked = |first: &str, second: &str| {
            let api = |name: &str, gateway: &str| {
                format!(
                    "[api.{name}]\nbase_url = \"https://{name}.test\"\ngateway = {{ {gateway} }}\n[api.{name}.endpoints]\n\"GET /a\" = []\n"
                )
            };
            let manifest =
                crate::manifest::parse(&format!("{}{}", api("a", first), api("b", second))).manifest.unwrap();
            check_variables(manifest.apis.iter()).map_err(|error| error.message)
        };
        assert_eq!(checked("sdk = \"openai\"", ""), Ok(()));
        assert_eq!(checked("token_env = \"KEY\"", "token_env = \"KEY\""), Ok(()));
        for (first, second) in [
            ("sdk = \"openai\"", "sdk = \"openai\""),
            ("base_url_env = \"B_BASE_URL\"", ""),
            ("base_url_env = \"X\"", "token_env = \"X\""),
        ] {
            let message = checked(first, second).unwrap_err();
            assert!(message.contains("is for the API `a` and the API `b`"), "{message}");
        }
        let message = checked("base_url_env = \"X\", token_env = \"X\"", "").unwrap_err();
        assert!(message.contains("`X`"), "{message}");
    }
}
