//! Routing index: for each method a trie over segments, the most specific first.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Endpoint;
use super::template::Segment;

/// A path with more segments matches no catch-all: such a match takes quadratic time.
const MAX_SEGMENTS: usize = 512;

/// Most literals of a node that are compared one by one while the index is built.
const FEW: usize = 16;

/// Index of the endpoints of one API.
#[derive(Clone, Debug, Default)]
pub(super) struct Router {
    /// Root node of each method's trie.
    roots: HashMap<String, usize>,
    nodes: Vec<Node>,
    /// Literals are stored in lower case.
    ignore_case: bool,
    /// Endpoints whose template has a query or a fragment.
    pub(super) marked: Vec<usize>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Literals by length, then in byte order; in the order of insertion while the index is built.
    literals: Vec<(Box<str>, usize)>,
    /// Segments with a parameter and a literal, the most specific first.
    patterns: Vec<(Segment, usize)>,
    /// Segment that is a parameter only.
    parameter: Option<usize>,
    rests: Option<Box<Rests>>,
    /// Endpoints whose template ends here, those that require more of the query first.
    ends: Vec<usize>,
}

/// Templates whose remainder starts with a catch-all.
#[derive(Clone, Debug, Default)]
struct Rests {
    /// Remaining segments and endpoint, the most specific first.
    all: Vec<(Vec<Segment>, usize)>,
    /// Positions in `all` by the fixed end of the last segment: the whole segment, or from its last colon.
    by_tail: HashMap<String, Vec<usize>>,
    /// Positions in `all` of templates without a fixed end.
    open: Vec<usize>,
}

/// What is visited next for [`Router::order`].
enum Visit<'r> {
    Node(usize),
    Rests(&'r Rests),
}

/// Builds a [`Router`].
struct Builder<'e> {
    endpoints: &'e [Endpoint],
    router: Router,
    /// Target nodes of literals, by node: of nodes with more than a few literals.
    literals: HashMap<usize, HashMap<Box<str>, usize>>,
    /// Target nodes of segments with a parameter and a literal, by node and shape.
    patterns: HashMap<(usize, String), usize>,
    /// Templates that share their end node with others, by node and shape.
    shapes: HashMap<(usize, String), usize>,
    duplicates: Vec<(usize, usize)>,
}

impl Router {
    /// Indexes endpoints by position, and returns the pairs that match the same requests. With `ignore_case`, paths
    /// that match no endpoint exactly are matched without regard to case.
    pub(super) fn new(endpoints: &[Endpoint], ignore_case: bool) -> (Self, Vec<(usize, usize)>) {
        let mut builder = Builder {
            endpoints,
            router: Self { ignore_case, ..Self::default() },
            literals: HashMap::new(),
            patterns: HashMap::new(),
            shapes: HashMap::new(),
            duplicates: Vec::new(),
        };
        for (index, endpoint) in endpoints.iter().enumerate() {
            if endpoint.template.as_str().contains(['?', '#']) {
                builder.router.marked.push(index);
            }
            builder.insert(&endpoint.method, endpoint.template.segments(), index);
        }
        builder.router.sort(endpoints);
        (builder.router, builder.duplicates)
    }

    fn sort(&mut self, endpoints: &[Endpoint]) {
        let terms = |index: usize| endpoints.get(index).map_or(0, |endpoint| endpoint.template.query_terms());
        for node in &mut self.nodes {
            node.literals.sort_unstable_by(|(one, _), (other, _)| by_length(one, other));
            node.literals.shrink_to_fit();
            node.patterns.sort_by_cached_key(|(segment, _)| segment.specificity());
            node.ends.sort_by_key(|index| Reverse(terms(*index)));
            node.rests.iter_mut().for_each(|rests| rests.sort(terms));
        }
    }

