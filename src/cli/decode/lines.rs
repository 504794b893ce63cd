//! `--lines`: many tokens, one per line.

use std::io::Read;

use jiff::Timestamp;

use super::blocks::{self, Block, Long, Work};
use super::verify::Session;
use crate::cli::print::Streams;
use crate::token::Policy;
use crate::token::lines::{Lines, Verify};
use crate::token::verify::Facts;
use crate::workspace::{Error, Kind};

/// Answers every line of the input by one line of JSON.
pub(super) fn run(
    input: impl Read + Send,
    session: Option<&Session>,
    policy: Policy,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let check = session.map(|session| move |facts: &Facts<'_>, now: Timestamp| session.check(facts, now));
    let verify = check.as_ref().map(|check| check as Verify<'_>);
    blocks::run(input, Long::Cut(policy.max_bytes), || Lines::new(verify, policy), streams)
}

impl Work for Lines<'_> {
    fn answer(&mut self, block: &Block, out: &mut Vec<u8>) -> bool {
        let now = Timestamp::now();
        out.reserve(block.bytes.len() * 5 / 4);
        let text = block.bytes.strip_suffix(b"\n").unwrap_or(&block.bytes);
        let mut fine = true;
        let mut start = 0;
        for (number, end) in (block.line..).zip(memchr::memchr_iter(b'\n', text).chain([text.len()])) {
            let line = text.get(start..end).unwrap_or_default();
            fine &= self.write(number, line, now, out);
            start = end + 1;
        }
        fine
    }
}
