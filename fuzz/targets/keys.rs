//! Whatever a key file or a server of keys holds: nothing panics, and nothing is verified by it.

use jiff::Timestamp;
use tokscope::token::key::KeySet;
use tokscope::token::verify::{Expected, Status, Verifier};

/// `{"alg":"RS256","kid":"k"}`, `{}` and a signature that no key made.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.e30.AAAAAAAAAAAAAAAAAAAAAA";

pub(crate) fn check(bytes: &[u8]) {
    if let Ok(keys) = KeySet::parse(bytes, "the target") {
        let verifier = Verifier { keys, expected: Expected::default() };
        assert_ne!(verifier.verify(TOKEN, Timestamp::UNIX_EPOCH).status(), Status::Verified);
    }
}
