//! Verification of a log, line by line.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::chain::{GENESIS, LogKey, hash};
use super::record::{Event, Record};

/// Number of problems that are kept.
const MOST_PROBLEMS: usize = 1_000;

/// A record that is known from elsewhere: the keyring, the passphrase store, or a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the record.
    pub seq: u64,
    /// Hash of its line, in hexadecimal.
    pub head: String,
}

/// Position in the files of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Number of the file.
    pub segment: u64,
    /// Line, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "segment {} line {}", self.segment, self.line)
    }
}

/// Kind of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The line is not a record.
    Malformed(String),
    /// The code of the line does not fit: it was changed, or written without the key.
    Forged,
    /// The line does not continue the one before it: lines were changed, inserted or removed.
    Unchained,
    /// The number of the record is not the next one.
    OutOfSequence {
        /// Expected number.
        expected: u64,
        /// Number in the record.
        found: u64,
    },
    /// The record belongs to another log or another segment.
    Foreign,
    /// A segment does not begin with its first record.
    Headless,
    /// A segment is missing.
    SegmentMissing(u64),
    /// The log does not begin with the first record, and no record says that old segments were removed.
    StartMissing,
    /// The last line is incomplete.
    Torn(u64),
    /// The log ends before a record that is known from elsewhere.
    Shortened {
        /// Number of that record.
        anchored: u64,
    },
    /// A record differs from what is known of it from elsewhere.
    Replaced {
        /// Number of the record.
        anchored: u64,
    },
    /// There is no log, but it is known from elsewhere.
    Removed,
    /// The log is not the one that is known from elsewhere.
    OtherLog,
    /// What is known from elsewhere can't be read.
    AnchorUnreadable,
    /// There is no key, so that no line can be checked.
    KeyMissing,
}

impl ProblemKind {
    /// Returns the name of the kind.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Forged => "forged",
            Self::Unchained => "unchained",
            Self::OutOfSequence { .. } => "out-of-sequence",
            Self::Foreign => "foreign",
            Self::Headless => "headless",
            Self::SegmentMissing(_) => "segment-missing",
            Self::StartMissing => "start-missing",
            Self::Torn(_) => "torn",
            Self::Shortened { .. } => "shortened",
            Self::Replaced { .. } => "replaced",
            Self::Removed => "removed",
            Self::OtherLog => "other-log",
            Self::AnchorUnreadable => "anchor-unreadable",
            Self::KeyMissing => "key-missing",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(reason) => write!(formatter, "the line is not a record: {reason}"),
            Self::Forged => {
                formatter.write_str("the line was changed or written without the key: its code does not fit")
            }
            Self::Unchained => formatter
                .write_str("the line does not continue the one before it: lines were changed, inserted or removed"),
            Self::OutOfSequence { expected, found } => {
                write!(formatter, "record {expected} was expected, but this is record {found}")
            }
            Self::Foreign => formatter.write_str("the record belongs to another log or segment"),
            Self::Headless => formatter.write_str("the segment does not begin with its first record"),
            Self::SegmentMissing(number) => write!(formatter, "segment {number} is missing"),
            Self::StartMissing => formatter.write_str("the log does not begin with its first record"),
            Self::Torn(bytes) => write!(formatter, "the last line is incomplete ({bytes} bytes)"),
            Self::Shortened { anchored } => {
                write!(formatter, "the log was shortened: record {anchored} is known to have existed")
            }
            Self::Replaced { anchored } => {
                write!(formatter, "the log was replaced: record {anchored} is not the one that is known")
            }
            Self::Removed => formatter.write_str("the log was removed"),
            Self::OtherLog => formatter.write_str("the log was replaced: it is not the one that is anchored"),
            Self::AnchorUnreadable => {
                formatter.write_str("the anchor can't be read: it was changed, or belongs to another vault")
            }
            Self::KeyMissing => {
                formatter.write_str("the key of the log is missing, so the codes of the lines were not checked")
            }
        }
    }
}

/// Something wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
    /// Whether a later record says that the user has accepted it.
    pub accepted: bool,
}

/// Result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Identifier of the log.
    pub log: String,
    /// Number of records.
    pub records: u64,
    /// Number of the first record.
    pub first: u64,
    /// Number of the last record.
    pub last: u64,
    /// Hash of the last record.
    pub head: String,
    /// First segment. Earlier ones were removed by retention.
    pub first_segment: u64,
    /// Last segment.
    pub last_segment: u64,
    /// Problems, in the order of the files. At most a thousand are listed.
    pub problems: Vec<Problem>,
    /// Number of problems, including those that are not listed.
    pub found: u64,
}

