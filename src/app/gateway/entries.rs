//! What is recorded of a request through the gateway: the endpoint by its template, the token by its fingerprint.

use std::time::Duration;

use url::Url;

use super::broker::Lease;
use super::{Admitted, GatewayOptions, Mode, Refusal};
use crate::app::acquire::TokenSource;
use crate::app::calls::call_entry;
use crate::app::policy::noted;
use crate::app::recording::{QueuedAct, Recorder};
use crate::app::{Context, Error, PolicyRuling};
use crate::audit::{Durability, Entry};
use crate::usage::{Event, Outcome, Phase, Record};

/// Rule of messages that belong to a protocol.
pub(super) const PROTOCOL: &str = "protocol";

/// The intent of a request, until its outcome is recorded. If it is dropped, the outcome is recorded as unknown.
#[derive(Debug)]
pub struct RequestRecord {
    act: QueuedAct,
}

/// Outcome of a request.
#[derive(Clone, Debug, Default)]
pub struct RequestOutcome {
    /// Status of the API.
    pub status: Option<u16>,
    /// Bytes of the response's body that were passed on.
    pub bytes: u64,
    /// Time since the request was received.
    pub time: Duration,
    /// Whether the response was passed on to its end.
    pub complete: bool,
    /// Alternatives that the API names as required, for an endpoint that the manifest does not have.
    pub required: Option<Vec<String>>,
}

impl RequestRecord {
    /// Records the intent of a request.
    ///
    /// # Errors
    /// If it can't be recorded. The request must not be sent.
    pub(super) async fn begin(
        recorder: Option<&Recorder>,
        durability: Durability,
        entry: impl FnOnce() -> Entry,
    ) -> Result<Self, Error> {
        let act = match recorder {
            Some(recorder) => recorder.begin(entry(), durability).await?,
            None => QueuedAct::nothing(),
        };
        Ok(Self { act })
    }

    /// Records the outcome.
    pub fn end(self, outcome: RequestOutcome) {
        let record = Record {
            status: outcome.status.map(u64::from),
            bytes: Some(outcome.bytes),
            ms: Some(outcome.time.as_secs_f64() * 1_000.0),
            required: outcome.required,
            ..Record::default()
        };
        let result = if outcome.complete { Outcome::Ok } else { Outcome::Unknown };
        self.act.end(result, record.into());
    }

    /// Records that the API did not respond.
    pub fn fail(self, code: &str) {
        let record = Record { cause: Some(code.to_owned()), ..Record::default() };
        self.act.end(Outcome::Failed, record.into());
    }
}

/// Returns the entry of a request to an API. `ruling`: the decision of the policy.
pub(super) fn request_entry(
    context: &Context,
    mode: Mode,
    caller: Option<&str>,
    admitted: &Admitted,
    url: &Url,
    lease: Option<&Lease>,
    ruling: Option<&PolicyRuling>,
) -> Entry {
    let token = lease.map(|lease| &lease.token);
    let is_of_protocol = admitted.mcp.is_some() && admitted.operation().is_none();
    let mut entry = match admitted.operation() {
        Some(id) => call_entry(context, Event::GatewayRequest, id, Some(url), token),
        None => {
            let mut entry = call_entry(context, Event::GatewayRequest, admitted.any_endpoint(), Some(url), token);
            let record = &mut entry.record;
            record.endpoint = Some(admitted.shape());
            record.method = Some(admitted.method.clone());
            record.api = Some(admitted.api_name.clone());
            record.manifest = context.manifest_digest();
            record.destination = Some(url.origin().ascii_serialization());
            (record.required, record.used, record.excess, record.line, record.rule) = (None, None, None, None, None);
            // a message of the protocol carries no operation that a line could allow
            record.rule = is_of_protocol.then(|| PROTOCOL.to_owned());
            record.decision = Some(if is_of_protocol { "allowed" } else { "unknown" }.to_owned());
            record.granted = token.and_then(|token| Some(token.granted.as_ref()?.set().names()));
            entry.token = token.map(|token| token.secret.clone());
            entry
        }
    };
    let record = &mut entry.record;
    record.mode = Some(mode.as_str().to_owned());
    record.caller = caller.map(str::to_owned);
    if let Some(lease) = lease {
        record.narrowed = Some(lease.source == TokenSource::Narrowed);
        record.reason = Some(lease.reason.clone()).filter(|reason| !reason.is_empty());
    }
    // a request that the policy denies is sent if it is only observed
    if let Some(ruling) = ruling.filter(|ruling| mode == Mode::Observe && !ruling.is_allowed()) {
        record.decision = Some(ruling.decision.effect.as_str().to_owned());
    }
    noted(entry, ruling)
}

/// Returns the entry of a request that was refused. `api`: of the listener.
pub(super) fn refusal_entry(
    context: &Context,
    mode: Mode,
    caller: Option<&str>,
    api: Option<&str>,
    admitted: Option<(&Admitted, &Url)>,
    refusal: &Refusal,
) -> Entry {
    let mut entry = match admitted {
        Some((admitted, url)) => request_entry(context, mode, caller, admitted, url, None, None),
        None => Record {
            api: api.map(str::to_owned),
            endpoint: refusal.endpoint.as_ref().map(|(_, endpoint)| endpoint.clone()),
            mode: Some(mode.as_str().to_owned()),
            caller: caller.map(str::to_owned),
            manifest: context.manifest_digest(),
            ..Record::new(Event::GatewayRequest)
        }
        .into(),
    };
    entry.record.phase = Some(Phase::Single);
    entry.record.outcome = Some(Outcome::Denied);
    entry.record.cause = Some(refusal.code.clone());
    entry
}

/// Returns the entry of the start or the end of a gateway.
pub(super) fn life_entry(context: &Context, event: Event, mode: Mode, options: &GatewayOptions) -> Entry {
    Record {
        phase: Some(Phase::Single),
        outcome: Some(Outcome::Ok),
        api: options.api.clone(),
        client: options.client.clone(),
        caller: options.caller.clone(),
        mode: Some(mode.as_str().to_owned()),
        manifest: context.manifest_digest(),
        ..Record::new(event)
    }
    .into()
}
