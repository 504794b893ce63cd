//! Decides about acts, and records denials.

use jiff::Timestamp;

use super::approval::{approved, need, requested};
use super::question::Part;
use super::{PolicyRuling, Question};
use crate::app::{Context, Error, ErrorKind, Need};
use crate::audit::Entry;
use crate::manifest::Effect;
use crate::policy::{Cause, Facts, Request, decide, strictest};
use crate::usage::{Event, Record};

/// Applies the policy of a context.
#[derive(Debug)]
pub struct PolicyGate<'a> {
    context: &'a Context,
}

impl<'a> PolicyGate<'a> {
    /// Creates a gate.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Returns the facts about an act now.
    #[must_use]
    pub fn facts(&self, question: &Question<'_>, now: Timestamp) -> Facts {
        let known = self.context.circumstances();
        // a sign-in in the future is a wrong clock, not a recent sign-in
        let age = question.signed_in.and_then(|then| u64::try_from(now.duration_since(then).as_secs()).ok());
        Facts {
            client: question.client.map(str::to_owned),
            environment: known.environment.clone(),
            ci: known.ci,
            branch: known.branch.clone(),
            caller: [known.caller.as_deref(), question.caller, Some(known.front_end)]
                .into_iter()
                .flatten()
                .find(|name| !name.is_empty())
                .map(str::to_owned),
            interactive: known.interactive,
            sign_in_age: age,
            time: Some(now),
        }
    }

    /// Decides about an act now, without recording it. `None` if the manifest has no policy.
    #[must_use]
    pub fn ruling(&self, question: &Question<'_>) -> Option<PolicyRuling> {
        self.ruling_with(question, self.facts(question, Timestamp::now()))
    }

    /// Decides about an act with these facts, without recording it. `None` if the manifest has no policy.
    #[must_use]
    pub fn ruling_with(&self, question: &Question<'_>, facts: Facts) -> Option<PolicyRuling> {
        let manifest = self.context.manifest().filter(|manifest| !manifest.policy.is_empty())?;
        let decided = question.parts(self.context).into_iter().map(|part| {
            let endpoint = part.endpoint.and_then(|id| self.context.endpoint(id));
            let decision = decide(manifest, &Request { endpoint, scopes: &part.scopes }, &facts);
            (part, decision)
        });
        let counting = decided.filter(|(part, decision)| !part.is_implied || decision.cause == Cause::Rule);
        let (Part { endpoint, scopes, is_implied }, decision) = strictest(counting)?;
        let subject = match endpoint.and_then(|id| self.context.endpoint(id)) {
            Some((_, endpoint)) => format!("`{endpoint}`"),
            None if scopes.is_empty() => "a request without scopes".to_owned(),
            None => format!("the scopes `{scopes}`"),
        };
        let manifest = self.context.name().to_owned();
        Some(PolicyRuling { decision, endpoint, subject, scopes, facts, manifest, is_implied, approved_by: None })
    }

    /// Returns what the policy wants approved for an act at a time, whether that is approved already or not. `None` if it
    /// allows the act, or nobody can approve it.
    ///
    /// # Errors
    /// If the policy denies the act.
    pub fn need(&self, question: &Question<'_>, at: Timestamp) -> Result<Option<Need>, Error> {
        let Some(ruling) = self.ruling_with(question, self.facts(question, at)) else { return Ok(None) };
        match ruling.decision.effect {
            Effect::Allow => Ok(None),
            Effect::Approve => Ok(need(self.context, question, &ruling)),
            Effect::Deny => Err(ruling.error()),
        }
    }

    /// Whether an approval permits what [`Self::need`] returned, now.
    ///
    /// # Errors
    /// If the approvals can't be read.
    pub fn is_approved(&self, question: &Question<'_>) -> Result<bool, Error> {
        let question = Question { takes_use: false, ..question.clone() };
        match self.ruling(&question) {
            Some(ruling) => Ok(approved(self.context, &question, &ruling)?.is_some()),
            None => Ok(true),
        }
    }