impl Summary {
    /// Whether there is a problem that was not accepted.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| !problem.accepted)
    }
}

/// The members that a verification needs. The others are covered by the code of the line.
#[derive(Deserialize)]
struct Core<'a> {
    event: &'a str,
    seq: u64,
    log: &'a str,
    segment: u64,
    prev: &'a str,
    kept: Option<u64>,
    head: Option<&'a str>,
}

/// Verifies a log. Feed it the segments in order. A clone continues from the same place.
#[derive(Clone, Debug)]
pub struct Verifier {
    key: Option<LogKey>,
    /// Known records, by number.
    anchors: BTreeMap<u64, Vec<String>>,
    summary: Summary,
    segment: u64,
    line: u64,
    /// Number and hash of the previous record.
    previous: Option<(u64, String)>,
    /// `prev` of the first record, if the log does not begin with it.
    start: Option<String>,
    /// Whether a record confirms the removal of what was before.
    start_confirmed: bool,
    /// Whether a record says that the user accepted what was wrong before it.
    accepted: bool,
    /// Contradiction to what is known from elsewhere, which no record can accept.
    known: Option<ProblemKind>,
}

impl Verifier {
    /// Creates a verifier. Without a key, the codes of the lines are not checked. `anchors`: records that are known from
    /// elsewhere.
    #[must_use]
    pub fn new(key: Option<LogKey>, anchors: &[Anchor]) -> Self {
        let mut known: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for anchor in anchors {
            known.entry(anchor.seq).or_default().push(anchor.head.clone());
        }
        Self {
            key,
            anchors: known,
            summary: Summary::default(),
            segment: 0,
            line: 0,
            previous: None,
            start: None,
            start_confirmed: false,
            accepted: false,
            known: None,
        }
    }

    fn report(&mut self, kind: ProblemKind) {
        self.summary.found += 1;
        if self.summary.problems.len() < MOST_PROBLEMS {
            let place = Place { segment: self.segment, line: self.line };
            self.summary.problems.push(Problem { place, kind, accepted: false });
        }
    }

    /// Begins a segment.
    pub fn segment(&mut self, number: u64) {
        let expected = self.segment + 1;
        if self.segment == 0 {
            self.summary.first_segment = number;
        } else {
            for missing in (expected..number).take(MOST_PROBLEMS) {
                self.report(ProblemKind::SegmentMissing(missing));
            }
        }
        (self.segment, self.line) = (number, 0);
        self.summary.last_segment = number;
    }

    /// Verifies a complete line, without its line break.
    pub fn line(&mut self, line: &[u8]) {
        self.line += 1;
        let is_authentic = self.key.as_ref().is_some_and(|key| key.fits(line));
        if self.key.is_some() && !is_authentic {
            self.report(ProblemKind::Forged);
        }
        // an authentic line is as it was written
        let strict = if is_authentic { None } else { Some(strict(line)) };
        let core = match (strict, serde_json::from_slice::<Core<'_>>(line)) {
            (Some(Err(reason)), _) => {
                self.report(ProblemKind::Malformed(reason));
                return;
            }
            (_, Err(error)) => {
                self.report(ProblemKind::Malformed(error.to_string()));
                return;
            }
            (_, Ok(core)) => core,
        };
        let hash = hash(line);
        self.chain(&core);
        if let Some(known) = self.anchors.remove(&core.seq)
            && known.iter().any(|known| *known != hash)
        {
            self.report(ProblemKind::Replaced { anchored: core.seq });
        }
        self.summary.records += 1;
        self.summary.last = core.seq;
        // whoever does not have the key can't accept or remove anything
        if is_authentic && core.event == Event::Accepted.as_str() {
            self.summary.problems.iter_mut().for_each(|problem| problem.accepted = true);
            self.accepted = true;
            // with a new key, it continues as another log
            core.log.clone_into(&mut self.summary.log);
        }
        if is_authentic
            && core.event == Event::Retention.as_str()
            && core.kept == Some(self.summary.first_segment)
            && core.head == self.start.as_deref()
        {
            self.start_confirmed = true;
        }
        self.previous = Some((core.seq, hash));
    }

    fn chain(&mut self, core: &Core<'_>) {
        match self.previous.clone() {
            None => {
                core.log.clone_into(&mut self.summary.log);
                self.summary.first = core.seq;
                if core.prev != GENESIS || core.seq != 0 {
                    self.start = Some(core.prev.to_owned());
                }
            }
            Some((seq, hash)) => {
                if core.seq != seq + 1 {
                    self.report(ProblemKind::OutOfSequence { expected: seq + 1, found: core.seq });
                }
                if core.prev != hash {
                    self.report(ProblemKind::Unchained);
                }
            }
        }
        if core.segment != self.segment || core.log != self.summary.log {
            self.report(ProblemKind::Foreign);
        }
        if (self.line == 1) != (core.event == Event::SegmentOpened.as_str()) {
            self.report(ProblemKind::Headless);
        }
    }

