//! Which paths a route matches.

use regex::Regex;

/// Size limit of a compiled pattern, in bytes.
const SIZE: usize = 1 << 20;

/// A pattern for paths.
#[derive(Clone, Debug)]
pub(super) struct PathMatch {
    conditions: Vec<Condition>,
    specificity: Specificity,
}

/// Order among patterns: the greater is the more specific.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Specificity {
    is_closed: bool,
    /// Segments before the first that is not literal.
    literal: usize,
    segments: usize,
}

#[derive(Clone, Debug)]
enum Condition {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Regex(Regex),
    /// A pattern that can't be read matches nothing.
    Never,
}

impl PathMatch {
    fn of(condition: Condition, specificity: Specificity) -> Self {
        Self { conditions: vec![condition], specificity }
    }

    /// Matches every path.
    pub(super) fn any() -> Self {
        Self { conditions: Vec::new(), specificity: Specificity::default() }
    }

    pub(super) fn exact(path: &str) -> Self {
        let segments = path.split('/').count();
        Self::of(Condition::Exact(path.to_owned()), Specificity { is_closed: true, literal: segments, segments })
    }

    pub(super) fn prefix(path: &str) -> Self {
        let segments = path.split('/').count();
        Self::of(Condition::Prefix(path.to_owned()), Specificity { is_closed: false, literal: segments, segments })
    }

    pub(super) fn suffix(path: &str) -> Self {
        Self::of(Condition::Suffix(path.to_owned()), Specificity::default())
    }

    /// A regular expression for the whole path, or for a part of it.
    pub(super) fn regex(pattern: &str, is_whole: bool) -> Self {
        let anchored = if is_whole { format!("^(?:{pattern})$") } else { pattern.to_owned() };
        let condition = regex::RegexBuilder::new(&anchored).size_limit(SIZE).build();
        Self::of(condition.map_or(Condition::Never, Condition::Regex), Specificity::default())
    }

    /// A template: `{name}` is a segment or a part of one; `{name+}`, `{+name}`, `{name*}`, `{**}` and a trailing `*` take
    /// several; `:name` of some routers is a segment.
    pub(super) fn template(template: &str) -> Self {
        let mut pattern = String::new();
        let (mut literal, mut segments, mut is_closed, mut is_literal) = (0, 0, true, true);
        for segment in template.trim_start_matches('/').split('/') {
            pattern.push('/');
            segments += 1;
            if segment == "*" || segment == "**" {
                pattern.push_str(".*");
                (is_closed, is_literal) = (false, false);
                continue;
            }
            let mut rest = segment;
            while let Some((before, after)) = rest.split_once('{') {
                pattern.push_str(&regex::escape(before));
                let (name, after) = after.split_once('}').unwrap_or((after, ""));
                let takes_several = name.starts_with('+') || name.ends_with(['+', '*']) && name != "*";
                pattern.push_str(if takes_several { ".*" } else { "[^/]+" });
                is_closed &= !takes_several;
                is_literal = false;
                rest = after;
            }
            pattern.push_str(&regex::escape(rest));
            literal += usize::from(is_literal);
        }
        let condition = regex::RegexBuilder::new(&format!("^{pattern}$")).size_limit(SIZE).build();
        let specificity = Specificity { is_closed, literal, segments };
        Self::of(condition.map_or(Condition::Never, Condition::Regex), specificity)
    }

    /// Matches what both match.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.specificity = self.specificity.max(other.specificity);
        self.conditions.extend(other.conditions);
        self
    }

    pub(super) fn specificity(&self) -> Specificity {
        self.specificity
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Exact(exact) => exact == path,
            Condition::Prefix(prefix) => path.starts_with(prefix.as_str()),
            Condition::Suffix(suffix) => path.ends_with(suffix.as_str()),
            Condition::Regex(regex) => regex.is_match(path),
            Condition::Never => false,
        })
    }
}
