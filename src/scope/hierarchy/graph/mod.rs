//! Implication as a graph, with everything that a scope implies worked out once.
//!
//! Its nodes are the declared scopes and the patterns that are not simply the name of one: wildcards, and names that were
//! not declared. A wildcard is expanded once, however many scopes imply it, so that a hundred scopes that imply `*` cost a
//! hundred edges. What a node reaches is a set of bits, shared by all that imply each other.
//!
//! A hierarchy beyond the bounds below is not expanded at all: then no scope implies another, and
//! [`Hierarchy::is_too_large`](super::Hierarchy::is_too_large) says so.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::super::{Risk, Scope};
use super::{Declared, Pattern};

/// The most scopes that are compared with wildcards, over all wildcards. A wildcard is compared only with the scopes that
/// begin as it does.
pub(super) const MOST_COMPARED: usize = 1_000_000;

/// The most bits of all the sets of implied scopes together: 32 MiB.
pub(super) const MOST_BITS: usize = 1 << 28;

#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    scopes: Vec<Scope>,
    /// For each risk, the scopes of a higher one.
    riskier: Vec<(Risk, Vec<u64>)>,
    numbers: HashMap<Scope, usize>,
    /// The patterns after the scopes: those with a wildcard, and names that were not declared.
    patterns: Vec<Pattern>,
    wild: Wild,
    undeclared: HashMap<Pattern, usize>,
    /// What each node reaches, by its group; `None` for a node that reaches nothing.
    groups: Vec<Option<usize>>,
    reached: Vec<Vec<u64>>,
    words: usize,
    cycle: Option<Vec<usize>>,
    pub(super) is_too_large: bool,
}

/// Wildcard patterns by the text before their first `*`. A scope is compared only with patterns whose start it has.
#[derive(Clone, Debug, Default)]
struct Wild {
    by_start: HashMap<Box<str>, Vec<usize>>,
    lengths: BTreeSet<usize>,
}

impl Wild {
    fn insert(&mut self, pattern: &Pattern, node: usize) {
        let start = pattern.as_str().split('*').next().unwrap_or_default();
        self.lengths.insert(start.len());
        self.by_start.entry(start.into()).or_default().push(node);
    }

    /// Returns the nodes of the patterns that may match a scope.
    fn candidates(&self, scope: &str) -> impl Iterator<Item = usize> {
        let starts = self.lengths.iter().filter_map(|length| scope.get(..*length));
        starts.filter_map(|start| self.by_start.get(start)).flatten().copied()
    }
}

/// The wanted scopes that no held scope has reached yet: see [`Graph::first_to_reach`].
#[derive(Debug)]
pub(super) struct Open {
    mask: Vec<u64>,
    /// The numbers of the wanted scopes that a node stands for.
    by_node: HashMap<usize, Vec<usize>>,
    is_reached: Vec<bool>,
}

impl Graph {
    pub(super) fn new(declared: &BTreeMap<Scope, Declared>) -> Self {
        let mut graph = Self {
            scopes: declared.keys().cloned().collect(),
            numbers: declared.keys().cloned().zip(0..).collect(),
            ..Self::default()
        };
        let edges = graph.edges(declared);
        match edges {
            Some(edges) => {
                graph.expand(&edges);
                graph.riskier = Risk::DESCENDING.iter().map(|risk| (*risk, graph.above(*risk, declared))).collect();
            }
            None => graph.is_too_large = true,
        }
        graph
    }

    /// The scopes of a higher risk than this one.
    fn above(&self, risk: Risk, declared: &BTreeMap<Scope, Declared>) -> Vec<u64> {
        let mut bits = vec![0; self.words];
        let above = declared.values().enumerate().filter(|(_, declared)| declared.risk > risk);
        above.for_each(|(number, _)| insert(&mut bits, number));
        bits
    }