    /// Returns the most specific endpoint that `accept` accepts. `segments` are percent-decoded.
    pub(super) fn find(
        &self,
        method: &str,
        segments: &[Cow<'_, str>],
        endpoints: &[Endpoint],
        accept: &impl Fn(&Endpoint) -> bool,
    ) -> Option<usize> {
        let root = self.roots.get(method)?;
        let accepted = |index: usize| endpoints.get(index).filter(|endpoint| accept(endpoint));
        if !self.ignore_case {
            return self.descend(*root, segments, &|index| accepted(index).is_some());
        }
        let exactly =
            |index: usize| accepted(index).is_some_and(|endpoint| matches_all(endpoint.template.segments(), segments));
        let folded: Vec<Cow<'_, str>>;
        let is_folded = segments.iter().all(|segment| matches!(fold(segment), Cow::Borrowed(_)));
        let in_lower_case = if is_folded {
            segments
        } else {
            folded = segments.iter().map(|segment| fold(segment)).collect();
            folded.as_slice()
        };
        // what matches exactly also matches without regard to case, so that the first match is nearly always both
        let first = self.descend(*root, in_lower_case, &|index| accepted(index).is_some())?;
        let is_same = |endpoint: &Endpoint| {
            let text = endpoint.template.as_str();
            matches!(fold(text), Cow::Borrowed(_)) && !text.contains('%')
        };
        if (is_folded && endpoints.get(first).is_some_and(is_same)) || exactly(first) {
            return Some(first);
        }
        self.descend(*root, in_lower_case, &exactly).or(Some(first))
    }

    /// Returns the positions of all endpoints such that, of those that match a request with one method, the first is the
    /// one that [`Self::find`] returns.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut methods: Vec<(&String, &usize)> = self.roots.iter().collect();
        methods.sort_unstable();
        let mut order = Vec::new();
        // the next to visit is the last
        let mut open: Vec<Visit<'_>> = methods.into_iter().rev().map(|(_, root)| Visit::Node(*root)).collect();
        while let Some(next) = open.pop() {
            let node = match next {
                Visit::Rests(rests) => {
                    order.extend(rests.all.iter().map(|(_, index)| *index));
                    continue;
                }
                Visit::Node(node) => node,
            };
            let Some(node) = self.nodes.get(node) else { continue };
            order.extend(&node.ends);
            open.extend(node.rests.as_deref().map(Visit::Rests));
            open.extend(node.parameter.map(Visit::Node));
            open.extend(node.patterns.iter().rev().map(|(_, next)| Visit::Node(*next)));
            let mut literals: Vec<(&str, usize)> =
                node.literals.iter().map(|(text, next)| (text.as_ref(), *next)).collect();
            literals.sort_unstable();
            open.extend(literals.into_iter().rev().map(|(_, next)| Visit::Node(next)));
        }
        order
    }

    /// Visits each node at most once: every node has one depth.
    fn descend(&self, node: usize, segments: &[Cow<'_, str>], accept: &impl Fn(usize) -> bool) -> Option<usize> {
        let node = self.nodes.get(node)?;
        let Some((first, rest)) = segments.split_first() else {
            return node.ends.iter().copied().find(|index| accept(*index));
        };
        if let Some(next) = node.literal(first)
            && let Some(found) = self.descend(next, rest, accept)
        {
            return Some(found);
        }
        let mut fitting = node.patterns.iter().filter(|(segment, _)| segment.matches(first));
        let found = fitting.find_map(|(_, next)| self.descend(*next, rest, accept));
        let parameter = || node.parameter.filter(|_| !first.is_empty());
        found
            .or_else(|| self.descend(parameter()?, rest, accept))
            .or_else(|| node.rests.as_ref()?.find(segments, accept))
    }
}

impl Node {
    /// Returns the target node of a literal.
    fn literal(&self, text: &str) -> Option<usize> {
        let found = self.literals.binary_search_by(|(literal, _)| by_length(literal, text)).ok()?;
        self.literals.get(found).map(|(_, next)| *next)
    }
}

impl Builder<'_> {
    fn insert(&mut self, method: &str, segments: &[Segment], index: usize) {
        let mut node = match self.router.roots.get(method) {
            Some(root) => *root,
            None => {
                self.router.roots.insert(method.to_owned(), self.router.nodes.len());
                self.add_node()
            }
        };
        let ignore_case = self.router.ignore_case;
        let folded = |segment: &Segment| if ignore_case { segment.folded() } else { segment.clone() };
        for (position, segment) in segments.iter().enumerate() {
            let next = self.router.nodes.len();
            let Some(current) = self.router.nodes.get_mut(node) else { return };
            if segment.has_rest() {
                let rest: Vec<Segment> = segments.iter().skip(position).map(folded).collect();
                current.rests.get_or_insert_default().all.push((rest, index));
                self.record_shape(node, index);
                return;
            }
            let known = if let Some(text) = segment.as_literal() {
                let text = if ignore_case { fold(text) } else { Cow::Borrowed(text) };
                self.literal(node, &text, next)
            } else if segment.is_parameter() {
                *current.parameter.get_or_insert(next)
            } else {
                let segment = folded(segment);
                *self.patterns.entry((node, segment.shape())).or_insert_with(|| {
                    current.patterns.push((segment, next));
                    next
                })
            };
            if known == next {
                self.add_node();
            }
            node = known;
        }
        let Some(last) = self.router.nodes.get_mut(node) else { return };
        last.ends.push(index);
        // nearly always there is only one, and nothing to compare
        match last.ends.as_slice() {
            [] | [_] => {}
            [first, second] => {
                let (first, second) = (*first, *second);
                self.record_shape(node, first);
                self.record_shape(node, second);
            }
            _ => self.record_shape(node, index),
        }
    }

    /// Records a template that shares its end node with others.
    fn record_shape(&mut self, node: usize, index: usize) {
        let Some(endpoint) = self.endpoints.get(index) else { return };
        match self.shapes.entry((node, endpoint.template.shape())) {
            Entry::Occupied(earlier) => self.duplicates.push((*earlier.get(), index)),
            Entry::Vacant(place) => {
                place.insert(index);
            }
        }
    }

