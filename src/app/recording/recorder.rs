//! Records of many acts at once: they are appended in batches by one task, without a thread for each.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::acts::merged;
use crate::app::{Error, ErrorKind};
use crate::audit::{AuditLog, Durability, Entry, random_id};
use crate::usage::{Outcome, Phase};

/// How long records that need not be durable at once stay in memory of the system before they are on the disk.
const LAG: Duration = Duration::from_millis(100);

/// Maximum number of records in a batch.
const MOST_TOGETHER: usize = 1024;

/// A record to append.
struct Job {
    /// Without one, everything before has to be on the disk.
    entry: Option<Entry>,
    durability: Durability,
    done: Option<oneshot::Sender<Result<(), Error>>>,
}

/// Appends records in batches. Cheap to clone; ends with the last clone, after the records that wait.
#[derive(Clone, Debug)]
pub(in crate::app) struct Recorder {
    jobs: mpsc::UnboundedSender<Job>,
}

impl Recorder {
    /// Starts the task that appends to a log.
    pub(in crate::app) fn start(log: &Arc<AuditLog>) -> Self {
        let (jobs, waiting) = mpsc::unbounded_channel();
        tokio::spawn(append(Arc::clone(log), waiting));
        Self { jobs }
    }

    /// Records the intent of an act. With [`Durability::System`], it is on the disk at most 100 ms later.
    ///
    /// # Errors
    /// If it can't be recorded. The act must not be done, or its result not be passed on.
    pub(in crate::app) async fn begin(&self, mut entry: Entry, durability: Durability) -> Result<QueuedAct, Error> {
        entry.record.act = Some(random_id::<16>()?);
        entry.record.phase = Some(Phase::Intent);
        self.wait(Some(entry.clone()), durability).await?;
        Ok(QueuedAct { recorder: Some(self.clone()), entry })
    }

    /// Records an act that has only one record.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub(in crate::app) async fn single(&self, entry: Entry) -> Result<(), Error> {
        self.wait(Some(entry), Durability::Disk).await
    }

    /// Waits until everything before is on the disk.
    pub(in crate::app) async fn flush(&self) {
        // what failed was reported to those who waited for it
        let _ = self.wait(None, Durability::Disk).await;
    }

    async fn wait(&self, entry: Option<Entry>, durability: Durability) -> Result<(), Error> {
        let (done, finished) = oneshot::channel();
        let sent = self.jobs.send(Job { entry, durability, done: Some(done) });
        sent.map_err(|_| ended())?;
        finished.await.map_err(|_| ended())?
    }

    fn later(&self, entry: Entry) {
        let _ = self.jobs.send(Job { entry: Some(entry), durability: Durability::System, done: None });
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::AuditLog, "the audit log's task has ended")
}

/// An act whose intent is recorded. Its outcome is recorded without waiting; if it is dropped without one, as unknown.
#[derive(Debug, Default)]
pub(in crate::app) struct QueuedAct {
    recorder: Option<Recorder>,
    entry: Entry,
}

impl QueuedAct {
    /// Returns an act that is not recorded.
    pub(in crate::app) fn nothing() -> Self {
        Self::default()
    }

    /// Records the outcome: the members of the intent, with those of `entry` in their place.
    pub(in crate::app) fn end(mut self, outcome: Outcome, entry: Entry) {
        self.finish(outcome, entry);
    }

    fn finish(&mut self, outcome: Outcome, entry: Entry) {
        if let Some(recorder) = self.recorder.take() {
            recorder.later(merged(&self.entry, outcome, entry));
        }
    }
}

impl Drop for QueuedAct {
    fn drop(&mut self) {
        self.finish(Outcome::Unknown, Entry::default());
    }
}

/// Whether a failure concerns records that nobody waits for: outcomes, or earlier records that were to be made durable.
fn is_unheard<T>(waiting: &[Option<T>]) -> bool {
    waiting.is_empty() || waiting.iter().any(Option::is_none)
}