    /// The nodes that each node implies directly; `None` beyond the bounds.
    fn edges(&mut self, declared: &BTreeMap<Scope, Declared>) -> Option<Vec<Vec<usize>>> {
        let mut edges: Vec<Vec<usize>> = vec![Vec::new(); self.scopes.len()];
        let mut known: HashMap<&Pattern, usize> = HashMap::new();
        let mut compared = 0;
        for (from, pattern) in
            declared.values().enumerate().flat_map(|(from, one)| one.implies.iter().map(move |to| (from, to)))
        {
            let is_wildcard = pattern.is_wildcard();
            let declared = self.numbers.get(&pattern.0).filter(|_| !is_wildcard);
            let to = match declared.or_else(|| known.get(pattern)) {
                Some(number) => *number,
                None => {
                    let number = edges.len();
                    self.patterns.push(pattern.clone());
                    known.insert(pattern, number);
                    edges.push(Vec::new());
                    if is_wildcard {
                        let (start, candidates) = self.beginning_as(pattern);
                        compared += candidates.len();
                        if compared > MOST_COMPARED {
                            return None;
                        }
                        let matched =
                            candidates.iter().zip(start..).filter(|(scope, _)| pattern.matches(scope.as_str()));
                        let matched: Vec<usize> = matched.map(|(_, number)| number).collect();
                        edges.last_mut()?.extend(matched);
                        self.wild.insert(pattern, number);
                    } else {
                        self.undeclared.insert(pattern.clone(), number);
                    }
                    number
                }
            };
            edges.get_mut(from)?.push(to);
        }
        let rows = edges.iter().filter(|to| !to.is_empty()).count();
        (rows.checked_mul(edges.len())? <= MOST_BITS).then_some(edges)
    }

    /// The declared scopes that begin with what a wildcard begins with, and the number of the first of them.
    fn beginning_as(&self, pattern: &Pattern) -> (usize, &[Scope]) {
        let first = pattern.as_str().split('*').next().unwrap_or_default();
        let start = self.scopes.partition_point(|scope| scope.as_str() < first);
        let rest = self.scopes.get(start..).unwrap_or_default();
        let length = rest.partition_point(|scope| scope.as_str().starts_with(first));
        (start, rest.get(..length).unwrap_or_default())
    }

    /// Groups nodes that imply each other (Tarjan's algorithm without recursion: a manifest may be made to be deep). Groups
    /// are complete in an order in which what a group implies comes before it.
    fn expand(&mut self, edges: &[Vec<usize>]) {
        const UNSEEN: usize = usize::MAX;
        let count = edges.len();
        self.words = count.div_ceil(64);
        self.groups = vec![None; count];
        let (mut index, mut low) = (vec![UNSEEN; count], vec![0; count]);
        let mut on_stack = vec![false; count];
        let (mut stack, mut next) = (Vec::new(), 0);
        let to = |node: usize, position: usize| edges.get(node).and_then(|to| to.get(position)).copied();
        for start in 0..count {
            if index.get(start).is_none_or(|seen| *seen != UNSEEN) {
                continue;
            }
            let mut path: Vec<(usize, usize)> = Vec::new();
            let mut entered = Some(start);
            loop {
                if let Some(node) = entered.take() {
                    set(&mut index, node, next);
                    set(&mut low, node, next);
                    set(&mut on_stack, node, true);
                    stack.push(node);
                    path.push((node, 0));
                    next += 1;
                }
                let Some((node, position)) = path.last_mut() else { break };
                let node = *node;
                if let Some(other) = to(node, *position) {
                    *position += 1;
                    if at(&index, other) == UNSEEN {
                        entered = Some(other);
                    } else if at(&on_stack, other) {
                        let lower = at(&low, node).min(at(&index, other));
                        set(&mut low, node, lower);
                    }
                    continue;
                }
                path.pop();
                if let Some((above, _)) = path.last() {
                    let lower = at(&low, *above).min(at(&low, node));
                    set(&mut low, *above, lower);
                }
                if at(&low, node) == at(&index, node) {
                    let from = stack.iter().rposition(|member| *member == node).unwrap_or_default();
                    let members = stack.split_off(from);
                    for member in &members {
                        set(&mut on_stack, *member, false);
                    }
                    self.complete(&members, edges);
                }
            }
        }
    }

