//! `--lines`: many tokens, one per line.

use std::io::Read;

use jiff::Timestamp;

use super::blocks::{self, Block, Long, Work};
use super::verify::Session;
use crate::cli::print::Streams;
use crate::diagnostic::Severity;
use crate::token::lines::{Lines, Options, Verify};
use crate::token::verify::{Facts, Wording};
use crate::workspace::{Error, Kind};

/// Answers every line of the input by one line of JSON. `fail_on`: the severity from which on a finding decides the exit
/// code.
pub(super) fn run(
    input: impl Read + Send,
    session: Option<&Session>,
    options: Options<'_>,
    fail_on: Option<Severity>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let check =
        session.map(|session| move |facts: &Facts<'_>, now: Timestamp| session.check(facts, Wording::Reasons, now));
    let options = Options { verify: check.as_ref().map(|check| check as Verify<'_>), ..options };
    let worker = || Answers { lines: Lines::new(options), fail_on };
    blocks::run(input, Long::Cut(options.policy.max_bytes), worker, streams)
}

struct Answers<'v> {
    lines: Lines<'v>,
    fail_on: Option<Severity>,
}

impl Work for Answers<'_> {
    fn answer(&mut self, block: &Block, out: &mut Vec<u8>) -> Option<Kind> {
        let now = Timestamp::now();
        out.reserve(block.bytes.len() * 5 / 4);
        let text = block.bytes.strip_suffix(b"\n").unwrap_or(&block.bytes);
        let mut ended = None;
        let mut start = 0;
        for (number, end) in (block.line..).zip(memchr::memchr_iter(b'\n', text).chain([text.len()])) {
            let line = text.get(start..end).unwrap_or_default();
            let written = self.lines.write(number, line, now, out);
            if !written.fine {
                ended = Some(Kind::TokenUnusable);
            } else if self.fail_on.is_some_and(|least| written.worst >= Some(least)) {
                ended = ended.or(Some(Kind::Findings));
            }
            start = end + 1;
        }
        ended
    }
}