/// Appends what waits, until every sender is gone.
async fn append(log: Arc<AuditLog>, mut waiting: mpsc::UnboundedReceiver<Job>) {
    let mut jobs = Vec::new();
    // since when records are not on the disk
    let mut unsynced: Option<Instant> = None;
    // a failure that nobody has heard of: the next one who waits does
    let mut unheard: Option<Error> = None;
    loop {
        let received = match unsynced {
            None => waiting.recv_many(&mut jobs, MOST_TOGETHER).await,
            Some(since) => {
                let next = tokio::time::timeout_at(since + LAG, waiting.recv_many(&mut jobs, MOST_TOGETHER));
                next.await.unwrap_or(usize::MAX)
            }
        };
        let is_overdue = unsynced.is_some_and(|since| since.elapsed() >= LAG);
        if received == 0 && unsynced.is_none() {
            return;
        }
        let mut batch = std::mem::take(&mut jobs);
        if batch.iter().any(|job| job.done.is_some())
            && let Some(error) = unheard.take()
        {
            let (waiting, others): (Vec<_>, Vec<_>) = batch.into_iter().partition(|job| job.done.is_some());
            waiting.into_iter().filter_map(|job| job.done).for_each(|done| drop(done.send(Err(error.clone()))));
            batch = others;
        }
        let wants_disk = is_overdue || received == 0 || batch.iter().any(|job| job.durability == Durability::Disk);
        let durability = if wants_disk { Durability::Disk } else { Durability::System };
        let (entries, done): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.entry, job.done)).unzip();
        let writer = Arc::clone(&log);
        let entries = entries.into_iter().flatten().collect();
        let appended = tokio::task::spawn_blocking(move || writer.append_all(entries, durability)).await;
        let result = appended.map_err(|_| ended()).and_then(|appended| appended.map_err(Error::from));
        unsynced = match durability {
            Durability::Disk => None,
            Durability::System => unsynced.or_else(|| Some(Instant::now())),
        };
        if let Err(error) = &result
            && is_unheard(&done)
        {
            unheard = Some(error.clone());
        }
        for waiting in done.into_iter().flatten() {
            // whoever waited may have gone away
            let _ = waiting.send(result.clone());
        }
        if received == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::app::recording::TemporaryLog;
    use crate::usage::{Event, Record};

    fn records(log: &TemporaryLog) -> Vec<serde_json::Value> {
        let files = std::fs::read_dir(log.log().folder()).unwrap().filter_map(|entry| Some(entry.ok()?.path()));
        let segment = files.into_iter().find(|path| path.extension().is_some_and(|it| it == "jsonl")).unwrap();
        std::fs::read_to_string(segment).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn entry() -> Entry {
        Record::new(Event::GatewayRequest).into()
    }

    #[tokio::test]
    async fn intents_and_outcomes_of_many_acts_are_in_the_log_in_order() {
        let log = TemporaryLog::create().unwrap();
        let recorder = Recorder::start(log.log());
        let acts = (0..50).map(|number| {
            let recorder = recorder.clone();
            let durability = if number % 2 == 0 { Durability::Disk } else { Durability::System };
            async move { recorder.begin(entry(), durability).await.unwrap() }
        });
        let mut acts = futures_util::future::join_all(acts).await;
        drop(acts.pop());
        for act in acts {
            act.end(Outcome::Ok, Entry::default());
        }
        recorder.flush().await;
        let records = records(&log);
        let of = |phase: &str, outcome: Option<&str>| {
            records.iter().filter(|it| it["phase"] == phase && it["outcome"].as_str() == outcome).count()
        };
        assert_eq!((of("intent", None), of("outcome", Some("ok")), of("outcome", Some("unknown"))), (50, 49, 1));
        for outcome in records.iter().filter(|it| it["phase"] == "outcome") {
            let intent = records.iter().find(|it| it["phase"] == "intent" && it["act"] == outcome["act"]).unwrap();
            assert!(intent["seq"].as_u64() < outcome["seq"].as_u64());
        }
    }

    #[test]
    fn a_failed_synchronization_is_reported_to_the_next_who_waits() {
        for (waiting, expected) in [
            (&[][..], true),
            (&[Some(1)], false),
            (&[None], true),
            (&[Some(1), None], true),
            (&[Some(1), Some(2)], false),
        ] {
            assert_eq!(is_unheard(waiting), expected, "{waiting:?}");
        }
    }

    #[tokio::test]
    async fn everybody_who_waits_learns_that_nothing_can_be_recorded() {
        let log = TemporaryLog::create().unwrap();
        let recorder = Recorder::start(log.log());
        recorder.single(entry()).await.unwrap();
        std::fs::remove_dir_all(log.log().folder()).unwrap();
        let (first, second) =
            tokio::join!(recorder.begin(entry(), Durability::System), recorder.begin(entry(), Durability::Disk));
        assert_eq!(first.unwrap_err().kind, ErrorKind::AuditLog);
        assert_eq!(second.unwrap_err().kind, ErrorKind::AuditLog);
    }
}
