//! `--lines`: many tokens, one per line, on every core, in their order.
//!
//! Blocks of whole lines go to the workers in turn, and come back in turn, so the order needs no numbers and the memory
//! is that of a few blocks.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use jiff::Timestamp;

use super::verify::Session;
use crate::cli::print::Streams;
use crate::token::lines::{Lines, MOST_BYTES, Verify};
use crate::token::verify::Facts;
use crate::workspace::{Error, Kind};

/// How much is read at once.
const BLOCK: usize = 256 << 10;

/// How many blocks wait for a worker, and how many of its answers wait to be printed.
const WAITING: usize = 2;

/// Whole lines.
struct Block {
    bytes: Vec<u8>,
    /// The number of the first line, counted from 1.
    first: u64,
}

/// What a worker made of a block.
struct Answer {
    bytes: Vec<u8>,
    /// Whether there is a usable token in every line.
    fine: bool,
}

/// Answers every line of the input.
pub(super) fn run(
    input: impl Read + Send,
    session: Option<&Session>,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let check = session.map(|session| move |facts: &Facts<'_>, now: Timestamp| session.check(facts, now));
    let verify = check.as_ref().map(|check| check as Verify<'_>);
    let mut fine = true;
    let read = thread::scope(|scope| {
        let mut blocks = Vec::new();
        let mut answers = Vec::new();
        for _ in 0..cores {
            let (block, next) = sync_channel(WAITING);
            let (answer, answered) = sync_channel(WAITING);
            scope.spawn(move || work(next, answer, verify));
            blocks.push(block);
            answers.push(answered);
        }
        let reader = scope.spawn(move || read(input, &blocks));
        // the first worker that has no more answer is the one after the last block
        for answered in answers.iter().cycle() {
            let Ok(answer) = answered.recv() else { break };
            fine &= answer.fine;
            streams.raw(&answer.bytes);
            if streams.is_closed() {
                break;
            }
        }
        // nobody waits for the rest: workers and reader end at their next block
        drop(answers);
        reader.join()
    });
    match read {
        Ok(Ok(())) => Ok((!fine).then_some(Kind::TokenUnusable)),
        Ok(Err(error)) => Err(Error::new(Kind::Failed, format!("the input can't be read: {error}"))),
        Err(_) => Err(Error::new(Kind::Failed, "the input can't be read")),
    }
}

fn work(blocks: Receiver<Block>, answers: SyncSender<Answer>, verify: Option<Verify<'_>>) {
    let mut lines = Lines::new(verify);
    for block in blocks {
        let now = Timestamp::now();
        let mut answer = Answer { bytes: Vec::with_capacity(block.bytes.len() * 5 / 4), fine: true };
        let text = block.bytes.strip_suffix(b"\n").unwrap_or(&block.bytes);
        let mut number = block.first;
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default();
            answer.fine &= lines.write(number, line, now, &mut answer.bytes);
            (number, start) = (number + 1, end + 1);
        }
        if answers.send(answer).is_err() {
            return;
        }
    }
}

/// Cuts the input into blocks of whole lines. Of a line that is longer than any token, the rest is passed over: what
/// is kept is enough to say so.
fn read(mut input: impl Read, blocks: &[SyncSender<Block>]) -> io::Result<()> {
    let mut rest: Vec<u8> = Vec::new();
    let mut first = 1;
    let mut passing = false;
    for block in blocks.iter().cycle() {
        let mut bytes = std::mem::take(&mut rest);
        let mut is_over = false;
        let end = loop {
            let start = bytes.len();
            bytes.reserve(BLOCK);
            is_over = is_over || input.by_ref().take(BLOCK as u64).read_to_end(&mut bytes)? == 0;
            if passing {
                let new = bytes.get(start..).and_then(|new| memchr::memchr(b'\n', new));
                bytes.drain(start..new.map_or(bytes.len(), |new| start + new));
                passing = new.is_none();
            }
            match memchr::memrchr(b'\n', &bytes) {
                _ if is_over => break bytes.len(),
                Some(end) => break end + 1,
                None if bytes.len() > MOST_BYTES => {
                    bytes.truncate(MOST_BYTES + 1);
                    passing = true;
                }
                None => {}
            }
        };
        rest = bytes.split_off(end);
        if !bytes.is_empty() {
            let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
            if block.send(Block { bytes, first }).is_err() {
                return Ok(());
            }
            first += lines;
        }
        if is_over {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8]) -> Vec<(Vec<u8>, u64)> {
        let (sender, receiver) = sync_channel(100);
        read(text, &[sender]).unwrap();
        receiver.into_iter().map(|block| (block.bytes, block.first)).collect()
    }

    #[test]
    fn blocks_are_whole_lines_with_their_numbers() {
        for text in [&b""[..], b"\n", b"a", b"a\n", b"a\nb", b"\n\n\r\nx\n"] {
            let blocks = cut(text);
            assert_eq!(blocks.iter().flat_map(|(bytes, _)| bytes.clone()).collect::<Vec<_>>(), text);
        }
        let text = b"0123456789abcdef0123456789abcde\n".repeat(BLOCK / 8);
        let blocks = cut(&text);
        assert!(blocks.len() > 2);
        let mut number = 1;
        for (bytes, first) in blocks {
            assert_eq!(first, number);
            assert!(bytes.ends_with(b"\n") && bytes.len() <= 2 * BLOCK);
            number += bytes.len() as u64 / 32;
        }
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut text = b"first\n".to_vec();
        text.resize(16 * MOST_BYTES, b'a');
        text.extend_from_slice(b"\nlast\n");
        let blocks = cut(&text);
        let all: Vec<u8> = blocks.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').collect();
        assert_eq!(lines.len(), 4);
        assert_eq!((lines[0], lines[2]), (&b"first"[..], &b"last"[..]));
        assert!(lines[1].len() > MOST_BYTES && lines[1].len() < MOST_BYTES + 2 * BLOCK);
        assert!(blocks.iter().all(|(bytes, _)| bytes.len() < MOST_BYTES + 3 * BLOCK));
    }
}
