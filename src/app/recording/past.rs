//! Past calls, as the log knows them.

use std::collections::{BTreeMap, VecDeque};

use super::{AuditReader, ReadPosition};
use crate::app::Error;
use crate::usage::{Event, Filter, Phase, Record};

/// A call of an earlier run. Holds no secret: the log has none. Everything but the status is untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCall {
    /// When it was made, in the form of the log.
    pub time: String,
    /// Method and path template.
    pub endpoint: String,
    /// Status of the response, if there was one.
    pub status: Option<u64>,
    /// Why it was not made, or how it failed.
    pub cause: Option<String>,
}

impl AuditReader {
    /// Returns the last calls, the latest first.
    ///
    /// # Errors
    /// If the log can't be read.
    pub fn past_calls(&self, most: usize) -> Result<Vec<PastCall>, Error> {
        let filter = Filter { events: vec![Event::Use.as_str().to_owned()], ..Filter::default() };
        let mut calls = Calls { most, begun: BTreeMap::new(), done: VecDeque::new() };
        self.read(ReadPosition::default(), &filter, |logged| {
            calls.add(logged.record);
            true
        })?;
        Ok(calls.done.into_iter().rev().collect())
    }
}

/// Joins the records of calls.
struct Calls {
    most: usize,
    /// Intents without an outcome, by their act.
    begun: BTreeMap<String, Record>,
    done: VecDeque<PastCall>,
}

impl Calls {
    /// Adds a record. An outcome refers to its intent, which names the endpoint.
    fn add(&mut self, record: Record) {
        let intent = match (record.phase, &record.act) {
            (Some(Phase::Intent), Some(act)) => {
                self.begun.insert(act.clone(), record);
                return;
            }
            (Some(Phase::Outcome), Some(act)) => self.begun.remove(act),
            _ => None,
        };
        let (time, endpoint) = intent.map(|intent| (intent.time, intent.endpoint)).unwrap_or_default();
        if self.done.len() == self.most {
            self.done.pop_front();
        }
        self.done.push_back(PastCall {
            time: time.or(record.time).unwrap_or_default(),
            endpoint: endpoint.or(record.endpoint).unwrap_or_default(),
            status: record.status,
            cause: record.cause,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_joined_with_their_intents_and_only_the_last_ones_are_kept() {
        let record = |phase, act: &str, time: &str, endpoint: Option<&str>, status| Record {
            phase: Some(phase),
            act: Some(act.to_owned()),
            time: Some(time.to_owned()),
            endpoint: endpoint.map(str::to_owned),
            status,
            ..Record::new(Event::Use)
        };
        let mut calls = Calls { most: 2, begun: BTreeMap::new(), done: VecDeque::new() };
        for number in 0..3 {
            calls.add(record(Phase::Intent, &number.to_string(), &format!("t{number}"), Some("GET /a"), None));
        }
        for number in 0..3 {
            calls.add(record(Phase::Outcome, &number.to_string(), "later", None, Some(200 + number)));
        }
        let shown: Vec<(&str, &str, Option<u64>)> =
            calls.done.iter().map(|call| (call.time.as_str(), call.endpoint.as_str(), call.status)).collect();
        assert_eq!(shown, [("t1", "GET /a", Some(201)), ("t2", "GET /a", Some(202))]);
        assert!(calls.begun.is_empty());
    }
}
