//! The route tree: rules grouped by the literal segments of their paths, so that a request is compared with few of them.
//!
//! Each leaf lists every rule that a path arriving there may match, in the order of routing.

use std::collections::BTreeMap;

use crate::enforcement::model::Rule;
use crate::enforcement::pattern::{is_path_character, quote};
use crate::manifest::Segment;

/// A leaf with more rules is divided, if that helps.
const LEAF: usize = 16;

/// Segments that are looked at; nothing is divided below.
const DEEPEST: usize = 48;

/// Divisions on the way to a leaf. Envoy 1.40 refuses JSON with more than a hundred levels, and each takes six.
const DIVISIONS: usize = 5;

/// A node of the tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// Rules to try in order, by position.
    Leaf(Vec<usize>),
    /// Children by the longest prefix of the path, and the rest.
    Prefixes(BTreeMap<String, Node>, Box<Node>),
    /// Children by regular expressions for the path with its query, tried in order, and the rest.
    Patterns(Vec<(String, Node)>, Box<Node>),
}

/// Builds the tree of rules that are in the order of routing.
pub(super) fn tree(rules: &[Rule], ignore_case: bool) -> Node {
    let all: Vec<usize> = (0..rules.len()).collect();
    let builder = Builder { rules, ignore_case };
    builder.node(all, 0, &Position::start(ignore_case), DIVISIONS)
}

/// The part of the path before a segment.
#[derive(Clone)]
enum Position {
    /// Literals only.
    Literal(String),
    /// A regular expression.
    Pattern(String),
}

impl Position {
    fn start(ignore_case: bool) -> Self {
        if ignore_case { Self::Pattern("(?i)/".to_owned()) } else { Self::Literal("/".to_owned()) }
    }

    fn pattern(&self) -> String {
        match self {
            Self::Literal(text) => quote(text),
            Self::Pattern(pattern) => pattern.clone(),
        }
    }

    fn below(&self, literal: &str) -> Self {
        match self {
            Self::Literal(text) => Self::Literal(format!("{text}{literal}/")),
            Self::Pattern(pattern) => Self::Pattern(format!("{pattern}{}/", quote(literal))),
        }
    }

    fn below_any(&self) -> Self {
        Self::Pattern(format!("{}[^/?]+/", self.pattern()))
    }
}

struct Builder<'r> {
    rules: &'r [Rule],
    ignore_case: bool,
}

/// Rules at one segment.
struct Split {
    /// Rules that may match a path with a literal at this segment, by the literal.
    literals: BTreeMap<String, Vec<usize>>,
    /// Rules without a literal at this segment.
    others: Vec<usize>,
    /// Whether a rule has a catch-all at this segment or before, so that no level below divides it.
    has_rest: bool,
}

