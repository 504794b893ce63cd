//! `--lines`: many tokens, one per line.

use std::io::Read;

use jiff::Timestamp;

use super::output::{self, Work};
use super::verify::Session;
use crate::app::{Error, ErrorKind};
use crate::cli::blocks::{Block, Long};
use crate::cli::print::Streams;
use crate::diagnostic::Severity;
use crate::token::lines::{Lines, Options, Verify};
use crate::token::verify::{Facts, Wording};

/// Prints a line of JSON for every line of the input. `fail_on`: minimum severity of findings that change the exit code.
pub(super) fn run(
    input: impl Read + Send,
    session: Option<&Session>,
    options: Options<'_>,
    fail_on: Option<Severity>,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let check =
        session.map(|session| move |facts: &Facts<'_>, now: Timestamp| session.check(facts, Wording::Reasons, now));
    let options = Options { verify: check.as_ref().map(|check| check as Verify<'_>), ..options };
    let worker = || LineDecoder { lines: Lines::new(options), fail_on };
    output::run(input, Long::Truncate(options.policy.max_bytes), worker, streams)
}

struct LineDecoder<'v> {
    lines: Lines<'v>,
    fail_on: Option<Severity>,
}

impl Work for LineDecoder<'_> {
    fn process(&mut self, block: &Block, out: &mut Vec<u8>) -> Option<ErrorKind> {
        let now = Timestamp::now();
        out.reserve(block.bytes.len() * 5 / 4);
        let text = block.bytes.strip_suffix(b"\n").unwrap_or(&block.bytes);
        let mut exit = None;
        let mut start = 0;
        for (number, end) in (block.line..).zip(memchr::memchr_iter(b'\n', text).chain([text.len()])) {
            let line = text.get(start..end).unwrap_or_default();
            let written = self.lines.write(number, line, now, out);
            if !written.fine {
                exit = Some(ErrorKind::TokenUnusable);
            } else if self.fail_on.is_some_and(|least| written.worst >= Some(least)) {
                exit = exit.or(Some(ErrorKind::Findings));
            }
            start = end + 1;
        }
        exit
    }
}
