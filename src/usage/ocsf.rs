//! Records as events of the Open Cybersecurity Schema Framework (OCSF 1.8).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::otlp::record_uid;
use super::record::{Event, Outcome, Phase, Record};

/// Version of the schema.
const VERSION: &str = "1.8.0";

/// Members that have a place in the event. The others are kept in `unmapped`.
const MAPPED: [&str; 11] =
    ["time", "event", "seq", "log", "actor", "uid", "pid", "method", "endpoint", "status", "outcome"];

/// Returns the activity of an API call (class 6003) by its method.
fn activity_of(method: &str) -> u64 {
    match method {
        "POST" => 1,
        "GET" | "HEAD" | "OPTIONS" | "MCP" => 2,
        "PUT" | "PATCH" => 3,
        "DELETE" => 4,
        _ => 99,
    }
}

/// Returns class and activity: API Activity, Authorize Session, Authentication, Entity Management or Detection Finding.
fn class(event: Event, record: &Record) -> (u64, u64) {
    match event {
        Event::Use | Event::Probe | Event::Denied | Event::GatewayRequest => {
            (6003, activity_of(record.method.as_deref().unwrap_or_default()))
        }
        Event::Narrow | Event::Exchange | Event::Excess | Event::HandOut => (3003, 1),
        Event::Grant => (3002, 1),
        Event::Revoke => (3002, 2),
        Event::Refresh | Event::Introspect => (3002, 99),
        Event::Repaired | Event::WriteRefused | Event::Accepted | Event::ClockBack | Event::ApprovalEmergency => {
            (2004, 1)
        }
        Event::TrustAccepted | Event::ClientRegistered | Event::ApprovalRequested | Event::GatewayStarted => (3004, 1),
        Event::Forget
        | Event::TrustWithdrawn
        | Event::ClientUnregistered
        | Event::Retention
        | Event::GatewayStopped
        | Event::ApprovalEnded
        | Event::ApprovalExpired => (3004, 4),
        Event::ApprovalGranted | Event::ApprovalRefused | Event::ApprovalUsed => (3004, 99),
        Event::SegmentOpened | Event::Rekeyed | Event::Exported | Event::Checkpoint | Event::ManifestChanged => {
            (3004, 3)
        }
    }
}

/// Returns a record as an OCSF event; `None` for the first record of a segment.
#[must_use]
pub fn ocsf(record: &Record) -> Option<Value> {
    let event = record.event.filter(|event| *event != Event::SegmentOpened)?;
    let (class, activity) = class(event, record);
    let is_denied = matches!(record.outcome, Some(Outcome::Denied | Outcome::Refused));
    let status = match record.outcome {
        Some(Outcome::Ok) => 1,
        Some(Outcome::Denied | Outcome::Refused | Outcome::Failed) => 2,
        Some(Outcome::Unknown) | None => 0,
    };
    let severity = match (class, is_denied) {
        _ if event == Event::ApprovalEmergency => 5,
        (2004, _) => 4,
        (_, true) => 3,
        (_, false) => 1,
    };
    let time = record.time.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
    let uid = record_uid(record);
    let user = json!({ "uid": record.actor.as_deref().unwrap_or("unknown") });
    let actor = json!({ "user": user, "process": { "pid": record.pid.unwrap_or_default(), "name": "tokscope" } });
    let issuer = record.issuer.as_deref().or(record.client.as_deref()).unwrap_or("unknown");
    let mut members = serde_json::to_value(record).ok()?;
    let unmapped = members.as_object_mut()?;
    for name in MAPPED {
        unmapped.remove(name);
    }
    let mut all = json!({
        "class_uid": class,
        "category_uid": class / 1000,
        "activity_id": activity,
        "type_uid": class * 100 + activity,
        "time": time.map_or(0, Timestamp::as_millisecond),
        "severity_id": severity,
        "status_id": status,
        "metadata": {
            "version": VERSION,
            "uid": uid,
            "sequence": record.seq.unwrap_or_default(),
            "product": { "name": "tokscope", "vendor_name": "tokscope" },
            "log_name": record.log.as_deref().unwrap_or_default(),
        },
        "unmapped": unmapped,
    });
    let own = match class {
        6003 => json!({
            "actor": actor,
            "api": {
                "operation": record.endpoint.as_deref().unwrap_or("unknown"),
                "service": { "name": record.api.as_deref().unwrap_or("unknown") },
            },
            "src_endpoint": { "name": record.host.as_deref().unwrap_or("localhost") },
        }),
        3003 => {
            json!({ "user": user, "privileges": record.granted.clone().unwrap_or_else(|| vec!["unknown".to_owned()]) })
        }
        3002 => json!({
            "user": user, "service": { "name": issuer }, "auth_protocol_id": 6, "auth_protocol": "OAUTH 2.0",
        }),
        3004 => json!({
            "actor": actor,
            "entity": { "name": record.client.as_deref().unwrap_or(event.as_str()), "type": event.as_str() },
        }),
        _ => json!({ "finding_info": { "uid": uid, "title": event.as_str() } }),
    };
    let fill = |all: &mut Map<String, Value>| {
        all.extend(own.as_object().cloned().unwrap_or_default());
        if class == 6003 {
            if let Some(method) = &record.method {
                all.insert("http_request".to_owned(), json!({ "http_method": method }));
            }
            if let Some(status) = record.status {
                all.insert("http_response".to_owned(), json!({ "code": status }));
            }
        }
        if activity == 99 {
            all.insert("activity_name".to_owned(), event.as_str().into());
        }
        if record.phase == Some(Phase::Intent) {
            all.insert("message".to_owned(), "intent".into());
        }
    };
    all.as_object_mut().map(fill);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_class_whose_type_fits() {
        for (event, _) in Event::ALL {
            let record = Record { method: Some("DELETE".to_owned()), ..Record::new(*event) };
            let Some(one) = ocsf(&record) else {
                assert_eq!(*event, Event::SegmentOpened);
                continue;
            };
            let number = |name: &str| one[name].as_u64().unwrap();
            assert_eq!(number("type_uid"), number("class_uid") * 100 + number("activity_id"), "{event}");
            assert_eq!(number("category_uid"), number("class_uid") / 1000, "{event}");
        }
        let deleted = ocsf(&Record { method: Some("DELETE".to_owned()), ..Record::new(Event::Use) }).unwrap();
        assert_eq!(deleted["type_uid"], 600_304);
    }
}
