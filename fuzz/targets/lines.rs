//! Whatever stands in several lines: each is answered by one JSON object, and by the same as if it stood alone.

use std::sync::LazyLock;

use jiff::Timestamp;
use tokscope::secret::Secret;
use tokscope::token::Json;
use tokscope::token::key::{Key, KeySet};
use tokscope::token::lines::{Lines, Options, Verify};
use tokscope::token::scan::Scanner;
use tokscope::token::verify::{Expected, Facts, Verifier, Wording};

/// Preparing it takes longer than a scan.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

fn answer(lines: &mut Lines<'_>, line: &[u8]) -> String {
    let mut out = Vec::new();
    lines.write(1, line, Timestamp::UNIX_EPOCH, &mut out);
    String::from_utf8(out).expect("UTF-8")
}

pub(crate) fn check(bytes: &[u8]) {
    let key = Key::secret(&Secret::new("0123456789abcdef0123456789abcdef")).expect("a secret");
    let verifier = Verifier { keys: KeySet::given(key, "the target"), expected: Expected::default() };
    let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
    for verify in [None, Some(&check as Verify<'_>)] {
        for findings in [false, true] {
            let options = Options { verify, findings, ..Options::default() };
            let mut one = Lines::new(options);
            for line in bytes.split(|byte| *byte == b'\n') {
                let said = answer(&mut one, line);
                assert_eq!(said, answer(&mut Lines::new(options), line));
                assert!(said.ends_with('\n') && said.matches('\n').count() == 1);
                assert!(Json::parse(&said).is_ok());
                assert!(!said.chars().any(|character| character != '\n' && tokscope::text::is_deceptive(character)));
            }
        }
    }
    // the tokens of a line do not depend on the lines around it
    let alone: usize = bytes.split(|byte| *byte == b'\n').map(|line| SCANNER.scan(line).len()).sum();
    assert_eq!(SCANNER.scan(bytes).len(), alone);
}
