//! Outcomes of a check for many endpoints.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::check::{CheckOutcome, elsewhere, outcome};
use super::fit::{Unfit, scopes_at, unfit};
use crate::app::{Context, EndpointId, LoadedToken};
use crate::manifest::Api;
use crate::scope::{ScopeSet, is_allowed};

/// Outcomes of a check of one token with many endpoints. What does not depend on the endpoint is determined once per API.
pub struct CheckOutcomes<'a> {
    context: &'a Context,
    token: &'a LoadedToken,
    now: Timestamp,
    apis: RefCell<BTreeMap<usize, AtApi>>,
}

/// What a token is at an API.
struct AtApi {
    /// `None`: the granted scopes are not known.
    granted: Option<ScopeSet>,
    unfit: Option<Unfit>,
    elsewhere: Option<Unfit>,
}

impl AtApi {
    fn of(token: &LoadedToken, api: &Api, now: Timestamp) -> Self {
        Self {
            granted: token.is_readable().then(|| scopes_at(token, api)),
            unfit: unfit(token, api, now),
            elsewhere: elsewhere(token, api),
        }
    }
}

impl<'a> CheckOutcomes<'a> {
    /// Prepares the outcomes of a token. `now`: the current time.
    #[must_use]
    pub fn new(context: &'a Context, token: &'a LoadedToken, now: Timestamp) -> Self {
        Self { context, token, now, apis: RefCell::default() }
    }

    /// Returns the outcome of [`check`](super::check()) for an endpoint; `None` if there is no such endpoint.
    #[must_use]
    pub fn of(&self, endpoint: EndpointId) -> Option<CheckOutcome> {
        let (api, details) = self.context.endpoint(endpoint)?;
        let mut apis = self.apis.borrow_mut();
        let at = apis.entry(endpoint.api).or_insert_with(|| AtApi::of(self.token, api, self.now));
        let granted = at.granted.as_ref();
        let allowed = granted.map(|granted| is_allowed(&api.hierarchy.reach(granted), &details.requirement));
        Some(outcome(self.token, at.unfit.clone(), allowed, || at.elsewhere.clone()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::app::check;

    #[test]
    fn each_outcome_is_that_of_a_check() {
        let manifest = "[api.a]\nbase_url = \"https://a.test\"\nissuer = \"https://i.test\"\n[api.a.scopes]\n\
             read = {}\nwrite = { implies = [\"read\"] }\nadmin = { implies = [\"write\"] }\nother = {}\n[api.a.endpoints]\n\
             \"GET /a\" = \"read\"\n\"PUT /a\" = [\"read\", \"write\"]\n\"POST /a\" = { any_of = [\"admin\", [\"write\", \"other\"]] }\n\
             \"GET /h\" = []\n[api.b]\nbase_url = \"https://b.test\"\nissuer = \"https://i.test\"\naudience = \"b\"\n\
             scopes_claim = \"roles\"\n[api.b.scopes]\nread = {}\n[api.b.endpoints]\n\"GET /b\" = \"read\"\n";
        let context = Context::from_source("m.toml", manifest).unwrap();
        let now = Timestamp::from_second(1_763_926_800).unwrap();
        for claims in [
            r#"{"scope":"read"}"#,
            r#"{"scope":"admin other"}"#,
            r#"{"scope":"write","exp":1}"#,
            r#"{"scope":"write","iss":"https://other.test"}"#,
            r#"{"roles":["read"],"aud":"b"}"#,
            r#"{"https://a.test/permissions":["read"]}"#,
            "{}",
        ] {
            use base64::Engine as _;
            let encode = |part: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part);
            let text = format!("{}.{}.{}", encode(r#"{"alg":"RS256"}"#), encode(claims), encode("signature"));
            for text in [text.as_str(), "opaque-token-without-structure"] {
                let token = LoadedToken::read(text, now).unwrap();
                let outcomes = CheckOutcomes::new(&context, &token, now);
                for id in context.endpoints() {
                    assert_eq!(
                        outcomes.of(id),
                        check(&context, &token, id, now).map(|check| check.outcome),
                        "{claims}"
                    );
                }
            }
        }
    }
}
