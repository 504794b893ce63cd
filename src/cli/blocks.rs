//! Processes a stream in blocks of whole lines on every core, with the results in input order.
//!
//! Blocks are passed to the workers in turn and collected in turn, so that the order needs no numbers and only a few
//! blocks are in memory. The workers give the buffers back to the reader.

use std::fmt;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use crate::app::{Error, ErrorKind};

/// Bytes per read.
const BLOCK: usize = 256 << 10;

/// Maximum number of blocks queued for a worker, and of its results.
const WAITING: usize = 2;

/// Whole lines, except that a line longer than any token may be split.
pub(in crate::cli) struct Block {
    pub(in crate::cli) bytes: Vec<u8>,
    /// Number of the first line, counted from 1.
    pub(in crate::cli) line: u64,
    /// Bytes of the first line in the previous block.
    pub(in crate::cli) column: usize,
}

/// Treatment of lines that are longer than a limit in bytes.
#[derive(Clone, Copy)]
pub(in crate::cli) enum Long {
    /// Truncate after one more byte, so that the line is reported as too long.
    Truncate(usize),
    /// Continue in the next block, split between tokens.
    Split(usize),
}

/// Processes the whole input, which has a name for errors. `worker` creates a worker per core, and `take` receives the
/// results of the workers in input order, until it returns an error.
///
/// # Errors
/// If the input can't be read, or those of `take`.
pub(in crate::cli) fn in_order<T: Send, W: FnMut(&Block) -> T + Send>(
    (name, input): (impl fmt::Display, impl Read + Send),
    long: Long,
    worker: impl Fn() -> W,
    mut take: impl FnMut(T) -> Result<(), Error>,
) -> Result<(), Error> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut taken = Ok(());
    let read = thread::scope(|scope| {
        let mut blocks = Vec::new();
        let mut outputs = Vec::new();
        let (used, free) = channel();
        for _ in 0..cores {
            let (block, next) = sync_channel(WAITING);
            let (sender, receiver) = sync_channel(WAITING);
            let (worker, used) = (worker(), used.clone());
            scope.spawn(move || work(worker, next, sender, used));
            blocks.push(block);
            outputs.push(receiver);
        }
        let reader = scope.spawn(move || read(input, long, &blocks, &free));
        // the first worker without output comes after the last block
        for receiver in outputs.iter().cycle() {
            let Ok(output) = receiver.recv() else { break };
            taken = take(output);
            if taken.is_err() {
                break;
            }
        }
        // workers and reader stop at their next block
        drop(outputs);
        reader.join()
    });
    taken?;
    match read {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Error::unreadable(name, &error)),
        Err(_) => Err(Error::new(ErrorKind::Failed, format!("`{name}` can't be read"))),
    }
}

fn work<T>(
    mut worker: impl FnMut(&Block) -> T,
    blocks: Receiver<Block>,
    outputs: SyncSender<T>,
    used: Sender<Vec<u8>>,
) {
    for block in blocks {
        let output = worker(&block);
        // after the last block, the reader needs no more buffers
        let _ = used.send(block.bytes);
        if outputs.send(output).is_err() {
            return;
        }
    }
}

fn read(mut input: impl Read, long: Long, blocks: &[SyncSender<Block>], free: &Receiver<Vec<u8>>) -> io::Result<()> {
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
                (None, Long::Truncate(most)) if bytes.len() > most => {
                    bytes.truncate(most + 1);
                    passing = true;
                }
                (None, Long::Split(most)) if bytes.len() > most => {
                    let tail = bytes.iter().rev().take(most).take_while(|byte| is_token(**byte)).count();
                    break bytes.len() - tail % most;
                }
                (None, _) => {}
            }
        };
        rest = free.try_recv().unwrap_or_default();
        rest.clear();
        // a long line leaves a large buffer behind
        rest.shrink_to(4 * BLOCK);
        rest.extend_from_slice(bytes.get(end..).unwrap_or_default());
        bytes.truncate(end);
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

/// Returns whether a byte is allowed in a token (`b64token`, RFC 6750 §2.1).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1 << 20;

    fn cut(text: &[u8], long: Long) -> Vec<Block> {
        let (sender, receiver) = sync_channel(1000);
        read(text, long, &[sender], &channel().1).unwrap();
        receiver.into_iter().collect()
    }

    fn joined(blocks: &[Block]) -> Vec<u8> {
        blocks.iter().flat_map(|block| block.bytes.clone()).collect()
    }

    #[test]
    fn results_keep_the_order_of_the_input_until_one_is_refused() {
        let text = (1..200_000).map(|number| format!("{number}\n")).collect::<Vec<_>>().concat();
        let numbers = || |block: &Block| String::from_utf8(block.bytes.clone()).unwrap();
        let mut all = String::new();
        in_order(("numbers", text.as_bytes()), Long::Truncate(MOST), numbers, |part| {
            all.push_str(&part);
            Ok(())
        })
        .unwrap();
        assert!(all == text);
        let mut parts = 0;
        let refused = in_order(("numbers", text.as_bytes()), Long::Truncate(MOST), numbers, |_| {
            parts += 1;
            Err(Error::new(ErrorKind::Usage, "refused"))
        });
        assert_eq!((parts, refused.unwrap_err().to_string().as_str()), (1, "refused"));
    }

    #[test]
    fn blocks_are_whole_lines_with_line_numbers() {
        for text in [&b""[..], b"\n", b"a", b"a\n", b"a\nb", b"\n\n\r\nx\n"] {
            assert_eq!(joined(&cut(text, Long::Truncate(MOST))), text);
        }
        let text = b"0123456789abcdef0123456789abcde\n".repeat(BLOCK / 8);
        let blocks = cut(&text, Long::Truncate(MOST));
        assert!(blocks.len() > 2);
        let mut number = 1;
        for block in blocks {
            assert_eq!((block.line, block.column), (number, 0));
            assert!(block.bytes.ends_with(b"\n") && block.bytes.len() <= 2 * BLOCK);
            number += block.bytes.len() as u64 / 32;
        }
    }

    #[test]
    fn endless_lines_use_bounded_memory() {
        let mut text = b"first\n".to_vec();
        text.resize(16 * MOST, b'a');
        text.extend_from_slice(b"\nlast\n");
        let blocks = cut(&text, Long::Truncate(MOST));
        let all = joined(&blocks);
        let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').collect();
        assert_eq!((lines.len(), lines.first(), lines.get(2)), (4, Some(&&b"first"[..]), Some(&&b"last"[..])));
        assert!(lines.get(1).is_some_and(|line| line.len() > MOST && line.len() < MOST + 2 * BLOCK));
        assert!(blocks.iter().all(|block| block.bytes.len() < MOST + 3 * BLOCK));
    }

    #[test]
    fn long_lines_are_split_between_tokens_with_their_columns() {
        let mut text = b"first\n".to_vec();
        text.extend(b"{\"a\":\"0123456789\"}, ".repeat(4 * MOST / 20));
        text.extend(b"\nlast");
        let blocks = cut(&text, Long::Split(MOST));
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