    /// Reports that the log has no key.
    pub fn key_missing(&mut self) {
        self.report(ProblemKind::KeyMissing);
    }

    /// Notes what is known of the log from an anchor apart from it. `is_unreadable`: the anchor can't be read. `is_other`: it
    /// is the anchor of another log.
    pub fn known(&mut self, is_unreadable: bool, is_other: bool) {
        self.known = match (is_unreadable, is_other) {
            (true, _) => Some(ProblemKind::AnchorUnreadable),
            (false, true) => Some(ProblemKind::OtherLog),
            (false, false) if self.previous.is_none() && self.anchors.is_empty() => Some(ProblemKind::Removed),
            (false, false) => None,
        };
    }

    /// Reports an incomplete last line of this size.
    pub fn torn(&mut self, bytes: u64) {
        self.line += 1;
        self.report(ProblemKind::Torn(bytes));
    }

    /// Ends the verification.
    #[must_use]
    pub fn finish(mut self) -> Summary {
        match self.previous.take() {
            Some((_, hash)) => self.summary.head = hash,
            None if !self.anchors.is_empty() => self.report(ProblemKind::Removed),
            None => {}
        }
        if self.start.is_some() && !self.start_confirmed {
            self.segment = self.summary.first_segment;
            self.line = 1;
            self.report(ProblemKind::StartMissing);
            if let Some(problem) = self.summary.problems.last_mut() {
                problem.accepted = self.accepted;
            }
        }
        let (first, last, records) = (self.summary.first, self.summary.last, self.summary.records);
        let missing: Vec<u64> = self.anchors.keys().copied().collect();
        for seq in missing.into_iter().filter(|seq| records > 0 && *seq >= first) {
            self.report(if seq > last {
                ProblemKind::Shortened { anchored: seq }
            } else {
                ProblemKind::Replaced { anchored: seq }
            });
        }
        if let Some(kind) = self.known.take() {
            self.report(kind);
        }
        self.summary
    }
}

