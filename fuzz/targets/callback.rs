//! Whatever comes back from the browser: nothing panics, and there is no code without the state of the request.

use tokscope::manifest::Issuer;
use tokscope::oauth::{Metadata, authorization_code};
use tokscope::secret::Secret;

pub(crate) fn check(bytes: &[u8]) {
    let query = String::from_utf8_lossy(bytes);
    let issuer = Issuer::parse("https://login.example.com").expect("an issuer");
    for supported in [false, true] {
        let document = format!(
            r#"{{"issuer":"https://login.example.com","authorization_response_iss_parameter_supported":{supported}}}"#
        );
        let metadata = Metadata::parse(document.as_bytes(), &issuer).expect("the metadata is right");
        if let Ok(code) = authorization_code(&metadata, &query, &Secret::new("state")) {
            assert!(query.contains("state") || query.contains('%'));
            // what is decoded is never longer than what was sent, but for what is not UTF-8
            assert!(code.expose().len() <= 3 * query.len());
        }
        assert!(authorization_code(&metadata, &query, &Secret::new("a state that the corpus has not")).is_err());
    }
}
