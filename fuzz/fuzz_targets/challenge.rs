//! Whatever a server answers: nothing panics, and a challenge holds no more than was sent.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tokscope::diagnosis::{Answer, Case, Sent, diagnose, parse_challenges, read_captures};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let challenges = parse_challenges([text.as_ref()]);
    for challenge in &challenges {
        let _ = challenge.claims();
        let parameters: usize = challenge.parameters.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(challenge.scheme.len() + parameters <= text.len());
    }
    let headers = [("WWW-Authenticate".to_owned(), text.clone().into_owned()), ("X-Scopes".to_owned(), text.into_owned())];
    let case = |headers, body| Case {
        answer: Answer { status: 403, headers, body },
        api: None,
        endpoint: None,
        sent: Sent::Unknown,
        now: Timestamp::UNIX_EPOCH,
    };
    let _ = diagnose(&case(&headers, bytes));
    for capture in read_captures(bytes, None).unwrap_or_default() {
        let _ = diagnose(&case(&capture.headers, &capture.body));
    }
});
