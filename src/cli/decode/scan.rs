//! `--scan`: all tokens in a log, with their positions.

use std::io::{Read, Write as _};

use super::output::{self, Work};
use crate::app::{Error, ErrorKind};
use crate::cli::blocks::{Block, Long};
use crate::cli::print::{Streams, json_object, json_text};
use crate::secret::Secret;
use crate::text::visible;
use crate::token::Json;
use crate::token::scan::{LONGEST, Scanner, Sighting};

/// Prints every token of the input, as lines of text or of `tokscope.scan/v1`.
/// `fail_on_found`: a token is a finding.
pub(super) fn run(
    input: impl Read + Send,
    as_json: bool,
    fail_on_found: bool,
    streams: &mut Streams,
) -> Result<Option<ErrorKind>, Error> {
    let search = || Search { scanner: Scanner::new(), as_json, fail_on_found };
    output::run(input, Long::Split(LONGEST), search, streams)
}

struct Search {
    scanner: Scanner,
    as_json: bool,
    fail_on_found: bool,
}

impl Work for Search {
    fn process(&mut self, block: &Block, out: &mut Vec<u8>) -> Option<ErrorKind> {
        // line and column are counted from the previous token on
        let (mut line, mut start, mut counted) = (block.line, 0, 0);
        let mut before = block.column;
        let sightings = self.scanner.scan(&block.bytes);
        let exit = (self.fail_on_found && !sightings.is_empty()).then_some(ErrorKind::Findings);
        for sighting in sightings {
            let passed = block.bytes.get(counted..sighting.at.start).unwrap_or_default();
            if let Some(last) = memchr::memrchr(b'\n', passed) {
                line += memchr::memchr_iter(b'\n', passed).count() as u64;
                (start, before) = (counted + last + 1, 0);
            }
            counted = sighting.at.start;
            let column = before + sighting.at.start - start + 1;
            let token = block.bytes.get(sighting.at.clone()).unwrap_or_default();
            // tokens are ASCII
            let masked = Secret::new(String::from_utf8_lossy(token)).masked();
            self.write(&sighting, (line, column), &masked, out);
        }
        exit
    }
}

impl Search {
    /// Writes one line. Writing to a `Vec` can't fail.
    fn write(&self, sighting: &Sighting, (line, column): (u64, usize), masked: &str, out: &mut Vec<u8>) {
        if !self.as_json {
            let _ = writeln!(out, "{line}:{column}  {masked}  {}", visible(&sighting.what));
            return;
        }
        let document = json_object([
            ("schema", json_text("tokscope.scan/v1")),
            ("line", Json::Number(line.to_string())),
            ("column", Json::Number(column.to_string())),
            ("length", Json::Number(sighting.at.len().to_string())),
            ("token", json_text(masked)),
            ("kind", json_text(sighting.kind.as_str())),
            ("what", json_text(&sighting.what)),
        ]);
        let _ = writeln!(out, "{document}");
    }
}
