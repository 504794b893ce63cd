//! Query terms of a path template.

use crate::manifest::percent::{decode, encode};

/// Terms that a request's query must contain, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Term {
    name: String,
    value: TermValue,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum TermValue {
    Any,
    Parameter(String),
    Exactly(String),
}

impl Query {
    /// Parses `action=close&id={id}&expand`, without the question mark.
    pub(super) fn parse(text: &str) -> Self {
        Self(text.split('&').filter(|term| !term.is_empty()).map(Term::parse).collect())
    }

    /// Returns the number of terms.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the terms as strings: `=NAME`, a control character and the value, `+NAME` for a parameter, `?NAME` for any value.
    pub(super) fn keys(&self) -> Vec<String> {
        let key = |term: &Term| match &term.value {
            TermValue::Exactly(value) => format!("={}\u{1}{value}", term.name),
            TermValue::Parameter(_) => format!("+{}", term.name),
            TermValue::Any => format!("?{}", term.name),
        };
        self.0.iter().map(key).collect()
    }

    /// Returns the parameter names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Term::parameter)
    }

    /// Returns the names of the terms.
    pub(super) fn required(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|term| term.name.as_str())
    }

    /// Whether a request's query, without its question mark, contains every term.
    pub(super) fn accepts(&self, query: Option<&str>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        self.0.iter().all(|term| {
            let mut pairs = query.unwrap_or_default().split('&');
            pairs.any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let wanted = match &term.value {
                    TermValue::Exactly(text) => decode(value) == text.as_str(),
                    TermValue::Parameter(_) => !value.is_empty(),
                    TermValue::Any => true,
                };
                wanted && decode(name) == term.name.as_str()
            })
        })
    }

    /// Adds the values of the parameters.
    pub(super) fn bind(&self, query: Option<&str>, bound: &mut Vec<(String, String)>) {
        for term in &self.0 {
            let Some(parameter) = term.parameter() else { continue };
            let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.find(|(name, _)| decode(name) == term.name.as_str());
            bound.extend(value.map(|(_, value)| (parameter.to_owned(), decode(value).into_owned())));
        }
    }

    /// Writes the terms without their parameter names, in a canonical order.
    pub(super) fn write_shape(&self, shape: &mut String) {
        let mut terms: Vec<String> = self
            .0
            .iter()
            .map(|term| match &term.value {
                TermValue::Any => format!("?{}", term.name),
                TermValue::Parameter(_) => format!("?{}={{}}", term.name),
                TermValue::Exactly(value) => format!("?{}={value}", term.name),
            })
            .collect();
        terms.sort_unstable();
        shape.extend(terms);
    }

    /// Returns the given query with missing terms added, percent-encoded. The error is the name of a parameter without
    /// a value.
    pub(super) fn fill(
        &self,
        given: Option<&str>,
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<String>, String> {
        if self.0.is_empty() || self.accepts(given) {
            return Ok(given.map(str::to_owned));
        }
        let mut query = given.map(str::to_owned).unwrap_or_default();
        for term in &self.0 {
            if !query.is_empty() {
                query.push('&');
            }
            encode(&term.name, false, &mut query);
            let text = match &term.value {
                TermValue::Any => continue,
                TermValue::Exactly(text) => text.clone(),
                TermValue::Parameter(name) => {
                    value(name).filter(|value| !value.is_empty()).ok_or_else(|| name.clone())?
                }
            };
            query.push('=');
            let mut encoded = String::new();
            encode(&text, false, &mut encoded);
            // a value must not contain what separates pairs or is read as a space
            query.push_str(&encoded.replace('&', "%26").replace('+', "%2B"));
        }
        Ok(Some(query))
    }
}

impl Term {
    fn parse(text: &str) -> Self {
        let (name, value) = match text.split_once('=') {
            None | Some((_, "")) => (text.trim_end_matches('='), TermValue::Any),
            Some((name, value)) => match value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) {
                Some(parameter) => (name, TermValue::Parameter(parameter.to_owned())),
                None => (name, TermValue::Exactly(decode(value).into_owned())),
            },
        };
        Self { name: decode(name).into_owned(), value }
    }

    fn parameter(&self) -> Option<&str> {
        match &self.value {
            TermValue::Parameter(name) => Some(name),
            TermValue::Any | TermValue::Exactly(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_match_names_values_and_parameters() {
        let query = Query::parse("action=close&&id={id}&expand=&x%5B%5D");
        assert_eq!(query.names().collect::<Vec<_>>(), ["id"]);
        for (given, accepted) in [
            ("x[]=&expand&id=7&action=close", true),
            ("x%5b%5d=1&expand=1&id=7&action=clos%65", true),
            ("x[]=&expand&id=&action=close", false),
            ("x[]=&expand&id=7&action=open", false),
            ("", false),
        ] {
            assert_eq!(query.accepts(Some(given)), accepted, "{given}");
        }
        let mut bound = Vec::new();
        query.bind(Some("id=a%20b&id=2"), &mut bound);
        assert_eq!(bound, [("id".to_owned(), "a b".to_owned())]);
    }
}
