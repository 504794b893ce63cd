//! Intents and outcomes.

use std::sync::Arc;

use crate::app::{Error, ErrorKind};
use crate::audit::{AuditLog, Durability, Entry, random_id};
use crate::usage::{Outcome, Phase, Record};

/// An act whose intent is recorded. If it is dropped without an outcome, it is recorded as interrupted.
#[derive(Debug, Default)]
pub(in crate::app) struct Act {
    log: Option<Arc<AuditLog>>,
    entry: Entry,
}

impl Act {
    /// Records the intent of an act, on a thread that may block.
    ///
    /// # Errors
    /// If it can't be recorded. The act must not be done then.
    pub(in crate::app) fn begin_now(log: &Arc<AuditLog>, mut entry: Entry) -> Result<Self, Error> {
        entry.record.act = Some(random_id::<16>()?);
        entry.record.phase = Some(Phase::Intent);
        log.append(entry.clone(), Durability::Disk)?;
        Ok(Self { log: Some(Arc::clone(log)), entry })
    }

    /// Records an act that takes effect as soon as it is recorded: its intent and its outcome, in one write.
    ///
    /// # Errors
    /// See [`Self::begin_now`].
    pub(in crate::app) fn at_once(log: &Arc<AuditLog>, mut entry: Entry) -> Result<(), Error> {
        entry.record.act = Some(random_id::<16>()?);
        entry.record.phase = Some(Phase::Intent);
        let outcome = merged(&entry, Outcome::Ok, Entry::default());
        Ok(log.append_all(vec![entry, outcome], Durability::Disk)?)
    }

    /// Records the intent of an act.
    ///
    /// # Errors
    /// See [`Self::begin_now`].
    pub(in crate::app) async fn begin(log: &Arc<AuditLog>, entry: Entry) -> Result<Self, Error> {
        let log = Arc::clone(log);
        tokio::task::spawn_blocking(move || Self::begin_now(&log, entry)).await.map_err(|_| task_failed())?
    }

    /// Returns the only record of an act that was denied before its intent.
    pub(in crate::app) fn denial(entry: &Entry, error: &Error) -> Entry {
        let mut denial = merged(entry, Outcome::Denied, failure(error));
        denial.record.phase = Some(Phase::Single);
        denial
    }

    /// Records an act that has only one record.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub(in crate::app) async fn single(log: &Arc<AuditLog>, entry: Entry) -> Result<(), Error> {
        let log = Arc::clone(log);
        let done = tokio::task::spawn_blocking(move || Self::single_now(&log, entry)).await;
        done.map_err(|_| task_failed())?
    }

    /// Like [`Self::single`], on a thread that may block.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub(in crate::app) fn single_now(log: &Arc<AuditLog>, entry: Entry) -> Result<(), Error> {
        Ok(log.append(entry, Durability::Disk)?)
    }

    /// Returns an act that is not recorded.
    pub(in crate::app) fn nothing() -> Self {
        Self::default()
    }

    /// Records the outcome: the members of the intent, with those of `entry` in their place. If that fails, the intent
    /// remains without an outcome, which means that it is not known.
    pub(in crate::app) async fn end(mut self, outcome: Outcome, entry: Entry) {
        let Some(log) = self.log.take() else { return };
        let entry = merged(&self.entry, outcome, entry);
        let _ = tokio::task::spawn_blocking(move || log.append(entry, Durability::Disk)).await;
    }

    /// Records an outcome that need not survive a power failure, since its intent does.
    pub(in crate::app) fn end_now(mut self, outcome: Outcome, entry: Entry) {
        let Some(log) = self.log.take() else { return };
        let _ = log.append(merged(&self.entry, outcome, entry), Durability::System);
    }

    /// Records the outcome of a result, and returns the result.
    pub(in crate::app) async fn conclude<T>(
        self,
        result: Result<T, Error>,
        entry: impl FnOnce(&T) -> Entry,
    ) -> Result<T, Error> {
        match result {
            Ok(done) => {
                let entry = if self.log.is_some() { entry(&done) } else { Entry::default() };
                self.end(Outcome::Ok, entry).await;
                Ok(done)
            }
            Err(error) => Err(self.fail(error).await),
        }
    }

    /// Records the outcome of a result that several acts share.
    pub(in crate::app) async fn conclude_with<T>(self, result: &Result<T, Error>) {
        match result {
            Ok(_) => self.end(Outcome::Ok, Entry::default()).await,
            Err(error) => self.end(outcome_of(error), failure(error)).await,
        }
    }

    /// Records that an act failed, and returns the error.
    pub(in crate::app) async fn fail(self, error: Error) -> Error {
        self.end(outcome_of(&error), failure(&error)).await;
        Error { recorded: true, ..error }
    }

    /// Records a decision, which must be on the disk before it takes effect.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub(in crate::app) async fn decide(mut self, outcome: Outcome) -> Result<(), Error> {
        let Some(log) = self.log.take() else { return Ok(()) };
        let entry = merged(&self.entry, outcome, Entry::default());
        let done = tokio::task::spawn_blocking(move || log.append(entry, Durability::Disk)).await;
        done.map_err(|_| task_failed())?.map_err(Error::from)
    }

    /// Like [`Self::conclude`], on a thread that may block.
    pub(in crate::app) fn conclude_now<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        match result {
            Ok(done) => {
                self.end_now(Outcome::Ok, Entry::default());
                Ok(done)
            }
            Err(error) => {
                self.end_now(outcome_of(&error), failure(&error));
                Err(Error { recorded: true, ..error })
            }
        }
    }
}

