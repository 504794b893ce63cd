//! Environment variables that tell a program where an API is and what to send as its token: `[api.NAME.gateway]`.
//!
//! Every API has `NAME_BASE_URL` and `NAME_TOKEN`. SDKs and tools that read other names get these, too: a ready set by the
//! name of the SDK, or names that the manifest lists.

use toml::de::DeTable;

use super::findings::VALUE_WRONG;
use super::toml_reader::{TomlReader, Value};

/// Keys of `[api.NAME.gateway]`.
pub(super) const KEYS: &[&str] = &["sdk", "base_url_env", "token_env"];

/// Names of environment variables of an API, besides those that every API has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallVariables {
    /// Variables for the base URL.
    pub base_url: Vec<String>,
    /// Variables for the token.
    pub token: Vec<String>,
}

/// Variables that an SDK or a tool reads.
#[derive(Debug)]
pub struct ReadySet {
    /// Name in a manifest: `sdk`.
    pub name: &'static str,
    /// SDKs and tools that read them, and the version whose source was read.
    pub about: &'static str,
    /// Variables for the base URL.
    pub base_url: &'static [&'static str],
    /// Variables for the token.
    pub token: &'static [&'static str],
}

/// Ready sets. Each was read in the source of the version that it names.
pub const READY_SETS: &[ReadySet] = &[
    ReadySet {
        name: "anthropic",
        about: "anthropic 2.14 (PyPI)",
        base_url: &["ANTHROPIC_BASE_URL"],
        token: &["ANTHROPIC_AUTH_TOKEN"],
    },
    ReadySet {
        name: "cloudflare",
        about: "cloudflare 5.9 (PyPI), 5.2 (npm)",
        base_url: &["CLOUDFLARE_BASE_URL"],
        token: &["CLOUDFLARE_API_TOKEN"],
    },
    ReadySet {
        name: "databricks",
        about: "databricks-sdk 0.162 (PyPI)",
        base_url: &["DATABRICKS_HOST"],
        token: &["DATABRICKS_TOKEN"],
    },
    ReadySet {
        name: "github",
        about: "@octokit/action 8.0 (npm), and other programs for GitHub Actions",
        base_url: &["GITHUB_API_URL"],
        token: &["GITHUB_TOKEN", "GH_TOKEN"],
    },
    ReadySet {
        name: "hcloud",
        about: "hcloud-cli 1.30 (Debian)",
        base_url: &["HCLOUD_ENDPOINT"],
        token: &["HCLOUD_TOKEN"],
    },
    ReadySet {
        name: "huggingface",
        about: "huggingface_hub 2.4 (PyPI)",
        base_url: &["HF_ENDPOINT"],
        token: &["HF_TOKEN"],
    },
    ReadySet {
        name: "openai",
        about: "openai 3.57 (PyPI), 6.49 (npm)",
        base_url: &["OPENAI_BASE_URL"],
        token: &["OPENAI_API_KEY"],
    },
];

/// Names that change how programs run. A manifest comes from others, and the variables are set for a program of the user.
const RESERVED: &[&str] = &[
    "BASH_ENV",
    "CDPATH",
    "EDITOR",
    "ENV",
    "HOME",
    "IFS",
    "NODE_OPTIONS",
    "PAGER",
    "PATH",
    "PERL5LIB",
    "PERL5OPT",
    "PWD",
    "RUBYLIB",
    "RUBYOPT",
    "SHELL",
    "TMPDIR",
    "VISUAL",
];

/// Beginnings of reserved names: those of the loader, of languages, and of this program.
const RESERVED_PREFIXES: &[&str] = &["DYLD_", "GIT_", "JAVA_", "JDK_", "LC_", "LD_", "PYTHON", "TOKSCOPE_", "XDG_"];

/// Returns whether a manifest may name a variable: letters, digits and `_` (POSIX.1-2024, 8.1), and not reserved.
fn is_allowed(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty();
    let is_reserved = RESERVED.contains(&upper.as_str())
        || upper.ends_with("_PROXY")
        || RESERVED_PREFIXES.iter().any(|prefix| upper.starts_with(prefix));
    is_word && !is_reserved
}

/// Reads `[api.NAME.gateway]`.
pub(super) fn read(reader: &mut TomlReader, value: &Value<'_>) -> CallVariables {
    let Some(table) = reader.table(value, "`gateway`") else { return CallVariables::default() };
    reader.reject_unknown_keys(table, KEYS);
    let mut variables =
        CallVariables { base_url: names(reader, table, "base_url_env"), token: names(reader, table, "token_env") };
    for (name, span) in table.get("sdk").map(|value| reader.strings(value, "`sdk`")).unwrap_or_default() {
        match READY_SETS.iter().find(|set| set.name == name) {
            Some(set) => {
                variables.base_url.extend(set.base_url.iter().map(ToString::to_string));
                variables.token.extend(set.token.iter().map(ToString::to_string));
            }
            None => {
                let known: Vec<&str> = READY_SETS.iter().map(|set| set.name).collect();
                let help = format!("known: {}; others are listed as `base_url_env` and `token_env`", known.join(", "));
                reader.report_with_help(&VALUE_WRONG, span, format!("`{name}` is not a known SDK"), help);
            }
        }
    }
    variables
}

fn names(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Vec<String> {
    let found = table.get(key).map(|value| reader.strings(value, &format!("`{key}`"))).unwrap_or_default();
    let mut names = Vec::new();
    for (name, span) in found {
        if is_allowed(name) {
            names.push(name.to_owned());
            continue;
        }
        let help = "use letters, digits and `_`; names that change how programs run are reserved, such as `PATH`";
        reader.report_with_help(&VALUE_WRONG, span, format!("`{name}` is not a valid name of a variable here"), help);
    }
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn parsed(gateway: &str) -> super::super::Parsed {
        let source = format!(
            "[api.a]\nbase_url = \"https://a.test\"\ngateway = {gateway}\n[api.a.endpoints]\n\"GET /a\" = []\n"
        );
        super::super::parse(&source)
    }

    #[test]
    fn ready_sets_and_own_names_are_joined() {
        let manifest =
            parsed("{ sdk = \"openai\", base_url_env = \"A_URL\", token_env = [\"A_KEY\", \"B_KEY\"] }").manifest;
        let variables = &manifest.unwrap().apis[0].variables;
        assert_eq!(variables.base_url, ["A_URL", "OPENAI_BASE_URL"]);
        assert_eq!(variables.token, ["A_KEY", "B_KEY", "OPENAI_API_KEY"]);
    }

    #[test]
    fn names_that_change_how_programs_run_are_rejected() {
        for name in [
            "PATH",
            "path",
            "LD_PRELOAD",
            "DYLD_INSERT_LIBRARIES",
            "http_proxy",
            "NO_PROXY",
            "PYTHONPATH",
            "BASH_ENV",
            "NODE_OPTIONS",
            "GIT_SSH_COMMAND",
            "TOKSCOPE_TOKEN",
            "1A",
            "A-B",
            "A=B",
            "",
            "A B",
        ] {
            let found = parsed(&format!("{{ token_env = \"{name}\" }}")).findings;
            assert!(found.iter().any(|finding| finding.message.contains("not a valid name")), "{name}: {found:?}");
        }
        assert!(READY_SETS.iter().flat_map(|set| set.base_url.iter().chain(set.token)).all(|name| is_allowed(name)));
        let found = parsed("{ sdk = \"opnai\" }").findings;
        assert!(found.iter().any(|finding| finding.message == "`opnai` is not a known SDK"), "{found:?}");
    }
}
