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

/// The most challenges, and the most parameters of one, that are kept.
const MOST: usize = 64;

/// Parses every challenge of every `WWW-Authenticate` header, in order. It never fails: what can't be read is
/// skipped, and what can be is kept.
#[must_use]
pub fn parse_challenges<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for header in headers {
        parse_header(header, &mut challenges);
    }
    challenges.truncate(MOST);
    challenges
}

fn parse_header(header: &str, challenges: &mut Vec<Challenge>) {
    let mut rest = header;
    let mut begun = false;
    while challenges.len() <= MOST {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, after) = token(rest);
        if word.is_empty() {
            let mut characters = rest.chars();
            if characters.next().is_none() {
                return;
            }
            rest = characters.as_str();
            continue;
        }
        let spaced = after.trim_start_matches([' ', '\t']);
        // a parameter: its name, white space that should not be there, and an equals sign that begins no token68
        let value = spaced.strip_prefix('=').filter(|value| begun && !value.starts_with('='));
        if let (Some(value), Some(challenge)) = (value, challenges.last_mut()) {
            let (value, after) = parameter_value(value.trim_start_matches([' ', '\t']));
            if challenge.parameters.len() < MOST {
                challenge.parameters.push((word.to_ascii_lowercase(), value));
            }
            rest = after;
            continue;
        }
        let (token68, after_token68) = token68(spaced);
        let alone = after_token68.trim_start_matches([' ', '\t']);
        let is_token68 =
            !token68.is_empty() && spaced.len() < after.len() && (alone.is_empty() || alone.starts_with(','));
        challenges.push(Challenge {
            scheme: word.to_owned(),
            token68: is_token68.then(|| token68.to_owned()),
            parameters: Vec::new(),
        });
        begun = true;
        rest = if is_token68 { after_token68 } else { after };
    }
}

/// A token (RFC 9110 §5.6.2) and what follows it.
fn token(text: &str) -> (&str, &str) {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A token68 (RFC 9110 §11.2) and what follows it.
fn token68(text: &str) -> (&str, &str) {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-._~+/".contains(character);
    let body = text.find(|character| !is_part(character)).unwrap_or(text.len());
    let padding = text.get(body..).unwrap_or_default();
    let end = body + (padding.len() - padding.trim_start_matches('=').len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A quoted string, unquoted, or the text up to a comma or white space.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
        return (value.to_owned(), after);
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    (value, characters.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(headers: &[&str]) -> String {
        let one = |challenge: &Challenge| {
            let parameters: Vec<String> =
                challenge.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!(
                "{}({}{})",
                challenge.scheme,
                challenge.token68.as_deref().unwrap_or_default(),
                parameters.join(";")
            )
        };
        parse_challenges(headers.iter().copied()).iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn as_they_are_really_sent() {
        for (headers, expected) in [
            (&["Bearer"][..], "Bearer()"),
            (
                &[r#"Bearer realm="x", error="insufficient_scope", scope="a b""#],
                "Bearer(realm=x;error=insufficient_scope;scope=a b)",
            ),
            (&[r"Bearer error = insufficient_scope,scope=a"], "Bearer(error=insufficient_scope;scope=a)"),
            (&[r#"Basic realm="a, \"b\"", Bearer scope="c""#], "Basic(realm=a, \"b\") Bearer(scope=c)"),
            (&["Negotiate YII=, Bearer", "DPoP algs=\"ES256\""], "Negotiate(YII=) Bearer() DPoP(algs=ES256)"),
            (&["bearer SCOPE=\"x"], "bearer(scope=x)"),
            (
                &[",, ,\u{e9} Bearer error=\"e\" error_description=\"no comma\""],
                "Bearer(error=e;error_description=no comma)",
            ),
            (&[""], ""),
        ] {
            assert_eq!(shown(headers), expected, "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z=\", \\\\é]{0,40}") {
            let _ = parse_challenges([text.as_str()]);
        }
    }
}
