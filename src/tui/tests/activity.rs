//! The Activity pane, with keys only, against the demo servers.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Driven, assert_shown};
use crate::app::{AuditReader, Context, ReadPosition, TemporaryLog};
use crate::demo;
use crate::secret::Secret;
use crate::usage::{Event, Filter, Outcome};
use crate::vault::{Keys, Vault};

const PASSPHRASE: &str = "correct horse battery";

/// A screen on the demo servers, with a vault and a log.
struct Stored {
    driven: Driven,
    _record: TemporaryLog,
    log: Arc<crate::audit::AuditLog>,
    folder: tempfile::TempDir,
    _demo: demo::Demo,
}

impl Stored {
    fn new(size: (u16, u16)) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let demo = runtime.block_on(demo::start()).unwrap();
        let record = TemporaryLog::create().unwrap();
        let log = Arc::clone(record.log());
        let folder = tempfile::tempdir().unwrap();
        let context = Context::from_source("demo", &demo.manifest).unwrap().recording_in(Arc::clone(&log));
        let context = context.with_vault(Self::vault(folder.path()));
        let driven = Driven::on(context, true, size, Timestamp::now, runtime);
        Self { driven, _record: record, log, folder, _demo: demo }
    }

    fn vault(folder: &std::path::Path) -> Vault {
        let keys = Keys::Passphrase(Arc::new(|_| Ok(Secret::new(PASSPHRASE))));
        Vault::in_folder(&folder.join("vault"), keys)
    }

    /// Scopes of the stored tokens.
    fn granted(&self) -> Vec<String> {
        let records = Self::vault(self.folder.path()).records().unwrap();
        records.iter().map(|record| record.granted.to_string()).collect()
    }

    /// What was done about tokens, in the order of the log.
    fn story(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let reader = AuditReader::of(Arc::clone(&self.log));
        let read = reader.read(ReadPosition::default(), &Filter::default(), |logged| {
            events.extend(logged.record.event.filter(|_| logged.record.outcome == Some(Outcome::Ok)));
            true
        });
        read.unwrap();
        events
    }

    /// Obtains a token for reading and writing, and only reads with it.
    fn obtain_broadly(&mut self) {
        self.driven
            .keys("1/get orders<enter>k<space><esc>/post orders<enter><space><esc>o<wait><enter><wait>a<wait><esc>");
        self.driven.keys("1<esc><esc>/get orders<enter>kc<wait>");
    }
}

/// Returns the words of a screen, however its lines are wrapped.
fn words(screen: &str) -> String {
    let is_border = |each: char| "│┃┌┐└┘─║|".contains(each) || each.is_whitespace();
    screen.split(is_border).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_finding_is_acted_on_after_a_confirmation_new_token_first() {
    for size in [(120, 36), (80, 24), (60, 16)] {
        let mut stored = Stored::new(size);
        stored.obtain_broadly();
        let broad = stored.granted();
        assert!(broad.len() == 1 && broad[0].contains("orders:write"), "{broad:?}");
        assert_shown(&stored.driven.keys("5<wait>l"), &["5 Activity", "used", "unused"]);
        // a small window begins with the token
        let screen = words(&stored.driven.keys("5<wait><enter>"));
        assert_shown(&screen, &["obtain one for GET /orders", "Press Enter to continue"]);
        stored.driven.keys("<esc>");
        assert_eq!(stored.granted(), broad, "nothing is done without a confirmation");
        let screen = words(&stored.driven.keys("5<wait><enter><enter><wait>a<wait>"));
        assert_shown(&screen, &["replaced by", "no longer active"]);
        let left = stored.granted();
        assert!(left.len() == 1 && !left[0].contains("orders:write"), "{left:?}");
        let story = stored.story();
        let acts: Vec<Event> = story.into_iter().rev().take(5).collect();
        let expected = [Event::Forget, Event::Revoke, Event::Revoke, Event::Use, Event::Grant];
        assert_eq!(acts, expected, "the old token is revoked last");
        // the review is read again
        assert_shown(&stored.driven.keys("<wait>"), &["used"]);
        assert_eq!(stored.driven.model.tokens.iter().filter(|held| held.record.is_some()).count(), 1);
    }
}

#[test]
fn a_token_that_is_copied_is_recorded_before_it_is_on_the_clipboard() {
    let mut stored = Stored::new((120, 36));
    stored.obtain_broadly();
    stored.driven.copied();
    let before = stored.story().len();
    stored.driven.keys("2Y");
    let screen = stored.driven.keys("G<up>");
    assert_shown(&screen, &["the token"]);
    stored.driven.keys("<enter>");
    assert_eq!(stored.driven.copied().len(), 1);
    assert_eq!(stored.story()[before..], [Event::HandOut]);
    // what holds no token is not recorded
    stored.driven.keys("1y");
    assert_eq!(stored.story().len(), before + 1);
}

#[test]
fn where_nothing_is_proposed_a_toast_says_so() {
    let mut stored = Stored::new((80, 24));
    assert_shown(&stored.driven.keys("5<wait>l<enter>"), &["nothing is proposed here"]);
}

#[test]
fn a_broad_token_is_used_reviewed_and_narrowed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let record = TemporaryLog::create().unwrap();
    let context = Context::from_source("demo", &demo.manifest).unwrap().recording_in(Arc::clone(record.log()));
    let mut driven = Driven::on(context, true, (120, 36), Timestamp::now, runtime);
    assert_shown(&driven.keys("5<wait>"), &["nothing is recorded yet"]);
    // a token for reading and writing, which only reads
    driven.keys("1/get orders<enter>k<space><esc>/post orders<enter><space><esc>o<enter><wait>a<wait><esc>");
    driven.keys("1/get orders<enter>kc<wait>");
    let screen = driven.keys("5<wait>");
    assert_shown(&screen, &["token.used", "GET /orders", "200", "token.granted"]);
    driven.keys("gy");
    assert!(driven.copied().concat().starts_with('{'), "{screen}");
    let screen = driven.keys("/granted<enter>");
    assert_shown(&screen, &["token.granted"]);
    assert!(!screen.contains("token.used"), "{screen}");
    driven.keys("<esc>");
    let screen = driven.keys("l");
    assert_shown(&screen, &["session-1", "unused", "used", "##########", "scope-never-needed"]);
    // the endpoints that were used are marked for a narrower token
    assert_shown(&driven.keys("<enter>"), &["1 marked: o obtains a narrower token"]);
    // a record leads to its endpoint
    let screen = driven.keys("5<wait>hg<enter>");
    assert_shown(&screen, &["GET    /orders", "allowed"]);
    assert_eq!(driven.model.pane, crate::tui::model::Pane::Endpoints);
}
