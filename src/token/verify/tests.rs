use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::*;
use crate::secret::Secret;
use crate::token::key::Key;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn token(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn verifier(expected: Expected) -> Verifier {
    let key = Key::secret(&Secret::new(SECRET)).unwrap();
    Verifier { keys: KeySet::given(key, "the test"), expected }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_763_926_800).unwrap()
}

#[test]
fn times_at_their_edges() {
    for (claims, leeway, status) in [
        (r#"{"exp":1763926800}"#, 0, Status::Failed),
        (r#"{"exp":1763926801}"#, 0, Status::Verified),
        (r#"{"exp":1763926790}"#, 10, Status::Failed),
        (r#"{"exp":1763926791}"#, 10, Status::Verified),
        (r#"{"nbf":1763926800}"#, 0, Status::Verified),
        (r#"{"nbf":1763926800.5}"#, 0, Status::Failed),
        (r#"{"nbf":1763926810}"#, 10, Status::Verified),
        (r#"{"nbf":1763926811}"#, 10, Status::Failed),
        (r#"{"iat":1763926800}"#, 0, Status::Verified),
        (r#"{"iat":1763926801}"#, 0, Status::Failed),
        (r#"{"exp":1e300}"#, u32::MAX, Status::Verified),
        (r#"{"exp":-1e300}"#, u32::MAX, Status::Failed),
        (r#"{"nbf":99999999999999999999}"#, u32::MAX, Status::Failed),
    ] {
        let verification =
            verifier(Expected { leeway, ..Expected::default() }).verify(&token(r#"{"alg":"HS256"}"#, claims), now());
        assert_eq!(verification.status(), status, "{claims} {leeway}: {:?}", verification.reason());
    }
}

#[test]
fn a_part_after_the_signature_is_only_that_of_an_sd_jwt() {
    let good = token(r#"{"alg":"HS256"}"#, "{}");
    let verifier = verifier(Expected::default());
    assert_eq!(verifier.verify(&format!("{good}~WyJhIl0~"), now()).status(), Status::Verified);
    for other in [format!("{good}."), format!("{good} "), format!(" {good}"), format!("{good}="), String::new()] {
        assert_eq!(verifier.verify(&other, now()).status(), Status::Failed, "{other}");
    }
}

#[test]
fn every_subject_is_told_once_whatever_comes() {
    let told = |token: &str| -> Vec<&str> {
        let verification = verifier(Expected::default()).verify(token, now());
        verification.checks.iter().map(|check| check.subject.as_str()).collect()
    };
    let all = ["form", "alg", "key", "signature", "crit", "typ", "iss", "aud", "exp", "nbf", "iat"];
    for text in ["", "a.b.c", "..", &token(r#"{"alg":"none"}"#, "{}"), &token(r#"{"alg":"HS256"}"#, "[]")] {
        assert_eq!(told(text), all, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_or_is_verified(text in "\\PC{0,60}") {
        prop_assert_ne!(verifier(Expected::default()).verify(&text, now()).status(), Status::Verified);
    }

    #[test]
    fn no_changed_character_is_verified(position in 0usize..200, character in "[A-Za-z0-9_=. -]") {
        let good = token(r#"{"alg":"HS256","kid":"k"}"#, r#"{"sub":"alice","exp":1763930000}"#);
        let position = position % good.len();
        let mut changed = good.clone();
        changed.replace_range(position..=position, &character);
        let verified = verifier(Expected::default()).verify(&changed, now()).status() == Status::Verified;
        prop_assert_eq!(verified, changed == good, "{}", changed);
    }
}
