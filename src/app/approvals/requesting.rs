//! Writes a request.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::entries::request_entry;
use super::keys::own_fingerprints;
use super::known::{ApprovalState, Approvals, KnownApproval, people};
use super::need::Need;
use super::reach::{Reach, concerned};
use crate::app::environment::Actor;
use crate::app::{EndpointId, Error, ErrorKind};
use crate::approval::{Request, RequestedEndpoint, longest_window};
use crate::audit::random_id;
use crate::scope::compare;
use crate::usage::Event;

/// Window of a request without another one, in seconds.
const WINDOW: u64 = 8 * 3600;

/// Terms of a request.
#[derive(Clone, Debug)]
pub struct RequestTerms {
    /// Reason, for the approver.
    pub reason: Option<String>,
    /// Begin of the window; `None`: now.
    pub from: Option<Timestamp>,
    /// Length of the window in seconds; `None`: 8 hours, or less if the approvers permit less.
    pub window: Option<u64>,
    /// Number of uses; `None`: any within the window.
    pub uses: Option<u64>,
}

impl Default for RequestTerms {
    fn default() -> Self {
        Self { reason: None, from: None, window: None, uses: Some(1) }
    }
}

/// A request that was written.
#[derive(Clone, Debug)]
pub struct WrittenRequest {
    /// Request.
    pub request: Request,
    /// File to send, if there is one.
    pub path: Option<PathBuf>,
    /// Who can approve it, as `1 of ana, ben (leads)`.
    pub people: String,
    /// What it waits for, if it is not new.
    pub waits: Option<String>,
}

impl WrittenRequest {
    /// Adds what to do with it to an error: hints, and the command that prints it.
    pub(in crate::app) fn explain(&self, error: Error) -> Error {
        let error = Error { command: Some(format!("tokscope approve --show {}", self.request.short_id())), ..error };
        self.hints().into_iter().fold(error, Error::hint)
    }

    /// Returns what to do with it, one hint each.
    fn hints(&self) -> Vec<String> {
        let id = self.request.short_id();
        let mut hints: Vec<String> =
            self.waits.iter().map(|waits| format!("the request {id} is waiting: {waits}")).collect();
        hints.push(match &self.path {
            Some(path) => format!("send the request `{}` to {}", path.display(), self.people),
            None => format!("send the request {id} to {}", self.people),
        });
        hints.push("an approver replies with the output of `tokscope approve FILE`".to_owned());
        hints.push("add the reply with `tokscope approve --add FILE`, and run this command again".to_owned());
        hints
    }
}