/// Checks that a line has known members of the right types only.
fn strict(line: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(line).map_err(|_| "not valid UTF-8".to_owned())?;
    let Some((body, _)) = super::chain::sealed(line) else { return Err("it does not end with its code".to_owned()) };
    let body = text.get(..body.len()).unwrap_or_default();
    serde_json::from_str::<Record>(&format!("{body}}}")).map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::record::Phase;
    use super::*;

    /// A log of two segments, as lines with their segments.
    fn log(key: &LogKey, records: u64) -> Vec<(u64, Vec<u8>)> {
        let mut prev = GENESIS.to_owned();
        let mut lines = Vec::new();
        for seq in 0..records {
            let segment = 1 + seq / (records / 2 + 1);
            let first = lines.last().is_none_or(|(last, _)| *last != segment);
            let base = if first { Record::example() } else { Record::new(Event::Use) };
            let record = Record {
                time: Some("2026-11-29T10:00:00.000000000Z".to_owned()),
                phase: Some(Phase::Single),
                seq: Some(seq),
                log: Some("log".to_owned()),
                segment: Some(segment),
                prev: Some(prev),
                ..base
            };
            let line = key.line(record);
            prev = hash(&line);
            lines.push((segment, line));
        }
        lines
    }

    fn verify(key: Option<&LogKey>, lines: &[(u64, Vec<u8>)], anchor: Option<&Anchor>) -> Summary {
        let mut verifier = Verifier::new(key.cloned(), anchor.map(std::slice::from_ref).unwrap_or_default());
        let mut at = 0;
        for (segment, line) in lines {
            if *segment != at {
                verifier.segment(*segment);
                at = *segment;
            }
            verifier.line(line);
        }
        verifier.finish()
    }

    fn anchor(lines: &[(u64, Vec<u8>)]) -> Anchor {
        Anchor { seq: lines.len() as u64 - 1, head: hash(&lines.last().unwrap().1) }
    }

    #[test]
    fn an_intact_log_has_no_problem() {
        let key = LogKey::new([1; 32]);
        let lines = log(&key, 20);
        for with in [Some(&key), None] {
            let summary = verify(with, &lines, Some(&anchor(&lines)));
            assert_eq!(summary.problems, Vec::new());
            assert_eq!((summary.records, summary.first, summary.last, summary.last_segment), (20, 0, 19, 2));
        }
    }

    #[test]
    fn every_changed_byte_is_found() {
        let key = LogKey::new([1; 32]);
        let lines = log(&key, 6);
        let anchor = anchor(&lines);
        for index in 0..lines.len() {
            for byte in 0..lines[index].1.len() {
                let mut changed = lines.clone();
                changed[index].1[byte] ^= 0x20;
                assert!(verify(Some(&key), &changed, Some(&anchor)).is_broken(), "line {index} byte {byte}");
                // the chain and the anchor find it without the key
                assert!(verify(None, &changed, Some(&anchor)).is_broken(), "line {index} byte {byte} without the key");
            }
        }
    }

    #[test]
    fn every_removed_swapped_and_repeated_line_is_found() {
        let key = LogKey::new([1; 32]);
        let lines = log(&key, 40);
        let known = anchor(&lines);
        for index in 0..lines.len() {
            let mut removed = lines.clone();
            removed.remove(index);
            assert!(verify(Some(&key), &removed, Some(&known)).is_broken(), "removed {index}");
            let mut repeated = lines.clone();
            repeated.insert(index, lines[index].clone());
            assert!(verify(Some(&key), &repeated, Some(&known)).is_broken(), "repeated {index}");
            if index > 0 {
                let mut swapped = lines.clone();
                swapped.swap(index - 1, index);
                assert!(verify(Some(&key), &swapped, Some(&known)).is_broken(), "swapped {index}");
            }
        }
    }

    #[test]
    fn only_the_anchor_finds_a_log_that_was_rewritten_with_the_key() {
        let key = LogKey::new([1; 32]);
        let known = anchor(&log(&key, 20));
        // without the last records, and another log altogether
        let shorter = log(&key, 12);
        let rewritten = log(&LogKey::new([2; 32]), 20);
        assert!(!verify(Some(&key), &shorter, None).is_broken(), "a shorter log is a valid log");
        let found = verify(Some(&key), &shorter, Some(&known)).problems;
        assert!(found.iter().any(|problem| problem.kind == ProblemKind::Shortened { anchored: 19 }), "{found:?}");
        let found = verify(None, &rewritten, Some(&known)).problems;
        assert_eq!(found[0].kind, ProblemKind::Replaced { anchored: 19 });
        assert_eq!(verify(Some(&key), &rewritten, Some(&known)).problems[0].kind, ProblemKind::Forged);
        assert_eq!(verify(Some(&key), &[], Some(&known)).problems[0].kind, ProblemKind::Removed);
    }

    /// Continues a log with a record.
    fn appended(key: &LogKey, lines: &mut Vec<(u64, Vec<u8>)>, record: Record) {
        let record = Record {
            time: Some("2026-11-29T10:00:00.000000000Z".to_owned()),
            phase: Some(Phase::Single),
            seq: Some(lines.len() as u64),
            log: Some("log".to_owned()),
            segment: Some(2),
            prev: Some(hash(&lines.last().unwrap().1)),
            ..record
        };
        lines.push((2, key.line(record)));
    }

    #[test]
    fn only_the_holder_of_the_key_can_accept_what_is_wrong() {
        let (key, other) = (LogKey::new([1; 32]), LogKey::new([2; 32]));
        let mut lines = log(&key, 20);
        lines[5].1[40] ^= 1;
        let mut forged = lines.clone();
        appended(&other, &mut forged, Record::new(Event::Accepted));
        assert!(verify(Some(&key), &forged, None).is_broken());
        assert!(verify(None, &forged, None).is_broken(), "without a key nobody is known to have accepted it");
        appended(&key, &mut lines, Record::new(Event::Accepted));
        let summary = verify(Some(&key), &lines, None);
        assert!(!summary.is_broken() && summary.found > 0, "{:?}", summary.problems);
    }

    #[test]
    fn a_removed_start_needs_a_record_that_says_so() {
        let key = LogKey::new([1; 32]);
        let mut lines = log(&key, 20);
        lines.retain(|(segment, _)| *segment == 2);
        assert_eq!(verify(Some(&key), &lines, None).problems[0].kind, ProblemKind::StartMissing);
        let first: Record = serde_json::from_slice::<serde_json::Value>(&lines[0].1)
            .map(|mut value| {
                value.as_object_mut().unwrap().remove("mac");
                serde_json::from_value(value).unwrap()
            })
            .unwrap();
        let record = Record {
            seq: Some(20),
            log: Some("log".to_owned()),
            segment: Some(2),
            prev: Some(hash(&lines.last().unwrap().1)),
            kept: Some(2),
            head: first.prev,
            ..Record::new(Event::Retention)
        };
        lines.push((2, key.line(record)));
        assert_eq!(verify(Some(&key), &lines, None).problems, Vec::new());
    }
}
