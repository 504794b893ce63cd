//! What a server's answer says about its refusal, wherever it says it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::body::Body;
use super::catalogue::catalogue;
use super::list::{alternatives, alternatives_of_prose, both, members};
use super::{Answer, Challenge, general, parse_challenges};
use crate::manifest::{
    AnswerPattern, AnswerPlace as Place, AnswerRule, Api, Captures, Cause, Reading, Tier, normal_code, percent_decoded,
};
use crate::scope::{Scope, ScopeSet};
use crate::secret::masked_within;

/// The most times that one pattern is looked for in one text.
const MOST_TIMES: usize = 16;

/// What a vague `invalid_token` may turn out to be, by the sentence that comes with it.
const REFINING: &[Cause] =
    &[Cause::TokenExpired, Cause::Audience, Cause::Issuer, Cause::Binding, Cause::StepUp, Cause::Scope];

/// The evidence of one answer.
pub(super) struct Evidence<'a> {
    answer: Answer<'a>,
    pub(super) challenges: Vec<Challenge>,
    body: Body,
    /// `grpc-status`, which comes with a status of 200.
    status_in_trailers: Option<u16>,
    /// The names of errors, in normal form.
    codes: BTreeSet<String>,
    /// Sentences, with the same in lower case.
    texts: Vec<(String, String)>,
    /// What the answer was recognised by.
    pub(super) found: Option<Found<'a>>,
    /// Whether the scopes were found by a general reading, which is a guess.
    pub(super) guessed: bool,
}

/// A rule that fits, and what it reads.
#[derive(Clone)]
pub(super) struct Found<'a> {
    pub(super) rule: &'a AnswerRule,
    /// The alternatives that the server asks for; none when it names none.
    pub(super) needed: Vec<ScopeSet>,
    /// What the server says the token has.
    pub(super) granted: Option<ScopeSet>,
    /// The least trustworthy place of all that went into it.
    pub(super) tier: Tier,
}

impl Found<'_> {
    fn cause(&self) -> Cause {
        self.rule.causes.first().copied().unwrap_or(Cause::Unknown)
    }

    /// Whether the rule says that no scope is named.
    fn names_none(&self) -> bool {
        self.rule.scopes.as_ref().is_some_and(ScopeSet::is_empty)
    }

    /// Whether a scope is among the possible causes, and the rule does not say that none is named.
    fn may_name_scopes(&self) -> bool {
        self.rule.causes.contains(&Cause::Scope) && !self.names_none()
    }
}

impl<'a> Evidence<'a> {
    /// Reads an answer. `api`: its own rules and the names of its scopes.
    pub(super) fn read(answer: &Answer<'a>, api: Option<&'a Api>) -> Self {
        let mut evidence = Self {
            answer: *answer,
            challenges: Vec::new(),
            body: Body::default(),
            status_in_trailers: None,
            codes: BTreeSet::new(),
            texts: Vec::new(),
            found: None,
            guessed: false,
        };
        evidence.challenges = parse_challenges(evidence.header("www-authenticate"));
        let is_success = answer.status < 400;
        let status_in_trailers = evidence.header("grpc-status").find_map(|code| code.parse().ok());
        evidence.status_in_trailers = status_in_trailers;
        // a success has a body that is about something else; only one that says so itself is a failure
        if !is_success || answer.body.len() <= super::MOST_SUCCESS_BYTES {
            evidence.body = Body::read(answer.body);
        }
        if is_success && !evidence.body.failed {
            evidence.body.leaves.clear();
        }
        evidence.collect();
        evidence.found = evidence.recognise(api.map_or(&[], |api| api.errors.as_slice()));
        evidence.read_generally(api);
        evidence
    }

    /// Whether the status says nothing: a fault of SOAP comes with 500.
    pub(super) fn hides_status(&self) -> bool {
        self.answer.status == 500 && self.body.is_soap_fault()
    }

