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
fn every_subject_is_reported_once_whatever_comes() {
    let told = |token: &str| -> Vec<&str> {
        let verification = verifier(Expected::default()).verify(token, now());
        verification.signatures.iter().flat_map(|one| &one.checks).map(|check| check.subject.as_str()).collect()
    };
    let all = ["form", "alg", "key", "signature", "crit", "typ", "claims", "iss", "aud", "exp", "nbf", "iat"];
    for text in ["", "a.b.c", "..", "{", "{}", &token(r#"{"alg":"none"}"#, "{}"), &token(r#"{"alg":"HS256"}"#, "[]")] {
        assert_eq!(told(text), all, "{text}");
    }
}

/// `protected`, `payload` and the signature by [`SECRET`], as members.
fn member(protected: &str, payload: &str, more: &str) -> String {
    let protected = URL_SAFE_NO_PAD.encode(protected);
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, format!("{protected}.{payload}").as_bytes()));
    format!(r#""protected":"{protected}","signature":"{tag}"{more}"#)
}

#[test]
fn json_serializations_are_verified_signature_by_signature() {
    let claims = URL_SAFE_NO_PAD.encode(r#"{"iss":"i"}"#);
    let good = member(r#"{"alg":"HS256"}"#, &claims, "");
    let bad = member(r#"{"alg":"HS256"}"#, "e30", "");
    let unknown = member(r#"{"alg":"XX9"}"#, &claims, "");
    let bare = member("", &claims, r#","header":{"alg":"HS256"}"#);
    let general = |members: &[&str]| {
        let list: Vec<String> = members.iter().map(|one| format!("{{{one}}}")).collect();
        format!(r#"{{"payload":"{claims}","signatures":[{}]}}"#, list.join(","))
    };
    let flat = |member: &str| format!(r#"{{"payload":"{claims}",{member}}}"#);
    for (token, status, reason) in [
        (flat(&good), Status::Verified, ""),
        (flat(&bad), Status::Failed, "signature: "),
        (flat(&bare), Status::Verified, ""),
        (general(&[&good]), Status::Verified, ""),
        (general(&[&good, &good]), Status::Verified, ""),
        (general(&[&good, &bad]), Status::Failed, "signature 2 of 2: signature: it was not made by this key"),
        (general(&[&unknown, &good, &bad]), Status::Failed, "signature 3 of 3: signature: "),
        (general(&[&good, &unknown]), Status::NotChecked, "signature 2 of 2: alg: `XX9` is no"),
        (general(&[]), Status::Failed, "form: `signatures` is empty"),
        (general(&vec![good.as_str(); 17]), Status::Failed, "form: the token has more than 16 signatures"),
        (flat(&format!(r#"{good},"payload":"{claims}""#)), Status::Failed, "form: a member of the token occurs twice"),
        (
            flat(&format!(r#"{good},"signatures":[{{{good}}}]"#)),
            Status::Failed,
            "form: the token has both `signature` and",
        ),
        (
            flat(&format!(r#"{good},"header":{{"alg":"none"}}"#)),
            Status::Failed,
            "form: a parameter occurs in both headers",
        ),
        (flat(&format!(r#"{good},"header":{{"x":1,"x":2}}"#)), Status::Failed, "form: the unprotected header"),
        (
            flat(&format!(r#"{good},"header":{{"crit":["b64"],"b64":false}}"#)),
            Status::Failed,
            "form: the signature does",
        ),
        (
            flat(&format!(r#"{good},"header":{{"typ":"at+jwt"}}"#)),
            Status::Failed,
            "form: the signature does not cover `typ`",
        ),
        (flat(&format!(r#"{good},"header":{{"kid":"1","x5t":"a"}}"#)), Status::Verified, ""),
        (flat(r#""protected":7,"signature":"""#), Status::Failed, "form: `protected` is not a string"),
        (flat(r#""protected":"e30""#), Status::Failed, "form: `signature` is missing"),
        (flat(r#""signature":"AA""#), Status::Failed, "form: the header is not a JSON object"),
    ] {
        let verdict = verifier(Expected::default()).verify(&token, now());
        assert_eq!(verdict.status(), status, "{token}: {:?}", verdict.reason());
        assert!(verdict.reason().unwrap_or_default().starts_with(reason), "{token}: {:?}", verdict.reason());
        assert!(status == Status::Verified || verdict.signatures.iter().all(|one| one.checks.len() == 12));
    }
}

#[test]
fn a_payload_that_is_not_encoded_or_is_kept_elsewhere() {
    let sign = |header: &str, payload: &str| {
        let message = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(header));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes());
        (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(tag))
    };
    let raw = r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#;
    let (header, tag) = sign(raw, "$02");
    let (plain, plain_tag) = sign(r#"{"alg":"HS256"}"#, &URL_SAFE_NO_PAD.encode("$.02"));
    let (dots, dots_tag) = sign(raw, "$.02");
    let (undemanded, undemanded_tag) = sign(r#"{"alg":"HS256","b64":false}"#, "$02");
    let (demanded, demanded_tag) = sign(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#, "JDAy");
    let (odd, odd_tag) = sign(r#"{"alg":"HS256","b64":"false","crit":["b64"]}"#, "JDAy");
    let (empty, empty_tag) = sign(r#"{"alg":"HS256"}"#, "");
    for (token, detached, fine, reason) in [
        (format!("{header}.$02.{tag}"), None, true, ""),
        (format!("{header}..{tag}"), Some("$02"), true, ""),
        (format!("{header}..{tag}"), Some("$03"), false, "signature: it was not made by this key"),
        (format!("{header}..{tag}"), None, false, "signature: it was not made by this key, or the payload is detached"),
        (format!("{header}.$02.{tag}"), Some("$02"), false, "form: the token has a payload, and another"),
        (format!("{dots}..{dots_tag}"), Some("$.02"), true, ""),
        (format!("{dots}.$.02.{dots_tag}"), None, false, "form: a signed token has three parts"),
        (format!(r#"{{"payload":"$.02","protected":"{dots}","signature":"{dots_tag}"}}"#), None, true, ""),
        (format!(r#"{{"protected":"{dots}","signature":"{dots_tag}"}}"#), Some("$.02"), true, ""),
        (format!("{plain}..{plain_tag}"), Some("$.02"), true, ""),
        (format!("{undemanded}.$02.{undemanded_tag}"), None, false, "crit: `b64` is false, and `crit` does not"),
        (format!("{demanded}.JDAy.{demanded_tag}"), None, false, "claims: the payload is not a JSON claims set"),
        (format!("{odd}.JDAy.{odd_tag}"), None, false, "crit: [\"b64\"] is required and not supported"),
        (format!("{empty}..{empty_tag}"), None, false, "claims: the payload is not a JSON claims set"),
        (format!("{empty}..{empty_tag}"), Some(""), true, ""),
    ] {
        let verifier = verifier(Expected::default());
        let facts = Facts::read(&token, detached.map(str::as_bytes));
        let verdict = Verdict {
            signatures: facts.iter().map(|facts| verifier.check(facts, Wording::All, now())).collect(),
            key_binding: None,
        };
        assert_eq!(verdict.status() == Status::Verified, fine, "{token}: {:?}", verdict.reason());
        assert!(verdict.reason().unwrap_or_default().starts_with(reason), "{token}: {:?}", verdict.reason());
    }
    let mixed = format!(
        r#"{{"payload":"JDAy","signatures":[{{"protected":"{demanded}","signature":"{demanded_tag}"}},{{"protected":"{header}","signature":"{tag}"}}]}}"#
    );
    let verdict = verifier(Expected::default()).verify(&mixed, now());
    assert!(verdict.reason().is_some_and(|reason| reason.contains("differ in whether the payload is encoded")));
}

/// A token whose payload is these bytes.
fn signed(header: &str, payload: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

#[test]
fn a_payload_that_is_not_a_json_object_is_not_verified_unless_the_token_is_not_a_jwt() {
    let utf16: Vec<u8> = r#"{"sub":"a"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let payloads: [(&[u8], &str); 9] = [
        (b"\xef\xbb\xbf{\"sub\":\"a\"}", "it begins with a byte order mark"),
        (&utf16, "it is not JSON"),
        (b"{\"sub\":\"\xff\"}", "it is not UTF-8"),
        (b"{\"sub\":\"a\"} x", "it is not JSON"),
        (b"[]", "it is JSON, but not an object"),
        (b"\"text\"", "it is JSON, but not an object"),
        (b"text", "it is not JSON"),
        (b"{\"sub\":", "it is not JSON"),
        (b"", "it is empty"),
    ];
    for (payload, why) in payloads {
        for header in
            ["", r#","typ":"JWT""#, r#","typ":"application/AT+jwt""#, r#","typ":"""#, r#","cty":"text/plain""#]
        {
            let token = signed(&format!(r#"{{"alg":"HS256"{header}}}"#), payload);
            let verdict = verifier(Expected::default()).verify(&token, now());
            assert_eq!(verdict.status(), Status::Failed, "{payload:?} {header}");
            let reason = verdict.reason().unwrap();
            let said = format!("claims: the payload is not a JSON claims set (RFC 7519 §7.2): {why}");
            assert!(reason.starts_with(&said), "{reason}");
            let signature = verdict.signatures[0].checks.iter().find(|check| check.subject == Subject::Signature);
            assert_eq!(signature.unwrap().outcome, CheckResult::Ok);
            let any = Expected { any_payload: true, ..Expected::default() };
            assert_eq!(verifier(any).verify(&token, now()).status(), Status::Verified);
        }
        let token = signed(r#"{"alg":"HS256","typ":"JOSE"}"#, payload);
        assert_eq!(verifier(Expected::default()).verify(&token, now()).status(), Status::Verified, "{payload:?}");
    }
}

#[test]
fn a_signed_token_around_an_encrypted_one_is_not_verified() {
    let jwe = format!("{}.AAAA.AAAA.AAAA.AAAA", URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#));
    let inner = token(r#"{"alg":"HS256"}"#, "{}");
    let text = token(r#"{"alg":"HS256"}"#, "[]");
    for (inside, status) in [(jwe, Status::Failed), (inner, Status::Verified), (text, Status::Failed)] {
        let outer = token(r#"{"alg":"HS256","cty":"JWT"}"#, &inside);
        let decoded = crate::token::decode(&outer, now());
        let verdict = verifier(Expected::default()).verify_decoded(&decoded, &outer, now());
        assert_eq!(verdict.status(), status, "{inside}: {:?}", verdict.reason());
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

#[test]
fn key_binding_is_verified_with_the_key_of_the_holder() {
    use aws_lc_rs::digest;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

    let holder = Ed25519KeyPair::generate().unwrap();
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(holder.public_key()));
    let disclosure = URL_SAFE_NO_PAD.encode(r#"["salt","name","Ada"]"#);
    let digest = |text: &str| URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    let issued = |jwk: &str| {
        let claims = format!(r#"{{"_sd":["{}"],"cnf":{{"jwk":{jwk}}}}}"#, digest(&disclosure));
        format!("{}~{disclosure}~", token(r#"{"alg":"HS256"}"#, &claims))
    };
    let bound = |presentation: &str, typ: &str, hash: &str| {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"Ed25519","typ":"{typ}"}}"#));
        let claims = format!(r#"{{"iat":1,"aud":"v","nonce":"n","sd_hash":"{hash}"}}"#);
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(holder.sign(message.as_bytes()).as_ref());
        format!("{presentation}{message}.{signature}")
    };
    let verified = |text: &str| {
        let decoded = crate::token::decode(text, now());
        let verdict = verifier(Expected::default()).verify_decoded(&decoded, text, now());
        let binding = verdict.key_binding.as_ref().map(Verification::status);
        (verdict.status(), binding, verdict.reason().unwrap_or_default())
    };
    let presentation = issued(&jwk);
    let hash = digest(&presentation);
    let good = bound(&presentation, "kb+jwt", &hash);
    assert_eq!(verified(&good), (Status::Verified, Some(Status::Verified), String::new()));
    assert_eq!(verified(&presentation).1, None);
    for (text, reason) in [
        // another set of disclosures
        (good.replacen(&format!("~{disclosure}~"), "~", 1), "key binding: sd_hash: the holder signed another set"),
        (bound(&presentation, "kb+jwt", "x"), "key binding: sd_hash:"),
        (bound(&presentation, "JWT", &hash), "key binding: typ:"),
        (format!("{good}AAAA"), "key binding: "),
        (bound(&issued(r#"{"kty":"oct","k":"AAAA"}"#), "kb+jwt", &hash), "key binding: key: the holder's key"),
    ] {
        let (status, binding, told) = verified(&text);
        assert_eq!((status, binding), (Status::Failed, Some(Status::Failed)), "{text}");
        assert!(told.starts_with(reason), "{told}");
    }
    let unbound = bound(&issued("1").replace("cnf", "x"), "kb+jwt", &hash);
    assert_eq!(verified(&unbound).1, Some(Status::Failed));
    let members = format!(
        r#"{{"payload":"{}","protected":"{}","signature":"{}","header":{{"disclosures":["{disclosure}"],"kb_jwt":"{}"}}}}"#,
        presentation.split(['.', '~']).nth(1).unwrap(),
        presentation.split(['.', '~']).next().unwrap(),
        presentation.split(['.', '~']).nth(2).unwrap(),
        good.rsplit('~').next().unwrap()
    );
    assert_eq!(verified(&members), (Status::Verified, Some(Status::Verified), String::new()));
}

#[test]
fn habits_of_providers_are_explained() {
    let cognito = |client: &str| {
        token(
            r#"{"alg":"HS256"}"#,
            &format!(
                r#"{{"iss":"https://cognito-idp.eu-west-1.amazonaws.com/p","token_use":"access","client_id":"{client}"}}"#
            ),
        )
    };
    let expected = || Expected { audiences: vec!["app".to_owned()], ..Expected::default() };
    assert_eq!(verifier(expected()).verify(&cognito("app"), now()).status(), Status::Verified);
    let refused = verifier(expected()).verify(&cognito("other"), now());
    assert!(refused.reason().unwrap().contains("`client_id` is `other`, not `app`"), "{:?}", refused.reason());
    // nobody else's `client_id` stands for an audience
    let other = token(r#"{"alg":"HS256"}"#, r#"{"iss":"https://i","token_use":"access","client_id":"app"}"#);
    assert_eq!(verifier(expected()).verify(&other, now()).status(), Status::Failed);
    let claims = r#"{"iss":"https://sts.windows.net/11111111-2222-3333-4444-555555555555/"}"#;
    let graph = token(r#"{"alg":"HS256","nonce":"n"}"#, claims);
    let refused = verifier(Expected::default()).verify(&format!("{graph}AAAA"), now());
    assert!(refused.reason().unwrap().contains("`nonce`"), "{:?}", refused.reason());
}
