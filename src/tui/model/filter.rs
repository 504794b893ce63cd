//! Filter of the endpoints: words, and what an endpoint requires.

use super::state::{Facts, RowState};
use crate::app::EndpointId;
use crate::scope::{Requirement, ScopeSet};

/// A parsed filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Filter {
    /// Words that the line has to contain, in lower case.
    pub(in crate::tui) words: Vec<String>,
    /// `scope:`: parts of names of required scopes.
    scopes: Vec<String>,
    /// `risk:`: risks of required scopes.
    risks: Vec<String>,
    /// `method:`
    methods: Vec<String>,
    /// `!` or `+`: what the token misses or allows.
    state: Option<RowState>,
}

impl Filter {
    pub(in crate::tui) fn parse(text: &str) -> Self {
        let mut filter = Self::default();
        for word in text.to_lowercase().split_whitespace() {
            match word.split_once(':') {
                Some(("scope", name)) => filter.scopes.push(name.to_owned()),
                Some(("risk", name)) => filter.risks.push(name.to_owned()),
                Some(("method", name)) => filter.methods.push(name.to_owned()),
                _ if word == "!" => filter.state = Some(RowState::Missing),
                _ if word == "+" => filter.state = Some(RowState::Allowed),
                _ => filter.words.push(word.to_owned()),
            }
        }
        filter
    }

    /// Returns the columns of the words in a line; `None` if it does not contain them all.
    pub(in crate::tui) fn columns(&self, line: &str) -> Option<Vec<usize>> {
        let lower = line.to_lowercase();
        let mut columns = Vec::new();
        for word in &self.words {
            let at = lower.get(..lower.find(word.as_str())?)?.chars().count();
            columns.extend(at..at + word.chars().count());
        }
        Some(columns)
    }

    /// Returns whether an endpoint has the required scopes, risk, method and state.
    pub(in crate::tui) fn admits(&self, facts: &Facts<'_>, id: EndpointId) -> bool {
        if self.scopes.is_empty() && self.risks.is_empty() && self.methods.is_empty() && self.state.is_none() {
            return true;
        }
        let Some((api, endpoint)) = facts.context.endpoint(id) else { return false };
        let requires = |fits: &dyn Fn(&str) -> bool| requires(&endpoint.requirement, fits);
        self.methods.iter().all(|wanted| endpoint.method.to_lowercase().starts_with(wanted.as_str()))
            && self.scopes.iter().all(|wanted| requires(&|scope| has(scope, wanted)))
            && self.risks.iter().all(|wanted| requires(&|scope| api.hierarchy.risk(scope).as_str().starts_with(wanted)))
            && self.state.is_none_or(|wanted| facts.state(id) == wanted)
    }
}

/// Returns whether a name contains a part, which is in lower case.
fn has(name: &str, part: &str) -> bool {
    match name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        true => name.contains(part),
        false => name.to_lowercase().contains(part),
    }
}

fn requires(requirement: &Requirement, fits: &dyn Fn(&str) -> bool) -> bool {
    requirement.alternatives().iter().flat_map(ScopeSet::iter).any(|scope| fits(scope.as_str()))
}
