//! State of a probe, stored in a file to be continued later: JSON lines.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::{Enforcement, Error, ErrorKind, ProbeResult, is_larger, too_large};
use crate::files::open_append;

/// Maximum size of a state file.
const MAX_BYTES: u64 = 16 << 20;

/// One call and its result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) endpoint: String,
    pub(super) with: String,
    /// HTTP status; 0 if there was no response.
    pub(super) status: u16,
    observed: String,
    pub(super) sentence: String,
}

impl Cell {
    pub(super) fn of(endpoint: String, with: String, tried: Result<ProbeResult, Error>) -> Self {
        let unclear = |error: Error| ProbeResult { status: 0, observed: Enforcement::Unclear, sentence: error.message };
        let ProbeResult { status, observed, sentence } = tried.unwrap_or_else(unclear);
        Self { endpoint, with, status, observed: observed.as_str().to_owned(), sentence }
    }

    pub(super) fn observed(&self) -> Enforcement {
        let known = Enforcement::ALL.into_iter().find(|observed| observed.as_str() == self.observed);
        known.unwrap_or(Enforcement::Unclear)
    }
}

/// Calls so far.
pub(super) struct State {
    pub(super) cells: Vec<Cell>,
    file: Option<File>,
}

impl State {
    /// Reads the calls of an earlier run. A truncated last line is repeated.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(Self { cells: Vec::new(), file: None }) };
        let shown = path.display();
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Failed, format!("the state file `{shown}` can't be used: {error}"))
        };
        let mut text = String::new();
        let mut file = open_append(path)?;
        if is_larger(&file, MAX_BYTES) {
            return Err(too_large(shown, MAX_BYTES));
        }
        (&file).take(MAX_BYTES).read_to_string(&mut text).map_err(failed)?;
        let mut cells: Vec<Cell> = Vec::new();
        let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
        for (number, line) in whole.lines().enumerate() {
            let cell = serde_json::from_str(line).map_err(|error| {
                Error::new(
                    ErrorKind::Usage,
                    format!("line {} of the state file `{shown}` is not valid: {error}", number + 1),
                )
                .hint("use a file written by `tokscope probe`, or a new one")
            })?;
            cells.push(cell);
        }
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { cells, file: Some(file) })
    }

    pub(super) fn has(&self, endpoint: &str, with: &str) -> bool {
        self.cells.iter().any(|cell| cell.endpoint == endpoint && cell.with == with)
    }

    pub(super) fn add(&mut self, cell: Cell) -> Result<(), Error> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&cell).unwrap_or_default();
            line.push(b'\n');
            file.write_all(&line)
                .and_then(|()| file.sync_data())
                .map_err(|error| Error::new(ErrorKind::Failed, format!("the state file can't be written: {error}")))?;
        }
        self.cells.push(cell);
        Ok(())
    }
}