impl Builder<'_> {
    fn node(&self, rules: Vec<usize>, depth: usize, position: &Position, divisions: usize) -> Node {
        let deepest = rules.iter().filter_map(|index| self.rules.get(*index)).map(|rule| rule.segments.len()).max();
        if rules.len() <= LEAF || divisions == 0 || deepest.is_none_or(|deepest| depth >= deepest.min(DEEPEST)) {
            return Node::Leaf(rules);
        }
        let split = self.split(&rules, depth);
        if split.literals.is_empty() && !split.has_rest {
            return self.rest(rules, depth, position, divisions);
        }
        // whatever has another segment here matches none of the rules
        if let (1, Some((only, _)), true) =
            (split.literals.len(), split.literals.iter().next(), split.others.is_empty())
        {
            return self.node(rules, depth + 1, &position.below(only), divisions);
        }
        // dividing copies the other rules to every literal
        if split.has_rest && split.literals.is_empty() || split.others.len() * split.literals.len() > 4 * rules.len() {
            return Node::Leaf(rules);
        }
        match position {
            Position::Literal(prefix) => self.prefixes(&split, depth, prefix, position, divisions - 1),
            Position::Pattern(_) => self.patterns(&split, depth, position, divisions - 1),
        }
    }

    fn split(&self, rules: &[usize], depth: usize) -> Split {
        let mut literals: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut others = Vec::new();
        let mut has_rest = false;
        for index in rules {
            let Some(rule) = self.rules.get(*index) else { continue };
            let until = rule.segments.iter().take(depth + 1);
            has_rest |= until.clone().any(Segment::has_rest);
            let is_before = until.take(depth).any(Segment::has_rest);
            match rule.segments.get(depth).filter(|_| !is_before).and_then(|segment| self.key(segment)) {
                Some(literal) => literals.entry(literal).or_default().push(*index),
                None => others.push(*index),
            }
        }
        Split { literals, others, has_rest }
    }

    /// Returns a literal segment as it stands in a path; `None` for others, and for those that have to be encoded.
    fn key(&self, segment: &Segment) -> Option<String> {
        let text = segment.as_literal().filter(|text| !text.is_empty() && text.chars().all(is_path_character))?;
        Some(if self.ignore_case { text.to_ascii_lowercase() } else { text.to_owned() })
    }

    /// Returns whether a rule without a literal at a segment may match that literal there.
    fn may_match(&self, index: usize, depth: usize) -> bool {
        let Some(rule) = self.rules.get(index) else { return false };
        let has_rest = rule.segments.iter().take(depth + 1).any(Segment::has_rest);
        has_rest || rule.segments.get(depth).is_some_and(|segment| segment.as_literal().is_none())
    }

    fn with_others(&self, own: &[usize], others: &[usize], depth: usize) -> Vec<usize> {
        let fitting = others.iter().filter(|index| self.may_match(**index, depth));
        let mut all: Vec<usize> = own.iter().chain(fitting).copied().collect();
        all.sort_unstable();
        all
    }

    fn ends_at(&self, index: usize, depth: usize) -> bool {
        self.rules.get(index).is_some_and(|rule| rule.segments.len() == depth + 1)
    }

    fn prefixes(&self, split: &Split, depth: usize, prefix: &str, position: &Position, divisions: usize) -> Node {
        let mut children = BTreeMap::new();
        let mut ends: Vec<usize> = Vec::new();
        for (literal, own) in &split.literals {
            let (last, deeper): (Vec<usize>, Vec<usize>) = own.iter().partition(|index| self.ends_at(**index, depth));
            let below = self.with_others(&deeper, &split.others, depth);
            children.insert(
                format!("{prefix}{literal}/"),
                self.node(below, depth + 1, &position.below(literal), divisions),
            );
            if split.others.len() <= LEAF {
                // a longer segment begins with the literal, too
                let mut here: Vec<usize> = last.iter().chain(&split.others).copied().collect();
                here.sort_unstable();
                children.insert(format!("{prefix}{literal}"), Node::Leaf(here));
            } else {
                ends.extend(last);
            }
        }
        let mut rest: Vec<usize> = ends.iter().chain(&split.others).copied().collect();
        rest.sort_unstable();
        Node::Prefixes(children, Box::new(self.rest(rest, depth, position, divisions)))
    }

    fn patterns(&self, split: &Split, depth: usize, position: &Position, divisions: usize) -> Node {
        let before = position.pattern();
        let children = split.literals.iter().map(|(literal, own)| {
            let pattern = format!("{before}{}(?:[/?].*)?", quote(literal));
            let all = self.with_others(own, &split.others, depth);
            (pattern, self.node(all, depth + 1, &position.below(literal), divisions))
        });
        Node::Patterns(children.collect(), Box::new(self.rest(split.others.clone(), depth, position, divisions)))
    }

    /// The rules for paths without one of the literals: divided by whether there is a further segment.
    fn rest(&self, rules: Vec<usize>, depth: usize, position: &Position, divisions: usize) -> Node {
        let segments = |index: &usize| self.rules.get(*index).map(|rule| rule.segments.as_slice()).unwrap_or_default();
        let has_rest = |index: &usize| segments(index).iter().take(depth + 1).any(Segment::has_rest);
        if rules.len() <= LEAF || rules.iter().any(has_rest) {
            return Node::Leaf(rules);
        }
        let (short, long): (Vec<usize>, Vec<usize>) =
            rules.iter().partition(|index| segments(index).len() <= depth + 1);
        match (short.is_empty(), long.is_empty()) {
            (_, true) => Node::Leaf(short),
            (true, false) => self.node(long, depth + 1, &position.below_any(), divisions),
            _ if divisions == 0 => Node::Leaf(rules),
            (false, false) => {
                let pattern = format!("{}[^/?]+/.*", position.pattern());
                let below = self.node(long, depth + 1, &position.below_any(), divisions - 1);
                Node::Patterns(vec![(pattern, below)], Box::new(Node::Leaf(short)))
            }
        }
    }
}