    /// Returns the target node of a literal, `next` if it is new. Few literals are compared, many are looked up.
    fn literal(&mut self, node: usize, text: &str, next: usize) -> usize {
        let Some(literals) = self.router.nodes.get_mut(node).map(|node| &mut node.literals) else { return next };
        let known = match literals.len() {
            0..=FEW => literals.iter().find(|(literal, _)| literal.as_ref() == text).map(|(_, known)| *known),
            _ => self.literals.get(&node).and_then(|known| known.get(text)).copied(),
        };
        if let Some(known) = known {
            return known;
        }
        literals.push((text.into(), next));
        if literals.len() > FEW {
            let known = self.literals.entry(node).or_insert_with(|| literals.iter().cloned().collect());
            known.insert(text.into(), next);
        }
        next
    }

    fn add_node(&mut self) -> usize {
        self.router.nodes.push(Node::default());
        self.router.nodes.len() - 1
    }
}

impl Rests {
    fn sort(&mut self, terms: impl Fn(usize) -> usize) {
        self.all.sort_by_cached_key(|(segments, index)| {
            let literal: usize = segments.iter().map(Segment::literal_length).sum();
            (Reverse(literal), Reverse(segments.len()), Reverse(terms(*index)), *index)
        });
        for (position, (segments, _)) in self.all.iter().enumerate() {
            match segments.last().and_then(Segment::fixed_end) {
                Some(end) => self.by_tail.entry(end.to_owned()).or_default().push(position),
                None => self.open.push(position),
            }
        }
    }

    fn find(&self, segments: &[Cow<'_, str>], accept: &impl Fn(usize) -> bool) -> Option<usize> {
        if segments.len() > MAX_SEGMENTS {
            return None;
        }
        let last = segments.last()?;
        let verb = last.rfind(':').and_then(|at| last.get(at..));
        let mut candidates: Vec<usize> = self.open.clone();
        for end in [Some(last.as_ref()), verb].into_iter().flatten() {
            candidates.extend(self.by_tail.get(end).into_iter().flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        let fitting = candidates.into_iter().filter_map(|position| self.all.get(position));
        fitting
            .filter(|(pattern, _)| matches_all(pattern, segments))
            .map(|(_, index)| *index)
            .find(|index| accept(*index))
    }
}

/// Compares by length first: most literals differ in it, and need no comparison of bytes.
fn by_length(one: &str, other: &str) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// Lower-cases a segment; most paths already are lower case.
pub(super) fn fold(segment: &str) -> Cow<'_, str> {
    match segment.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(segment),
        false => Cow::Owned(segment.to_lowercase()),
    }
}

/// Returns whether a template matches.
fn matches_all(pattern: &[Segment], segments: &[Cow<'_, str>]) -> bool {
    let fits = |(segment, text): (&Segment, &Cow<'_, str>)| segment.matches(text);
    if pattern.len() == segments.len() && pattern.iter().zip(segments).all(fits) {
        // a catch-all matches one segment, too
        return true;
    }
    pattern.iter().any(Segment::has_rest) && bind_all(pattern, segments).is_some()
}

/// Returns the values of all parameters of a template; catch-alls match as few segments as possible.
pub(super) fn bind_all(pattern: &[Segment], segments: &[Cow<'_, str>]) -> Option<Vec<(String, String)>> {
    let width = segments.len() + 1;
    let mut binding = Binding { width, failed: Vec::new(), bound: Vec::new() };
    binding.bind(pattern, segments).then_some(binding.bound)
}

struct Binding {
    width: usize,
    /// For each number of remaining template and path segments, whether that state is known not to match. Grown on
    /// demand.
    failed: Vec<bool>,
    bound: Vec<(String, String)>,
}

impl Binding {
    fn bind(&mut self, pattern: &[Segment], segments: &[Cow<'_, str>]) -> bool {
        let Some((first, rest)) = pattern.split_first() else { return segments.is_empty() };
        let Some(most) = segments.len().checked_sub(rest.len()).filter(|most| *most > 0) else { return false };
        let counts = match (first.has_rest(), rest.iter().any(Segment::has_rest)) {
            (false, _) => 1..=1,
            (true, true) => 1..=most,
            (true, false) => most..=most,
        };
        let state = pattern.len() * self.width + segments.len();
        if self.failed.get(state).copied().unwrap_or(false) {
            return false;
        }
        let before = self.bound.len();
        for count in counts {
            let Some((taken, after)) = segments.split_at_checked(count) else { break };
            let joined;
            let text = match taken {
                [only] => only.as_ref(),
                several => {
                    joined = several.join("/");
                    joined.as_str()
                }
            };
            let bound = &mut self.bound;
            let fits = first.bind(text, |name, value| bound.push((name.to_owned(), value.to_owned())));
            if fits && self.bind(rest, after) {
                return true;
            }
            self.bound.truncate(before);
        }
        if self.failed.len() <= state {
            self.failed.resize(state + 1, false);
        }
        if let Some(failed) = self.failed.get_mut(state) {
            *failed = true;
        }
        false
    }
}

#[cfg(test)]
mod tests;
