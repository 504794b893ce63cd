use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use proptest::prelude::*;

use super::*;
use crate::secret::Secret;
use crate::token::key::{Key, KeySet};
use crate::token::verify::{Expected, Verifier, Wording};

const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;

fn token(header: &str, claims: &str) -> String {
    format!("{}.{}.c2ln", BASE64.encode(header), BASE64.encode(claims))
}

fn line(lines: &mut Lines<'_>, text: &str) -> (bool, String) {
    let mut out = Vec::new();
    let written = lines.write(7, text.as_bytes(), Timestamp::UNIX_EPOCH, &mut out);
    (written.fine, String::from_utf8(out).unwrap())
}

/// By the slow way alone.
fn slowly(text: &str, verify: Option<Verify<'_>>) -> (bool, String) {
    let mut out = b"{\"schema\":\"tokscope.decode/v1\",\"line\":7".to_vec();
    let written =
        slow::write(text.as_bytes(), Options { verify, ..Options::default() }, Timestamp::UNIX_EPOCH, &mut out);
    out.extend_from_slice(b"}\n");
    (written.fine, String::from_utf8(out).unwrap())
}

fn is_plain(text: &str) -> bool {
    Lines::default().plain(text.as_bytes(), Timestamp::UNIX_EPOCH, &mut Vec::new()).is_some()
}

#[test]
fn a_plain_token_keeps_its_order_and_its_numbers() {
    let text = token(HEADER, r#"{"z":123456789012345678901234567890,"a":1.10,"z":"again","scope":"b a b"}"#);
    assert!(is_plain(&text));
    let (fine, said) = line(&mut Lines::default(), &text);
    let expected = concat!(
        r#"{"schema":"tokscope.decode/v1","line":7,"kind":"jws","whole":true,"header":{"alg":"RS256","kid":"k"},"#,
        r#""claims":{"z":123456789012345678901234567890,"a":1.10,"z":"again","scope":"b a b"},"payload":null,"#,
        r#""scopes":["b","a"],"verification":{"status":"not-checked","checks":[]}}"#,
        "\n"
    );
    assert_eq!((fine, said.as_str()), (true, expected));
}

#[test]
fn a_bad_line_is_an_error_and_no_end() {
    let mut lines = Lines::default();
    for (text, fine, member) in [
        ("", false, r#""error":"the input is empty"#),
        ("there is no token here", false, r#""error":"no token was found"#),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJh.c2ln", false, r#""error":"the token was cut off within its payload""#),
        (&token(HEADER, "{\"a\":\"\u{202e}\"}"), true, r#""claims":{"a":"\u202e"}"#),
        (&token(HEADER, "hello"), true, r#""payload":"hello""#),
        (&format!("Authorization: Bearer {}", token(HEADER, "{}")), true, r#""claims":{}"#),
        (&format!("  {}\r", token(HEADER, "{}")), true, r#""claims":{}"#),
        ("an-opaque-token", true, r#""kind":"opaque""#),
        (&"a".repeat(super::super::MOST_BYTES + 1), false, "more than 1048576 bytes"),
    ] {
        let (seen, said) = line(&mut lines, text);
        assert!(seen == fine && said.contains(member) && said.ends_with("}\n"), "{said}");
        assert_eq!(said.matches('\n').count(), 1);
        assert!(Json::parse(&said).is_ok(), "{said}");
    }
}

/// Values of claims as they occur, and as they do not.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""a b""#.to_owned()),
        Just(r#"["a","b c","a"]"#.to_owned()),
        Just(r#"{"roles":["r"]}"#.to_owned()),
        Just(r#"{"app":{"roles":["q",1]}}"#.to_owned()),
        Just(r#""ü \n \" x""#.to_owned()),
        Just(r#""\u0061""#.to_owned()),
        Just("\"\u{200b}\"".to_owned()),
        Just("[ 1 , 2 ]".to_owned()),
        Just("[\n]".to_owned()),
        "-?[0-9]{1,12}",
        "[0-9]{1,4}\\.[0-9]{1,4}",
        Just("null".to_owned()),
        Just("{".to_owned()),
    ]
}

proptest! {
    #[test]
    fn the_fast_way_and_the_slow_way_say_the_same(
        names in proptest::collection::vec("scope|scp|roles|realm_access|resource_access|exp|nbf|iat|aud|iss|sub|x", 0..6),
        values in proptest::collection::vec(value(), 6),
        header in "(\\{\"alg\":\"HS256\"\\}|\\{ \"alg\":\"HS256\",\"kid\":\"k\",\"x\":1\\} |\\{\"alg\":\"HS256\",\"kid\":1,\"kid\":2\\}|\\{\\}|\\{\"alg\":\"none\"\\})",
        signed in any::<bool>(),
    ) {
        let members: Vec<String> = names.iter().zip(&values).map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let claims = format!("{{{}}}", members.join(","));
        let secret = "0123456789abcdef0123456789abcdef";
        let mut text = token(&header, &claims);
        if signed {
            let message = text.trim_end_matches(".c2ln").to_owned();
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
            text = format!("{message}.{}", BASE64.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes())));
        }
        let keys = KeySet::given(Key::secret(&Secret::new(secret)).unwrap(), "the test");
        let verifier = Verifier { keys, expected: Expected::default() };
        let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
        for verify in [None, Some(&check as Verify<'_>)] {
            let (fine, fast) = line(&mut Lines::new(Options { verify, ..Options::default() }), &text);
            let (expected, slow) = slowly(&text, verify);
            prop_assert_eq!(fine, expected, "{} {}", &fast, &slow);
            // the source text is kept: only white space and escapes may differ
            prop_assert_eq!(Json::parse(&fast).unwrap(), Json::parse(&slow).unwrap());
        }
    }

    #[test]
    fn no_line_panics_and_every_one_is_json(text in "\\PC{0,80}") {
        let (_, said) = line(&mut Lines::default(), &text);
        prop_assert!(Json::parse(&said).is_ok(), "{}", said);
    }
}
