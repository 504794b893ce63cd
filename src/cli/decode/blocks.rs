//! A stream cut into blocks of whole lines, worked on by every core, answered in order.
//!
//! Blocks go to the workers in turn, and come back in turn, so the order needs no numbers and the memory is that of a
//! few blocks.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::cli::print::Streams;
use crate::workspace::{Error, Kind};

/// How much is read at once.
const BLOCK: usize = 256 << 10;

/// How many blocks wait for a worker, and how many of its answers wait to be printed.
const WAITING: usize = 2;

/// Lines, each whole unless it is longer than any token.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The number of the first line, counted from 1.
    pub(super) line: u64,
    /// How much of the first line stood in the block before.
    pub(super) column: usize,
}

/// What becomes of a line that is longer than so many bytes.
#[derive(Clone, Copy)]
pub(super) enum Long {
    /// One byte more than that is kept, to say that it is too long.
    Cut(usize),
    /// It goes on in the next block, and is parted where no token is.
    Part(usize),
}

/// What is made of blocks, one after the other.
pub(super) trait Work: Send {
    /// Appends what is printed. What the exit code has to say, if anything.
    fn answer(&mut self, block: &Block, out: &mut Vec<u8>) -> Option<Kind>;
}

struct Answer {
    bytes: Vec<u8>,
    ended: Option<Kind>,
}

/// Prints the answers to all of the input. `worker` makes one for each core.
pub(super) fn run<W: Work>(
    input: impl Read + Send,
    long: Long,
    worker: impl Fn() -> W,
    streams: &mut Streams,
) -> Result<Option<Kind>, Error> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut ended = None;
    let read = thread::scope(|scope| {
        let mut blocks = Vec::new();
        let mut answers = Vec::new();
        for _ in 0..cores {
            let (block, next) = sync_channel(WAITING);
            let (answer, answered) = sync_channel(WAITING);
            let worker = worker();
            scope.spawn(move || work(worker, next, answer));
            blocks.push(block);
            answers.push(answered);
        }
        let reader = scope.spawn(move || read(input, long, &blocks));
        // the first worker that has no more answer is the one after the last block
        for answered in answers.iter().cycle() {
            let Ok(answer) = answered.recv() else { break };
            // an unusable token weighs more than a finding
            if ended != Some(Kind::TokenUnusable) {
                ended = answer.ended.or(ended);
            }
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
        Ok(Ok(())) => Ok(ended),
        Ok(Err(error)) => Err(Error::unreadable("the input", &error)),
        Err(_) => Err(Error::new(Kind::Failed, "the input can't be read")),
    }
}

fn work(mut worker: impl Work, blocks: Receiver<Block>, answers: SyncSender<Answer>) {
    for block in blocks {
        let mut bytes = Vec::new();
        let ended = worker.answer(&block, &mut bytes);
        if answers.send(Answer { bytes, ended }).is_err() {
            return;
        }
    }
}

fn read(mut input: impl Read, long: Long, blocks: &[SyncSender<Block>]) -> io::Result<()> {
    let mut rest: Vec<u8> = Vec::new();
    let (mut line, mut column) = (1, 0);
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
            match (memchr::memrchr(b'\n', bytes.get(start..).unwrap_or_default()), long) {
                _ if is_over => break bytes.len(),
                (Some(end), _) => break start + end + 1,
                (None, Long::Cut(most)) if bytes.len() > most => {
                    bytes.truncate(most + 1);
                    passing = true;
                }
                (None, Long::Part(most)) if bytes.len() > most => {
                    let tail = bytes.iter().rev().take(most).take_while(|byte| is_token(**byte)).count();
                    break bytes.len() - tail % most;
                }
                (None, _) => {}
            }
        };
        rest = bytes.split_off(end);
        if !bytes.is_empty() {
            let lines = memchr::memchr_iter(b'\n', &bytes).count();
            let length = bytes.len() - memchr::memrchr(b'\n', &bytes).map_or(0, |last| last + 1);
            if block.send(Block { bytes, line, column }).is_err() {
                return Ok(());
            }
            column = if lines == 0 { column + length } else { length };
            line += lines as u64;
        }
        if is_over {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether a byte may stand in a token (`b64token`, RFC 6750 §2.1).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1 << 20;

    fn cut(text: &[u8], long: Long) -> Vec<Block> {
        let (sender, receiver) = sync_channel(1000);
        read(text, long, &[sender]).unwrap();
        receiver.into_iter().collect()
    }

    fn joined(blocks: &[Block]) -> Vec<u8> {
        blocks.iter().flat_map(|block| block.bytes.clone()).collect()
    }

    #[test]
    fn blocks_are_whole_lines_with_their_numbers() {
        for text in [&b""[..], b"\n", b"a", b"a\n", b"a\nb", b"\n\n\r\nx\n"] {
            assert_eq!(joined(&cut(text, Long::Cut(MOST))), text);
        }
        let text = b"0123456789abcdef0123456789abcde\n".repeat(BLOCK / 8);
        let blocks = cut(&text, Long::Cut(MOST));
        assert!(blocks.len() > 2);
        let mut number = 1;
        for block in blocks {
            assert_eq!((block.line, block.column), (number, 0));
            assert!(block.bytes.ends_with(b"\n") && block.bytes.len() <= 2 * BLOCK);
            number += block.bytes.len() as u64 / 32;
        }
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut text = b"first\n".to_vec();
        text.resize(16 * MOST, b'a');
        text.extend_from_slice(b"\nlast\n");
        let blocks = cut(&text, Long::Cut(MOST));
        let all = joined(&blocks);
        let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').collect();
        assert_eq!((lines.len(), lines.first(), lines.get(2)), (4, Some(&&b"first"[..]), Some(&&b"last"[..])));
        assert!(lines.get(1).is_some_and(|line| line.len() > MOST && line.len() < MOST + 2 * BLOCK));
        assert!(blocks.iter().all(|block| block.bytes.len() < MOST + 3 * BLOCK));
    }

    #[test]
    fn a_long_line_is_parted_between_tokens_and_keeps_its_columns() {
        let mut text = b"first\n".to_vec();
        text.extend(b"{\"a\":\"0123456789\"}, ".repeat(4 * MOST / 20));
        text.extend(b"\nlast");
        let blocks = cut(&text, Long::Part(MOST));
        assert!(blocks.len() >= 4);
        assert_eq!(joined(&blocks), text);
        let mut place = (1, 0);
        for block in &blocks {
            assert_eq!((block.line, block.column), place);
            assert!(block.bytes.last().is_none_or(|byte| !is_token(*byte)) || block.bytes.ends_with(b"last"));
            for byte in &block.bytes {
                place = if *byte == b'\n' { (place.0 + 1, 0) } else { (place.0, place.1 + 1) };
            }
        }
    }
}
