//! The catalogue of response rules, parsed once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::manifest::{ErrorLocation, ErrorRule, parse_catalogue};

/// The rules with an index of their sentences: one pass over a text finds every rule that may match it.
pub(super) struct Catalogue {
    /// In order of their tiers: providers, codes, prose.
    pub(super) rules: Vec<ErrorRule>,
    /// Finds the longest literal of each sentence pattern.
    finder: Option<AhoCorasick>,
    /// For each literal, the rules with such a pattern.
    rules_of: Vec<Vec<usize>>,
    /// Whether a rule has no sentence pattern, or one without a literal.
    unindexed: Vec<bool>,
}

impl Catalogue {
    fn new(rules: Vec<ErrorRule>) -> Self {
        let mut words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut unindexed = vec![true; rules.len()];
        for ((index, rule), unindexed) in rules.iter().enumerate().zip(&mut unindexed) {
            for (_, patterns) in rule.matches.iter().filter(|(place, _)| *place == ErrorLocation::Text) {
                *unindexed = patterns.iter().any(|pattern| pattern.needle().is_empty()) || patterns.is_empty();
                for pattern in patterns {
                    words.entry(pattern.needle()).or_default().push(index);
                }
            }
        }
        words.remove("");
        let (words, rules_of): (Vec<&str>, Vec<Vec<usize>>) = words.into_iter().unzip();
        // without an index every rule is tried
        let finder = AhoCorasick::new(words).ok();
        let unindexed = if finder.is_some() { unindexed } else { vec![true; rules.len()] };
        Self { rules, finder, rules_of, unindexed }
    }

    /// Returns the rules that may match these lower-case texts.
    pub(super) fn candidates<'t>(&self, texts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &ErrorRule> {
        let mut candidate = self.unindexed.clone();
        for text in texts {
            for found in self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text)) {
                for index in self.rules_of.get(found.pattern().as_usize()).into_iter().flatten() {
                    if let Some(candidate) = candidate.get_mut(*index) {
                        *candidate = true;
                    }
                }
            }
        }
        self.rules.iter().zip(candidate).filter(|(_, candidate)| *candidate).map(|(rule, _)| rule)
    }
}

/// Returns the catalogue.
pub(super) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> =
        // a test ensures that the embedded source is valid
        LazyLock::new(|| Catalogue::new(parse_catalogue(include_str!("response_rules.toml")).unwrap_or_default()));
    &CATALOGUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Tier;

    #[test]
    fn the_catalogue_is_valid_and_provider_rules_have_a_source() {
        let rules = parse_catalogue(include_str!("response_rules.toml")).unwrap();
        assert!(rules.len() > 80, "{}", rules.len());
        for rule in rules {
            assert!(rule.tier != Tier::Provider || rule.source.is_some(), "{}", rule.name);
        }
    }

    #[test]
    fn rules_are_candidates_only_if_a_literal_of_their_sentence_occurs() {
        let names = |text: &str| {
            let found = catalogue().candidates([text].into_iter());
            found.filter(|rule| rule.tier == Tier::Prose).map(|rule| rule.name.as_str()).collect::<Vec<_>>()
        };
        let (spoken, unindexed) = (names("the token has expired, and a scope is missing"), names(""));
        assert!(spoken.contains(&"token-expired") && spoken.contains(&"scope") && !spoken.contains(&"binding"));
        assert!(!unindexed.contains(&"token-expired") && unindexed.contains(&"payment"), "{unindexed:?}");
    }
}
