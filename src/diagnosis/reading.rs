//! Stage 3: rules, which are data, turn facts into a reading of the response.
//!
//! [`match_rule`] applies one rule; [`select`] chooses among the rules that match.

use super::catalogue::catalogue;
use super::facts::{Fact, Facts};
use super::model::Confidence;
use super::scope_guess;
use super::scope_list::{alternatives, alternatives_of_prose, both, members};
use crate::manifest::{
    Api, Captures, Cause, ErrorLocation as Place, ErrorPattern as Pattern, ErrorRule as Rule, Reading as ListReading,
    Tier, normal_text,
};
use crate::scope::{Scope, ScopeSet};

/// Limit for repeated matches of one pattern in one string.
const MAX_REPEATS: usize = 16;

/// A rule that matches a response, and the scopes it reads there.
#[derive(Clone)]
pub(super) struct Reading<'a> {
    pub(super) rule: &'a Rule,
    /// The required alternatives; empty when the server names none.
    pub(super) needed: Vec<ScopeSet>,
    /// The granted scopes according to the server.
    pub(super) granted: Option<ScopeSet>,
    /// Certainty of the least certain part of the reading.
    pub(super) certainty: Confidence,
}

impl Reading<'_> {
    /// The cause when nothing else distinguishes between those of the rule.
    pub(super) fn cause(&self) -> Cause {
        self.rule.causes.first().copied().unwrap_or(Cause::Unknown)
    }

    /// Whether the rule states that the response names no scope.
    fn names_none(&self) -> bool {
        self.rule.scopes.as_ref().is_some_and(ScopeSet::is_empty)
    }

    /// Whether scopes may be named elsewhere in the response.
    fn lacks_names(&self) -> bool {
        self.needed.is_empty() && self.rule.causes.contains(&Cause::Scope) && !self.names_none()
    }

    /// Whether the scopes are guessed.
    pub(super) fn is_guess(&self) -> bool {
        self.certainty == Confidence::Guess
    }
}

/// Certainty of a match: rules of a provider or a manifest and error codes are unambiguous, sentences are not.
fn certainty(tier: Tier) -> Confidence {
    match tier {
        Tier::Own | Tier::Provider | Tier::Code => Confidence::Certain,
        Tier::Prose => Confidence::Likely,
    }
}

/// Reads a response. `api`: its rules, and its scopes for a guess.
pub(super) fn read<'a>(facts: &Facts<'_>, api: Option<&'a Api>) -> Option<Reading<'a>> {
    let own = api.map_or(&[][..], |api| api.errors.as_slice());
    let known: Vec<&'a Rule> = catalogue().candidates(facts.sentences().iter().map(|fact| &*fact.lower)).collect();
    let matches: Vec<Reading<'a>> = own.iter().chain(known).filter_map(|rule| match_rule(rule, facts)).collect();
    with_guess(select(&matches), facts, api)
}

/// A case in which a reading of a later tier changes the reading selected so far.
struct Revision {
    /// Whether the selected reading is open to this revision by rules of a tier.
    is_open: fn(&Reading<'_>, Tier) -> bool,
    /// Whether a reading of that tier qualifies.
    qualifies: fn(&Reading<'_>) -> bool,
    /// The part of the selected reading that stays.
    keeps: Keeps,
}

#[derive(Clone, Copy)]
enum Keeps {
    Nothing,
    Certainty,
    Rule,
}

/// The revisions in order; for a selected reading and a tier, only the first open one applies.
const REVISIONS: &[Revision] = &[
    // a cause replaces "unknown"
    Revision {
        is_open: |selected, _| selected.cause() == Cause::Unknown && !selected.names_none(),
        qualifies: |later| later.cause() != Cause::Unknown,
        keeps: Keeps::Nothing,
    },
    // a sentence explains a vague `invalid_token`
    Revision {
        is_open: |selected, tier| {
            selected.rule.causes == [Cause::TokenInvalid] && selected.rule.tier == Tier::Code && tier == Tier::Prose
        },
        qualifies: |later| EXPLAINING_INVALID_TOKEN.contains(&later.cause()),
        keeps: Keeps::Certainty,
    },
    // another rule finds the names of the missing scopes
    Revision {
        is_open: |selected, _| {
            selected.lacks_names() && (selected.cause() != Cause::TokenInvalid || selected.rule.tier >= Tier::Code)
        },
        qualifies: |later| !later.needed.is_empty() && later.rule.causes.contains(&Cause::Scope),
        keeps: Keeps::Rule,
    },
];

/// Causes that a sentence may give for the error code `invalid_token`.
const EXPLAINING_INVALID_TOKEN: &[Cause] = &[
    Cause::TokenExpired,
    Cause::TokenNotYetValid,
    Cause::Audience,
    Cause::Issuer,
    Cause::Binding,
    Cause::StepUp,
    Cause::Scope,
];

/// Selects one of the matches: by tier, then by cause, then those that name scopes; [`REVISIONS`] let later tiers add
/// to it.
fn select<'a>(matches: &[Reading<'a>]) -> Option<Reading<'a>> {
    [Tier::Own, Tier::Provider, Tier::Code, Tier::Prose].into_iter().fold(None, |selected, tier| match selected {
        None => best(matches, tier, |_| true).cloned(),
        Some(selected) => {
            let revision = REVISIONS.iter().find(|revision| (revision.is_open)(&selected, tier));
            let later = revision.and_then(|revision| Some((revision, best(matches, tier, revision.qualifies)?)));
            Some(match later {
                Some((revision, later)) => revised(selected, later.clone(), revision.keeps),
                None => selected,
            })
        }
    })
}

