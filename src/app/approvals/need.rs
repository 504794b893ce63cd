//! What has to be approved, and by what rules.

use crate::app::EndpointId;
use crate::approval::{RequestRule, Required, UseKind};
use crate::scope::ScopeSet;

/// What has to be approved.
#[derive(Clone, Debug)]
pub struct Need {
    /// Name of the client.
    pub client: String,
    /// Endpoints.
    pub endpoints: Vec<EndpointId>,
    /// All scopes that are requested.
    pub scopes: ScopeSet,
    /// Those above the ceiling.
    pub above: ScopeSet,
    /// What asks for the approval, the ceiling first.
    pub rules: Vec<RequestRule>,
    /// Groups that have to approve.
    pub required: Required,
}

impl Need {
    /// Returns what would use the approval.
    pub(super) fn use_kinds(&self) -> impl Iterator<Item = UseKind> {
        self.rules.iter().map(|rule| match rule {
            RequestRule::Ceiling => UseKind::Token,
            RequestRule::Policy(_) => UseKind::Act,
        })
    }

    /// Joins what another rule wants approved for the same act, so that one request names both.
    #[must_use]
    pub(in crate::app) fn and(mut self, other: Self) -> Self {
        fn join<T: PartialEq>(into: &mut Vec<T>, more: Vec<T>) {
            for one in more {
                if !into.contains(&one) {
                    into.push(one);
                }
            }
        }
        join(&mut self.endpoints, other.endpoints);
        join(&mut self.rules, other.rules);
        join(&mut self.required, other.required);
        self.scopes = self.scopes.union(&other.scopes);
        self.above = self.above.union(&other.above);
        self
    }

    /// Returns the message that an approval is needed.
    pub(super) fn message(&self) -> String {
        let reason = |rule: &RequestRule| match rule {
            RequestRule::Ceiling => format!("{} is above the ceiling of client `{}`", self.above, self.client),
            RequestRule::Policy(rule) => format!("the policy asks for it ({rule})"),
        };
        let reasons: Vec<String> = self.rules.iter().map(reason).collect();
        format!("an approval is needed: {}", reasons.join(", and "))
    }

    /// Returns the rule that asks for an approval, for the audit log.
    pub(super) fn rule_name(&self) -> &'static str {
        match self.rules.first() {
            Some(RequestRule::Policy(_)) => "policy",
            _ => "ceiling",
        }
    }
}
