//! Whatever a server answers: nothing panics, and a challenge holds no more than was sent.

use std::sync::LazyLock;

use jiff::Timestamp;
use tokscope::diagnosis::{Case, Request, Response, Sent, diagnose, parse_challenges, read_captures};
use tokscope::manifest::{Manifest, parse};

/// With a rule and a scope of its own, which are asked first.
static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    let source = "[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\nread = {}\n[api.a.endpoints]\n\"GET /\" = \"read\"\n\
                  [api.a.errors.own]\nmatch = { text = \"*needs {needed} and has {granted}\" }\ncause = \"scope\"\n";
    parse(source).manifest.expect("the manifest is right")
});

fn case<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Case<'a> {
    let api = MANIFEST.api("a");
    Case {
        response: Response { status: 403, headers, body },
        api,
        endpoint: api.and_then(|api| api.endpoints.first()),
        request: Request::default(),
        sent: Sent::Unknown,
        now: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let challenges = parse_challenges([text.as_ref()]);
    for challenge in &challenges {
        let _ = challenge.claims();
        let parameters: usize = challenge.parameters.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(challenge.scheme.len() + parameters <= text.len());
    }
    let headers =
        [("WWW-Authenticate".to_owned(), text.clone().into_owned()), ("X-Scopes".to_owned(), text.into_owned())];
    let _ = diagnose(&case(&headers, bytes));
    for capture in read_captures(bytes, None).unwrap_or_default() {
        let _ = diagnose(&case(&capture.headers, &capture.body));
    }
}
