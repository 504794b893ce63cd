//! The catalogue of known answers, parsed once.

use std::sync::LazyLock;

use crate::manifest::{AnswerRule, parse_catalogue};

/// Every rule, in the order in which they are asked: providers, codes, prose.
pub(super) fn catalogue() -> &'static [AnswerRule] {
    static CATALOGUE: LazyLock<Vec<AnswerRule>> =
        // a test sees to it that nothing is wrong with the embedded source
        LazyLock::new(|| parse_catalogue(include_str!("answers.toml")).unwrap_or_default());
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
}
