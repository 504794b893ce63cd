//! The requests of gateways as they happen, from the audit log, and lines of the manifest for them.

use std::collections::{HashSet, VecDeque};
use std::path::Path;

use super::learn::Learning;
use crate::app::manifests::{read_manifest, write_manifest};
use crate::app::{AuditReader, Context, Error, ErrorKind, LoggedRecord, ReadPosition};
use crate::manifest::Effect;
use crate::usage::{Certainty, Event, Filter, Phase, Record};

/// Maximum number of requests that are kept.
const MOST_REQUESTS: usize = 500;

/// Requests of gateways, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// The latest record of each request: its outcome, or its intent while it is in progress.
    pub requests: Vec<Record>,
    position: ReadPosition,
}

impl Traffic {
    /// Reads what was recorded since. Blocks, usually for milliseconds.
    ///
    /// # Errors
    /// If the log can't be read.
    pub fn follow(mut self, context: &Context) -> Result<Self, Error> {
        let Some(log) = context.audit()?.cloned() else { return Ok(self) };
        let mut requests = VecDeque::from(std::mem::take(&mut self.requests));
        let reader = AuditReader::of(log);
        self.position = reader.read(self.position, &Filter::default(), |LoggedRecord { record, .. }| {
            if record.event == Some(Event::GatewayRequest) {
                // an intent is the first record of its act
                let act = record.act.as_ref().filter(|_| record.phase != Some(Phase::Intent));
                let known = act.and_then(|act| requests.iter_mut().find(|known| known.act.as_ref() == Some(act)));
                match known {
                    Some(known) => *known = record,
                    None => {
                        requests.push_front(record);
                        requests.truncate(MOST_REQUESTS);
                    }
                }
            }
            true
        })?;
        self.requests = requests.into();
        Ok(self)
    }
}

/// What a line of the manifest does about an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// Allows it, with the scopes that the traffic shows.
    Add,
    /// Denies it by a rule.
    Deny,
    /// Requires an approval by a rule.
    Approve,
}

/// The manifest with lines for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendedManifest {
    /// What the lines do, as a sentence without a full stop.
    pub about: String,
    /// The new lines.
    pub lines: Vec<String>,
    /// The whole manifest.
    pub text: String,
}

/// Returns the manifest with a line about the endpoint of a request. Nothing is written.
///
/// # Errors
/// If the traffic does not show what the endpoint requires, the manifest has it already, or has no approvers.
pub fn amended(
    context: &Context,
    requests: &[Record],
    chosen: &Record,
    amendment: Amendment,
) -> Result<AmendedManifest, Error> {
    let usage = |message: String| Error::new(ErrorKind::Usage, message);
    let Some((api, endpoint)) = chosen.api.as_ref().zip(chosen.endpoint.as_ref()) else {
        return Err(usage("the request has no endpoint".to_owned()));
    };
    let is_known = context
        .require_manifest()?
        .api(api)
        .is_some_and(|api| api.endpoints.iter().any(|known| known.to_string() == *endpoint));
    let text = match (amendment, is_known) {
        (Amendment::Add, true) => return Err(usage(format!("the manifest already has `{endpoint}`"))),
        (Amendment::Add, false) => learned(context, requests, api, endpoint)?,
        (Amendment::Deny, false) => {
            return Err(usage(format!("the manifest does not have `{endpoint}`, so it is denied already"))
                .hint("with `--observe`, requests without an endpoint are sent"));
        }
        (Amendment::Approve, false) => {
            return Err(usage(format!("the manifest does not have `{endpoint}`; add it first")));
        }
        (Amendment::Deny, true) => with_rule(context, Effect::Deny, endpoint, None),
        (Amendment::Approve, true) => {
            let approvers = context.require_manifest()?.approvers.first().ok_or_else(|| {
                usage("the manifest has no approvers".to_owned()).hint("add a table `[approvers.NAME]`")
            })?;
            with_rule(context, Effect::Approve, endpoint, Some(&approvers.name))
        }
    };
    Context::from_source("tokscope.toml", &text).map_err(|problem| {
        let reason = problem.findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        usage(format!("the manifest would not be valid: {reason}"))
    })?;
    let known: HashSet<&str> = context.source().lines().collect();
    let lines = text.lines().filter(|line| !line.is_empty() && !known.contains(line)).map(str::to_owned).collect();
    let about = match amendment {
        Amendment::Add => format!("allow `{endpoint}` with the scopes that the traffic shows"),
        Amendment::Deny => format!("deny `{endpoint}`"),
        Amendment::Approve => format!("require an approval for `{endpoint}`"),
    };
    Ok(AmendedManifest { about, lines, text })
}

/// Writes an amended manifest, unless the file has changed since it was read.
///
/// # Errors
/// If it has changed, or can't be written.
pub fn write_amended(context: &Context, path: &Path, text: &str) -> Result<(), Error> {
    if read_manifest(path)? != context.source() {
        return Err(Error::new(ErrorKind::Usage, format!("`{}` has changed since it was read", path.display()))
            .hint("reload it (R), and choose again"));
    }
    write_manifest(path, text)
}

