//! Uses of a token and of those that were made from it.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Text, UseRecord};

/// Uses of an endpoint or scope.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) uses: u64,
    pub(super) last: String,
}

impl Tally {
    fn add(&mut self, time: &str) {
        self.uses += 1;
        self.last.clear();
        self.last.push_str(time);
    }
}

/// Uses of a scope.
#[derive(Debug, Default)]
pub(super) struct ScopeTally {
    pub(super) tally: Tally,
    /// Time and number of the first use.
    pub(super) first: (String, u64),
    pub(super) endpoints: BTreeSet<String>,
}

/// What is known about a token and those that were made from it.
#[derive(Debug, Default)]
pub(super) struct Family {
    pub(super) calls: Tally,
    pub(super) endpoints: BTreeMap<String, u64>,
    /// Endpoints of calls that were not denied.
    pub(super) successful: BTreeSet<String>,
    pub(super) last_success: String,
    pub(super) scopes: BTreeMap<String, ScopeTally>,
    pub(super) hand_outs: u64,
    /// Program that it was passed on to first.
    pub(super) first_hand_out: Option<String>,
    pub(super) granted_here: bool,
    /// Calls without excess.
    pub(super) exact: u64,
    pub(super) used_after_hand_out: Option<u64>,
    pub(super) critical_excess: BTreeMap<String, u64>,
    /// Identifier of the approval that it was obtained with.
    pub(super) approval: Option<String>,
}

/// Adds without a copy of the key unless it is new.
pub(super) fn of<'m, V: Default>(map: &'m mut BTreeMap<String, V>, key: &str) -> &'m mut V {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), V::default());
    }
    map.entry(key.to_owned()).or_default()
}

impl Family {
    pub(super) fn add_use(&mut self, record: &UseRecord<'_>, is_denied: bool, critical: &BTreeSet<String>) {
        self.calls.add(&record.time);
        *of(&mut self.endpoints, &record.endpoint) += 1;
        if is_denied {
            return;
        }
        if !self.successful.contains(record.endpoint.as_ref()) {
            self.successful.insert(record.endpoint.to_string());
        }
        self.last_success.clear();
        self.last_success.push_str(&record.time);
        for Text(scope) in &record.used {
            let known = of(&mut self.scopes, scope);
            if known.tally.uses == 0 {
                known.first = (record.time.to_string(), record.seq);
            }
            known.tally.add(&record.time);
            if !known.endpoints.contains(record.endpoint.as_ref()) {
                known.endpoints.insert(record.endpoint.to_string());
            }
        }
        self.exact += u64::from(record.excess.is_empty());
        for Text(scope) in record.excess.iter().filter(|scope| critical.contains(scope.0.as_ref())) {
            self.critical_excess.entry(scope.to_string()).or_insert(record.seq);
        }
        if self.first_hand_out.is_some() {
            self.used_after_hand_out.get_or_insert(record.seq);
        }
    }
}
