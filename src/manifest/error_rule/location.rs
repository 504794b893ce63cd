//! Locations in a response.

/// A location in a response, as named in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `code`: any error code in a challenge or in the body, normalized (see [`normal_code`]).
    Code,
    /// `text`: any message of several words in a challenge or in the body.
    Text,
    /// `scheme`: the authentication scheme of a challenge.
    Scheme,
    /// `header:NAME`, in lower case.
    Header(String),
    /// `challenge:NAME` or `challenge:SCHEME/NAME`: a parameter of a challenge, or of one with that scheme.
    Challenge {
        /// The scheme, in lower case.
        scheme: Option<String>,
        /// The parameter, in lower case.
        name: String,
    },
    /// `redirect:NAME`: a parameter in the query or fragment of the URL that the response redirects to.
    Redirect(String),
    /// `body:/a/b` or, at any depth, `body://b`: a member of a JSON object or an XML element, with normalized names
    /// (see [`normal_code`]). Arrays don't count as a step.
    Body {
        /// Whether the path starts at the root.
        whole: bool,
        /// Names along the path.
        path: Vec<String>,
    },
}

impl Location {
    /// Parses a location; `None` if it is not valid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let named = |name: &str| (!name.is_empty()).then(|| name.to_ascii_lowercase());
        match text.split_once(':') {
            None => match text {
                "code" => Some(Self::Code),
                "text" => Some(Self::Text),
                "scheme" => Some(Self::Scheme),
                _ => None,
            },
            Some(("header", name)) => named(name).map(Self::Header),
            Some(("challenge", name)) => match name.split_once('/') {
                Some((scheme, name)) => Some(Self::Challenge { scheme: Some(named(scheme)?), name: named(name)? }),
                None => Some(Self::Challenge { scheme: None, name: named(name)? }),
            },
            Some(("redirect", name)) => named(name).map(Self::Redirect),
            Some(("body", path)) => {
                let whole = !path.starts_with("//");
                let path: Vec<String> =
                    path.strip_prefix('/')?.trim_start_matches('/').split('/').map(normal_code).collect();
                (!path.iter().any(String::is_empty)).then_some(Self::Body { whole, path })
            }
            Some(_) => None,
        }
    }

    /// Returns the name of the member, for a location in a body.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Body { path, .. } => path.last().map(String::as_str),
            _ => None,
        }
    }

    /// Whether it matches the member of the body at this path.
    #[must_use]
    pub fn is_member(&self, steps: &[String]) -> bool {
        match self {
            Self::Body { whole: true, path } => path == steps,
            Self::Body { whole: false, path } => {
                steps.len().checked_sub(path.len()).and_then(|from| steps.get(from..)).is_some_and(|end| path == end)
            }
            _ => false,
        }
    }
}

/// Normalizes an error code: without case, underscores, hyphens and spaces, so that `MISSING_SCOPES`, `missing-scopes`
/// and `missingScopes` are equal.
#[must_use]
pub fn normal_code(code: &str) -> String {
    code.chars()
        .filter(|character| !matches!(character, '_' | '-' | ' '))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_locations_are_rejected() {
        let location = |text| Location::parse(text).unwrap();
        let steps = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(location("header:X-Scopes"), Location::Header("x-scopes".to_owned()));
        assert!(location("body:/error/code").is_member(&steps("error code")));
        assert!(!location("body:/error/code").is_member(&steps("a error code")));
        assert!(location("body://error/code").is_member(&steps("a error code")));
        assert!(!location("body://error/code").is_member(&steps("code")));
        for wrong in [
            "",
            "body",
            "body:",
            "body:/",
            "body:a",
            "body:/a//b",
            "header:",
            "cookie:x",
            "challenge:",
            "challenge:/a",
            "challenge:a/",
            "redirect:",
        ] {
            assert_eq!(Location::parse(wrong), None, "{wrong}");
        }
        assert_eq!(normal_code("Missing_SCOPES-x"), "missingscopesx");
    }
}
