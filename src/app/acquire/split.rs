//! A token for each set of scopes that endpoints need, so that each request can use the narrowest.

use std::collections::BTreeMap;

use super::{AcquiredToken, Acquisition, Interaction, Notice, Plan, Planner};
use crate::app::{EndpointId, Error, ErrorKind};

/// Maximum number of tokens. Some authorization servers revoke the oldest beyond ten (GitHub).
pub(in crate::app) const MOST_SETS: usize = 8;

/// Refusals of an authorization server that a user can remove (OpenID Connect Core 1.0, section 3.1.2.6).
const NEEDS_USER: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

impl Planner<'_> {
    /// Plans a token for each distinct set of scopes, the set that most endpoints need first.
    ///
    /// # Errors
    /// If one can't be planned, or there are too many sets.
    pub fn split(&self, endpoints: &[EndpointId], client: Option<&str>) -> Result<Vec<Plan>, Error> {
        let mut sets: BTreeMap<String, Vec<EndpointId>> = BTreeMap::new();
        for id in endpoints {
            let plan = self.plan(&[*id], client, None)?;
            sets.entry(plan.scopes.to_string()).or_default().push(*id);
        }
        if sets.len() > MOST_SETS {
            let message = format!("the endpoints need {} distinct sets of scopes, more than {MOST_SETS}", sets.len());
            return Err(Error::new(ErrorKind::Usage, message).hint("choose fewer endpoints, or one token for all"));
        }
        let mut groups: Vec<Vec<EndpointId>> = sets.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups.iter().map(|group| self.plan(group, client, None)).collect()
    }
}

impl<I: Interaction> Acquisition<'_, I> {
    /// Obtains a token for each plan. After the first sign-in, the others are requested without a prompt, as long as the
    /// browser's session lives.
    ///
    /// # Errors
    /// See [`Self::obtain`]. Tokens that were obtained before stay stored.
    pub async fn obtain_each(&mut self, plans: &[Plan]) -> Result<Vec<AcquiredToken>, Error> {
        let mut acquired = Vec::new();
        for (index, plan) in plans.iter().enumerate() {
            self.terms.start.silent = index > 0;
            let obtained = match Box::pin(self.obtain(plan)).await {
                Err(error) if index > 0 && needs_user(&error) => {
                    self.interaction
                        .notice(&Notice::Note("the session of the browser is not sufficient: sign in again"));
                    self.terms.start.silent = false;
                    Box::pin(self.obtain(plan)).await
                }
                obtained => obtained,
            };
            acquired.push(obtained?);
        }
        self.terms.start.silent = false;
        Ok(acquired)
    }
}

fn needs_user(error: &Error) -> bool {
    error.refusal.as_deref().is_some_and(|code| NEEDS_USER.contains(&code))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::app::Context;

    #[test]
    fn endpoints_with_the_same_scopes_share_a_token() {
        let source = "[api.a]\nbase_url = \"https://a.test\"\nissuer = \"https://l.test\"\n[api.a.scopes]\nr = {}\nw = {}\n\
                      [api.a.endpoints]\n\"GET /a\" = \"r\"\n\"GET /b\" = \"r\"\n\"POST /a\" = \"w\"\n[client.c]\n\
                      issuer = \"https://l.test\"\nclient_id = \"c\"\n";
        let context = Context::from_source("t", source).unwrap();
        let plans = Planner::new(&context).split(&context.endpoints(), None).unwrap();
        let sets: Vec<(String, usize)> =
            plans.iter().map(|plan| (plan.scopes.to_string(), plan.endpoints.len())).collect();
        assert_eq!(sets, [("r".to_owned(), 2), ("w".to_owned(), 1)]);
    }
}
