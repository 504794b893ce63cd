//! Whatever a token endpoint sends: nothing panics, and what is taken for a token can be sent in a header.

use tokscope::oauth::{OAuthError, TokenSet};

pub(crate) fn check(bytes: &[u8]) {
    // the first two bytes choose the status and the label, the rest is the body
    let [status, label, body @ ..] = bytes else { return };
    let status = [200_u16, 201, 302, 400, 401, 429, 500][usize::from(*status) % 7];
    let label = ["application/json", "application/x-www-form-urlencoded", "text/html"][usize::from(*label) % 3];
    let status = status.try_into().expect("a status");
    match TokenSet::parse(status, label.parse().expect("a label"), body) {
        Ok(set) => {
            let token = set.access_token.expose();
            assert!(!token.is_empty() && token.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            assert!(status.is_success());
        }
        Err(OAuthError::Refused { error, description }) => {
            assert!(error.chars().count() <= 100 && description.is_none_or(|text| text.chars().count() <= 500));
        }
        Err(_) => {}
    }
}