    /// Lets an act pass if the policy allows it, or an approval satisfies it. A denial is recorded.
    ///
    /// # Errors
    /// If the policy denies it or an approval is missing, of the kind [`crate::app::ErrorKind::Policy`].
    pub async fn permit(&self, question: &Question<'_>) -> Result<Option<Box<PolicyRuling>>, Error> {
        Box::pin(self.permitted(question)).await
    }

    async fn permitted(&self, question: &Question<'_>) -> Result<Option<Box<PolicyRuling>>, Error> {
        let (ruling, error) = self.judge(question)?;
        let Some(error) = error else { return Ok(ruling) };
        self.context.or_denied(Err(error), || denied(self.context, question, ruling.as_deref())).await
    }

    /// Like [`Self::permit`], on a thread that may block.
    ///
    /// # Errors
    /// See [`Self::permit`].
    pub fn permit_now(&self, question: &Question<'_>) -> Result<Option<Box<PolicyRuling>>, Error> {
        let (ruling, error) = self.judge(question)?;
        let Some(error) = error else { return Ok(ruling) };
        Err(self.context.denied_now(error, || denied(self.context, question, ruling.as_deref())))
    }

    /// Lets a request to a server that the manifest does not have pass, unless the policy denies by default.
    ///
    /// # Errors
    /// See [`Self::permit`].
    pub fn permit_elsewhere_now(&self, server: &str) -> Result<(), Error> {
        let Some(policy) = self.context.manifest().map(|manifest| &manifest.policy) else { return Ok(()) };
        if policy.default_effect() != Effect::Deny {
            return Ok(());
        }
        let message = format!("the policy denies `{server}`: the manifest does not have it, and the default denies");
        let line = policy.default.as_ref().map(|stated| stated.line);
        let error = Error::new(ErrorKind::Policy, message).by_rule("policy default", line);
        let entry = || Record { manifest: self.context.manifest_digest(), ..Record::new(Event::Denied) }.into();
        Err(self.context.denied_now(error, entry))
    }

    fn judge(&self, question: &Question<'_>) -> Result<(Option<Box<PolicyRuling>>, Option<Error>), Error> {
        let Some(mut ruling) = self.ruling(question) else { return Ok((None, None)) };
        let error = match ruling.decision.effect {
            Effect::Allow => None,
            Effect::Approve => {
                ruling.approved_by = approved(self.context, question, &ruling)?;
                match ruling.approved_by {
                    Some(_) => None,
                    None => Some(requested(self.context, question, &ruling, ruling.error())),
                }
            }
            Effect::Deny => Some(ruling.error()),
        };
        Ok((Some(Box::new(ruling)), error))
    }
}

impl PolicyRuling {
    /// Adds what decided to a record, unless the default did, and the approval that satisfied it.
    pub(in crate::app) fn note(&self, record: &mut Record) {
        if self.decision.cause == Cause::Rule {
            record.rule = Some(self.rule());
            record.line = self.decision.line;
        }
        record.environment.clone_from(&self.facts.environment);
        record.caller.clone_from(&self.facts.caller);
        if let Some(approved) = &self.approved_by {
            approved.note(record);
        }
    }
}

/// Adds what decided to the entry of an act.
pub(in crate::app) fn noted(mut entry: Entry, ruling: Option<&PolicyRuling>) -> Entry {
    if let Some(ruling) = ruling {
        ruling.note(&mut entry.record);
    }
    entry
}

/// Returns the record of a denial.
fn denied(context: &Context, question: &Question<'_>, ruling: Option<&PolicyRuling>) -> Entry {
    let mut record = Record {
        manifest: context.manifest_digest(),
        endpoints: context.names(question.endpoints),
        ..Record::new(Event::Denied)
    };
    if let Some(client) = question.client {
        let known = context.client(client).ok();
        record.client = Some(client.to_owned());
        record.client_id = known.map(|client| client.client_id.clone());
        record.issuer = known.map(|client| client.issuer.to_string());
    }
    if let Some(ruling) = ruling {
        if let Some((api, endpoint)) = ruling.endpoint.and_then(|id| context.endpoint(id)) {
            record.api = Some(api.name.clone());
            record.endpoint = Some(endpoint.to_string());
        }
        record.requested = Some(ruling.scopes.names());
        record.decision = Some(ruling.decision.effect.as_str().to_owned());
        ruling.note(&mut record);
    }
    record.into()
}
