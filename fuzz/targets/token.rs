//! Whatever is pasted, piped or found in a line: nothing panics, and what is printed is one line of JSON.

use jiff::Timestamp;
use tokscope::secret::Secret;
use tokscope::token::key::{Key, KeySet};
use tokscope::token::lines::{Lines, Options, Verify};
use tokscope::token::verify::{Expected, Facts, Status, Verifier, Wording};
use tokscope::token::{Json, decode, detect, explain_claims, explain_header, granted, summarize};

pub(crate) fn check(bytes: &[u8]) {
    let now = Timestamp::UNIX_EPOCH;
    let text = String::from_utf8_lossy(bytes);
    if let Ok(input) = detect(&text) {
        let decoded = decode(input.token.expose(), now);
        let _ = summarize(&decoded, now);
        let _ = decoded.header.as_ref().map(explain_header);
        if let Some(claims) = decoded.claims() {
            let _ = (explain_claims(&decoded, now), granted(claims));
            assert!(Json::parse(&claims.to_string()).is_ok());
        }
    }
    let key = Key::secret(&Secret::new("a secret of the fuzz target, long enough")).expect("a secret");
    let verifier = Verifier { keys: KeySet::given(key, "the target"), expected: Expected::default() };
    assert_ne!(verifier.verify(&text, now).status(), Status::Verified);
    let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
    for (verify, findings) in [(None, false), (None, true), (Some(&check as Verify<'_>), false)] {
        let mut out = Vec::new();
        Lines::new(Options { verify, findings, ..Options::default() }).write(1, bytes, now, &mut out);
        let line = std::str::from_utf8(&out).expect("UTF-8");
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1);
        assert!(Json::parse(line).is_ok());
        assert!(!line.chars().any(|character| character != '\n' && tokscope::text::is_deceptive(character)));
    }
}
