//! Selection of records.

use super::record::{Event, Outcome, Record};

/// Conditions on records; all must hold. An empty filter selects everything but the first record of a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Earliest time, in the form of the log.
    pub since: Option<String>,
    /// Time before which a record has to be, in the form of the log.
    pub until: Option<String>,
    /// Name of the client.
    pub client: Option<String>,
    /// Endpoint, or a part of it.
    pub endpoint: Option<String>,
    /// A scope that was required, requested, granted or used.
    pub scope: Option<String>,
    /// Events, or groups of events such as `token`.
    pub events: Vec<String>,
    /// Outcomes.
    pub outcomes: Vec<Outcome>,
    /// Beginning of a token's fingerprint or identifier.
    pub token: Option<String>,
}

impl Filter {
    /// Whether a name is an event or a group of events.
    #[must_use]
    pub fn knows_event(name: &str) -> bool {
        Event::ALL.iter().any(|(event, _)| is_of(event.as_str(), name))
    }

    /// Whether a record is selected.
    #[must_use]
    pub fn selects(&self, record: &Record) -> bool {
        let Some(event) = record.event.filter(|event| *event != Event::SegmentOpened) else { return false };
        let time = record.time.as_deref().unwrap_or_default();
        let has_scope = |scope: &str| {
            let lists = [&record.required, &record.requested, &record.granted, &record.used, &record.excess];
            let mut items = lists.into_iter().flatten().flatten();
            items.any(|item| item.split(' ').any(|one| one == scope))
        };
        let at_endpoint = |endpoint: &str| {
            let all = record.endpoint.iter().chain(record.endpoints.iter().flatten());
            all.into_iter().any(|one| one.contains(endpoint))
        };
        let is_token = |begin: &str| {
            let names = [&record.token, &record.parent, &record.token_id];
            names.into_iter().flatten().any(|name| name.starts_with(begin))
        };
        self.since.as_deref().is_none_or(|since| time >= since)
            && self.until.as_deref().is_none_or(|until| time < until)
            && self.client.as_ref().is_none_or(|client| record.client.as_ref() == Some(client))
            && self.endpoint.as_deref().is_none_or(at_endpoint)
            && self.scope.as_deref().is_none_or(has_scope)
            && self.token.as_deref().is_none_or(is_token)
            && (self.events.is_empty() || self.events.iter().any(|name| is_of(event.as_str(), name)))
            && (self.outcomes.is_empty() || record.outcome.is_some_and(|outcome| self.outcomes.contains(&outcome)))
    }
}

fn is_of(event: &str, name: &str) -> bool {
    event == name || event.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_must_hold() {
        let record = Record {
            time: Some("2026-11-29T10:00:00.000000000Z".to_owned()),
            client: Some("dev".to_owned()),
            endpoint: Some("GET /orders/{id}".to_owned()),
            required: Some(vec!["orders:admin".to_owned(), "orders:read orders:list".to_owned()]),
            outcome: Some(Outcome::Ok),
            token: Some("abcd".to_owned()),
            ..Record::new(Event::Use)
        };
        let some = |text: &str| Some(text.to_owned());
        let all = Filter::default();
        for (filter, selected) in [
            (all.clone(), true),
            (Filter { since: some("2026-11-29T10:00:00.000000000Z"), ..all.clone() }, true),
            (Filter { until: some("2026-11-29T10:00:00.000000000Z"), ..all.clone() }, false),
            (Filter { client: some("de"), ..all.clone() }, false),
            (Filter { endpoint: some("/orders"), ..all.clone() }, true),
            (Filter { scope: some("orders:list"), ..all.clone() }, true),
            (Filter { scope: some("orders"), ..all.clone() }, false),
            (Filter { events: vec!["token".to_owned()], ..all.clone() }, true),
            (Filter { events: vec!["tok".to_owned()], ..all.clone() }, false),
            (Filter { outcomes: vec![Outcome::Failed], ..all.clone() }, false),
            (Filter { token: some("ab"), client: some("dev"), ..all }, true),
        ] {
            assert_eq!(filter.selects(&record), selected, "{filter:?}");
        }
    }
}