impl Approvals<'_> {
    /// Writes a request, and records it.
    ///
    /// # Errors
    /// If the terms are not permitted, or it can't be stored.
    pub fn write(&self, need: &Need, terms: &RequestTerms) -> Result<WrittenRequest, Error> {
        let request = self.request(need, terms, Timestamp::now())?;
        let act = self.context.begin_now(|| request_entry(Event::ApprovalRequested, &request))?;
        let text = request.text();
        let written = self
            .context
            .approvals()
            .change(&request.id, |stored| {
                stored.request.clone_from(&text);
                Ok(())
            })
            .and_then(|()| self.context.approvals().write_text(&request.id, &text));
        let path = act.conclude_now(written)?;
        let people = people(self.context, &need.required, &request.keys);
        Ok(WrittenRequest { people, path, request, waits: None })
    }

    fn request(&self, need: &Need, terms: &RequestTerms, now: Timestamp) -> Result<Request, Error> {
        let manifest = self.context.require_manifest()?;
        let client = self.context.client(&need.client)?;
        let names = || need.required.iter().flatten();
        let wants_reason = names().any(|name| manifest.approvers(name).is_some_and(|group| group.reason));
        let reason = terms.reason.as_ref().map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if wants_reason && reason.is_none() {
            let command = format!("{} --reason TEXT", self.command(need));
            let error = Error::new(ErrorKind::Policy, "an approval is needed, and the approvers require a reason")
                .by_rule(need.rule_name(), None)
                .hint(format!("`{command}` makes the request"));
            return Err(Error { command: Some(command), ..error });
        }
        if reason.as_ref().is_some_and(|reason| reason.len() > 1_000) {
            return Err(Error::new(ErrorKind::Usage, "the reason is longer than 1,000 bytes"));
        }
        let most = longest_window(manifest, &need.required);
        let window = terms.window.unwrap_or_else(|| WINDOW.min(most));
        if window > most || window == 0 {
            let message = format!("a window of {window} s is not permitted: at most {most} s");
            return Err(Error::new(ErrorKind::Usage, message).hint("`max_window` of the approvers limits it"));
        }
        // whole seconds are easier to read
        let second = |time: Timestamp| Timestamp::from_second(time.as_second()).unwrap_or(time);
        let from = second(terms.from.unwrap_or(now));
        let length = SignedDuration::from_secs(i64::try_from(window).unwrap_or(i64::MAX));
        let until = from.checked_add(length).map_err(|_| Error::new(ErrorKind::Usage, "the window is out of range"))?;
        if until <= now {
            return Err(Error::new(ErrorKind::Usage, format!("the window would end at {until}, which has passed")));
        }
        if from.duration_since(now).as_secs() > i64::try_from(most).unwrap_or(i64::MAX) {
            return Err(Error::new(ErrorKind::Usage, format!("the window can begin at most {most} s from now")));
        }
        let actor = Actor::detect();
        let endpoints = self.endpoints(need)?;
        let names: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.api.as_str()).collect();
        let apis = concerned(manifest, client, &names, &need.scopes);
        let reach = Reach::of(&need.scopes, &apis);
        let mut audiences: Vec<String> = apis.iter().filter_map(|api| api.audience.clone()).collect();
        audiences.sort_unstable();
        audiences.dedup();
        Ok(Request {
            id: random_id::<16>()?,
            created: second(now),
            requester: actor.name,
            host: Some(actor.host).filter(|host| !host.is_empty()),
            keys: own_fingerprints(self.context),
            client: client.name.clone(),
            client_id: client.client_id.clone(),
            issuer: client.issuer.to_string(),
            audiences,
            scopes: need.scopes.clone(),
            above: need.above.clone(),
            endpoints,
            reaches: reach.endpoints,
            writes: reach.writes,
            risk: reach.risk,
            reason,
            from,
            until,
            uses: terms.uses,
            manifest: self.context.manifest_digest().unwrap_or_default(),
            rules: need.rules.clone(),
            approvers: need.required.clone(),
        })
    }

    /// Returns the endpoints with the scopes that they need.
    fn endpoints(&self, need: &Need) -> Result<Vec<RequestedEndpoint>, Error> {
        let requested = |id: &EndpointId| {
            let (api, endpoint) = self.context.require_endpoint(*id)?;
            let needs = compare(&need.scopes, &endpoint.requirement, &api.hierarchy).alternative;
            Ok(RequestedEndpoint { endpoint: endpoint.to_string(), api: api.name.clone(), needs })
        };
        need.endpoints.iter().map(requested).collect()
    }

    /// Returns the command that makes a request.
    fn command(&self, need: &Need) -> String {
        let mut command = format!("tokscope approve --request --client {}", crate::text::shell_word(&need.client));
        for endpoint in need.endpoints.iter().filter_map(|id| self.context.endpoint(*id)) {
            command.push_str(&format!(" -e {}", crate::text::shell_word(&endpoint.1.to_string())));
        }
        let covered = |scope: &&crate::scope::Scope| {
            need.endpoints
                .iter()
                .filter_map(|id| self.context.endpoint(*id))
                .any(|(_, endpoint)| endpoint.requirement.scopes().contains(scope.as_str()))
        };
        for scope in need.above.iter().filter(|scope| !covered(scope)) {
            command.push_str(&format!(" --scope {}", crate::text::shell_word(scope.as_str())));
        }
        command
    }

    /// Returns the request for what has to be approved: the one that is waiting already, or a new one.
    ///
    /// # Errors
    /// If the terms are not permitted, or it can't be stored.
    pub fn open(&self, need: &Need, terms: &RequestTerms) -> Result<WrittenRequest, Error> {
        let Some(known) = self.pending(need)? else { return self.write(need, terms) };
        let path = self.context.approvals().write_text(&known.request.id, &known.request.text())?;
        let people = people(self.context, &need.required, &known.request.keys);
        let waits = known.obstacle();
        Ok(WrittenRequest { request: known.request, path, people, waits })
    }

    /// Returns the error that an approval is needed. A request is written, unless one is pending.
    #[must_use]
    pub fn demand(&self, need: &Need, terms: &RequestTerms) -> Error {
        let written = match self.open(need, terms) {
            Ok(written) => written,
            Err(error) => return error,
        };
        let error = Error::new(ErrorKind::Policy, need.message()).by_rule(need.rule_name(), None);
        written.explain(error)
    }

    /// Returns a request for the same that is waiting already.
    fn pending(&self, need: &Need) -> Result<Option<KnownApproval>, Error> {
        for known in self.list()? {
            let covers = |id: &EndpointId| {
                let known_endpoint = self.context.endpoint(*id);
                known_endpoint.is_none_or(|(api, one)| known.request.covers_endpoint(&api.name, &one.to_string()))
            };
            if matches!(known.state, ApprovalState::Pending | ApprovalState::Approved)
                && need.endpoints.iter().all(covers)
                && self.permits(&known.request, need)?
            {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }
}
