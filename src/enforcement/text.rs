//! What the exporters of text formats have in common: numbered needs, quoting, comments.

use std::collections::BTreeMap;

use serde_json::Value;

use super::findings::unsupported;
use super::model::{Access, Model, Rule, ScopeNeed};
use super::options::OPTIONS;
use super::pattern::quote;
use crate::diagnostic::Diagnostic;
use crate::text::shell_word;

/// Distinct scopes and requirements of a model, numbered in the order of the rules.
#[derive(Debug)]
pub(super) struct Numbered<'m> {
    /// Distinct needed scopes.
    pub(super) scopes: Vec<&'m ScopeNeed>,
    /// Distinct requirements, each with the rules that have it.
    pub(super) needs: Vec<(&'m Access, Vec<&'m Rule>)>,
    scope_numbers: BTreeMap<&'m ScopeNeed, usize>,
    need_numbers: BTreeMap<&'m Access, usize>,
}

impl<'m> Numbered<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut scopes: Vec<&ScopeNeed> = Vec::new();
        let mut known: BTreeMap<&ScopeNeed, usize> = BTreeMap::new();
        let mut needs: Vec<(&Access, Vec<&Rule>)> = Vec::new();
        let mut numbers: BTreeMap<&Access, usize> = BTreeMap::new();
        for rule in &model.rules {
            for scope in rule.access.alternatives.iter().flatten() {
                known.entry(scope).or_insert_with(|| {
                    scopes.push(scope);
                    scopes.len() - 1
                });
            }
            let number = *numbers.entry(&rule.access).or_insert_with(|| {
                needs.push((&rule.access, Vec::new()));
                needs.len() - 1
            });
            if let Some((_, rules)) = needs.get_mut(number) {
                rules.push(rule);
            }
        }
        Self { scopes, needs, scope_numbers: known, need_numbers: numbers }
    }

    /// Returns the number of a scope.
    pub(super) fn scope(&self, scope: &ScopeNeed) -> usize {
        self.scope_numbers.get(scope).copied().unwrap_or_default()
    }

    /// Returns the number of a rule's requirement.
    pub(super) fn need(&self, rule: &Rule) -> usize {
        self.need_numbers.get(&rule.access).copied().unwrap_or_default()
    }
}

/// Returns a regular expression for one of the scopes that grant a scope.
pub(super) fn any_scope(need: &ScopeNeed) -> String {
    let names: Vec<String> = need.iter().map(|scope| quote(scope.as_str())).collect();
    match names.as_slice() {
        [only] => only.clone(),
        several => format!("({})", several.join("|")),
    }
}

/// Returns the head of a file.
pub(super) fn head(model: &Model, engine: &str, usage: &str) -> String {
    let mark = model.engine.comment();
    format!(
        "{mark} API `{}` of {} for {engine}, exported by `tokscope manifest export`. {usage}\n\
         {mark} Do not edit: change the manifest and export again. Denied is whatever no rule allows.\n{mark}{OPTIONS}{}\n",
        model.api, model.manifest, model.options
    )
}

/// Returns the name of an API as part of the name of a variable.
pub(super) fn identifier(model: &Model) -> String {
    let character = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    format!("tokscope_{}", model.api.chars().map(character).collect::<String>())
}

/// Returns host and port of a URL, as in an address.
pub(super) fn authority(url: &url::Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443))
}

/// Claims that an ID token has and an access token has not (OpenID Connect Core §2).
pub(super) const ID_TOKEN_CLAIMS: [&str; 3] = ["at_hash", "c_hash", "nonce"];

/// Regular expression for the types of access tokens, without regard to case (RFC 8725 §3.11, RFC 9068 §2.1).
pub(super) const ACCESS_TOKEN_TYPES: &str = "^(application/)?((at[+])?jwt|jose([+]json)?)$";

/// Returns a comment for a rule: place, endpoint and requirement.
pub(super) fn comment(model: &Model, rule: &Rule) -> String {
    format!("{} {}: {} requires {}", model.engine.comment(), model.place(rule), rule.endpoint, rule.required)
}

/// Returns a finding about an endpoint that the engine can't express.
pub(super) fn inexpressible(model: &Model, rule: &Rule, reason: &str) -> Diagnostic {
    let message = format!("{}: `{}` {reason}", model.place(rule), rule.endpoint);
    let denial = shell_word(&rule.endpoint).into_owned();
    unsupported(
        message,
        format!("deny it with `--deny {denial}`, or use a decision endpoint (`tokscope gateway authorize`)"),
    )
}

/// Returns a string as JSON, which is also a double-quoted string of YAML, HCL and Cedar.
pub(super) fn json_string(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns strings as a JSON array, which is also a sequence of YAML and a list of HCL and Cedar.
pub(super) fn json_strings<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| json_string(text.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}
