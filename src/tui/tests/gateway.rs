//! The Gateway tab: requests as they are recorded, and lines of the manifest about them.

use std::sync::Arc;

use super::{Driven, assert_shown, fixtures};
use crate::app::{Context, TemporaryLog};
use crate::audit::Durability;
use crate::tui::model::Sheet;
use crate::usage::{Event, Outcome, Phase, Record};

const MANIFEST: &str = "[api.shop]\nbase_url = \"https://api.example.com\"\n[api.shop.scopes]\n\"orders:read\" = {}\n\
                        [api.shop.endpoints]\n\"GET /orders\" = \"orders:read\"\n";

fn request(act: &str, endpoint: &str) -> Record {
    Record {
        act: Some(act.to_owned()),
        phase: Some(Phase::Outcome),
        outcome: Some(Outcome::Ok),
        api: Some("shop".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        status: Some(200),
        ms: Some(12.4),
        granted: Some(vec!["orders:read".to_owned()]),
        token: Some("00".to_owned()),
        decision: Some("unknown".to_owned()),
        caller: Some("sync.sh".to_owned()),
        ..Record::new(Event::GatewayRequest)
    }
}

/// A screen on a log, and on a manifest in a file.
fn driven(size: (u16, u16)) -> (Driven, TemporaryLog, tempfile::TempDir) {
    let log = TemporaryLog::create().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokscope.toml");
    std::fs::write(&path, MANIFEST).unwrap();
    let context = Context::from_source("t", MANIFEST).unwrap().recording_in(Arc::clone(log.log()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut driven = Driven::on(context, false, size, fixtures::now, runtime);
    let path = path.to_string_lossy().into_owned();
    driven.screen.jobs.set_manifest(&path);
    driven.model.file.path = path;
    (driven, log, folder)
}

#[test]
fn requests_are_shown_as_they_are_recorded() {
    let (mut driven, log, _folder) = driven((120, 20));
    assert_shown(&driven.keys("5<wait>]]<wait>"), &["no requests yet", "tokscope gateway run"]);
    let append = |record: Record| log.log().append(record.into(), Durability::System).unwrap();
    append(Record {
        phase: Some(Phase::Intent),
        outcome: None,
        status: None,
        ms: None,
        ..request("1", "GET /items/{id}")
    });
    driven.model.gateway.read = None;
    assert_shown(&driven.keys("g<wait>"), &["GET /items/{id}", "in progress"]);
    append(request("1", "GET /items/{id}"));
    let used = Some(vec!["orders:read".to_owned()]);
    append(Record { decision: Some("allowed".to_owned()), used, line: Some(6), ..request("2", "GET /orders") });
    append(Record {
        outcome: Some(Outcome::Denied),
        phase: Some(Phase::Single),
        cause: Some("scope-not-available".to_owned()),
        status: None,
        token: None,
        granted: None,
        decision: None,
        ..request("3", "DELETE /orders/{id}")
    });
    driven.model.gateway.read = None;
    let screen = driven.keys("g<wait>");
    let expected = [
        "! denied          DELETE /orders/{id}          12 ms  scope-not-available  by sync.sh",
        "+ allowed         GET /orders                  200  12 ms  orders:read  narrowest  by sync.sh",
        "? not in manifest GET /items/{id}              200  12 ms  orders:read  by sync.sh",
    ];
    assert_shown(&screen, &expected);
    assert!(!screen.contains("in progress"), "{screen}");
    // the filter searches the lines
    let screen = driven.keys("/denied<enter>");
    assert!(screen.contains("DELETE") && !screen.contains("GET /orders"), "{screen}");
}

#[test]
fn a_line_about_a_request_is_written_after_a_confirmation() {
    let (mut driven, log, folder) = driven((120, 30));
    log.log().append(request("1", "GET /items/{id}").into(), Durability::System).unwrap();
    let screen = driven.keys("5<wait>]]<wait>a");
    assert_shown(&screen, &["Write these lines to the manifest?", "\"GET /items/{id}\"", "Press Enter to write"]);
    let path = folder.path().join("tokscope.toml");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MANIFEST, "nothing is written before");
    driven.keys("<enter><wait>");
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains("\"GET /items/{id}\"") && driven.model.sheet.is_none(), "{written}");
    assert!(driven.model.context.find("GET /items/{id}", None).is_ok(), "the manifest was reloaded");
    // now it can be denied, but not twice from an old state
    let screen = driven.keys("d");
    assert_shown(&screen, &["effect = \"deny\"", "endpoints = \"GET /items/{id}\""]);
    std::fs::write(&path, MANIFEST).unwrap();
    assert_shown(&driven.keys("<enter><wait>"), &["has changed since it was read"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MANIFEST);
    driven.keys("<esc>");
    assert_shown(&driven.keys("A"), &["the manifest has no approvers"]);
    assert!(matches!(driven.model.sheet, Some(Sheet::Failed { .. })));
}

#[test]
fn keys_for_requests_say_where_they_work() {
    let (mut driven, _log, _folder) = driven((80, 20));
    assert_shown(&driven.keys("5<wait>a"), &["press ] for the Gateway tab"]);
    assert_shown(&driven.keys("]]<wait>d"), &["there is no request yet"]);
}
