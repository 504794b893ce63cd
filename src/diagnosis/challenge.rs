//! `WWW-Authenticate` (RFC 9110 §11.6.1, RFC 6750 §3), as it is really sent.

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as it was sent, such as `Bearer`. Compare without regard to case.
    pub scheme: String,
    /// The token68 form, where there is one instead of parameters.
    pub token68: Option<String>,
    /// The parameters in their order: names in lower case, values unquoted.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The first parameter of that (lower-case) name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// Whether the scheme is this one, without regard to case.
    #[must_use]
    pub fn is_scheme(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }
}

/// Parses every challenge of every `WWW-Authenticate` header, in order. It never fails: what can't be read is
/// skipped, and what can be is kept.
#[must_use]
pub fn parse_challenges<'a>(_headers: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    todo!("diagnosis")
}
