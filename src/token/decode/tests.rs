use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::super::{Json, Serialization, explain_claims, explain_header, granted, summarize};
use super::*;

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn token(header: &str, payload: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", encode(header), encode(payload))
}

fn now() -> Timestamp {
    Timestamp::from_second(1_763_926_800).unwrap()
}

fn codes(decoded: &Decoded) -> String {
    decoded.all_findings().map(|finding| finding.code.name).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_form_of_token_is_decoded_as_far_as_it_can_be_read() {
    let signed = r#"{"alg":"RS256"}"#;
    let fine = r#"{"aud":"a","exp":1763930000}"#;
    for (token, whole, kind, findings) in [
        (token(signed, fine, "c2ln"), true, TokenKind::Jws, ""),
        (token(signed, fine, ""), true, TokenKind::Jws, "signature-missing"),
        (token(signed, "", "c2ln"), true, TokenKind::Jws, "payload-detached"),
        (
            token(signed, r#"{"aud":"a","exp":1763930000,"a":1,"a":2,"a":3}"#, "c2ln"),
            true,
            TokenKind::Jws,
            "member-duplicate",
        ),
        (token(signed, "[1]", "c2ln"), true, TokenKind::Jws, "payload-no-claims"),
        (token(signed, "hello", "c2ln"), true, TokenKind::Jws, "payload-no-claims"),
        (
            format!("{}.{}.c2ln", encode(signed), URL_SAFE_NO_PAD.encode([0xff, 0xfe])),
            true,
            TokenKind::Jws,
            "payload-no-claims",
        ),
        (token(signed, r#"{"a":}"#, "c2ln"), false, TokenKind::Jws, "token-malformed"),
        (token(signed, r#"{"sub":"ali"#, "c2ln"), false, TokenKind::Jws, "token-truncated"),
        (format!("{}.?.c2ln", encode(signed)), false, TokenKind::Jws, "token-malformed"),
        ("eyJhbGciOiJSUzI1NiJ9".to_owned(), false, TokenKind::Jws, "token-truncated"),
        ("eyJhbGciOiJSUzI1".to_owned(), false, TokenKind::Jws, "token-truncated"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJh".to_owned(), false, TokenKind::Jws, "token-truncated"),
        (format!("{}==", token(signed, fine, "c2ln")), true, TokenKind::Jws, "base64-not-url"),
        (token(signed, fine, "c2lnZX"), true, TokenKind::Jws, "base64-not-canonical"),
        (
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y2lwaGVy.dGFn".to_owned(),
            true,
            TokenKind::Jwe,
            "token-encrypted",
        ),
        (
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY".to_owned(),
            false,
            TokenKind::Jwe,
            "token-encrypted token-truncated",
        ),
        (
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d.e.f".to_owned(),
            false,
            TokenKind::Jwe,
            "token-encrypted token-malformed",
        ),
        (format!("{}...", encode(signed)), false, TokenKind::Jws, "token-truncated"),
        (format!("{}…", token(signed, fine, "")), false, TokenKind::Jws, "signature-missing token-truncated"),
        ("eyJhbGci...SflKxw".to_owned(), false, TokenKind::Jws, "token-truncated"),
        ("ghp_abc...xyz".to_owned(), false, TokenKind::Opaque, "token-opaque token-truncated"),
        ("opaque-reference".to_owned(), true, TokenKind::Opaque, "token-opaque"),
        ("a.b.c".to_owned(), true, TokenKind::Opaque, "token-opaque"),
        ("0.AAA~bbb".to_owned(), true, TokenKind::Opaque, "token-opaque"),
        (String::new(), true, TokenKind::Opaque, "token-opaque"),
    ] {
        let decoded = decode(&token, now());
        assert_eq!((decoded.whole, decoded.kind, codes(&decoded).as_str()), (whole, kind, findings), "{token}");
    }
}

#[test]
fn descriptions_of_a_token_have_no_findings_about_its_signature() {
    for (text, findings) in [
        (r#"{"alg":"RS256"}.{"aud":"a","exp":1763930000}.[Signature]"#, "token-described"),
        (r#"{"sub":"a","aud":"a","exp":1763920000}"#, "token-described token-expired"),
        (r#"{"active":true,"scope":"a b"}"#, "token-described"),
        (r#"{"active":true,"exp":1763920000}"#, "token-described token-expired"),
        (r#"{"azp":"c","scope":"a","exp":"1763930000","access_type":"online"}"#, "token-described"),
    ] {
        let decoded = decode_input(&crate::token::detect(text).unwrap(), now(), Policy::default());
        assert_eq!((codes(&decoded).as_str(), decoded.whole), (findings, true), "{text}");
        assert!(decoded.claims().is_some(), "{text}");
    }
}

#[test]
fn claims_keep_their_order_and_their_numbers() {
    let text = r#"{"z":123456789012345678901234567890,"a":1.10,"z":"again"}"#;
    let decoded = decode(&token(r#"{"alg":"none"}"#, text, ""), now());
    assert_eq!(decoded.claims().unwrap().to_string(), text);
    assert_eq!(decoded.header.unwrap().to_string(), r#"{"alg":"none"}"#);
}

#[test]
fn claims_before_a_cut_are_read() {
    let whole = token(r#"{"alg":"RS256"}"#, r#"{"sub":"alice","scope":"a b","exp":1763930000}"#, "");
    for cut in 2..14 {
        let decoded = decode(whole.get(..whole.len() - cut).unwrap(), now());
        let claims = decoded.claims().map(ToString::to_string);
        assert_eq!((claims.as_deref(), decoded.whole), (Some(r#"{"sub":"alice","scope":"a b"}"#), false), "{cut}");
    }
}

#[test]
fn json_serializations_are_decoded() {
    let header = encode(r#"{"alg":"RS256","kid":"1"}"#);
    let payload = encode(r#"{"aud":"a","exp":1763930000,"sub":"alice"}"#);
    let flattened =
        format!(r#"{{"payload":"{payload}","protected":"{header}","header":{{"kid2":"x"}},"signature":"c2ln"}}"#);
    let general = format!(
        r#"{{"payload":"{payload}","signatures":[{{"protected":"{header}","signature":"c2ln"}},{{"header":{{"alg":"ES256"}},"signature":"c2ln"}}]}}"#
    );
    let encrypted = format!(
        r#"{{"protected":"{}","recipients":[{{"header":{{"alg":"A128KW"}},"encrypted_key":"AA"}}],"iv":"AA","ciphertext":"AAAA","tag":"AA"}}"#,
        encode(r#"{"enc":"A128GCM"}"#)
    );
    let decoded = decode(&flattened, now());
    assert_eq!((decoded.kind, decoded.serialization), (TokenKind::Jws, Serialization::JsonFlattened));
    assert_eq!(decoded.header.as_ref().unwrap().to_string(), r#"{"alg":"RS256","kid":"1","kid2":"x"}"#);
    assert_eq!(codes(&decoded), "parameter-unknown");
    let decoded = decode(&general, now());
    assert_eq!((decoded.serialization, decoded.further_signatures.len()), (Serialization::JsonGeneral, 1));
    assert_eq!(codes(&decoded), "alg-unprotected signature-length");
    assert_eq!(decoded.claims().unwrap().get("sub").unwrap().as_str(), Some("alice"));
    let decoded = decode(&encrypted, now());
    assert_eq!(
        (decoded.kind, decoded.algorithm(), &decoded.payload),
        (TokenKind::Jwe, Some("A128KW"), &Payload::Encrypted(3))
    );
    assert!(!decode(r#"{"payload":"AA","signatures":[]}"#, now()).whole);
    let detached = format!(r#"{{"signatures":[{{"protected":"{header}","signature":"c2ln"}}]}}"#);
    assert_eq!(codes(&decode(&detached, now())), "payload-detached");
    assert_eq!(decode(r#"{"access_token":"x"}"#, now()).kind, TokenKind::Opaque);
}

#[test]
fn nested_tokens_are_decoded_up_to_a_depth() {
    let inner = token(r#"{"alg":"RS256"}"#, r#"{"aud":"a","exp":1763930000,"scope":"x"}"#, "c2ln");
    let outer = token(r#"{"alg":"RS256","cty":"JWT"}"#, &inner, "c2ln");
    let decoded = decode(&outer, now());
    assert_eq!((codes(&decoded).as_str(), decoded.purpose.as_ref().unwrap().purpose.name), ("", "access-token"));
    assert_eq!(granted(decoded.claims().unwrap()).unwrap().0.len(), 1);
    let mut deep = inner;
    for _ in 0..50 {
        deep = token(r#"{"alg":"RS256","cty":"JWT"}"#, &deep, "c2ln");
        if deep.len() > 1 << 20 {
            break;
        }
    }
    let mut depth = 0;
    let mut at = &decode(&deep, now());
    while let Some(inner) = &at.inner {
        depth += 1;
        at = inner;
    }
    assert_eq!(depth, MOST_NESTED);
}

#[test]
fn token_inside_an_installation_token_is_shown_without_findings() {
    let inner = token(r#"{"alg":"RS256"}"#, r#"{"iss":"ghe-internal","sub":"x"}"#, "c2ln");
    let decoded = decode(&format!("ghs_12345_{inner}"), now());
    assert_eq!((decoded.kind, codes(&decoded).as_str(), decoded.claims()), (TokenKind::Opaque, "token-opaque", None));
    assert_eq!(decoded.inner.unwrap().claims().unwrap().get("sub").unwrap().as_str(), Some("x"));
    assert_eq!(decoded.opaque.unwrap().checksum, None);
}

#[test]
fn unencoded_payloads_are_read() {
    let header = encode(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#);
    let decoded = decode(&format!("{header}.$02.{}", URL_SAFE_NO_PAD.encode([1; 32])), now());
    assert_eq!((codes(&decoded).as_str(), &decoded.payload), ("payload-no-claims", &Payload::Text("$02".to_owned())));
}

#[test]
fn huge_tokens_are_decoded_in_bounded_time() {
    let scopes: Vec<String> = (0..150_000).map(|number| format!("{number:x}")).collect();
    let claims = format!(r#"{{"aud":"a","exp":1763930000,"scope":"{}"}}"#, scopes.join(" "));
    let many: Vec<String> = (0..60_000).map(|number| format!("\"c{number}\":{number},\"c{number}\":0")).collect();
    let started = std::time::Instant::now();
    let decoded = decode(&token(r#"{"alg":"RS256"}"#, &claims, "c2ln"), now());
    assert_eq!(granted(decoded.claims().unwrap()).unwrap().0.len(), 150_000);
    let _ = summarize(&decoded, now());
    let decoded = decode(&token(r#"{"alg":"RS256"}"#, &format!("{{{}}}", many.join(",")), "c2ln"), now());
    assert!(decoded.findings.len() < 20, "{}", decoded.findings.len());
    let _ = explain_claims(&decoded, now());
    let _ = decode(&".".repeat(10 << 20), now());
    let _ = decode(&token(r#"{"alg":"RS256"}"#, &"[".repeat(1 << 20), "c2ln"), now());
    let _ = decode(&format!("{}~{}", token(r#"{"alg":"RS256"}"#, "{}", "c2ln"), "WyJhIl0~".repeat(1 << 16)), now());
    // only quadratic work exceeds this bound
    assert!(started.elapsed() < std::time::Duration::from_mins(1), "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn truncated_and_altered_tokens_do_not_panic(cut in 0usize..200, position in 0usize..200, byte in 0u8..128) {
        let mut bytes = token(r#"{"alg":"RS256","typ":"at+jwt"}"#, r#"{"exp":1763930000,"scope":"a b","sub":"ü"}"#, "c2ln").into_bytes();
        bytes.truncate(cut);
        if let Some(at) = bytes.get_mut(position) {
            *at = byte;
        }
        let decoded = decode(&String::from_utf8(bytes).unwrap(), now());
        let _ = (summarize(&decoded, now()), explain_claims(&decoded, now()), decoded.header.as_ref().map(explain_header));
    }

    #[test]
    fn arbitrary_input_does_not_panic(text in "\\PC{0,60}") {
        let _ = decode(&text, now());
        let _ = decode(&format!("eyJhbGciOiJSUzI1NiJ9.{text}~{text}"), now());
    }

    #[test]
    fn decoding_restores_the_encoded_claims(
        names in proptest::collection::vec("\\PC{0,12}", 0..6),
        values in proptest::collection::vec(json(), 6),
    ) {
        let claims = Json::Object(names.into_iter().zip(values).collect());
        let decoded = decode(&token(r#"{"alg":"RS256"}"#, &claims.to_string(), "c2ln"), now());
        prop_assert_eq!(decoded.payload, Payload::Claims(claims));
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,9})?(e[+-]?[0-9]{1,3})?".prop_map(Json::Number),
        any::<String>().prop_map(Json::String),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            proptest::collection::vec((any::<String>(), inner), 0..4).prop_map(Json::Object),
        ]
    })
}