impl Drop for Act {
    fn drop(&mut self) {
        let Some(log) = self.log.take() else { return };
        let _ = log.append(merged(&self.entry, Outcome::Unknown, Entry::default()), Durability::System);
    }
}

/// Replaces the members of an intent by those of its outcome.
pub(super) fn merged(intent: &Entry, outcome: Outcome, entry: Entry) -> Entry {
    let record = entry.record.or(&intent.record);
    Entry {
        record: Record { phase: Some(Phase::Outcome), outcome: Some(outcome), ..record },
        token: entry.token.or_else(|| intent.token.clone()),
        parent: entry.parent.or_else(|| intent.parent.clone()),
    }
}

fn task_failed() -> Error {
    Error::new(ErrorKind::AuditLog, "the audit log's task failed")
}

/// Returns the outcome of an error.
fn outcome_of(error: &Error) -> Outcome {
    match error.kind {
        _ if error.rule.is_some() => Outcome::Denied,
        ErrorKind::Usage
        | ErrorKind::NotAllowed
        | ErrorKind::TokenUnusable
        | ErrorKind::Policy
        | ErrorKind::AuditLog => Outcome::Denied,
        ErrorKind::Refused => Outcome::Refused,
        ErrorKind::Failed | ErrorKind::Findings | ErrorKind::CommandNotExecutable | ErrorKind::CommandNotFound => {
            Outcome::Failed
        }
    }
}

/// Returns what is recorded of an error: the rule, and the cause, which is a kind or the error code of the authorization
/// server.
fn failure(error: &Error) -> Entry {
    let kind = match error.kind {
        ErrorKind::Failed => "failed",
        ErrorKind::Usage => "usage",
        ErrorKind::NotAllowed => "scope-missing",
        ErrorKind::TokenUnusable => "token-unusable",
        ErrorKind::Refused => "refused",
        ErrorKind::Findings => "findings",
        ErrorKind::Policy => "policy",
        ErrorKind::CommandNotExecutable | ErrorKind::CommandNotFound => "command",
        ErrorKind::AuditLog => "audit-log",
    };
    // an error code has a closed alphabet (RFC 6749 §5.2) and is short; anything else is not recorded
    let is_code = |code: &&str| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let cause = error.refusal.as_deref().filter(is_code).unwrap_or(kind);
    let rule = error.rule.as_deref();
    Entry::from(Record {
        cause: Some(cause.to_owned()),
        rule: rule.map(|ruling| ruling.rule.clone()),
        line: rule.and_then(|ruling| ruling.line),
        ..Record::default()
    })
}
