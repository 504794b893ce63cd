//! The index behind routing: for each method a trie over segments, the most specific first.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use super::Endpoint;
use super::template::Segment;

/// A path of more segments is answered by no catch-all: the time of such a match is their square.
const MOST_SEGMENTS: usize = 512;

/// An index over the endpoints of one API.
#[derive(Clone, Debug, Default)]
pub(super) struct Router {
    /// The root of each method's trie.
    roots: HashMap<String, usize>,
    nodes: Vec<Node>,
    /// The same with every literal in lower case, where the API ignores case: asked second.
    folded: Option<Box<Router>>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    literals: HashMap<String, usize>,
    /// Segments with a parameter, the most specific first.
    patterns: Vec<(Segment, usize)>,
    rests: Rests,
    /// Endpoints whose template ends here, those that ask for more of the query first.
    ends: Vec<usize>,
}

/// Templates of which the rest begins with a catch-all.
#[derive(Clone, Debug, Default)]
struct Rests {
    /// Their remaining segments and the endpoint, the most specific first.
    all: Vec<(Vec<Segment>, usize)>,
    /// Positions in `all` by the fixed end of the last segment: the whole of it, or from its last colon on.
    by_tail: HashMap<String, Vec<usize>>,
    /// Positions in `all` of those without such an end.
    open: Vec<usize>,
}

/// Where the segments with a parameter lead to: by node and shape.
type Patterns = HashMap<(usize, String), usize>;

impl Router {
    /// Indexes endpoints by their positions. `ignore_case`: where no endpoint answers as a path is written, letters
    /// that differ only by case are the same.
    pub(super) fn new(endpoints: &[Endpoint], ignore_case: bool) -> Self {
        let mut router = Self::default();
        let mut patterns = Patterns::new();
        for (index, endpoint) in endpoints.iter().enumerate() {
            router.insert(&endpoint.method, endpoint.template.segments(), index, &mut patterns);
        }
        router.sort(endpoints);
        if ignore_case {
            let mut folded = Self::default();
            let mut patterns = Patterns::new();
            for (index, endpoint) in endpoints.iter().enumerate() {
                folded.insert(&endpoint.method, &endpoint.template.folded(), index, &mut patterns);
            }
            folded.sort(endpoints);
            router.folded = Some(Box::new(folded));
        }
        router
    }

    fn insert(&mut self, method: &str, segments: &[Segment], index: usize, patterns: &mut Patterns) {
        let mut node = match self.roots.get(method) {
            Some(root) => *root,
            None => {
                let root = self.grow();
                self.roots.insert(method.to_owned(), root);
                root
            }
        };
        for (position, segment) in segments.iter().enumerate() {
            let next = self.nodes.len();
            let Some(current) = self.nodes.get_mut(node) else { return };
            if segment.has_rest() {
                current.rests.all.push((segments.iter().skip(position).cloned().collect(), index));
                return;
            }
            let known = match segment.as_literal() {
                Some(text) => *current.literals.entry(text.to_owned()).or_insert(next),
                None => *patterns.entry((node, segment.shape())).or_insert_with(|| {
                    current.patterns.push((segment.clone(), next));
                    next
                }),
            };
            if known == next {
                self.grow();
            }
            node = known;
        }
        if let Some(last) = self.nodes.get_mut(node) {
            last.ends.push(index);
        }
    }

    fn grow(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn sort(&mut self, endpoints: &[Endpoint]) {
        let terms = |index: &usize| endpoints.get(*index).map_or(0, |endpoint| endpoint.template.query_terms());
        for node in &mut self.nodes {
            node.patterns.sort_by_cached_key(|(segment, _)| segment.specificity());
            node.ends.sort_by_key(|index| Reverse(terms(index)));
            node.rests.sort(|index| terms(&index));
        }
    }

    /// The first endpoint by specificity that `accept` takes. `segments` are percent-decoded.
    pub(super) fn find(
        &self,
        method: &str,
        segments: &[Cow<'_, str>],
        accept: &impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let exact = self.roots.get(method).and_then(|root| self.descend(*root, segments, accept));
        exact.or_else(|| {
            let folded = self.folded.as_ref()?;
            let segments: Vec<Cow<'_, str>> =
                segments.iter().map(|segment| Cow::Owned(segment.to_lowercase())).collect();
            folded.find(method, &segments, accept)
        })
    }

    fn descend(&self, node: usize, segments: &[Cow<'_, str>], accept: &impl Fn(usize) -> bool) -> Option<usize> {
        let node = self.nodes.get(node)?;
        let Some((first, rest)) = segments.split_first() else {
            return node.ends.iter().copied().find(|index| accept(*index));
        };
        let literal = node.literals.get(first.as_ref()).and_then(|next| self.descend(*next, rest, accept));
        literal
            .or_else(|| {
                let mut fitting = node.patterns.iter().filter(|(segment, _)| segment.bind(first, |_, _| {}));
                fitting.find_map(|(_, next)| self.descend(*next, rest, accept))
            })
            .or_else(|| node.rests.find(segments, accept))
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
        if self.all.is_empty() || segments.len() > MOST_SEGMENTS {
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
            .filter(|(pattern, _)| bind_all(pattern, segments).is_some())
            .map(|(_, index)| *index)
            .find(|index| accept(*index))
    }
}

/// The values of all parameters of a template, catch-alls over as few segments as fit.
pub(super) fn bind_all(pattern: &[Segment], segments: &[Cow<'_, str>]) -> Option<Vec<(String, String)>> {
    let width = segments.len() + 1;
    let mut binding = Binding { width, failed: Vec::new(), bound: Vec::new() };
    binding.bind(pattern, segments).then_some(binding.bound)
}

struct Binding {
    width: usize,
    /// For each number of segments left of the template, and of the path, whether that is known not to fit. As long as
    /// it has to be.
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
