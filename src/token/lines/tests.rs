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

/// Decodes a line like a single token.
fn slowly(text: &str, options: Options<'_>) -> (Written, String) {
    let mut out = b"{\"schema\":\"tokscope.decode/v1\",\"line\":7".to_vec();
    let written = slow::write(text.as_bytes(), options, Timestamp::UNIX_EPOCH, &mut out);
    out.extend_from_slice(b"}\n");
    (written, String::from_utf8(out).unwrap())
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
fn findings_of_plain_tokens_equal_those_of_a_single_token() {
    let options = Options { findings: true, ..Options::default() };
    let claims = BASE64.encode(r#"{"sub":"abc"}"#);
    // `Q` ends the last byte, and `R` has an unused bit that is not zero
    let start = claims.strip_suffix("fQ").unwrap();
    for (text, plain) in [
        (token(HEADER, r#"{"iss":"http://login.example.com","scope":"a:* admin a:*","exp":1,"email":"a"}"#), true),
        (
            token(r#"{"alg":"none","kid":"../a"}"#, r#"{"access_token":"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"}"#),
            true,
        ),
        (token(r#"{"alg":"HS256","typ":"dpop+jwt"}"#, r#"{"iat":1760104536250,"aud":"*"}"#), true),
        (format!("{}.{start}fR.c2ln", BASE64.encode(HEADER)), false),
        (format!("{}.{start}f-.c2ln", BASE64.encode(HEADER)), false),
        (format!("{}.{claims}.c2lnbQ==", BASE64.encode(HEADER)), false),
        (format!("{}.{claims}.c2lnbR", BASE64.encode(HEADER)), false),
    ] {
        let mut out = Vec::new();
        let is_plain = Lines::new(options).plain(text.as_bytes(), Timestamp::UNIX_EPOCH, &mut out).is_some();
        assert_eq!(is_plain, plain, "{text}");
        let (_, fast) = line(&mut Lines::new(options), &text);
        assert_eq!(fast, slowly(&text, options).1);
        let single = crate::token::decode(&text, Timestamp::UNIX_EPOCH);
        assert!(single.all_findings().all(|finding| fast.contains(finding.code.name)), "{fast}");
        assert!(!single.findings.is_empty(), "{text}");
    }
}

#[test]
fn a_bad_line_is_an_error_and_no_end() {
    let mut lines = Lines::default();
    for (text, fine, member) in [
        ("", false, r#""error":"the input is empty"#),
        ("there is no token here", false, r#""error":"no token was found"#),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJh.c2ln", false, r#""error":"the token is truncated within its payload""#),
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
        Just(r#"["orders:*","admin","orders:*"]"#.to_owned()),
        Just(r#""https://dev-1.okta.com/oauth2/default""#.to_owned()),
        Just(r#""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""#.to_owned()),
        Just(r#"{"a":1,"b":{"c":1,"c":2},"a":2}"#.to_owned()),
        Just("1760104536250".to_owned()),
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
        names in proptest::collection::vec("scope|scp|roles|realm_access|resource_access|exp|nbf|iat|aud|iss|sub|nonce|email|token_use|password|x", 0..6),
        values in proptest::collection::vec(value(), 6),
        header in "(\\{\"alg\":\"HS256\"\\}|\\{ \"alg\":\"HS256\",\"kid\":\"k\",\"x\":1\\} |\\{\"alg\":\"HS256\",\"kid\":1,\"kid\":2\\}|\\{\\}|\\{\"alg\":\"none\"\\}|\\{\"alg\":\"HS256\",\"typ\":\"(JWT|at\\+jwt|logout.jwt|Application/dpop.jwt)\"\\})",
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
        for (verify, findings) in [(None, false), (None, true), (Some(&check as Verify<'_>), false), (Some(&check), true)] {
            let options = Options { verify, findings, ..Options::default() };
            let mut out = Vec::new();
            let written = Lines::new(options).write(7, text.as_bytes(), Timestamp::UNIX_EPOCH, &mut out);
            let fast = String::from_utf8(out).unwrap();
            let (expected, slow) = slowly(&text, options);
            prop_assert_eq!(written, expected, "{} {}", &fast, &slow);
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

/// A verifier for tokens that [`signed`] makes.
fn verifier() -> Verifier {
    let key = Key::secret(&Secret::new(SECRET)).unwrap();
    Verifier { keys: KeySet::given(key, "the test"), expected: Expected::default() }
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn signed(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("{message}.{}", BASE64.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes())))
}

#[test]
fn a_refused_header_is_never_printed_for_the_next_line() {
    let refused = r#"{"alg":"RS256"},"claims":{"sub":"somebody-else"}}"#;
    let empty = format!(".{}.c2ln", BASE64.encode(r#"{"sub":"a"}"#));
    for first in [refused, "{\"alg\":\"RS256\"}\n", r#"{"alg":"RS256","enc":"x"}"#, r#"{"kid":"k"}"#, "\u{7}"] {
        let mut lines = Lines::default();
        line(&mut lines, &token(first, r#"{"sub":"a"}"#));
        let (_, said) = line(&mut lines, &empty);
        assert_eq!(said, line(&mut Lines::default(), &empty).1, "{first}");
        assert!(!said.contains("somebody-else") && said.matches('\n').count() == 1, "{said}");
    }
}

#[test]
fn only_a_line_that_is_exactly_a_token_is_verified() {
    let verifier = verifier();
    let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
    let options = Options { verify: Some(&check), ..Options::default() };
    let good = signed(r#"{"alg":"HS256"}"#, r#"{"sub":"a"}"#);
    let (head, tail) = good.split_at(20);
    for text in [good.clone(), format!("  {good}\r"), format!("\t{good} ")] {
        let (fine, said) = line(&mut Lines::new(options), &text);
        assert!(fine && said.contains(r#""verification":{"status":"verified""#), "{said}");
    }
    for text in [
        format!("{head}\0{tail}"),
        format!("{head}\u{202e}{tail}"),
        format!("{head}\u{200b}{tail}"),
        format!("{head}\u{e0041}{tail}"),
        format!("{head} {tail}"),
        format!("{head}\r{tail}"),
        format!("{head}\u{b}{tail}"),
        format!("{head}\u{2028}{tail}"),
        format!("\u{feff}{good}"),
        format!("{good}\u{200b}"),
        format!("{good}\0"),
        format!("{good}\u{a0}"),
        format!("\u{c}{good}"),
        format!("{good},"),
        format!("\"{good}\""),
        format!("Bearer {good}"),
        format!("Authorization: Bearer {good}"),
        format!("token={good}"),
        format!("see {good} there"),
        format!("{good} {good}"),
        format!("{good}="),
        format!("{{\"access_token\":\"{good}\"}}"),
    ] {
        for findings in [false, true] {
            let (fine, said) = line(&mut Lines::new(Options { findings, ..options }), &text);
            assert!(!fine && !said.contains(r#""status":"verified""#), "{text:?}: {said}");
        }
    }
}

#[test]
fn a_verified_line_has_claims_and_names_what_the_token_is_for() {
    let verifier = verifier();
    let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
    let (jwt, none) = (r#"{"alg":"HS256","typ":"JWT"}"#, "");
    for (header, claims, fine, said) in [
        (jwt, "{}", true, none),
        (jwt, "\u{feff}{}", false, "claims: the payload is not a JSON claims set (RFC 7519 §7.2): it begins"),
        (jwt, "[]", false, "claims: the payload is not a JSON claims set (RFC 7519 §7.2): it is JSON, but not an"),
        (jwt, "", false, "claims: the payload is not a JSON claims set (RFC 7519 §7.2): it is empty"),
        (jwt, "{} x", false, "claims: the payload is not a JSON claims set (RFC 7519 §7.2): it is not JSON"),
        (r#"{"alg":"HS256","typ":"JOSE"}"#, "text", true, none),
        (r#"{"alg":"HS256","typ":"dpop+jwt"}"#, r#"{"jti":"1"}"#, true, r#""purpose":"dpop-proof""#),
        (r#"{"alg":"HS256","typ":"logout+jwt"}"#, r#"{"jti":"1"}"#, true, r#""purpose":"logout-token""#),
        ("{\"alg\":\"HS256\",\n\"typ\":\"logout+jwt\"}", r#"{"jti":"1"}"#, true, r#""purpose":"logout-token""#),
    ] {
        for findings in [false, true] {
            let options = Options { verify: Some(&check), findings, ..Options::default() };
            let (seen, text) = line(&mut Lines::new(options), &signed(header, claims));
            let status = if fine { r#""status":"verified""# } else { r#""status":"failed""# };
            assert!(seen == fine && text.contains(status) && text.contains(said), "{header} {claims}: {text}");
            assert_eq!(text.contains("purpose"), said.contains("purpose"), "{text}");
        }
    }
}

/// Lines as they occur side by side: good ones, refused ones, and parts of both.
fn any_line() -> impl Strategy<Value = String> {
    let header = prop_oneof![
        Just(r#"{"alg":"HS256"}"#),
        Just(r#"{"alg":"HS256","kid":"k"}"#),
        Just(r#"{"alg":"HS256","b64":true}"#),
        Just(r#"{"alg":"HS256","typ":"dpop+jwt"}"#),
        Just(r#"{"alg":"HS256","alg":"HS256"}"#),
        Just("{\"alg\":\"HS256\"}\n"),
        Just(r#"{"alg":"HS256"},"claims":{}}"#),
        Just(r#"{"alg":"dir","enc":"A256GCM"}"#),
        Just("{}"),
        Just(""),
        Just("\u{7}"),
    ];
    let claims = prop_oneof![
        Just(r#"{"sub":"a","scope":"r w"}"#),
        Just(r#"{"sub":"b","sub":"c"}"#),
        Just("{\"sub\":\"\u{202e}\"}"),
        Just("[1]"),
        Just("text"),
        Just(""),
    ];
    let whole = (header, claims, any::<bool>()).prop_map(|(header, claims, is_signed)| match is_signed {
        true => signed(header, claims),
        false => token(header, claims),
    });
    prop_oneof![
        6 => whole.clone(),
        1 => (whole.clone(), any::<prop::sample::Index>()).prop_map(|(text, at)| text.get(..at.index(text.len())).unwrap().to_owned()),
        1 => whole.prop_map(|text| format!("Bearer {text}")),
        1 => "[.eyJ\\PC]{0,12}",
    ]
}

proptest! {
    #[test]
    fn a_line_reads_the_same_whatever_stood_before_it(texts in proptest::collection::vec(any_line(), 1..8)) {
        let verifier = verifier();
        let check = |facts: &Facts<'_>, now| verifier.check(facts, Wording::Reasons, now);
        for (verify, findings) in [(None, false), (None, true), (Some(&check as Verify<'_>), false), (Some(&check), true)] {
            let options = Options { verify, findings, ..Options::default() };
            let mut one = Lines::new(options);
            for text in &texts {
                let shared = line(&mut one, text);
                prop_assert_eq!(&shared, &line(&mut Lines::new(options), text), "{:?}", &texts);
                prop_assert!(Json::parse(&shared.1).is_ok() && shared.1.matches('\n').count() == 1, "{}", shared.1);
            }
        }
    }
}
