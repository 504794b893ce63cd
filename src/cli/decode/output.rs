//! Output of commands that process a stream in blocks.

use std::io::Read;

use crate::app::{Error, ErrorKind};
use crate::cli::blocks::{Block, Long, in_order};
use crate::cli::print::Streams;

/// Processes blocks, one after the other.
pub(super) trait Work: Send {
    /// Appends the output for a block. Returns the exit code that it requires, if any.
    fn process(&mut self, block: &Block, out: &mut Vec<u8>) -> Option<ErrorKind>;
}

struct BlockOutput {
    bytes: Vec<u8>,
    exit: Option<ErrorKind>,
}

/// Prints the output for the whole input. `worker` creates a worker per core.
pub(super) fn run<W: Work>(
    input: impl Read + Send,
    long: Long,
    worker: impl Fn() -> W,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let mut exit = None;
    let mut is_closed = false;
    let process = || {
        let mut worker = worker();
        move |block: &Block| {
            let mut bytes = Vec::new();
            let exit = worker.process(block, &mut bytes);
            BlockOutput { bytes, exit }
        }
    };
    let read = in_order(("the input", input), long, process, |output| {
        // an unusable token takes precedence over a finding
        if exit != Some(ErrorKind::TokenUnusable) {
            exit = output.exit.or(exit);
        }
        streams.raw(&output.bytes);
        is_closed = streams.is_closed();
        // nobody reads the rest
        if is_closed { Err(Error::new(ErrorKind::Failed, "the output is closed")) } else { Ok(()) }
    });
    if is_closed { Ok(exit) } else { read.map(|()| exit) }
}
