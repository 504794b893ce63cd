//! The catalogue of known answers, parsed once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::manifest::{AnswerPlace, AnswerRule, parse_catalogue};

/// The rules, and what their sentences are looked for by: all at once, so that a long page costs one pass.
pub(super) struct Catalogue {
    /// In the order in which they are asked: providers, codes, prose.
    pub(super) rules: Vec<AnswerRule>,
    /// A word of every sentence of every rule.
    finder: Option<AhoCorasick>,
    /// For each of those words the rules that have such a sentence.
    speakers: Vec<Vec<usize>>,
    /// The rules that need no sentence, or one without a word of its own.
    silent: Vec<bool>,
}

impl Catalogue {
    fn new(rules: Vec<AnswerRule>) -> Self {
        let mut words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut silent = vec![true; rules.len()];
        for ((index, rule), silent) in rules.iter().enumerate().zip(&mut silent) {
            for (_, patterns) in rule.matches.iter().filter(|(place, _)| *place == AnswerPlace::Text) {
                *silent = patterns.iter().any(|pattern| pattern.needle().is_empty()) || patterns.is_empty();
                for pattern in patterns {
                    words.entry(pattern.needle()).or_default().push(index);
                }
            }
        }
        words.remove("");
        let (words, speakers): (Vec<&str>, Vec<Vec<usize>>) = words.into_iter().unzip();
        // without it every rule is tried
        let finder = AhoCorasick::new(words).ok();
        let silent = if finder.is_some() { silent } else { vec![true; rules.len()] };
        Self { rules, finder, speakers, silent }
    }

    /// The rules that may fit these texts, which are in lower case.
    pub(super) fn candidates<'t>(&self, texts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &AnswerRule> {
        let mut heard = self.silent.clone();
        for text in texts {
            for found in self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text)) {
                for index in self.speakers.get(found.pattern().as_usize()).into_iter().flatten() {
                    if let Some(heard) = heard.get_mut(*index) {
                        *heard = true;
                    }
                }
            }
        }
        self.rules.iter().zip(heard).filter(|(_, heard)| *heard).map(|(rule, _)| rule)
    }
}

/// The catalogue.
pub(super) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> =
        // a test sees to it that nothing is wrong with the embedded source
        LazyLock::new(|| Catalogue::new(parse_catalogue(include_str!("answers.toml")).unwrap_or_default()));
    &CATALOGUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Tier;

    #[test]
    fn the_catalogue_has_no_mistake_and_providers_name_their_source() {
        let rules = parse_catalogue(include_str!("answers.toml")).unwrap();
        assert!(rules.len() > 80, "{}", rules.len());
        for rule in rules {
            assert!(rule.tier != Tier::Provider || rule.source.is_some(), "{}", rule.name);
        }
    }

    #[test]
    fn a_rule_is_a_candidate_only_where_a_word_of_its_sentence_is() {
        let names = |text: &str| {
            let found = catalogue().candidates([text].into_iter());
            found.filter(|rule| rule.tier == Tier::Prose).map(|rule| rule.name.as_str()).collect::<Vec<_>>()
        };
        let (spoken, silent) = (names("the token has expired, and a scope is missing"), names(""));
        assert!(spoken.contains(&"token-expired") && spoken.contains(&"scope") && !spoken.contains(&"binding"));
        assert!(!silent.contains(&"token-expired") && silent.contains(&"payment"), "{silent:?}");
    }
}