/// Returns the manifest with an endpoint as its requests show it.
fn learned(context: &Context, requests: &[Record], api: &str, endpoint: &str) -> Result<String, Error> {
    let mut learning = Learning::new(context, Some(api), Vec::new(), Certainty::UpperBound)?;
    let of_it = |record: &&Record| record.api.as_deref() == Some(api) && record.endpoint.as_deref() == Some(endpoint);
    requests.iter().filter(of_it).for_each(|record| learning.add_record(record));
    let not_shown = || {
        Error::new(ErrorKind::Usage, format!("no response shows what `{endpoint}` requires"))
            .hint("observe it with a token that is sufficient, or add the line by hand (E)")
    };
    let report = learning.finish().map_err(|_| not_shown())?;
    match report.changes.is_empty() {
        true => Err(not_shown()),
        false => Ok(report.manifest),
    }
}

/// Returns the manifest with a rule at its end.
fn with_rule(context: &Context, effect: Effect, endpoint: &str, approvers: Option<&str>) -> String {
    let quoted = |text: &str| toml_edit::Value::from(text).to_string().trim().to_owned();
    let mut text = context.source().trim_end().to_owned();
    text.push_str(&format!("\n\n[[policy]]\neffect = \"{}\"\nendpoints = {}\n", effect.as_str(), quoted(endpoint)));
    if let Some(approvers) = approvers {
        text.push_str(&format!("approvers = {}\n", quoted(approvers)));
    }
    text.push_str("reason = \"decided in the live view of the gateway\"\n");
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use super::*;
    use crate::app::TemporaryLog;
    use crate::audit::Durability;

    const MANIFEST: &str = "[api.shop]\nbase_url = \"https://api.example.com\"\n[api.shop.scopes]\n\"orders:read\" = {}\n\
                            [api.shop.endpoints]\n\"GET /orders\" = \"orders:read\"\n";

    fn record(endpoint: &str, status: u64) -> Record {
        Record {
            api: Some("shop".to_owned()),
            endpoint: Some(endpoint.to_owned()),
            phase: Some(Phase::Outcome),
            status: Some(status),
            granted: Some(vec!["orders:read".to_owned()]),
            token: Some("t".to_owned()),
            ..Record::new(Event::GatewayRequest)
        }
    }

    fn amend(endpoint: &str, status: u64, amendment: Amendment, more: &str) -> Result<AmendedManifest, String> {
        let context = Context::from_source("t", &format!("{MANIFEST}{more}")).unwrap();
        let chosen = record(endpoint, status);
        amended(&context, std::slice::from_ref(&chosen), &chosen, amendment).map_err(|error| error.message)
    }

    #[test]
    fn only_the_latest_requests_of_a_long_log_are_kept() {
        let log = TemporaryLog::create().unwrap();
        let of = |number: usize, phase: Phase, status: u64| Record {
            act: Some(number.to_string()),
            phase: Some(phase),
            ..record("GET /orders", status)
        };
        let append = |records: Vec<Record>| {
            let entries = records.into_iter().map(Into::into).collect();
            log.log().append_all(entries, Durability::System).unwrap();
        };
        append((0..MOST_REQUESTS + 2).map(|number| of(number, Phase::Intent, 0)).collect());
        append(vec![of(MOST_REQUESTS, Phase::Outcome, 200)]);
        let context = Context::from_source("t", MANIFEST).unwrap().recording_in(Arc::clone(log.log()));
        let traffic = Traffic::default().follow(&context).unwrap();
        let shown = |traffic: &Traffic| -> Vec<(String, u64)> {
            let latest = traffic.requests.iter().take(2);
            latest.map(|record| (record.act.clone().unwrap(), record.status.unwrap())).collect()
        };
        let (last, before) = ((MOST_REQUESTS + 1).to_string(), MOST_REQUESTS.to_string());
        assert_eq!(traffic.requests.len(), MOST_REQUESTS);
        assert_eq!(shown(&traffic), [(last.clone(), 0), (before.clone(), 200)], "the newest first, with its outcome");
        append(vec![of(MOST_REQUESTS + 1, Phase::Outcome, 404)]);
        let traffic = traffic.follow(&context).unwrap();
        assert_eq!(shown(&traffic), [(last, 404), (before, 200)]);
    }

    #[test]
    fn an_endpoint_is_added_with_what_its_traffic_shows() {
        let added = amend("GET /items/{id}", 200, Amendment::Add, "").unwrap();
        assert!(
            added.lines.iter().any(|line| line.contains("\"GET /items/{id}\"") && line.contains("orders:read")),
            "{added:?}"
        );
        assert!(added.text.starts_with(MANIFEST.lines().next().unwrap()));
        assert_eq!(
            amend("GET /items/{id}", 404, Amendment::Add, "").unwrap_err(),
            "no response shows what `GET /items/{id}` requires"
        );
        assert_eq!(
            amend("GET /orders", 200, Amendment::Add, "").unwrap_err(),
            "the manifest already has `GET /orders`"
        );
    }

    #[test]
    fn an_endpoint_is_denied_or_needs_an_approval_by_a_rule() {
        let denied = amend("GET /orders", 200, Amendment::Deny, "").unwrap();
        let manifest = crate::manifest::parse(&denied.text).manifest.unwrap();
        assert_eq!(manifest.policy.rules.len(), 1);
        assert!(denied.text.contains("effect = \"deny\"\nendpoints = \"GET /orders\"\n"), "{}", denied.text);
        assert!(amend("GET /x", 200, Amendment::Deny, "").unwrap_err().contains("denied already"));
        assert_eq!(amend("GET /orders", 200, Amendment::Approve, "").unwrap_err(), "the manifest has no approvers");
    }
}
