//! Learns what endpoints require from requests that were observed.
//!
//! Only a response that shows it counts: a success proves that the token was sufficient, a refusal that names scopes states
//! what is required. What is neither is listed, and never written.

mod path;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::path::{fits, named, proposals, shape};
use crate::scope::ScopeSet;

pub use self::path::is_identifier;

/// An observed request to an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// Method.
    pub method: String,
    /// Path below the base URL, or a template.
    pub path: String,
    /// Status of the response, if known.
    pub status: Option<u16>,
    /// Scopes of the token. `None`: not known; empty: there was no token, or it had no scope.
    pub granted: Option<ScopeSet>,
    /// Scopes that the response names as required.
    pub stated: Vec<ScopeSet>,
    /// When, in RFC 3339, if known.
    pub time: Option<String>,
}

/// How certain a learned requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A token with several scopes succeeded: fewer may be sufficient.
    UpperBound,
    /// A token with only this scope, or none, succeeded.
    Proven,
    /// The API names the scopes itself.
    Stated,
}

impl Certainty {
    /// All, the least certain first.
    pub const ALL: [Self; 3] = [Self::UpperBound, Self::Proven, Self::Stated];

    /// Returns the name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UpperBound => "upper-bound",
            Self::Proven => "proven",
            Self::Stated => "stated",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What was observed of one method and template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearnedEndpoint {
    /// Method.
    pub method: String,
    /// Template.
    pub template: String,
    /// Number of requests.
    pub count: u64,
    /// Times of the first and the last request.
    pub seen: Option<(String, String)>,
    /// Number of responses by class: 2 for 200 to 299, and so on; 0 for no response.
    pub statuses: BTreeMap<u16, u64>,
    /// Alternatives that are sufficient, the smallest first.
    pub sufficient: Vec<ScopeSet>,
    /// Scopes of tokens that were refused with 403.
    pub insufficient: Vec<ScopeSet>,
    /// Alternatives that the API named.
    pub stated: Vec<ScopeSet>,
}

impl LearnedEndpoint {
    /// Returns the alternatives that the endpoint requires, as far as they were shown; `None` if nothing shows them.
    #[must_use]
    pub fn requirement(&self) -> Option<(Vec<ScopeSet>, Certainty)> {
        // a success with less contradicts what the API states
        let contradicts =
            |stated: &ScopeSet| self.sufficient.iter().any(|set| set.is_subset(stated) && set.len() < stated.len());
        if !self.stated.is_empty() && !self.stated.iter().any(contradicts) {
            return Some((self.stated.clone(), Certainty::Stated));
        }
        let smallest = self.sufficient.first()?.clone();
        let certainty = if smallest.len() <= 1 { Certainty::Proven } else { Certainty::UpperBound };
        Some((vec![smallest], certainty))
    }

    fn add(&mut self, observation: &Observation) {
        self.count += 1;
        *self.statuses.entry(observation.status.map_or(0, |status| status / 100)).or_default() += 1;
        if let Some(time) = &observation.time {
            let (first, last) = self.seen.get_or_insert_with(|| (time.clone(), time.clone()));
            if time < first {
                first.clone_from(time);
            }
            if time > last {
                last.clone_from(time);
            }
        }
        for set in observation.stated.iter().filter(|set| !set.is_empty()) {
            if !self.stated.contains(set) {
                self.stated.push(set.clone());
            }
        }
        let Some(granted) = &observation.granted else { return };
        match observation.status {
            // a redirect may lead to a sign-in page
            Some(200..=299 | 304) => insert_smallest(&mut self.sufficient, granted),
            Some(403) if !self.insufficient.contains(granted) => self.insufficient.push(granted.clone()),
            _ => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        for (class, count) in other.statuses {
            *self.statuses.entry(class).or_default() += count;
        }
        if let Some((first, last)) = other.seen {
            let (own_first, own_last) = self.seen.get_or_insert_with(|| (first.clone(), last.clone()));
            *own_first = first.min(own_first.clone());
            *own_last = last.max(own_last.clone());
        }
        other.sufficient.iter().for_each(|set| insert_smallest(&mut self.sufficient, set));
        for set in other.insufficient {
            if !self.insufficient.contains(&set) {
                self.insufficient.push(set);
            }
        }
        for set in other.stated {
            if !self.stated.contains(&set) {
                self.stated.push(set);
            }
        }
    }
}

/// Keeps only sets of which no other one is a part, the smallest first.
fn insert_smallest(sets: &mut Vec<ScopeSet>, set: &ScopeSet) {
    if sets.iter().any(|known| known.is_subset(set)) {
        return;
    }
    sets.retain(|known| !set.is_subset(known));
    sets.push(set.clone());
    sets.sort_by_key(|set| (set.len(), set.to_string()));
}

/// What was learned about an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Endpoints by method and template.
    pub endpoints: Vec<LearnedEndpoint>,
    /// Templates that would join paths that differ only in one segment, with their number. The user decides.
    pub proposals: Vec<(String, usize)>,
}

/// Collects observations about one API.
#[derive(Clone, Debug, Default)]
pub struct Learner {
    /// Templates that the user named.
    templates: Vec<String>,
    found: BTreeMap<(String, String), LearnedEndpoint>,
}

impl Learner {
    /// Creates a learner with templates that paths are matched with first.
    #[must_use]
    pub fn new(templates: Vec<String>) -> Self {
        Self { templates, found: BTreeMap::new() }
    }