fn revised<'a>(selected: Reading<'a>, later: Reading<'a>, keeps: Keeps) -> Reading<'a> {
    match keeps {
        Keeps::Nothing => later,
        Keeps::Certainty => Reading { certainty: selected.certainty, ..later },
        Keeps::Rule => Reading { rule: selected.rule, ..later },
    }
}

/// The best qualifying match of a tier.
fn best<'m, 'a>(
    matches: &'m [Reading<'a>],
    tier: Tier,
    qualifies: impl Fn(&Reading<'_>) -> bool,
) -> Option<&'m Reading<'a>> {
    let qualifying = matches.iter().filter(|reading| reading.rule.tier == tier && qualifies(reading));
    qualifying.min_by_key(|reading| (rank(reading.cause()), reading.needed.is_empty()))
}

/// Order of causes within a tier: that of [`Cause`], except that a vague `invalid_token` comes after what may explain it.
fn rank(cause: Cause) -> (Cause, bool) {
    if cause == Cause::TokenInvalid { (Cause::Scope, true) } else { (cause, false) }
}

/// Statuses that a response without its status may have had.
const USUAL: &[u16] = &[200, 400, 401, 403];

/// Whether a rule is for responses with this status. A success that does not report a failure is only read by rules of a
/// provider: what others know by words is an ordinary body there.
fn is_concerned(rule: &Rule, facts: &Facts<'_>) -> bool {
    if rule.status.is_empty() {
        return facts.failed();
    }
    let in_body = |place: &Place| matches!(place, Place::Text | Place::Code | Place::Body { .. });
    if !facts.is_readable(rule.tier) && rule.matches.iter().any(|(place, _)| in_body(place)) {
        return false;
    }
    if facts.has_status() {
        rule.status.contains(&facts.status())
    } else {
        rule.status.iter().any(|status| USUAL.contains(status))
    }
}

/// Applies one rule.
fn match_rule<'a>(rule: &'a Rule, facts: &Facts<'_>) -> Option<Reading<'a>> {
    if !is_concerned(rule, facts) {
        return None;
    }
    let mut captured = Captured::default();
    for (place, patterns) in &rule.matches {
        captured.match_place(rule, facts, place, patterns)?;
    }
    let is_void =
        |fact: &Fact<'_>| rule.unless.iter().any(|pattern| pattern.captures(&fact.text, &fact.lower).is_some());
    if facts.sentences().iter().any(is_void) {
        return None;
    }
    let needed = needed(rule, facts, captured.needed);
    // "scope or role" needs a name to be a match
    let captures_names = rule.matches.iter().any(|(_, patterns)| patterns.iter().any(Pattern::names_needed));
    if captures_names && needed.is_empty() && matches!(rule.causes.as_slice(), [Cause::Scope, _, ..]) {
        return None;
    }
    let granted = match &rule.granted {
        Some(place) => {
            let told = facts.at(place);
            (!told.is_empty()).then(|| told.iter().flat_map(|fact| members(&fact.text)).collect::<ScopeSet>())
        }
        None => captured.granted,
    };
    let needed = listed(rule).unwrap_or(needed);
    // a requirement that is satisfied is not the reason
    let is_satisfied = |granted: &ScopeSet| needed.iter().any(|set| rule.hierarchy.satisfies_all(granted, set));
    if rule.granted.is_some() && granted.as_ref().is_some_and(is_satisfied) {
        return None;
    }
    Some(Reading { rule, needed, granted, certainty: certainty(rule.tier) })
}

/// The needed scopes: those captured by patterns, else those at the first place of the rule that has any.
fn needed(rule: &Rule, facts: &Facts<'_>, captured: Vec<ScopeSet>) -> Vec<ScopeSet> {
    if !captured.is_empty() {
        return captured;
    }
    let reading = rule.reading.unwrap_or(ListReading::All);
    let places = rule.needed.iter().map(|place| {
        let facts = facts.at(place);
        alternatives(facts.iter().map(|fact| &*fact.text), reading)
    });
    places.into_iter().find(|needed| !needed.is_empty()).unwrap_or_default()
}

