//! Form and query parameters (RFC 6749 sections 3.1 and 3.2).

use url::form_urlencoded;

/// The parameters of a request, in order.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses `application/x-www-form-urlencoded`. Parameters without a value are omitted (RFC 6749 section 3.1).
    pub(super) fn parse(encoded: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(encoded).take(100);
        Self(pairs.filter(|(_, value)| !value.is_empty()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect())
    }

    /// Returns the first value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns every value of a parameter that may be repeated, such as `resource` (RFC 8707 section 2) or a checkbox.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the first parameter that is repeated although it must not be (RFC 6749 section 3.1).
    pub(super) fn repeated(&self) -> Option<&str> {
        let mut names = self.0.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "resource");
        names.find(|name| self.all(name).nth(1).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_parameters_are_found_and_empty_ones_omitted() {
        let parameters = Parameters::parse(b"a=1&b=&resource=x&resource=y&c=%20+&a=2");
        assert_eq!((parameters.get("a"), parameters.get("b"), parameters.get("c")), (Some("1"), None, Some("  ")));
        assert_eq!(parameters.all("resource").count(), 2);
        assert_eq!(parameters.repeated(), Some("a"));
        assert_eq!(Parameters::parse(b"a=1&b=2&resource=x&resource=y").repeated(), None);
    }
}
