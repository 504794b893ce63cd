//! Records the acts and denials of a context.

use std::sync::Arc;

use super::Context;
use crate::app::recording::Act;
use crate::app::{Error, ErrorKind};
use crate::audit::{AuditLog, Entry};
use crate::usage::{Event, Record};

impl Context {
    /// Returns the log that acts are recorded in; `None` if they are not recorded.
    ///
    /// # Errors
    /// If the user has no home directory.
    pub fn audit(&self) -> Result<Option<&Arc<AuditLog>>, Error> {
        self.recording.log(self.vault())
    }

    /// Records the intent of an act. `entry` is only called if acts are recorded.
    ///
    /// # Errors
    /// If it can't be recorded. The act must not be done then.
    pub(in crate::app) async fn begin(&self, entry: impl FnOnce() -> Entry) -> Result<Act, Error> {
        match self.audit()? {
            Some(log) => Act::begin(log, entry()).await,
            None => Ok(Act::nothing()),
        }
    }

    /// Like [`Self::begin`], on a thread that may block.
    ///
    /// # Errors
    /// See [`Self::begin`].
    pub(in crate::app) fn begin_now(&self, entry: impl FnOnce() -> Entry) -> Result<Act, Error> {
        match self.audit()? {
            Some(log) => Act::begin_now(log, entry()),
            None => Ok(Act::nothing()),
        }
    }

    /// Records an act that takes effect as soon as it is recorded, such as passing on a token.
    ///
    /// # Errors
    /// If it can't be recorded. The act must not be done then.
    pub(in crate::app) fn record_at_once(&self, entry: impl FnOnce() -> Entry) -> Result<(), Error> {
        match self.audit()? {
            Some(log) => Act::at_once(log, entry()),
            None => Ok(()),
        }
    }

    /// Records an act that has only one record, such as a decision. It must be on the disk before it takes effect.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub(in crate::app) async fn record(&self, entry: impl FnOnce() -> Entry) -> Result<(), Error> {
        match self.audit()? {
            Some(log) => Act::single(log, entry()).await,
            None => Ok(()),
        }
    }

    /// Records a denial that no act has recorded, since it was decided before the intent. Any other result is returned as
    /// it is.
    ///
    /// # Errors
    /// The error of the result.
    pub(in crate::app) async fn or_denied<T>(
        &self,
        result: Result<T, Error>,
        entry: impl FnOnce() -> Entry,
    ) -> Result<T, Error> {
        match result {
            Err(error) if error.is_unrecorded_denial() => {
                let done = self.record(|| Act::denial(&entry(), &error)).await;
                Err(denied(done, error))
            }
            other => other,
        }
    }

    /// Records a denial on a thread that may block, and returns its error.
    pub(in crate::app) fn denied_now(&self, error: Error, entry: impl FnOnce() -> Entry) -> Error {
        match self.audit() {
            Ok(Some(log)) if !error.recorded => denied(Act::single_now(log, Act::denial(&entry(), &error)), error),
            _ => error,
        }
    }

    /// Returns the error that the manifest is not trusted, which is recorded. `asked`: the user was asked, and refused.
    ///
    /// # Errors
    /// If no manifest is open.
    pub fn trust_refused(&self, asked: bool) -> Result<Error, Error> {
        let destinations = self.destinations()?;
        let error = match asked {
            true => Error::new(ErrorKind::Refused, "the manifest is not trusted").by_rule("trust", None),
            false => destinations.not_accepted(),
        };
        let head = Some(destinations.fingerprint());
        Ok(self.denied_now(error, || Record { head, ..Record::new(Event::TrustAccepted) }.into()))
    }
}

/// Returns the error of a denial, which stands even if it could not be recorded.
fn denied(done: Result<(), Error>, error: Error) -> Error {
    match done {
        Ok(()) => Error { recorded: true, ..error },
        Err(unrecorded) => error.hint(format!("this could not be recorded: {unrecorded}")),
    }
}