/// The scopes that the rule itself lists.
fn listed(rule: &Rule) -> Option<Vec<ScopeSet>> {
    let scopes = rule.scopes.as_ref().filter(|scopes| !scopes.is_empty())?;
    Some(alternatives(scopes.iter().map(Scope::as_str), rule.reading.unwrap_or(ListReading::All)))
}

/// Scopes that the patterns of a rule captured.
#[derive(Default)]
struct Captured {
    needed: Vec<ScopeSet>,
    granted: Option<ScopeSet>,
}

impl Captured {
    /// Matches the facts at one place, and adds what the patterns capture. `None`: no match.
    fn match_place(&mut self, rule: &Rule, facts: &Facts<'_>, place: &Place, patterns: &[Pattern]) -> Option<()> {
        if *place == Place::Code && patterns.iter().all(|pattern| pattern.literal().is_some()) {
            let mut codes = patterns.iter().filter_map(Pattern::literal);
            return codes.any(|code| facts.has_code(code)).then_some(());
        }
        let found = facts.at(place);
        if patterns.is_empty() {
            return found.is_empty().then_some(());
        }
        let mut matched = false;
        for fact in &found {
            let first = patterns.iter().find_map(|pattern| Some((pattern, pattern.captures(&fact.text, &fact.lower)?)));
            if let Some((pattern, captures)) = first {
                matched = true;
                self.add_repeated(rule, pattern, captures, &fact.text);
            }
        }
        matched.then_some(())
    }

    /// Adds captures, and those of the same pattern in the rest of the string: GraphQL servers send one sentence per field.
    fn add_repeated<'t>(&mut self, rule: &Rule, pattern: &Pattern, first: Captures<'t>, mut text: &'t str) {
        let mut next = Some(first);
        for _ in 0..MAX_REPEATS {
            let Some(captures) = next else { break };
            let continues = list_continues(captures.needed.unwrap_or_default(), captures.rest);
            let before = text.get(..text.len().saturating_sub(captures.from_needed.len())).unwrap_or_default();
            if let Some(text) = captures.needed.filter(|_| !introduces_other(before)) {
                let text = if continues { captures.from_needed } else { text };
                let needed = std::mem::take(&mut self.needed);
                self.needed = both(needed, &alternatives_of_prose(text, rule.reading));
            }
            if let Some(text) = captures.granted {
                self.granted.get_or_insert_default().extend(members(text));
            }
            let rest = captures.rest;
            text = rest;
            next = pattern.captures(rest, &normal_text(rest)).filter(|_| !rest.is_empty() && !continues);
        }
    }
}

/// Whether the label before a capture is that of something else: `Request URI: `.
fn introduces_other(before: &str) -> bool {
    const OTHERS: &[&str] = &["documentation", "endpoint", "link", "path", "repository", "uri", "url"];
    let label = before.trim_end().strip_suffix(':').unwrap_or_default();
    let word = label.rsplit(|at: char| !at.is_alphanumeric()).next().unwrap_or_default();
    OTHERS.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Whether a list of scopes continues after a capture: `a scope or b`, `scope a or the`.
fn list_continues(captured: &str, rest: &str) -> bool {
    let joins = |word: &str| word.eq_ignore_ascii_case("or") || word.eq_ignore_ascii_case("and");
    let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start_matches(|at: char| at.is_whitespace() || at == ',');
    rest.split(char::is_whitespace).next().is_some_and(joins)
        || captured.trim_end_matches(" the").rsplit(char::is_whitespace).next().is_some_and(joins)
}

/// Completes a reading that names no scope with guessed ones, if the response has any.
fn with_guess<'a>(selected: Option<Reading<'a>>, facts: &Facts<'_>, api: Option<&Api>) -> Option<Reading<'a>> {
    let is_open = selected.as_ref().is_none_or(Reading::lacks_names);
    let status = facts.status();
    if !is_open || !(matches!(status, 400 | 401 | 403 | 404) || (status < 400 && facts.failed())) {
        return selected;
    }
    let headers: Vec<Fact<'_>> = facts
        .headers()
        .filter(|(name, _)| scope_guess::is_relevant(name))
        .map(|(name, value)| Fact::new(format!("{name}: {value}")))
        .collect();
    let is_scope = selected.as_ref().is_some_and(|reading| reading.cause() == Cause::Scope);
    let texts = facts.sentences().iter().chain(&headers);
    let needed = scope_guess::scopes(texts, api.map(|api| &api.hierarchy), is_scope);
    if needed.is_empty() {
        return selected;
    }
    let certainty = Confidence::Guess;
    Some(match selected {
        Some(reading) => Reading { needed, certainty, ..reading },
        None => Reading { rule: scope_guess::rule(), needed, granted: None, certainty },
    })
}
