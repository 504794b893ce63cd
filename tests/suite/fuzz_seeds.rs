//! The fuzz targets on the seeds of their corpus, and on small changes of them: see docs/fuzzing.md.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "a test that fails shall panic")]

#[path = "../../fuzz/targets/callback.rs"]
mod callback;
#[path = "../../fuzz/targets/challenge.rs"]
mod challenge;
#[path = "../../fuzz/targets/keys.rs"]
mod keys;
#[path = "../../fuzz/targets/lines.rs"]
mod lines;
#[path = "../../fuzz/targets/manifest.rs"]
mod manifest;
#[path = "../../fuzz/targets/metadata.rs"]
mod metadata;
#[path = "../../fuzz/targets/token.rs"]
mod token;
#[path = "../../fuzz/targets/token_response.rs"]
mod token_response;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the grammars here are made of: inserted at random.
const WORDS: [&str; 28] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\u0000",
    ":",
    ",",
    ".",
    "..",
    "~",
    "=",
    "*",
    "\n",
    "\r\n",
    "%",
    "%2e",
    "\u{202e}",
    "e30",
    "eyJhbGciOiJub25lIn0",
    "Bearer ",
    "scope",
    "null",
    "-1e999",
    "18446744073709551616",
    "{x+}",
    "implies = [\"*\"]",
];

type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("callback", callback::check),
    ("challenge", challenge::check),
    ("keys", keys::check),
    ("lines", lines::check),
    ("manifest", manifest::check),
    ("metadata", metadata::check),
    ("token", token::check),
    ("token_response", token_response::check),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// The seeds of a target; what a run added to the corpus is left out.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = folder("corpus").join(target);
    let seeds = names(&folder).into_iter().filter(|name| name.starts_with("seed-"));
    seeds.map(|name| fs::read(folder.join(name)).unwrap()).collect()
}

#[test]
fn every_target_is_built_has_seeds_and_is_tested_here() {
    let tested: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let package = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in &tested {
        assert!(package.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        assert!(!seeds(name).is_empty(), "{name}");
    }
    for place in ["targets", "fuzz_targets", "corpus"] {
        assert_eq!(names(&folder(place)), tested, "{place}");
    }
}

#[test]
fn every_seed_holds_what_its_target_checks() {
    for (name, check) in TARGETS {
        for seed in seeds(name) {
            check(&seed);
        }
    }
}

#[test]
fn seeds_that_are_cut_off_or_changed_hold_it_too() {
    for (name, check) in TARGETS {
        for seed in seeds(name) {
            for at in 0..seed.len() {
                check(&seed[..at]);
                let mut changed = seed.clone();
                // each kind of byte in turn: one of another value, one that ends or opens something, one that is not UTF-8
                changed[at] = match at % 4 {
                    0 => seed[at] ^ 1,
                    1 => b'"',
                    2 => b'\n',
                    _ => 0xff,
                };
                check(&changed);
            }
        }
    }
}

/// A source of random numbers, the same for the same start (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap();
        number % most.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..start + self.below((length - start).min(40) + 1)
    }
}

fn changed(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(6) {
        let range = random.range(input.len());
        match random.below(6) {
            0 if !range.is_empty() => input[range.start] ^= 1 << random.below(8),
            1 => drop(input.drain(range)),
            2 => {
                let again = input[range.clone()].repeat(1 + random.below(20));
                input.splice(range.start..range.start, again).for_each(drop);
            }
            3 => {
                let other = &seeds[random.below(seeds.len())];
                let part = other[random.range(other.len())].to_vec();
                input.splice(range, part).for_each(drop);
            }
            4 => input.splice(range, [u8::try_from(random.below(256)).unwrap()]).for_each(drop),
            _ => input.splice(range.start..range.start, WORDS[random.below(WORDS.len())].bytes()).for_each(drop),
        }
    }
    input.truncate(8192);
    input
}

/// `TOKSCOPE_FUZZ_SECONDS` says how long for each target, and `TOKSCOPE_FUZZ_START` where the random numbers start. An
/// input that is kept for a while, such as one found by a run of the fuzzer, is one of `fuzz/corpus`.
#[test]
#[ignore = "takes a minute for each target"]
fn random_changes_of_seeds_hold_it() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let time = Duration::from_secs(number("TOKSCOPE_FUZZ_SECONDS", 60));
    let start = number("TOKSCOPE_FUZZ_START", 1);
    for (name, check) in TARGETS {
        let mut random = Random(start.max(1));
        let (mut seeds, begun) = (seeds(name), Instant::now());
        let (mut executions, mut slowest) = (0_u64, Duration::ZERO);
        while begun.elapsed() < time {
            let input = changed(&seeds, &mut random);
            let at = Instant::now();
            if let Err(panicked) = std::panic::catch_unwind(|| check(&input)) {
                eprintln!("{name}: {:?}", String::from_utf8_lossy(&input));
                std::panic::resume_unwind(panicked);
            }
            slowest = slowest.max(at.elapsed());
            executions += 1;
            // changes of changes lead further
            if executions.is_multiple_of(50) && seeds.len() < 500 {
                seeds.push(input);
            }
        }
        eprintln!("{name}: {executions} executions, the slowest took {slowest:?}");
    }
}
