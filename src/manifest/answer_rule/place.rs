//! Places in an answer.

/// A place in an answer, as a rule names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `code`: any name of an error, in a challenge or in the body, in its normal form (see [`normal_code`]).
    Code,
    /// `text`: any text of several words, in a challenge or in the body.
    Text,
    /// `scheme`: the scheme of a challenge.
    Scheme,
    /// `header:NAME`, in lower case.
    Header(String),
    /// `challenge:NAME`: a parameter of a challenge.
    Challenge(String),
    /// `body:/a/b` or, at any depth, `body://b`: a member of a JSON object or an XML element, in the normal form of
    /// names (see [`normal_code`]). Arrays don't count as a step.
    Body {
        /// Whether the path begins at the top.
        whole: bool,
        /// The names on the way.
        path: Vec<String>,
    },
}

impl Place {
    /// Reads a place; `None` when it is none.
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
            Some(("challenge", name)) => named(name).map(Self::Challenge),
            Some(("body", path)) => {
                let whole = !path.starts_with("//");
                let path: Vec<String> =
                    path.strip_prefix('/')?.trim_start_matches('/').split('/').map(normal_code).collect();
                (!path.iter().any(String::is_empty)).then_some(Self::Body { whole, path })
            }
            Some(_) => None,
        }
    }

    /// The name of the member that it is, for a place in a body.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Body { path, .. } => path.last().map(String::as_str),
            _ => None,
        }
    }

    /// Whether it is the place of this member of the body.
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

/// The name of an error without case, underscores, hyphens and blanks: `MISSING_SCOPES`, `missing-scopes` and
/// `missingScopes` are one.
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
    fn places_and_what_is_none() {
        let place = |text| Place::parse(text).unwrap();
        let steps = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(place("header:X-Scopes"), Place::Header("x-scopes".to_owned()));
        assert!(place("body:/error/code").is_member(&steps("error code")));
        assert!(!place("body:/error/code").is_member(&steps("a error code")));
        assert!(place("body://error/code").is_member(&steps("a error code")));
        assert!(!place("body://error/code").is_member(&steps("code")));
        for wrong in ["", "body", "body:", "body:/", "body:a", "body:/a//b", "header:", "cookie:x"] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
        assert_eq!(normal_code("Missing_SCOPES-x"), "missingscopesx");
    }
}