    /// Adds a group of nodes that imply each other, after every group that it implies.
    fn complete(&mut self, members: &[usize], edges: &[Vec<usize>]) {
        let out = || members.iter().filter_map(|member| edges.get(*member)).flatten().copied();
        if out().next().is_none() {
            return;
        }
        let mut bits = vec![0; self.words];
        for member in members {
            insert(&mut bits, *member);
        }
        for other in out() {
            // within the group there is nothing to add yet
            insert(&mut bits, other);
            if let Some(reached) = self.row(other) {
                bits.iter_mut().zip(reached).for_each(|(word, other)| *word |= other);
            }
        }
        for member in members {
            set(&mut self.groups, *member, Some(self.reached.len()));
        }
        self.reached.push(bits);
        let scopes = members.iter().filter(|member| **member < self.scopes.len()).count();
        // a wildcard that takes in its own scope is not a cycle
        let own = |member: &usize| edges.get(*member).is_some_and(|to| to.contains(member));
        if self.cycle.is_none() && (scopes > 1 || members.iter().any(own)) {
            self.cycle = self.chain(members, edges);
        }
    }

    /// A shortest chain from the first scope of a group, by name, back to itself.
    fn chain(&self, members: &[usize], edges: &[Vec<usize>]) -> Option<Vec<usize>> {
        let start = *members.iter().filter(|member| **member < self.scopes.len()).min()?;
        let is_member = |node: usize| at(&self.groups, node) == at(&self.groups, start);
        // wildcards that lead back: each is visited once, maybe from the start itself, from which it is not a step
        let leads_back =
            |node: &usize| *node >= self.scopes.len() && edges.get(*node).is_some_and(|to| to.contains(&start));
        let leads_back: HashSet<usize> = members.iter().copied().filter(leads_back).collect();
        let mut before: HashMap<usize, usize> = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for other in edges.get(node)?.iter().copied().filter(|other| is_member(*other)) {
                // the start itself, over a wildcard of its own, is not a step
                let is_own_wildcard = other == start && node >= self.scopes.len() && before.get(&node) == Some(&start);
                let is_back = node != start && leads_back.contains(&other);
                if (other == start && !is_own_wildcard) || is_back {
                    let mut chain = vec![start];
                    let mut step = node;
                    while step != start {
                        chain.push(step);
                        step = *before.get(&step)?;
                    }
                    chain.push(start);
                    chain.reverse();
                    chain.retain(|node| *node < self.scopes.len());
                    return Some(chain);
                }
                if other != start && !before.contains_key(&other) {
                    before.insert(other, node);
                    queue.push_back(other);
                }
            }
        }
        None
    }

    fn row(&self, node: usize) -> Option<&[u64]> {
        let group = self.groups.get(node).copied().flatten()?;
        self.reached.get(group).map(Vec::as_slice)
    }

    pub(super) fn cycle(&self) -> Option<Vec<Scope>> {
        let cycle = self.cycle.as_ref()?.iter();
        Some(cycle.filter_map(|number| self.scopes.get(*number)).cloned().collect())
    }

    /// The nodes of which a scope has to reach one in order to imply this one.
    pub(super) fn target(&self, wanted: &str) -> Vec<usize> {
        if let Some(number) = self.numbers.get(wanted) {
            return vec![*number];
        }
        let matches = |number: &usize| {
            let pattern = number.checked_sub(self.scopes.len()).and_then(|number| self.patterns.get(number));
            pattern.is_some_and(|pattern| pattern.matches(wanted))
        };
        let wild = self.wild.candidates(wanted).filter(matches);
        wild.chain(self.undeclared.get(wanted).copied()).collect()
    }

    /// Whether a declared scope reaches one of these nodes.
    pub(super) fn reaches(&self, held: &str, target: &[usize]) -> bool {
        let row = self.numbers.get(held).and_then(|number| self.row(*number));
        row.is_some_and(|row| target.iter().any(|number| contains(row, *number)))
    }

    /// Returns the wanted scopes, none of them reached.
    pub(super) fn open<'s>(&self, wanted: impl Iterator<Item = &'s str>) -> Open {
        let mut open = Open { mask: vec![0; self.words], by_node: HashMap::new(), is_reached: Vec::new() };
        for (number, scope) in wanted.enumerate() {
            open.is_reached.push(false);
            for node in self.target(scope) {
                insert(&mut open.mask, node);
                open.by_node.entry(node).or_default().push(number);
            }
        }
        open
    }

    /// Marks what a declared scope reaches, and returns whether a wanted scope among it is reached for the first time.
    pub(super) fn first_to_reach(&self, held: &str, open: &mut Open) -> bool {
        let Some(row) = self.numbers.get(held).and_then(|number| self.row(*number)) else { return false };
        let hit: Vec<u64> = row.iter().zip(&open.mask).map(|(word, mask)| word & mask).collect();
        open.mask.iter_mut().zip(&hit).for_each(|(mask, hit)| *mask &= !hit);
        let mut is_first = false;
        for number in ones(&hit).filter_map(|node| open.by_node.get(&node)).flatten() {
            is_first |= !at(&open.is_reached, *number);
            set(&mut open.is_reached, *number, true);
        }
        is_first
    }

    /// The declared scopes that reach one of these nodes.
    pub(super) fn reaching(&self, target: &[usize]) -> impl Iterator<Item = &Scope> {
        let mut mask = vec![0; self.words];
        for number in target {
            insert(&mut mask, *number);
        }
        let reaches = move |number: usize| {
            self.row(number).is_some_and(|row| row.iter().zip(&mask).any(|(word, other)| word & other != 0))
        };
        self.scopes.iter().enumerate().filter(move |(number, _)| reaches(*number)).map(|(_, scope)| scope)
    }

    /// The first declared scope, by name, that a scope implies and that is of a higher risk.
    pub(super) fn riskier(&self, scope: &str, risk: Risk) -> Option<&Scope> {
        let row = self.row(*self.numbers.get(scope)?)?;
        let riskier = self.riskier.iter().find(|(known, _)| *known == risk).map(|(_, bits)| bits)?;
        let both: Vec<u64> = row.iter().zip(riskier).map(|(word, other)| word & other).collect();
        let number = ones(&both).next()?;
        self.scopes.get(number)
    }

    /// The bits of everything that these scopes reach.
    pub(super) fn union<'s>(&self, held: impl Iterator<Item = &'s str>) -> Vec<u64> {
        let mut bits = vec![0; self.words];
        for number in held.filter_map(|scope| self.numbers.get(scope)) {
            insert(&mut bits, *number);
            if let Some(row) = self.row(*number) {
                bits.iter_mut().zip(row).for_each(|(word, other)| *word |= other);
            }
        }
        bits
    }

    /// The bits of everything that each of these scopes reaches beside itself.
    pub(super) fn union_without_own<'s>(&self, held: impl Iterator<Item = &'s str>) -> Vec<u64> {
        let mut bits = vec![0; self.words];
        for number in held.filter_map(|scope| self.numbers.get(scope)) {
            let Some(row) = self.row(*number) else { continue };
            let was_reached = contains(&bits, *number);
            bits.iter_mut().zip(row).for_each(|(word, other)| *word |= other);
            if !was_reached && let Some(word) = bits.get_mut(number / 64) {
                *word &= !(1 << (number % 64));
            }
        }
        bits
    }

    /// The declared scopes among these bits.
    pub(super) fn scopes<'g>(&'g self, bits: &'g [u64]) -> impl Iterator<Item = &'g Scope> {
        ones(bits).map_while(|number| self.scopes.get(number))
    }
}

/// The numbers of the bits that are set, in their order.
pub(super) fn ones(bits: &[u64]) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(position, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(position * 64 + bit)
        })
    })
}

pub(super) fn contains(bits: &[u64], number: usize) -> bool {
    bits.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
}

pub(super) fn insert(bits: &mut [u64], number: usize) {
    if let Some(word) = bits.get_mut(number / 64) {
        *word |= 1 << (number % 64);
    }
}

fn at<T: Copy + Default>(items: &[T], position: usize) -> T {
    items.get(position).copied().unwrap_or_default()
}

fn set<T>(items: &mut [T], position: usize, value: T) {
    if let Some(item) = items.get_mut(position) {
        *item = value;
    }
}

#[cfg(test)]
mod tests;