    /// The values of a header, in their order.
    fn header(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let fields = self.answer.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        fields.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    fn collect(&mut self) {
        for challenge in &self.challenges {
            self.codes.extend(challenge.parameter("error").map(normal_code));
            // some send the error where the scheme belongs
            if challenge.parameters.is_empty() && challenge.token68.is_none() && challenge.scheme.contains('_') {
                self.codes.insert(normal_code(&challenge.scheme));
            }
            self.texts.extend(challenge.parameter("error_description").map(with_lower));
        }
        if self.status_in_trailers.is_some() {
            let messages: Vec<_> = self.header("grpc-message").map(|text| with_lower(percent_decoded(text))).collect();
            self.texts.extend(messages);
        }
        self.codes.extend(self.body.codes());
        let sentences = self.body.leaves.iter().filter(|leaf| leaf.text.contains(char::is_whitespace));
        self.texts.extend(sentences.map(|leaf| (leaf.text.clone(), leaf.lower.clone())));
    }

    /// Whether the answer is a failure, by its status or by its own words.
    pub(super) fn failed(&self) -> bool {
        self.answer.status >= 400 || self.body.failed || self.status_in_trailers.is_some_and(|code| code != 0)
    }

    /// The first rule that decides, tier by tier; within a tier the cause that comes first, and one that names scopes
    /// before one that does not.
    fn recognise(&self, own: &'a [AnswerRule]) -> Option<Found<'a>> {
        let mut best: Option<Found<'a>> = None;
        let known: Vec<&'static AnswerRule> =
            catalogue().candidates(self.texts.iter().map(|(_, lower)| lower.as_str())).collect();
        for tier in [Tier::Own, Tier::Provider, Tier::Code, Tier::Prose] {
            let rules = own.iter().chain(known.iter().copied()).filter(|rule| rule.tier == tier);
            let found: Vec<Found<'a>> = rules.filter_map(|rule| self.apply(rule)).collect();
            let first = |wanted: &dyn Fn(&Found<'a>) -> bool| {
                let fitting = found.iter().filter(|found| wanted(found));
                fitting.min_by_key(|found| (rank(found.cause()), found.needed.is_empty())).cloned()
            };
            best = match best {
                None => first(&|_| true),
                Some(known) if known.cause() == Cause::Unknown && !known.names_none() => {
                    Some(first(&|found| found.cause() != Cause::Unknown).unwrap_or(known))
                }
                Some(known)
                    if known.rule.causes == [Cause::TokenInvalid]
                        && known.tier == Tier::Code
                        && tier == Tier::Prose =>
                {
                    let refined = first(&|found| REFINING.contains(&found.cause()));
                    Some(refined.map_or(known.clone(), |refined| Found { tier: known.tier, ..refined }))
                }
                Some(known) if known.needed.is_empty() && known.may_name_scopes() => {
                    let named = first(&|found| !found.needed.is_empty() && found.rule.causes.contains(&Cause::Scope));
                    Some(match named {
                        Some(named) => Found { rule: known.rule, ..named },
                        None => known,
                    })
                }
                known => known,
            };
            let settled = best.as_ref().is_some_and(|found| match found.cause() {
                Cause::Unknown => false,
                Cause::TokenInvalid => found.tier < Tier::Code,
                _ => !found.needed.is_empty() || !found.may_name_scopes(),
            });
            if settled {
                break;
            }
        }
        best
    }

    fn apply(&self, rule: &'a AnswerRule) -> Option<Found<'a>> {
        let about = if rule.status.is_empty() { self.failed() } else { rule.status.contains(&self.answer.status) };
        if !about {
            return None;
        }
        let mut needed: Vec<ScopeSet> = Vec::new();
        let mut granted: Option<ScopeSet> = None;
        for (place, patterns) in &rule.matches {
            if *place == Place::Code && patterns.iter().all(|pattern| pattern.literal().is_some()) {
                if patterns.iter().any(|pattern| pattern.literal().is_some_and(|code| self.codes.contains(code))) {
                    continue;
                }
                return None;
            }
            let values = self.values(place);
            if patterns.is_empty() != values.is_empty() {
                return None;
            }
            let mut fits = patterns.is_empty();
            for (text, lower) in &values {
                let Some((pattern, captures)) =
                    patterns.iter().find_map(|pattern| Some((pattern, pattern.captures(text, lower)?)))
                else {
                    continue;
                };
                fits = true;
                // one sentence for each thing that is refused may follow another
                let mut next: Option<Captures<'_>> = Some(captures);
                for _ in 0..MOST_TIMES {
                    let Some(captures) = next else { break };
                    let goes_on = goes_on(captures.needed.unwrap_or_default(), captures.rest);
                    if let Some(text) = captures.needed {
                        let text = if goes_on { captures.from_needed } else { text };
                        needed = both(needed, &alternatives_of_prose(text, rule.reading));
                    }
                    if let Some(text) = captures.granted {
                        granted.get_or_insert_default().extend(members(text));
                    }
                    let rest = captures.rest;
                    next = pattern.captures(rest, &rest.to_ascii_lowercase()).filter(|_| !rest.is_empty() && !goes_on);
                }
            }
            if !fits {
                return None;
            }
        }
        if self.texts.iter().any(|(text, lower)| rule.unless.iter().any(|one| one.captures(text, lower).is_some())) {
            return None;
        }
        for place in rule.needed.iter().take_while(|_| needed.is_empty()).collect::<Vec<_>>() {
            if needed.is_empty() {
                let values = self.values(place);
                let reading = rule.reading.unwrap_or(Reading::All);
                needed = alternatives(values.iter().map(|(text, _)| *text), reading);
            }
        }
        // what may be a scope or a role as well is neither while nothing is named
        let names = rule.matches.iter().any(|(_, patterns)| patterns.iter().any(AnswerPattern::names_needed));
        if names && needed.is_empty() && matches!(rule.causes.as_slice(), [Cause::Scope, _, ..]) {
            return None;
        }
        if let Some(place) = &rule.granted {
            let said: ScopeSet = self.values(place).iter().flat_map(|(text, _)| members(text)).collect();
            granted = Some(said);
        }
        if let Some(scopes) = rule.scopes.as_ref().filter(|scopes| !scopes.is_empty()) {
            needed = alternatives(scopes.iter().map(Scope::as_str), rule.reading.unwrap_or(Reading::All));
        }
        // a requirement that is met is no reason
        let met = |granted: &ScopeSet| needed.iter().any(|set| rule.hierarchy.satisfies_all(granted, set));
        if rule.granted.is_some() && granted.as_ref().is_some_and(met) {
            return None;
        }
        Some(Found { rule, needed, granted, tier: rule.tier })
    }

    /// The texts at a place, each with the same in lower case.
    fn values(&self, place: &Place) -> Vec<(&str, Cow<'_, str>)> {
        let lowered = |text: &'_ str| Cow::<'_, str>::Owned(text.to_ascii_lowercase());
        match place {
            Place::Code => self.codes.iter().map(|code| (code.as_str(), Cow::Borrowed(code.as_str()))).collect(),
            Place::Text => {
                self.texts.iter().map(|(text, lower)| (text.as_str(), Cow::Borrowed(lower.as_str()))).collect()
            }
            Place::Scheme => self
                .challenges
                .iter()
                .map(|challenge| (challenge.scheme.as_str(), lowered(&challenge.scheme)))
                .collect(),
            Place::Header(name) => self.header(name).map(|value| (value, lowered(value))).collect(),
            Place::Challenge(name) => {
                // a challenge that says it refuses for want of a scope is the one to believe
                let refuses = |challenge: &&Challenge| challenge.parameter("error") == Some("insufficient_scope");
                let only = self.challenges.iter().any(|challenge| refuses(&challenge));
                let believed = self.challenges.iter().filter(|challenge| !only || refuses(challenge));
                let values = believed.filter_map(|challenge| challenge.parameter(name));
                values.filter(|value| !value.trim().is_empty()).map(|value| (value, lowered(value))).collect()
            }
            Place::Body { .. } if !self.body.may_have(place) => Vec::new(),
            Place::Body { .. } => {
                let leaves = self.body.leaves.iter().filter(|leaf| place.is_member(&leaf.steps));
                leaves.map(|leaf| (leaf.text.as_str(), Cow::Borrowed(leaf.lower.as_str()))).collect()
            }
        }
    }

    /// Where no rule names the scopes: scopes of the API, or words like scopes, near words of permission.
    fn read_generally(&mut self, api: Option<&Api>) {
        let open = self.found.as_ref().is_none_or(|found| found.needed.is_empty() && found.may_name_scopes());
        let fits = matches!(self.answer.status, 400 | 401 | 403 | 404) || (self.answer.status < 400 && self.failed());
        if !open || !fits {
            return;
        }
        let hierarchy = api.map(|api| &api.hierarchy);
        let headers = self.answer.headers.iter().filter(|(name, _)| general::is_telling(name));
        let headers: Vec<(String, String)> =
            headers.map(|(name, value)| with_lower(format!("{name}: {value}"))).collect();
        let is_scope = self.found.as_ref().is_some_and(|found| found.cause() == Cause::Scope);
        let sets = general::scopes(self.texts.iter().chain(&headers), hierarchy, is_scope);
        if sets.is_empty() {
            return;
        }
        self.guessed = true;
        match &mut self.found {
            Some(found) => found.needed = sets,
            None => {
                let rule =
                    catalogue().rules.iter().find(|rule| rule.tier == Tier::Prose && rule.causes == [Cause::Scope]);
                self.found = rule.map(|rule| Found { rule, needed: sets, granted: None, tier: Tier::Prose });
            }
        }
    }

    /// The scopes that the server says the token has: by the rule, or in `X-OAuth-Scopes`, which several send.
    pub(super) fn granted(&self) -> Option<ScopeSet> {
        let named = self.found.as_ref().and_then(|found| found.granted.clone());
        named.or_else(|| {
            Some(self.header("x-oauth-scopes").flat_map(members).collect()).filter(|set: &ScopeSet| !set.is_empty())
        })
    }

    /// Where a single sign-on has to be confirmed, as GitHub names it: `required; url=…`.
    pub(super) fn sign_on_url(&self) -> Option<&'a str> {
        self.header("x-github-sso").find_map(|value| value.split_once("url=")).map(|(_, url)| url.trim())
    }

    /// The name of the error, as the challenge or the body has it.
    pub(super) fn error(&self) -> Option<Cow<'_, str>> {
        let named = self.challenges.iter().find_map(|challenge| challenge.parameter("error"));
        let named = named.or_else(|| {
            let named = self.body.leaves.iter().find(|leaf| matches!(leaf.name(), "error" | "code" | "errorcode"));
            named.map(|leaf| leaf.text.as_str()).filter(|text| !text.contains(char::is_whitespace))
        });
        named.map(masked_within)
    }

    /// The sentence that comes with it. A server may repeat the token that it refuses.
    pub(super) fn message(&self) -> Option<Cow<'_, str>> {
        const MOST: usize = 300;
        let text = self.texts.first().map(|(text, _)| text.as_str())?;
        text.get(..text.floor_char_boundary(MOST)).map(masked_within)
    }
}

/// Whether a sentence goes on with more scopes after those that a pattern captured: `a scope or b`, `scope a or the`.
fn goes_on(captured: &str, rest: &str) -> bool {
    let joins = |word: &str| word.eq_ignore_ascii_case("or") || word.eq_ignore_ascii_case("and");
    let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start_matches(|at: char| at.is_whitespace() || at == ',');
    rest.split(char::is_whitespace).next().is_some_and(joins)
        || captured.trim_end_matches(" the").rsplit(char::is_whitespace).next().is_some_and(joins)
}

/// The order of causes, but that a vague `invalid_token` gives way to what may be behind it.
fn rank(cause: Cause) -> (Cause, bool) {
    if cause == Cause::TokenInvalid { (Cause::Scope, true) } else { (cause, false) }
}

fn with_lower(text: impl Into<String>) -> (String, String) {
    let text = text.into();
    let lower = text.to_ascii_lowercase();
    (text, lower)
}
