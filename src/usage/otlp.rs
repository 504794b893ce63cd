//! Records as OTLP logs in JSON (OpenTelemetry Protocol, JSON encoding): 64-bit integers are strings, no value is empty,
//! and there are no members that the protocol does not have.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::record::{Event, Outcome, Record};

/// Attribute that identifies a record, so that a receiver can drop a record that it gets twice.
pub(super) const UID: &str = "log.record.uid";

/// Members that have a name in the semantic conventions.
const CONVENTIONS: [(&str, &str); 5] = [
    ("method", "http.request.method"),
    ("status", "http.response.status_code"),
    ("destination", "server.address"),
    ("actor", "enduser.pseudo.id"),
    ("host", "host.name"),
];

/// Members that are part of the record itself, or stay on this machine: the user is named by a pseudonym only.
const OMITTED: [&str; 3] = ["time", "event", "uid"];

/// Returns the identifier of a record, which is unique among all logs.
#[must_use]
pub(super) fn record_uid(record: &Record) -> String {
    format!("{}/{}", record.log.as_deref().unwrap_or_default(), record.seq.unwrap_or_default())
}

/// Returns the time of a record in nanoseconds since 1970.
fn nanoseconds(record: &Record) -> i128 {
    let time = record.time.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
    time.map_or(0, Timestamp::as_nanosecond)
}

/// Whether a record tells of damage, or of something that was not done for want of a record.
fn is_alarm(event: Event) -> bool {
    matches!(event, Event::Repaired | Event::WriteRefused | Event::Accepted | Event::ApprovalEmergency)
}

fn severity(record: &Record) -> (u8, &'static str) {
    match (record.event, record.outcome) {
        (Some(event), _) if is_alarm(event) => (17, "ERROR"),
        (_, Some(Outcome::Denied | Outcome::Refused | Outcome::Failed | Outcome::Unknown)) => (13, "WARN"),
        _ => (9, "INFO"),
    }
}

fn value(member: &Value) -> Value {
    match member {
        Value::Bool(flag) => json!({ "boolValue": flag }),
        Value::Number(number) => match number.as_u64() {
            Some(integer) => json!({ "intValue": integer.to_string() }),
            None => json!({ "doubleValue": number }),
        },
        Value::Array(items) => json!({ "arrayValue": { "values": items.iter().map(value).collect::<Value>() } }),
        Value::String(text) => json!({ "stringValue": text }),
        // a record has no other values
        other => json!({ "stringValue": other.to_string() }),
    }
}

fn log_record(record: &Record) -> Value {
    let (number, text) = severity(record);
    let event = record.event.map_or("unknown", Event::as_str);
    let members = serde_json::to_value(record).unwrap_or_default();
    let mut attributes = vec![json!({ "key": UID, "value": { "stringValue": record_uid(record) } })];
    for (name, member) in members.as_object().into_iter().flatten() {
        if OMITTED.contains(&name.as_str()) {
            continue;
        }
        let convention = CONVENTIONS.iter().find(|(known, _)| known == name);
        let key = convention.map_or_else(|| format!("tokscope.{name}"), |(_, key)| (*key).to_owned());
        attributes.push(json!({ "key": key, "value": value(member) }));
    }
    let time = nanoseconds(record).to_string();
    let outcome = record.outcome.map_or_else(String::new, |outcome| format!(" {outcome}"));
    let about = record.endpoint.as_ref().or(record.client.as_ref()).map_or_else(String::new, |it| format!(" {it}"));
    json!({
        "timeUnixNano": time,
        "observedTimeUnixNano": time,
        "severityNumber": number,
        "severityText": text,
        "eventName": format!("tokscope.{event}"),
        "body": { "stringValue": format!("{event}{outcome}{about}") },
        "attributes": attributes,
    })
}

/// Returns the request that exports records (`ExportLogsServiceRequest`).
#[must_use]
pub fn otlp_request(records: &[Record], version: &str) -> Value {
    json!({
        "resourceLogs": [{
            "resource": { "attributes": [
                { "key": "service.name", "value": { "stringValue": "tokscope" } },
                { "key": "service.version", "value": { "stringValue": version } },
            ] },
            "scopeLogs": [{
                "scope": { "name": "tokscope.audit", "version": "1" },
                "logRecords": records.iter().map(log_record).collect::<Value>(),
            }],
        }],
    })
}

/// Returns the number of records that a receiver rejected. An empty body, and one without the member, reject nothing.
#[must_use]
pub fn otlp_rejected(body: &[u8]) -> u64 {
    let Ok(response) = serde_json::from_slice::<Value>(body) else { return 0 };
    let rejected = response.get("partialSuccess").and_then(|partial| partial.get("rejectedLogRecords"));
    let number = |rejected: &Value| rejected.as_u64().or_else(|| rejected.as_str()?.parse().ok());
    rejected.and_then(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_strings_and_nothing_is_empty() {
        let record = Record {
            time: Some("2026-11-29T10:00:00.123456789Z".to_owned()),
            log: Some("abc".to_owned()),
            seq: Some(7),
            uid: Some(1000),
            status: Some(403),
            ms: Some(2.0),
            granted: Some(vec!["a".to_owned(), "b".to_owned()]),
            outcome: Some(Outcome::Failed),
            ..Record::new(Event::Use)
        };
        let request = otlp_request(&[record], "1.0");
        let one = &request["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        assert_eq!(one["timeUnixNano"], "1795946400123456789");
        assert_eq!((&one["severityNumber"], &one["eventName"]), (&13.into(), &"tokscope.token.used".into()));
        let get = |key: &str| {
            one["attributes"].as_array().unwrap().iter().find(|one| one["key"] == key).map(|one| one["value"].clone())
        };
        assert_eq!(get(UID).unwrap()["stringValue"], "abc/7");
        assert_eq!(get("http.response.status_code").unwrap()["intValue"], "403");
        assert_eq!(get("tokscope.ms").unwrap()["doubleValue"], 2.0);
        assert_eq!(get("tokscope.granted").unwrap()["arrayValue"]["values"][1]["stringValue"], "b");
        assert_eq!(get("tokscope.uid"), None, "the number of the user stays on this machine");
        let text = request.to_string();
        assert!(!text.contains("{}") && !text.contains("null"), "{text}");
    }

    #[test]
    fn rejected_records_are_counted_in_every_spelling() {
        for (body, rejected) in [
            ("", 0),
            ("{}", 0),
            (r#"{"partialSuccess":null}"#, 0),
            (r#"{"partialSuccess":{}}"#, 0),
            (r#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"x"}}"#, 3),
            (r#"{"partialSuccess":{"rejectedLogRecords":4}}"#, 4),
        ] {
            assert_eq!(otlp_rejected(body.as_bytes()), rejected, "{body}");
        }
    }
}