    /// Adds an observation.
    pub fn add(&mut self, observation: &Observation) {
        let shape = shape(&observation.path);
        let template = self.templates.iter().find(|template| fits(template, &shape)).cloned().unwrap_or(shape);
        let key = (template.clone(), observation.method.clone());
        let method = &observation.method;
        let endpoint = self.found.entry(key).or_insert_with(|| LearnedEndpoint {
            method: method.clone(),
            template,
            ..LearnedEndpoint::default()
        });
        endpoint.add(observation);
    }

    /// Returns what was learned, in the order of the paths.
    #[must_use]
    pub fn finish(self) -> Learned {
        let literal: BTreeSet<&str> = self.found.keys().map(|(template, _)| template.as_str()).collect();
        let proposals = proposals(literal);
        let mut joined: BTreeMap<(String, String), LearnedEndpoint> = BTreeMap::new();
        for ((template, method), endpoint) in self.found {
            let template = named(&template);
            let endpoint = LearnedEndpoint { template: template.clone(), ..endpoint };
            match joined.get_mut(&(template.clone(), method.clone())) {
                Some(known) => known.merge(endpoint),
                None => drop(joined.insert((template, method), endpoint)),
            }
        }
        Learned { endpoints: joined.into_values().collect(), proposals }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::scope::Scope;

    fn set(text: &str) -> ScopeSet {
        text.split_whitespace().map(|scope| Scope::parse(scope).unwrap()).collect()
    }

    fn learned(observations: &[(&str, &str, u16, Option<&str>, &str)]) -> Learned {
        let mut learner = Learner::new(vec!["/teams/{team}".to_owned()]);
        for (method, path, status, granted, stated) in observations {
            learner.add(&Observation {
                method: (*method).to_owned(),
                path: (*path).to_owned(),
                status: Some(*status),
                granted: granted.map(set),
                stated: if stated.is_empty() { Vec::new() } else { vec![set(stated)] },
                time: Some(format!("2026-11-29T00:00:{:02}Z", status % 60)),
            });
        }
        learner.finish()
    }

    /// The learned requirements, one a line.
    fn lines(learned: &Learned) -> Vec<String> {
        let line = |it: &LearnedEndpoint| match it.requirement() {
            Some((sets, certainty)) => {
                let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
                format!("{} {} = {} ({certainty}, {})", it.method, it.template, sets.join(" | "), it.count)
            }
            None => format!("{} {} ? {}", it.method, it.template, it.count),
        };
        learned.endpoints.iter().map(line).collect()
    }

    #[test]
    fn successes_and_stated_scopes_are_evidence_and_other_responses_are_not() {
        let found = learned(&[
            ("GET", "/orders", 200, Some("r w"), ""),
            ("GET", "/orders", 200, Some("r"), ""),
            ("GET", "/orders", 404, Some("x"), ""),
            ("POST", "/orders", 201, Some("c w"), ""),
            ("DELETE", "/orders/7", 403, Some("r"), "d r"),
            ("GET", "/health", 200, Some(""), ""),
            ("GET", "/secret", 404, Some("r"), ""),
            ("GET", "/other", 500, Some("r"), ""),
            ("GET", "/moved", 302, Some("r"), ""),
            ("GET", "/opaque", 200, None, ""),
        ]);
        assert_eq!(
            lines(&found),
            [
                "GET /health =  (proven, 1)",
                "GET /moved ? 1",
                "GET /opaque ? 1",
                "GET /orders = r (proven, 3)",
                "POST /orders = c w (upper-bound, 1)",
                "DELETE /orders/{id} = d r (stated, 1)",
                "GET /other ? 1",
                "GET /secret ? 1",
            ]
        );
        let orders = found.endpoints.iter().find(|it| it.template == "/orders" && it.method == "GET").unwrap();
        assert_eq!(orders.statuses, BTreeMap::from([(2, 2), (4, 1)]));
    }

    #[test]
    fn a_success_with_less_contradicts_what_the_api_states() {
        let found = learned(&[("GET", "/a", 403, Some("x"), "r w"), ("GET", "/a", 200, Some("r"), "")]);
        assert_eq!(lines(&found), ["GET /a = r (proven, 2)"]);
        let found = learned(&[("GET", "/a", 403, Some("x"), "r"), ("GET", "/a", 200, Some("r w"), "")]);
        assert_eq!(lines(&found), ["GET /a = r (stated, 2)"]);
    }

    #[test]
    fn paths_are_joined_by_identifiers_and_by_the_templates_of_the_user() {
        let found = learned(&[
            ("GET", "/orders/1", 200, Some("r"), ""),
            ("GET", "/orders/2", 200, Some("r"), ""),
            ("GET", "/teams/red", 200, Some("r"), ""),
            ("GET", "/teams/blue", 200, Some("r"), ""),
            ("GET", "/files/a", 200, Some("r"), ""),
            ("GET", "/files/b", 200, Some("r"), ""),
            ("GET", "/files/c", 200, Some("r"), ""),
        ]);
        let names: Vec<&str> = found.endpoints.iter().map(|it| it.template.as_str()).collect();
        assert_eq!(names, ["/files/a", "/files/b", "/files/c", "/orders/{id}", "/teams/{team}"]);
        assert_eq!(found.proposals, [("/files/{name}".to_owned(), 3)], "the user decides");
    }
}
